package scan

import (
	"bytes"
	"encoding/binary"

	"github.com/stanch/stanch/internal/names"
)

// nameCache remembers what is known of field names. It is direct-mapped and
// belongs to one scanner: a name costs a comparison once it was seen.
type nameCache [256]cachedName

type cachedName struct {
	name    [48]byte
	n       uint8
	kind    names.Kind
	verdict names.Verdict
	silent  bool // announces nothing
	several bool // is written as more than one word
	marked  bool // has the start of a marker in it
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
	n := len(name)
	h := uint32(n) + uint32(kind)<<5
	if n >= 4 {
		h ^= binary.LittleEndian.Uint32(name)*0x85EBCA6B + binary.LittleEndian.Uint32(name[n-4:])*0xC2B2AE35 + binary.LittleEndian.Uint32(name[n/2-2:])
	} else {
		h ^= uint32(name[0])<<8 | uint32(name[n-1])
	}
	if s.cache == nil {
		s.cache = new(nameCache)
	}
	c := &s.cache[h*0x9E3779B1>>24]
	if int(c.n) != n || c.kind != kind || string(c.name[:n]) != string(name) {
		s.learn(c, name, kind)
	}
	return c
}

func (s *Scanner) learn(c *cachedName, name []byte, kind names.Kind) {
	c.n, c.kind = uint8(copy(c.name[:], name)), kind
	c.verdict = s.e.names.Classify(name, kind)
	c.keyed = s.e.vendors.find(c.keyed[:0], name)
	c.silent = c.verdict.Strength == names.None && len(c.keyed) == 0
	c.several = severalWords(name)
	c.marked = bytes.Contains(name, markerStart)
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
