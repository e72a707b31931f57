package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/decode"
)

// Base64 that is wrapped into rows is found by a mark in one of them. That row
// and those behind it go; those before were handed on before anything was known.
const (
	shortestRow = 48 // characters of a row: 64 by RFC 7468, 76 by RFC 2045
	maxRows     = 4 << 10
)

// nextRow stands for what a row goes on with, so that a name at the end of one
// is seen to have a value.
const nextRow = "q7Rt9Xw2Lk5Zc8Vb"

// fullRow returns the length of the row of base64 that ends a line at end, 0
// where none does, or where it ends with padding.
func (s *Scanner) fullRow(end int) int {
	t := s.text
	if end == len(t) || lex[t[end]]&isEOL == 0 {
		return 0
	}
	from := end
	for from > 0 && decode.IsBase64(t[from-1]) {
		from--
	}
	if n := end - from; n >= shortestRow && n%4 == 0 {
		return n
	}
	return 0
}

// rowLine takes the next row: it stands in the same column, or behind blanks,
// and is no longer than the others. The first that is shorter is the last.
func (s *Scanner) rowLine(c *carry, lo, hi int) bool {
	t := s.text
	i := lo
	if k := lo + c.column; c.prefix && k < hi && !decode.IsBase64(t[k-1]) {
		i = k
	} else {
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
	}
	end := i
	for end < hi && decode.IsBase64(t[end]) {
		end++
	}
	n := end - i
	for end < hi && t[end] == '=' {
		end++
	}
	after := end
	for after < hi && lex[t[after]]&(isBlank|isQuote) != 0 {
		after++
	}
	if n == 0 || n > c.part || after < hi || (end-i)%4 != 0 && n < leastRun {
		return false
	}
	x := s.found(c.detector, i, end, finding.Certain, ByConstruct)
	x.Encoding, x.Continued = c.encoding, true
	return n == c.part && end == hi
}
