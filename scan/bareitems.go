package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// Lists whose elements stand without quotes: [[host db1] [token v]] of Go,
// [[host, db1], [token, v]] and [host, db1, token, v] of Java.

// bareItem decides at a name without quotes that may be an element of a list.
// It reports whether it took the element behind it for the value.
func (s *Scanner) bareItem(x *mention) bool {
	t := s.text
	i, e := x.keyStart, x.keyEnd
	for x.kind == names.Flag && i > 0 && t[i-1] == '-' {
		i--
	}
	if i < 2 || e+1 >= len(t) || t[i-1] != '[' && (t[i-1] != ' ' || t[i-2] != ',') {
		return false
	}
	comma := t[e] == ',' && t[e+1] == ' '
	if !comma && (t[e] != ' ' || t[i-1] != '[') {
		return false
	}
	v := e + 1
	if comma {
		v++
	}
	lo, hi := s.line(e)
	lim := min(hi, v+maxBare)
	end := min(v, lim)
	for end < lim && (comma && t[end] != ',' || !comma) && !closesItem(t, end, hi) {
		if lex[t[end]]&isQuote != 0 || t[end] == '{' || comma && t[end] == '(' {
			return false
		}
		end++
	}
	if end == lim || end == v {
		if end == len(t) && s.judged(x) {
			s.current = s.e.class[x.class.Class]
			s.open(v)
		}
		return false
	}
	if !s.judged(x) {
		return false
	}
	pair := t[i-1] == '[' && t[end] == ']' && nestedItem(t, i-1)
	flag := x.kind == names.Flag && t[v] != '-' || bytes.HasSuffix(t[:i], []byte(", set, "))
	if !pair && (!comma || !flag && (!s.stands(t[v:end], x) || !s.evenBare(i, lo))) {
		return false
	}
	q := x.pair
	q.sep, q.keyQuote, q.start, q.until = ',', '\'', v, end
	s.meet(&q, x.class, x.keyed)
	return true
}

const maxBare = 4 << 10 // bytes of an element without quotes

// closesItem reports whether the bracket at i ends an item: another follows, or
// the end of the list.
func closesItem(t []byte, i, hi int) bool {
	return t[i] == ']' && (i+1 >= hi || lex[t[i+1]]&isStop != 0 || bytes.IndexByte([]byte(`],})\`), t[i+1]) >= 0)
}

// nestedItem reports whether the bracket at o opens a list in a list: the first
// there, or one behind another.
func nestedItem(t []byte, o int) bool {
	if o > 0 && t[o-1] == ' ' {
		if o--; o > 0 && t[o-1] == ',' {
			o--
		}
		return o > 0 && t[o-1] == ']'
	}
	return o > 0 && t[o-1] == '['
}

// evenBare reports whether an even number of elements stands before the name
// at i in its list.
func (s *Scanner) evenBare(i, lo int) bool {
	t := s.text
	lo = max(lo, i-maxArray)
	n, k := 0, i
	for k > lo && t[k-1] != '[' {
		k--
		if t[k] == ',' && t[k+1] == ' ' {
			n++
		} else if lex[t[k]]&(isQuote|isEOL) != 0 || t[k] == ']' || t[k] == '(' {
			k = lo
		}
	}
	s.charge(i, i-k)
	return k > lo && n%2 == 0
}

// expectElement handles a name that fills a line of a list: its value is the element on
// the next.
func (s *Scanner) expectElement(x *mention) {
	t := s.text
	if x.close+1 >= len(t) || t[x.close] != ',' || lex[t[x.close+1]]&isEOL == 0 && t[x.close+1] != '\\' {
		return
	}
	if r := s.row(x.keyStart); x.close+1 == r.hi && skipBlanks(t, r.lo) == x.open {
		s.expect(elementBelow, &x.pair, x.open, 1)
	}
}

// elementLine takes the string on the line below a name.
func (s *Scanner) elementLine(c *carry, lo, hi int) bool {
	t := s.text
	i := skipBlanks(t, lo)
	if i-lo != c.column {
		return false
	}
	q, d, n := quoteAt(t, i, hi)
	if n == 0 || q != c.quote {
		return false
	}
	e := pair{sep: ',', keyQuote: q, quote: q, depth: d, quoteLen: n, start: i + n, line: true}
	end, closed := s.quotedEnd(&e)
	if !closed || end > hi {
		return false
	}
	s.forCarried(c, func(x *mention) {
		if e.far, e.kind = x.far, x.kind; s.stands(t[e.start:end], x) {
			s.meet(&e, x.class, x.keyed)
		}
	})
	return false
}
