//go:build !amd64 || noasm

package dictionary

func hasKernel() bool { return false }

func masksKernel(text []byte, c *Class, out []uint64) { masksPlain(text, c, out) }

func kindsKernel(text []byte, out *blocks) { kindsPlain(text, out) }

func kindsKernelOf(text *[64]byte, k *kinds) { *k = kindsOf(text[:]) }

func mixedKernel(in *blocks, n int, out *[maxBlocks]uint64) { mixedPlain(in, n, out) }

func gatedKernel(masks []uint64, steps [][2]uint64, every uint64, out []uint64) {
	gatedPlain(masks, steps, every, out)
}
