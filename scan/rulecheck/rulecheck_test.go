package rulecheck

import (
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestBuiltIn holds every built-in detector against its examples.
func TestBuiltIn(t *testing.T) {
	all, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := Check(all, func(*detectors.Detector) bool { return true }, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if !p.Warning {
			t.Error(p)
		}
	}
}
