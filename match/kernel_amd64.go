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

// The VBMI kernels write the positions of n blocks at p that pass the tables
// to out and return their number. They read 64*n+3 (narrow) or 64*n+7 (wide)
// bytes at p, and write up to 64 positions beyond the last.
//
//go:noescape
func vbmiNarrow(p *byte, n int, tables *byte, out *uint16) int

//go:noescape
func vbmiWide(p *byte, n int, tables *byte, out *uint16) int

// The AVX2 kernels write a mask of the positions that pass for each of n
// blocks at p. They read 64*n+3 or 64*n+7 bytes at p.
//
//go:noescape
func avx2Narrow(p *byte, n int, tables *byte, out *uint64)

//go:noescape
func avx2Wide(p *byte, n int, tables *byte, out *uint64)

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
	_ = buf[n*block+f.width-2]
	_ = s.cands[n*block+candSlack-1]
	p, out := &buf[0], &s.cands[0]
	if k == VBMI {
		if f.width == wide {
			return vbmiWide(p, n, &f.six[0], out)
		}
		return vbmiNarrow(p, n, &f.six[0], out)
	}
	masks := s.masks[:n]
	if f.width == wide {
		avx2Wide(p, n, &f.five[0], &masks[0])
	} else {
		avx2Narrow(p, n, &f.five[0], &masks[0])
	}
	return flatten(&masks[0], n, out)
}

// probeAll keeps the candidates that p knows and returns their number. Every
// candidate is less than len(buf)-3, because its window has four bytes.
func probeAll(p *probe, buf []byte, cands []uint16) int {
	_ = buf[int(cands[len(cands)-1])+3] // ascending: the last is the greatest
	return probeBitmap(&buf[0], &cands[0], len(cands), &p.bitmap[0], p.shift)
}
