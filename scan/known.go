package scan

import (
	"bytes"
	"encoding/binary"

	"github.com/stanch/stanch/internal/names"
)

// nameCache remembers what is known of field names. Of each name it has two
// places, and it belongs to one scanner: a name costs a comparison once it was seen.
type nameCache struct {
	places [256]cachedName
	turn   uint8 // which of two places is overwritten next
}

type cachedName struct {
	name    [48]byte
	n       uint8
	kind    names.Kind
	verdict names.Verdict
	silent  bool // announces nothing
	several bool // is written as more than one word
	marked  bool // has the start of a marker in it
	light   bool // weak, so that a short value is none, see short
	keyed   []int32
}

// known classifies the name of a pair and finds its vendors.
func (s *Scanner) known(p *pair) (names.Verdict, []int32) {
	name := s.nameOf(p)
	if len(name) > 0 && len(name) <= len(cachedName{}.name) {
		c := s.cached(name, p.kind)
		return c.verdict, c.keyed
	}
	s.vendors = s.e.vendors.find(s.vendors[:0], name)
	return s.e.names.Classify(name, p.kind), s.vendors
}

// cached returns what is known of a name that fits the cache. It is valid
// until the next name is looked up.
func (s *Scanner) cached(name []byte, kind names.Kind) *cachedName {
	const odd = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	n := len(name)
	h := uint64(n)<<8 | uint64(kind)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(name)*odd ^ binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(name))*odd ^ uint64(binary.LittleEndian.Uint32(name[n-4:]))
	default:
		h ^= uint64(name[0])<<32 | uint64(name[n/2])<<24 | uint64(name[n-1])<<16
	}
	if s.cache == nil {
		s.cache = new(nameCache)
	}
	i := h * odd >> 56
	c := &s.cache.places[i]
	if c.is(name, kind) {
		return c
	}
	if c = &s.cache.places[i^1]; c.is(name, kind) {
		return c
	}
	s.cache.turn ^= 1
	c = &s.cache.places[i^uint64(s.cache.turn)]
	s.learn(c, name, kind)
	return c
}

func (c *cachedName) is(name []byte, kind names.Kind) bool {
	return int(c.n) == len(name) && c.kind == kind && string(c.name[:len(name)]) == string(name)
}

func (s *Scanner) learn(c *cachedName, name []byte, kind names.Kind) {
	c.n, c.kind = uint8(copy(c.name[:], name)), kind
	c.verdict = s.e.names.Classify(name, kind)
	c.keyed = s.e.vendors.find(c.keyed[:0], name)
	c.silent = c.verdict.Strength == names.None && len(c.keyed) == 0
	c.several = severalWords(name)
	c.marked = bytes.Contains(name, markerStart)
	c.light = c.verdict.Strength == names.Weak && len(c.keyed) == 0 && shortIsNone(c.verdict.Class) && !cookieName(name)
}

// severalWords reports whether a name is written as more than one word.
func severalWords(name []byte) bool {
	for i := 1; i < len(name); i++ {
		if c := name[i]; c == '_' || c == '-' || c == '.' || c-'A' < 26 && name[i-1]-'a' < 26 {
			return true
		}
	}
	return false
}
