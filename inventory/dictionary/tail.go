package dictionary

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// Tail returns the first offset of text from which its rest is the start of a
// pattern, but not all of it, or len(text). The first call orders the patterns,
// which takes about a second for four million, and four bytes for each.
func (d *Dictionary) Tail(text []byte) int {
	if d.count == 0 {
		return len(text)
	}
	d.ordered.Do(d.sort)
	for i := max(0, len(text)-d.longest+1); i < len(text); i++ {
		if d.begins(text[i:]) {
			return i
		}
	}
	return len(text)
}

// begins reports whether a pattern begins with start and goes on.
func (d *Dictionary) begins(start []byte) bool {
	if d.first[start[0]>>6]>>(start[0]&63)&1 == 0 {
		return false
	}
	k := sort.Search(len(d.order), func(i int) bool { return bytes.Compare(d.pattern(int(d.order[i])), start) > 0 })
	return k < len(d.order) && bytes.HasPrefix(d.pattern(int(d.order[k])), start)
}

func (d *Dictionary) sort() {
	type keyed struct {
		head uint64
		i    uint32
	}
	all := make([]keyed, d.count)
	for i := range all {
		p := d.pattern(i)
		all[i] = keyed{binary.BigEndian.Uint64(p), uint32(i)}
		d.first[p[0]>>6] |= 1 << (p[0] & 63)
	}
	slices.SortFunc(all, func(a, b keyed) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return bytes.Compare(d.pattern(int(a.i)), d.pattern(int(b.i)))
	})
	d.order = make([]uint32, len(all))
	for i := range all {
		d.order[i] = all[i].i
	}
}
