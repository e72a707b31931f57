//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/stanch/stanch/detectors"
)

// terminal runs stanch in a terminal of the test's own and collects what it shows.
type terminal struct {
	*os.File
	cmd *exec.Cmd
	mu  sync.Mutex
	out bytes.Buffer
}

func inTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	cmd := exec.Command("stanch", args...)
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 33, Cols: 77})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{File: f, cmd: cmd}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			x.mu.Lock()
			x.out.Write(buf[:n])
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); f.Close() })
	return x
}

func (x *terminal) waitFor(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(25 * time.Millisecond) {
		x.mu.Lock()
		out := x.out.String()
		x.mu.Unlock()
		if strings.Contains(out, text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited for %q, got %q", text, out)
		}
	}
}

// TestTerminal: the command has a terminal of the right size, its prompt shows
// before the line ends, input reaches it, and secrets do not come out.
func TestTerminal(t *testing.T) {
	token, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 5)
	if err != nil {
		t.Fatal(err)
	}
	script := `test -t 0 && test -t 1 && echo "size $(stty size)"; printf "name? "; read name; echo "hello $name, $SECRET_THING"; exit 7`
	t.Setenv("SECRET_THING", token)
	x := inTerminal(t, "exec", "--pty", "--", "sh", "-c", script)
	x.waitFor(t, "size 33 77")
	x.waitFor(t, "name? ")
	x.Write([]byte("bob\r"))
	x.waitFor(t, "hello bob, REDACTED-known-secret")
	if err := x.cmd.Wait(); x.cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("exit %v, want 7", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if strings.Contains(x.out.String(), token) {
		t.Error("the secret was shown")
	}
}

// TestTerminalInterrupt: ^C reaches the command and not Stanch.
func TestTerminalInterrupt(t *testing.T) {
	x := inTerminal(t, "exec", "--pty", "--", "sh", "-c", `trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done`)
	x.waitFor(t, "ready")
	x.Write([]byte{3})
	x.waitFor(t, "caught")
	if x.cmd.Wait(); x.cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("exit %d, want 3", x.cmd.ProcessState.ExitCode())
	}
}

// TestExecSignals: what is sent to Stanch reaches the command, which decides.
func TestExecSignals(t *testing.T) {
	cmd := exec.Command("stanch", "exec", "--", "sh", "-c", `trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.1; done`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	n, _ := out.Read(buf)
	cmd.Process.Signal(syscall.SIGTERM)
	for {
		m, err := out.Read(buf[n:])
		if n += m; err != nil {
			break
		}
	}
	if cmd.Wait(); string(buf[:n]) != "ready\ncaught\n" || cmd.ProcessState.ExitCode() != 5 {
		t.Errorf("%q, exit %d", buf[:n], cmd.ProcessState.ExitCode())
	}
}
