package main

import (
	"os"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/scan"
)

// decoding measures what it costs to look into encoded text where there is
// none: scanning a corpus with it and without.
func (b *bench) decoding(c *corpus) {
	subjects := []subject{copyText(c)}
	var names []string
	for _, k := range match.Kernels() {
		for _, x := range []struct {
			name string
			off  bool
		}{{"/scan-decoding/", false}, {"/scan-no-decoding/", true}} {
			names = append(names, c.name+x.name+k.String())
			subjects = append(subjects, scanText(names[len(names)-1], newScanEngine(k, scan.Options{NoDecoding: x.off}), chunks(c.text)))
		}
	}
	if b.wants(names...) {
		b.measure(b.rounds, subjects...)
		b.same(names...)
	}
}

func newScanEngine(k match.Kernel, o scan.Options) *scan.Engine {
	defer func(before string, had bool) {
		if os.Unsetenv("STANCH_KERNEL"); had {
			os.Setenv("STANCH_KERNEL", before)
		}
	}(os.LookupEnv("STANCH_KERNEL"))
	os.Setenv("STANCH_KERNEL", k.String())
	return must(scan.Compile(must(detectors.Default()), o))
}
