package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// Objects printed without quotes: {User:bob Password:v w} and map[password:v w] of
// Go, Settings[user=bob, password=v w] and {password=v w} of Java. What follows a
// name goes up to the next name or the bracket that closes the object, whatever
// is in it.

const (
	maxDumped  = 1 << 10 // bytes between the opening bracket and a name
	maxPhrase  = 256     // bytes of a value with blanks
	maxWords   = 8       // of a passphrase
	leastWords = 3
)

// phraseEnd returns the end of a password that goes on behind the blank or
// mark at end, in an object or among pairs; end itself where it does not.
func (s *Scanner) phraseEnd(p *pair, v names.Verdict, end int) int {
	t := s.text
	if end >= len(t) || p.quote != 0 || p.keyQuote != 0 || p.blankAfter || p.far != nil || p.kind != names.Attr || p.until > 0 ||
		v.Strength != names.Strong || !wholeLine(v.Class) && v.Class != names.Secret || p.start-p.keyEnd > 1 || p.keyStart == 0 || lex[t[end]]&isEOL != 0 {
		return end
	}
	switch t[p.keyStart-1] {
	case ' ', '{', '[', '(', ',':
	default:
		return end
	}
	if o := s.dumpAround(p); o >= 0 {
		return s.dumpedEnd(p, t[o], end)
	}
	if p.sep == '=' && lex[t[end]]&isBlank != 0 {
		return s.wordsEnd(p, end)
	}
	return end
}

// dumpAround returns where the bracket is that opens the object around p, -1 for none.
func (s *Scanner) dumpAround(p *pair) int {
	t := s.text
	lo, _ := s.line(p.keyStart)
	lo = max(lo, p.keyStart-maxDumped)
	depth, i := 0, p.keyStart
	for i--; i >= lo; i-- {
		switch c := t[i]; c {
		case ']', '}', ')':
			depth++
		case '[', '{', '(':
			if depth--; depth < 0 {
				s.charge(i, (p.keyStart-i)/quickly)
				switch {
				case i+1 < p.keyStart && !memberAt(t, i+1, p.sep):
				case c == '{', c == '[' && p.sep == '=', // or a list of variables
					p.sep == '=' && i > lo && lex[t[i-1]]&isWord != 0, bytes.HasSuffix(t[:i], []byte("map")):
					return i
				}
				return -1
			}
		case '"', '\'', '`', '\n':
			return -1
		}
	}
	s.charge(lo, (p.keyStart-lo)/quickly)
	return -1
}

// quickly is how much less than elsewhere it takes to look at a byte in dumpAround.
const quickly = 4

// memberAt reports whether a name and the separator stand at i.
func memberAt(t []byte, i int, sep byte) bool {
	from := i
	for i < len(t) && i-from < maxKey && lex[t[i]]&isKey != 0 {
		i++
	}
	return i > from && i < len(t) && t[i] == sep
}

// dumpedEnd finds the end of a value in an object that the bracket opens.
func (s *Scanner) dumpedEnd(p *pair, bracket byte, end int) int {
	t := s.text
	shut := bracket + 2 // ] and }
	if bracket == '(' {
		shut = ')'
	}
	next := func(i int) bool { // another member behind i
		if p.sep == ':' {
			return t[i] == ' ' && memberAt(t, i+1, ':')
		}
		return (t[i] == ',' || t[i] == ';') && i+1 < len(t) && (memberAt(t, i+1, '=') || t[i+1] == ' ' && memberAt(t, i+2, '=')) || bracket == '[' && t[i] == ' ' && memberAt(t, i+1, '=')
	}
	i := p.start
	for lim := min(len(t)-1, i+maxPhrase); i < lim; i++ {
		switch c := t[i]; {
		case next(i):
			return max(i, end)
		case c == shut && (lex[t[i+1]]&isStop != 0 || bytes.IndexByte([]byte(`]}),\`), t[i+1]) >= 0):
			return max(i, end)
		case c == '"' && lex[t[i+1]]&isWord == 0 && !next(i+1) || lex[c]&isEOL != 0 || c == 0x1b: // the end of a string around
			return end
		case c == '\\' && (t[i+1] == 'n' || t[i+1] == 'r' || escapedControl(t[i+1:]) || colour(t[i:]) > 0):
			return end
		}
	}
	if i == len(t)-1 {
		s.open(p.start)
	}
	return end
}

// wordsEnd finds the end of a passphrase among pairs that are joined by blanks:
// lower-case words up to the next pair or the end of the line, and none that
// sentences are held together by.
func (s *Scanner) wordsEnd(p *pair, end int) int {
	t := s.text
	words := 0
	for i := p.start; words < maxWords; i++ {
		from := i
		for i < len(t) && t[i]-'a' < 26 {
			i++
		}
		if i-from < 3 || i-from > longestWord || joins(t[from:i]) || statement(t[from:i]) {
			return end
		}
		words++
		if i == len(t) {
			s.open(p.start)
		}
		switch {
		case i == len(t) || lex[t[i]]&isEOL != 0 || t[i] == '"' || t[i] == ' ' && s.nextPair(i+1, len(t)):
			if words < leastWords {
				return end
			}
			return i
		case t[i] != ' ':
			return end
		}
	}
	return end
}

// joins tells words that stand in sentences and hardly in passphrases.
func joins(w []byte) bool {
	switch string(w) {
	case "the", "for", "and", "but", "with", "from", "into", "was", "are", "has", "had", "have", "will", "that", "this", "than", "then", "when", "while",
		"because", "since", "before", "after", "instead", "user", "users", "host", "request", "login", "account", "retry", "retrying", "attempt", "try":
		return true
	}
	return joining(w)
}
