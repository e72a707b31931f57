package dictionary

import (
	"encoding/binary"
	"math/bits"
)

// A tier holds the patterns of a range of lengths. Of each pattern, stride
// windows of 8 bytes are in the filter, at consecutive offsets from its anchor,
// so that one of them stands at a multiple of stride in any text.
type tier struct {
	stride int
	gate   int // bytes of the class that must follow a position, 8 to 16
	filter []uint64
	shift  uint
	// table is open addressed by the hash of the anchor's bytes: a fingerprint in
	// the upper half, the number of a pattern and one in the lower; 0 is free.
	table []uint64
	long  bool // an anchor has 16 bytes rather than 8
	count int
}

// The shapes of tiers, by the least length of their patterns. A pattern has at
// least stride-1+gate bytes, and gate is 8 or more.
var shapes = [...]struct{ least, stride int }{{20, 8}, {11, 4}, {MinLen, 1}}

// MinLen is the length of the shortest pattern, in bytes.
const MinLen = 8

const maxGate = 16

// tierOf returns the index of the tier for patterns of a length.
func tierOf(n int) int {
	for i, s := range shapes {
		if n >= s.least {
			return i
		}
	}
	return -1
}

// allocate makes room for count patterns, the shortest of which has least bytes.
func (t *tier) allocate(i, count, least int) {
	t.stride = shapes[i].stride
	t.gate = min(maxGate, least-t.stride+1)
	t.long = t.gate+t.stride-1 >= 16
	t.count = count
	// Eight bits or more for a window leave about one position in a hundred.
	words := uint(bits.Len64(uint64(count*t.stride/8) | 15))
	t.filter = make([]uint64, 1<<words)
	t.shift = 64 - words
	t.table = make([]uint64, 1<<bits.Len64(uint64(count)*4/3|7))
}

// span is how many bytes of a pattern the windows and gates of its anchor use.
func (t *tier) span() int { return t.stride - 1 + t.gate }

const (
	multiplier  = 0x9E3779B97F4A7C15
	multiplier2 = 0xC2B2AE3D27D4EB4F
)

// place returns the word of the filter that a window belongs to, and its two bits.
func (t *tier) place(window uint64) (word int, bits uint64) {
	h := window * multiplier2
	return int(h >> t.shift), 1<<(h>>8&63) | 1<<(h>>14&63)
}

// anchor hashes the bytes at an anchor.
func (t *tier) anchor(b []byte) uint64 {
	h := binary.LittleEndian.Uint64(b) * multiplier
	if t.long {
		h = (h ^ h>>29 ^ binary.LittleEndian.Uint64(b[8:])) * multiplier2
	}
	return h ^ h>>32
}

// enter adds the pattern with number i, anchored at offset o.
func (t *tier) enter(p []byte, o, i int) {
	for k := o; k < o+t.stride; k++ {
		w, b := t.place(binary.LittleEndian.Uint64(p[k:]))
		t.filter[w] |= b
	}
	h := t.anchor(p[o:])
	mask := uint64(len(t.table) - 1)
	s := h & mask
	for t.table[s] != 0 {
		s = (s + 1) & mask
	}
	t.table[s] = h>>32<<32 | uint64(i+1)
}
