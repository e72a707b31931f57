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

// slotted is a pattern and the hash of its anchor.
type slotted struct {
	hash   uint64
	number uint32
}

// enterSorted adds all patterns to their tiers.
func (d *Dictionary) enterSorted() {
	t := &d.tiers[0]
	mask := uint64(len(t.table) - 1)
	counts := make([]int, len(t.table)>>partBits+1)
	all := make([]slotted, 0, t.count)
	var words [8]int
	var marks [8]uint64
	n := 0
	mark := func() {
		for k := range words[:n] {
			t.filter[words[k]] |= marks[k]
		}
		n = 0
	}
	for i := range d.count {
		e := d.entry(i)
		if e.tier != 0 {
			continue
		}
		p := d.pattern(i)
		k := d.kindsOf(p)
		o := bits.TrailingZeros64(t.places(&k, len(p)))
		e.anchor = uint16(o)
		h := t.anchor(p[o:])
		all = append(all, slotted{h, uint32(i)})
		counts[h&mask>>partBits+1]++
		// Several words of the filter are fetched side by side.
		if words[n], marks[n] = t.place(binary.LittleEndian.Uint64(p[o:])); n == len(words)-1 {
			n++
			mark()
		} else {
			n++
		}
	}
	mark()
	for k := 1; k < len(counts); k++ {
		counts[k] += counts[k-1]
	}
	parts := make([]slotted, len(all))
	for _, x := range all {
		k := x.hash & mask >> partBits
		parts[counts[k]] = x
		counts[k]++
	}
	// Another pattern may have the place: then this one takes a later one.
	again := all[:0]
	for _, x := range parts {
		s, taken := t.slot(x.hash)
		if taken {
			again = append(again, x)
			continue
		}
		t.table[s] = x.hash>>32<<32 | uint64(x.number+1)
	}
	for _, x := range again {
		d.enterAt(int(x.number))
	}
	for i := range d.count {
		if tier := d.entry(i).tier; tier != 0 && tier != inRest {
			d.enterAt(i)
		}
	}
}

// enterAt is enter for a pattern whose places are not known.
func (d *Dictionary) enterAt(i int) {
	p := d.pattern(i)
	k := d.kindsOf(p)
	d.enter(i, d.tiers[d.entry(i).tier].places(&k, len(p)))
}
