package batch

import (
	"hash/crc32"
	"math/bits"
)

// A checksum is linear: if the first bytes of a text change, that of the whole
// changes by what that of these bytes changed, times x to the power of the bits
// behind, modulo the polynomial.

// powers are x^(8<<i) modulo Castagnoli's polynomial. Bit 31 stands for x^0.
var powers = func() (t [32]uint32) {
	t[0] = 1 << 31 >> 8
	for i := 1; i < len(t); i++ {
		t[i] = times(t[i-1], t[i-1])
	}
	return t
}()

// behind returns what a difference of checksums becomes with n bytes behind it.
func behind(difference uint32, n int) uint32 {
	for m := uint32(n); m != 0; m &= m - 1 {
		difference = times(powers[bits.TrailingZeros32(m)], difference)
	}
	return difference
}

// times multiplies two polynomials modulo Castagnoli's.
func times(a, b uint32) (product uint32) {
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		b = b>>1 ^ crc32.Castagnoli&-(b&1)
	}
	return product
}
