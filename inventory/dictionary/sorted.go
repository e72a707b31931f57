package dictionary

import (
	"iter"
	"math/bits"
)

// Of millions of patterns no slot is in a cache. So those with a trigger are put in
// order of their slots first, roughly: a part of the table after the other.

const (
	// sorted is from how many patterns on that is done.
	sorted = 1 << 16
	// partBits is the size of a part of a table, in slots: what an L2 cache holds.
	partBits = 16
)

// enterSorted adds all patterns to their tiers.
func (d *Dictionary) enterSorted() {
	first, second := make(set, (d.count+63)/64), make(set, (d.count+63)/64)
	for i := range d.count {
		if d.entry(i).tier == 0 {
			first.add(i)
		}
	}
	d.enterParts(first)
	// Forms of one value often begin alike. They have another place, mostly.
	for i := range first.all() {
		p, e := d.pattern(i), d.entry(i)
		var k kinds
		d.kindsOf(p, &k)
		if places := d.tiers[0].places(&k, len(p)) &^ (2<<e.anchor - 1); places != 0 {
			e.anchor = uint16(bits.TrailingZeros64(places))
			first.remove(i)
			second.add(i)
		}
	}
	d.enterParts(second)
	for i := range first.all() {
		d.enterAt(i)
	}
	for i := range second.all() {
		d.enterAt(i)
	}
	for i := range d.count {
		if tier := d.entry(i).tier; tier != 0 && tier != inRest {
			d.enterAt(i)
		}
	}
}

// set is numbers of patterns, a bit for each.
type set []uint64

func (s set) add(i int)    { s[i>>6] |= 1 << (i & 63) }
func (s set) remove(i int) { s[i>>6] &^= 1 << (i & 63) }

// all yields the numbers in order. The one that is yielded may be removed.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for w := range s {
			for m := s[w]; m != 0; m &= m - 1 {
				if !yield(w<<6 | bits.TrailingZeros64(m)) {
					return
				}
			}
		}
	}
}

// enterParts adds patterns to the first tier by their anchors, and removes from the set
// those whose place was free.
func (d *Dictionary) enterParts(s set) {
	t := &d.tiers[0]
	down := t.first + partBits
	counts := make([]int, len(t.table)>>partBits+1)
	for i := range s.all() {
		counts[d.anchor(i)>>down+1]++
	}
	for k := 1; k < len(counts); k++ {
		counts[k] += counts[k-1]
	}
	total := counts[len(counts)-1]
	hashes, numbers := make([]uint64, total), make([]uint32, total)
	for i := range s.all() {
		h := d.anchor(i)
		n := counts[h>>down]
		counts[h>>down]++
		hashes[n], numbers[n] = h, uint32(i)
	}
	for n, h := range hashes {
		word, bits := t.place(h)
		t.filter[word] |= bits
		if at, taken := t.slot(h); !taken {
			t.table[at] = t.slotted(h, int(numbers[n]))
			s.remove(int(numbers[n]))
		}
	}
}

// enterAt is enter for a pattern whose places are not known.
func (d *Dictionary) enterAt(i int) {
	p := d.pattern(i)
	var k kinds
	d.kindsOf(p, &k)
	d.enter(i, d.tiers[d.entry(i).tier].places(&k, len(p)))
}
