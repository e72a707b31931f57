package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// Most names in logs are words of sentences, and most values under names of no
// great weight are numbers. These are told before anything else is tried.

// joining are the words that may stand between a name and its value.
func joining(w []byte) bool {
	switch string(w) {
	case "is", "was", "are", "be", "equals", "equal", "set", "to", "from", "with", "as", "by", "identified", "string", "str", "text",
		"has", "value", "now", "in", "changed", "reset", "updated", "used", "given", "will", "should", "must":
		return true
	}
	return false
}

// prose reports whether the name of p, with a blank in front, is followed by a
// lower-case word that is neither a value nor leads to one. What it is for may
// have one behind a colon; that is looked at here.
func (s *Scanner) prose(p *pair) bool {
	t := s.text
	i := p.keyEnd
	if s.trace != nil || i >= len(t) || t[i] != ' ' || t[p.keyStart]-'a' >= 26 {
		return false
	}
	i++
	w := i
	for i < len(t) && t[i]-'a' < 26 {
		i++
	}
	if i >= len(t) || i-w < 2 || t[i] != ' ' && t[i] != ',' && t[i] != '\n' || joining(t[w:i]) {
		return false
	}
	switch before := t[max(0, p.keyStart-maxKey):p.keyStart]; {
	case len(before) < 2:
	case before[len(before)-2] == '=' || before[len(before)-2] == ':':
		return false // a comparison, a member
	case before[len(before)-2] == 't' && bytes.HasSuffix(before, []byte("set ")), before[len(before)-2] == 'v' && bytes.HasSuffix(before, []byte("setenv ")):
		return false // SQL, a shell
	case s.logsIn(p.keyStart):
		return false // an entry of .netrc
	}
	if string(t[w:i]) == "for" || string(t[w:i]) == "of" {
		s.purpose(p)
	}
	return true
}

// logsIn reports whether "login " stands shortly before pos. It looks for the rarest
// letter, and not twice at the same text.
func (s *Scanner) logsIn(pos int) bool {
	lo := max(0, pos-maxKey)
	if s.noLogin.from <= lo && s.noLogin.to <= pos {
		lo = max(lo, s.noLogin.to-len("login"))
	}
	if hasLogin(s.text[lo:pos]) {
		return true
	}
	if lo > s.noLogin.to-len("login") || lo < s.noLogin.from {
		s.noLogin.from = lo
	}
	s.noLogin.to = pos
	return false
}

func hasLogin(b []byte) bool {
	for {
		i := bytes.IndexByte(b, 'g')
		if i < 0 {
			return false
		}
		if i >= 2 && bytes.HasPrefix(b[i-2:], []byte("login ")) {
			return true
		}
		b = b[i+1:]
	}
}

// trifle reports whether the value of p is a number or too short, which under a
// name of that weight is none that anybody keeps secret.
func (s *Scanner) trifle(p *pair, v names.Verdict) bool {
	if s.trace != nil || v.Strength > names.Medium || v.Class == names.PIN || v.Class == names.OTP || v.Class == names.Cookie {
		return false
	}
	t := s.text
	i := p.start
	for i < len(t) && lex[t[i]]&isDigit != 0 {
		i++
	}
	n := i - p.start
	number := n > 0 && n <= longestCount
	switch {
	case number && i < len(t) && (lex[t[i]]&(isBlank|isEOL) != 0 || t[i] == p.quote && p.depth == 0):
		return n < shortestWeak && lex[t[i]]&isKey == 0 || len(s.vendorBefore(p, v)) == 0
	case v.Strength == names.Weak && s.short(p, v), n == 1 && s.pointer(p, v):
		return true
	}
	return !number && s.shortWord(p, v)
}

// shortWord reports whether the value is a word too short for a secret under any
// name that is not strong.
func (s *Scanner) shortWord(p *pair, v names.Verdict) bool {
	if p.quote != 0 || v.Class == names.Auth {
		return false
	}
	t := s.text
	i := p.start
	for i < len(t) && i-p.start < shortestMedium && lex[t[i]]&isWord != 0 {
		i++
	}
	return i-p.start < shortestMedium && i > p.start && i < len(t) && lex[t[i]]&(isBlank|isEOL) != 0 && schemeOf(t[p.start:i]) == noScheme
}

// short reports whether the value of a weak name is too short for one and ends
// beyond doubt: a word between blanks, or a member of JSON.
func (s *Scanner) short(p *pair, v names.Verdict) bool {
	if s.close || s.budget < 0 || s.lookup != nil || p.kind != names.Attr || p.told || !shortIsNone(v.Class) || cookieName(s.nameOf(p)) {
		return false
	}
	t := s.text
	i := p.start
	for i < len(t) && i-p.start < shortestWeak && lex[t[i]]&isWord != 0 {
		i++
	}
	switch {
	case i == p.start || i-p.start > shortestWeak-2 || i+1 >= len(t):
		return false
	case p.quote == '"':
		if p.keyQuote == '"' && p.sep == ':' && p.depth == 0 && t[i] == '"' && t[i+1] != ' ' {
			s.cutShort(i)
			return true
		}
		return false
	}
	return p.quote == 0 && p.keyQuote == 0 && (p.sep == ':' || p.sep == '=') && lex[t[i]]&(isBlank|isEOL) != 0 && s.plainly(p)
}

// pointer reports whether the value is a number in hexadecimal, as ids of
// sessions are, between blanks: 0x14f05578bd80006.
func (s *Scanner) pointer(p *pair, v names.Verdict) bool {
	t, i := s.text, p.start+len("0x")
	if v.Class != names.Session && v.Class != names.Key || p.quote != 0 || p.keyQuote != 0 || p.kind != names.Attr || p.told || p.sep != ':' && (p.sep != '=' || p.start != p.keyEnd+1) ||
		s.close || s.budget < 0 || s.lookup != nil || !hasFold(t[p.start:], "0x") {
		return false
	}
	for i < len(t) && lex[t[i]]&isHex != 0 {
		i++
	}
	n, k := i-p.start, p.keyStart
	if n <= len("0x") || n > len("0x")+16 || i == len(t) || lex[t[i]]&(isBlank|isEOL) == 0 || k == 0 || lex[t[k-1]]&isQuote != 0 || optionMark(t[k-1]) {
		return false
	}
	whole := *p
	v = s.phrase(&whole, v)
	return v.Strength == names.None || v.Class == names.Session || v.Class == names.Key
}

// plainly reports whether no word before the name can make more of it, nor a
// quote before it more of its value.
func (s *Scanner) plainly(p *pair) bool {
	t, k := s.text, p.keyStart
	return k > 1 && lex[t[k-1]]&isQuote == 0 && !optionMark(t[k-1]) && (t[k-1] != ' ' || lex[t[k-2]]&isWord == 0)
}

// shortIsNone tells the classes under which a value that is too short for its
// name is none: not those of codes, nor of what holds credentials.
func shortIsNone(c names.Class) bool {
	switch c {
	case names.PIN, names.OTP, names.Cookie, names.Auth, names.Connection:
		return false
	}
	return true
}

// counts reports whether a short value that begins with a digit, and so is no
// word that leads to a value, stands plainly behind the name: "session: 42".
func (s *Scanner) counts(p *pair) bool {
	t, i := s.text, p.keyEnd
	if t[i] != ':' || s.budget < 0 || s.lookup != nil {
		return false
	}
	if i++; i < len(t) && t[i] == ' ' {
		i++
	}
	from := i
	if i == len(t) || lex[t[i]]&isDigit == 0 {
		return false
	}
	for i < len(t) && i-from < shortestWeak && lex[t[i]]&isWord != 0 {
		i++
	}
	return i-from < shortestWeak && i+1 < len(t) && lex[t[i]]&(isBlank|isEOL) != 0 && s.plainly(p)
}

const longestCount = 20 // digits of the largest 64-bit number
