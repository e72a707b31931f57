package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// The Redis protocol writes AUTH and its arguments as bulk strings: $8, a line
// end, eight bytes, a line end (https://redis.io/docs/latest/develop/reference/protocol-spec/).

// afterAuth is what follows AUTH there: a line end, perhaps an escaped one.
var afterAuth = match.Class{1<<'\n' | 1<<'\r', 1 << ('\\' - 64)}

// respAuth decides at AUTH. User and password go.
func (s *Scanner) respAuth(di int32, hs, he int) {
	t := s.text
	if !atBoundary(t, hs) {
		return
	}
	lo, hi := s.line(hs)
	i := escapedEOL(t, he)
	if i == he {
		if hs == lo && he == hi {
			if c := s.carries(respBelow, hs, 4); c != nil {
				c.part, c.detector = 0, di
			}
		}
		return
	}
	for i < hi {
		n, k := bulkLength(t[i:hi])
		from := escapedEOL(t, i+k)
		if k == 0 || from == i+k {
			return
		}
		end := min(hi, from+n)
		if i = escapedEOL(t, end); i == end && end < hi && lex[t[end]]&isQuote == 0 && t[end] != '\\' {
			return // another length, as of bytes that are escaped
		}
		s.respValue(di, from, end)
	}
}

// bulkLength parses $n.
func bulkLength(t []byte) (n, size int) {
	if len(t) < 2 || t[0] != '$' {
		return 0, 0
	}
	i := 1
	for i < len(t) && i < 6 && lex[t[i]]&isDigit != 0 {
		n = 10*n + int(t[i]-'0')
		i++
	}
	if i == 1 {
		return 0, 0
	}
	return n, i
}

// respLine follows the lines behind AUTH: lengths and values by turns.
func (s *Scanner) respLine(c *carry, lo, hi int) bool {
	if c.part == 0 {
		n, k := bulkLength(s.text[lo:hi])
		c.part = n
		return k > 0 && lo+k == hi
	}
	partial := s.partial && hi == len(s.text)
	if hi-lo != c.part && !(partial && hi-lo < c.part) {
		return false
	}
	c.part = 0
	if partial {
		s.current = c.detector
		s.open(lo)
	}
	s.respValue(c.detector, lo, hi)
	return true
}

func (s *Scanner) respValue(di int32, from, end int) {
	if v := s.text[from:end]; len(v) > 0 && !s.e.ours(v) && !filler(v) {
		s.found(di, from, end, finding.Certain, ByConstruct)
	}
}

// frameBehind reports whether what follows a token is the length of the next
// message: syslog over TCP puts it there without a line end (RFC 6587, 3.4.1).
func frameBehind(t []byte) bool {
	i := 0
	for i < len(t) && i < 5 && lex[t[i]]&isDigit != 0 {
		i++
	}
	if i == 0 || i+4 > len(t) || t[i] != ' ' || t[i+1] != '<' {
		return false
	}
	k := i + 2
	for k < len(t) && k < i+5 && lex[t[k]]&isDigit != 0 {
		k++
	}
	return k > i+2 && k < len(t) && t[k] == '>'
}
