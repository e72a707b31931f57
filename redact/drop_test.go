package redact

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// TestDrop: the lines of what is dropped are left out whole, and nothing else is.
func TestDrop(t *testing.T) {
	e := builtin(t, Options{})
	e, err := New(mustParse(t, "policy: [{detector: [demo-token, private-key], action: drop}, {key: keepme, action: keep}]"), Options{Detectors: e.scan.Detectors(), Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	rows, _, _, err := detectors.Expand("MIIE{base64:60}\n{base64:64}\n{base64:40}\n", 1)
	if err != nil {
		t.Fatal(err)
	}
	key := "-----BEGIN " + "PRIVATE KEY-----\n" + rows + "-----END " + "PRIVATE KEY-----"
	for _, c := range []struct{ name, in, want string }{
		{"a line", "a\nb " + token(1) + " c\nd\n", "a\nd\n"},
		{"CR LF", "a\r\nb " + token(1) + " c\r\nd\r\n", "a\r\nd\r\n"},
		{"CR", "a\rb " + token(1) + " c\rd\r", "a\rd\r"},
		{"the first", token(1) + "\nd\n", "d\n"},
		{"the last", "a\n" + token(1), "a\n"},
		{"all", token(1), ""},
		{"two on a line", "a\n" + token(1) + " " + token(2) + "\nb\n", "a\nb\n"},
		{"two lines", token(1) + "\n" + token(2) + "\nb\n" + token(3) + "\n", "b\n"},
		{"beside another", "password=hu-nter-2-42 " + token(1) + " password=hu-nter-2-42\npassword=hu-nter-2-42\n", "password=REDACTED-password\n"},
		{"a union", `{"password":"x ` + token(1) + ` y"}` + "\nb\n", "b\n"},
		{"a key", "a\nkey: " + key + "\nb\n", "a\nb\n"},
		{"a bare scalar", `{"password":12345678,"t":"` + token(1) + `"}` + "\n" + `{"password":12345678}` + "\n", `{"password":"REDACTED-password"}` + "\n"},
		{"nothing", "a\n\nb\n", "a\n\nb\n"},
	} {
		r := e.NewRedactor()
		if got := string(r.Append(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		for cut := range len(c.in) {
			var out bytes.Buffer
			w := e.NewWriter(&out, WriterOptions{})
			io.WriteString(w, c.in[:cut])
			io.WriteString(w, c.in[cut:])
			w.Close()
			if out.String() != c.want {
				t.Fatalf("%s, cut at %d: got %q, want %q", c.name, cut, out.String(), c.want)
			}
			// At a pause what is clear goes out, and the secret does not.
			out.Reset()
			w = e.NewWriter(&out, WriterOptions{})
			io.WriteString(w, c.in[:cut])
			w.Flush()
			io.WriteString(w, c.in[cut:])
			w.Close()
			if s := out.String(); strings.Contains(s, random[:8]) || strings.Contains(s, "hu-nter") || strings.Contains(s, rows[70:90]) {
				t.Fatalf("%s, pause at %d: %q", c.name, cut, s)
			}
		}
	}
}

// TestDropTorn: where the beginning of a line has gone out, its end does too, so
// that the next line stays one.
func TestDropTorn(t *testing.T) {
	e := demoEngine(t, "policy: [{action: drop}]", Options{})
	var out bytes.Buffer
	w := e.NewWriter(&out, WriterOptions{})
	step := func(in, want string) {
		t.Helper()
		out.Reset()
		io.WriteString(w, in)
		w.Flush()
		if out.String() != want {
			t.Errorf("%q: got %q, want %q", in, out.String(), want)
		}
	}
	step("begin ", "begin ")
	step(token(1)+" mid", "")
	step("dle", "")
	step(" end\nnext\n", "\nnext\n")
	step(token(2)+" mid", "")
	step("dle\nnext\n", "next\n")
}

// TestDropRecords: in a batch the record goes, whatever lines it has, and of a value
// with a key the value.
func TestDropRecords(t *testing.T) {
	e := demoEngine(t, "policy: [{action: drop}]", Options{})
	r := e.NewRedactor()
	var found []finding.Finding
	r.OnFinding = func(f finding.Finding) { found = append(found, f) }
	var got []string
	r.Batch([][]byte{[]byte("a"), []byte("b " + token(1)), []byte("c\n" + token(2) + "\nd"), []byte("e")}, func(_ int, b []byte) { got = append(got, string(b)) })
	if s := strings.Join(got, "|"); s != "a|||e" {
		t.Errorf("%q", s)
	}
	if len(found) != 2 || found[0].Action != "drop" || r.Stats().Redacted != 2 {
		t.Errorf("%+v", found)
	}
	if s := string(r.Value(nil, []byte("k"), []byte("x "+token(1)+"\ny"))); s != "x \ny" {
		t.Errorf("a value: %q", s)
	}
	if s := string(r.Append(nil, []byte("x\n"+token(1)+"\ny"))); s != "x\ny" {
		t.Errorf("a text after a value: %q", s)
	}
}
