package scan

import "github.com/stanch/stanch/internal/names"

// A list under a name may be written with an element on each line, as loggers
// do that are read by people.

const maxListLines = 64 // lines of a list

// opensList handles a pair whose value is a list that begins at i and goes on in
// the lines below. It reports whether it is one.
func (s *Scanner) opensList(p *pair, i int) bool {
	t := s.text
	if p.quote != 0 || p.kind == names.XML {
		return false
	}
	end := skipBlanks(t, i+1+colours(t[i+1:]))
	if end < len(t) && t[end] != '\\' && lex[t[end]]&isEOL == 0 {
		return false
	}
	if r := s.row(p.keyStart); i >= r.hi || end < r.hi {
		return false
	}
	s.expect(listBelow, p, p.keyStart, maxListLines)
	return true
}

// listLine takes the strings on a line of a list.
func (s *Scanner) listLine(c *carry, lo, hi int) bool {
	t := s.text
	i := skipBlanks(t, lo)
	if c.prefix && i == lo {
		i = c.body(t, lo, hi)
	}
	for i < hi {
		i += colours(t[i:])
		i += s.stringPrefix(i, hi)
		q, d, n := quoteAt(t, i, hi)
		if n == 0 {
			return false
		}
		e := pair{sep: ':', keyQuote: c.quote, quote: q, depth: d, quoteLen: n, start: i + n, line: true}
		end, closed := s.quotedEnd(&e)
		if end > hi {
			return false
		}
		s.takeListed(c, &e)
		if !closed || !sameQuote(t, i, end, n) {
			return false
		}
		for i = end + n; i < hi && (lex[t[i]]&isBlank != 0 || t[i] == ','); i++ {
		}
	}
	return true
}

// takeListed takes an element for the name that is carried.
func (s *Scanner) takeListed(c *carry, e *pair) {
	s.forCarried(c, func(x *mention) {
		e.far, e.kind = x.far, x.kind
		e.worded = listOf(x.class)
		end, _ := s.quotedEnd(e)
		s.meet(e, ofPasswords(c.name.bytes(), s.text[e.start:end], x.class), x.keyed)
	})
}

// listOf reports whether a name is that of many keys, which may be UUIDs.
func listOf(v names.Verdict) bool {
	return v.Strength == names.Medium && v.Class != names.Session
}

// ofPasswords is the verdict on an element of a list of passwords: what holds a
// digit is one, a word may say what they have to be like.
func ofPasswords(name, element []byte, v names.Verdict) names.Verdict {
	if v.Class != names.Password || v.Strength != names.Medium || !endsFold(name, "words") && !endsFold(name, "passwds") {
		return v
	}
	digits := 0
	for _, b := range element {
		if lex[b]&isDigit != 0 {
			digits++
		}
	}
	if digits > 0 && digits < len(element) {
		v.Strength = names.Strong
	}
	return v
}
