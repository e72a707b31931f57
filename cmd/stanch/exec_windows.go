package main

import (
	"errors"
	"os"
	"os/exec"

	"github.com/stanch/stanch/redact"
)

// signals are none: a console sends its events to all of its processes.
type signals struct{}

func catchSignals() signals { return signals{} }

func (signals) forward(*exec.Cmd) (stop func()) { return func() {} }

func endedBySignal(*os.ProcessState) (number int, ok bool) { return 0, false }

func (c *cli) runTerminal(*redact.Engine, *exec.Cmd) (code int, err error) {
	return 0, errors.New("--pty is not available on Windows")
}
