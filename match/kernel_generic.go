package match

// passes is what kernels compute, for one position: whether the first bytes of
// buf pass the tables, in all positions for one bucket. Kernels are tested against
// it. The last group counts in tokens alone if inToken is not.
func (f *filter) passes(k Kernel, buf []byte, inToken bool) bool {
	for g := range f.groups {
		if g == openBuckets/8 && !inToken {
			continue
		}
		all := byte(0xff)
		for p := range k.width() {
			all &= f.have(k, p, g, buf[p])
		}
		if all != 0 {
			return true
		}
	}
	return false
}

// have returns the buckets of a group that have c at position p.
func (f *filter) have(k Kernel, p, group int, c byte) byte {
	at, lower, upper := p*f.groups+group, int(c&15), int(c>>3&15)
	switch k {
	case VBMI:
		return f.seven[at*symbolCount+int(c&0x7f)]
	case AVX2:
		return ^(f.twice[at*64+lower] | f.twice[at*64+32+upper])
	}
	at = group/2*neonSize + (p*2+group%2)*32
	return f.neon[at+lower] & f.neon[at+16+upper]
}

// runBehind reports what kernels compute of a position in a block that begins
// at from: whether a run of tokens' bytes stands behind it, as far as the block's
// last position sees.
func runBehind(buf []byte, from, at int) bool {
	for i := at + 1; i <= min(at+tokenRun, from+block); i++ {
		if !tokenBytes.Has(buf[i] & 0x7f) {
			return false
		}
	}
	return true
}
