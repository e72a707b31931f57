package automaton

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func add(t testing.TB, s *Set, expr string) *Rule {
	t.Helper()
	r, err := s.Add("test", expr)
	if err != nil {
		t.Fatalf("%q: %v", expr, err)
	}
	return r
}

type place struct{ anchor, start, end int }

// hitsIn finds a rule's anchors by brute force, gates included, in order.
func hitsIn(r *Rule, text []byte, lo, hi int) (out []place) {
	as := r.Anchors()
	for i := lo; i < hi; i++ {
		for k, a := range as {
			e := i + len(a.Text)
			if e > hi || !equal(text[i:e], a) {
				continue
			}
			pass := e+a.Gate.Min <= hi
			for j := e; pass && j < e+a.Gate.Min; j++ {
				pass = a.Gate.Class.Has(text[j])
			}
			if pass {
				out = append(out, place{k, i, e})
			}
		}
	}
	return out
}

func equal(b []byte, a Anchor) bool {
	for i, c := range b {
		if a.Fold && c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != a.Text[i] {
			return false
		}
	}
	return true
}

// foreign reports whether text holds one of the runes that anchors leave out.
func foreign(text []byte) bool {
	return bytes.ContainsRune(text, '\u212a') || bytes.ContainsRune(text, '\u017f')
}

// oracle returns FindAllSubmatchIndex on the record.
func oracle(re *regexp.Regexp, text []byte, lo, hi int) [][]int {
	all := re.FindAllSubmatchIndex(text[lo:hi], -1)
	for _, m := range all {
		for i := range m {
			if m[i] >= 0 {
				m[i] += lo
			}
		}
	}
	return all
}

// walk iterates FindFrom as FindAllIndex iterates.
func walk(r *Rule, text []byte, lo, hi int) (all [][]int) {
	last := -1
	for pos := lo; pos <= hi; {
		s, e, ok, _ := r.FindFrom(text, lo, hi, pos)
		if !ok {
			break
		}
		accept := true
		if e == pos {
			if s == last {
				accept = false
			}
			_, w := utf8.DecodeRune(text[pos:hi])
			pos += max(w, 1)
		} else {
			pos = e
		}
		last = e
		if accept {
			all = append(all, r.Submatch(text, lo, hi, s, e, nil))
		}
	}
	return all
}

// atHits iterates At over the hits of a direct rule.
func atHits(r *Rule, text []byte, lo, hi int) (all [][]int) {
	from := lo
	for _, h := range hitsIn(r, text, lo, hi) {
		if h.start < from {
			continue
		}
		if s, e, ok, _ := r.At(text, lo, hi, h.anchor, h.start, h.end); ok {
			all = append(all, r.Submatch(text, lo, hi, s, e, nil))
			from = e
		}
	}
	return all
}

// same compares matches; a trimmed rule has starts of its own.
func same(a, b [][]int, trimmed bool) bool {
	return slices.EqualFunc(a, b, func(x, y []int) bool {
		return (trimmed || x[0] == y[0]) && slices.Equal(x[1:], y[1:])
	})
}

type tester struct {
	r       *Rule
	re      *regexp.Regexp
	trimmed bool
}

func newTester(t testing.TB, s *Set, expr string) *tester {
	t.Helper()
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	return &tester{add(t, s, expr), regexp.MustCompile(expr), trim(re) != re}
}

// check compares a rule with the oracle on one record.
func (x *tester) check(text []byte, lo, hi int) error {
	want := oracle(x.re, text, lo, hi)
	if got := walk(x.r, text, lo, hi); !same(got, want, x.trimmed) {
		return fmt.Errorf("FindFrom: %q on %q [%d:%d]: got %v, want %v", x.re, text, lo, hi, got, want)
	}
	if len(x.r.Anchors()) == 0 || foreign(text[lo:hi]) {
		return nil
	}
	hits := hitsIn(x.r, text, lo, hi)
	for _, m := range want {
		for _, reach := range []int{0, 1, 5, 64} {
			if !slices.ContainsFunc(hits, func(h place) bool {
				at := h.start >= m[0] && h.end <= m[1]
				return at && !x.r.Misses(text, lo, min(hi, h.end+reach), h.anchor, h.start, h.end)
			}) {
				return fmt.Errorf("Misses: %q on %q [%d:%d]: all hits in %v, %d bytes behind them", x.re, text, lo, hi, m, reach)
			}
		}
	}
	if x.r.Direct() {
		if got := atHits(x.r, text, lo, hi); !same(got, want, x.trimmed) {
			return fmt.Errorf("At: %q on %q [%d:%d]: got %v, want %v", x.re, text, lo, hi, got, want)
		}
		return nil
	}
	// Each match has an anchor in it where At says yes, and none without.
	before, after, bounded := x.r.Window()
	for _, m := range want {
		found := false
		for _, h := range hits {
			if h.start < m[0] || h.end > m[1] {
				continue
			}
			if bounded && !x.trimmed && (h.start-m[0] > before || m[1]-h.end > after) {
				continue
			}
			s, e, ok, _ := x.r.At(text, lo, hi, h.anchor, h.start, h.end)
			found = found || ok && (e == m[1] && (x.trimmed || s == m[0]) || s < m[0])
		}
		if !found {
			return fmt.Errorf("At: %q on %q [%d:%d]: no anchor gives %v", x.re, text, lo, hi, m)
		}
	}
	for _, h := range hits {
		s, e, ok, _ := x.r.At(text, lo, hi, h.anchor, h.start, h.end)
		if !ok {
			continue
		}
		if len(want) == 0 || s > h.start || e < h.end {
			return fmt.Errorf("At: %q on %q [%d:%d]: %d-%d for %v, want %v", x.re, text, lo, hi, s, e, h, want)
		}
		if fs, fe, _, _ := x.r.FindFrom(text, lo, hi, s); fs != s || fe != e {
			return fmt.Errorf("At: %q on %q [%d:%d]: %d-%d for %v, FindFrom %d-%d", x.re, text, lo, hi, s, e, h, fs, fe)
		}
	}
	return nil
}

// sample writes a string that a tree matches, assertions aside.
func sample(b []byte, re *syntax.Regexp, r *rand.Rand, budget *int) []byte {
	repeat := func(lo, hi int) {
		if hi < 0 || hi > lo+6 {
			hi = lo + 6
		}
		for range lo + r.IntN(hi-lo+1) {
			if *budget--; *budget < 0 {
				return
			}
			b = sample(b, re.Sub[0], r, budget)
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 && r.IntN(3) == 0 {
				c = unicode.SimpleFold(c)
			}
			b = utf8.AppendRune(b, c)
		}
	case syntax.OpCharClass:
		if n := len(re.Rune) / 2; n > 0 {
			k := r.IntN(min(n, 6)) * 2
			lo, hi := re.Rune[k], min(re.Rune[k+1], re.Rune[k]+100)
			b = utf8.AppendRune(b, lo+r.Int32N(hi-lo+1))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b = append(b, "a; é\xffz"[r.IntN(7)])
	case syntax.OpCapture, syntax.OpConcat:
		for _, s := range re.Sub {
			b = sample(b, s, r, budget)
		}
	case syntax.OpAlternate:
		b = sample(b, re.Sub[r.IntN(len(re.Sub))], r, budget)
	case syntax.OpStar:
		repeat(0, -1)
	case syntax.OpPlus:
		repeat(1, -1)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		repeat(re.Min, re.Max)
	}
	return b
}

var noise = []string{" ", "\n", "a", "k", "key=", "é", "\xff", "\xe2\x82", "_", "\"", "=", "x9", ":", ";", "\u212a", "\u017f", "secret", "\xf0\x9f", "abc", "0", ".", "-"}

// record puts samples of a rule between noise, damaged here and there.
func record(tree *syntax.Regexp, r *rand.Rand) []byte {
	var b []byte
	for range 1 + r.IntN(3) {
		for range r.IntN(4) {
			b = append(b, noise[r.IntN(len(noise))]...)
		}
		budget := 300
		at := len(b)
		b = sample(b, tree, r, &budget)
		if n := len(b) - at; n > 0 {
			switch r.IntN(6) {
			case 0:
				b[at+r.IntN(n)] = noise[r.IntN(len(noise))][0]
			case 1:
				b = b[:at+r.IntN(n)]
			case 2:
				i := at + r.IntN(n)
				b = slices.Insert(b, i, []byte(noise[r.IntN(len(noise))])...)
			}
		}
	}
	return b
}

func TestRules(t *testing.T) {
	rounds := 40
	if raceEnabled {
		rounds = 4
	}
	for _, o := range []Options{{}, {CacheBytes: 20_000}, {CacheBytes: 1}} {
		s := NewSet(o)
		anchored, direct := 0, 0
		for i, expr := range testRules() {
			x := newTester(t, s, expr)
			if len(x.r.Anchors()) > 0 {
				anchored++
				if x.r.Direct() {
					direct++
				}
			}
			tree, _ := syntax.Parse(expr, syntax.Perl)
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for range rounds {
				text := record(tree, r)
				lo, hi := 0, len(text)
				if r.IntN(3) == 0 && len(text) > 0 {
					lo = r.IntN(len(text))
					hi = lo + r.IntN(len(text)-lo+1)
				}
				if err := x.check(text, lo, hi); err != nil {
					t.Error(err)
					break
				}
			}
		}
		if n := s.CacheBytes(); o.CacheBytes > 0 && n > o.CacheBytes {
			t.Errorf("caches take %d bytes, bound is %d", n, o.CacheBytes)
		}
		t.Logf("%d rules, %d with anchors, %d of them direct; %d cache bytes", len(testRules()), anchored, direct, s.CacheBytes())
	}
}

// randomExpr writes a rule over a small alphabet.
func randomExpr(r *rand.Rand, depth int) string {
	if depth <= 0 {
		return []string{"a", "b", "c", ".", "[^b]", "[a-c]", `\w`, "é", "(?i:k)", `\b`, `\B`, "^", "$", "(?m:^)", "(?m:$)", `\n`, `\W`, "abc", " ", "(?i:Abc)", "bcab", "(?s:.)", "aaa", "[a-c]{9}", `\w{8,}`}[r.IntN(25)]
	}
	a, b := randomExpr(r, depth-1-r.IntN(2)), randomExpr(r, depth-1-r.IntN(2))
	switch r.IntN(9) {
	case 0:
		return "(" + a + "|" + b + ")"
	case 1:
		return "(?:" + a + ")" + []string{"*", "+", "?", "*?", "+?", "??"}[r.IntN(6)]
	case 2:
		return "(?:" + a + ")" + []string{"{2}", "{0,3}", "{1,2}?", "{2,}"}[r.IntN(4)]
	case 3:
		return "(" + a + ")"
	}
	return a + b
}

func randomText(r *rand.Rand, n int) []byte {
	var b strings.Builder
	for range r.IntN(n) {
		b.WriteString([]string{"a", "b", "c", "é", "k", "K", " ", "\n", "\xff", "\xc3", "_", "abc", "\u017f", "\xe2\x82", "aaab", "bcab", "ABC", "\u212a", "abcabcab"}[r.IntN(19)])
	}
	return []byte(b.String())
}

func TestRandom(t *testing.T) {
	n := 6000
	if testing.Short() || raceEnabled {
		n = 500
	}
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 2))
		expr := randomExpr(r, 2+r.IntN(4))
		if i%2 == 0 {
			expr = randomExpr(r, r.IntN(4)) + []string{"abc", "(?i:abck?)", "(abc|bcab)", "(?:aaa)+"}[r.IntN(4)] + expr
		}
		if _, err := regexp.Compile(expr); err != nil {
			continue
		}
		x := newTester(t, NewSet(Options{CacheBytes: []int{1 << 20, 3000, 10}[i%3]}), expr)
		for range 12 {
			text := randomText(r, 14)
			lo := r.IntN(len(text) + 1)
			hi := lo + r.IntN(len(text)-lo+1)
			if r.IntN(2) == 0 {
				lo, hi = 0, len(text)
			}
			if err := x.check(text, lo, hi); err != nil {
				t.Error(err)
				break
			}
		}
	}
}
