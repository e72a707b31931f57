//go:build !noasm

package dictionary

import "golang.org/x/sys/cpu"

// masksAVX2 is masksPlain. It reads n*64 bytes at p and writes n masks.
//
//go:noescape
func masksAVX2(p *byte, n int, c *Class, out *uint64)

func hasKernel() bool { return cpu.X86.HasAVX2 }

func masksKernel(text []byte, c *Class, out []uint64) {
	if n := len(text) / 64; n > 0 {
		_ = out[n-1]
		masksAVX2(&text[0], n, c, &out[0])
	}
}
