package scan_test

import (
	"slices"
	"testing"

	"github.com/stanch/stanch/scan"
)

// pieces returns which bytes of the chunks lie in spans, with a pause behind
// each chunk or without.
func pieces(t testing.TB, e *scan.Engine, pause bool, chunks ...string) []bool {
	t.Helper()
	var out []bool
	st := e.NewStream(func(p scan.Piece) error {
		from := len(out)
		out = append(out, make([]bool, len(p.Text))...)
		for _, x := range p.Spans {
			for i := x.Start; i < x.End; i++ {
				out[from+i] = true
			}
		}
		return nil
	})
	for _, c := range chunks {
		st.Write([]byte(c))
		if pause {
			if err := st.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// nameLater are the shapes in which nothing before the value says what it is.
const nameLater = "3c 13f 18c 44d"

// TestShapesInPieces: a line of any notation that comes in two chunks gives
// what it gives in one, and a pause in the value leaks no part of it.
func TestShapesInPieces(t *testing.T) {
	m := newMatrix(t)
	e := builtin(t)
	class := &valueClasses[slices.IndexFunc(valueClasses, func(c valueClass) bool { return c.name == "hex" })]
	for i := range logShapes {
		sh := &logShapes[i]
		text, from, to, ok := m.fill(t, sh, class, 1)
		if !ok || reasonFor(sh.row, class.name, 0) != nil {
			continue
		}
		text += "\n"
		whole := pieces(t, e, false, text)
		for cut := range len(text) {
			if !slices.Equal(whole, pieces(t, e, false, text[:cut], text[cut:])) {
				t.Errorf("row %s: cut at %d: %s", sh.row, cut, text)
				break
			}
			if cut <= from || cut >= to || has(nameLater, sh.row) {
				continue
			}
			if got := pieces(t, e, true, text[:cut], text[cut:]); slices.Contains(got[from:to], false) {
				t.Errorf("row %s: a pause at %d leaks: %s", sh.row, cut, text)
				break
			}
		}
	}
}
