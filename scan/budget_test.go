package scan_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// dense is text that is full of secrets, and what of it is secret.
func dense(t *testing.T, lines int, line func(r *rand.Rand, secret func() string) string) (text []byte, secret []bool) {
	r := rand.New(rand.NewPCG(1, 2))
	var secrets []string
	for range lines {
		text = append(text, line(r, func() string {
			v, _, _, err := detectors.Expand("{alnum:16}", r.Uint64())
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, v)
			return v
		})...)
	}
	secret = make([]bool, len(text))
	at := 0
	for _, v := range secrets {
		i := at + bytes.Index(text[at:], []byte(v))
		for k := range v {
			secret[i+k] = true
		}
		at = i + len(v)
	}
	return text, secret
}

// TestDense: text that is full of secrets is redacted to the byte, however much
// there is of it.
func TestDense(t *testing.T) {
	e := builtin(t)
	names := []string{"password", "secret", "db_password", "client_secret", "access_token", "passwd"}
	object := func(least, most int) func(r *rand.Rand, secret func() string) string {
		return func(r *rand.Rand, secret func() string) string {
			var b strings.Builder
			b.WriteByte('{')
			for i := range least + r.IntN(most-least+1) {
				if i > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `"%s":"%s"`, names[i%len(names)], secret())
			}
			return b.String() + "}"
		}
	}
	for _, c := range []struct {
		name  string
		lines int
		line  func(r *rand.Rand, secret func() string) string
	}{
		{"thirty in a line of JSON", 500, func(r *rand.Rand, secret func() string) string { return object(30, 30)(r, secret) + "\n" }},
		{"some in a line of JSON", 500, func(r *rand.Rand, secret func() string) string { return object(1, 40)(r, secret) + "\n" }},
		{"one line of JSON", 5000, func(r *rand.Rand, secret func() string) string { return object(2, 2)(r, secret) + "," }},
		{"variables", 20000, func(r *rand.Rand, secret func() string) string {
			return "SOME_API_KEY=" + secret() + "\n"
		}},
		{"YAML", 10000, func(r *rand.Rand, secret func() string) string {
			return fmt.Sprintf("  %s: %s\n", names[r.IntN(len(names))], secret())
		}},
		{"key and value", 10000, func(r *rand.Rand, secret func() string) string {
			return "user=u password=" + secret() + " level=info\n"
		}},
	} {
		text, want := dense(t, c.lines, c.line)
		got := covered(len(text), e.NewScanner().Text(nil, text))
		if i := mismatch(got, want); i >= 0 {
			t.Errorf("%s: byte %d of %d: found %t: %s", c.name, i, len(text), got[i], excerpt(text, i))
		}
	}
}

// TestInnocentBehindDense: a line that costs too much is hidden from some place on, and
// costs at most little of what follows.
func TestInnocentBehindDense(t *testing.T) {
	e := builtin(t)
	const line = `{"time":"2026-01-02T03:04:05Z","level":"info","msg":"login","user":"bob","token":"abcdefgh12345678","n":1}` + "\n"
	for _, unit := range []string{`password=`, `otp.code `, `"secret":"\"secret\":\"`, "%252f%253a%252f", "token=\r", "token \n"} {
		attack := strings.Repeat(unit, 1+(256<<10)/len(unit)) + "\n"
		text := []byte(attack + strings.Repeat(line, 50))
		spans := e.NewScanner().Text(nil, text)
		got := covered(len(text), spans)
		// What was left open in front may take the first lines.
		rest := len(attack) + 20*len(line)
		want := covered(len(line), e.NewScanner().Text(nil, []byte(line)))
		for i := rest; i < len(text); i++ {
			if got[i] != want[(i-rest)%len(line)] {
				t.Errorf("behind %q: byte %d of the lines behind: secret %t", unit, i-len(attack), got[i])
				break
			}
		}
		// Records share nothing.
		var s = e.NewScanner()
		s.Lines(nil, []byte(attack))
		if one := s.Lines(nil, []byte(line)); !slices.Equal(one, e.NewScanner().Lines(nil, []byte(line))) {
			t.Errorf("behind %q: a record of its own has %v", unit, one)
		}
	}
}

// TestNearMisses: text full of what only looks sensitive is not hidden, neither in
// lines nor, where the near misses are not next to one another, in one.
func TestNearMisses(t *testing.T) {
	e := builtin(t)
	s := e.NewScanner()
	apart := []string{
		`{"key":"http.method","value":{"stringValue":"GET"}},`, `{"key":"a","value":"b"},`, `{"Key":"env","Value":"prod"},`,
		`key: 1, `, `"key":1,`, `"tokens":12,`, `"max_tokens":100,`, `"author":"x",`, `session=3 `,
		`{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46},`, `{"token":"null","user":"bob"},`,
		`{"id":1,"name":"bob","password":"****"},`, `{"id":1,"name":"bob","password":null},`, `"secret":"[REDACTED]",`,
		`{"password":"REDACTED-password","user":"bob"},`, `https://example.com/a `, `datadog newrelic github `,
		`the token was rejected and the key is missing; `, `"Authorization":"Bearer ***",`,
	}
	close := []string{
		`key=a1 `, `token_type=bearer `, `password=REDACTED-password `, `<key>a</key>`, `http://a.example/b,`, `secretName: my-secret `,
		`Cookie: a=b; `, `auth=basic `, `authorization=none `, `set password for bob; `, `identified by position `,
		"apiVersion: v1\nkind: Secret\nmetadata:", "  token:", "  - name: KEY", "insert into t (id, name, token) values (1, 'a', 'b');",
	}
	hidden := func(unit string, text []byte) {
		for _, x := range s.Text(nil, text) {
			if x.Confidence >= finding.Likely && x.End-x.Start > 2*len(unit) {
				t.Errorf("%q: %d bytes go from byte %d of %d", unit, x.End-x.Start, x.Start, len(text))
				return
			}
		}
	}
	for _, unit := range slices.Concat(apart, close) {
		hidden(unit, bytes.Repeat([]byte(unit+"\n"), (1<<20)/len(unit)))
	}
	for _, unit := range apart {
		hidden(unit, bytes.Repeat([]byte(unit), (1<<20)/len(unit)))
	}
}

// TestNamesOfEarlierTexts: what is remembered of a long name ends with its text, also
// where the next one has a value without a name.
func TestNamesOfEarlierTexts(t *testing.T) {
	e := builtin(t)
	long := strings.Repeat("service_", 10) + "client_secret"
	for _, kind := range []string{"", "--", "?"} {
		for _, text := range []string{" string =\xc7ostgres://u:pw12345@h/db", "=\xc7bstgres://u:pw12345@h/db", ": Zx81kq93PqLm7Vn2"} {
			s := e.NewScanner()
			s.Text(nil, []byte(" "+kind+long+"=Zx81kq93PqLm7Vn2\n"))
			want := e.NewScanner().Text(nil, []byte(text))
			if got := s.Text(nil, []byte(text)); !slices.Equal(got, want) {
				t.Errorf("%q behind a long name: %v, alone %v", text, got, want)
			}
			want = e.NewScanner().Value(nil, nil, []byte(text))
			if got := s.Value(nil, nil, []byte(text)); !slices.Equal(got, want) {
				t.Errorf("value %q behind a long name: %v, alone %v", text, got, want)
			}
		}
	}
}
