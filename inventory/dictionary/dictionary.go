package dictionary

import (
	"encoding/binary"
	"sync"
)

// MaxLen is the length of the longest pattern, in bytes.
const MaxLen = 4 << 10

// Dictionary is an immutable set of patterns. It is safe for concurrent use.
type Dictionary struct {
	tiers   [len(shapes)]tier
	rest    *rest     // nil if all patterns are in tiers
	store   [][]byte  // the patterns, in pages of a MB, none of them in two
	entries [][]entry // in pages, too: growing copies nothing
	count   int
	longest int
	rung    rung

	// For Tail: the numbers of the patterns in their order, and the bytes that
	// they begin with.
	ordered *sync.Once
	order   []uint32
	first   [4]uint64
}

const (
	storeBits = 20 // of a place in a page of the store
	entryBits = 16 // of the number of a pattern in a page of entries
)

// entry is a pattern: where it starts in the store, the id of its hits, the
// number plus one of another pattern with the same anchor, the offset at which
// its windows begin, and its tier.
type entry struct {
	start, id, next uint32
	anchor          uint16
	tier            uint8
}

// Hit is an occurrence text[Start:End] of a pattern with that id.
type Hit struct {
	Start, End int
	ID         uint32
}

// Len returns the number of patterns.
func (d *Dictionary) Len() int { return d.count }

// Longest returns the length of the longest pattern, 0 if there is none.
func (d *Dictionary) Longest() int { return d.longest }

// Memory returns the bytes that the dictionary holds.
func (d *Dictionary) Memory() (n int) {
	for _, p := range d.store {
		n += cap(p)
	}
	for _, p := range d.entries {
		n += cap(p) * entrySize
	}
	for i := range d.tiers {
		n += 8 * (len(d.tiers[i].filter) + len(d.tiers[i].table))
	}
	return n
}

const entrySize = 16

func (d *Dictionary) entry(i int) *entry {
	return &d.entries[i>>entryBits][i&(1<<entryBits-1)]
}

// anchor is the hash of the first window of a pattern.
func (d *Dictionary) anchor(i int) uint64 {
	e := d.entry(i)
	return short(binary.LittleEndian.Uint64(d.store[e.start>>storeBits][e.start&(1<<storeBits-1)+uint32(e.anchor):]))
}

func (d *Dictionary) pattern(i int) []byte {
	start := d.entry(i).start
	page := d.store[start>>storeBits]
	end := uint32(len(page))
	if i+1 < d.count {
		if next := d.entry(i + 1).start; next>>storeBits == start>>storeBits {
			end = next & (1<<storeBits - 1)
		}
	}
	return page[start&(1<<storeBits-1) : end]
}
