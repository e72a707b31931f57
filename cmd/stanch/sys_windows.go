package main

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// noCoreDumps keeps Windows from reporting a crash with a dump of memory, which
// may hold secrets.
func noCoreDumps() {
	windows.SetErrorMode(windows.SEM_FAILCRITICALERRORS | windows.SEM_NOGPFAULTERRORBOX)
}

func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
