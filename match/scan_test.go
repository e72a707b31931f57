package match

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// TestTexts compares the rungs on texts of several steps, clean, hot and
// hostile, with sets of every size.
func TestTexts(t *testing.T) {
	alnum := must("[A-Za-z0-9]")
	nested := Literal{Text: "aaaaaaaa", Gate: Gate{must("[a]"), 64}}
	sets := map[string][]Literal{
		"some":    someLiterals(60),
		"many":    someLiterals(900),
		"short":   append(someLiterals(40), Literal{Text: "q"}, Literal{Text: "Z=", Fold: true}, Literal{Text: "k", Fold: true, Gate: Gate{alnum, 30}}),
		"crowded": append(folded("password"), crowded()...),
		"nested":  {nested, {Text: "aaaaaaaaaaaaaaaa"}, {Text: "aaaab"}, {Text: "AAAA", Fold: true, Gate: Gate{alnum, 3}}},
	}
	for name, ls := range sets {
		texts := map[string][]byte{
			"clean":  cleanText(70_000),
			"hot":    hotText(70_000, ls),
			"repeat": bytes.Repeat([]byte(ls[0].Text), 5000),
			"near":   bytes.Repeat([]byte(ls[0].Text[:len(ls[0].Text)-1]+"!"), 5000),
			"a":      append(bytes.Repeat([]byte("a"), 3000), bytes.Repeat([]byte("aaaaaaaaaaaaaaab"), 2000)...),
			"mixed":  append(append(cleanText(40_000), bytes.Repeat([]byte(ls[0].Text), 9000)...), cleanText(40_000)...),
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := compile(t, ls, Plain)
			for kind, text := range texts {
				want := plain.Scan(nil, text, nil)
				if kind != "clean" && kind != "near" && kind != "a" && len(want) == 0 {
					t.Fatalf("%s: no hits to compare", kind)
				}
				same(t, kind+": plain against naive", plain.Scan(nil, text[:3000], nil), naive(ls, text[:3000]))
				eachMatcher(t, ls, func(t *testing.T, m *Matcher) {
					var s Scratch
					same(t, kind, m.Scan(nil, text, &s), want)
					// Once more with a scratch that has been used.
					same(t, kind+" again", m.Scan(nil, text, &s), want)
					checkChunks(t, m, text, want)
				})
			}
		})
	}
}

// crowded returns literals whose best windows are the same.
func crowded() (ls []Literal) {
	for i := range 200 {
		ls = append(ls, Literal{Text: fmt.Sprintf("%c%c_zqxj", 'a'+i%26, 'a'+i/26)}, Literal{Text: fmt.Sprintf("zqxj%d", i), Fold: true},
			Literal{Text: fmt.Sprintf("value%dzqxj%d", i, i)})
	}
	return ls
}

func checkChunks(t *testing.T, m *Matcher, text []byte, want []Hit) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(len(text)), uint64(len(want))))
	st := m.NewStream()
	var hits []StreamHit
	for rest := text; len(rest) > 0; {
		n := min(len(rest), []int{1, 50, 1000, 40_000}[r.IntN(4)])
		hits = st.Next(hits, rest[:n])
		rest = rest[n:]
	}
	same(t, "Stream", streamed(st.Close(hits)), want)
}

func TestBatchIsScanOfEach(t *testing.T) {
	ls := append(someLiterals(100), Literal{Text: "e", Gate: Gate{must("[a-z ]"), 3}})
	text := hotText(20_000, ls)
	r := rand.New(rand.NewPCG(1, 1))
	var ends []uint32
	for at := uint32(0); at < uint32(len(text)); at = min(uint32(len(text)), at+r.Uint32N(90)) {
		ends = append(ends, at)
	}
	eachMatcher(t, ls, func(t *testing.T, m *Matcher) {
		var want []Hit
		from := uint32(0)
		for _, e := range ends {
			for _, h := range m.Scan(nil, text[from:e], nil) {
				want = append(want, Hit{h.Start + from, h.End + from, h.ID})
			}
			from = e
		}
		same(t, "ScanBatch", m.ScanBatch(nil, text, ends, nil), want)
	})
	m := compile(t, ls, Plain)
	for _, bad := range [][]uint32{{5, 4}, {uint32(len(text) + 1)}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("ends %v accepted", bad)
				}
			}()
			m.ScanBatch(nil, text, bad, nil)
		}()
	}
}

func TestNoAllocation(t *testing.T) {
	ls := someLiterals(300)
	text := append(hotText(40_000, ls), bytes.Repeat([]byte(ls[0].Text), 3000)...)
	eachMatcher(t, ls, func(t *testing.T, m *Matcher) {
		var s Scratch
		hits := m.Scan(nil, text, &s)
		if n := testing.AllocsPerRun(5, func() { hits = m.Scan(hits[:0], text, &s) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	ls := someLiterals(100)
	text := append(hotText(30_000, ls), bytes.Repeat([]byte(ls[0].Text), 3000)...)
	want := compile(t, ls, Plain).Scan(nil, text, nil)
	eachMatcher(t, ls, func(t *testing.T, m *Matcher) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var s Scratch
				for range 3 {
					if got := m.Scan(nil, text, &s); len(got) != len(want) {
						t.Errorf("%d hits, want %d", len(got), len(want))
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestScratchServesAnyMatcher(t *testing.T) {
	a := someLiterals(50)
	b := append(gated("a", "[a-z]", 9), gated("n", "[0-9a-z ]", 5)...)
	text := hotText(5000, a)
	for _, k := range Kernels() {
		ma, mb := compile(t, a, k), compile(t, b, k)
		wantA, wantB := ma.Scan(nil, text, nil), mb.Scan(nil, text, nil)
		var s Scratch
		for range 3 {
			same(t, "first", ma.Scan(nil, text, &s), wantA)
			same(t, "second", mb.Scan(nil, text, &s), wantB)
		}
	}
}

func TestAppends(t *testing.T) {
	m := compile(t, lits("bc"), Plain)
	got := m.Scan([]Hit{{9, 9, 9}}, []byte("abc"), nil)
	same(t, "Scan", got, []Hit{{9, 9, 9}, {1, 3, 0}})
}

func TestCompileRefuses(t *testing.T) {
	many := make([]Literal, maxLiterals+1)
	for i := range many {
		many[i].Text = "x"
	}
	var bulk []Literal
	for i := range 1 + maxAllText/255 {
		bulk = append(bulk, Literal{Text: fmt.Sprintf("%0255d", i)})
	}
	for _, tc := range []struct {
		lits []Literal
		want string
	}{
		{[]Literal{{Text: "a"}, {}}, "literal 1 is empty"},
		{lits(strings.Repeat("x", 256)), "256 bytes, at most 255"},
		{gated("a", "[a]", 65), "gate of 65 bytes"},
		{gated("a", "[a]", -1), "gate of -1 bytes"},
		{[]Literal{{Text: "a", Gate: Gate{Min: 1}}}, "class is empty"},
		{many, "65537 literals, at most 65536"},
		{bulk, "exceed 524288 bytes"},
	} {
		if _, err := Compile(tc.lits); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want an error with %q", err, tc.want)
		}
	}
}

// TestManyKeys compiles what needs the most keys: where these exceed their
// limit there is an error, never a lost hit.
func TestManyKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	wide := must("[\\\x01-\xff]")
	var ls []Literal
	for i := range 2500 {
		ls = append(ls, Literal{Text: fmt.Sprintf("%c%c", 'a'+i%26, 'a'+i/26%26), Gate: Gate{must("[0-9a-zA-Z]"), 8 + i%40}},
			Literal{Text: fmt.Sprintf("%c", 1+i%255), Gate: Gate{wide, 1 + i%60}})
	}
	for _, k := range Kernels() {
		m, err := Compile(ls, WithKernel(k))
		if err != nil {
			t.Logf("%v: %v", k, err)
			continue
		}
		text := []byte("ab0123456789zx9 q\x80\x81\x82")
		same(t, k.String(), m.Scan(nil, text, nil), naive(ls, text))
	}
}

func TestMaxLen(t *testing.T) {
	m := compile(t, append(gated("abc", "[x]", 9), lits("abcdefg")...), Plain)
	if m.MaxLen() != 12 {
		t.Errorf("MaxLen %d, want 12", m.MaxLen())
	}
}
