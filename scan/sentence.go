package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/match"
)

// Names and values in sentences: "password is hunter22", "using API key 3f… for
// org 42". Nothing but a blank or a verb joins them, so the value has to speak
// for itself: it looks like a credential or, as a password, at least like no word.

// verbs are what may join a name to a value in a sentence.
var verbs = [...]string{"is ", "is: ", "was ", "was: ", "set to ", "set to: ", "changed to ", "reset to ", "is now ", "is set to ",
	"provided: ", "refreshed: ", "received: ", "generated: ", "created: ", "issued: "}

// announcing words stand before the name of a value that follows at once.
var announcing = [...]string{"with", "using", "tried", "trying", "generated", "temporary", "initial", "new", "old", "default", "wrong", "invalid", "bad", "incorrect", "admin", "root"}

// spokenValue is how what follows "token " must go on to be worth a look:
// longer than most words are.
var spokenValue = match.Gate{Class: spokenClass(), Min: 14}

func spokenClass() match.Class {
	c := match.Class{1<<'+' | 1<<'-' | 1<<'.' | 1<<'/' | 1<<'=', 1<<('_'-64) | 1<<('['-64)}
	c.AddRange('0', '9')
	c.AddRange('A', 'Z')
	c.AddRange('a', 'z')
	return c
}

// sentence parses what follows the name of p and the blank at i-1, where no
// separator is.
func (s *Scanner) sentence(p *pair, i int) bool {
	t := s.text
	if p.kind != names.Attr || p.keyQuote != 0 || i != p.keyEnd+1 || i >= len(t) || !s.startsWord(p.keyStart) {
		return false
	}
	s.toll(i, sentenceToll)
	verb := false
	for _, v := range verbs {
		if hasFold(t[i:], v) {
			i, verb = i+len(v), true
			break
		}
	}
	switch {
	case verb:
	case hasFold(t[i:], "from '") || hasFold(t[i:], `from "`):
		i += len("from ")
	case hasFold(t[i:], "must not be ") && quoteBehindBlank(t, i+len("must not be")): // what a validator refused
		i, verb = i+len("must not be "), true
	case string(t[p.keyStart:p.keyEnd]) == "PASSWORD" && accountAhead(t, i) > 0: // PASSWORD elastic = …
		i, verb = i+accountAhead(t, i), true
	case hasFold(t[i:], "to ") && s.setting(p):
		i, verb = i+len("to "), true
	}
	if i == len(t) {
		s.open(i)
		return false
	}
	if q, d, n := quoteAt(t, i, min(len(t), i+maxGlue)); n > 0 {
		if q == '"' && endsString(t, i+n-1) && s.inString(p.keyStart) {
			return false
		}
		p.quote, p.depth = q, d
		i += n
	} else if t[i] == '/' && !verb && !s.strongPassword(p) && paddedAhead(t, i) {
		// base64 may begin with anything
	} else if lex[t[i]]&isWord == 0 && (t[i] == '{' || t[i] == '<' || t[i] == '-' || !verb && t[i] != '[') || pairAhead(t, i) || lowerWord(t, i) || !verb && t[i] != '[' && s.strongPassword(p) && !s.announced(p) {
		return false
	}
	if hasFold(t[i:], "0x") || i < len(t) && t[i] == '<' {
		return false // an address, a special token
	}
	p.sep, p.told, p.start = ' ', true, i
	return true
}

// quoteBehindBlank reports whether a blank and a quote stand at i.
func quoteBehindBlank(t []byte, i int) bool {
	_, _, n := quoteAt(t, i+1, min(len(t), i+1+maxGlue))
	return n > 0
}

// accountAhead returns the length of "name = " at i, or 0.
func accountAhead(t []byte, i int) int {
	k := i
	for k < len(t) && k-i < maxKey && lex[t[k]]&isKey != 0 {
		k++
	}
	if k == i || !hasFold(t[k:], " = ") {
		return 0
	}
	return k + len(" = ") - i
}

// pairAhead reports whether name=value or name: value stands at i: not a value
// that ends in equals signs, as base64 does.
func pairAhead(t []byte, i int) bool {
	from := i
	for i < len(t) && i-from < maxKey && lex[t[i]]&isKey != 0 {
		i++
	}
	return i > from && i+1 < len(t) && (t[i] == '=' && t[i+1] != '=' && lex[t[i+1]]&isStop == 0 || t[i] == ':' && lex[t[i+1]]&isKey == 0)
}

// lowerWord reports whether a word of lower-case letters alone stands at i, and ends.
func lowerWord(t []byte, i int) bool {
	for i < len(t) && t[i]-'a' < 26 {
		i++
	}
	return i < len(t) && (lex[t[i]]&isStop != 0 || i+1 < len(t) && lex[t[i]]&isKey == 0 && lex[t[i+1]]&isStop != 0)
}

// strongPassword reports whether passwords are what the name of p announces:
// any word may follow it.
func (s *Scanner) strongPassword(p *pair) bool {
	v, _ := s.known(p)
	return wholeLine(v.Class)
}

// announced reports whether the word before the name of p says that its value
// comes next.
func (s *Scanner) announced(p *pair) bool {
	i := wordBefore(s.text, p.keyStart)
	return among(s.text[i:max(i, p.keyStart-1)], announcing[:])
}

// setting reports whether one of the two words before the name of p tells
// that it gets a value: "setting DB password to".
func (s *Scanner) setting(p *pair) bool {
	for i, n := p.keyStart, 0; n < 2; n++ {
		k := wordBefore(s.text, i)
		if k == i {
			break
		}
		if among(s.text[k:i-1], setters[:]) {
			return true
		}
		i = k
	}
	return false
}

var setters = [...]string{"set", "sets", "setting", "change", "changed", "changing", "reset", "resetting", "update", "updated", "updating"}

func among(w []byte, list []string) bool {
	for _, x := range list {
		if len(x) == len(w) && hasFold(w, x) {
			return true
		}
	}
	return false
}

// wordBefore returns where the word of letters begins that stands before the
// one at i, with a blank between them; i itself if there is none.
func wordBefore(t []byte, i int) int {
	if i < 2 || t[i-1] != ' ' {
		return i
	}
	k := i - 1
	for lim := max(0, k-longestWord); k > lim && (t[k-1]|0x20)-'a' < 26; k-- {
	}
	// The end of an escape is no letter: \npassword, ESC[1mpassword.
	if k > 0 && (t[k-1] == '\\' || lex[t[k-1]]&isDigit != 0 || t[k-1] == '[') && escapeBefore(t, k+1) > 0 {
		k++
	}
	if k == i-1 || k > 0 && escapeBefore(t, k) == 0 && lex[t[k-1]]&isKey != 0 {
		return i
	}
	return k
}

// startsWord reports whether no name or path goes on before i.
func (s *Scanner) startsWord(i int) bool {
	if i == 0 {
		return true
	}
	switch c := s.text[i-1]; {
	case lex[c]&(isStop|isQuote) != 0, c == '(', c == '[':
		return true
	}
	return escapeBefore(s.text, i) > 0
}

// spoken tells a password that people choose from the words of a sentence:
// letters and digits together that are no name of an algorithm.
func (s *Scanner) spoken(v []byte, w names.Verdict, p *pair) bool {
	if w.Strength != names.Strong || !wholeLine(w.Class) || len(v) < 6 || len(v) > 64 {
		return false
	}
	switch judge.Benign(v) {
	case judge.None, judge.Words, judge.Host, judge.Label:
	default:
		return false
	}
	letters, digits := 0, 0
	for _, c := range v {
		switch {
		case lex[c]&isDigit != 0:
			digits++
		case (c|0x20)-'a' < 26:
			letters++
		}
	}
	return letters >= 3 && digits >= 1 && !technical(v)
}

// chosen tells a password that people choose under a name that may mean
// something else, such as pass.
func (s *Scanner) chosen(v []byte, w names.Verdict, p *pair) bool {
	digits := 0
	for _, c := range v {
		if lex[c]&isDigit != 0 {
			digits++
		}
	}
	if len(v) < shortestMedium || digits < 2 {
		return false
	}
	w.Strength = names.Strong
	return s.spoken(v, w, p)
}

// technical tells names of algorithms and encodings, which are letters and
// digits as well.
func technical(v []byte) bool {
	for part := range bytes.FieldsFuncSeq(v, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '/' }) {
		for _, w := range [...]string{"sha", "md", "base", "utf", "argon", "pbkdf", "bcrypt", "scrypt", "oauth", "http", "x509", "pkcs", "aes", "hmac", "ed", "rsa", "scram", "ipv", "rs", "hs", "es", "ps"} {
			if hasFold(part, w) && (number(part[len(w):]) || len(part) == len(w) && len(w) > 2) {
				return true
			}
		}
	}
	return false
}

// number reports whether v is digits, perhaps with a letter or two at the end.
func number(v []byte) bool {
	n := 0
	for n < len(v) && lex[v[n]]&isDigit != 0 {
		n++
	}
	return n > 0 && len(v)-n <= 2
}

// paddedAhead reports whether base64 that ends in equals signs stands at i.
func paddedAhead(t []byte, i int) bool {
	k := i
	for k < len(t) && lex[t[k]]&isBase64 != 0 && t[k] != '=' {
		k++
	}
	return k-i >= shortestWeak && k < len(t) && t[k] == '='
}
