//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/stanch/stanch/redact"
)

// signals are what is sent to Stanch from now on.
type signals chan os.Signal

func catchSignals() signals {
	s := make(signals, 16)
	signal.Notify(s, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGCONT, syscall.SIGINT, syscall.SIGQUIT)
	return s
}

// forward passes signals on to a command that runs, until stop is called. What
// a terminal sends (^C, ^\) reaches the command by itself, if both are of one
// process group; Stanch only waits for what it makes of it.
func (s signals) forward(cmd *exec.Cmd) (stop func()) {
	done := make(chan struct{})
	shared := term.IsTerminal(int(os.Stdin.Fd())) && cmd.SysProcAttr == nil
	go func() {
		for {
			select {
			case x := <-s:
				if !shared || x != syscall.SIGINT && x != syscall.SIGQUIT {
					cmd.Process.Signal(x)
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(s)
		close(done)
	}
}

func endedBySignal(p *os.ProcessState) (number int, ok bool) {
	w, ok := p.Sys().(syscall.WaitStatus)
	if !ok || !w.Signaled() {
		return 0, false
	}
	return int(w.Signal()), true
}

// runTerminal runs the command in a terminal of its own.
func (c *cli) runTerminal(e *redact.Engine, cmd *exec.Cmd) (code int, err error) {
	master, slave, err := pty.Open()
	if err != nil {
		return 0, err
	}
	defer master.Close()
	in := int(c.stdin.Fd())
	if term.IsTerminal(in) {
		old, err := term.MakeRaw(in)
		if err != nil {
			slave.Close()
			return 0, err
		}
		defer term.Restore(in, old)
		pty.InheritSize(c.stdin, master)
		resized := make(chan os.Signal, 1)
		signal.Notify(resized, syscall.SIGWINCH)
		defer signal.Stop(resized)
		go func() {
			for range resized {
				pty.InheritSize(c.stdin, master)
			}
		}()
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	caught := catchSignals()
	out := hold(e, c.stdout, "standard output", promptHold)
	err = cmd.Start()
	slave.Close()
	if err != nil {
		return 0, err
	}
	defer caught.forward(cmd)()
	read := make(chan struct{})
	go func() { out.copy(master); close(read) }()
	go func() {
		if _, err := master.ReadFrom(c.stdin); err == nil {
			master.Write([]byte{4}) // end of input, as ^D says
		}
	}()
	err = cmd.Wait()
	select {
	case <-read: // a terminal nobody has open any more gives an error
	case <-time.After(drain):
		master.Close()
		<-read
	}
	if e := out.close(); e != nil {
		return 0, errors.Join(err, e)
	}
	return exitCode(cmd, err)
}
