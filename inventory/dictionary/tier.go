package dictionary

import (
	"encoding/binary"
	"math/bits"
)

// A tier holds the patterns that are looked for in one way. Of each, stride
// windows of 8 bytes are in the filter, at consecutive offsets from its anchor,
// so that one of them stands at a multiple of stride in any text.
type tier struct {
	shape
	filter []uint64
	shift  uint
	// table is open addressed by the upper bits of the hash of the anchor's bytes:
	// others of them in the upper half, the number of a pattern and one in the lower;
	// 0 is free. More patterns with that hash follow from that one by their entries.
	table []uint64
	first uint // how far a hash is moved down for its slot
	count int
	steps [][2]uint64 // of the gate

	fetched uint64 // so that fetch does something
}

// shape is where the windows of a tier are looked up: at triggers, or where a
// run of gate bytes of a kind goes on.
type shape struct {
	at     place
	least  int // bytes of a pattern
	stride int
	gate   int // a pattern has at least stride-1+gate bytes
}

type place uint8

const (
	atMixed     place = iota
	behindMixed       // ending two bytes behind the start of a trigger
	inCased           // visible bytes, in every gate of them a capital and a small letter
	inDigits
	inWord
	inVisible
	anywhere
)

// preferred is the shapes in the order in which patterns are put into them: where one
// fits first. That of long runs has few places in any text, and hexadecimal forms
// without a trigger but at their end fit it.
var preferred = [...]uint8{0, 2, 1, 3, 4, 5, 6, 7, 8, 9}

// shapes are in the order of their costs. The runs of visible bytes are narrowed to the kind that all their patterns have.
var shapes = [...]shape{
	{atMixed, 8, 1, 8}, {behindMixed, 8, 1, 8},
	{inVisible, longRun, 8, 33},
	{inCased, 20, 8, 13}, {inVisible, 20, 8, 13}, {anywhere, 20, 8, 13},
	{inVisible, 11, 4, 8}, {anywhere, 11, 4, 8},
	{inVisible, 8, 1, 8}, {anywhere, 8, 1, 8},
}

// longRun is how many bytes of one kind in a row are rare in any text.
const longRun = 40

// behind is how far before the start of a trigger a window of behindMixed starts.
// Both bytes that every trigger has are in it.
const behind = 6

// MinLen is the length of the shortest pattern, in bytes.
const MinLen = 8

// places is where the anchor of a pattern may be, by its first 64 bytes.
func (s *shape) places(k *kinds, n int) uint64 {
	last := min(n, 64) - s.span()
	if last < 0 {
		return 0
	}
	var m uint64
	switch s.at {
	case atMixed:
		m = mixed(k, &kinds{})
	case behindMixed:
		m = mixed(k, &kinds{}) >> behind
	case inCased:
		m = run(k.visible, s.gate) &^ run(^k.upper, s.gate) &^ run(^k.lower, s.gate)
		m = run(m, s.stride)
	case inDigits:
		m = run(k.digit, s.span())
	case inWord:
		m = run(k.alnum(), s.span())
	case inVisible:
		m = run(k.visible, s.span())
	default:
		m = ^uint64(0)
	}
	return m & (2<<last - 1)
}

// narrowest is the rarest kind of runs that has a place among those given.
func (s shape) narrowest(k *kinds, n int) place {
	if s.at == inVisible {
		for s.at = inDigits; s.places(k, n) == 0; s.at++ {
		}
	}
	return s.at
}

// run keeps the bits of a mask that n ones begin with.
func run(m uint64, n int) uint64 {
	for w := 1; w < n; w *= 2 {
		m &= m >> min(w, n-w)
	}
	return m
}

// stepsOf is how far run moves a mask for n ones, and 64 less that.
func stepsOf(n int) (steps [][2]uint64) {
	for w := 1; w < n; w *= 2 {
		by := uint64(min(w, n-w))
		steps = append(steps, [2]uint64{by, 64 - by})
	}
	return steps
}

// allocate makes room for count patterns.
func (t *tier) allocate(count int) {
	t.count, t.steps = count, stepsOf(t.gate)
	// 16 bits or more for a window let about one position in a hundred through;
	// where they are few, more cost nothing.
	words := uint(bits.Len64(uint64(count*t.stride/4) | 511))
	t.filter = make([]uint64, 1<<words)
	t.shift = 64 - words
	slots := uint(bits.Len64(uint64(count)*4/3 | 7))
	t.table = make([]uint64, 1<<slots)
	t.first = 64 - slots
	hugePages(t.filter)
	hugePages(t.table)
}

// span is how many bytes of a pattern the windows and gates of its anchor use.
func (s *shape) span() int { return s.stride - 1 + s.gate }

// long tells whether an anchor has 16 bytes rather than 8.
func (s *shape) long() bool { return s.span() >= 16 }

const (
	multiplier  = 0xC2B2AE3D27D4EB4F
	multiplier2 = 0x9E3779B97F4A7C15
)

// place returns the word of the filter that the hash of a window belongs to, and its
// two bits.
func (t *tier) place(h uint64) (word int, bits uint64) {
	return int(h >> t.shift), 1<<(h>>8&63) | 1<<(h>>14&63)
}

// anchor hashes the bytes at an anchor.
func (t *tier) anchor(b []byte) uint64 {
	window := binary.LittleEndian.Uint64(b)
	if !t.long() {
		return short(window)
	}
	h := window * multiplier
	return (h ^ h>>29 ^ binary.LittleEndian.Uint64(b[8:])) * multiplier2
}

// short hashes a window, or an anchor of eight bytes. Its upper bits depend on all of
// them, and give the place in the filter and in the table: what is near in one is near in
// the other.
func short(window uint64) uint64 { return window * multiplier }

// slot finds the hash of an anchor in the table, or where it belongs.
func (t *tier) slot(h uint64) (s uint64, taken bool) {
	mask := uint64(len(t.table) - 1)
	for s = h >> t.first; t.table[s] != 0; s = (s + 1) & mask {
		if (t.table[s]^h<<16)>>32 == 0 {
			return s, true
		}
	}
	return s, false
}

// slotted is what a slot has for a hash and the number of a pattern.
func (t *tier) slotted(h uint64, number int) uint64 { return h<<16>>32<<32 | uint64(number+1) }

// fetch reads, to no end but that they come into the cache, the words that enter
// is going to need.
func (t *tier) fetch(p []byte, places uint64) {
	o := bits.TrailingZeros64(places)
	w, _ := t.place(short(binary.LittleEndian.Uint64(p[o:])))
	t.fetched ^= t.filter[w] ^ t.table[t.anchor(p[o:])>>t.first]
}
