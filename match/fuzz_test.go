package match

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/ahocorasick"
)

// literalsFrom reads a set of literals from fuzzed bytes: a byte of length and
// folding, one of gate, then the text.
func literalsFrom(spec []byte) (ls []Literal) {
	classes := []Class{must("[a-z]"), must("[0-9A-Fa-f]"), must("[A-Za-z0-9_.-]"), must("[\x80-\xff]")}
	for len(spec) > 2 && len(ls) < 200 {
		n := min(1+int(spec[0]&31), len(spec)-2)
		l := Literal{Text: string(spec[2 : 2+n]), Fold: spec[0]&32 != 0}
		if spec[0]&64 != 0 {
			l.Gate = Gate{classes[spec[1]>>6], int(spec[1] & 63)}
		}
		ls = append(ls, l)
		spec = spec[2+n:]
	}
	return ls
}

func addSeeds(f *testing.F) {
	spec := func(ls []Literal) (b []byte) {
		for _, l := range ls {
			head := byte(len(l.Text) - 1)
			if l.Fold {
				head |= 32
			}
			if l.Gate.Min > 0 {
				head |= 64
			}
			b = append(append(b, head, byte(l.Gate.Min)&63), l.Text...)
		}
		return b
	}
	for _, tc := range table {
		if len(tc.literals) > 0 && len(tc.literals[0].Text) <= 32 {
			f.Add(spec(tc.literals), []byte(tc.haystack))
		}
	}
	ls := someLiterals(30)
	f.Add(spec(ls), hotText(1500, ls))
	f.Add(spec(lits("aaaaaaaa", "aaaab", "aab")), bytes.Repeat([]byte("aaab"), 800))
}

// FuzzScan compares every rung and shape of call with a search by definition.
func FuzzScan(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, spec, text []byte) {
		ls := literalsFrom(spec)
		text = text[:min(len(text), 20_000)] // a search by definition takes its time
		want := naive(ls, text)
		for _, k := range Kernels() {
			m := compile(t, ls, k)
			var s Scratch
			same(t, k.String(), m.Scan(nil, text, &s), want)
			if k != Plain && len(text) <= 2*recordMost {
				same(t, k.String()+" with all buckets", rebucket(t, m, allBuckets(k)).Scan(nil, text, &s), want)
			}
			if len(want) > 0 {
				cut := int(want[len(want)/2].Start) + 1
				st := m.NewStream()
				hits := st.Next(nil, text[:cut])
				hits = st.Next(hits, text[cut:])
				same(t, k.String()+" stream", streamed(st.Close(hits)), want)
			}
			ends := []uint32{uint32(len(text) / 3), uint32(len(text) / 2), uint32(len(text))}
			from := uint32(0)
			var each []Hit
			for _, e := range ends {
				for _, h := range naive(ls, text[from:e]) {
					each = append(each, Hit{h.Start + from, h.End + from, h.ID})
				}
				from = e
			}
			same(t, k.String()+" batch", m.ScanBatch(nil, text, ends, &s), each)
		}
	})
}

// FuzzRungs compares the rungs among themselves on texts long enough for
// several steps and for the automaton to take over.
func FuzzRungs(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, spec, text []byte) {
		ls := literalsFrom(spec)
		if len(text) == 0 {
			return
		}
		text = bytes.Repeat(text, 1+40_000/len(text))
		want := compile(t, ls, Plain).Scan(nil, text, nil)
		for _, k := range Kernels() {
			same(t, k.String(), compile(t, ls, k).Scan(nil, text, nil), want)
		}
	})
}

// FuzzPresence compares which literals occur with another implementation, for
// folded literals without gates.
func FuzzPresence(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, spec, text []byte) {
		var ls []Literal
		var dict []string
		for _, l := range literalsFrom(spec) {
			low := string(asciiLower([]byte(l.Text)))
			if slices.Contains(dict, low) {
				continue
			}
			dict = append(dict, low)
			ls = append(ls, Literal{Text: l.Text, Fold: true})
		}
		if len(ls) == 0 {
			return
		}
		want := ahocorasick.NewStringMatcher(dict).Match(asciiLower(text))
		slices.Sort(want)
		for _, k := range Kernels() {
			var got []int
			for _, h := range compile(t, ls, k).Scan(nil, text, nil) {
				got = append(got, int(h.ID))
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Fatalf("%v: literals %v present, want %v (%s)", k, got, want, strings.Join(dict, " "))
			}
		}
	})
}

func asciiLower(b []byte) []byte {
	b = bytes.Clone(b)
	for i := range b {
		b[i] = lower(b[i])
	}
	return b
}
