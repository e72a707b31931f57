package scan

import (
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// Bounds of an array in which a name is an element.
const (
	maxArray    = 2 << 10 // bytes before the name
	maxElements = 128
)

// element decides at a name that is an element of an array or tuple: the first
// of a pair, ["k","v"], or a header of a flat list, ["Host","h","Authorization","v"].
// i is where its opening quote is, with what belongs to it.
func (s *Scanner) element(x *mention, i int) {
	t := s.text
	// What follows has to be another string; that is seldom so.
	v, ok := nextElement(t, x.close, x.keyQuote, x.depth)
	if !ok || !s.judged(x) {
		return
	}
	lo, hi := s.line(x.keyStart)
	q := x.pair
	q.sep, q.keyQuote, q.quote, q.depth, q.start = ',', x.keyQuote, x.keyQuote, x.depth, v
	end, closed := s.quotedEnd(&q)
	s.charge(v, end-v)
	if !closed && s.partial && end == len(t) && s.e.class[x.class.Class] >= 0 {
		s.current = s.e.class[x.class.Class]
		s.open(v)
		return
	}
	first := t[i-1] != ','
	if first {
		k := end
		if closed {
			k += x.quoteLen
		}
		for k < hi && lex[t[k]]&isBlank != 0 {
			k++
		}
		if k < hi && t[k] != ']' && t[k] != ')' {
			first = false // more elements: no pair
			if t[k] != ',' {
				return
			}
		}
	}
	switch {
	case first:
		o := i - 1
		for o > lo && lex[t[o-1]]&isBlank != 0 {
			o--
		}
		nested := o > lo && (t[o-1] == '[' || t[o-1] == ',' || t[o-1] == '(' || t[o-1] == '{') || t[i-1] == '('
		if !nested && !s.stands(t[v:end], x) || s.sensitive(t[v:end]) {
			return
		}
	default:
		if !s.stands(t[v:end], x) || !s.evenElement(x, i, lo) {
			return
		}
	}
	s.meet(&q, x.class, x.keyed)
}

// nextElement returns the first byte of the string that follows the one that ends at i.
func nextElement(t []byte, i int, quote byte, depth int) (int, bool) {
	lim := min(len(t), i+maxGlue)
	for i < lim && lex[t[i]]&isBlank != 0 {
		i++
	}
	if i >= lim || t[i] != ',' {
		return 0, false
	}
	for i++; i < lim && lex[t[i]]&isBlank != 0; i++ {
	}
	if i+1 < lim && (t[i]|0x20 == 'b' || t[i]|0x20 == 'u') {
		i++
	}
	q, d, n := quoteAt(t, i, lim)
	return i + n, n > 0 && q == quote && d == depth
}

// evenElement reports whether an even number of elements stands before the
// name in its array.
func (s *Scanner) evenElement(x *mention, i, lo int) bool {
	t := s.text
	lo = max(lo, i-maxArray)
	o := i
	for range maxOpening {
		for o > lo && t[o-1] != '[' {
			o--
		}
		if o == lo {
			return false
		}
		n, ok := s.elements(o, i)
		s.charge(o, i-o)
		if ok {
			return n%2 == 0
		}
		o--
	}
	return false
}

// elements counts the elements between o and the one at end; ok is false if
// end is no element of the array that begins at o.
func (s *Scanner) elements(o, end int) (n int, ok bool) {
	t := s.text
	i := o
	for range maxElements {
		for i < end && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i == end {
			return n, true
		}
		if t[i]|0x20 == 'b' && lex[t[i+1]]&isQuote != 0 {
			i++
		}
		if q, d, l := quoteAt(t, i, end); l > 0 {
			e := pair{quote: q, depth: d, start: i + l}
			e2, closed := s.quotedEnd(&e)
			if !closed || e2+l > end || !sameQuote(t, i, e2, l) {
				return 0, false
			}
			i = e2 + l
		} else {
			for i < end && t[i] != ',' && t[i] != '[' && t[i] != ']' && t[i] != '{' && t[i] != '}' && lex[t[i]]&isQuote == 0 {
				i++
			}
		}
		for i < end && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i >= end || t[i] != ',' {
			return 0, false
		}
		i++
		n++
	}
	return 0, false
}

// stands reports whether what follows a name in a list can be its value rather
// than another name: a credential, or no plain word.
func (s *Scanner) stands(v []byte, x *mention) bool {
	if s.sensitive(v) {
		return false
	}
	if x.class.Class == names.Auth || x.class.Class == names.Cookie || judge.Credential(v) {
		return true
	}
	for _, c := range v {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c != '_' && c != '-' && c != ' ' && c != '.' {
				return true
			}
		}
	}
	return false
}

// sensitive reports whether a text is a name of the tables itself.
func (s *Scanner) sensitive(v []byte) bool {
	if len(v) > maxKey || len(v) == 0 {
		return false
	}
	for _, c := range v {
		if lex[c]&isKey == 0 {
			return false
		}
	}
	verdict := s.e.names.Classify(v, names.Attr)
	if verdict.Benign || verdict.Strength != names.None {
		for _, c := range v {
			if lex[c]&isDigit != 0 {
				return false
			}
		}
		return true
	}
	return false
}
