package match

import (
	"bytes"
	"math/rand/v2"
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
	for i, a := range []*alphabet{sevenBits(), nibbles()} {
		pl := place(pats, a, a.all, true)
		count := make([]int, a.all)
		for _, s := range pl.spots {
			count[s.bucket]++
		}
		if n := slices.Min(count); n == 0 {
			t.Errorf("alphabet %d: an empty bucket: %v", i, count)
		}
		if pl.pass <= 0 || pl.pass > 0.05 {
			t.Errorf("alphabet %d: %.3f of positions expected to pass", i, pl.pass)
		}
	}
}

func TestModelIsWhole(t *testing.T) {
	if n := len(modelBin); n < modelPairs || (n-modelPairs)%5 != 0 {
		t.Fatalf("model of %d bytes", len(modelBin))
	}
	for i, a := range []*alphabet{sevenBits(), nibbles()} {
		one, pair := 0.0, 0.0
		for _, p := range a.one {
			one += p
		}
		for _, p := range a.pair {
			pair += p
		}
		if one < 0.99 || one > 1.01 || pair < 0.97 || pair > 1.03 {
			t.Errorf("alphabet %d: probabilities sum to %v and %v", i, one, pair)
		}
	}
}

// TestProduct holds product against its meaning.
func TestProduct(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		var s, want symbols
		var lower, upper [16]bool
		for range r.IntN(20) {
			x := uint8(r.IntN(symbolCount))
			s.add(x)
			lower[x&15], upper[x>>3] = true, true
		}
		for x := range uint8(symbolCount) {
			if lower[x&15] && upper[x>>3] {
				want.add(x)
			}
		}
		if got := product(s); got != want {
			t.Fatalf("product of %x: %x, want %x", s, got, want)
		}
	}
}
