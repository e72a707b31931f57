package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
)

// startup measures compiling the default engine: again in this process, first
// thing in a new one (up to the first record redacted), and as the start of
// the command with nothing to do.
func (b *bench) startup(stanch string) {
	rounds := 2*b.rounds + 1
	b.measure(rounds,
		subject{name: "startup/compile", unit: "detectors", run: func() int { return len(newEngine(match.Auto, nil).Scan().Detectors()) }},
		subject{name: "startup/process", unit: "exit status", run: func() int { return status(exec.Command(must(os.Executable()), "-child", "nothing")) }})
	if b.wants("startup/first-compile") {
		first := &result{Name: "startup/first-compile", Unit: "detectors"}
		for range rounds {
			out := must(exec.Command(must(os.Executable()), "-child", "compile").Output())
			var ns time.Duration
			must(fmt.Sscan(string(out), &ns, &first.Count))
			first.Times = append(first.Times, ns)
		}
		b.results = append(b.results, first)
		fmt.Fprintln(b.log, first)
	}
	if stanch != "" {
		b.measure(rounds,
			subject{name: "startup/stanch-redact", unit: "exit status", run: func() int { return status(exec.Command(stanch, "redact", "-")) }},
			subject{name: "startup/stanch-version", unit: "exit status", run: func() int { return status(exec.Command(stanch, "version")) }})
	}
}

// compileOnce is what the new process does: it prints nanoseconds and the
// number of detectors.
func compileOnce() {
	start := cpuTime()
	e := must(redact.New(redact.DefaultDocument(), redact.Options{}))
	e.NewRedactor().Append(nil, []byte(`{"token_type":"Bearer","password":"********","author":"bob"}`))
	fmt.Println((cpuTime() - start).Nanoseconds(), len(e.Scan().Detectors()))
}

func status(c *exec.Cmd) int {
	c.Run()
	return c.ProcessState.ExitCode()
}

var redactedSecrets = regexp.MustCompile(`redacted (\d+) secret`)

// command measures the command on a file in the page cache against redacting
// the same text in memory.
func (b *bench) command(stanch string, c *corpus) {
	names := []string{"command/in-memory", "command/one-core", "command/all-cores"}
	if stanch == "" || !b.wants(names...) {
		return
	}
	dir := must(os.MkdirTemp("", "stanch-bench-"))
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "clean.log")
	if err := os.WriteFile(file, c.text, 0o600); err != nil {
		panic(err)
	}
	run := func(env ...string) func() int {
		return func() int {
			var summary bytes.Buffer
			cmd := exec.Command(stanch, "redact", file) // no Stdout is the null device
			cmd.Env = append(os.Environ(), env...)
			cmd.Stderr = &summary
			if err := cmd.Run(); err != nil {
				b.fail("stanch redact: %v: %s", err, summary.Bytes())
				return -1
			}
			m := redactedSecrets.FindSubmatch(summary.Bytes())
			if m == nil {
				return -1
			}
			return must(strconv.Atoi(string(m[1])))
		}
	}
	b.measure(b.rounds,
		redactEach(names[0], newEngine(match.Kernels()[0], nil), chunks(c.text)),
		subject{name: names[1], bytes: len(c.text), unit: "findings", run: run("GOMAXPROCS=1")},
		subject{name: names[2], bytes: len(c.text), unit: "findings", run: run(), wall: true})
	b.same(names...)
}
