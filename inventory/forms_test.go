package inventory

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stanch/stanch/inventory/dictionary"
)

// TestForms: whatever surrounds a value when it is encoded, one of its forms
// stands in the result.
func TestForms(t *testing.T) {
	for _, value := range []string{"correct-horse", "p@ss w/rd+<&>\"q\\", "tab\there, naïve", "Zm9vYmFy????>>>>", "\xff\xfe binary \x01"} {
		for _, before := range []string{"", "u", "us", "use", "user:", "{\"a\":\""} {
			for _, after := range []string{"", "x", "xy", "xyz", "\"}"} {
				in := []byte(before + value + after)
				quoted, err := json.Marshal(string(in))
				if err != nil {
					t.Fatal(err)
				}
				for encoding, text := range map[string]string{
					"plain": string(in), "base64": base64.StdEncoding.EncodeToString(in), "base64url": base64.URLEncoding.EncodeToString(in),
					"percent": strings.ReplaceAll(url.QueryEscape(string(in)), "+", "%20"), "path": url.PathEscape(value),
					"json": string(quoted), "hex": hex.EncodeToString(in), "HEX": strings.ToUpper(hex.EncodeToString(in)),
				} {
					if encoding == "path" && strings.ContainsAny(value, "&+=:@$") {
						continue // a path may leave these as they are
					}
					if !holds([]byte(text), value) {
						t.Errorf("%q between %q and %q: no form in %s %q", value, before, after, encoding, text)
					}
				}
			}
		}
	}
}

func holds(text []byte, value string) bool {
	for _, form := range Forms([]byte(value)) {
		if bytes.Contains(text, form) {
			return true
		}
	}
	return false
}

// TestFormsDiffer: no form is yielded twice, and none is too short to be looked for.
func TestFormsDiffer(t *testing.T) {
	for _, value := range []string{"12345678", "abcdefgh", "a?b>c~d/e", strings.Repeat("k", 40)} {
		seen := map[string]Form{}
		for f, form := range Forms([]byte(value)) {
			if len(form) < dictionary.MinLen {
				t.Errorf("%q: %v has %d bytes", value, f, len(form))
			}
			if g, ok := seen[string(form)]; ok {
				t.Errorf("%q: %v and %v are the same", value, f, g)
			}
			seen[string(form)] = f
		}
	}
}
