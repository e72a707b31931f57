//go:build !noasm

package match

// Advanced SIMD belongs to every arm64 processor that Go runs on.
func archKernels() []Kernel { return []Kernel{NEON} }

// neonMasks writes for each of n blocks at p a mask of the positions that pass
// the tables at the first four positions of a window. It reads 64*n+3 bytes.
//
//go:noescape
func neonMasks(p *byte, n int, tables *byte, out *uint64)

// candidates writes the positions of the first n blocks of buf that pass the
// filter to s.cands and returns their number. buf must hold n*block+width-1
// bytes.
func candidates(_ Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	_ = buf[n*block+f.width-2]
	masks := s.masks[:n]
	neonMasks(&buf[0], n, &f.neon[0], &masks[0])
	return flattenGo(masks, s.cands)
}

func probeAll(p *probe, buf []byte, cands []uint16) int { return probeAllGo(p, buf, cands) }
