package stanchconnector

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/stanch/stanch/processor/stanchconnector/internal/metadata"
	"github.com/stanch/stanch/processor/stanchextension"
)

const (
	testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"
	canary  = "winter-garden-9"
)

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

func extension(t *testing.T) host {
	t.Helper()
	f := stanchextension.NewFactory()
	cfg := f.CreateDefaultConfig().(*stanchextension.Config)
	cfg.Key = testKey
	x, err := stanchextension.New(cfg, componenttest.NewNopTelemetrySettings())
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return host{component.NewID(f.Type()): x}
}

var (
	clean = pipeline.NewIDWithName(pipeline.SignalLogs, "clean")
	other = pipeline.NewIDWithName(pipeline.SignalLogs, "other")
	siem  = pipeline.NewIDWithName(pipeline.SignalLogs, "siem")
)

// open starts a connector whose findings go to siem.
func open(t *testing.T, tune func(*Config), to map[pipeline.ID]consumer.Logs) connector.Logs {
	t.Helper()
	f := NewFactory()
	cfg := f.CreateDefaultConfig().(*Config)
	cfg.Findings = []string{siem.String()}
	cfg.FlushInterval = time.Millisecond
	if tune != nil {
		tune(cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	c, err := f.CreateLogsToLogs(context.Background(), connectortest.NewNopSettings(metadata.Type), cfg, connector.NewLogsRouter(to))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(context.Background(), extension(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

func batch(bodies ...string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "checkout")
	sl := rl.ScopeLogs().AppendEmpty()
	for _, b := range bodies {
		sl.LogRecords().AppendEmpty().Body().SetStr(b)
	}
	return ld
}

func text(t *testing.T, list []plog.Logs) string {
	t.Helper()
	var all strings.Builder
	for _, ld := range list {
		b, err := new(plog.JSONMarshaler).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

func TestRoutes(t *testing.T) {
	var a, b, s consumertest.LogsSink
	c := open(t, nil, map[pipeline.ID]consumer.Logs{clean: &a, other: &b, siem: &s})
	if !c.Capabilities().MutatesData {
		t.Error("redacts what others may look at")
	}
	if err := c.ConsumeLogs(context.Background(), batch("nothing here", "password="+canary)); err != nil {
		t.Fatal(err)
	}
	if err := c.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, sink := range []*consumertest.LogsSink{&a, &b} {
		got := text(t, sink.AllLogs())
		if sink.LogRecordCount() != 2 || strings.Contains(got, canary) || !strings.Contains(got, "password=REDACTED-password") {
			t.Errorf("logs: %s", got)
		}
	}
	got := text(t, s.AllLogs())
	if s.LogRecordCount() != 1 || strings.Contains(got, canary) || !strings.Contains(got, `"stanch.detector"`) || !strings.Contains(got, "checkout") {
		t.Errorf("findings: %s", got)
	}
}

// TestFailingFindings holds that logs go on, each once, whatever becomes of findings.
func TestFailingFindings(t *testing.T) {
	hangs, err := consumer.NewLogs(func(ctx context.Context, _ plog.Logs) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]consumer.Logs{
		"refuses":          consumertest.NewErr(errors.New("not now")),
		"refuses for good": consumertest.NewErr(consumererror.NewPermanent(errors.New("never"))),
		"waits for ever":   hangs,
	} {
		t.Run(name, func(t *testing.T) {
			var a consumertest.LogsSink
			c := open(t, func(c *Config) { c.QueueSize, c.BatchSize = 8, 4 }, map[pipeline.ID]consumer.Logs{clean: &a, siem: bad})
			const n = 200
			for range n {
				if err := c.ConsumeLogs(context.Background(), batch("password="+canary)); err != nil {
					t.Fatal(err)
				}
			}
			if a.LogRecordCount() != n {
				t.Errorf("%d of %d", a.LogRecordCount(), n)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			defer cancel()
			c.Shutdown(ctx) // may say that findings are left
		})
	}
}

func TestFailingLogs(t *testing.T) {
	var s consumertest.LogsSink
	want := errors.New("not now")
	c := open(t, nil, map[pipeline.ID]consumer.Logs{clean: consumertest.NewErr(want), siem: &s})
	if err := c.ConsumeLogs(context.Background(), batch("password="+canary)); !errors.Is(err, want) || consumererror.IsPermanent(err) {
		t.Errorf("got %v", err)
	}
	if err := c.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.LogRecordCount() != 1 {
		t.Errorf("%d findings", s.LogRecordCount())
	}
}

// TestConcurrent sends from several goroutines and stops while findings come.
func TestConcurrent(t *testing.T) {
	var a, s consumertest.LogsSink
	c := open(t, nil, map[pipeline.ID]consumer.Logs{clean: &a, siem: &s})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if err := c.ConsumeLogs(context.Background(), batch("password="+canary, "fine")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := c.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a.LogRecordCount() != 400 || s.LogRecordCount() != 200 {
		t.Errorf("%d logs, %d findings", a.LogRecordCount(), s.LogRecordCount())
	}
	if strings.Contains(text(t, append(a.AllLogs(), s.AllLogs()...)), canary) {
		t.Error("the secret came through")
	}
}

func TestRefusedConfigurations(t *testing.T) {
	nop := consumertest.NewNop()
	for name, c := range map[string]struct {
		tune func(*Config)
		to   map[pipeline.ID]consumer.Logs
		want string
	}{
		"no pipeline":   {func(c *Config) { c.Findings = nil }, nil, "findings: no pipeline"},
		"not of logs":   {func(c *Config) { c.Findings = []string{"traces"} }, nil, "no pipeline of logs"},
		"twice":         {func(c *Config) { c.Findings = []string{"logs/siem", "logs/siem"} }, nil, "twice"},
		"on_error":      {func(c *Config) { c.OnError = "pass" }, nil, "on_error"},
		"none for logs": {nil, map[pipeline.ID]consumer.Logs{siem: nop}, "none the logs"},
		"missing":       {nil, map[pipeline.ID]consumer.Logs{clean: nop}, "logs/siem"},
	} {
		f := NewFactory()
		cfg := f.CreateDefaultConfig().(*Config)
		cfg.Findings = []string{siem.String()}
		if c.tune != nil {
			c.tune(cfg)
		}
		err := cfg.Validate()
		if c.to != nil {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			_, err = f.CreateLogsToLogs(context.Background(), connectortest.NewNopSettings(metadata.Type), cfg, connector.NewLogsRouter(c.to))
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoExtension(t *testing.T) {
	f := NewFactory()
	cfg := f.CreateDefaultConfig().(*Config)
	cfg.Findings = []string{siem.String()}
	nop := consumertest.NewNop()
	c, err := f.CreateLogsToLogs(context.Background(), connectortest.NewNopSettings(metadata.Type), cfg,
		connector.NewLogsRouter(map[pipeline.ID]consumer.Logs{clean: nop, siem: nop}))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(context.Background(), componenttest.NewNopHost()); err == nil {
		t.Error("started without an extension")
	}
	if err := c.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
