package match

import (
	"bytes"
	"slices"
	"testing"
)

func TestLayout(t *testing.T) {
	ls := someLiterals(50)
	other := slices.Clone(ls)
	other[7].Fold = !other[7].Fold
	text := hotText(40_000, ls)
	want := compile(t, ls, Plain).Scan(nil, text, nil)
	otherLayout := compile(t, other, Plain).Layout()
	var first []byte
	for _, k := range Kernels() {
		layout := compile(t, ls, k).Layout()
		if first == nil {
			first = layout
		}
		if !bytes.Equal(layout, first) {
			t.Errorf("%v: another layout than %v's", k, Kernels()[0])
		}
		m, err := Compile(ls, WithKernel(k), WithLayout(layout))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(m.Layout(), layout) {
			t.Errorf("%v: the layout changes when it is used", k)
		}
		same(t, k.String(), m.Scan(nil, text, nil), want)

		for _, bad := range [][]byte{{}, layout[:len(layout)-1], append(slices.Clone(layout), 0), otherLayout} {
			m, err := Compile(ls, WithKernel(k), WithLayout(bad))
			if err != nil {
				t.Fatal(err)
			}
			if m.places[0]().refined {
				t.Errorf("%v: a layout of %d bytes was not ignored", k, len(bad))
			}
		}
		// A damaged layout may cost speed, never a hit.
		for i := range layout {
			bad := slices.Clone(layout)
			bad[i] ^= 1 << (i % 8)
			if i%37 != 0 && i > 30 {
				continue
			}
			m, err := Compile(ls, WithKernel(k), WithLayout(bad))
			if err != nil {
				t.Fatal(err)
			}
			same(t, k.String(), m.Scan(nil, text, nil), want)
		}
	}
	if n := len(first); n > 7*len(ls) {
		t.Errorf("layout of %d bytes for %d literals", n, len(ls))
	}
}

func TestPlacementSpreads(t *testing.T) {
	ls := someLiterals(400)
	pats, _, err := newPatterns(ls)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []*alphabet{sevenBits(), fiveBits()} {
		pl := place(pats, a, allBuckets, true)
		count := make([]int, allBuckets)
		for _, s := range pl.spots {
			count[s.bucket]++
		}
		if n := slices.Min(count); n == 0 {
			t.Errorf("%d symbols: an empty bucket: %v", a.n, count)
		}
		if pl.pass <= 0 || pl.pass > 0.05 {
			t.Errorf("%d symbols: %.3f of positions expected to pass", a.n, pl.pass)
		}
	}
}

func TestModelIsWhole(t *testing.T) {
	if n := len(modelBin); n < modelPairs || (n-modelPairs)%5 != 0 {
		t.Fatalf("model of %d bytes", len(modelBin))
	}
	for _, a := range []*alphabet{sevenBits(), fiveBits()} {
		one, pair := 0.0, 0.0
		for _, p := range a.one {
			one += p
		}
		for _, p := range a.pair {
			pair += p
		}
		if one < 0.99 || one > 1.01 || pair < 0.97 || pair > 1.03 {
			t.Errorf("%d symbols: probabilities sum to %v and %v", a.n, one, pair)
		}
	}
}
