//go:build unix

package stanchextension

import (
	"errors"
	"os"
	"syscall"
)

// signalOf returns a signal by its name, nil for none.
func signalOf(name string) (os.Signal, error) {
	switch name {
	case "":
		return nil, nil
	case "SIGHUP":
		return syscall.SIGHUP, nil
	case "SIGUSR1":
		return syscall.SIGUSR1, nil
	case "SIGUSR2":
		return syscall.SIGUSR2, nil
	}
	return nil, errors.New("signal: want SIGHUP, SIGUSR1 or SIGUSR2")
}
