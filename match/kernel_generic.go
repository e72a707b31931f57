package match

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
