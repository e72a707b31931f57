package redact

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestFormat: a surrogate has the length and classes of its value, is the same for
// the same value and key, is recognised, and says nothing else of the value.
func TestFormat(t *testing.T) {
	f, other := &formatter{testKey("f")}, &formatter{testKey("g")}
	seen := map[string]string{}
	wrong := 0
	for i := range uint64(2000) {
		template := []string{"{alnum:16}", "{alnum:40}", "{hex:32}", "{digit:18}", "{lower:5}-{alnum:9}+{alnum:8}", "{base64url:86}", "{upper:8}.{lower:8}_{digit:8}"}[i%7]
		v, _, _, err := detectors.Expand(template, i)
		if err != nil {
			t.Fatal(err)
		}
		value := []byte(v)
		if !formattable(value) {
			continue // too many signs
		}
		s := f.append([]byte("x"), value)[1:]
		if len(s) != len(value) {
			t.Fatalf("%q: %q", value, s)
		}
		same := 0
		for k, c := range value {
			a, _ := classOf(c)
			b, _ := classOf(s[k])
			if a != b || a == 0 && c != s[k] {
				t.Fatalf("%q: %q", value, s)
			}
			if c == s[k] && a != 0 {
				same++
			}
		}
		if same > len(value)/2 {
			t.Errorf("%d of %d characters are left", same, len(value))
		}
		if !f.made(s) || !bytes.Equal(s, f.append(nil, value)) {
			t.Fatalf("%q is not recognised", s)
		}
		if f.made(value) || other.made(s) {
			wrong++
		}
		if old, ok := seen[string(s)]; ok && old != v {
			t.Errorf("%q and %q have one surrogate", old, v)
		}
		seen[string(s)] = v
		s[0] ^= 1
		if f.made(s) {
			wrong++
		}
	}
	if wrong > 1 || len(seen) < 1500 {
		t.Errorf("%d values are taken for surrogates, of %d", wrong, len(seen))
	}
	f.made(nil)
	f.made([]byte("----------------------"))
}

// TestFormatPolicy: surrogates are left alone by who made them, with the key in
// force or an earlier one.
func TestFormatPolicy(t *testing.T) {
	const rule = "policy: [{action: format}]"
	if _, err := New(mustParse(t, rule), Options{RandomKey: true}); !errors.Is(err, errNoKey) {
		t.Errorf("a random key: %v", err)
	}
	e := builtin(t, Options{})
	e, err := New(mustParse(t, rule), Options{Detectors: e.scan.Detectors(), Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRedactor()
	for _, in := range []string{
		"password=Zk3f9Qm2xW77pLb4t ok", `{"token":"q7Xw2Lm9Zt4Rb8YpAAz1"}`, "https://u:Zk3f9Qm2xW77pLb4t@h/", "x " + token(1),
	} {
		once := r.Append(nil, []byte(in))
		if len(once) != len(in) || string(once) == in || strings.Contains(string(once), "REDACTED") {
			t.Errorf("%q became %q", in, once)
		}
		if again := r.Append(nil, once); !bytes.Equal(once, again) {
			t.Errorf("%q became %q", once, again)
		}
	}
}
