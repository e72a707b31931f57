package scan

import (
	"bytes"
	"encoding/binary"

	"github.com/stanch/stanch/internal/names"
)

// nameCache remembers what is known of field names. Of each name it has two
// places, and it belongs to one scanner: a name costs a comparison once it was seen.
type nameCache struct {
	places [cachedNames]cachedName
	keyed  [cachedNames][]int32 // detectors of vendors in the name, by place
	turn   uint16               // which of two places is overwritten next
}

const (
	cachedBits  = 10
	cachedNames = 1 << cachedBits
)

// cachedName fills a line of the processor's cache.
type cachedName struct {
	n       uint8
	kind    names.Kind
	verdict names.Verdict
	silent  bool // announces nothing
	several bool // is written as more than one word
	marked  bool // has the start of a marker in it
	light   bool // weak, so that a short value is none, see short
	name    [55]byte
}

// known classifies the name of a pair and finds its vendors.
func (s *Scanner) known(p *pair) (names.Verdict, []int32) {
	name := s.nameOf(p)
	if len(name) > 0 && len(name) <= len(cachedName{}.name) {
		i := s.cached(name, p.kind)
		return s.cache.places[i].verdict, s.cache.keyed[i]
	}
	s.toll(p.keyStart, longToll)
	l := &s.lengthy
	if p.far != nil || l.from != p.keyStart || l.to != p.keyEnd || l.kind != p.kind {
		l.verdict, l.keyed = s.e.names.Classify(name, p.kind), s.e.vendors.find(l.keyed[:0], name)
		l.from, l.to, l.kind = p.keyStart, p.keyEnd, p.kind
		if p.far != nil {
			l.from = nowhere
		}
	}
	s.vendors = append(s.vendors[:0], l.keyed...)
	return l.verdict, s.vendors
}

// longName is what is known of the last name that does not fit the cache. Most are
// asked for more than once.
type longName struct {
	from, to int // where it stands in the text; from is nowhere for none
	kind     names.Kind
	verdict  names.Verdict
	keyed    []int32
}

// nowhere is where no name begins: one that is empty may begin at 0.
const nowhere = -1

// cached returns the place of what is known of a name that fits the cache. It
// is the name's until another one is looked up.
func (s *Scanner) cached(name []byte, kind names.Kind) uint16 {
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
	i := uint16(h * odd >> (64 - cachedBits))
	if s.cache.places[i].is(name, kind) {
		return i
	}
	if i ^= 1; s.cache.places[i].is(name, kind) {
		return i
	}
	s.cache.turn ^= 1
	i ^= s.cache.turn
	s.learn(i, name, kind)
	return i
}

func (c *cachedName) is(name []byte, kind names.Kind) bool {
	return int(c.n) == len(name) && c.kind == kind && string(c.name[:len(name)]) == string(name)
}

func (s *Scanner) learn(i uint16, name []byte, kind names.Kind) {
	c := &s.cache.places[i]
	c.n, c.kind = uint8(copy(c.name[:], name)), kind
	c.verdict = s.e.names.Classify(name, kind)
	keyed := s.e.vendors.find(s.cache.keyed[i][:0], name)
	s.cache.keyed[i] = keyed
	c.silent = c.verdict.Strength == names.None && len(keyed) == 0
	c.several = severalWords(name)
	c.marked = bytes.Contains(name, markerStart)
	c.light = c.verdict.Strength == names.Weak && len(keyed) == 0 && shortIsNone(c.verdict.Class) && !cookieName(name)
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
