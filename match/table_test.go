package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// table holds what every rung and every shape of call must find. A hit is
// start, end, literal.
var table = []struct {
	name     string
	literals []Literal
	haystack string
	hits     []Hit
}{
	{"no literals", nil, "abc", nil},
	{"no text", lits("abc"), "", nil},
	{"whole", lits("abc"), "abc", []Hit{{0, 3, 0}}},
	{"too short", lits("abc"), "ab", nil},
	{"exact case", lits("abc"), "ABC abc Abc", []Hit{{4, 7, 0}}},
	{"folded", folded("aBc"), "ABC abc Abc", []Hit{{0, 3, 0}, {4, 7, 0}, {8, 11, 0}}},
	{"fold letters only", folded("a[b"), "a[b a{b A[B", []Hit{{0, 3, 0}, {8, 11, 0}}},
	{"fold at and backquote", folded("@x`"), "@x` `x@ @X`", []Hit{{0, 3, 0}, {8, 11, 0}}},
	{"no folding above ASCII", folded("é1"), "é1 É1", []Hit{{0, 3, 0}}},
	{"one byte", lits("x"), "axbxx", []Hit{{1, 2, 0}, {3, 4, 0}, {4, 5, 0}}},
	{"one byte at both ends", folded("x"), "xaX", []Hit{{0, 1, 0}, {2, 3, 0}}},
	{"two bytes", lits("ab"), "abab", []Hit{{0, 2, 0}, {2, 4, 0}}},
	{"three bytes at the end", lits("abc"), strings.Repeat(".", 61) + "abc", []Hit{{61, 64, 0}}},
	{"overlapping itself", lits("aba"), "ababa", []Hit{{0, 3, 0}, {2, 5, 0}}},
	{"nested", lits("token", "access_token", "ken", "e"), "access_token", []Hit{
		{0, 12, 1}, {3, 4, 3}, {7, 12, 0}, {9, 12, 2}, {10, 11, 3}}},
	{"equal literals", lits("abc", "abc"), "abc", []Hit{{0, 3, 0}, {0, 3, 1}}},
	{"same folded, one exact", []Literal{{Text: "key"}, {Text: "KEY", Fold: true}}, "key KEY", []Hit{{0, 3, 0}, {0, 3, 1}, {4, 7, 1}}},
	{"gate holds", gated("sk_", "[0-9]", 3), "sk_123", []Hit{{0, 3, 0}}},
	{"gate too short", gated("sk_", "[0-9]", 3), "sk_12 sk_12", nil},
	{"gate at the end", gated("sk_", "[0-9]", 3), "sk_12", nil},
	{"gate longer", gated("sk_", "[0-9]", 3), "sk_12345", []Hit{{0, 3, 0}}},
	{"gate within itself", gated("a", "[ab]", 4), "aaaabab", []Hit{{0, 1, 0}, {1, 2, 0}, {2, 3, 0}}},
	{"gates differ", []Literal{
		{Text: "tok", Gate: Gate{must("[a-z]"), 2}},
		{Text: "tok", Gate: Gate{must("[0-9]"), 2}},
		{Text: "tok"}}, "tok12tokab", []Hit{{0, 3, 1}, {0, 3, 2}, {5, 8, 0}, {5, 8, 2}}},
	{"short and gated", gated("k", "[0-9a-f]", 8), "k0123abcd k012", []Hit{{0, 1, 0}}},
	{"bytes beyond ASCII", lits("\xff\x00\x80"), "\x00\xff\x00\x80\xff", []Hit{{1, 4, 0}}},
	{"high bit is not dropped", lits("abcd"), "\xe1bcd abc\xe4", nil},
	{"zero bytes at the end", lits("\x00\x00\x00\x00\x00"), "ab\x00\x00\x00\x00", nil},
	{"zero bytes", lits("\x00\x00"), "ab\x00\x00\x00", []Hit{{2, 4, 0}, {3, 5, 0}}},
	{"long", lits(strings.Repeat("x", 255)), strings.Repeat("x", 256), []Hit{{0, 255, 0}, {1, 256, 0}}},
	{"long folded", folded(strings.Repeat("Ab", 40) + "c"), "ab" + strings.Repeat("aB", 40) + "C", []Hit{{2, 83, 0}}},
	{"long, last byte differs", folded(strings.Repeat("Ab", 40) + "c"), strings.Repeat("aB", 40) + "d", nil},
	{"across blocks", folded("password", "word="), strings.Repeat("-", 60) + "PassWord=1" + strings.Repeat("-", 58) + "password", []Hit{
		{60, 68, 0}, {64, 69, 1}, {128, 136, 0}}},
}

func lits(texts ...string) (ls []Literal) {
	for _, s := range texts {
		ls = append(ls, Literal{Text: s})
	}
	return ls
}

func folded(texts ...string) (ls []Literal) {
	for _, s := range texts {
		ls = append(ls, Literal{Text: s, Fold: true})
	}
	return ls
}

func must(s string) Class {
	c, err := ParseClass(s)
	if err != nil {
		panic(err)
	}
	return c
}

func gated(text, class string, n int) []Literal {
	return []Literal{{Text: text, Gate: Gate{must(class), n}}}
}

// naive finds hits by definition.
func naive(ls []Literal, buf []byte) (hits []Hit) {
	for i := range buf {
		for id, l := range ls {
			end := i + len(l.Text)
			if end+l.Gate.Min > len(buf) {
				continue
			}
			ok := true
			for j := range len(l.Text) {
				a, b := buf[i+j], l.Text[j]
				if l.Fold {
					a, b = lower(a), lower(b)
				}
				ok = ok && a == b
			}
			for j := range l.Gate.Min {
				ok = ok && l.Gate.Class.Has(buf[end+j])
			}
			if ok {
				hits = append(hits, Hit{uint32(i), uint32(end), uint32(id)})
			}
		}
	}
	slices.SortFunc(hits, compareHits)
	return hits
}

func compile(t testing.TB, ls []Literal, k Kernel) *Matcher {
	t.Helper()
	m, err := Compile(ls, WithKernel(k))
	if err != nil {
		t.Fatal(err)
	}
	if m.Kernel() != k {
		t.Fatalf("kernel %v, want %v", m.Kernel(), k)
	}
	return m
}

// rebucket returns m, if it has a filter, with literals in n buckets.
func rebucket(t testing.TB, m *Matcher, n int) *Matcher {
	t.Helper()
	a := nibbles
	if m.kernel == VBMI {
		a = sevenBits
	}
	f, err := newFilter(m.pats, m.kernel, place(m.pats, a(), n, n == nibbleGroups*8 && m.kernel == AVX2))
	if err != nil {
		t.Fatal(err)
	}
	c := *m
	c.filter = f
	return &c
}

func allBuckets(k Kernel) int {
	if k == VBMI {
		return sevenGroups * 8
	}
	return nibbleGroups * 8
}

// eachMatcher runs f on every rung with both numbers of buckets.
func eachMatcher(t *testing.T, ls []Literal, f func(t *testing.T, m *Matcher)) {
	for _, k := range Kernels() {
		m := compile(t, ls, k)
		if k == Plain {
			t.Run("plain", func(t *testing.T) { f(t, m) })
			continue
		}
		for _, n := range []int{fewBuckets, allBuckets(k)} {
			t.Run(fmt.Sprintf("%v/%d", k, n), func(t *testing.T) { f(t, rebucket(t, m, n)) })
		}
	}
}

func same(t *testing.T, what string, got, want []Hit) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %v, want %v", what, clip(got), clip(want))
	}
}

func clip(h []Hit) string {
	if len(h) > 20 {
		return fmt.Sprintf("%d hits %v...", len(h), h[:20])
	}
	return fmt.Sprint(h)
}

func TestTable(t *testing.T) {
	for _, tc := range table {
		want := slices.Clone(tc.hits)
		slices.SortFunc(want, compareHits)
		t.Run(tc.name, func(t *testing.T) {
			same(t, "naive", naive(tc.literals, []byte(tc.haystack)), want)
			eachMatcher(t, tc.literals, func(t *testing.T, m *Matcher) {
				checkShapes(t, m, []byte(tc.haystack), want)
			})
		})
	}
}

// checkShapes scans buf in every shape of call; want are its hits.
func checkShapes(t *testing.T, m *Matcher, buf []byte, want []Hit) {
	t.Helper()
	var s Scratch
	same(t, "Scan", m.Scan(nil, buf, &s), want)
	same(t, "Scan with nil scratch", m.Scan(nil, buf, nil), want)

	// With text on both sides the same hits are found, further on; and what
	// the surroundings add is not in the record.
	arena := []byte("abcx")
	from := uint32(len(arena))
	arena = append(append(arena, buf...), "cdx12abc"...)
	ends := []uint32{from, from, from + uint32(len(buf)), uint32(len(arena))}
	var got []Hit
	for _, h := range m.ScanBatch(nil, arena, ends, &s) {
		if h.Start >= from && h.Start < ends[2] {
			got = append(got, Hit{h.Start - from, h.End - from, h.ID})
		}
	}
	same(t, "ScanBatch", got, want)

	st := m.NewStream()
	for cut := 0; cut <= len(buf); cut++ {
		hits := st.Next(nil, buf[:cut])
		hits = st.Next(hits, buf[cut:])
		same(t, fmt.Sprintf("Stream cut at %d", cut), streamed(st.Close(hits)), want)
	}
	for _, size := range []int{1, 2, 3, 7, 64} {
		var hits []StreamHit
		for rest := range slices.Chunk(buf, size) {
			hits = st.Next(hits, rest)
			if n := len(hits); n > 0 && hits[n-1].Start >= st.Settled() {
				t.Fatalf("hit %v beyond %d", hits[n-1], st.Settled())
			}
		}
		same(t, fmt.Sprintf("Stream in chunks of %d", size), streamed(st.Close(hits)), want)
	}
}

func streamed(hs []StreamHit) (out []Hit) {
	for _, h := range hs {
		out = append(out, Hit{uint32(h.Start), uint32(h.End), h.ID})
	}
	return out
}
