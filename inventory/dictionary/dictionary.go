package dictionary

import "sync"

// MaxLen is the length of the longest pattern, in bytes.
const MaxLen = 4 << 10

// Dictionary is an immutable set of patterns. It is safe for concurrent use.
type Dictionary struct {
	class    Class
	tiers    [len(shapes)]tier
	store    []byte
	patterns []entry
	longest  int
	kernel   bool

	// For Tail: the numbers of the patterns in their order, and the bytes that
	// they begin with.
	ordered *sync.Once
	order   []uint32
	first   [4]uint64
}

// entry is a pattern: where it starts in the store, the id of its hits, and
// the offset at which its windows begin.
type entry struct {
	start, id uint32
	anchor    uint16
}

// Hit is an occurrence text[Start:End] of a pattern with that id.
type Hit struct {
	Start, End int
	ID         uint32
}

// Len returns the number of patterns.
func (d *Dictionary) Len() int { return len(d.patterns) }

// Longest returns the length of the longest pattern, 0 if there is none.
func (d *Dictionary) Longest() int { return d.longest }

// Memory returns the bytes that the dictionary holds.
func (d *Dictionary) Memory() int {
	n := cap(d.store) + cap(d.patterns)*entrySize
	for i := range d.tiers {
		n += 8 * (len(d.tiers[i].filter) + len(d.tiers[i].table))
	}
	return n
}

const entrySize = 12

func (d *Dictionary) pattern(i int) []byte {
	end := len(d.store)
	if i+1 < len(d.patterns) {
		end = int(d.patterns[i+1].start)
	}
	return d.store[d.patterns[i].start:end]
}
