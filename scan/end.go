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
		p.start = skipBlanks(t, p.start+1)
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
		case lex[c]&isEOL != 0 || c == 0x1b || c == '^' && colour(t[i:]) > 0:
			return i, true
		case c == '"' || c == '\'' || c == '`':
			if c == '"' && t[i-1] == '=' && !s.inString(p.start) {
				e := pair{quote: c, start: i + 1}
				if end, closed := s.quotedEnd(&e); closed && end < lim && t[end] == c {
					i = end
					continue
				}
			}
			if !p.blankQuoteAllowed(t, i) || c == '"' && s.inString(p.start) {
				return i, true
			}
		case c == '\\':
			if colour(t[i:]) > 0 {
				return i, true
			}
			if t[i-1] == '=' { // username=\"u\"
				if q, d, n := quoteAt(t, i, lim); n > 0 && d > 0 && !(endsString(t, i+n-1) && s.inStringAt(p.keyStart, d)) {
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
		case c == '[' && wireEnd(t, i):
			return i, true
		case c == '[' || c == '(' || c == '{':
			depth++
		case c == ']' || c == ')' || c == '}':
			if depth == 0 && !s.inside(p.start, i) {
				return i, true
			}
			depth = max(0, depth-1)
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
	// In JSON a quote of another kind has its escapes escaped once more for each
	// string around it, and those strings end what did not end by itself.
	around := 0
	if p.quote != '"' && p.depth == 0 {
		for around < nesting && s.inStringAt(p.start, around) {
			around++
		}
	}
	slashes := 0
	for i := p.start; i < lim; i++ {
		c := t[i]
		if lex[c]&isWord != 0 {
			slashes = 0
			continue
		}
		if c == '\\' {
			slashes++
			continue
		}
		k := slashes
		slashes = 0
		switch {
		case c == p.quote:
			k >>= around
			if k == 1 && p.depth == 0 && endsAttribute(t, i+1) && (p.kind == names.XML || p.sep == '=' && s.inTag(p.keyStart)) {
				k = 0 // a backslash means nothing in XML
			}
			depth := bits.TrailingZeros(^uint(k)) // written with 2^depth-1 backslashes
			if depth > p.depth {
				continue
			}
			if depth == p.depth && c == '\'' && depth == 0 {
				if n := requote(t, i); n > 0 {
					i += n
					continue
				}
			}
			return i - (1<<depth - 1), true // of this string, or of one around it
		case lex[c]&isEOL != 0:
			return i, true
		case c == '"' && around > 0:
			if depth := bits.TrailingZeros(^uint(k)); depth < around {
				return i - (1<<depth - 1), true
			}
		}
	}
	return lim, false
}

// inTag reports whether the name at pos is that of an attribute of XML.
func (s *Scanner) inTag(pos int) bool {
	t := s.text
	for lim := max(1, pos-maxTag); pos >= lim; pos-- {
		switch c := t[pos-1]; {
		case c == '<':
			return t[pos]|0x20-'a' < 26
		case c == '>' || lex[c]&isEOL != 0:
			return false
		}
	}
	return false
}

// endsAttribute reports whether what follows the value of an attribute stands
// at i: another attribute, or the end of the tag.
func endsAttribute(t []byte, i int) bool {
	k := skipBlanks(t, i)
	if k < len(t) && (t[k] == '>' || t[k] == '/' || t[k] == '?') {
		return true
	}
	if k == i {
		return false
	}
	n := k
	for n < len(t) && n < k+maxKey && lex[t[n]]&isKey != 0 {
		n++
	}
	return n > k && n < len(t) && t[n] == '='
}

// requote returns how many bytes behind the single quote at i go on with its
// string: ” stands for a quote in SQL and YAML, '\” in a shell.
func requote(t []byte, i int) int {
	if i+1 < len(t) && t[i+1] == '\'' {
		return 1
	}
	k := i + 1
	for k < len(t) && t[k] == '\\' {
		k++
	}
	if k > i+1 && k+1 < len(t) && t[k] == '\'' && t[k+1] == '\'' {
		return k + 1 - i
	}
	return 0
}

// valueEnd finds the end of a value. Outside quotes that depends on what holds the pair.
func (s *Scanner) valueEnd(p *pair, v names.Verdict) (end int, closed bool) {
	t := s.text
	lim := len(t)
	if p.quote != 0 {
		end, closed = s.quotedEnd(p)
		if p.keyQuote == 0 && p.start > p.quoteLen {
			depth, quote, ok := s.argumentString(p)
			same := depth == p.depth && quote == p.quote
			if !ok || same && requote(t, p.start-1) == 0 {
				return end, closed
			}
			// A string holds the pair: a quote that is not closed in it is part of the value.
			if e, c := s.restEnd(p, depth, quote, true); c && e < end || same {
				p.start -= p.quoteLen
				p.quote = 0
				return s.restEnd(p, depth, quote, true)
			}
		}
		return end, closed
	}
	switch {
	case p.until > 0:
		return p.until, true
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
		if i == lim || lex[t[i]]&(isBlank|isEOL) != 0 && !bytes.HasPrefix(t[i:], []byte(" HTTP/")) {
			return trimProse(t, p.start, i), i < len(t)
		}
		return i, true
	case p.argument:
		return s.restEnd(p, 0, '"', true)
	case v.Class == names.Session && p.sep == '=' && !p.blankAfter && p.keyStart > 0 && t[p.keyStart-1] == ';': // /a;jsessionid=…?x=1
		i := p.start
		for i < lim && !endsParameter(t, i, p.encoded) && t[i] != '?' && t[i] != '/' {
			i++
		}
		return i, i < len(t)
	case p.sep == '=' && t[p.start] == '{' && p.keyStart > 0 && t[p.keyStart-1] == ';': // ODBC's {…}
		i := p.start + 1
		for i < lim && lex[t[i]]&isEOL == 0 && (t[i] != '}' || i+1 < lim && t[i+1] == '}') && (t[i] != '"' || t[i-1] == '\\' || !s.inString(i)) {
			if t[i] == '}' {
				i++
			}
			i++
		}
		if i < lim && t[i] == '}' {
			p.start++
			return i, true
		}
	}
	if p.keyQuote == 0 {
		if depth, quote, ok := s.argumentString(p); ok {
			p.unseparate(t)
			return s.restEnd(p, depth, quote, wholeLine(v.Class) && (p.element(t) || p.wordy(t)))
		}
		if !p.blankAfter {
			p.unseparate(t)
		}
		if p.start < lim && t[p.start] == '>' { // of =>, or the value's own: nothing was opened that it could close
			if end, closed = s.bareEnd(p.start+1, lim); end > p.start+1 {
				return end, closed
			}
		}
		if wholeLine(v.Class) && p.wordy(t) {
			if depth, ok := s.startsLine(p); ok {
				return s.restEnd(p, depth, '"', true)
			}
		}
	}
	return s.bareEnd(p.start, lim)
}

// argumentString reports whether the name stands right behind a quote that
// opens a string: ["NAME=value"], export 'NAME=value'.
func (s *Scanner) argumentString(p *pair) (depth int, quote byte, ok bool) {
	i := p.keyStart - 1
	if i < 0 || p.sep != '=' || p.gap || p.blankAfter {
		return 0, 0, false
	}
	for i > 0 && optionMark(s.text[i]) { // "--name=value"
		i--
	}
	quote = s.text[i]
	if quote != '"' && quote != '\'' {
		return 0, 0, false
	}
	k := i
	for k > 0 && s.text[k-1] == '\\' {
		k--
	}
	return bits.Len(uint(i - k)), quote, true
}

// unseparate gives a value the second byte of == and =>, which begins it where
// no blanks stand around.
func (p *pair) unseparate(t []byte) {
	if p.sep == '=' && p.quote == 0 && p.start-2 == p.keyEnd && t[p.keyEnd] == '=' {
		p.start--
	}
}

// element reports whether the name begins an element of a list of strings,
// which is one argument of a program.
func (p *pair) element(t []byte) bool {
	i := p.keyStart - 1
	for i > 0 && (optionMark(t[i]) || t[i] == '\\' || lex[t[i]]&isQuote != 0) {
		i--
	}
	for i > 0 && lex[t[i]]&isBlank != 0 {
		i--
	}
	return i >= 0 && (t[i] == '[' || t[i] == ',')
}

func optionMark(c byte) bool { return c == '-' || c == '/' }

// environment tells the names of variables: capitals, digits and underscores.
func environment(name []byte) bool {
	for _, c := range name {
		if c-'a' < 26 {
			return false
		}
	}
	return true
}

// wordy reports whether the notation at the start of a line lets a password
// hold blanks: "name: …" of YAML and prose, "NAME=…" of the environment,
// "a.name = …" of properties and INI, "[name] => …" of PHP.
func (p *pair) wordy(t []byte) bool {
	name := t[p.keyStart:p.keyEnd]
	switch p.sep {
	case ':':
		return p.blankAfter || bytes.IndexByte(name, '.') > 0
	case '=':
		return environment(name) || bytes.IndexByte(name, '.') > 0 || p.keyStart > 0 && t[p.keyStart-1] == '[' ||
			p.blankAfter && !p.gap
	}
	return false
}

// restEnd finds the end of a value that the rest of a line, or of a string with
// quotes of the given depth, may belong to: it ends there or where another
// pair begins. With phrase it may hold blanks. A depth of -1 is no string.
func (s *Scanner) restEnd(p *pair, depth int, quote byte, phrase bool) (end int, closed bool) {
	t := s.text
	i, slashes := p.start, 0
loop:
	for ; i < len(t); i++ {
		c := t[i]
		if (c == '\\' && slashes == 0 || c == '^') && colour(t[i:]) > 0 {
			break
		}
		if c == '\\' {
			slashes++
			continue
		}
		k := slashes
		slashes = 0
		switch {
		case lex[c]&isEOL != 0 || c == 0x1b:
			i -= k
			break loop
		case c == quote && depth >= 0:
			if d := bits.TrailingZeros(^uint(k)); d <= depth && (quote == '"' || requote(t, i) == 0) {
				i -= 1<<d - 1
				break loop
			} else if quote != '"' && d <= depth {
				i += requote(t, i)
			}
		case (c == 'n' || c == 'r') && k > 0 && depth >= 0:
			if d := bits.TrailingZeros(uint(k)); d <= depth {
				i -= 1 << d
				break loop
			}
		case (c == 'u' || c == 'x' || c == '0') && k > 0 && depth >= 0 && escapedControl(t[i:]) && !hasFold(t[i:], "u0020") && !hasFold(t[i:], "x20"):
			i -= k
			break loop
		case lex[c]&isBlank != 0:
			if !phrase || s.nextPair(skipBlanks(t, i), len(t)) || p.sep == ':' && i+1 < len(t) && t[i+1] == '#' {
				break loop
			}
		case c == ',' || c == ';' || c == '&' || c == '|':
			if s.nextPair(skipBlanks(t, i+1), len(t)) {
				break loop
			}
		}
	}
	closed = i < len(t)
	s.charge(p.start, i-p.start)
	for i > p.start && lex[t[i-1]]&isBlank != 0 {
		i--
	}
	return i, closed
}

func skipBlanks(t []byte, i int) int {
	for i < len(t) && lex[t[i]]&isBlank != 0 {
		i++
	}
	return i
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

// startsLine reports whether only indentation, "- ", a bracket, or a shell or
// diff mark stands before the name, and the depth of the string the line is
// in, -1 for none.
func (s *Scanner) startsLine(p *pair) (depth int, ok bool) {
	t := s.text
	if p.line || p.at > 0 {
		return p.deep, p.line
	}
	for i := p.keyStart - 1; i >= 0 && i >= p.keyStart-64; i-- {
		c := t[i]
		if lex[c]&isEOL != 0 {
			return -1, true
		}
		if c == '"' || c == 'n' && i > 0 && t[i-1] == '\\' {
			k := i
			for k > 0 && t[k-1] == '\\' {
				k--
			}
			if c == '"' {
				return bits.Len(uint(i - k)), s.inString(p.keyStart)
			}
			return bits.Len(uint(i-k)) - 1, s.inString(p.keyStart)
		}
		if c == '0' && escapeBefore(t, i+1) == 6 && s.inString(p.keyStart) { // \u0000
			k := i - 5
			for k > 0 && t[k-1] == '\\' {
				k--
			}
			return bits.Len(uint(i-4-k)) - 1, true
		}
		if lex[c]&isBlank == 0 && c != '-' && c != '+' && c != '[' {
			return 0, false
		}
	}
	return -1, p.keyStart <= 64
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
		case '^':
			if colour(t[i:]) > 0 {
				break loop
			}
		case '\\':
			if colour(t[i:]) > 0 {
				break loop
			}
			k := i
			for k < lim && t[k] == '\\' {
				k++
			}
			if k == lim {
				i = k - 1
				continue
			}
			once := (k-i)&(k-i-1) == 0 // an escape at some depth, not an escaped backslash
			switch n := t[k]; {
			case lex[n]&isQuote != 0, once && (n == 'n' || n == 'r' || n == 't'),
				once && (n == 'u' || n == 'x' || n == '0') && (escapedControl(t[k:]) || hasFold(t[k:], "u0022") || hasFold(t[k:], "u0027") || s.escapedMark(k, lim, i == from)):
				break loop
			}
			i = k - 1
		case '(':
			round++
		case '[':
			if wireEnd(t, i) {
				break loop
			}
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
		case '%':
			if i > from && encodedLine(t[i:lim]) {
				break loop
			}
		case ',', ';', '&', '|':
			if c == '&' && s.reference(i, lim) {
				break loop
			}
			if c == '&' && i > from && (i+1 == len(t) || lex[t[i+1]]&(isBlank|isEOL) != 0) {
				continue // nothing follows that it could join
			}
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

// encodedLine reports whether t begins with the percent-encoded end of a line
// behind which the next one begins with a name: %0aNext: or %0D%0Anext=.
func encodedLine(t []byte) bool {
	i := 0
	for i+2 < len(t) && t[i] == '%' && t[i+1] == '0' && (t[i+2]|0x20 == 'a' || t[i+2]|0x20 == 'd') {
		i += 3
	}
	k := i
	for k < len(t) && k-i < maxKey && lex[t[k]]&isKey != 0 {
		k++
	}
	return i > 0 && k > i && k < len(t) && (t[k] == ':' || t[k] == '=')
}

// escapedMark reports whether u0026, u003c or u003e at k, an ampersand or the marks
// of a tag as Go escapes them in JSON, ends a value: a pair, a tag or nothing follows.
// One that is first begins a placeholder.
func (s *Scanner) escapedMark(k, lim int, first bool) bool {
	t, i := s.text, k+len("u0026")
	switch {
	case hasFold(t[k:], "u003c"):
		return first || i >= len(t) || lex[t[i]]&isStop != 0 || t[i] == '/' || t[i] == '\\'
	case hasFold(t[k:], "u003e"):
		return i >= len(t) || lex[t[i]]&isWord == 0
	case !hasFold(t[k:], "u0026"):
		return false
	}
	return first || i >= len(t) || lex[t[i]]&isStop != 0 || t[i] == '\\' || s.nextPair(i, lim)
}

// wireEnd tells the line end of a wire log, [\r] or [\n], at any escape depth.
func wireEnd(t []byte, i int) bool {
	k := i + 1
	for k < len(t) && t[k] == '\\' {
		k++
	}
	return k > i+1 && k+1 < len(t) && (t[k] == 'r' || t[k] == 'n') && t[k+1] == ']'
}

// reference reports whether the ampersand at i begins &amp; before another
// pair, or a reference to what ends a value: a quote or a bracket of a tag.
func (s *Scanner) reference(i, lim int) bool {
	t := s.text
	for _, r := range [...]string{"&quot;", "&lt;", "&gt;", "&#34;", "&#39;"} {
		if hasFold(t[i:], r) {
			return true
		}
	}
	return hasFold(t[i:], "&amp;") && s.nextPair(i+len("&amp;"), lim)
}

// escapedControl reports whether what follows a backslash stands for a blank or
// a control character: u000a, x0a, 012.
func escapedControl(b []byte) bool {
	switch {
	case b[0] == 'u' && len(b) >= 5 && b[1] == '0' && b[2] == '0':
		b = b[3:]
	case b[0] == 'x' && len(b) >= 3:
		b = b[1:]
	case b[0] == '0' && len(b) >= 3: // octal, of three digits
		return b[1]-'0' < 4 && b[2]-'0' < 8 || b[1] == '4' && b[2] == '0'
	default:
		return false
	}
	return b[0]-'0' < 2 && lex[b[1]]&isHex != 0 || b[0] == '2' && b[1] == '0'
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
	from, word := i, uint16(0)
	for i < lim && i-from < 64 && (lex[t[i]]&isKey != 0 || i > from && (t[i] == '[' || t[i] == ']')) {
		word |= lex[t[i]] & isWord
		i++ // user[name]=
	}
	if word == 0 || i == lim {
		return false // dots and dashes are no name
	}
	if lex[t[i]]&isQuote != 0 {
		i++
	}
	return i < lim && (t[i] == '=' || t[i] == ':')
}
