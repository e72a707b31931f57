package dictionary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// Builder collects patterns.
type Builder struct {
	d     Dictionary
	count [len(shapes)]int
	at    [len(shapes)]place
	few   [len(shapes)][]uint32 // the first fewest patterns of a tier
}

// fewest is how many patterns a tier may have to be given up for another one.
const fewest = 4 << 10

// maxPatterns and maxPages bound what fits the 32-bit numbers inside.
const (
	maxPatterns = math.MaxInt32
	maxPages    = 1 << (32 - storeBits)
)

// ErrShort is returned for a pattern of less than MinLen bytes.
var ErrShort = fmt.Errorf("a pattern needs at least %d bytes", MinLen)

// Add adds a pattern, which is copied, with the id that its hits carry. The same
// pattern may be added several times.
func (b *Builder) Add(pattern []byte, id uint32) error {
	d := &b.d
	switch {
	case len(pattern) < MinLen:
		return ErrShort
	case len(pattern) > MaxLen:
		return fmt.Errorf("a pattern has at most %d bytes", MaxLen)
	case d.count >= maxPatterns:
		return errors.New("too many patterns")
	}
	d.rung = best
	last := len(d.store) - 1
	if last < 0 || len(d.store[last])+len(pattern) > 1<<storeBits {
		if len(d.store) == maxPages {
			return errors.New("too many patterns")
		}
		d.store = append(d.store, page(d.store, 1<<storeBits))
		last++
	}
	if d.count&(1<<entryBits-1) == 0 {
		d.entries = append(d.entries, page(d.entries, 1<<entryBits))
	}
	p := &d.entries[d.count>>entryBits]
	tier, anchor := b.assign(pattern)
	if tier != 0 && len(b.few[tier]) < fewest {
		b.few[tier] = append(b.few[tier], uint32(d.count))
	}
	*p = append(*p, entry{start: uint32(last<<storeBits | len(d.store[last])), id: id, anchor: anchor, tier: tier})
	d.store[last] = append(d.store[last], pattern...)
	d.longest = max(d.longest, len(pattern))
	d.count++
	return nil
}

// assign finds the tier of a pattern, and the first place of its windows if it has a
// trigger.
func (b *Builder) assign(p []byte) (tier uint8, anchor uint16) {
	var k kinds
	b.d.kindsOf(p, &k)
	if places := shapes[0].places(&k, len(p)); places != 0 {
		b.count[0]++
		return 0, uint16(bits.TrailingZeros64(places))
	}
	for i := range preferred {
		if j := preferred[i]; b.takes(j, &k, p) {
			b.put(j, &k, p)
			return j, 0
		}
	}
	panic("dictionary: no tier for a pattern") // the last one takes all
}

// takes reports whether a pattern fits a tier.
func (b *Builder) takes(j uint8, k *kinds, p []byte) bool {
	return len(p) >= shapes[j].least && shapes[j].places(k, len(p)) != 0
}

// put counts a pattern in a tier that takes it.
func (b *Builder) put(j uint8, k *kinds, p []byte) {
	b.count[j]++
	if b.at[j] < shapes[j].at {
		b.at[j] = max(b.at[j], shapes[j].narrowest(k, len(p)))
	}
}

// merge gives up tiers of few patterns for later ones that there are anyway: each
// tier is a pass over the text.
func (b *Builder) merge() {
	for j := 1; j < len(shapes); j++ {
		for k := j + 1; k < len(shapes) && b.count[j] > 0 && b.count[j] <= fewest; k++ {
			if b.count[k] == 0 || shapes[k].stride > shapes[j].stride && b.count[k]+b.count[j] > fewest {
				continue
			}
			b.move(uint8(j), uint8(k))
		}
	}
}

// move puts the patterns of a tier into another one, if that takes all of them.
func (b *Builder) move(from, to uint8) {
	all := b.few[from]
	for _, i := range all {
		p := b.d.pattern(int(i))
		var k kinds
		if b.d.kindsOf(p, &k); !b.takes(to, &k, p) {
			return
		}
	}
	for _, i := range all {
		p := b.d.pattern(int(i))
		var k kinds
		b.d.kindsOf(p, &k)
		b.put(to, &k, p)
		b.d.entry(int(i)).tier = to
	}
	if len(b.few[to])+len(all) <= fewest {
		b.few[to] = append(b.few[to], all...)
	} else {
		b.few[to] = b.few[to][:0:0]
	}
	b.count[from], b.few[from] = 0, nil
}

// page makes room for a page of n; the first one grows as it is needed.
func page[T any](before [][]T, n int) []T {
	if len(before) == 0 {
		return nil
	}
	return make([]T, 0, n)
}

// fit gives back what the last page has not used.
func fit[T any](pages [][]T) {
	if n := len(pages); n > 0 {
		pages[n-1] = slices.Clone(pages[n-1])
	}
}

// Len returns the number of patterns added.
func (b *Builder) Len() int { return b.d.count }

// Build returns the dictionary. The builder must not be used any more.
func (b *Builder) Build() *Dictionary {
	d := &b.d
	d.ordered = new(sync.Once)
	fit(d.store)
	fit(d.entries)
	b.takeRest()
	b.merge()
	for j := range d.tiers {
		d.tiers[j].shape = shapes[j]
		if b.count[j] > 0 {
			d.tiers[j].at = b.at[j]
			d.tiers[j].allocate(b.count[j])
		}
	}
	if b.count[0] >= sorted {
		d.enterSorted()
		return d
	}
	var ahead [8]uint64
	for i := 0; i < d.count; i += len(ahead) {
		n := min(len(ahead), d.count-i)
		// Their slots are fetched side by side: of millions none is in a cache.
		for k := range n {
			p, e := d.pattern(i+k), d.entry(i+k)
			if e.tier == inRest {
				continue
			}
			t := &d.tiers[e.tier]
			var kinds kinds
			d.kindsOf(p, &kinds)
			ahead[k] = t.places(&kinds, len(p))
			t.fetch(p, ahead[k])
		}
		for k := range n {
			if d.entry(i+k).tier != inRest {
				d.enter(i+k, ahead[k])
			}
		}
	}
	return d
}

// maxTries bounds the places looked at for one that is not taken.
const maxTries = 64

// enter adds a pattern to its tier, at the first place that no other one has
// taken; those among its first 64 bytes are given.
func (d *Dictionary) enter(i int, places uint64) {
	p, e := d.pattern(i), d.entry(i)
	t := &d.tiers[e.tier]
	var s, h uint64
	o, taken := 0, true
	for base, tries := 0, 0; taken && tries < maxTries; tries++ {
		if places == 0 {
			base += 64 - t.span() + 1
			if len(p)-base < t.span() {
				break
			}
			var k kinds
			d.kindsOf(p[base:], &k)
			places = t.places(&k, len(p)-base)
			continue
		}
		o = base + bits.TrailingZeros64(places)
		places &= places - 1
		h = t.anchor(p[o:])
		s, taken = t.slot(h)
	}
	for k := o; k < o+t.stride; k++ {
		w, b := t.place(short(binary.LittleEndian.Uint64(p[k:])))
		t.filter[w] |= b
	}
	e.anchor, e.next = uint16(o), uint32(t.table[s])
	t.table[s] = t.slotted(h, i)
}

// kindsOf makes the masks of the first 64 bytes of a pattern.
func (d *Dictionary) kindsOf(p []byte, k *kinds) { d.rung.kindsOf(p[:min(len(p), 64)], k) }
