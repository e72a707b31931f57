package match

import (
	_ "embed"
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// The model says how often one byte follows another in log text, and how often
// four stand together. It only
// chooses where the filter looks; a poor model costs speed, never a hit.
// See internal/genmodel for the text it is counted on and for its format.
//
//go:generate go run ./internal/genmodel -o model.bin
//go:embed model.bin
var modelBin []byte

const modelPairs = 128 * 128

// quadShares has the shares of positions with certain four bytes, bit 5 of each
// set: those that are frequent.
var quadShares = sync.OnceValue(func() map[uint32]float64 {
	shares := make(map[uint32]float64, len(modelBin[modelPairs:])/5)
	for q := modelBin[modelPairs:]; len(q) >= 5; q = q[5:] {
		shares[binary.LittleEndian.Uint32(q)] = probability(q[4])
	}
	return shares
})

// modelNever is a cost that stands for "not seen".
const modelNever = 255

// probability undoes the model's unit: eighths of a bit, rounded.
func probability(cost byte) float64 {
	if cost == modelNever {
		return 0
	}
	// Powers of two by table and exponent alone are the same on every machine.
	eighths := [8]float64{1, 0.917004043204671, 0.840896415253715, 0.771105412703970,
		0.707106781186548, 0.648419777325505, 0.594603557501361, 0.545253866332629}
	return math.Ldexp(eighths[cost&7], -int(cost>>3))
}

// symbols is a set of symbols.
type symbols [2]uint64

func (s *symbols) add(x uint8)    { s[x>>6] |= 1 << (x & 63) }
func (s *symbols) remove(x uint8) { s[x>>6] &^= 1 << (x & 63) }

func (s symbols) not(t symbols) symbols { return symbols{s[0] &^ t[0], s[1] &^ t[1]} }
func (s symbols) or(t symbols) symbols  { return symbols{s[0] | t[0], s[1] | t[1]} }
func (s symbols) empty() bool           { return s[0]|s[1] == 0 }

// list writes the members of s to dst.
func (s symbols) list(dst *[symbolCount]uint8) []uint8 {
	n := 0
	for w, x := range s {
		for ; x != 0; x &= x - 1 {
			dst[n] = uint8(w<<6 + bits.TrailingZeros64(x))
			n++
		}
	}
	return dst[:n]
}

// symbolCount is how many symbols a byte may be: its low seven bits.
const symbolCount = 128

// alphabet is how a family of kernels sees the symbols of log text.
type alphabet struct {
	one  [symbolCount]float64               // probability of a symbol
	pair [symbolCount * symbolCount]float64 // of two neighbours, at first*symbolCount+second

	// seen returns what the kernels take for a member of s where they look for s.
	seen func(s symbols) symbols

	width int // positions that the kernels look at
	all   int // buckets that they have

	// few is the share of positions whose passing costs as much as looking at all
	// buckets instead of few: measured, see BenchmarkScan.
	few float64
}

func newAlphabet(width, all int, few float64, seen func(symbols) symbols) *alphabet {
	a := &alphabet{width: width, all: all, few: few, seen: seen}
	total := 0.0
	for i, cost := range modelBin[:modelPairs] {
		a.pair[i] = probability(cost)
		total += a.pair[i]
	}
	// Text unlike the model's must not look impossible: a little of every
	// symbol, and a share of each pair as if its two were independent.
	const floor, loose = 0.0003, 0.08
	norm := 1 / total
	for i := range a.pair {
		a.pair[i] *= norm
		a.one[i/symbolCount] += a.pair[i]
	}
	const rest = 1 - floor*symbolCount
	for i := range a.one {
		a.one[i] = floor + float64(rest*a.one[i])
	}
	for i := range a.pair {
		a.pair[i] = float64((1-loose)*a.pair[i]) + float64(loose*float64(a.one[i/symbolCount]*a.one[i%symbolCount]))
	}
	return a
}

// symbols returns those of the bytes of c.
func (c *Class) symbols() symbols { return symbols{c[0] | c[2], c[1] | c[3]} }

// sevenBits is what VBMI looks up.
var sevenBits = sync.OnceValue(func() *alphabet {
	return newAlphabet(sevenWidth, sevenGroups*8, 0.006, func(s symbols) symbols { return s })
})

// nibbles is what AVX2 and NEON look up: in one table bits 0 to 3 of a byte, in
// another bits 3 to 6, so that of a set of symbols they see the product.
var nibbles = sync.OnceValue(func() *alphabet { return newAlphabet(nibbleWidth, nibbleGroups*8, 0.012, product) })

// product returns the symbols whose bits 0 to 3 some symbol of s has, and whose
// bits 3 to 6 some has. Of the eight symbols that differ in bits 0 to 2 alone
// either none are in it or all those that are somewhere in s, among the eights
// with the same bit 3.
func product(s symbols) symbols {
	const odd = 0xff00ff00ff00ff00
	var lower [2]uint64 // of the even and of the odd eights
	for i, x := range [2]uint64{(s[0] | s[1]) &^ odd, (s[0] | s[1]) & odd >> 8} {
		x |= x >> 32
		x |= x >> 16
		lower[i] = x & 0xff
	}
	every := (lower[0] | lower[1]<<8) * 0x0001000100010001
	for i, x := range s {
		x |= x >> 4 & 0x0f0f0f0f0f0f0f0f
		x |= x >> 2 & 0x0303030303030303
		x |= x >> 1
		s[i] = every & (x & 0x0101010101010101 * 0xff)
	}
	return s
}
