package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// value parses the value of a pair, judges it, and records what must go.
func (s *Scanner) value(p *pair, v names.Verdict) {
	if s.exhausted(p, v) {
		return
	}
	t := s.text
	if p.quote == 0 && p.start < len(t) && t[p.start] == '{' && p.keyQuote != 0 {
		return // an object: its members have names of their own
	}
	jar := v.Class == names.Cookie || cookieName(t[p.keyStart:p.keyEnd])
	if jar || v.Class == names.Auth {
		end, closed := s.container(p)
		s.budget -= end - p.start
		s.noteEnd(p, v, end, closed)
		if jar {
			s.cookies(p, end, setCookie(t[p.keyStart:p.keyEnd]))
		} else {
			s.credentials(p, v, p.start, end)
		}
		return
	}
	if p.quote == 0 && p.start < len(t) && (t[p.start] == '[' || t[p.start] == '(') {
		s.list(p, v)
		return
	}
	end, closed := s.valueEnd(p, v)
	s.noteEnd(p, v, end, closed)
	s.take(p, v, p.start, end)
}

// noteEnd remembers a value that more text could prolong.
func (s *Scanner) noteEnd(p *pair, v names.Verdict, end int, closed bool) {
	if !closed && s.partial && v.Strength >= names.Medium {
		s.current, s.openQuote = s.e.class[v.Class], p.quote
		s.open(p.start)
	}
}

// list takes each quoted element of a list under a name, or else everything up
// to the closing bracket: ["v"], [v], [115 51].
func (s *Scanner) list(p *pair, v names.Verdict) {
	t := s.text
	close := byte(']')
	if t[p.start] == '(' {
		close = ')'
	}
	i := p.start + 1
	lim := len(t)
	for range 64 {
		for i < lim && (t[i] == ' ' || t[i] == ',') {
			i++
		}
		q, d, n := quoteAt(t, i, lim)
		if n == 0 {
			break
		}
		e := *p
		e.quote, e.depth, e.start = q, d, i+n
		end, closed := s.quotedEnd(&e)
		s.noteEnd(&e, v, end, closed)
		s.take(&e, v, e.start, end)
		if !closed {
			return
		}
		i = end + n
	}
	from := i
	for i < lim && t[i] != close && t[i] != '{' && t[i] != '[' && lex[t[i]]&(isEOL|isQuote) == 0 {
		i++
	}
	s.budget -= i - from
	if i > from && i < len(t) && t[i] == close {
		s.take(p, v, from, i)
	}
}

// exhausted reports whether looking for the ends of values has cost more than
// a text can ask for. Then what follows a sensitive name goes up to the end of
// its line, and nothing else on that line is looked at by name.
func (s *Scanner) exhausted(p *pair, v names.Verdict) bool {
	if s.budget >= 0 {
		return false
	}
	_, hi := s.line(p.keyEnd)
	if p.start < hi {
		x := s.found(s.e.class[v.Class], p.start, hi, finding.Likely, ByKey|Unclosed)
		x.KeyStart, x.KeyEnd = p.keyStart, p.keyEnd
	}
	s.keyDone = hi
	return true
}

// take judges text[start:end], the value of p, and records it as a span of the
// class's detector.
func (s *Scanner) take(p *pair, v names.Verdict, start, end int) {
	if start >= end {
		return
	}
	s.budget -= end - start
	value := s.text[start:min(end, start+maxJudged)]
	if p.keyQuote == 0 && p.quote == '"' && syntax(value) {
		return // the quote was the end of a string: {"msg":"password=","n":1}
	}
	c, ev, ok := s.judge(value, v, p)
	if !ok {
		return
	}
	x := s.found(s.e.class[v.Class], start, end, c, ev)
	x.KeyStart, x.KeyEnd = p.keyStart, p.keyEnd
	x.Bare = p.keyQuote == '"' && p.quote == 0 && p.sep == ':'
}

// weakRandom is the score over which a value under a weak name, or behind a
// bare scheme, looks random.
const weakRandom = 0.5

// judge decides whether a value under a name is a secret. What can be told
// from its length comes first: most values are no secrets.
func (s *Scanner) judge(value []byte, v names.Verdict, p *pair) (finding.Confidence, Evidence, bool) {
	if v.Class == names.PIN || v.Class == names.OTP {
		return s.judgeCode(value, v)
	}
	if v.Strength != names.Strong {
		if len(value) < shortestMedium || v.Strength == names.Weak && len(value) < shortestWeak || p.sep == ' ' && p.kind != names.Flag {
			return 0, 0, false
		}
	}
	if v.Strength != names.Strong && v.Class != names.Webhook && (p.quote == 0 && dump(value) || !judge.Credential(value)) {
		return 0, 0, false
	}
	if judge.Nothing(value) {
		return 0, 0, false
	}
	full, partial := judge.Mask(value)
	if full || partial && v.Strength != names.Strong || judge.Placeholder(value) || s.e.ours(value) {
		return 0, 0, false
	}
	credential := judge.Credential(value) || v.Class == names.Webhook && secretPath(value)
	if p.gap && p.quote == 0 && !credential {
		return 0, 0, false // "token_id= total=12": the value is empty
	}
	switch {
	case v.Class == names.Password && directory(value) && (p.kind != names.Flag && hasFold(s.text[max(p.keyStart, p.keyEnd-3):], "pwd")):
		return 0, 0, false
	case v.Strength == names.Strong:
		if credential {
			return finding.Certain, ByKey | ByEntropy, true
		}
		if countable(v.Class) && !credible(value) || p.sep == ' ' && p.kind != names.Flag && len(value) < 4 {
			return finding.Doubtful, ByKey, true
		}
		return finding.Likely, ByKey, true
	case credential && (v.Strength == names.Medium || judge.Random(value) > weakRandom):
		return finding.Likely, ByKey | ByEntropy, true
	}
	return finding.Doubtful, ByKey, true
}

// dump tells an object printed as Type{…} or Type(…).
func dump(v []byte) bool {
	i := 0
	for i < len(v) && lex[v[i]]&isWord != 0 {
		i++
	}
	return i > 0 && i < len(v) && v[0]-'A' < 26 && (v[i] == '{' || v[i] == '(')
}

// judgeCode judges a short numeric code or what it is derived from.
func (s *Scanner) judgeCode(value []byte, v names.Verdict) (finding.Confidence, Evidence, bool) {
	if judge.Nothing(value) && v.Strength != names.Strong || judge.Placeholder(value) || s.e.ours(value) {
		return 0, 0, false
	}
	if full, _ := judge.Mask(value); full {
		return 0, 0, false
	}
	digits := 0
	for _, c := range value {
		if lex[c]&isDigit != 0 {
			digits++
		}
	}
	switch {
	case digits == len(value) && (v.Strength == names.Strong && digits >= 3 || digits >= 4 && digits <= 8):
		return finding.Likely, ByKey, true
	case len(value) >= shortestMedium && judge.Credential(value):
		return finding.Certain, ByKey | ByEntropy, true
	}
	return finding.Doubtful, ByKey, true
}

// directory tells the value of PWD in its other sense.
func directory(v []byte) bool {
	return v[0] == '/' || v[0] == '~' || len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/')
}

// maxJudged is how much of a value is judged; a longer one is judged by its start.
const maxJudged = 4 << 10

// secretPath reports whether the last segment of an address is what makes it a secret.
func secretPath(url []byte) bool {
	i := bytes.LastIndexByte(url, '/')
	return i > 0 && len(url)-i > shortestWeak && judge.Credential(url[i+1:])
}

// The shortest values that can be secrets under names that are not strong.
const (
	shortestMedium = 8
	shortestWeak   = 20
)

// countable tells the classes whose names also count things or name states
// (tokens, keys): a number or a plain word under them is no secret.
func countable(c names.Class) bool {
	switch c {
	case names.Token, names.Key, names.Session, names.Signature:
		return true
	}
	return false
}

// credible is the test a value under a countable name has to pass: not a
// number and not a single word of letters.
func credible(v []byte) bool {
	var digits, others int
	for _, c := range v {
		switch {
		case lex[c]&isDigit != 0:
			digits++
		case c|0x20 < 'a' || c|0x20 > 'z':
			others++
		}
	}
	if digits == len(v) {
		return len(v) >= 12
	}
	if digits+others == 0 {
		return len(v) >= 16
	}
	return len(v) >= 6
}

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
		case lex[c]&isEOL != 0 || c == 0x1b:
			return i, true
		case c == '"' || c == '\'' || c == '`':
			if !p.blankQuoteAllowed(t, i) {
				return i, true
			}
		case c == '\\':
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
	mod, want := 1<<(p.depth+1), 1<<p.depth-1
	slashes := 0
	for i := p.start; i < lim; i++ {
		c := t[i]
		if c == '\\' {
			slashes++
			continue
		}
		if c == p.quote {
			switch r := slashes % mod; {
			case r == want:
				if c == '\'' && p.depth == 0 && i > p.start && i+1 < len(t) && t[i+1] == '\'' {
					i++ // '' inside '...' (SQL, YAML)
					slashes = 0
					continue
				}
				return i - slashes%mod, true
			case r < want:
				return i - r, true // the string around this one ends
			}
		} else if lex[c]&isEOL != 0 {
			return i, true
		}
		slashes = 0
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
		for i < lim && lex[t[i]]&isEOL == 0 && t[i] != 0x1b && !(t[i] == '#' && t[i-1] == ' ') {
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
	return i > from && i+1 < len(t) && lex[t[i-1]]&lex[t[i+1]]&isWord != 0 && !s.nextPair(i+1, len(t))
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

// syntax reports whether v is nothing but what stands between the strings of JSON.
func syntax(v []byte) bool {
	for _, c := range v {
		if c != ',' && c != ':' && c != '[' && c != ']' && c != '{' && c != '}' && c != ' ' {
			return false
		}
	}
	return true
}
