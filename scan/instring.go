package scan

import (
	"bytes"
	"math/bits"
)

// jsonLine follows the strings of a JSON document that begins on a line.
type jsonLine struct {
	line int // start of the line
	from int // where the document begins, or len(text) for none
	pos  int // how far it was followed
	// in says whether text[pos] is inside a string whose quotes have an escape
	// depth; a string of one depth holds those of the next.
	in [nesting]bool
}

const nesting = 4 // depths of strings in strings that are followed

// inString reports whether text[pos] is inside a string of JSON. There a quote
// that is not escaped is the end of that string, whatever a value inside it
// looks like.
func (s *Scanner) inString(pos int) bool { return s.inStringAt(pos, 0) }

// inStringAt is inString for strings whose quotes have an escape depth.
func (s *Scanner) inStringAt(pos, depth int) bool {
	if depth >= nesting {
		return false
	}
	t, j := s.text, &s.json
	lo, hi := s.line(pos)
	if j.line != lo || j.pos < 0 {
		*j = jsonLine{line: lo, from: documentStart(t, lo, hi)}
		j.pos = j.from
	}
	if pos < j.pos {
		j.pos, j.in = j.from, [nesting]bool{}
	}
	for j.pos < pos {
		i := bytes.IndexByte(t[j.pos:pos], '"')
		if i < 0 {
			j.pos = pos
			break
		}
		q := j.pos + i
		k := q
		for k > j.from && t[k-1] == '\\' {
			k--
		}
		if d := bits.TrailingZeros(^uint(q - k)); d < nesting && (d == 0 || j.in[d-1]) {
			j.in[d] = !j.in[d]
			clear(j.in[d+1:])
		}
		j.pos = q + 1
	}
	return j.in[depth]
}

// documentStart finds where JSON begins on the line text[lo:hi]: at its first
// byte that is no blank, or else at the first brace or bracket before a string.
func documentStart(t []byte, lo, hi int) int {
	i := lo
	for i < hi && lex[t[i]]&isBlank != 0 {
		i++
	}
	if i < hi && (t[i] == '"' || t[i] == '{' || t[i] == '[') {
		return i
	}
	for ; i+1 < hi; i++ {
		if (t[i] == '{' || t[i] == '[') && (t[i+1] == '"' || t[i+1] == ' ' && i+2 < hi && t[i+2] == '"') {
			return i
		}
	}
	return len(t)
}

// endsString reports whether the quote at i is followed by what follows a
// string in JSON, or by the end of the string around it.
func endsString(t []byte, i int) bool {
	for i++; i < len(t) && (t[i] == ' ' || t[i] == '\\'); i++ {
	}
	return i >= len(t) || t[i] == '"' || t[i] == ',' || t[i] == '}' || t[i] == ']' || t[i] == ':' || lex[t[i]]&isEOL != 0
}
