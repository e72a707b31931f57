package scan

import "bytes"

// row is a line of the text or, inside of a string of JSON, one between two
// escaped line ends: a message of many lines in one record.
type row struct {
	lo, hi  int // without the line end
	next    int // where the next one begins
	end     int // before which the string ends, 0 for a line of the text
	slashes int // in front of the n of an escaped line end
}

const maxRow = 4 << 10 // bytes looked at for an escaped line end, to each side

// row returns the row that holds pos. Without an escaped line end behind pos it
// is the line.
func (s *Scanner) row(pos int) row {
	t := s.text
	lo, hi := s.line(pos)
	r := row{lo: lo, hi: hi, next: afterEOL(t, hi)}
	if hi-pos < shortRest && bytes.IndexByte(t[pos:hi], '\\') < 0 || !s.inString(pos) {
		return r
	}
	at, k := pos, 0
	for {
		if at, k = escapedLineEnd(t, at, min(hi, pos+maxRow)); k == 0 {
			s.charge(pos, min(hi-pos, maxRow))
			return r
		}
		if slashes, ok := quoteBehind(t, pos, at, k); !ok {
			return r
		} else if slashes == k-1 {
			break
		}
		at += k
	}
	s.charge(pos, at-pos)
	r.hi, r.next, r.end, r.slashes = at, skipEscaped(t, at, k), hi, k
	for i := pos; ; i-- {
		if i <= lo || pos-i > maxRow {
			r.lo = i
			s.charge(pos, pos-i)
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
			s.charge(pos, pos-i)
			return r
		}
	}
}

// shortRest is how much of a line is looked through for a backslash before it is
// asked whether the place lies in a string, which costs more.
const shortRest = 128

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

// quoteBehind counts the backslashes of the first quote behind pos that has fewer
// than k. ok is false where it stands before at: the string ends there. Without
// one near, the string is taken for one that k belongs to.
func quoteBehind(t []byte, pos, at, k int) (slashes int, ok bool) {
	for i := pos; i < min(len(t), at+maxRow); i++ {
		if t[i] != '"' {
			continue
		}
		n := 0
		for i-n > pos && t[i-n-1] == '\\' {
			n++
		}
		if n < k {
			return n, i >= at
		}
	}
	return k - 1, true
}

// escapedRow returns the row of a string that begins at lo. The string ends at a
// quote with fewer backslashes.
func (c *carry) escapedRow(t []byte, lo int) (hi, next int) {
	for i := lo; i < c.end; {
		for i < c.end && t[i] != '\\' && t[i] != '"' {
			i++
		}
		at := i
		for i < c.end && t[i] == '\\' {
			i++
		}
		switch k := i - at; {
		case i >= c.end:
		case t[i] == '"' && k < c.slashes:
			c.end = at
			return at, at
		case k == c.slashes && (t[i] == 'n' || t[i] == 'r'):
			return at, skipEscaped(t, at, k)
		default:
			i++
		}
	}
	return c.end, c.end
}
