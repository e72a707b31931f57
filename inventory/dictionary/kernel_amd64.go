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

// mixedAVX2 is mixedPlain for n times four blocks.
//
//go:noescape
func mixedAVX2(in *blocks, n int, out *[maxBlocks]uint64)

// gatedAVX2 is gatedPlain for n times four masks, and the one behind them.
//
//go:noescape
func gatedAVX2(masks *uint64, n int, steps *[2]uint64, k int, every uint64, out *uint64)

func hasKernel() bool { return cpu.X86.HasAVX2 }

var hasAVX512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW

func masksKernel(text []byte, c *Class, out []uint64) {
	if n := len(text) / 64; n > 0 {
		_ = out[n-1]
		masksAVX2(&text[0], n, c, &out[0])
	}
}

func kindsKernel(text []byte, out *blocks) {
	if n := len(text) / 64; n > 0 {
		_ = out[0][n-1]
		kindsOfBlocks(&text[0], n, &out[0][0], 8*maxBlocks)
	}
}

// kindsKernelOf is kindsOf.
func kindsKernelOf(text *[64]byte, k *kinds) { kindsOfBlocks(&text[0], 1, &k.lower, 8) }

func kindsOfBlocks(p *byte, n int, out *uint64, stride int) {
	if hasAVX512 {
		kindsAVX512(p, n, out, stride)
	} else {
		kindsAVX2(p, n, out, stride)
	}
}

func mixedKernel(in *blocks, n int, out *[maxBlocks]uint64) {
	_ = in[0][n] // the one behind is read too
	mixedAVX2(in, n/4, out)
	for i := n &^ 3; i < n; i++ {
		a, b := in.at(i), in.at(i+1)
		out[i] = mixed(&a, &b)
	}
}

func gatedKernel(masks []uint64, steps [][2]uint64, every uint64, out []uint64) {
	k := (len(masks) - 1) / 4
	if k > 0 {
		_ = out[4*k-1]
		gatedAVX2(&masks[0], k, &steps[0], len(steps), every, &out[0])
	}
	gatedPlain(masks[4*k:], steps, every, out[4*k:])
}
