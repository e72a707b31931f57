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

func (s *symbols) add(x uint8) { s[x>>6] |= 1 << (x & 63) }

func (s symbols) not(t symbols) symbols { return symbols{s[0] &^ t[0], s[1] &^ t[1]} }
func (s symbols) empty() bool           { return s[0]|s[1] == 0 }

// list writes the members of s to dst.
func (s symbols) list(dst *[128]uint8) []uint8 {
	n := 0
	for w, x := range s {
		for ; x != 0; x &= x - 1 {
			dst[n] = uint8(w<<6 + bits.TrailingZeros64(x))
			n++
		}
	}
	return dst[:n]
}

// alphabet is how a family of kernels sees bytes: as one of n symbols, so that
// a table of n entries answers for all 256.
type alphabet struct {
	n    int
	of   [256]uint8
	all  symbols
	one  []float64 // probability of a symbol
	pair []float64 // probability of two neighbours, at first*n+second

	// few is the share of positions whose passing costs as much as looking at
	// the third group of buckets: measured, see BenchmarkScan.
	few float64
}

func newAlphabet(n int, few float64, of func(c byte) uint8) *alphabet {
	a := &alphabet{n: n, few: few, one: make([]float64, n), pair: make([]float64, n*n)}
	for c := range 256 {
		a.of[c] = of(byte(c))
		a.all.add(a.of[c])
	}
	total := 0.0
	for i, cost := range modelBin[:modelPairs] {
		p := probability(cost)
		a.pair[int(a.of[i>>7])*n+int(a.of[i&127])] += p
		total += p
	}
	// Text unlike the model's must not look impossible: a little of every
	// symbol, and a share of each pair as if its two were independent.
	const floor, loose = 0.0003, 0.08
	norm := 1 / total
	for i := range a.pair {
		a.pair[i] *= norm
		a.one[i/n] += a.pair[i]
	}
	rest := 1 - floor*float64(n)
	for i := range a.one {
		a.one[i] = floor + float64(rest*a.one[i])
	}
	for i := range a.pair {
		a.pair[i] = float64((1-loose)*a.pair[i]) + float64(loose*float64(a.one[i/n]*a.one[i%n]))
	}
	return a
}

// set returns the symbols of the bytes of c.
func (a *alphabet) set(c Class) symbols {
	var s symbols
	if c == (Class{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}) {
		return a.all
	}
	for w, x := range c {
		for ; x != 0; x &= x - 1 {
			s.add(a.of[w<<6+bits.TrailingZeros64(x)])
		}
	}
	return s
}

// sevenBits is what VBMI looks up.
var sevenBits = sync.OnceValue(func() *alphabet {
	return newAlphabet(128, 0.006, func(c byte) uint8 { return c & 0x7f })
})

// fiveBits is what AVX2 and NEON look up: letters without their case, and
// whatever else is the same modulo 32.
var fiveBits = sync.OnceValue(func() *alphabet {
	return newAlphabet(32, 0.012, func(c byte) uint8 { return c & 0x1f })
})
