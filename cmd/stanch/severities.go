package main

import (
	"sync/atomic"

	"github.com/stanch/stanch/finding"
)

// severities remembers whether there was a finding from a severity on.
type severities struct {
	from finding.Severity
	hit  atomic.Bool
}

func (s *severities) add(v finding.Severity) {
	if v >= s.from {
		s.hit.Store(true)
	}
}

func (s *severities) any() bool { return s.hit.Load() }
