//go:build noasm || (!amd64 && !arm64)

package match

func archKernels() []Kernel { return nil }

func candidates(k Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	panic("match: no kernel in this build")
}

func records(k Kernel, groups int) bool { return false }

func record(k Kernel, f *filter, buf []byte, found *[verifyChunk]uint64) int {
	panic("match: no such kernel")
}

func probeAll(p *probe, buf []byte, cands []uint16) int { return probeAllGo(p, buf, cands) }

func newMasks() []uint64 { return nil }

func near(p *probe, buf []byte, off int, cands []uint16, found *[verifyChunk]uint64) int {
	return nearGo(p, buf, off, cands, found)
}

func sift(k Kernel, p *probe, buf []byte, found []uint64, likely *likelies) (slots, literals, kept int) {
	return siftGo(p, buf, found, likely)
}

func confirm(m *Matcher, buf []byte, likely []uint64) int { return confirmGo(m, buf, likely) }
