//go:build !noasm

package match

import "golang.org/x/sys/cpu"

func archKernels() []Kernel {
	var ks []Kernel
	x := &cpu.X86
	base := x.HasAVX2 && x.HasBMI1 && x.HasBMI2 && x.HasPOPCNT
	if base && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512VBMI && x.HasAVX512VBMI2 {
		ks = append(ks, VBMI)
	}
	if base {
		ks = append(ks, AVX2)
	}
	return ks
}

// The kernels write for each of n blocks at p a mask of the positions that
// pass the tables of 8 or 16 buckets. They read 64*n+3 bytes at p.
//
//go:noescape
func vbmi8(p *byte, n int, tables *byte, out *uint64)

//go:noescape
func vbmi16(p *byte, n int, tables *byte, out *uint64)

//go:noescape
func avx2x8(p *byte, n int, tables *byte, out *uint64)

//go:noescape
func avx2x16(p *byte, n int, tables *byte, out *uint64)

// flatten writes the numbers of the bits of n masks to out, ascending, and
// returns how many there are. It writes up to 4 beyond the last.
//
//go:noescape
func flatten(masks *uint64, n int, out *uint16) int

// probeBitmap keeps of n candidates, in place, those whose hash of the four
// bytes at p+candidate is in the bitmap, and returns their number.
//
//go:noescape
func probeBitmap(p *byte, cands *uint16, n int, bitmap *uint32, shift uint32) int

// candidates writes the positions of the first n blocks of buf that pass the
// filter to s.cands and returns their number. buf must hold n*block+width-1
// bytes.
func candidates(k Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	_ = buf[n*block+width-2]
	_ = s.cands[n*block+candSlack-1]
	p, masks := &buf[0], s.masks[:n]
	switch {
	case k == VBMI && f.groups == 1:
		vbmi8(p, n, &f.seven[0], &masks[0])
	case k == VBMI:
		vbmi16(p, n, &f.seven[0], &masks[0])
	case f.groups == 1:
		avx2x8(p, n, &f.five[0], &masks[0])
	default:
		avx2x16(p, n, &f.five[0], &masks[0])
	}
	return flatten(&masks[0], n, &s.cands[0])
}

// probeAll keeps the candidates that p knows and returns their number. Every
// candidate is less than len(buf)-3, because its window has four bytes.
func probeAll(p *probe, buf []byte, cands []uint16) int {
	_ = buf[int(cands[len(cands)-1])+3] // ascending: the last is the greatest
	return probeBitmap(&buf[0], &cands[0], len(cands), &p.bitmap[0], p.shift)
}
