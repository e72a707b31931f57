package scan

import (
	"bytes"
	"math/bits"
)

// jsonLine follows the strings of a JSON document that begins on a line.
type jsonLine struct {
	line int // start of the line
	from int // where the document begins, or len(text) for none
	jsonPlace
	// Places passed before, to go on from where a question is asked of what lies
	// behind: those of the last two questions, and two at least jsonStride apart.
	asked, passed [2]jsonPlace
}

// jsonPlace is a place up to which a line was followed.
type jsonPlace struct {
	pos int
	// in says whether text[pos] is inside a string whose quotes have an escape
	// depth; a string of one depth holds those of the next.
	in [nesting]bool
}

const (
	nesting    = 4 // depths of strings in strings that are followed
	jsonStride = 256
)

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
		start := jsonPlace{pos: documentStart(t, lo, hi)}
		*j = jsonLine{line: lo, from: start.pos, jsonPlace: start}
	}
	if pos < j.pos {
		j.jsonPlace = j.behind(pos)
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
		if last := &j.passed[0]; j.pos-last.pos >= jsonStride || last.pos-j.pos >= jsonStride {
			j.passed = [2]jsonPlace{j.jsonPlace, *last}
		}
	}
	j.asked = [2]jsonPlace{j.jsonPlace, j.asked[0]}
	return j.in[depth]
}

// behind returns the nearest known place that is not beyond pos, or the start.
func (j *jsonLine) behind(pos int) jsonPlace {
	at := jsonPlace{pos: j.from}
	for _, known := range [...]jsonPlace{j.asked[0], j.asked[1], j.passed[0], j.passed[1]} {
		if known.pos <= pos && known.pos > at.pos {
			at = known
		}
	}
	return at
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
