package dictionary

import "os"

// rung is a set of kernels. All of them give the same.
type rung uint8

const (
	plain  rung = iota // Go alone
	avx2               // and BMI2
	avx512             // with VBMI2 and GFNI
)

// best is the one that this processor runs. STANCH_KERNEL asks for a lower one by the names
// of package match.
var best = min(bestRung(), asked(os.Getenv("STANCH_KERNEL")))

func asked(name string) rung {
	switch name {
	case "plain":
		return plain
	case "avx2":
		return avx2
	}
	return avx512
}

func (r rung) String() string { return [...]string{"plain", "AVX2", "AVX-512"}[r] }

// offsets is places in a chunk, and room behind them for kernels that write some more.
type offsets [chunk + 64]uint16
