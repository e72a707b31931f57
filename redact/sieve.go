package redact

import (
	"bytes"

	"github.com/stanch/stanch/scan"
)

// sieveSize is how many bytes of texts a Sieve takes: enough to hide what
// starting a scan costs, little enough to stay in the cache they were copied to.
const sieveSize = 16 << 10

// Sieve holds short texts that have nothing to do with each other, so that one
// scan tells which of them may hold a candidate. The zero value is empty.
type Sieve struct {
	texts []byte // a line feed behind each
	ends  []int32
	found []int32
}

// Add takes a copy of the next text. It returns false where there is no room.
func (s *Sieve) Add(text string) bool {
	if s.texts == nil {
		s.texts = make([]byte, 0, sieveSize)
	}
	if len(s.texts)+len(text)+1 > sieveSize {
		return false
	}
	s.texts = append(append(s.texts, text...), '\n')
	s.ends = append(s.ends, int32(len(s.texts)-1))
	return true
}

// Len returns how many texts s holds.
func (s *Sieve) Len() int { return len(s.ends) }

// Text returns the i-th text, which is valid until Reset.
func (s *Sieve) Text(i int) []byte {
	start := 0
	if i > 0 {
		start = int(s.ends[i-1]) + 1
	}
	return s.texts[start:s.ends[i]:s.ends[i]]
}

// Reset empties s.
func (s *Sieve) Reset() { s.texts, s.ends = s.texts[:0], s.ends[:0] }

// Sift returns the numbers of those texts in s, in order, that have to be looked
// at each by itself: they may hold a candidate, or have lines of their own. The
// others are clean. The result is valid until the next call.
func (r *Redactor) Sift(s *Sieve) (suspects []int32) {
	s.found = s.found[:0]
	if len(s.ends) == 0 {
		return s.found
	}
	spans, ok := r.scanLines(s.texts)
	if !ok {
		for i := range s.ends {
			s.found = append(s.found, int32(i))
		}
		return s.found
	}
	lines := bytes.Count(s.texts, []byte{'\n'}) > len(s.ends) || bytes.IndexByte(s.texts, '\r') >= 0
	if len(spans) == 0 && !lines {
		return s.found
	}
	s.found = s.suspects(spans, lines)
	return s.found
}

// suspects appends the texts that spans touch, or that hold an end of a line.
func (s *Sieve) suspects(spans []scan.Span, lines bool) []int32 {
	found := s.found
	reach := 0 // end of the spans that begin in the texts so far
	start := 0
	for i, end := range s.ends {
		for len(spans) > 0 && spans[0].Start <= int(end) {
			reach = max(reach, spans[0].End)
			spans = spans[1:]
		}
		if reach > start || lines && bytes.ContainsAny(s.texts[start:end], "\r\n") {
			found = append(found, int32(i))
		}
		start = int(end) + 1
	}
	return found
}

// scanLines scans lines that have nothing to do with each other.
func (r *Redactor) scanLines(text []byte) (spans []scan.Span, ok bool) {
	defer func() {
		if recover() != nil {
			r.renew()
			spans, ok = nil, false
		}
	}()
	r.begin()
	r.enter(stageScan)
	r.spans = r.scanner.Lines(r.spans[:0], text)
	return r.spans, true
}
