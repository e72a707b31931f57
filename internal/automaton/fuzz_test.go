package automaton

import (
	"regexp"
	"testing"
)

func fuzz(f *testing.F, bytes int, wrap func(string) string) {
	for _, expr := range testRules() {
		f.Add(expr, []byte("a key=abc; secret=\"é\xff\u017f\" zooly: 1234"), uint8(0), uint8(255))
	}
	f.Fuzz(func(t *testing.T, expr string, text []byte, lo, hi uint8) {
		if len(expr) > 200 || len(text) > 200 {
			return
		}
		expr = wrap(expr)
		if _, err := regexp.Compile(expr); err != nil {
			return
		}
		estimates(t, expr)
		s := NewSet(Options{CacheBytes: bytes, MaxProgram: 2000})
		if _, err := s.Add("f", expr); err != nil {
			return
		}
		to := min(int(hi), len(text))
		from := min(int(lo), to)
		x := newTester(t, s, expr)
		if err := x.check(text, from, to); err != nil {
			t.Fatal(err)
		}
		checkOpen(t, x.r, expr, text[from:to])
	})
}

// FuzzFind compares any rule with Go's regexp.
func FuzzFind(f *testing.F) { fuzz(f, 1<<20, func(s string) string { return s }) }

// FuzzAt compares rules that hold a literal with Go's regexp, with caches
// that are often full.
func FuzzAt(f *testing.F) {
	fuzz(f, 3000, func(s string) string { return s + `(?:key=|secret)` + s })
}
