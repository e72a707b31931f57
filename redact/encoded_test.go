package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// TestEncodedCarriers: where a secret stood in escaped text, what decodes that
// text reads the marker, and JSON in it is still JSON.
func TestEncodedCarriers(t *testing.T) {
	e, err := New(DefaultDocument(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRedactor()
	hexEscapes := strings.NewReplacer(`"`, `\x22`, `\`, `\x5C`)
	unicode := strings.NewReplacer(`"`, `\u0022`, `\`, `\u005c`)
	undo := func(s string) (string, error) { return strconv.Unquote(`"` + s + `"`) }
	numbers := func(s string) string { return strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ",") }
	for _, c := range []struct {
		name  string
		write func(string) string
		read  func(string) (string, error)
	}{
		{"percent", url.QueryEscape, url.QueryUnescape},
		{"percent twice", func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }, func(s string) (string, error) {
			s, err := url.QueryUnescape(s)
			if err != nil {
				return "", err
			}
			return url.QueryUnescape(s)
		}},
		{"hex escapes", hexEscapes.Replace, undo},
		{"unicode escapes", unicode.Replace, undo},
		{"entities", html.EscapeString, func(s string) (string, error) { return html.UnescapeString(s), nil }},
	} {
		for _, value := range []string{`"kT4wqz8LmX2p"`, `"kT4w\"qz8LmX2p"`, `83017491650391`} {
			text := c.write(`{"user":"bob","password":` + value + `,"n":1}`)
			out := string(r.Append(nil, []byte("x="+text+"\n")))
			back, err := c.read(strings.TrimSuffix(strings.TrimPrefix(out, "x="), "\n"))
			var m map[string]any
			if err == nil {
				err = json.Unmarshal([]byte(back), &m)
			}
			if err != nil || m["password"] != "REDACTED-password" || m["user"] != "bob" || m["n"] != 1.0 {
				t.Errorf("%s: %v: %s became %s, read as %s", c.name, err, text, out, back)
			}
			if again := string(r.Append(nil, []byte(out))); again != out {
				t.Errorf("%s: redacted twice: %s became %s", c.name, out, again)
			}
		}
	}
	for _, text := range []string{
		`{"body":"` + base64.StdEncoding.EncodeToString([]byte(`{"user":"bob","password":"kT4wqz8LmX2p"}`)) + `","n":1}`,
		`{"body":{"type":"Buffer","data":` + numbers(`{"user":"bob","password":"kT4wqz8LmX2p"}`) + `},"n":1}`,
		`{"log":"{\"body\":{\"type\":\"Buffer\",\"data\":` + numbers(`{"user":"bob","password":"kT4wqz8LmX2p"}`) + `}}","n":1}`,
	} {
		out := r.Append(nil, []byte(text))
		var m struct {
			N   int
			Log string
		}
		if err := json.Unmarshal(out, &m); err != nil || m.N != 1 || !strings.Contains(string(out), "REDACTED-password") {
			t.Errorf("%v: %s became %s", err, text, out)
		}
		if m.Log != "" && json.Unmarshal([]byte(m.Log), new(any)) != nil {
			t.Errorf("%s became %s", text, out)
		}
	}
}
