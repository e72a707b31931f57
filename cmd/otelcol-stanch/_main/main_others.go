//go:build otelcol && !windows

package main

import (
	"syscall"

	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/otelcol"
)

// run takes the place of the one that the builder writes to a file of this name.
func run(params otelcol.CollectorSettings) error {
	// A core dump would hold what is not redacted yet.
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	// Pipelines of profiles need a flag otherwise, and --feature-gates=-service.profilesSupport
	// takes them away again.
	if err := featuregate.GlobalRegistry().Set("service.profilesSupport", true); err != nil {
		return err
	}
	return runInteractive(params)
}
