package scan

import "bytes"

// row is a line of the text or, inside of a string of JSON, one between two
// escaped line ends: a message of many lines in one record.
type row struct {
	lo, hi  int // without the line end
	next    int // where the next one begins
	end     int // of the string, 0 for a line of the text
	slashes int // in front of the n of an escaped line end
}

const maxRow = 4 << 10 // bytes looked at for an escaped line end, to each side

// row returns the row that holds pos. Without an escaped line end behind pos it
// is the line.
func (s *Scanner) row(pos int) row {
	t := s.text
	lo, hi := s.line(pos)
	r := row{lo: lo, hi: hi, next: afterEOL(t, hi)}
	at, k, end := pos, 0, 0
	for {
		if at, k = escapedLineEnd(t, at, min(hi, pos+maxRow)); k == 0 || !s.inString(pos) {
			return r
		}
		// The quotes of the string have one backslash less.
		var n int
		if end, n = stringEnd(t, pos, hi, k); end > at && n == k-1 {
			break
		}
		at += k
	}
	r.hi, r.next, r.end, r.slashes = at, skipEscaped(t, at, k), end, k
	for i := pos; ; i-- {
		if i <= lo || pos-i > maxRow {
			r.lo = i
			return r
		}
		c := t[i-1]
		if c != 'n' && c != 'r' && c != '"' {
			continue
		}
		n := 0
		for i-2-n >= lo && t[i-2-n] == '\\' {
			n++
		}
		if c == '"' && n < k || c != '"' && n == k {
			r.lo = i
			return r
		}
	}
}

// escapedLineEnd finds the first \n or \r written with 2^m backslashes in
// text[i:hi]. It returns how many there are, 0 for none.
func escapedLineEnd(t []byte, i, hi int) (at, slashes int) {
	for i < hi {
		j := bytes.IndexByte(t[i:hi], '\\')
		if j < 0 {
			break
		}
		at = i + j
		for i = at; i < hi && t[i] == '\\'; i++ {
		}
		if k := i - at; i < hi && (t[i] == 'n' || t[i] == 'r') && k&(k-1) == 0 && k <= 4 {
			return at, k
		}
	}
	return 0, 0
}

// skipEscaped returns the offset behind the escaped line end at i; \r\n is one.
func skipEscaped(t []byte, i, k int) int {
	i += k
	if t[i] == 'r' && i+k+1 < len(t) && t[i+k+1] == 'n' && bytes.Count(t[i+1:i+k+1], []byte{'\\'}) == k {
		i += k + 1
	}
	return i + 1
}

// stringEnd returns the end of the string that holds pos: a quote with fewer
// than k backslashes, or the end of the line. n is how many it has.
func stringEnd(t []byte, pos, hi, k int) (end, n int) {
	for i := pos; i < hi; i++ {
		if t[i] != '"' {
			continue
		}
		n = 0
		for i-n > pos && t[i-n-1] == '\\' {
			n++
		}
		if n < k {
			return i - n, n
		}
	}
	return hi, k - 1
}

// escapedRow returns the row of a string that begins at lo.
func (c *carry) escapedRow(t []byte, lo int) (hi, next int) {
	for i := lo; i < c.end; {
		at, k := escapedLineEnd(t, i, c.end)
		if k == c.slashes {
			return at, skipEscaped(t, at, k)
		}
		if k == 0 {
			break
		}
		i = at + k
	}
	return c.end, c.end
}
