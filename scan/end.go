package scan

import (
	"bytes"
	"math/bits"

	"github.com/stanch/stanch/internal/names"
)

// container returns the end of the quoted string or, outside quotes, of the
// line or bracket that a header's value fills.
func (s *Scanner) container(p *pair) (end int, closed bool) {
	if p.quote != 0 {
		return s.quotedEnd(p)
	}
	t := s.text
	if p.start < len(t) && t[p.start] == '[' {
		p.start++
		if q, d, n := quoteAt(t, p.start, len(t)); n > 0 { // "Authorization":["Bearer x"]
			p.quote, p.depth, p.start = q, d, p.start+n
			return s.quotedEnd(p)
		}
	}
	if p.keyQuote != 0 && p.sep == ':' { // no header, but JSON that is no string
		return p.start, true
	}
	depth := 0
	lim := len(t)
	for i := p.start; i < lim; i++ {
		switch c := t[i]; {
		case lex[c]&isWord != 0:
		case lex[c]&isEOL != 0 || c == 0x1b:
			return i, true
		case c == '"' || c == '\'' || c == '`':
			if !p.blankQuoteAllowed(t, i) || c == '"' && s.inString(p.start) {
				return i, true
			}
		case c == '\\':
			if t[i-1] == '=' { // username=\"u\"
				if q, d, n := quoteAt(t, i, lim); n > 0 && d > 0 && !endsString(t, i+n-1) {
					e := pair{quote: q, depth: d, start: i + n}
					if end, closed := s.quotedEnd(&e); closed && sameQuote(t, i, end, n) {
						i = end + n - 1
						continue
					}
				}
			}
			if i+1 < lim && (t[i+1] == '"' || t[i+1] == '\'' || t[i+1] == '\\' || t[i+1] == 'n' || t[i+1] == 'r') {
				return i, true
			}
		case c == '[' || c == '(' || c == '{':
			depth++
		case c == ']' || c == ')' || c == '}':
			if depth == 0 {
				return i, true
			}
			depth--
		}
	}
	return lim, false
}

// blankQuoteAllowed reports whether the quote at i belongs to a parameter
// (username="u") rather than closing the string that holds the header.
func (p *pair) blankQuoteAllowed(t []byte, i int) bool {
	if i > p.start && t[i-1] == '=' {
		return true
	}
	for k := i - 1; k > p.start; k-- {
		if t[k] == t[i] {
			return t[k-1] == '='
		}
	}
	return false
}

// quotedEnd finds the quote that closes a value: the same byte at the same
// escape depth. Without one the value ends with the line.
func (s *Scanner) quotedEnd(p *pair) (end int, closed bool) {
	t := s.text
	lim := len(t)
	switch p.quote {
	case 'u', '&', '%':
		seq := map[byte]string{'u': `\u0022`, '&': "&quot;", '%': "%22"}[p.quote]
		for i := p.start; i < lim; i++ {
			if lex[t[i]]&isEOL != 0 {
				return i, true
			}
			if (t[i] == seq[0]) && hasFold(t[i:], seq) {
				return i, true
			}
		}
		return lim, false
	}
	// In JSON a quote of another kind has its escapes escaped once more, and the
	// string around it ends what did not end by itself.
	inside := p.quote != '"' && p.depth == 0 && s.inString(p.start)
	slashes := 0
	for i := p.start; i < lim; i++ {
		c := t[i]
		if c == '\\' {
			slashes++
			continue
		}
		k := slashes
		slashes = 0
		switch {
		case c == p.quote:
			if inside {
				k >>= 1
			}
			depth := bits.TrailingZeros(^uint(k)) // written with 2^depth-1 backslashes
			if depth > p.depth {
				continue
			}
			if depth == p.depth && c == '\'' && depth == 0 && i > p.start && i+1 < len(t) && t[i+1] == '\'' {
				i++ // '' inside '...' (SQL, YAML)
				continue
			}
			return i - (1<<depth - 1), true // of this string, or of one around it
		case lex[c]&isEOL != 0:
			return i, true
		case c == '"' && inside && (k%2 == 0 || endsString(t, i)):
			depth := bits.TrailingZeros(^uint(k))
			return i - (1<<depth - 1), true
		}
	}
	return lim, false
}

// valueEnd finds the end of a value. Outside quotes that depends on what holds the pair.
func (s *Scanner) valueEnd(p *pair, v names.Verdict) (end int, closed bool) {
	if p.quote != 0 {
		return s.quotedEnd(p)
	}
	t := s.text
	lim := len(t)
	switch {
	case p.sep == '>':
		i := p.start
		if i >= len(cdata) && string(t[i-len(cdata):i]) == cdata {
			if e := bytes.Index(t[i:lim], []byte("]]>")); e >= 0 {
				return i + e, true
			}
		}
		for i < lim && t[i] != '<' && lex[t[i]]&isEOL == 0 && !(t[i] == ']' && i+1 < lim && t[i+1] == ']') {
			i++
		}
		return i, i < len(t)
	case p.keyQuote != 0 && p.sep == ':': // a bare scalar of JSON or Python
		i := p.start
		for i < lim && lex[t[i]]&isStop == 0 && t[i] != ',' && t[i] != '}' && t[i] != ']' && t[i] != '\\' {
			i++
		}
		if i < lim && t[i] == '{' {
			return p.start, true
		}
		return i, i < len(t)
	case p.kind == names.Query:
		i := p.start
		for i < lim && !endsParameter(t, i, p.encoded) {
			i++
		}
		return trimProse(t, p.start, i), i < len(t)
	case p.sep == ':' && p.blankAfter && wholeLine(v.Class) && s.startsLine(p):
		i := p.start
		in := s.inString(p.start)
		for i < lim && lex[t[i]]&isEOL == 0 && t[i] != 0x1b && !(t[i] == '#' && t[i-1] == ' ') {
			if in && (t[i] == '"' || t[i] == '\\' && escapedEnd(t, i)) {
				break
			}
			i++
		}
		closed = i < len(t)
		for i > p.start && lex[t[i-1]]&isBlank != 0 {
			i--
		}
		return i, closed
	}
	return s.bareEnd(p.start, lim)
}

// sameQuote reports whether the n bytes of a quote at i stand at end as well.
func sameQuote(t []byte, i, end, n int) bool {
	return end+n <= len(t) && string(t[i:i+n]) == string(t[end:end+n])
}

// escapedEnd reports whether the backslashes at i escape a quote or a line end.
func escapedEnd(t []byte, i int) bool {
	for i < len(t) && t[i] == '\\' {
		i++
	}
	return i == len(t) || lex[t[i]]&isQuote != 0 || t[i] == 'n' || t[i] == 'r'
}

// wholeLine tells the classes whose values may hold blanks.
func wholeLine(c names.Class) bool { return c == names.Password || c == names.Passphrase }

// startsLine reports whether only indentation, "- " or a shell or diff mark
// stands before the name.
func (s *Scanner) startsLine(p *pair) bool {
	for i := p.keyStart - 1; i >= 0 && i >= p.keyStart-64; i-- {
		c := s.text[i]
		if lex[c]&isEOL != 0 {
			return true
		}
		if c == '"' || c == 'n' && i > 0 && s.text[i-1] == '\\' {
			return s.inString(p.keyStart)
		}
		if lex[c]&isBlank == 0 && c != '-' && c != '+' {
			return false
		}
	}
	return p.keyStart <= 64
}

// endsParameter tells the bytes that end a query parameter. In a query that is
// itself percent-encoded the separators are so too; elsewhere their encoding
// belongs to the value.
func endsParameter(t []byte, i int, encoded bool) bool {
	switch c := t[i]; c {
	case '&', '#', ';', '<', '>', ')', ']', '}', '\\', '|', ',':
		return true
	case '%':
		return encoded && (hasFold(t[i:], "%26") || hasFold(t[i:], "%22") || hasFold(t[i:], "%20") || hasFold(t[i:], "%23"))
	default:
		return lex[c]&isStop != 0
	}
}

// trimProse drops punctuation that ends a sentence rather than a value. Marks
// of exclamation and question stay: they end passwords more often.
func trimProse(t []byte, from, end int) int {
	for end > from {
		switch t[end-1] {
		case '.', ':', ',':
			end--
			continue
		}
		break
	}
	return end
}

// bareEnd finds the end of an unquoted value in a container that is not known:
// white space, quote or control byte end it; a comma, semicolon, ampersand or
// bar only where another pair, a blank or the end follows; a closing bracket
// where none was opened. In doubt the value takes the delimiter.
func (s *Scanner) bareEnd(from, lim int) (end int, closed bool) {
	t := s.text
	var round, square, curly, angle int
	i := from
loop:
	for ; i < lim; i++ {
		c := t[i]
		if lex[c]&isWord != 0 {
			continue
		}
		if lex[c]&isStop != 0 {
			if lex[c]&isQuote != 0 && s.inside(from, i) {
				continue
			}
			break
		}
		switch c {
		case '\\':
			if i+1 < lim {
				switch n := t[i+1]; {
				case lex[n]&isQuote != 0, n == '\\' && i+2 < lim && lex[t[i+2]]&(isQuote) != 0, n == '\\' && i+2 < lim && (t[i+2] == '\\' || t[i+2] == 'n' || t[i+2] == 'r'):
					break loop
				case n == 'n' || n == 'r' || n == 't':
					break loop
				case n == 'u' && i+5 < lim && (hasFold(t[i:], `\u0026`) || hasFold(t[i:], `\u0022`) || hasFold(t[i:], `\u003c`) || hasFold(t[i:], `\u0027`)):
					break loop
				case n == 'x' && (hasFold(t[i:], `\x1b`) || hasFold(t[i:], `\x00`)):
					break loop
				}
			}
		case '(':
			round++
		case '[':
			square++
		case '{':
			curly++
		case '<':
			if i+1 < lim && t[i+1] == '/' {
				break loop
			}
			angle++
		case ')':
			if round > 0 {
				round--
			} else if !s.inside(from, i) {
				break loop
			}
		case ']':
			if square > 0 {
				square--
			} else if !s.inside(from, i) {
				break loop
			}
		case '}':
			if curly > 0 {
				curly--
			} else if !s.inside(from, i) {
				break loop
			}
		case '>':
			if angle > 0 {
				angle--
			} else if !s.inside(from, i) {
				break loop
			}
		case ',', ';', '&', '|':
			if i+1 == len(t) || lex[t[i+1]]&isStop != 0 || s.nextPair(i+1, lim) {
				break loop
			}
		}
	}
	closed = i < len(t)
	if i == len(t) || lex[t[i]]&(isBlank|isEOL) != 0 {
		i = trimProse(t, from, i)
	}
	return i, closed
}

// inside reports whether a closing mark at i that nothing opened stands in the
// middle of a value rather than at its end: between word bytes, and not before
// another pair.
func (s *Scanner) inside(from, i int) bool {
	t := s.text
	return i > from && i+1 < len(t) && lex[t[i-1]]&lex[t[i+1]]&isWord != 0 && !s.nextPair(i+1, len(t)) && !s.e.ours(t[from:i])
}

// nextPair reports whether name= or name: stands at i.
func (s *Scanner) nextPair(i, lim int) bool {
	t := s.text
	from := i
	for i < lim && i-from < 64 && lex[t[i]]&isKey != 0 {
		i++
	}
	if i == from || i == lim {
		return false
	}
	if lex[t[i]]&isQuote != 0 {
		i++
	}
	return i < lim && (t[i] == '=' || t[i] == ':')
}
