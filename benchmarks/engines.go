package main

import (
	"os"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
	"github.com/stanch/stanch/scan"
)

// newEngine compiles the default policy for a kernel, with the given detectors
// instead of the built-in ones unless they are nil. Engines choose their
// kernel through the environment.
func newEngine(k match.Kernel, ds []detectors.Detector) *redact.Engine {
	before, had := os.LookupEnv("STANCH_KERNEL")
	os.Setenv("STANCH_KERNEL", k.String())
	defer func() {
		if os.Unsetenv("STANCH_KERNEL"); had {
			os.Setenv("STANCH_KERNEL", before)
		}
	}()
	return must(redact.New(redact.DefaultDocument(), redact.Options{Detectors: ds}))
}

// newMatcher compiles what an engine looks for, with gates or without.
func newMatcher(k match.Kernel, e *scan.Engine, gates bool) *match.Matcher {
	lits := e.Literals()
	if !gates {
		lits = ungated(lits)
	}
	return must(match.Compile(lits, match.WithKernel(k)))
}

// ungated returns the literals as those know them who look for texts alone.
func ungated(lits []match.Literal) []match.Literal {
	bare := make([]match.Literal, len(lits))
	for i, l := range lits {
		bare[i] = match.Literal{Text: l.Text, Fold: l.Fold}
	}
	return bare
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
