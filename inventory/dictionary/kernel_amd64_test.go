//go:build !noasm

package dictionary

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/cpu"
)

// TestKindsRungs holds both kernels against the plain loop, whatever this processor
// would choose.
func TestKindsRungs(t *testing.T) {
	text := make([]byte, chunk+64)
	r := rand.New(rand.NewPCG(8, 8))
	for i := range text {
		text[i] = byte(r.Uint32())
	}
	for i := range 256 { // each byte in each lane
		for k := range 32 {
			text[i*64+(i+k*2)%64] = byte(i)
		}
	}
	var want blocks
	kindsPlain(text, &want)
	for name, rung := range map[string]struct {
		has  bool
		make func(p *byte, n int, out *uint64, stride int)
	}{"AVX2": {cpu.X86.HasAVX2, kindsAVX2}, "AVX-512": {hasAVX512, kindsAVX512}} {
		if !rung.has {
			t.Logf("no %s", name)
			continue
		}
		var got blocks
		if rung.make(&text[0], len(text)/64, &got[0][0], 8*maxBlocks); got != want {
			t.Errorf("%s: the masks differ", name)
		}
	}
}
