//go:build unix

package main

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// noCoreDumps keeps the memory of a crashed process, which may hold secrets, off
// the disk.
func noCoreDumps() { unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
