package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

const (
	// execHold is how long the start of a line of output waits for its end.
	execHold = 500 * time.Millisecond
	// promptHold is the same at a terminal, where somebody waits for a prompt.
	promptHold = 50 * time.Millisecond
	// drain is how long output is read after the command has ended: what it
	// started may have kept the pipe open.
	drain = 2 * time.Second
)

type execFlags struct {
	pty bool
}

func (c *cli) execCommand() *cobra.Command {
	var pf policyFlags
	var x execFlags
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARGUMENT...]",
		Short: "Run a command with its output redacted",
		Example: `  stanch exec -- ./deploy.sh
  stanch exec --pty -- terraform apply      # keeps colours, prompts, progress bars
  stanch exec --config stanch.yaml -- make test > test.log`,
		Long: `Exec runs a command and redacts what it writes to standard output and standard
error, each as a stream of its own. Standard input, signals and the exit status
are passed on. Variables whose names begin with STANCH_ are not. What is secret in
the others, under names like DB_PASSWORD or in an address, is known from then on: it
is redacted wherever the command prints it, in clear or encoded. What is short or
can be guessed is only taken under a sensitive name, as ever, and a note says so.

With --pty the command gets a terminal of its own, of the size of this one, so
that it behaves as it does without Stanch; both streams come out as one.

The start of a line is held back for half a second at most, at a terminal for a
twentieth. What may be the beginning of a secret then is redacted, not shown.

Exit status: that of the command; 128 and the number of the signal that ended
it; 126 if it cannot be run, 127 if it is not found; 2 for an error before that.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.exec(args, &pf, &x)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVarP(&x.pty, "pty", "t", false, "give the command a terminal")
	pf.add(cmd)
	return cmd
}

// Exit codes of a command that did not run, as shells have them (POSIX.1-2024,
// XCU 2.8.2).
const (
	exitNotRun   = 126
	exitNotFound = 127
	exitSignal   = 128
)

func (c *cli) exec(args []string, pf *policyFlags, x *execFlags) error {
	env := childEnvironment(os.Environ())
	e, err := pf.engine(c, env)
	if err != nil {
		return err
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	if cmd.Err != nil {
		return notRun(cmd.Err)
	}
	var code int
	if x.pty {
		code, err = c.runTerminal(e, cmd)
	} else {
		code, err = c.runPipes(e, cmd)
	}
	switch {
	case err != nil:
		return notRun(err)
	case code != 0:
		return exitStatus(code)
	}
	return nil
}

// notRun is the error of a command that did not run, with a shell's exit code.
func notRun(err error) error {
	code := exitNotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		code = exitNotFound
	}
	return &execError{err, code}
}

// execError is an error with an exit code of its own.
type execError struct {
	error
	code int
}

func (e *execError) Unwrap() error { return e.error }

// childEnvironment leaves out what is Stanch's own: keys among it.
func childEnvironment(environ []string) (out []string) {
	for _, v := range environ {
		if !strings.HasPrefix(v, "STANCH_") {
			out = append(out, v)
		}
	}
	return out
}

// runPipes runs the command with its output in two pipes.
func (c *cli) runPipes(e *redact.Engine, cmd *exec.Cmd) (code int, err error) {
	cmd.Stdin = c.stdin
	out := newRedacted(e, c.stdout, "standard output")
	log := newRedacted(e, c.stderr, "standard error")
	var pipes [2]*os.File
	var copies sync.WaitGroup
	var ends []*os.File
	for i, w := range []*redacted{out, log} {
		r, end, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		pipes[i] = r
		ends = append(ends, end)
		copies.Go(func() { w.copy(r) })
	}
	cmd.Stdout, cmd.Stderr = ends[0], ends[1]
	caught := catchSignals()
	err = cmd.Start()
	for _, end := range ends {
		end.Close()
	}
	if err == nil {
		stop := caught.forward(cmd)
		err = cmd.Wait()
		stop()
	}
	finished := make(chan struct{})
	go func() { copies.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(drain):
		for _, p := range pipes {
			p.Close()
		}
		<-finished
	}
	for _, w := range []*redacted{out, log} {
		if e := w.close(); err == nil && e != nil {
			return 0, e
		}
	}
	return exitCode(cmd, err)
}

// exitCode tells how the command ended from what Wait has returned.
func exitCode(cmd *exec.Cmd, err error) (int, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if n, ok := endedBySignal(cmd.ProcessState); ok {
		return exitSignal + n, nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// redacted is an output of the command. What follows a failed write is read and
// dropped: the command must not block, nor see another error than it would.
type redacted struct {
	name string
	w    *redact.Writer
	err  error
}

func newRedacted(e *redact.Engine, to io.Writer, name string) *redacted {
	return hold(e, to, name, execHold)
}

func hold(e *redact.Engine, to io.Writer, name string, wait time.Duration) *redacted {
	return &redacted{name: name, w: e.NewWriter(to, redact.WriterOptions{Hold: wait, Source: finding.Source{Kind: finding.Stream}})}
}

func (o *redacted) copy(r *os.File) {
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if o.err == nil {
			_, o.err = o.w.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// close releases what is held. A reader that has gone away is no error.
func (o *redacted) close() error {
	if err := o.w.Close(); o.err == nil {
		o.err = err
	}
	if o.err != nil && !isClosedPipe(o.err) {
		return fmt.Errorf("%s: %w", o.name, o.err)
	}
	return nil
}
