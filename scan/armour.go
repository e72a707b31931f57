package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
)

// Bounds of armour on one line.
const (
	maxLabel  = 64
	minArmour = 32  // bytes of base64 that a key has at least; the shortest is of 64 (RFC 8410)
	minWord   = 16  // bytes of base64 that are no word of a sentence
	aFewLines = 160 // so many on the line of BEGIN leave more to come on the next
)

// armourHeads is what has been seen behind the last heads of armour on a line, so
// that of many heads not each looks as far again.
type armourHeads struct {
	from     int // from there on there is no END
	endless  int // up to here,
	wordless int // and no word of armour up to here
}

// pem decides at "-----BEGIN": a private key, armoured as RFC 7468, OpenSSH
// or RFC 9580 (PGP) do it, on one line with escaped line ends or over many.
func (s *Scanner) pem(di int32, hs, he int) {
	t := s.text
	lo, hi := s.line(hs)
	i := he
	for lim := min(hi, he+maxLabel); i < lim && t[i] != '-'; i++ {
	}
	if !privateLabel(t[he:i]) {
		if i == len(t) {
			s.open(hs)
		}
		return
	}
	for lim := min(hi, i+5); i < lim && t[i] == '-'; i++ {
	}
	h := &s.heads
	if i < h.from {
		*h = armourHeads{}
	}
	if i >= h.endless {
		e := endMark(t[i:min(hi, i+maxBlockBytes)])
		if e >= 0 {
			if armourIn(t[i:i+e]) >= minArmour {
				s.piece(di, hs, armourEnd(t, i+e, hi), false)
			}
			return
		}
		if h.from = i; i+maxBlockBytes >= hi {
			h.endless = hi
		}
	}
	end := i
	if i >= h.wordless {
		for end < hi && armoured(t, end) {
			end++
		}
		if end < len(t) && !wordOfArmour(t[i:end]) {
			h.wordless, end = end, i
		}
	}
	if end == i && end < len(t) && prose(t[i:hi]) {
		return
	}
	s.toll(hs, hitToll)
	x := s.piece(di, hs, end, false)
	x.Evidence |= Unclosed
	if end == hi && hs == lo {
		x.End = afterEOL(t, hi)
	}
	switch {
	case s.single:
		s.leaves = s.leaves || armourIn(t[i:end]) < aFewLines
	case end == len(t):
		s.open(hs)
		fallthrough
	case armourIn(t[i:end]) < aFewLines:
		s.openBlock(block{detector: di, begun: true}, lo, hs, hi)
	}
}

// keyLines decides at the first bytes of a key in DER or of OpenSSH, in base64,
// that fill a line of their own: the armour around is lost.
func (s *Scanner) keyLines(di int32, hs, he int) {
	t := s.text
	lo, hi := s.line(hs)
	from, to := hs, he
	if t[hs] == 'I' { // behind the header of a sequence: 30 82 and its length
		if from -= len("MII???"); from < lo || string(t[from:from+3]) != "MII" {
			return
		}
	}
	if from > lo+1 && lex[t[from-1]]&isWord != 0 && !atBoundary(t, from) || from > lo+1 && t[from-1] == '/' {
		return
	}
	for to < hi && to-from <= maxWidth && isArmour(t[to]) {
		to++
	}
	w := to - from
	if s.partial && to == len(t) && w <= maxWidth {
		s.open(from)
		return
	}
	if w != 64 && w != 70 && w != 72 && w != 76 {
		return
	}
	x := s.piece(di, from, to, false)
	if !endsRecord(t[to:hi]) {
		return
	}
	if s.single {
		s.leaves = true
		return
	}
	x.Evidence |= Unclosed
	if from == lo && to == hi {
		x.End = afterEOL(t, hi)
	}
	s.openBlock(block{detector: di, begun: true, width: w}, lo, from, hi)
}

const maxWidth = 76 // RFC 2045; RFC 7468 says 64, OpenSSH writes 70

// putty decides at "Private-Lines: ": as many lines of base64 follow as it says.
func (s *Scanner) putty(di int32, hs, he int) {
	t := s.text
	n := 0
	i := he
	for i < len(t) && i < he+4 && lex[t[i]]&isDigit != 0 {
		n = n*10 + int(t[i]-'0')
		i++
	}
	lo, hi := s.line(hs)
	if n == 0 {
		return
	}
	if from := escapedEOL(t, i); from > i { // perhaps the whole file in one string
		end := from
		for k := n; k > 0 && end < len(t); k-- {
			for end = escapedEOL(t, end); end < len(t) && lex[t[end]]&isBase64 != 0; end++ {
			}
		}
		if end > from {
			s.piece(di, from, end, false)
			return
		}
		i = from
	}
	if i < hi && lex[t[i]]&isWord != 0 {
		return
	}
	if s.single {
		s.leaves = true
		return
	}
	s.openBlock(block{detector: di, left: min(n, maxBlockLines)}, lo, hs, hi)
}

// piece records a part of a key. Nothing else is looked for in it.
func (s *Scanner) piece(di int32, from, to int, continued bool) *Span {
	s.blocks.from, s.blocks.to = from, to
	x := s.found(di, from, to, finding.Certain, ByShape|ByConstruct)
	x.Continued = continued
	return x
}

// privateLabel reports whether what follows BEGIN labels a private key. The
// blanks may be written as in a URL or a form.
func privateLabel(b []byte) bool {
	i := bytes.Index(b, []byte("PRIVATE"))
	return i > 0 && lex[b[0]]&isWord == 0 && b[0] != '?' && bytes.Contains(b[i:], []byte("KEY"))
}

// endMark returns where an END line begins in t, or -1.
func endMark(t []byte) int {
	for off := 0; ; {
		i := bytes.Index(t[off:], []byte("END"))
		if i < 0 {
			return -1
		}
		off += i
		k := off
		if k > 0 && t[k-1] == ' ' {
			k--
		}
		from := k
		for from > max(0, k-5) && t[from-1] == '-' {
			from--
		}
		if k-from >= 4 {
			return from
		}
		off += len("END")
	}
}

// armourEnd returns the end of the END line that begins at i.
func armourEnd(t []byte, i, hi int) int {
	for i < hi && t[i] == '-' {
		i++
	}
	e := i
	for e < hi && e < i+maxLabel && t[e] != '-' && lex[t[e]]&isQuote == 0 && t[e] != '\\' {
		e++
	}
	for e < hi && t[e] == '-' {
		e++
	}
	return e
}

// isArmour reports whether c belongs to the base64 of armour.
func isArmour(c byte) bool { return armourBytes[c] != 0 }

var armourBytes = func() (in [256]uint8) {
	for c := range in {
		if lex[c]&isBase64 != 0 && c != '-' && c != '_' {
			in[c] = 1
		}
	}
	return in
}()

// armourIn counts the bytes of base64 in b.
func armourIn(b []byte) (n int) {
	for _, c := range b {
		n += int(armourBytes[c])
	}
	return n
}

// wordOfArmour reports whether b holds a run of base64 that is no word.
func wordOfArmour(b []byte) bool {
	for i := 0; i < len(b); i++ {
		from := i
		for i < len(b) && isArmour(b[i]) {
			i++
		}
		if i-from >= minWord && mixed(b[from:i]) {
			return true
		}
	}
	return false
}

// prose reports whether a sentence goes on behind a BEGIN that it only mentions.
func prose(rest []byte) bool {
	i := 0
	for i < len(rest) && lex[rest[i]]&isBlank != 0 {
		i++
	}
	return i > 0 && i < len(rest) && lex[rest[i]]&isWord != 0
}

// mixed reports whether b holds what a single word of a log line does not: a
// digit, a sign, or a capital behind a small letter.
func mixed(b []byte) bool {
	for i, c := range b {
		if lex[c]&isDigit != 0 || c == '+' || c == '/' || c == '=' || i > 0 && c-'A' < 26 && b[i-1]-'a' < 26 {
			return true
		}
	}
	return false
}

// armoured reports whether t[i] belongs to armour written into one line: base64,
// escaped line ends, blanks, the marks of joined strings.
func armoured(t []byte, i int) bool {
	c := t[i]
	switch {
	case lex[c]&isBase64 != 0, c == ' ', c == '\\', c == '%', c == ',', c == ':':
		return true
	case c == '"' || c == '\'':
		// "…\n" + "…": only where another string goes on
		return i+3 < len(t) && (t[i+1] == ' ' && (t[i+2] == '+' || t[i+2] == '"') || t[i+1] == '+') ||
			i >= 2 && (t[i-1] == ' ' && t[i-2] == '+' || t[i-1] == '+')
	}
	return false
}

// afterEOL returns the offset behind the line end at i.
func afterEOL(t []byte, i int) int {
	if i < len(t) && t[i] == '\r' {
		i++
		if i < len(t) && t[i] == '\n' {
			i++
		}
		return i
	}
	if i < len(t) {
		i++
	}
	return i
}

// escapedEOL returns the offset behind \n or \r\n, written at any escape depth at i.
func escapedEOL(t []byte, i int) int {
	for range 2 {
		k := i
		for k < len(t) && t[k] == '\\' {
			k++
		}
		if k == i || k == len(t) || t[k] != 'n' && t[k] != 'r' {
			break
		}
		i = k + 1
	}
	return i
}
