package inventory

import "hash/maphash"

// ids has where the entry with an id comes from. It refers to the entries for what
// the ids are, so that a million of them are taken in faster than into a map.
type ids struct {
	seed   maphash.Seed
	claims paged[claim]
	// slots is open addressed by the upper half of a hash, which is there again
	// with the number of a claim plus one; 0 is free.
	slots []uint64
	shift uint
}

type claim struct {
	entry int
	at    string
}

// claim takes an id for an entry that is to be added to entries, or returns where
// the one that has it already comes from.
func (s *ids) claim(id, at string, entry int, entries *paged[Meta]) (taken string, ok bool) {
	if 2*s.claims.len >= len(s.slots) {
		s.grow()
	}
	h := maphash.String(s.seed, id) >> 32
	k := h >> s.shift
	for ; s.slots[k] != 0; k = (k + 1) & uint64(len(s.slots)-1) {
		if s.slots[k]>>32 != h {
			continue
		}
		if c := s.claims.at(int(uint32(s.slots[k]) - 1)); entries.at(c.entry).ID == id {
			return c.at, false
		}
	}
	s.claims.add(claim{entry, at})
	s.slots[k] = h<<32 | uint64(s.claims.len)
	return "", true
}

func (s *ids) grow() {
	old := s.slots
	if old == nil {
		s.slots, s.shift = make([]uint64, 1<<6), 32-6
		return
	}
	s.slots = make([]uint64, 4*len(old))
	s.shift -= 2
	for _, x := range old {
		if x == 0 {
			continue
		}
		k := x >> 32 >> s.shift
		for s.slots[k] != 0 {
			k = (k + 1) & uint64(len(s.slots)-1)
		}
		s.slots[k] = x
	}
}
