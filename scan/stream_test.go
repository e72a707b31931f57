package scan

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// leaked runs in through a stream with a pause at each cut and reports which
// bytes were handed on outside spans.
func leaked(t testing.TB, e *Engine, in []byte, pauses ...int) []bool {
	out := make([]bool, len(in))
	next := 0
	st := e.NewStream(func(p Piece) error {
		if int(p.Offset) != next {
			t.Fatalf("piece at %d, want %d", p.Offset, next)
		}
		next += len(p.Text)
		for i := range p.Text {
			out[int(p.Offset)+i] = true
		}
		for _, x := range p.Spans {
			if x.Start < 0 || x.End > len(p.Text) || x.Start > x.End {
				t.Fatalf("span %+v in a piece of %d bytes", x, len(p.Text))
			}
			for i := x.Start; i < x.End; i++ {
				out[int(p.Offset)+i] = false
			}
		}
		return nil
	})
	at := 0
	for _, c := range pauses {
		st.Write(in[at:c])
		if err := st.Flush(); err != nil {
			t.Fatal(err)
		}
		at = c
	}
	st.Write(in[at:])
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if next != len(in) {
		t.Fatalf("%d bytes handed on, want %d", next, len(in))
	}
	return out
}

// TestPauses: a pause anywhere in a secret leaks no part of it.
func TestPauses(t *testing.T) {
	e := engine(t)
	for _, template := range shapes {
		if strings.Contains(template, "<<>>") {
			continue
		}
		text, from, to := expand(t, template, 11)
		for c := range len(text) {
			for i, is := range leaked(t, e, []byte(text+"\n"), c) {
				if is && i >= from && i < to {
					t.Errorf("%s\npause at %d (secret %d-%d) leaks byte %d of %s", template, c, from, to, i, text)
					break
				}
			}
			if t.Failed() {
				break
			}
		}
	}
}

// TestTokenPauses is TestPauses for the built-in tokens: what leaks may only
// be the literal that everybody knows.
func TestTokenPauses(t *testing.T) {
	e := engine(t)
	for i := range e.detectors {
		d := &e.detectors[i]
		if d.Kind != detectors.Prefix || d.Identifier || len(d.Examples) == 0 || d.Before != nil || len(d.Keywords) > 0 {
			continue
		}
		text, from, to := expand(t, d.Examples[0].Template, 5)
		if bytes.ContainsAny([]byte(text), "\n") || d.After.SecretFrom != d.After.SecretTo {
			continue
		}
		literal := 0
		for _, l := range d.Literals {
			if strings.HasPrefix(text[from:], l) {
				literal = max(literal, len(l))
			}
		}
		step := 1
		if testing.Short() {
			step = 7
		}
		for c := from; c < to; c += step {
			count := 0
			for k, is := range leaked(t, e, []byte("token "+text+"\n"), c+6) {
				if is && k-6 >= from+literal && k-6 < to {
					count++
				}
			}
			if count > 0 {
				t.Errorf("%s: pause after %d bytes of the token leaks %d", d.ID, c-from, count)
				break
			}
		}
	}
}

// TestLongLine: a line of many windows gives what its parts give, however it comes.
func TestLongLine(t *testing.T) {
	ds, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Compile(ds, Options{MaxLine: minMaxLine})
	if err != nil {
		t.Fatal(err)
	}
	secret, _, _ := expand(t, "password={alnum:24}", 1)
	value := secret[len("password="):]
	for _, gap := range []int{1 << 10, minMaxLine - 10, minMaxLine - overlap - 12, minMaxLine - overlap + 3, 3 * minMaxLine} {
		filler := strings.Repeat("lorem ipsum ", gap/12+1)[:gap]
		in := strings.Repeat(filler+" "+secret+" ", 4) + "\nnext line " + secret + "\n"
		want := redacted(t, e, []byte(in))
		if strings.Contains(want, value) || strings.Count(want, "«password»") != 5 {
			t.Fatalf("gap %d: %d of 5 secrets found", gap, strings.Count(want, "«password»"))
		}
		for _, c := range []int{1, 4095, minMaxLine - 1, minMaxLine, minMaxLine + 1, len(in) / 2, len(in) - 3} {
			if c < len(in) {
				if got := redacted(t, e, []byte(in), c); got != want {
					t.Fatalf("gap %d, cut at %d: another result", gap, c)
				}
			}
		}
		spans := e.NewScanner().Text(nil, []byte(in))
		if len(spans) != 5 {
			t.Fatalf("gap %d: Text finds %d spans", gap, len(spans))
		}
		for _, x := range spans {
			if in[x.Start:x.End] != value {
				t.Fatalf("gap %d: Text span %d-%d", gap, x.Start, x.End)
			}
		}
	}
}

// TestEndlessValue: a value longer than any window leaves no part behind.
func TestEndlessValue(t *testing.T) {
	e := engine(t)
	value, _, _ := expand(t, "{alnum:4096}", 1)
	for _, c := range []struct{ before, value, after string }{
		{"password=", strings.Repeat(value, 200), " end"},
		{`{"password":"`, strings.Repeat(value+" ", 200), `","n":1}`},
	} {
		in := c.before + c.value + c.after + "\n"
		for i, is := range leaked(t, e, []byte(in)) {
			if is && i >= len(c.before) && i < len(c.before)+len(c.value) && in[i] != ' ' {
				t.Fatalf("byte %d of %d leaks", i-len(c.before), len(c.value))
			}
		}
	}
}

// TestNoAllocation: a clean line costs no allocation.
func TestNoAllocation(t *testing.T) {
	s := engine(t).NewScanner()
	line := []byte("2026-01-01T00:00:00Z INFO GET /index.html 200 12ms user=bob session closed\n")
	var spans []Span
	s.Text(spans, line)
	if n := testing.AllocsPerRun(100, func() { spans = s.Text(spans[:0], line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
