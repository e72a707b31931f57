//go:build unix

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stanch/stanch/detectors"
)

// startRun starts stanch run in a directory. The program is this test, by another
// name.
func startRun(t testing.TB, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "stanch")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "run", "--config", "run.yaml")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), runKey)
	return cmd
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRunKilled kills a run many times, by -9 and by TERM, while it copies files.
// In the end every line is there, first deliveries are in order, keys that go over
// many lines are never seen, and no secret is in anything that was written.
func TestRunKilled(t *testing.T) {
	dir := t.TempDir()
	token, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 5)
	key, _, _, _ := detectors.Expand("-----BEGIN RSA "+"PRIVATE KEY-----\n{base64:64}\n{base64:64}\n{base64:64}\n-----END RSA PRIVATE KEY-----\n", 6)
	inside := strings.Split(key, "\n")[2]
	var text bytes.Buffer
	const lines = 150_000
	for i := range lines {
		fmt.Fprintf(&text, "line %06d of a file that is being read while the program is killed", i)
		switch {
		case i%50 == 0:
			fmt.Fprintf(&text, " token=%s", token)
		case i%300 == 7:
			text.WriteString("\n" + strings.TrimSuffix(key, "\n"))
		}
		text.WriteByte('\n')
	}
	write(t, dir, "in.log", text.String())
	write(t, dir, "run.yaml", `version: 1
inputs:
  - file: {paths: in.log, state: state.json}
outputs:
  - file: {path: out.log}
findings:
  outputs:
    - file: {path: findings.jsonl, sync: false}
quarantine:
  file: {path: quarantine.jsonl}
`)
	rng := rand.New(rand.NewPCG(1, 2))
	kills := 0
	for range 8 {
		cmd := startRun(t, dir)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		log := newLines(stderr)
		log.until(t, `"msg":"running"`)
		// Some die before they have read anything, some when nothing is left.
		time.Sleep(time.Duration(rng.IntN(150)) * time.Millisecond)
		sig := syscall.SIGKILL
		if kills%3 == 2 {
			sig = syscall.SIGTERM
		}
		kills++
		cmd.Process.Signal(sig)
		var all strings.Builder
		for line := range log.ch {
			all.WriteString(line + "\n")
		}
		if err := cmd.Wait(); err != nil && sig == syscall.SIGTERM {
			t.Errorf("stopped: %v\n%s", err, all.String())
		}
		if strings.Contains(all.String(), token) {
			t.Error("a secret in the log")
		}
	}
	if out, err := startRun(t, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := os.ReadFile(filepath.Join(dir, "out.log"))
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]bool, lines)
	next, again := 0, 0
	for _, m := range regexp.MustCompile(`(?m)^line (\d{6}) of a file that is being read while the program is killed( token=REDACTED-github-pat)?$`).FindAllSubmatch(out, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		if (n%50 == 0) != (len(m[2]) > 0) {
			t.Fatalf("line %d: %s", n, m[0])
		}
		switch {
		case seen[n]:
			again++
		case n != next:
			t.Fatalf("line %d comes before line %d", n, next)
		default:
			seen[n] = true
			next++
		}
	}
	if next != lines {
		t.Errorf("%d of %d lines arrived", next, lines)
	}
	t.Logf("%d kills, %d lines twice", kills, again)
	for _, name := range []string{"out.log", "findings.jsonl", "quarantine.jsonl", "state.json"} {
		b, _ := os.ReadFile(filepath.Join(dir, name))
		for _, s := range []string{token, inside} {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("a secret in %s", name)
			}
		}
	}
}

// TestRunReload changes the policy of a run, breaks it and mends it.
func TestRunReload(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "policy.yaml", "version: 1\n")
	write(t, dir, "run.yaml", `version: 1
redaction: policy.yaml
inputs: [{stdin: {}, on_failure: redact_value}]
outputs: [{stdout: {}}]
metrics: {listen: "127.0.0.1:0"}
`)
	cmd := startRun(t, dir)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	logs, _ := cmd.StderrPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	log := newLines(logs)
	text := newLines(out)
	address := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(log.until(t, "serving metrics"))[1]
	log.until(t, `"msg":"running"`)
	get := func(path string) string {
		t.Helper()
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var b bytes.Buffer
		b.ReadFrom(res.Body)
		return fmt.Sprintf("%d\n%s", res.StatusCode, b.Bytes())
	}
	say := func(want string) {
		t.Helper()
		fmt.Fprintln(in, "password=winter-garden-9")
		if got := text.until(t, "password"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	say("password=REDACTED-password")
	if got := get("/ready"); !strings.HasPrefix(got, "200\n") {
		t.Error(got)
	}
	replace := func(text string) { // at once: half of a policy may be one, too
		t.Helper()
		write(t, dir, "new.yaml", text)
		if err := os.Rename(filepath.Join(dir, "new.yaml"), filepath.Join(dir, "policy.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	replace("version: 1\npolicy: [{action: remove}]\n")
	log.until(t, `"msg":"policy in force"`)
	say("password=")
	replace("version: 1\npolicy: [{action: burn}]\n")
	if got := log.until(t, "was not loaded"); !strings.Contains(got, "policy.yaml:2:19") {
		t.Error(got)
	}
	say("password=")
	os.Remove(filepath.Join(dir, "policy.yaml"))
	replace("version: 1\n")
	cmd.Process.Signal(syscall.SIGHUP)
	log.until(t, `"msg":"policy in force"`)
	say("password=REDACTED-password")
	// What was found is counted right behind what was written.
	missing := func() (lines []string) {
		m := get("/metrics")
		for _, want := range []string{`stanch_config_reloads_total{result="failure"}`, `stanch_config_reloads_total{result="success"}`, `stanch_config_info{engine=`, `stanch_findings_total{action="mask",detector="password",severity="high"} 2`, "stanch_ready 1", "stanch_inflight_limit_bytes 6.7108864e+07"} {
			if !strings.Contains(m, want) {
				lines = append(lines, want)
			}
		}
		return lines
	}
	for end := time.Now().Add(30 * time.Second); len(missing()) > 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	for _, line := range missing() {
		t.Errorf("metrics lack %s", line)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// writtenLines are those that a program writes.
type writtenLines struct{ ch chan string }

func newLines(r interface{ Read([]byte) (int, error) }) *writtenLines {
	l := &writtenLines{make(chan string, 1000)}
	go func() {
		defer close(l.ch)
		var rest []byte
		b := make([]byte, 4<<10)
		for {
			n, err := r.Read(b)
			rest = append(rest, b[:n]...)
			for {
				line, more, ok := bytes.Cut(rest, []byte{'\n'})
				if !ok {
					break
				}
				l.ch <- string(line)
				rest = more
			}
			if err != nil {
				return
			}
		}
	}()
	return l
}

func (l *writtenLines) drain() {
	for range l.ch {
	}
}

// until returns the next line that holds a text.
func (l *writtenLines) until(t *testing.T, text string) string {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case line, ok := <-l.ch:
			if !ok {
				t.Fatalf("no line with %q", text)
			}
			if strings.Contains(line, text) {
				return line
			}
		case <-timeout:
			t.Fatalf("no line with %q in time", text)
		}
	}
}
