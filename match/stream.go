package match

// StreamHit is one occurrence in a stream: its bytes [Start, End), counted from
// the stream's first byte, equal the literal with index ID.
type StreamHit struct {
	Start, End int64
	ID         uint32
}

// Stream scans text that comes in chunks. Its hits are those of Scan over all
// chunks joined, in the same order, wherever the text was cut. One goroutine
// may use a Stream at a time.
type Stream struct {
	m       *Matcher
	scratch Scratch
	hits    []Hit
	settled int64  // where carry begins; hits that start before have been given
	carry   []byte // at most MaxLen-1 bytes between calls
}

// NewStream returns a stream at offset 0.
func (m *Matcher) NewStream() *Stream { return &Stream{m: m} }

// Settled returns the offset before which no more hits will start. It is at
// most MaxLen-1 bytes behind the end of the last chunk.
func (s *Stream) Settled() int64 { return s.settled }

// Next takes the next chunk and appends to dst the hits that are now certain.
// A hit that starts in the last MaxLen-1 bytes so far, where a longer literal
// or its gate may yet be undecided, is held until a later Next or Close. Next
// does not keep the chunk.
func (s *Stream) Next(dst []StreamHit, chunk []byte) []StreamHit {
	over := max(s.m.maxLen-1, 0)
	if held := len(s.carry); held > 0 {
		// What starts in the carry ends within over bytes of the chunk.
		n := min(over, len(chunk))
		s.carry = append(s.carry, chunk[:n]...)
		if n == len(chunk) {
			// Nothing of the chunk lies beyond the carry.
			certain := max(0, len(s.carry)-over)
			dst = s.scan(dst, s.carry, certain)
			s.carry = append(s.carry[:0], s.carry[certain:]...)
			return dst
		}
		dst = s.scan(dst, s.carry, held)
		s.carry = s.carry[:0]
	}
	certain := max(0, len(chunk)-over)
	dst = s.scan(dst, chunk, certain)
	s.carry = append(s.carry, chunk[certain:]...)
	return dst
}

// Close appends the hits still held, as if the text ended here, and makes the
// stream ready for another text at offset 0.
func (s *Stream) Close(dst []StreamHit) []StreamHit {
	dst = s.scan(dst, s.carry, len(s.carry))
	s.carry, s.settled = s.carry[:0], 0
	return dst
}

// scan appends the hits of buf, which begins at s.settled, that start in its
// first certain bytes, and settles those.
func (s *Stream) scan(dst []StreamHit, buf []byte, certain int) []StreamHit {
	if certain == 0 {
		return dst
	}
	s.hits = s.m.Scan(s.hits[:0], buf, &s.scratch)
	for _, h := range s.hits {
		if int(h.Start) >= certain {
			break
		}
		dst = append(dst, StreamHit{s.settled + int64(h.Start), s.settled + int64(h.End), h.ID})
	}
	s.settled += int64(certain)
	return dst
}
