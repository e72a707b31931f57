package detectors

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		template string
		text     string // an expression for all of the text
		secret   string // an expression for the secret; empty is all of it
	}{
		{"plain", `plain`, ""},
		{"{alnum:20}", `[A-Za-z0-9]{20}`, ""},
		{"{alpha:9}{lower:9}{upper:9}{digit:9}", `[A-Za-z]{9}[a-z]{9}[A-Z]{9}[0-9]{9}`, ""},
		{"{hex:8}{HEX:8}{lownum:8}{upnum:8}", `[0-9a-f]{8}[0-9A-F]{8}[a-z0-9]{8}[A-Z0-9]{8}`, ""},
		{"{base32:8}{base32low:8}", `[A-Z2-7]{8}[a-z2-7]{8}`, ""},
		{"{base64:40}{base64url:40}{base58:40}", `[A-Za-z0-9+/]{40}[\w-]{40}[1-9A-HJ-NP-Za-km-z]{40}`, ""},
		{"{bech32:20}{BECH32:20}", `[02-9ac-hj-np-z]{20}[02-9AC-HJ-NP-Z]{20}`, ""},
		{"{of:[A-L]:3}{of:[{}]:2}", `[A-L]{3}[{}]{2}`, ""},
		{"{hex:3-5}", `[0-9a-f]{3,5}`, ""},
		{"{uuid} {UUID}", `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} [0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}`, ""},
		{"{word} {word:6}", `[a-z]{5,9} [a-z]{6}`, ""},
		{"a=<<{hex:4}>>&b", `a=[0-9a-f]{4}&b`, `[0-9a-f]{4}`},
		{"{b64:ab}{b64raw:ab}{b64url:ab}{hexof:ab}", `YWI=YWIYWI6162`, ""},
		{"{pct:a b/c}", `a\+b%2Fc`, ""},
		{`"{json:{b64:x}"{nl}}"`, `"eA==\\"\\n"`, ""},
		{"a{nl}b{tab}c{cr}", "a\nb\tc\r", ""},
		{`{b64:{"a":"{digit:2}"}}`, `eyJhIjoi[A-Za-z0-9]{2}Mi?[A-Za-z0-9=]*|eyJhIjoi[A-Za-z0-9+/=]+`, ""},
		{`{"a":1}`, `\{"a":1\}`, ""},
		{"{alnum} {nothing:3} {alnum:x} {", `\{alnum\} \{nothing:3\} \{alnum:x\} \{`, ""},
		{"a < b > c", `a < b > c`, ""},
		{"ghp_{alnum:30}{crc32-base62:6}", `ghp_[A-Za-z0-9]{36}`, ""},
	} {
		for seed := range uint64(20) {
			text, start, end, err := Expand(tt.template, seed)
			if err != nil {
				t.Errorf("%v", err)
				break
			}
			if !regexp.MustCompile(`^(?s:` + tt.text + `)$`).MatchString(text) {
				t.Errorf("%s: %q", tt.template, text)
			}
			if tt.secret == "" && (start != 0 || end != len(text)) || !regexp.MustCompile(`^(?:`+tt.secret+`)`).MatchString(text[start:end]) {
				t.Errorf("%s: secret %q in %q", tt.template, text[start:end], text)
			}
			if again, _, _, _ := Expand(tt.template, seed); again != text {
				t.Errorf("%s: two texts of one seed", tt.template)
			}
		}
	}
}

func TestExpandErrors(t *testing.T) {
	for template, want := range map[string]string{
		"":                             "the secret is empty",
		"<<>>":                         "the secret is empty",
		"a<<b":                         "come in pairs",
		"a>>b":                         ">> stands once",
		"<<a>>b>>":                     ">> stands once",
		"<<a<<b>>":                     "<< stands once",
		"{b64:<<a>>}":                  "<< stands once",
		"{of:[a-z]:x}":                 "is no length",
		"{check-crc99}":                "no such check",
		"{check-jwt}":                  "composed by hand",
		"ghp_{alnum:10}{crc32-base62}": "does not fit",
		"{check-der:x}":                "is no length",
		strings.Repeat("{b64:", 20) + strings.Repeat("}", 20): "too many templates",
		strings.Repeat("{hex:65536}", 20) + ".":               "over 1 MiB",
		strings.Repeat("a", 17<<10):                           "at most 16 KiB",
	} {
		_, _, _, err := Expand(template, 1)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", template, err, want)
		}
	}
}

func TestComposedPlaceholders(t *testing.T) {
	for seed := range uint64(10) {
		for template, test := range map[string]func([]byte) bool{
			"{jwt}": jwt,
			"{jwe}": jwt,
			`{jwt:{"iss":"kubernetes/serviceaccount","sub":"{word}"}}`: jwtKubernetes,
			"{b64:{jwt}}":      base64JWT,
			"key: {b64:{pem}}": base64PEM,
			"{check-der:64}":   der,
		} {
			text, _, _, err := Expand(template, seed)
			if err != nil || !test([]byte(text)) {
				t.Errorf("%s: %s, %v", template, text, err)
			}
		}
		text, _, _, err := Expand("{pem:RSA PRIVATE KEY}", seed)
		if err != nil {
			t.Fatal(err)
		}
		if block, rest := pem.Decode([]byte(text)); block == nil || block.Type != "RSA PRIVATE KEY" || len(rest) > 0 || len(block.Bytes) != 1218 {
			t.Errorf("no PEM block: %s", text)
		}
		text, _, _, err = Expand("{jwt}", seed)
		if err != nil {
			t.Fatal(err)
		}
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
		if err != nil || !json.Valid(payload) {
			t.Errorf("payload %q, %v", payload, err)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	a, _, _, _ := Expand("{alnum:40}", 1)
	b, _, _, _ := Expand("{alnum:40}", 2)
	c, _, _, _ := Expand("k={alnum:40}", 1)
	if a == b || strings.HasSuffix(c, a) {
		t.Errorf("%s, %s, %s", a, b, c)
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"ghp_{alnum:30}{crc32-base62:6}", "a<<{of:[a-z]:3}>>", `{jwt:{"a":1}}`, "{b64:{pem}}", "{check-pypi-macaroon}", "{of:[", "{word:3-1}"} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, template string, seed uint64) {
		text, start, end, err := Expand(template, seed)
		if err == nil && (start < 0 || end <= start || end > len(text)) {
			t.Errorf("%q: [%d:%d] of %d bytes", template, start, end, len(text))
		}
	})
}
