//go:build !noasm

package match

// Advanced SIMD belongs to every arm64 processor that Go runs on.
func archKernels() []Kernel { return []Kernel{NEON} }

// The kernels write for each of n blocks at p a mask of the positions that
// pass the tables of 8 or 16 buckets. They read 64*n+3 bytes at p.
//
//go:noescape
func neon8(p *byte, n int, tables *byte, out *uint64)

//go:noescape
func neon16(p *byte, n int, tables *byte, out *uint64)

// candidates writes the positions of the first n blocks of buf that pass the
// filter to s.cands and returns their number. buf must hold n*block+width-1
// bytes.
func candidates(_ Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	_ = buf[n*block+width-2]
	masks := s.masks[:n]
	if f.groups == 1 {
		neon8(&buf[0], n, &f.neon[0], &masks[0])
	} else {
		neon16(&buf[0], n, &f.neon[0], &masks[0])
	}
	return flattenGo(masks, s.cands)
}

func probeAll(p *probe, buf []byte, cands []uint16) int { return probeAllGo(p, buf, cands) }
