package match

// entry is a literal to be compared around a window: by two blocks of 8 bytes,
// which are all of most literals, and the class of the bytes at both ends of its
// gate.
type entry struct {
	blocks [2]masked
	at     [2]int16 // where they begin, from the window's first byte
	class  uint16   // in Matcher.classes
	offset uint8    // of the window in the literal
	size   uint8
	gate   uint8 // bytes from the one behind the literal to the gate's last
	more   bool  // than that must be compared
}

func newEntry(p *pattern, offset uint8) entry {
	n := len(p.text)
	last := max(0, n-8)
	return entry{
		blocks: [2]masked{p.around(0), p.around(last)},
		at:     [2]int16{-int16(offset), int16(last) - int16(offset)},
		class:  uint16(p.class),
		offset: offset,
		size:   uint8(n),
		gate:   uint8(max(p.min, 1) - 1),
		more:   n > 16 || p.min > 1,
	}
}
