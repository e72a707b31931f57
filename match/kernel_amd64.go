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

// The kernels write the numbers of those of the first n positions at p, n >= 64,
// that pass the tables of 16, 24 or 32 buckets to out, ascending, and return how
// many there are. They read n+3 bytes at p, and write up to 64 numbers too many.
//
//go:noescape
func vbmi16(p *byte, n int, tables *byte, out *uint16) int

//go:noescape
func vbmi24(p *byte, n int, tables *byte, out *uint16) int

// These are slower where few positions pass, and do not slow down where many do.
//
//go:noescape
func vbmi16many(p *byte, n int, tables *byte, out *uint16) int

//go:noescape
func vbmi24many(p *byte, n int, tables *byte, out *uint16) int

//go:noescape
func avx2x16(p *byte, n int, tables *byte, out *uint16) int

//go:noescape
func avx2x32(p *byte, n int, tables *byte, out *uint16) int

// probeBitmap keeps of n candidates, in place, those whose hash of the four
// bytes at p+candidate is in the bitmap, and returns their number.
//
//go:noescape
func probeBitmap(p *byte, cands *uint16, n int, bitmap *uint32, shift uint32) int

// nearAsm, siftFour and confirmAsm do what their namesakes in Go do; shift and
// mask are those of a slot's hash, last is the entry that agrees with any text.
//
//go:noescape
func nearAsm(text *byte, off int, cands *uint16, n int, slots *uint32, shift, mask uint32, heads *head, found *uint64) int

//go:noescape
func siftFour(text *byte, found *uint64, n int, heads *head, values, masks *uint64, refs *uint32, likely *uint64, room int) (slots, literals, kept int)

// siftWide is siftFour for processors with VBMI.
//
//go:noescape
func siftWide(text *byte, found *uint64, n int, heads *head, values, masks *uint64, refs *uint32, likely *uint64, room int) (slots, literals, kept int)

//go:noescape
func confirmAsm(text *byte, likely *uint64, n int, entries *entry, last uint32, classes *Class) int

// These do the work of record for a text of n bytes. They may write one number too many.
//
//go:noescape
func vbmi24record(f *filter, text *byte, n int, found *uint64) int

//go:noescape
func avx2x32record(f *filter, text *byte, n int, found *uint64) int

// records reports whether record can be called for a kernel with so many groups.
func records(k Kernel, groups int) bool { return groups > fewBuckets/8 }

// record writes to found what is worth a closer look in buf, of which the length is at
// least block+over and at most recordMost: the place times 2^32 and the head of its
// slot in f.quads. It returns how many there are.
func record(k Kernel, f *filter, buf []byte, found *[verifyChunk]uint64) int {
	if k == VBMI {
		return vbmi24record(f, &buf[0], len(buf), &found[0])
	}
	return avx2x32record(f, &buf[0], len(buf), &found[0])
}

// manyShare is the share of positions beyond which there are many candidates.
const manyShare = 40

// candidates writes those of the first n positions of buf that pass the filter
// to s.cands and returns their number. n is at least block and at most stepMost;
// buf must hold n+over bytes.
func candidates(k Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	if n < block || n > stepMost {
		panic("match: a kernel called for a wrong number of positions")
	}
	_ = buf[n+over-1]
	p, out, have := &buf[0], &s.cands[0], 0
	switch {
	case k == VBMI && f.groups == 2 && s.many:
		have = vbmi16many(p, n, &f.seven[0], out)
	case k == VBMI && f.groups == 2:
		have = vbmi16(p, n, &f.seven[0], out)
	case k == VBMI && s.many:
		have = vbmi24many(p, n, &f.seven[0], out)
	case k == VBMI:
		have = vbmi24(p, n, &f.seven[0], out)
	case f.groups == 2:
		have = avx2x16(p, n, &f.twice[0], out)
	default:
		have = avx2x32(p, n, &f.twice[0], out)
	}
	s.many = have > n/manyShare
	return have
}

// probeAll keeps the candidates that p knows and returns their number. Every
// candidate is less than len(buf)-3, because its window has four bytes.
func probeAll(p *probe, buf []byte, cands []uint16) int {
	_ = buf[int(cands[len(cands)-1])+3] // ascending: the last is the greatest
	return probeBitmap(&buf[0], &cands[0], len(cands), &p.bitmap[0], p.shift)
}

func newMasks() []uint64 { return nil }

func near(p *probe, buf []byte, off int, cands []uint16, found *[verifyChunk]uint64) int {
	_ = buf[off+int(cands[0])-around : off+int(cands[len(cands)-1])+beyond]
	_ = found[len(cands)-1]
	// There are more slots than a hash / 16 can be; they hold indexes into heads.
	return nearAsm(&buf[0], off, &cands[0], len(cands), &p.slots[0], p.shift+4, p.mask, &p.heads[0], &found[0])
}

func sift(k Kernel, p *probe, buf []byte, found []uint64, likely *likelies) (slots, literals, kept int) {
	_ = buf[int(found[0]>>32)-around : int(found[len(found)-1]>>32)+beyond]
	if k == VBMI {
		return siftWide(&buf[0], &found[0], len(found), &p.heads[0], &p.values[0], &p.masks[0], &p.refs[0], &likely[0], likelyMost)
	}
	return siftFour(&buf[0], &found[0], len(found), &p.heads[0], &p.values[0], &p.masks[0], &p.refs[0], &likely[0], likelyMost)
}

func confirm(m *Matcher, buf []byte, likely []uint64) int {
	_ = buf[int(likely[0]>>32)-m.maxText : int(likely[len(likely)-1]>>32)+m.maxLen+beyond+1]
	entries := m.filter.entries
	return confirmAsm(&buf[0], &likely[0], len(likely), &entries[0], uint32(len(entries)-1), &m.classes[0])
}
