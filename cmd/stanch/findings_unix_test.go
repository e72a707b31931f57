//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stanch/stanch/detectors"
)

// hook is a receiver of findings that takes its time. It remembers where they were.
type hook struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b struct {
		Data struct {
			Findings []struct {
				Source struct {
					Path string
					Line int
				}
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&b) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	time.Sleep(20 * time.Millisecond)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range b.Data.Findings {
		h.seen[fmt.Sprintf("%s:%d", filepath.Base(f.Source.Path), f.Source.Line)] = true
	}
}

func (h *hook) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.seen)
}

// TestRunKilledFindings kills a run while its findings go to a slow receiver: what
// is not read again has been reported.
func TestRunKilledFindings(t *testing.T) {
	dir := t.TempDir()
	token, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 5)
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	const files, each = 120, 20
	for i := range files {
		var text bytes.Buffer
		for k := range each {
			fmt.Fprintf(&text, "file %d line %d token=%s\n", i, k, token)
		}
		write(t, dir, fmt.Sprintf("in/%03d.log", i), text.String())
	}
	h := &hook{seen: make(map[string]bool)}
	server := httptest.NewServer(h)
	defer server.Close()
	t.Setenv("STANCH_HOOK", "whsec_"+strings.Repeat("c2VjcmV0", 4))
	write(t, dir, "run.yaml", fmt.Sprintf(`version: 1
inputs:
  - file: {paths: in, state: state.json}
    on_failure: halt
outputs:
  - file: {path: out.log}
findings:
  rate: 1000000
  max_wait: 1m
  outputs:
    - webhook: {url: %q, secret: {env: STANCH_HOOK}, allow_private: true}
`, server.URL))
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
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
		time.Sleep(time.Duration(50+rng.IntN(300)) * time.Millisecond)
		cmd.Process.Signal(syscall.SIGKILL)
		log.drain()
		cmd.Wait()
	}
	killed := h.count()
	if out, err := startRun(t, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := h.count(); n != files*each {
		t.Errorf("%d of %d findings were reported, %d of them by runs that were killed", n, files*each, killed)
	}
	t.Logf("%d of %d findings by runs that were killed", killed, files*each)
}
