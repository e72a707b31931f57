package redact

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// document draws a JSON value whose members have sensitive names more often than not.
func document(r *rand.Rand, depth int) any {
	names := []string{"password", "token", "authorization", "cookie", "Set-Cookie", "credentials", "api_key", "otp", "webhook_url", "msg", "dsn", "private_key", "session", "auth", "x", "name", "value", "key"}
	texts := []string{"Bearer abcdefgh12345678XYZ", "plain", "", "a\"b\\c", "sid=abc123def; Path=/", "https://u:p4ss@h/x?token=zz9zz8zz7&y=1", "line\nbreak password=abc123", "{\"password\":\"inner\\\"x\"}",
		"curl -u bob:hunter2 http://x", "[1,2]", "Basic dXNlcjpwYXNzd29yZA==", "Digest username=\"u\", response=\"0123456789abcdef\"", "*****", "p%40ss&word", "тайна", "\x00\x1b[31m", "IDENTIFIED BY 'abc def'", "x password: y\" z",
		"password='", "Cookie: a=", "identified by", "\"password\":[", "{\"password\":\"\\", "curl -u \"bob:x\ny\" h", "password=", "token: \"", "Authorization: Digest username=\"", "password='it's'", "password: a b c", "PASSWORD 'x", "mysql -p\"a b\" c"}
	switch n := r.IntN(10); {
	case depth > 0 && n < 4:
		m := map[string]any{}
		for range 1 + r.IntN(5) {
			m[names[r.IntN(len(names))]] = document(r, depth-1)
		}
		return m
	case depth > 0 && n < 6:
		var l []any
		for range r.IntN(4) {
			l = append(l, document(r, depth-1))
		}
		return l
	case n == 6:
		return r.Int64N(1e12)
	case n == 7:
		return []any{nil, true, false, 1.5e3, -12345678.25}[r.IntN(5)]
	}
	return texts[r.IntN(len(texts))]
}

// TestJSONStaysJSON: whatever is redacted in a JSON document, it parses.
func TestJSONStaysJSON(t *testing.T) {
	red := builtin(t, Options{}).NewRedactor()
	r := rand.New(rand.NewPCG(7, 3))
	for i := range 20000 {
		d := document(r, 4)
		in, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 1: // indented
			in, _ = json.MarshalIndent(d, "", "  ")
		case 2: // JSON in JSON
			in, _ = json.Marshal(map[string]any{"log": string(in), "password": "abc123def"})
		}
		out := red.Append(nil, in)
		if !json.Valid(out) {
			t.Fatalf("no JSON any more:\n%s", changed(in, out))
		}
		if i%3 == 2 {
			var m map[string]any
			if json.Unmarshal(out, &m) == nil {
				if s, ok := m["log"].(string); ok && !json.Valid([]byte(s)) {
					t.Fatalf("no JSON inside any more:\n%s", changed(in, out))
				}
			}
		}
	}
}

// changed shows the lines that differ.
func changed(in, out []byte) string {
	var b strings.Builder
	was, is := strings.Split(string(in), "\n"), strings.Split(string(out), "\n")
	for i := range was {
		if i >= len(is) || was[i] != is[i] {
			fmt.Fprintf(&b, "-%s\n", was[i])
			if i < len(is) {
				fmt.Fprintf(&b, "+%s\n", is[i])
			}
		}
	}
	return b.String()
}
