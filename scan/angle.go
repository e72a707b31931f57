package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// Angle brackets as encoders for web pages write them into JSON and XML: \u003c,
// with more backslashes inside further strings, and &lt;.

// greater returns the length of a > at t[0], escaped or not, or 0.
func greater(t []byte) int {
	if len(t) == 0 {
		return 0
	}
	switch t[0] {
	case '>':
		return 1
	case '&':
		if hasFold(t, "&gt;") {
			return len("&gt;")
		}
	case '\\':
		n := 1
		for n < len(t) && t[n] == '\\' {
			n++
		}
		if hasFold(t[n:], "u003e") {
			return n + len("u003e")
		}
	}
	return 0
}

// escapedLess returns the escaped < before the name at ks, or before the prefix
// of its namespace, or nil.
func escapedLess(t []byte, ks int) []byte {
	if ks > 0 && t[ks-1] == ':' {
		k := ks - 1
		for lim := max(0, k-20); k > lim && lex[t[k-1]]&isWord != 0; k-- {
		}
		if k > 0 && t[k-1] == '\\' && hasFold(t[k:], "u003c") {
			k += len("u003c")
		}
		ks = k
	}
	switch {
	case ks >= 4 && hasFold(t[ks-4:], "&lt;"):
		return t[ks-4 : ks]
	case ks >= 6 && t[ks-6] == '\\' && hasFold(t[ks-5:], "u003c"):
		from := ks - 6
		for from > 0 && t[from-1] == '\\' {
			from--
		}
		return t[from:ks]
	}
	return nil
}

// escapedElement parses an element of XML whose brackets are escaped as less is,
// up to the end of its text. It has to be closed.
func (s *Scanner) escapedElement(p *pair, less []byte) bool {
	t := s.text
	more := bytes.Clone(less)
	if more[0] == '&' {
		more[1] ^= 'l' ^ 'g'
	} else {
		more[len(more)-1] ^= 'c' ^ 'e'
	}
	tag := t[p.keyEnd:min(len(t), p.keyEnd+maxTag)]
	tag = tag[:lineEnd(tag)]
	i := bytes.Index(tag, more)
	if i < 0 {
		if p.keyEnd+len(tag) == len(t) {
			s.open(p.keyEnd)
		}
		return false
	}
	if i > 0 && tag[i-1] == '/' || bytes.Contains(tag[:i], less) {
		return false
	}
	p.start = p.keyEnd + i + len(more)
	rest := t[p.start:]
	rest = rest[:lineEnd(rest)]
	end := bytes.Index(rest, less)
	if end < 0 {
		s.charge(p.start, len(rest))
		if p.start+len(rest) == len(t) {
			s.open(p.start)
		}
		return false
	}
	s.charge(p.start, end)
	p.kind, p.sep, p.until = names.XML, '>', p.start+end
	return p.until+len(less) < len(t) && t[p.until+len(less)] == '/'
}
