package match

// entry is a literal to be compared around a window: by two blocks of 8 bytes,
// which are all of most literals, and the class of the byte behind it.
type entry struct {
	blocks [2]masked
	at     [2]int16 // where they begin, from the window's first byte
	class  uint16   // in Matcher.classes
	room   uint16   // bytes from the literal's first on that are looked at
	offset uint8    // of the window in the literal
	size   uint8
	more   bool // than that must be compared
}

func newEntry(p *pattern, offset uint8) entry {
	n := len(p.text)
	last := max(0, n-8)
	return entry{
		blocks: [2]masked{p.around(0), p.around(last)},
		at:     [2]int16{-int16(offset), int16(last) - int16(offset)},
		class:  uint16(p.class),
		room:   uint16(max(n, 8) + 1),
		offset: offset,
		size:   uint8(n),
		more:   n > 16 || p.min > 1,
	}
}
