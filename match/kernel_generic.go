package match

import "math/bits"

// passes is what kernels compute, for one position: whether the first bytes of
// buf pass the tables, whose symbols are the low bits of a byte: all the rows of
// a position and group, as Go sees the tables of VBMI. Kernels are tested against
// it.
func passes(buf, tables []byte, groups, symbols int) bool {
	for g := range groups {
		all := byte(0xff)
		for p := range width {
			all &= tables[(p*groups+g)*symbols+int(buf[p])&(symbols-1)]
		}
		if all != 0 {
			return true
		}
	}
	return false
}

// numbers writes the numbers of the bits of mask, from first on, to out,
// ascending, and returns how many there are.
func numbers(mask uint64, first int, out []uint16) int {
	n := 0
	for ; mask != 0; mask &= mask - 1 {
		out[n] = uint16(first + bits.TrailingZeros64(mask))
		n++
	}
	return n
}
