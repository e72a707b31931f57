// Package e2e tests the built collector from outside. make test-otelcol builds it and
// names it in STANCH_OTELCOL; without that the tests are skipped.
package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// testKey is the key of the documents. It is nobody's.
const testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("STANCH_OTELCOL")
	if path == "" {
		t.Skip("STANCH_OTELCOL names no collector: make test-otelcol")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// collector is one that runs.
type collector struct {
	cmd  *exec.Cmd
	log  *buffer
	http string // address of its OTLP receiver
	dir  string
	done chan struct{}
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// free returns an address nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run starts a collector on a configuration, in which DIR is dir, HTTP the address to
// listen at, and waits until it does.
func run(t *testing.T, dir, config string) *collector {
	t.Helper()
	c := &collector{http: free(t), dir: dir, log: new(buffer), done: make(chan struct{})}
	config = strings.NewReplacer("DIR", dir, "HTTP", c.http).Replace(config)
	path := filepath.Join(dir, "otelcol.yaml")
	write(t, path, config)
	c.cmd = exec.Command(binary(t), "--config", path)
	c.cmd.Dir = dir
	c.cmd.Env = append(os.Environ(), "STANCH_KEY="+testKey)
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.cmd.Wait()
		close(c.done)
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		<-c.done
		if t.Failed() {
			t.Logf("the collector said:\n%s", tail(c.log.String()))
		}
	})
	c.await(t, "ready", func() bool { return strings.Contains(c.log.String(), "Everything is ready") })
	return c
}

func tail(s string) string { return s[max(0, len(s)-4000):] }

func (c *collector) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

func (c *collector) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if !c.alive() {
			t.Fatalf("the collector is gone before: %s\n%s", what, tail(c.log.String()))
		}
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// stop ends the collector as its users would, so that it sends what it has.
func (c *collector) stop(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.done:
	case <-time.After(60 * time.Second):
		t.Fatal("the collector does not stop")
	}
	if code := c.cmd.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("exit status %d", code)
	}
}

// peak returns the most memory the process ever had, in bytes; 0 where the system
// does not say.
func (c *collector) peak(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	return 0
}

var client = &http.Client{Timeout: 2 * time.Minute}

// post sends a request to the OTLP receiver.
func (c *collector) post(ctx context.Context, path, kind string, body []byte) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.http+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, string(b), err
}

const (
	proto = "application/x-protobuf"
	jsonT = "application/json"
)

// must is post where everything but success is the end.
func (c *collector) must(t *testing.T, path, kind string, body []byte) {
	t.Helper()
	status, answer, err := c.post(context.Background(), path, kind, body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, status, answer, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

// holdNothing holds that none of the secrets is in any file below dir, nor in what the
// collector said. Names that begin with in- are those of its input and of what
// receivers keep of that.
func (c *collector) holdNothing(t *testing.T, secrets ...string) {
	t.Helper()
	look := func(name, text string) {
		for _, s := range secrets {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("%s has a secret: …%s…", name, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
	look("the log", c.log.String())
	err := filepath.WalkDir(c.dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), "in-"):
			return filepath.SkipDir
		case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "in-"):
			return nil
		}
		look(path, read(t, path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
