package match

import "math/bits"

// The plain twins of the kernels: what they compute, one position at a time.
// Kernels are tested against them.

// sixMask returns which of the 64 positions of buf pass the six-bit tables. It
// reads block+f.width-1 bytes.
func (f *filter) sixMask(buf []byte) uint64 {
	var mask uint64
	for i := range block {
		g0, g1 := byte(0xff), byte(0xff)
		for p := range f.width {
			c := buf[i+p]
			s := int(c&0x1f | ^c>>1&0x20)
			g0 &= f.six[p*128+s]
			g1 &= f.six[p*128+64+s]
		}
		if g0|g1 != 0 {
			mask |= 1 << i
		}
	}
	return mask
}

// fiveMask is sixMask for the five-bit tables and the first width positions.
func (f *filter) fiveMask(buf []byte, width int) uint64 {
	var mask uint64
	for i := range block {
		g0, g1 := byte(0xff), byte(0xff)
		for p := range width {
			s := int(buf[i+p] & 0x1f)
			g0 &= f.neon[p*64+s]
			g1 &= f.neon[p*64+32+s]
		}
		if g0|g1 != 0 {
			mask |= 1 << i
		}
	}
	return mask
}

// flattenGo writes the numbers of the bits of masks to out, ascending, and
// returns how many there are.
func flattenGo(masks []uint64, out []uint16) int {
	n := 0
	for i, m := range masks {
		for ; m != 0; m &= m - 1 {
			out[n] = uint16(i*block + bits.TrailingZeros64(m))
			n++
		}
	}
	return n
}
