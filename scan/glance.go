package scan

import "github.com/stanch/stanch/internal/names"

// Most names in which a stem occurs announce nothing (token_type, author), and
// most of the others are words of sentences or parts of paths. Both are told by
// the name and a byte to each side of it, before anything is parsed.

// glanced is what a first look at a name came to.
type glanced uint8

const (
	unclear glanced = iota // what stands before the name needs a look: p has the bounds of its key bytes
	parsed                 // p has the name; what follows it is to be looked at
	decided                // nothing more can come of the name
)

// glance finds the name that holds text[hs:he] and looks at the bytes beside it.
func (s *Scanner) glance(p *pair, hs, he int) glanced {
	t := s.text
	ks, ke := hs, he
	for lim := max(0, hs-maxKey); ks > lim && lex[t[ks-1]]&isKey != 0; ks-- {
	}
	for lim := min(len(t), ks+maxKey); ke < lim && lex[t[ke]]&isKey != 0; ke++ {
	}
	p.keyStart, p.keyEnd = ks, ke
	if ke-ks >= maxKey && ke < len(t) && lex[t[ke]]&isKey != 0 {
		s.passOver(ke)
		return decided
	}
	if s.trace != nil || s.close || ks == 0 || ks == ke || ke-ks > len(cachedName{}.name) {
		return unclear
	}
	before := t[ks-1]
	switch {
	case beside[before]&opensName != 0:
	case before == '[' && !colourWithin(t[ks:hs]):
	case before == ':' && !colourWithin(t[ks:hs]) && !qualified(t, ks):
	default:
		return unclear
	}
	if t[ks] == '-' || t[ks] == '.' {
		return unclear
	}
	for ke > he && (t[ke-1] == '-' || t[ke-1] == '.') {
		ke--
	}
	if ke == len(t) {
		return unclear
	}
	c := &s.cache.places[s.cached(t[ks:ke], names.Attr)]
	if c.marked {
		return unclear
	}
	p.keyEnd = ke
	switch {
	case before == ' ':
		if c.silent && c.several || s.prose(p) {
			s.keyDone = ke
			return decided
		}
		if ks > 1 && t[ks-2] == '=' {
			return parsed // a comparison
		}
		if t[ke] == ';' && ks > 1 && lex[t[ks-2]]&isWord != 0 && !beginsRow(t[ks-2]) && s.carry.kind != tableBelow {
			s.keyDone = ke
			return decided // a word of a sentence, and no cell
		}
	case c.silent && before != ':':
		s.keyDone = ke
		return decided
	case before == '=' || before == '>' && t[ke] == '<':
		return parsed
	}
	if beside[t[ke]]&endsAll != 0 || c.light && s.counts(p) {
		s.keyDone = ke
		return decided
	}
	return parsed
}

// crowd counts the work of a glance where names stand so close on a line that even
// that adds up: the one before ended at before. Elsewhere it costs next to nothing,
// and to count that would cost more.
func (s *Scanner) crowd(hs, before int) {
	if before == 0 || hs < before || s.trace != nil {
		return
	}
	for _, c := range s.text[before:hs] {
		if lex[c]&isEOL != 0 {
			return
		}
	}
	s.toll(hs, glanceToll)
}

const crowded = 12 // bytes between names

// colourWithin reports whether the parameters of a colour may end in b.
func colourWithin(b []byte) bool {
	for _, c := range b {
		if c == 'm' || c == 'K' {
			return true
		}
	}
	return false
}

// qualified reports whether the word before the colon at ks-1 may be the prefix
// of the name of an element.
func qualified(t []byte, ks int) bool {
	i := ks - 1
	for lim := max(0, i-20); i > lim && lex[t[i-1]]&isWord != 0; i-- {
	}
	return i > 0 && (lex[t[i-1]]&isWord != 0 || t[i-1] == '<' || t[i-1] == ';' || t[i-1] == '\\')
}

// jsonMember parses what joins most names to their values: "name": "value".
func (p *pair) jsonMember(t []byte) bool {
	i := p.keyEnd
	if i+4 >= len(t) || t[i] != '"' || t[i+1] != ':' {
		return false
	}
	i += 2
	blank := t[i] == ' '
	if blank {
		i++
	}
	if c := t[i+1]; t[i] != '"' || c == 0x1b || c == '\\' || c == '^' {
		return false // no string, or one that begins with a colour
	}
	p.keyQuote, p.sep, p.blankAfter = '"', ':', blank
	p.quote, p.quoteLen, p.start = '"', 1, i+1
	return true
}

// jsonValue reports whether the name is, or ends, the value of a member of JSON
// whose key does not say that it is the name of something.
func (p *pair) jsonValue(t []byte) bool {
	e, i := p.keyEnd, p.keyStart
	if e+1 >= len(t) || t[e] != '"' || t[e+1] != ',' && t[e+1] != '}' {
		return false
	}
	switch t[i-1] {
	case ' ', '\t', '=', '\\', '(', '{', ',', '\'', '`':
		return false // a comparison, a call, another sort of quote
	case '"':
	default: // the end of a string: /oauth/token
		for lim := max(0, i-maxMention); i > lim && (lex[t[i-1]]&(isKey|isBlank) != 0 || t[i-1] == '[' || t[i-1] == ':' || t[i-1] == '$'); i-- {
		}
		if i > 0 && t[i-1] == '/' {
			i--
		}
		if i == 0 || t[i-1] != '"' {
			return true
		}
	}
	i--
	if i > 0 && t[i-1] == ' ' {
		i--
	}
	if i == 0 || t[i-1] != ':' {
		return false
	}
	k, ok := memberBefore(t, i)
	return !ok || k.quote != 0 && !namesIt(t[k.from:k.to])
}

// idle reports whether a name is known to announce nothing, whatever follows
// it. One that more words could belong to is not, nor the name of an element.
func (s *Scanner) idle(p *pair, before byte) bool {
	if s.trace != nil || p.keyEnd == len(s.text) || before == '<' || before == ':' || before == ';' || before == '4' || before == 'c' || before == 'C' {
		return false
	}
	v, keyed := s.known(p)
	if v.Strength != names.None || len(keyed) > 0 {
		return false
	}
	return before != ' ' || severalWords(s.text[p.keyStart:p.keyEnd])
}

// Bytes beside a name.
const (
	opensName uint8 = 1 << iota // before it: part of no escape, flag, parameter or tag
	endsAll                     // behind it: no value follows, nor is the name a value or a cell
)

var beside = [256]uint8{
	0: opensName, '\t': opensName, '\n': opensName, '\r': opensName, ' ': opensName,
	'!': opensName, '"': opensName, '$': opensName | endsAll, '\'': opensName, '(': opensName | endsAll, ')': opensName,
	'*': opensName | endsAll, '+': opensName, ',': opensName, '/': opensName | endsAll, '=': opensName, '>': opensName | endsAll,
	'@': opensName | endsAll, ']': opensName, '^': opensName, '`': opensName, '{': opensName | endsAll, '|': opensName,
	'}': opensName, '~': opensName | endsAll, '<': endsAll, '#': endsAll,
}

// passOver has done with a run of bytes of names that is too long for one and
// goes on at i, but for a stem that may end it.
func (s *Scanner) passOver(i int) {
	t, from := s.text, i
	for i < len(t) && lex[t[i]]&isKey != 0 {
		i++
	}
	s.charge(from, i-from)
	s.keyDone = max(s.keyDone, i-longestStem)
}

const longestStem = 24 // bytes of the stem of a name
