//go:build !noasm

package dictionary

import "golang.org/x/sys/cpu"

// masksAVX2 is masksPlain. It reads n*64 bytes at p and writes n masks.
//
//go:noescape
func masksAVX2(p *byte, n int, c *Class, out *uint64)

// kindsAVX2 is kindsPlain. It reads n*64 bytes at p and writes n masks of each
// kind, those of a kind stride bytes behind those of the one before.
//
//go:noescape
func kindsAVX2(p *byte, n int, out *uint64, stride int)

// kindsAVX512 is kindsAVX2.
//
//go:noescape
func kindsAVX512(p *byte, n int, out *uint64, stride int)

// kindsOfAVX512 is kindsOf of n bytes, up to 64.
//
//go:noescape
func kindsOfAVX512(p *byte, n int, k *kinds)

// mixedAVX2 is mixedPlain for n times four blocks.
//
//go:noescape
func mixedAVX2(in *blocks, n int, out *[maxBlocks]uint64)

// mixedAVX512 is mixedPlain for n blocks. Up to seven masks behind theirs are written, too,
// and mean nothing.
//
//go:noescape
func mixedAVX512(in *blocks, n int, out *[maxBlocks]uint64)

// gatedAVX2 is gatedPlain for n times four masks, and the one behind them.
//
//go:noescape
func gatedAVX2(masks *uint64, n int, steps *[2]uint64, k int, every uint64, out *uint64)

// gatedAVX512 is gatedPlain for n times eight masks, and the one behind them.
//
//go:noescape
func gatedAVX512(masks *uint64, n int, steps *[2]uint64, k int, every uint64, out *uint64)

// flattenAVX512 is flattenPlain for n masks. Up to 63 places behind the last are written,
// too, and mean nothing.
//
//go:noescape
func flattenAVX512(masks *uint64, n int, at *uint16) int

// siftBMI2 is sift for the n places at at, whose windows start at text+off.
//
//go:noescape
func siftBMI2(text *byte, off int, at *uint16, n int, filter *uint64, shift uint, kept *uint16) int

// bestRung is the best that this processor has. AVX-512 is what Ice Lake and
// Zen 4 came with.
func bestRung() rung {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasBMI2:
		return plain
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VBMI && x.HasAVX512VBMI2 && x.HasAVX512GFNI && x.HasPOPCNT:
		return avx512
	}
	return avx2
}

func (r rung) masks(text []byte, c *Class, out []uint64) {
	n := len(text) / 64
	if r == plain || n == 0 {
		masksPlain(text, c, out)
		return
	}
	_ = out[n-1]
	masksAVX2(&text[0], n, c, &out[0])
}

func (r rung) kinds(text []byte, out *blocks) {
	n := len(text) / 64
	if r == plain || n == 0 {
		kindsPlain(text, out)
		return
	}
	_ = out[0][n-1]
	if r == avx512 {
		kindsAVX512(&text[0], n, &out[0][0], 8*maxBlocks)
	} else {
		kindsAVX2(&text[0], n, &out[0][0], 8*maxBlocks)
	}
}

// kindsOf makes the masks of up to 64 bytes.
func (r rung) kindsOf(text []byte, k *kinds) {
	switch {
	case r == plain || len(text) == 0:
		*k = kindsOf(text)
	case r == avx512:
		kindsOfAVX512(&text[0], len(text), k)
	default:
		var whole [64]byte
		copy(whole[:], text)
		kindsAVX2(&whole[0], 1, &k.lower, 8)
	}
}

func (r rung) mixed(in *blocks, n int, out *[maxBlocks]uint64) {
	_ = in[0][n] // the one behind is read too
	switch r {
	case plain:
		mixedPlain(in, 0, n, out)
	case avx512:
		if n > chunk/64 {
			panic("dictionary: too many blocks")
		}
		mixedAVX512(in, n, out)
	default:
		mixedAVX2(in, n/4, out)
		mixedPlain(in, n&^3, n, out)
	}
}

func (r rung) gated(masks []uint64, steps [][2]uint64, every uint64, out []uint64) {
	n := len(masks) - 1
	switch {
	case n < 0 || r == plain:
	case r == avx512 && n >= 8:
		n &^= 7
		_ = out[n-1]
		gatedAVX512(&masks[0], n/8, &steps[0], len(steps), every, &out[0])
		masks, out = masks[n:], out[n:]
	case n >= 4:
		n &^= 3
		_ = out[n-1]
		gatedAVX2(&masks[0], n/4, &steps[0], len(steps), every, &out[0])
		masks, out = masks[n:], out[n:]
	}
	gatedPlain(masks, steps, every, out)
}

func (r rung) flatten(masks []uint64, stride int, at *offsets) int {
	if r != avx512 || len(masks) == 0 {
		return flattenPlain(masks, stride, at)
	}
	_ = at[64*len(masks)-1]
	return flattenAVX512(&masks[0], len(masks), &at[0])
}

func (r rung) sift(t *tier, text []byte, off int, at []uint16, kept *offsets) int {
	if r == plain || len(at) == 0 {
		return t.sift(text, off, at, kept)
	}
	// They are in order, so that those between are in the text, too.
	_, _ = text[off+int(at[0])], text[off+int(at[len(at)-1])+7]
	return siftBMI2(&text[0], off, &at[0], len(at), &t.filter[0], t.shift, &kept[0])
}
