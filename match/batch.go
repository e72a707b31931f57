package match

// ScanBatch scans records laid end to end in arena, of which record i ends
// before arena[ends[i]] and the next begins there. It appends the hits of each
// record as Scan would find them in that record alone: neither a hit nor its
// gate crosses a record's end. Offsets count from the start of arena, and hits
// are in the order (Start, End, ID). Bytes after the last end are not scanned.
// One call for many short records costs far less than a Scan of each. It
// panics if ends descend or exceed the arena.
func (m *Matcher) ScanBatch(dst []Hit, arena []byte, ends []uint32, s *Scratch) []Hit {
	last := uint32(0)
	for _, e := range ends {
		if e < last || uint64(e) > uint64(len(arena)) {
			panic("match: ScanBatch with ends that descend or exceed the arena")
		}
		last = e
	}
	have := len(dst)
	dst = m.Scan(dst, arena[:last], s)
	keep, r := have, 0
	for _, h := range dst[have:] {
		for ends[r] <= h.Start {
			r++
		}
		if h.End+uint32(m.pats[h.ID].min) <= ends[r] {
			dst[keep] = h
			keep++
		}
	}
	return dst[:keep]
}
