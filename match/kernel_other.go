//go:build noasm || (!amd64 && !arm64)

package match

func archKernels() []Kernel { return nil }

func candidates(k Kernel, f *filter, buf []byte, n int, s *Scratch) int {
	panic("match: no kernel in this build")
}

func probeAll(p *probe, buf []byte, cands []uint16) int { return probeAllGo(p, buf, cands) }
