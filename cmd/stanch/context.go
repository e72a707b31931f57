package main

import (
	"bytes"

	"github.com/stanch/stanch/redact"
)

// Bounds of what is shown around a finding.
const (
	maxContextLine = 16 << 10 // longer lines are not shown
	contextWidth   = 160
	maxMisses      = 8 // lines of a block that are not shown, then none is looked for
)

// surroundings finds the lines findings stand in as redaction wrote them. It
// shows nothing but what is in the output: the line of a finding is redacted
// once more by itself, and if the result is not a line of the output (as inside
// a key of several lines) it is not shown. What the policy leaves in clear is
// masked as well.
type surroundings struct {
	r      *redact.Redactor
	tail   []byte // unfinished line of the blocks before
	long   bool   // tail was cut
	base   int64  // offset of tail in the text
	block  []byte
	out    []byte // written since the block came
	search int    // how far out was searched
	misses int
	line   []byte
	spans  []redact.Match
}

func newSurroundings(e *redact.Engine) *surroundings {
	return &surroundings{r: e.NewRedactor()}
}

// Write takes the output.
func (s *surroundings) Write(p []byte) (int, error) {
	s.out = append(s.out, p...)
	return len(p), nil
}

func (s *surroundings) begin(block []byte) { s.block = block }

// of returns the context of a finding at an offset of the text, escaped.
func (s *surroundings) of(start int64) string {
	if s.misses >= maxMisses {
		return ""
	}
	line, ok := s.lineAt(start)
	if !ok {
		return ""
	}
	s.line = s.r.Append(s.line[:0], line)
	i := bytes.Index(s.out[s.search:], s.line)
	if i < 0 {
		s.misses++
		return ""
	}
	s.search += i // findings of one line find it again
	return show(s.r, s.line, &s.spans)
}

// lineAt returns the whole line at an offset, without its end.
func (s *surroundings) lineAt(start int64) ([]byte, bool) {
	at := int(start - s.base)
	if at < 0 || at >= len(s.tail)+len(s.block) {
		return nil, false
	}
	if at < len(s.tail) {
		if s.long {
			return nil, false
		}
		end := bytes.IndexByte(s.block, '\n')
		if end < 0 {
			end = len(s.block)
		}
		if len(s.tail)+end > maxContextLine {
			return nil, false
		}
		return append(bytes.Clone(s.tail), s.block[:end]...), true
	}
	at -= len(s.tail)
	from := bytes.LastIndexByte(s.block[:at], '\n') + 1
	if from == 0 && len(s.tail) > 0 {
		return s.lineAt(s.base)
	}
	end := bytes.IndexByte(s.block[at:], '\n')
	if end < 0 {
		end = len(s.block) - at
	}
	line := s.block[from : at+end]
	return bytes.TrimSuffix(line, []byte("\r")), len(line) <= maxContextLine
}

// end keeps the unfinished line of the block.
func (s *surroundings) end() {
	i := bytes.LastIndexByte(s.block, '\n') + 1
	if i > 0 {
		s.base += int64(len(s.tail) + i)
		s.tail, s.long = s.tail[:0], false
	}
	rest := s.block[i:]
	if s.long || len(s.tail)+len(rest) > maxContextLine {
		// Only the length counts from here on.
		s.long = true
		s.base += int64(len(s.tail) + len(rest))
		s.tail = s.tail[:0]
	} else {
		s.tail = append(s.tail, rest...)
	}
	s.block = nil
	s.out, s.search, s.misses = s.out[:0], 0, 0
}

// show returns a redacted line fit for a terminal: candidates the policy leaves
// in clear are masked, control bytes escaped, and what is long is cut around
// the first marker.
func show(r *redact.Redactor, line []byte, scratch *[]redact.Match) string {
	spans, err := r.Spans((*scratch)[:0], line, true)
	if err != nil {
		return ""
	}
	*scratch = spans
	var out []byte
	pos := 0
	for _, m := range spans {
		if m.Start < pos {
			pos = max(pos, m.End)
			continue
		}
		out = append(append(out, line[pos:m.Start]...), "********"...)
		pos = m.End
	}
	out = append(out, line[pos:]...)
	first := max(bytes.Index(out, []byte("REDACTED-")), 0)
	text := out
	before, after := "", ""
	if from := first - contextWidth/2; from > 0 && len(text) > contextWidth {
		text, before = text[from:], "..."
	}
	if len(text) > contextWidth {
		text, after = text[:contextWidth], "..."
	}
	return before + escaped(string(bytes.TrimRight(text, "\r"))) + after
}
