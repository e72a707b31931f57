package match

// passes is what kernels compute, for one position: whether the first bytes of
// buf pass the tables, whose symbols are the low bits of a byte: all the rows of
// a position and group, as Go sees the tables of VBMI. Kernels are tested against
// it. The third group counts in tokens alone if inToken is not.
func passes(buf, tables []byte, groups, symbols int, inToken bool) bool {
	for g := range groups {
		if g == 2 && !inToken {
			continue
		}
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

// runBehind reports what kernels compute of a position in a block that begins
// at from: whether a run of tokens' bytes stands behind it, as far as the block's
// last position sees.
func runBehind(buf []byte, from, at int) bool {
	for i := at + 1; i <= min(at+tokenRun, from+block); i++ {
		if !tokenBytes.Has(buf[i]) {
			return false
		}
	}
	return true
}
