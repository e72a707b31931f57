package dictionary

// Class is a set of bytes: any of ASCII, and all of the others or none. The zero
// value is empty.
type Class struct {
	// rows has, for the low half of a byte, the set of the high halves with
	// which it is a member, and then, for each high half, its bit.
	rows [32]byte
	// high is all ones if the bytes from 0x80 on are members.
	high uint64
}

// Add adds a byte; one from 0x80 on adds all of them.
func (c *Class) Add(b byte) {
	if b >= 0x80 {
		c.high = ^uint64(0)
		return
	}
	c.rows[b&15] |= 1 << (b >> 4)
	c.rows[16+b>>4] = 1 << (b >> 4)
}

// Union adds the members of o.
func (c *Class) Union(o *Class) {
	for i, r := range o.rows {
		c.rows[i] |= r
	}
	c.high |= o.high
}

// Has reports whether b is a member.
func (c *Class) Has(b byte) bool {
	if b >= 0x80 {
		return c.high != 0
	}
	return c.rows[b&15]>>(b>>4)&1 != 0
}

// masksPlain writes a mask for every 64 bytes of text, whose length is a
// multiple of it: bit i says that byte i is a member.
func masksPlain(text []byte, c *Class, out []uint64) {
	for k := 0; k+64 <= len(text); k += 64 {
		out[k/64] = mask(text[k:k+64], c)
	}
}

// mask is the mask of up to 64 bytes.
func mask(text []byte, c *Class) (m uint64) {
	for i, b := range text {
		in := uint64(c.rows[b&15] >> (b >> 4 & 7) & 1)
		if b >= 0x80 {
			in = c.high & 1
		}
		m |= in << i
	}
	return m
}
