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
	if before := t[max(0, p.keyStart-maxKey):p.keyStart]; bytes.Contains(before, []byte("login ")) || bytes.HasSuffix(before, []byte("setenv ")) ||
		bytes.HasSuffix(before, []byte("set ")) || bytes.HasSuffix(before, []byte("= ")) || bytes.HasSuffix(before, []byte(": ")) {
		return false // an entry of .netrc, SQL, a comparison, a member
	}
	if string(t[w:i]) == "for" || string(t[w:i]) == "of" {
		s.purpose(p)
	}
	return true
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
	if i == p.start || i-p.start > longestCount {
		if p.quote != 0 || v.Class == names.Auth {
			return false
		}
		for i = p.start; i < len(t) && i-p.start < shortestMedium && lex[t[i]]&isWord != 0; i++ {
		}
		if i-p.start == shortestMedium || i < len(t) && lex[t[i]]&(isBlank|isEOL) == 0 || schemeOf(t[p.start:i]) != noScheme {
			return false
		}
	}
	return i > p.start && i < len(t) && (lex[t[i]]&(isBlank|isEOL) != 0 || t[i] == p.quote && p.depth == 0)
}

const longestCount = 20 // digits of the largest 64-bit number
