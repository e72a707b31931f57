package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

const onDisk = `
extensions:
  stanch: {}
  file_storage/files: {directory: DIR/in-files, create_directory: true}
  file_storage/queue: {directory: DIR/queue, create_directory: true}
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP"}}}
  file_log: {include: [DIR/in-*.log], start_at: beginning, storage: file_storage/files, poll_interval: 10ms}
processors:
  stanch:
exporters:
  otlp_http:
    endpoint: BACKEND
    compression: none
    sending_queue: {storage: file_storage/queue}
    retry_on_failure: {initial_interval: 50ms, max_interval: 100ms}
service:
  telemetry: {metrics: {level: none}}
  extensions: [stanch, file_storage/files, file_storage/queue]
  pipelines:
    logs: {receivers: [file_log], processors: [stanch], exporters: [otlp_http]}
`

// TestKill kills a collector whose backend is away, while it reads a file: what waits
// on the disk is redacted, and the next one sends all of it.
func TestKill(t *testing.T) {
	binary(t)
	var mu sync.Mutex
	away := true
	lines := map[string]bool{}
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if away || err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if strings.Contains(string(body), canary) {
			t.Error("the secret was sent")
		}
		req := plogotlp.NewExportRequest()
		if err := req.UnmarshalProto(body); err != nil {
			t.Error(err)
		}
		for _, rl := range req.Logs().ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					lines[r.Body().Str()] = true
				}
			}
		}
		w.Header().Set("Content-Type", proto)
	}))
	defer backend.Close()

	dir := t.TempDir()
	const n = 2000
	app, err := os.Create(filepath.Join(dir, "in-app.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	append := func(from, to int) {
		for i := from; i < to; i++ {
			if _, err := fmt.Fprintf(app, "line %d password=%s\n", i, canary); err != nil {
				t.Fatal(err)
			}
		}
	}
	config := strings.ReplaceAll(onDisk, "BACKEND", backend.URL)
	append(0, n/2)
	c := run(t, dir, config)
	queue := filepath.Join(dir, "queue")
	c.await(t, "something on the disk", func() bool {
		files, _ := filepath.Glob(filepath.Join(queue, "*"))
		for _, f := range files {
			if strings.Contains(read(t, f), "line 900 password=REDACTED-password") {
				return true
			}
		}
		return false
	})
	append(n/2, n)
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-c.done
	c.holdNothing(t, canary)

	c = run(t, dir, config)
	mu.Lock()
	away = false
	mu.Unlock()
	c.await(t, "all lines", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(lines) == n
	})
	for i := range n {
		if !lines[fmt.Sprintf("line %d password=REDACTED-password", i)] {
			t.Fatalf("line %d is missing", i)
		}
	}
	c.stop(t)
	c.holdNothing(t, canary)
}
