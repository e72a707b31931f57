package redact

// glob reports whether s fits pattern, in which * stands for any run of bytes.
// It takes time in proportion to len(pattern) * len(s) at worst.
func glob(pattern string, s []byte) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// foldKey appends a name without what its spellings differ in: case and the
// separators _ - . and blank, so that sessionId and SESSION-ID are one name.
func foldKey(dst, key []byte) []byte {
	for _, c := range key {
		switch {
		case c == '_', c == '-', c == '.', c == ' ':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
