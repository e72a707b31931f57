package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
)

// Bounds of a key block. An OpenSSH or PGP key of 16,384 bits stays below them.
const (
	maxBlockLines = 1024
	maxBlockBytes = 128 << 10
	maxStrayLines = 64 // lines of something else between two lines of a block
)

// block is the state of a key that is written over several lines, each perhaps
// behind a log prefix. It is all that outlives a line.
type block struct {
	open     bool
	detector int32
	column   int // of the BEGIN in its line
	lines    int // of the block so far
	bytes    int
	stray    int
	left     int // lines still to come, where their number is known (PuTTY)
	done     int // offset in the current text up to which the block was followed
}

// pem decides at "-----BEGIN ": a private key, armoured as RFC 7468, OpenSSH
// or RFC 9580 (PGP) do it, on one line with escaped line ends or over many.
func (s *Scanner) pem(di int32, hs, he int) {
	t := s.text
	lim := min(len(t), he+64)
	i := he
	for i < lim && t[i] != '-' && lex[t[i]]&isEOL == 0 {
		i++
	}
	if !bytes.Contains(t[he:i], []byte("PRIVATE KEY")) {
		if i == len(t) {
			s.open(hs)
		}
		return
	}
	for i < len(t) && t[i] == '-' {
		i++
	}
	lineHi := hs + lineEnd(t[hs:])
	lineLo, _ := s.line(hs)
	if e := bytes.Index(t[i:min(lineHi, i+maxBlockBytes)], []byte("-----END")); e >= 0 {
		end := armourEnd(t, i+e+len("-----END"), lineHi)
		s.found(di, hs, end, finding.Certain, ByShape|ByConstruct)
		s.block.done = end
		return
	}
	end := i
	for end < lineHi && armoured(t, end) {
		end++
	}
	inString := end < lineHi // a key cut short: what follows is no part of it
	s.block = block{open: !s.single && !inString, detector: di, column: hs - lineLo, lines: 1}
	x := s.found(di, hs, end, finding.Certain, ByShape|ByConstruct|Unclosed)
	if end == lineHi && hs == lineLo {
		x.End = afterEOL(t, lineHi)
	}
	if inString {
		s.block.done = end
		return
	}
	if lineHi == len(t) || s.single {
		s.block.done = lineHi
		s.open(hs)
		return
	}
	s.block.done = s.followBlock(afterEOL(t, lineHi))
}

// putty decides at "Private-Lines: ": as many lines of base64 follow as it says.
func (s *Scanner) putty(di int32, hs, he int) {
	t := s.text
	n := 0
	i := he
	for i < len(t) && i < he+4 && lex[t[i]]&isDigit != 0 {
		n = n*10 + int(t[i]-'0')
		i++
	}
	lineLo, _ := s.line(hs)
	if n == 0 || i < len(t) && lex[t[i]]&isEOL == 0 && t[i] != '\\' {
		return
	}
	if i < len(t) && t[i] == '\\' { // the whole file in one string
		from := escapedEOL(t, i)
		end := from
		for ; n > 0 && end < len(t); n-- {
			for end = escapedEOL(t, end); end < len(t) && lex[t[end]]&isBase64 != 0; end++ {
			}
		}
		if end > from {
			s.found(di, from, end, finding.Certain, ByShape|ByConstruct)
		}
		return
	}
	if s.single {
		return
	}
	s.block = block{open: true, detector: di, column: hs - lineLo, left: min(n, maxBlockLines)}
	if i == len(t) {
		s.block.done = i
		return
	}
	s.block.done = s.followBlock(afterEOL(t, i))
}

// continueBlock follows a block that an earlier text left open. It returns how
// far it went.
func (s *Scanner) continueBlock() int {
	s.block.done = 0
	if !s.block.open {
		return 0
	}
	return s.followBlock(0)
}

// followBlock takes the lines of the open block from pos on.
func (s *Scanner) followBlock(pos int) int {
	t, b := s.text, &s.block
	for pos < len(t) {
		hi := pos + lineEnd(t[pos:])
		next := afterEOL(t, hi)
		line := t[pos:hi]
		if b.left == 0 {
			if e := bytes.Index(line, []byte("-----END")); e >= 0 {
				from := pos + e
				if f, ok := bodyStart(line[:e], b.column); ok {
					from = pos + f
				}
				s.more(from, armourEnd(t, pos+e+len("-----END"), hi))
				b.open = false
				return hi
			}
		}
		b.lines++
		b.bytes += len(line)
		if from, ok := bodyStart(line, b.column); ok {
			if b.left > 0 && s.e.ours(bytes.TrimRight(line[from:], " \t\"'`,+\\")) {
				b.open = false
				return pos
			}
			b.stray = 0
			end := hi
			if from == 0 {
				end = next
			}
			s.more(pos+from, end)
			if b.left > 0 {
				if b.left--; b.left == 0 {
					s.spans[len(s.spans)-1].End = max(s.spans[len(s.spans)-1].Start, hi)
					b.open = false
					return hi
				}
			}
		} else if b.left > 0 {
			b.open = false // of a PuTTY key every line is counted
			return pos
		} else if !blockHeader(line, b.column) {
			b.stray++
		}
		if b.lines > maxBlockLines || b.bytes > maxBlockBytes || b.stray > maxStrayLines {
			b.open = false
			return next
		}
		pos = next
	}
	return pos
}

// more adds a piece to the block's secret.
func (s *Scanner) more(from, end int) {
	if from >= end {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Detector == s.block.detector && s.spans[n-1].End == from {
		s.spans[n-1].End = end
		return
	}
	x := s.found(s.block.detector, from, end, finding.Certain, ByShape|ByConstruct)
	x.Continued = s.block.left == 0 || s.block.lines > 1
}

// bodyStart finds the armoured text that ends a line: all of it behind the
// column where the block began, or a long run behind some other prefix.
func bodyStart(line []byte, column int) (int, bool) {
	end := len(line)
	for end > 0 && (lex[line[end-1]]&(isBlank|isQuote) != 0 || line[end-1] == ',' || line[end-1] == '\\' || line[end-1] == '+') {
		end--
	}
	from := end
	for from > 0 && lex[line[from-1]]&isBase64 != 0 {
		from--
	}
	n := end - from
	switch {
	case n == 0:
		return 0, false
	case from == 0, from == column, n >= 24:
		return from, true
	}
	return from, n%4 == 0 && from > 0 && lex[line[from-1]]&isBlank != 0 && n >= 4 && mixed(line[from:end])
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

// blockHeader reports whether a line may stand in a block without being part
// of the key: blank, or "Name: value" (RFC 1421, RFC 9580).
func blockHeader(line []byte, column int) bool {
	if column < len(line) {
		line = line[column:]
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return true
	}
	i := 0
	for i < len(line) && lex[line[i]]&isKey != 0 {
		i++
	}
	return i > 0 && i+1 < len(line) && line[i] == ':' && line[i+1] == ' '
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

// armourEnd returns the end of an END line whose label begins at i.
func armourEnd(t []byte, i, hi int) int {
	e := i
	for e < hi && e < i+64 && t[e] != '-' && lex[t[e]]&isQuote == 0 && t[e] != '\\' {
		e++
	}
	for e < hi && t[e] == '-' {
		e++
	}
	return e
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
