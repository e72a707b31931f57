package dictionary

import (
	"encoding/binary"
	"math/bits"
)

// Of millions of patterns no slot is in a cache. So those with a trigger are put in
// order of their slots first, roughly: a part of the table after the other.

const (
	// sorted is from how many patterns on that is done.
	sorted = 1 << 16
	// partBits is the size of a part of a table, in slots: what an L2 cache holds.
	partBits = 14
)

// windowed is a pattern and the eight bytes at its anchor, slotted a pattern and the
// hash of them.
type (
	windowed struct {
		window uint64
		number uint32
	}
	slotted struct {
		hash   uint64
		number uint32
	}
)

// enterSorted adds all patterns to their tiers. The windows are those of the first one.
func (d *Dictionary) enterSorted(windows [][]windowed) {
	later := make([]uint64, (d.count+63)/64) // by number: those whose place is taken
	d.enterParts(windows, later)
	// Forms of one value often begin alike. They have another place, mostly.
	var second []windowed
	for i := range each(later) {
		p, e := d.pattern(i), d.entry(i)
		k := d.kindsOf(p)
		if places := d.tiers[0].places(&k, len(p)) &^ (2<<e.anchor - 1); places != 0 {
			e.anchor = uint16(bits.TrailingZeros64(places))
			second = append(second, windowed{binary.LittleEndian.Uint64(p[e.anchor:]), uint32(i)})
			later[i>>6] &^= 1 << (i & 63)
		}
	}
	d.enterParts([][]windowed{second}, later)
	for i := range each(later) {
		d.enterAt(i)
	}
	for i := range d.count {
		if tier := d.entry(i).tier; tier != 0 && tier != inRest {
			d.enterAt(i)
		}
	}
}

// each yields the numbers of the ones.
func each(set []uint64) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for w := range set {
			for m := set[w]; m != 0; m &= m - 1 {
				if !yield(w<<6 | bits.TrailingZeros64(m)) {
					return
				}
			}
		}
	}
}

// enterParts adds patterns to the first tier by the windows at their anchors, and
// those whose place is taken to a set.
func (d *Dictionary) enterParts(windows [][]windowed, later []uint64) {
	t := &d.tiers[0]
	mask := uint64(len(t.table) - 1)
	counts := make([]int, len(t.table)>>partBits+1)
	total := 0
	for _, page := range windows {
		total += len(page)
		for i := range page {
			w := &page[i]
			word, bits := t.place(w.window)
			t.filter[word] |= bits
			counts[short(w.window)&mask>>partBits+1]++
		}
	}
	for k := 1; k < len(counts); k++ {
		counts[k] += counts[k-1]
	}
	parts := make([]slotted, total)
	for _, page := range windows {
		for i := range page {
			h := short(page[i].window)
			k := h & mask >> partBits
			parts[counts[k]] = slotted{h, page[i].number}
			counts[k]++
		}
	}
	for i := range parts {
		x := &parts[i]
		s, taken := t.slot(x.hash)
		if taken {
			later[x.number>>6] |= 1 << (x.number & 63)
			continue
		}
		t.table[s] = x.hash>>32<<32 | uint64(x.number+1)
	}
}

// enterAt is enter for a pattern whose places are not known.
func (d *Dictionary) enterAt(i int) {
	p := d.pattern(i)
	k := d.kindsOf(p)
	d.enter(i, d.tiers[d.entry(i).tier].places(&k, len(p)))
}
