//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// hangUp asks stanch run to load its policy again.
var hangUp os.Signal = syscall.SIGHUP

// noCoreDumps keeps the memory of a crashed process, which may hold secrets, off
// the disk.
func noCoreDumps() { unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
