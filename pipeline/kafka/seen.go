package kafka

import (
	"bytes"
	"hash/maphash"

	"github.com/stanch/stanch/redact"
)

// seen remembers keys and blocks of headers in which nothing was found. Those of
// a topic are few and come again and again. It is a cache: whatever does not fit
// is looked at again.
type seen struct {
	seed   maphash.Seed
	engine *redact.Engine
	slots  [seenSlots][]byte
}

const (
	seenSlots = 1 << 10
	seenSize  = 128 // bytes of the longest entry
)

// follow forgets everything if it was looked at by another engine.
func (s *seen) follow(e *redact.Engine) {
	if s.engine == e {
		return
	}
	s.seed, s.engine = maphash.MakeSeed(), e
	clear(s.slots[:])
}

func (s *seen) slot(b []byte) *[]byte {
	return &s.slots[maphash.Bytes(s.seed, b)%seenSlots]
}

func (s *seen) has(b []byte) bool {
	return len(b) <= seenSize && bytes.Equal(*s.slot(b), b)
}

func (s *seen) add(b []byte) {
	if len(b) <= seenSize {
		p := s.slot(b)
		*p = append((*p)[:0], b...)
	}
}
