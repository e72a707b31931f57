package automaton

import (
	"math/rand/v2"
	"regexp/syntax"
	"testing"
)

type decision struct {
	start, end int
	ok         bool
}

// checkOpen cuts a record at every place: where more bytes change what At
// says, it must have said that it was open.
func checkOpen(t *testing.T, r *Rule, expr string, text []byte) {
	t.Helper()
	closed := false
	var was decision
	for cut := range len(text) + 1 {
		s, e, ok, open := r.FindFrom(text[:cut], 0, cut, 0)
		d := decision{s, e, ok}
		if closed && (d != was || open) {
			t.Fatalf("%q on %q: FindFrom closed with %v, then %v at %d", expr, text, was, d, cut)
		}
		closed, was = !open, d
	}
	for _, h := range hitsIn(r, text, 0, len(text)) {
		type answer struct {
			decision
			open bool
		}
		var all []answer
		for cut := h.end; cut <= len(text); cut++ {
			s, e, ok, open := r.At(text[:cut], 0, cut, h.anchor, h.start, h.end)
			d := decision{s, e, ok}
			if !ok {
				d = decision{}
			}
			all = append(all, answer{d, open})
		}
		// Once closed, the answer holds for every longer record.
		for i, a := range all {
			if a.open {
				continue
			}
			for j := i + 1; j < len(all); j++ {
				if all[j].decision != a.decision || all[j].open {
					t.Fatalf("%q on %q, hit %v: closed with %v at %d, then %v at %d", expr, text, h, a.decision, h.end+i, all[j], h.end+j)
				}
			}
			break
		}
	}
}

func TestOpen(t *testing.T) {
	rounds := 25
	if raceEnabled {
		rounds = 3
	}
	for _, o := range []Options{{}, {CacheBytes: 1}} {
		s := NewSet(o)
		for i, expr := range testRules() {
			rule := add(t, s, expr)
			tree, _ := syntax.Parse(expr, syntax.Perl)
			r := rand.New(rand.NewPCG(uint64(i), 3))
			for range rounds {
				checkOpen(t, rule, expr, record(tree, r))
			}
		}
	}
}

func TestOpenRandom(t *testing.T) {
	n := 2000
	if raceEnabled {
		n = 200
	}
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 4))
		expr := randomExpr(r, 3) + "abc" + randomExpr(r, 3)
		rule, err := NewSet(Options{}).Add("r", expr)
		if err != nil {
			continue
		}
		for range 5 {
			checkOpen(t, rule, expr, append(randomText(r, 4), append([]byte("abc"), randomText(r, 6)...)...))
		}
	}
}

// TestClosed holds the other side: a decision is not put off without need.
func TestClosed(t *testing.T) {
	for _, c := range []struct {
		expr, text string
		ok, open   bool
	}{
		{`abc_[a-z]{4}`, "abc_wxyz", true, false},
		{`abc_[a-z]{4}`, "abc_wxy", false, true},
		{`abc_[a-z]{4}`, "abc_wx1", false, false},
		{`abc_[a-z]{4,}`, "abc_wxyz", true, true},
		{`abc_[a-z]{4,}`, "abc_wxyz ", true, false},
		{`abc_[a-z]{4,}?`, "abc_wxyz", true, false},
		{`abc_[a-z]{4}\b`, "abc_wxyz", true, true},
		{`abc_[a-z]{4}$`, "abc_wxyz", true, true},
		{`abc_[a-z]{4}\z`, "abc_wxyz ", false, false},
		{`abc_`, "abc_", true, false},
		{`abc_é`, "abc_\xc3", false, true},
		{`abc_.`, "abc_\xc3", true, true},
		{`abc_.`, "abc_\xc3.", true, false},
		{`x+abc_y`, "abc_", false, false},
		{`x+abc_y`, "xabc_", false, true},
		{`abc_(?:yz)?`, "abc_y", true, true},
	} {
		r := add(t, NewSet(Options{}), c.expr)
		text := []byte(c.text)
		as := hitsIn(r, text, 0, len(text))
		if len(as) == 0 { // the literal took in what is not there yet
			if c.ok {
				t.Errorf("%q on %q: no hit", c.expr, c.text)
			}
			// The gate may ask for bytes that are not there either.
			for k, a := range r.Anchors() {
				for i := range text {
					if i+len(a.Text) <= len(text) && string(text[i:i+len(a.Text)]) == a.Text {
						as = append(as, place{k, i, i + len(a.Text)})
					}
				}
			}
		}
		for _, h := range as {
			_, _, ok, open := r.At(text, 0, len(text), h.anchor, h.start, h.end)
			if ok != c.ok || open != c.open {
				t.Errorf("%q on %q: ok %v open %v", c.expr, c.text, ok, open)
			}
		}
	}
}
