package match

import (
	"fmt"
	"os"
	"slices"
)

// Kernel names a rung of the ladder of scanners. All of them give the same
// hits.
type Kernel uint8

// The rungs, and Auto, which stands for the best one available.
const (
	Auto  Kernel = iota
	VBMI         // x86-64 with AVX-512 VBMI, 64 bytes a step
	AVX2         // x86-64 with AVX2 and BMI, 64 bytes a step
	NEON         // arm64
	Plain        // Aho–Corasick in Go alone
)

var kernelNames = [...]string{Auto: "auto", VBMI: "vbmi", AVX2: "avx2", NEON: "neon", Plain: "plain"}

// String returns the name that the environment variable STANCH_KERNEL uses.
func (k Kernel) String() string {
	if int(k) < len(kernelNames) {
		return kernelNames[k]
	}
	return fmt.Sprintf("kernel(%d)", uint8(k))
}

// Kernels returns the rungs that this processor and this build can run, best
// first. Plain is always the last.
func Kernels() []Kernel { return append(archKernels(), Plain) }

// resolve turns a wish into a rung that can run. Auto takes the rung named by
// STANCH_KERNEL or, without it, the best one.
func resolve(k Kernel) (Kernel, error) {
	have := Kernels()
	why := ""
	if k == Auto {
		name := os.Getenv("STANCH_KERNEL")
		if name == "" || name == "auto" {
			return have[0], nil
		}
		i := slices.Index(kernelNames[:], name)
		if i < 0 {
			return 0, fmt.Errorf("match: STANCH_KERNEL=%s: no such kernel (want vbmi, avx2, neon, plain or auto)", name)
		}
		k, why = Kernel(i), " (asked for by STANCH_KERNEL)"
	}
	if !slices.Contains(have, k) {
		return 0, fmt.Errorf("match: kernel %v%s is not available here (have %v)", k, why, have)
	}
	return k, nil
}
