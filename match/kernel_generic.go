package match

import "math/bits"

// The plain twins of the kernels: what they compute, one position at a time.
// Kernels are tested against them.

// passes returns which of the first 64 positions of buf pass the tables, whose
// symbols are the low bits of a byte: all the rows of a position and group, as
// Go sees the tables of VBMI and NEON. It reads block+width-1 bytes.
func passes(buf, tables []byte, groups, symbols int) uint64 {
	var mask uint64
	for i := range block {
		for g := range groups {
			all := byte(0xff)
			for p := range width {
				all &= tables[(p*groups+g)*symbols+int(buf[i+p])&(symbols-1)]
			}
			if all != 0 {
				mask |= 1 << i
			}
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
