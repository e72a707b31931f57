package main

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// hangUp would ask stanch run to load its policy again; there is no such signal here.
var hangUp os.Signal

// noCoreDumps keeps Windows from reporting a crash with a dump of memory, which
// may hold secrets.
func noCoreDumps() {
	windows.SetErrorMode(windows.SEM_FAILCRITICALERRORS | windows.SEM_NOGPFAULTERRORBOX)
}

func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
