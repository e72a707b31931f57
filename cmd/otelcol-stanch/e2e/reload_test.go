package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

const reloading = `
extensions:
  stanch: {policy: DIR/mounted/policy.yaml, reload: {settle: 5ms}}
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP"}}}
processors:
  stanch:
exporters:
  file: {path: DIR/logs.json}
service:
  telemetry: {metrics: {level: none}}
  extensions: [stanch]
  pipelines:
    logs: {receivers: [otlp], processors: [stanch], exporters: [file]}
`

// swap puts a policy where it is mounted, as the kubelet does.
func swap(t *testing.T, dir string, n int, policy string) {
	t.Helper()
	version := fmt.Sprintf("..%d", n)
	write(t, filepath.Join(dir, "mounted", version, "policy.yaml"), policy)
	tmp := filepath.Join(dir, "mounted", "..data_tmp")
	if err := os.Symlink(version, tmp); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, "mounted", "..data")); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		if err := os.Symlink("..data/policy.yaml", filepath.Join(dir, "mounted", "policy.yaml")); err != nil {
			t.Fatal(err)
		}
	}
}

func numbered(worker, i int) []byte {
	ld := plog.NewLogs()
	rs := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	rs.AppendEmpty().Body().SetStr(fmt.Sprintf("request %d-%d with password=%s", worker, i, canary))
	r := rs.AppendEmpty()
	r.Body().SetStr("fine")
	r.Attributes().PutStr("db.password", canary)
	b, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
	if err != nil {
		panic(err)
	}
	return b
}

// TestReloadUnderLoad swaps the policy while batches come, good ones and bad ones: no
// batch is lost, and each is redacted by one policy or the other.
func TestReloadUnderLoad(t *testing.T) {
	const good, other, bad = "version: 1\n", "version: 1\npolicy:\n  - detector: password\n    action: remove\n", "version: 1\nfrogs: yes\n"
	binary(t)
	dir := t.TempDir()
	swap(t, dir, 0, good)
	c := run(t, dir, reloading)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var sent [4]atomic.Int64
	for w := range sent {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				status, answer, err := c.post(context.Background(), "/v1/logs", proto, numbered(w, i))
				if err != nil || status != http.StatusOK {
					t.Errorf("%d %s %v", status, answer, err)
					return
				}
				sent[w].Add(1)
			}
		})
	}
	loads := func() int { return strings.Count(c.log.String(), "policy in force") }
	refusals := func() int { return strings.Count(c.log.String(), "policy refused, the old one stays in force") }
	for n := 1; n <= 12; n++ {
		l, r := loads(), refusals()
		switch n % 3 {
		case 0:
			swap(t, dir, n, good)
			c.await(t, "a reload", func() bool { return loads() > l })
		case 1:
			swap(t, dir, n, other)
			c.await(t, "a reload", func() bool { return loads() > l })
		case 2:
			swap(t, dir, n, bad)
			c.await(t, "a refusal", func() bool { return refusals() > r })
		}
		was := sent[0].Load()
		c.await(t, "batches between reloads", func() bool { return sent[0].Load() > was+5 })
	}
	cancel()
	wg.Wait()
	if strings.Count(c.log.String(), "Everything is ready") != 1 {
		t.Error("the collector restarted its pipelines")
	}
	c.stop(t)
	c.holdNothing(t, canary)
	if !strings.Contains(c.log.String(), "policy.yaml:2:1") {
		t.Error("the log does not say where the bad policy is wrong")
	}
	got := read(t, filepath.Join(dir, "logs.json"))
	for w := range sent {
		for i := range sent[w].Load() {
			if n := strings.Count(got, fmt.Sprintf("request %d-%d with", w, i)); n != 1 {
				t.Fatalf("batch %d of %d is there %d times", i, w, n)
			}
		}
	}
	if strings.Count(got, "REDACTED-password") == 0 || !strings.Contains(got, `with password="`) {
		t.Error("only one of the policies was in force")
	}
}
