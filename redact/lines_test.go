package redact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// pemLines returns the lines of a private key made of seed.
func pemLines(seed int) []string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	lines := []string{"-----BEGIN " + "RSA PRIVATE KEY-----"}
	x := uint32(seed)*2654435761 + 1
	for range 12 {
		var b strings.Builder
		for range 64 {
			x = x*1664525 + 1013904223
			b.WriteByte(alphabet[x>>26])
		}
		lines = append(lines, b.String())
	}
	return append(lines, "-----END "+"RSA PRIVATE KEY-----")
}

func builtinEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := New(mustParse(t, ""), Options{Detectors: defaultDetectors(t), Key: testKey("lines")})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func toBytes(in []string) (out [][]byte) {
	for _, s := range in {
		out = append(out, []byte(s))
	}
	return out
}

func TestLines(t *testing.T) {
	e := builtinEngine(t)
	r := e.NewRedactor()
	key := pemLines(7)
	token, _, _, err := detectors.Expand("dop_v1_{hex:64}", 3)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("all is well here ", 400)
	filler := make([]string, 300)
	for i := range filler {
		filler[i] = fmt.Sprintf("GET /index.html 200 %d of nothing in particular", i)
	}
	cases := [][]string{
		{"a", "", "b"},
		append(append([]string{"starting"}, key...), "done"),
		append(append([]string{long, "x"}, key...), long, "y "+token),
		{"one\ntwo " + token + "\nthree", "four", token},
		append(append(append([]string{}, filler...), key...), filler...),
		{long + token + " " + long, token + " " + long},
		{"x", token + " " + strings.Repeat(long, 60) + token, "y", strings.Repeat(long, 90) + token + " z\n" + token},
	}
	for _, c := range cases {
		recs := toBytes(c)
		var got []string
		findings := 0
		r.OnFinding = func(finding.Finding) { findings++ }
		r.Lines(recs, func(i int, redacted []byte) {
			if i != len(got) {
				t.Fatalf("record %d comes after %d", i, len(got))
			}
			got = append(got, string(redacted))
			if string(recs[i]) != c[i] {
				t.Errorf("record %d was written to", i)
			}
		})
		if len(got) != len(recs) {
			t.Fatalf("%d records came out of %d", len(got), len(recs))
		}
		want := string(e.NewRedactor().Append(nil, append(bytes.Join(recs, []byte("\n")), '\n')))
		joined := strings.Join(got, "\n") + "\n"
		// Line ends inside a key go with it in a text, and stay between records.
		if strings.Trim(strings.ReplaceAll(joined, "\n", ""), " ") != strings.Trim(strings.ReplaceAll(want, "\n", ""), " ") {
			t.Errorf("records\n%.300q\nbecome\n%.300q\nas a text\n%.300q", c, joined, want)
		}
		secrets := strings.Contains(strings.Join(c, ""), token) || strings.Contains(strings.Join(c, ""), "BEGIN")
		if secrets != (findings > 0) {
			t.Errorf("%d findings", findings)
		}
		if strings.Contains(joined, token) || strings.Contains(joined, key[5]) {
			t.Errorf("a secret is left")
		}
	}
}

// The state of one call says nothing in the next.
func TestLinesForgets(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	key := pemLines(8)
	r.Lines(toBytes(key[:3]), func(int, []byte) {})
	line := []byte("nothing to see")
	r.Lines([][]byte{line}, func(_ int, redacted []byte) {
		if &redacted[0] != &line[0] {
			t.Errorf("a clean record became %q", redacted)
		}
	})
}

func TestLinesPanic(t *testing.T) {
	e := builtinEngine(t)
	key := pemLines(9)
	recs := toBytes(append(append([]string{"one"}, key...), "last"))
	for _, s := range []stage{stageScan, stagePlan, stageSplice, stageReport} {
		r := e.NewRedactor()
		r.fault = func(at stage) {
			if at == s {
				panic("no reason")
			}
		}
		n := 0
		r.Lines(recs, func(_ int, redacted []byte) {
			n++
			for _, l := range key[1 : len(key)-1] {
				if bytes.Contains(redacted, []byte(l)) {
					t.Errorf("panic in %s: a line of the key is left", s)
				}
			}
		})
		if n != len(recs) {
			t.Errorf("panic in %s: %d records of %d", s, n, len(recs))
		}
		if r.Failures() == 0 {
			t.Errorf("panic in %s: no failure is counted", s)
		}
	}
	r := e.NewRedactor()
	defer func() {
		if recover() != "mine" {
			t.Error("a panic of the caller was taken for one of the scan")
		}
	}()
	r.Lines(recs, func(int, []byte) { panic("mine") })
}

func TestLinesAllocates(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	var recs [][]byte
	for i := range 500 {
		recs = append(recs, fmt.Appendf(nil, "GET /index.html 200 %d %s", i, strings.Repeat("x ", 100)))
	}
	out := func(int, []byte) {}
	r.Lines(recs, out)
	if n := testing.AllocsPerRun(20, func() { r.Lines(recs, out) }); n != 0 {
		t.Errorf("%v allocations for clean records", n)
	}
}

func TestWords(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	pass := "Tr0ub" + "4dor&3x"
	for _, c := range []struct{ in, want []string }{
		{[]string{"ls", "-l", "/tmp"}, []string{"ls", "-l", "/tmp"}},
		{[]string{"mysql", "--user", "bob", "--password", pass, "shop"}, []string{"mysql", "--user", "bob", "--password", "REDACTED-", "shop"}},
		{[]string{"curl", "-u", "bob:" + pass, "https://example.com"}, []string{"curl", "-u", "bob:REDACTED-", "https://example.com"}},
	} {
		var got []string
		r.Words(toBytes(c.in), func(_ int, redacted []byte) { got = append(got, string(redacted)) })
		for i := range got {
			if strings.HasSuffix(c.want[i], "REDACTED-") && strings.HasPrefix(got[i], c.want[i]) {
				continue
			}
			if got[i] != c.want[i] {
				t.Errorf("%q: argument %d becomes %q", c.in, i, got[i])
			}
		}
	}
}
