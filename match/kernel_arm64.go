//go:build !noasm

package match

import "math/bits"

// Advanced SIMD belongs to every arm64 processor that Go runs on.
func archKernels() []Kernel { return []Kernel{NEON} }

// neon16 writes for each of n blocks at p a mask of the positions that pass the
// tables of 16 buckets. It reads 64*n+2 bytes at p.
//
//go:noescape
func neon16(p *byte, n int, tables *byte, out *uint64)

// newMasks returns room for the masks of a step, by the first 16 buckets and by
// the others.
func newMasks() []uint64 { return make([]uint64, 2*(step/block)) }

// candidates writes those of the first n positions of buf that pass the filter
// to s.cands and returns their number. n is at least block and at most stepMost;
// buf must hold n+over bytes.
func candidates(_ Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	if n < block || n > stepMost {
		panic("match: a kernel called for a wrong number of positions")
	}
	_ = buf[n+over-1]
	have := 0
	for i, mask := range masks(f, buf, n/block, s) {
		have += numbers(mask, i*block, s.cands[have:])
	}
	if rest := n % block; rest > 0 {
		// A block that ends with the last position, less what has been decided.
		mask := masks(f, buf[n-block:], 1, s)[0] >> (block - rest) << (block - rest)
		have += numbers(mask, n-block, s.cands[have:])
	}
	return have
}

func masks(f *filter, buf []byte, n int, s *Scratch) []uint64 {
	a, b := s.masks[:n], s.masks[step/block:][:n]
	neon16(&buf[0], n, &f.neon[0], &a[0])
	if f.groups > 2 {
		neon16(&buf[0], n, &f.neon[neonSize], &b[0])
		for i := range a {
			a[i] |= b[i]
		}
	}
	return a
}

// numbers writes the numbers of the bits of mask, from first on, to out,
// ascending, and returns how many there are.
func numbers(mask uint64, first int, out []uint16) int {
	n := 0
	for ; mask != 0; mask &= mask - 1 {
		out[n] = uint16(first + bits.TrailingZeros64(mask))
		n++
	}
	return n
}

func records(k Kernel, groups int) bool { return false }

func record(k Kernel, f *filter, buf []byte, found *[verifyChunk]uint64) int {
	panic("match: no such kernel")
}

func probeAll(p *probe, buf []byte, cands []uint16) int { return probeAllGo(p, buf, cands) }

func near(p *probe, buf []byte, off int, cands []uint16, found *[verifyChunk]uint64) int {
	return nearGo(p, buf, off, cands, found)
}

func sift(k Kernel, p *probe, buf []byte, found []uint64, likely *likelies) (slots, literals, kept int) {
	return siftGo(p, buf, found, likely)
}

func confirm(m *Matcher, buf []byte, likely []uint64) int { return confirmGo(m, buf, likely) }
