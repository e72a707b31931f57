package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/processor/stanchprocessor"
)

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

func startAll(t *testing.T, h host, parts ...component.Component) {
	t.Helper()
	for _, c := range parts {
		if err := c.Start(context.Background(), h); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := c.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestShared feeds three pipelines with the same data, as one receiver does: one redacts,
// one detects, one does nothing. It also replaces the policy meanwhile. For the race
// detector.
func TestShared(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	write(t, policy, "version: 1\n")
	xf := stanchextension.NewFactory()
	xc := xf.CreateDefaultConfig().(*stanchextension.Config)
	xc.Key, xc.Policy, xc.Reload.Settle = testKey, policy, time.Millisecond
	x, err := stanchextension.New(xc, componenttest.NewNopTelemetrySettings())
	if err != nil {
		t.Fatal(err)
	}
	h := host{component.NewID(xf.Type()): x}
	startAll(t, h, x)
	queue := x.Findings().Subscribe(1 << 20)
	defer queue.Close()

	f := stanchprocessor.NewFactory()
	set := processortest.NewNopSettings(f.Type())
	redacts := f.CreateDefaultConfig()
	detects := f.CreateDefaultConfig().(*stanchprocessor.Config)
	detects.Mode = "detect"
	var logs [3]consumertest.LogsSink
	var traces [3]consumertest.TracesSink
	redactLogs, err := f.CreateLogs(context.Background(), set, redacts, &logs[0])
	if err != nil {
		t.Fatal(err)
	}
	detectLogs, err := f.CreateLogs(context.Background(), set, detects, &logs[1])
	if err != nil {
		t.Fatal(err)
	}
	redactTraces, err := f.CreateTraces(context.Background(), set, redacts, &traces[0])
	if err != nil {
		t.Fatal(err)
	}
	detectTraces, err := f.CreateTraces(context.Background(), set, detects, &traces[1])
	if err != nil {
		t.Fatal(err)
	}
	startAll(t, h, redactLogs, redactTraces, detectLogs, detectTraces)
	toLogs := connector.NewLogsRouter(map[pipeline.ID]consumer.Logs{
		pipeline.NewIDWithName(pipeline.SignalLogs, "a"): redactLogs,
		pipeline.NewIDWithName(pipeline.SignalLogs, "b"): detectLogs,
		pipeline.NewIDWithName(pipeline.SignalLogs, "c"): &logs[2],
	})
	toTraces := connector.NewTracesRouter(map[pipeline.ID]consumer.Traces{
		pipeline.NewIDWithName(pipeline.SignalTraces, "a"): redactTraces,
		pipeline.NewIDWithName(pipeline.SignalTraces, "b"): detectTraces,
		pipeline.NewIDWithName(pipeline.SignalTraces, "c"): &traces[2],
	})

	const workers, each = 4, 100
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				ld := plog.NewLogs()
				r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
				r.Body().SetStr("password=" + canary)
				r.Attributes().PutStr("db.password", canary)
				if err := toLogs.ConsumeLogs(context.Background(), ld); err != nil {
					t.Error(err)
				}
				td := ptrace.NewTraces()
				s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
				s.SetName("password=" + canary)
				s.Attributes().PutStr("db.password", canary)
				if err := toTraces.ConsumeTraces(context.Background(), td); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 8 {
		write(t, policy, "version: 1\npolicy:\n  - detector: password\n    action: "+[]string{"remove", "mask"}[i%2]+"\n")
		time.Sleep(10 * time.Millisecond)
	}
	wg.Wait()

	for i := range 3 {
		if logs[i].LogRecordCount() != workers*each || traces[i].SpanCount() != workers*each {
			t.Errorf("pipeline %d: %d records, %d spans", i, logs[i].LogRecordCount(), traces[i].SpanCount())
		}
		in := 0
		for _, ld := range logs[i].AllLogs() {
			b, err := new(plog.JSONMarshaler).MarshalLogs(ld)
			if err != nil {
				t.Fatal(err)
			}
			in += strings.Count(string(b), canary)
		}
		for _, td := range traces[i].AllTraces() {
			b, err := new(ptrace.JSONMarshaler).MarshalTraces(td)
			if err != nil {
				t.Fatal(err)
			}
			in += strings.Count(string(b), canary)
		}
		if want := []int{0, 4 * workers * each, 4 * workers * each}[i]; in != want {
			t.Errorf("pipeline %d: the secret is there %d times, want %d", i, in, want)
		}
	}
	if n := queue.Len(); n != 2*4*workers*each {
		t.Errorf("%d findings", n)
	}
}
