package scan

import (
	"bytes"
	"slices"

	"github.com/stanch/stanch/internal/names"
)

// Bounds of what is looked at around a field name.
const (
	maxKey  = 96  // bytes of a name
	maxGlue = 32  // bytes between a name and its separator, and after it
	maxTag  = 256 // bytes of attributes in an opening tag
)

// pair is a place where a name meets a value.
type pair struct {
	keyStart, keyEnd int
	kind             names.Kind
	sep              byte // ':' '=' '>' (tag) ' ' (flag or SQL)
	keyQuote         byte // quote around the name, 0 for none
	depth            int  // escape depth of keyQuote or, failing that, of the value's quote
	quote            byte // quote that opens the value, 0 for none
	quoteLen         int  // bytes of that quote, with its escapes
	start            int  // first byte of the value
	until            int  // its end, where the parser of the pair knows it
	encoded          bool // the separators around are percent-encoded
	argument         bool // the value ends with a NUL or its escape, as arguments and variables of processes do
	gap              bool // blanks after a separator that had none before it
	blankAfter       bool // blanks between separator and value
	told             bool // a sentence, see sentence
	worded           bool // the name is of two words, and strong
	idle             bool // the name announces nothing

	far  *carriedName // the name, if it stands elsewhere
	at   int          // where the key of the value is, if that is not the name
	line bool         // that key, or the value, begins its line
	deep int          // depth of the string the line is in, -1 for none
}

// field handles a hit of a stem of the sensitive names: it finds the whole
// name, what joins it to a value, and the value, all by looking at the bytes
// around the hit.
func (s *Scanner) field(hs, he int) {
	if hs < s.keyDone {
		return // another stem of a name that was dealt with
	}
	if hs < s.taken {
		if s.inner++; s.inner > innerNames {
			return
		}
	}
	var p pair
	before := s.keyDone
	seen := s.glance(&p, hs, he)
	if seen == decided {
		if hs-before <= crowded {
			s.crowd(hs, before)
		}
		return
	}
	if s.trace == nil {
		s.toll(hs, hitToll)
	}
	ok := false
	switch {
	case seen == unclear:
		ok = s.pairAt(&p, hs, he)
	case p.jsonMember(s.text):
		ok = true
	case p.jsonValue(s.text):
		s.keyDone = p.keyEnd
		return
	default:
		ok = s.separator(&p, false)
	}
	if p.idle {
		s.keyDone = p.keyEnd
		return
	}
	if !ok {
		s.keyDone = max(s.keyDone, p.keyEnd)
		s.alone(&p)
		return
	}
	s.keyDone = p.keyEnd
	if p.sep == '|' && s.heading(&mention{pair: p, open: p.keyStart, close: p.keyEnd}) {
		return
	}
	v, keyed := s.known(&p)
	if v.Strength == names.Medium && v.Class == names.Token && slices.ContainsFunc(keyed, func(d int32) bool { return s.e.brand[d] }) {
		v.Strength = names.Strong // a vendor's token is no counter and no state
	}
	if len(keyed) == 0 {
		if s.trifle(&p, v) {
			return
		}
		keyed = s.vendorBefore(&p, v)
	}
	if v.Strength >= names.Medium && s.elsewhere(&p) {
		return
	}
	s.meet(&p, v, keyed)
}

// alone handles a name that no value follows.
func (s *Scanner) alone(p *pair) {
	had := len(s.spans)
	if p.keyEnd > 0 && p.sep == 0 && s.announces(p) {
		if s.trace == nil {
			s.toll(p.keyEnd, aloneToll)
		}
		s.compared(p)
		s.purpose(p)
		if len(s.spans) == had {
			s.apart(p)
		}
		if len(s.spans) == had && p.keyEnd < len(s.text) && s.text[p.keyEnd] == ' ' {
			s.passwordClause(p)
		}
	}
	if len(s.spans) == had {
		s.dropName(p, NoValue)
	}
}

// elsewhere handles a pair in which something stands for the value: nothing up
// to the end of the line, the mark of a block scalar, the place of a parameter.
func (s *Scanner) elsewhere(p *pair) bool {
	i := p.start
	if i >= len(s.text) {
		return false
	}
	switch c := s.text[i]; c {
	case '?', '$', '{', '%':
		return s.placeholder(p)
	case '|', '>', '<', '\\':
		return s.below(p)
	case '[':
		return s.opensList(p, i)
	default:
		return lex[c]&isEOL != 0 && s.below(p)
	}
}

// meet tries what a name is known for on its value.
func (s *Scanner) meet(p *pair, v names.Verdict, keyed []int32) {
	whole := false
	for _, d := range keyed {
		s.current = d
		if s.keyedValue(d, p) && s.wholeValue(p) {
			whole = true
		}
	}
	if whole {
		return
	}
	v = s.phrase(p, v)
	switch {
	case v.Strength == names.None:
		s.dropName(p, OtherName)
	case s.e.class[v.Class] < 0:
		s.dropName(p, DetectorOff)
	default:
		s.value(p, v)
	}
}

// pairAt parses the name that holds text[hs:he], whose key bytes p has the
// bounds of, and what follows it up to the first byte of a value.
func (s *Scanner) pairAt(p *pair, hs, he int) bool {
	t := s.text
	ks, ke := p.keyStart, p.keyEnd
	p.keyStart, p.keyEnd = 0, 0
	// An escape in front of the name is not part of it: \npassword, %26token.
	if ks > 0 && ks < hs {
		switch t[ks-1] {
		case '\\':
			for k := 1; k <= 5 && ks+k <= hs; k++ {
				if escapeBefore(t, ks+k) == k+1 {
					ks += k
					break
				}
			}
		case '%':
			if ks+2 <= hs && escapeBefore(t, ks+2) == 3 {
				ks += 2
			}
		case '[', ';', ':':
			for k := 1; k <= 12 && ks+k <= hs; k++ {
				if (t[ks+k-1] == 'm' || t[ks+k-1] == 'K') && colourBefore(t, ks+k) > 0 {
					ks += k
					break
				}
			}
		}
	}
	dashes := 0
	for ks < hs && (t[ks] == '-' || t[ks] == '.') {
		if t[ks] == '-' {
			dashes++
		}
		ks++
	}
	for ke > he && (t[ke-1] == '-' || t[ke-1] == '.') {
		ke--
	}
	if i := s.marker(ks, ke); i >= 0 {
		if s.e.marked(t, ks+i, ke) {
			return false
		}
		// A marker in front of the name is no part of it.
		for j := ke; j > ks+i+len(markerStart); j-- {
			if s.e.vocabulary.Is(t[ks+i : j]) {
				if ks = j; ks > hs {
					return false
				}
				break
			}
		}
	}
	p.keyStart, p.keyEnd = ks, ke
	var before byte
	if ks > dashes {
		before = t[ks-dashes-1]
	}
	flag := dashes > 0 && (ks == dashes || lex[before]&(isBlank|isQuote|isEOL) != 0 || before == ',' || before == '[' || escapeBefore(t, ks-dashes) > 0)
	switch {
	case flag:
		p.kind = names.Flag
	case before == '?' || before == '&' || before == '#':
		p.kind = names.Query
	case before == ';' && ks >= 5 && hasFold(t[ks-5:], "&amp;"):
		p.kind = names.Query
	case before == '6' && escapeBefore(t, ks) > 0: // %26, \u0026
		p.kind = names.Query
		p.encoded = escapeBefore(t, ks) == 3
	}
	if p.kind == names.Attr && s.idle(p, before) {
		p.idle = true
		return false
	}
	if before == ' ' && p.kind == names.Attr && s.prose(p) {
		p.idle = true
		return false
	}
	if less := escapedLess(t, ks); less != nil {
		return s.escapedElement(p, less)
	}
	if before == '<' || before == ':' && openTag(t, ks) {
		if i, ok := s.tag(ke); ok && !placeTag(t, ks, i) && s.markup(ks, i) {
			p.kind, p.sep, p.start = names.XML, '>', i
			return true
		}
		return false
	}
	return s.separator(p, flag)
}

// announces reports whether a name says anything of a value at all.
func (s *Scanner) announces(p *pair) bool {
	v, keyed := s.known(p)
	return v.Strength != names.None || len(keyed) > 0
}

// marker returns where a marker begins in text[lo:hi], or -1. Few names have a
// hyphen.
func (s *Scanner) marker(lo, hi int) int {
	name := s.text[lo:hi]
	if len(name) <= len(markerStart) || bytes.IndexByte(name, '-') < 0 {
		return -1
	}
	return bytes.Index(name, markerStart)
}

// placeTag reports whether <name> stands for a value to be filled in: it is one
// itself, and nothing closes it.
func placeTag(t []byte, ks, i int) bool {
	k := ks - 2
	for k > 0 && (lex[t[k]]&(isQuote|isBlank) != 0 || t[k] == '\\') {
		k--
	}
	if i < len(t) && (lex[t[i]]&isWord != 0 || t[i] == '&') {
		return false // text begins at once
	}
	if k > 0 && t[k] == 'm' {
		k -= escapeBefore(t, k+1)
	}
	return k > 0 && (t[k] == '=' || t[k] == ':' || t[k] == '>' && t[k-1] == '=') && !bytes.Contains(t[i:min(len(t), i+maxTag)], []byte("</"))
}

// openTag reports whether the name at ks is the local part of <prefix:name.
func openTag(t []byte, ks int) bool {
	i := ks - 1
	for lim := max(0, i-20); i > lim && lex[t[i-1]]&isWord != 0; i-- {
	}
	return i > 0 && t[i-1] == '<'
}

// tag skips the rest of an opening XML tag and returns where its text begins.
func (s *Scanner) tag(i int) (int, bool) {
	t := s.text
	for lim := min(len(t), i+maxTag); i < lim; i++ {
		switch t[i] {
		case '>':
			if t[i-1] == '/' {
				return 0, false
			}
			i++
			if len(t)-i > len(cdata) && string(t[i:i+len(cdata)]) == cdata {
				i += len(cdata)
			}
			return i, true
		case '<', '\n', '\r':
			return 0, false
		}
	}
	if i == len(t) {
		s.open(i)
	}
	return 0, false
}

const cdata = "<![CDATA["

// separator parses from the end of the name to the first byte of the value.
func (s *Scanner) separator(p *pair, flag bool) bool {
	t := s.text
	i := p.keyEnd
	lim := min(len(t), i+maxGlue)
	if i+2 < lim && (t[i] == '%' || t[i] == '\\' || t[i] == '&' || t[i] == '=' && t[i+1] == '3') && s.escapedName(p) {
		return false
	}
	if q, d, n := quoteAt(t, i, lim); n > 0 {
		p.keyQuote, p.depth = q, d
		i += n
	}
	seen, comparison := false, false
	blanks := 0
	for i < lim {
		c := t[i]
		if c == 0x1b || c == '\\' || c == '^' {
			if n := colour(t[i:]); n > 0 {
				i += n
				lim = min(len(t), max(lim, i+maxGlue/2))
				if q, d, n := quoteAt(t, i, lim); n > 0 && !seen && p.keyQuote == 0 && blanks == 0 {
					p.keyQuote, p.depth = q, d
					i += n
				}
				continue
			}
		}
		switch {
		case c == ' ' || c == '\t':
			i++
			blanks++
			continue
		case c == '\\' && !seen && i+1 < lim && t[i+1] == 't': // a tab, escaped
			i += 2
			blanks++
			continue
		case c == 0x1b:
			return false
		case seen:
		case c == ']' || c == ')':
			if blanks == 0 && p.keyEnd == i || p.keyQuote != 0 {
				if c == ']' && p.keyQuote == 0 && i+1 < lim && t[i+1] == ':' && (p.keyStart == 0 || t[p.keyStart-1] != '[') {
					return false // gdm-password]: the name of a program
				}
				i++
				continue
			}
			return false
		}
		if seen {
			if p.sep == ':' && blanks > 0 {
				if n := declaredType(t[i:lim]); n > 0 {
					p.sep, p.gap = '=', false
					i += n
					continue
				}
			}
			break
		}
		n := 0
		switch c {
		case '=':
			p.sep, n = '=', 1
			for i+n < lim && n < 3 && (t[i+n] == '=' || t[i+n] == '>') {
				n++
			}
			if n == 1 {
				n += greater(t[i+n : lim]) // =\u003e
			}
			if comparison = n > 2 && t[i+n-1] == '='; comparison && i+n < lim && t[i+n] == '=' {
				return false // a rule of equals signs
			}
		case '!':
			if i+1 < lim && t[i+1] == '=' {
				p.sep, n, comparison = '=', 2, true
				if i+n < lim && t[i+n] == '=' {
					n++
				}
			}
		case '[':
			if blanks == 0 {
				if k := subscript(t[i:lim]); k > 0 {
					i += k
					continue
				}
			}
		case ':':
			p.sep, n = ':', 1
			for i+n < lim && n < 3 && t[i+n] == ':' {
				n++
			}
			if i+n < lim && t[i+n] == '=' {
				n++
			}
			if i+2 < len(t) && t[i+1] == '/' && t[i+2] == '/' {
				return false // a URL scheme
			}
		case '-':
			switch k := greater(t[min(i+1, lim):lim]); {
			case k > 0:
				p.sep, n = '=', 1+k
			case blanks > 0 && i+2 < lim && t[i+1] == ' ' && (t[i+2] == '\'' || t[i+2] == '"'):
				p.sep, n = '=', 1 // token - 'value'
			}
		case '?', '.', '+':
			if i+1 < lim && t[i+1] == '=' {
				p.sep, n = '=', 2
			}
		case '%':
			if hasFold(t[i:], "%3d") || hasFold(t[i:], "%3a") {
				p.sep, n = '=', 3
				p.kind, p.encoded = names.Query, true
			}
		case '\\':
			if hasFold(t[i:], `\u003d`) || hasFold(t[i:], `\u003a`) {
				p.sep, n = '=', 6
			}
		case '&':
			if hasFold(t[i:], "&#61;") {
				p.sep, n = '=', 5
			}
		case ';':
			if p.keyQuote == '"' && p.depth == 0 && blanks == 0 { // "name";s:5:"value"
				if k := serialized(t[i:lim]); k > 0 {
					p.sep, n = '=', k
				}
			}
		case '|':
			if blanks > 0 {
				p.sep, n = '|', 1
			}
		case ',':
			if p.keyQuote != 0 && (flag || p.call(t)) ||
				p.keyQuote == 0 && (constant(t[p.keyStart:p.keyEnd]) && quotedNext(t[i:]) || p.keyStart > 0 && t[p.keyStart-1] == '{') {
				p.sep, n = ',', 1 // "--token", "value"; setProperty("token", "value"); {token,"value"}
			}
		}
		if n == 0 {
			if blanks > 0 {
				if k := typeNote(t[i:lim]); k > 0 && !flag {
					i += k
					continue
				}
			}
			break
		}
		seen = true
		p.gap = blanks == 0
		blanks = 0
		i += n
	}
	p.blankAfter = seen && blanks > 0
	p.gap = p.gap && p.blankAfter && p.sep == '='
	if !seen {
		if i >= lim && i == len(t) {
			s.open(i)
		}
		if n := nul(t[i:]); flag && n > 0 && blanks == 0 && i+n < len(t) && t[i+n] != '-' { // --flag NUL value
			p.sep, p.start, p.argument = ' ', i+n, true
			return true
		}
		// --flag value, and PASSWORD 'value' of SQL and prose.
		if blanks == 0 || i >= len(t) {
			return false
		}
		q, d, _ := quoteAt(t, i, min(len(t), i+maxGlue))
		quoted := q == '\'' || q == '"'
		if quoted && p.keyQuote == 0 && p.keyStart > 0 && t[p.keyStart-1] == t[i] {
			return false // "Bearer "+token
		}
		if !flag && !quoted && !p.netrc(t) && !p.setenv(t) {
			return blanks == 1 && t[i] != '$' && s.sentence(p, i)
		}
		if flag && t[i] == '-' {
			return false
		}
		if p.keyQuote != 0 && (flag || q != p.keyQuote || d != p.depth) {
			return false
		}
		p.sep = ' '
		p.told = !flag && quoted
	}
	if i >= len(t) {
		s.open(i)
		return false
	}
	if seen {
		i = s.wrapper(i)
	}
	q, d, n := quoteAt(t, i, min(len(t), i+maxGlue))
	if comparison && n == 0 {
		return false // of two names
	}
	if n > 0 && (q != '%' || p.encoded || p.keyQuote == '%') {
		if q == '"' && p.keyQuote == 0 && (endsString(t, i+n-1) && s.inStringAt(p.keyStart, d) || d == 0 && nextField(t[i+n:])) {
			return false // the string that holds the name ends: the value is empty
		}
		p.quote, p.depth, p.quoteLen = q, d, n
		i += n
	}
	if p.quote == 0 && p.sep == ',' && p.keyQuote == 0 {
		return false // {token,Value} names a variable
	}
	if i >= len(t) {
		s.open(i)
		return false
	}
	p.start = i + colours(t[i:])
	return true
}

// netrc reports whether the name is the last of an entry of a .netrc file on
// one line: machine HOST login USER password.
func (p *pair) netrc(t []byte) bool {
	if string(t[p.keyStart:p.keyEnd]) != "password" {
		return false
	}
	i := p.keyStart
	lo := max(0, i-maxTag)
	for _, word := range [...]string{"login", "machine"} {
		for range 2 { // the value in front of us, then its name
			for i > lo && lex[t[i-1]]&isBlank != 0 {
				i--
			}
			e := i
			for i > lo && lex[t[i-1]]&isStop == 0 {
				i--
			}
			if i == e {
				return false
			}
		}
		if !bytes.HasPrefix(t[i:], []byte(word)) || lex[t[i+len(word)]]&isBlank == 0 {
			return false
		}
	}
	return true
}

// serialized returns the length of what PHP's serialize writes between a name
// and the quote of a string, or 0.
func serialized(t []byte) int {
	if !hasFold(t, ";s:") {
		return 0
	}
	i := len(";s:")
	for i < len(t) && lex[t[i]]&isDigit != 0 {
		i++
	}
	if i+1 < len(t) && t[i] == ':' && t[i+1] == '"' {
		return i + 1
	}
	return 0
}

// setenv reports whether the name follows a command that takes a variable and
// its value as two words: setenv of csh, ENV of a Dockerfile, SetEnv of Apache.
func (p *pair) setenv(t []byte) bool {
	i := p.keyStart
	for _, w := range [...]string{"setenv ", "ENV ", "SetEnv "} {
		if k := i - len(w); k >= 0 && string(t[k:i]) == w && (k == 0 || lex[t[k-1]]&isWord == 0) {
			return true
		}
	}
	return false
}

// typeNote returns the length of a type between a name and its separator, as
// in "var token string = …".
func typeNote(t []byte) int {
	for _, w := range [...]string{"string", "str", "text"} {
		if len(t) > len(w) && hasFold(t, w) && (t[len(w)] == ' ' || t[len(w)] == '=') {
			return len(w)
		}
	}
	return 0
}

// nul returns the length of a NUL at t[0], as a byte or as \u0000 or \x00.
func nul(t []byte) int {
	if len(t) == 0 {
		return 0
	}
	if t[0] == 0 {
		return 1
	}
	k := 0
	for k < len(t) && t[k] == '\\' {
		k++
	}
	switch {
	case k > 0 && hasFold(t[k:], "u0000"):
		return k + 5
	case k > 0 && hasFold(t[k:], "x00"):
		return k + 3
	}
	return 0
}

// call reports whether the quoted name is the first argument of a call or the
// first of a pair: ("name", …, {"name", ….
func (p *pair) call(t []byte) bool {
	i := p.keyStart - 1
	for i > 0 && (t[i] == '\\' || lex[t[i]]&(isQuote|isBlank) != 0) {
		i--
	}
	return i >= 0 && (t[i] == '(' || t[i] == '{') || i > 0 && p.keyQuote != 0 && t[i] == ',' && setWord(t, i)
}

// setWord reports whether the element that ends before the comma at i is "set":
// ["configure","set","name","value"].
func setWord(t []byte, i int) bool {
	for i > 0 && (t[i-1] == '\\' || lex[t[i-1]]&isQuote != 0) {
		i--
	}
	return i > 3 && string(t[i-3:i]) == "set" && lex[t[i-4]]&isQuote != 0
}

// quoteAt parses a quote at t[i]: the quote byte, its escape depth and its
// length with backslashes. Depth n is written with 2^n-1 backslashes.
func quoteAt(t []byte, i, lim int) (q byte, depth, n int) {
	k := i
	for k < lim && t[k] == '\\' {
		k++
	}
	if k >= lim {
		return 0, 0, 0
	}
	if lex[t[k]]&isQuote == 0 {
		if k == i+1 && hasFold(t[i:], `\u0022`) {
			return 'u', 1, 6
		}
		if t[k] == '&' && hasFold(t[k:], "&quot;") {
			return '&', 0, 6
		}
		if t[k] == '%' && hasFold(t[k:], "%22") {
			return '%', 0, 3
		}
		return 0, 0, 0
	}
	for b := k - i; b > 0; b >>= 1 {
		depth++
	}
	return t[k], depth, k - i + 1
}

// hasFold reports whether t begins with the lower-case ASCII string p in either case.
func hasFold(t []byte, p string) bool {
	if len(t) < len(p) {
		return false
	}
	for i := range len(p) {
		c := t[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c != p[i] {
			return false
		}
	}
	return true
}
