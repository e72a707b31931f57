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
var verbs = [...]string{"is ", "is: ", "was ", "was: ", "set to ", "set to: ", "changed to ", "reset to ", "is now ", "is set to "}

// announcing words stand before the name of a value that follows at once.
var announcing = [...]string{"with", "using", "tried", "trying", "generated", "temporary", "initial", "new", "old", "default", "wrong", "invalid", "bad", "incorrect", "admin", "root"}

// spokenValue is how what follows "token " must go on to be worth a look:
// longer than most words are.
var spokenValue = match.Gate{Class: spokenClass(), Min: 14}

func spokenClass() match.Class {
	c := match.Class{1<<'+' | 1<<'-' | 1<<'.' | 1<<'/' | 1<<'=', 1 << ('_' - 64)}
	c.AddRange('0', '9')
	c.AddRange('A', 'Z')
	c.AddRange('a', 'z')
	return c
}

// sentence parses what follows the name of p and the blank at i-1, where no
// separator is.
func (s *Scanner) sentence(p *pair, i int) bool {
	t := s.text
	if p.kind != names.Attr || p.keyQuote != 0 || i != p.keyEnd+1 || i >= len(t) || t[i] == '{' || t[i] == '<' {
		return false
	}
	verb := false
	for _, v := range verbs {
		if hasFold(t[i:], v) {
			i, verb = i+len(v), true
			break
		}
	}
	if !verb && hasFold(t[i:], "from '") {
		i += len("from ")
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
	} else if lowerWord(t, i) || !verb && s.strongPassword(p) && !s.announced(p) {
		return false
	}
	p.sep, p.told, p.start = ' ', true, i
	return true
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
	return v.Class == names.Password || v.Class == names.Passphrase
}

// announced reports whether the word before the name of p says that its value
// comes next.
func (s *Scanner) announced(p *pair) bool {
	t := s.text
	e := p.keyStart - 1
	if e < 1 || t[e] != ' ' {
		return false
	}
	i := e
	for lim := max(0, e-longestWord); i > lim && (t[i-1]|0x20)-'a' < 26; i-- {
	}
	for _, w := range announcing {
		if len(w) == e-i && hasFold(t[i:], w) {
			return true
		}
	}
	return false
}

// spoken tells a password that people choose from the words of a sentence:
// letters and digits together that are no name of an algorithm.
func (s *Scanner) spoken(v []byte, w names.Verdict, p *pair) bool {
	if w.Strength != names.Strong || w.Class != names.Password && w.Class != names.Passphrase || len(v) < 6 || len(v) > 64 {
		return false
	}
	switch judge.Benign(v) {
	case judge.None, judge.Words:
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

// technical tells names of algorithms and encodings, which are letters and
// digits as well.
func technical(v []byte) bool {
	for part := range bytes.FieldsFuncSeq(v, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '/' }) {
		for _, w := range [...]string{"sha", "md", "base", "utf", "argon", "pbkdf", "bcrypt", "scrypt", "oauth", "http", "x509", "pkcs", "aes", "hmac", "ed", "rsa", "scram", "ipv", "rs", "hs", "es", "ps"} {
			if hasFold(part, w) && number(part[len(w):]) {
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
