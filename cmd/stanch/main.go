// Stanch finds secrets in log streams and redacts them.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/stanch/stanch/redact"
)

func main() { os.Exit(run()) }

// Exit codes.
const (
	exitOK       = 0
	exitFindings = 1
	exitError    = 2
)

const gcPercent = 800

func run() int {
	noCoreDumps()
	// Nearly all that the process ever allocates is the engine, and lives as long.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// A write to a closed pipe then returns an error instead of ending the process
	// before it has removed its temporary files.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()

	c := &cli{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	return c.execute(ctx, os.Args[1:])
}

// cli is one run of the program.
type cli struct {
	stdin          *os.File
	stdout, stderr *os.File
	redactor       *redact.Redactor // nil until something is to be shown
}

// execute runs a command line and returns the exit code.
func (c *cli) execute(ctx context.Context, args []string) (code int) {
	defer func() {
		if v := recover(); v != nil {
			c.complain(panicError(v))
			code = exitError
		}
	}()
	root := c.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var status exitStatus
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return int(status)
	case isClosedPipe(err):
		return exitOK
	}
	c.complain(err)
	var own *execError
	if errors.As(err, &own) {
		return own.code
	}
	return exitError
}

// complain prints an error as one line.
func (c *cli) complain(err error) { fmt.Fprintf(c.stderr, "stanch: %s\n", c.safely(err.Error())) }

// safely is the function of that name under the default policy: no other has a
// say in what errors show.
func (c *cli) safely(text string) string {
	if c.redactor == nil {
		// A key of its own: that of the environment may be what the error is about.
		e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: randomKey()})
		if err != nil {
			return "internal error: the built-in detectors do not load"
		}
		c.redactor = e.NewRedactor()
	}
	return safely(c.redactor, text)
}

func randomKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

// exitStatus is an error that has been reported already.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// panicError says where a panic came from, but not with what value: that could
// hold input.
func panicError(v any) error {
	where := "unknown place"
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			where = fmt.Sprintf("%s:%d", f.Function, f.Line)
			break
		}
		if !more {
			break
		}
	}
	return fmt.Errorf("internal error (%T) in %s; please report it", v, where)
}

// writeAll is for output that may fail but must not be cut silently.
func writeAll(w io.Writer, b []byte) error {
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
