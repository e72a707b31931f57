//go:build !amd64 || noasm

package dictionary

func bestRung() rung { return plain }

func (rung) masks(text []byte, c *Class, out []uint64) { masksPlain(text, c, out) }

func (rung) kinds(text []byte, out *blocks) { kindsPlain(text, out) }

func (rung) kindsOf(text []byte, k *kinds) { *k = kindsOf(text) }

func (rung) mixed(in *blocks, n int, out *[maxBlocks]uint64) { mixedPlain(in, 0, n, out) }

func (rung) gated(masks []uint64, steps [][2]uint64, every uint64, out []uint64) {
	gatedPlain(masks, steps, every, out)
}

func (rung) flatten(masks []uint64, stride int, at *offsets) int {
	return flattenPlain(masks, stride, at)
}

func (rung) sift(t *tier, text []byte, off int, at []uint16, kept *offsets) int {
	return t.sift(text, off, at, kept)
}
