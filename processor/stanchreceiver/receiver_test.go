package stanchreceiver

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/processor/stanchreceiver/internal/metadata"
	"github.com/stanch/stanch/processor/stanchreceiver/internal/metadatatest"
)

const testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

func extension(t *testing.T) (*stanchextension.Extension, host) {
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
	return x, host{component.NewID(f.Type()): x}
}

func TestReceive(t *testing.T) {
	x, h := extension(t)
	tel := componenttest.NewTelemetry()
	defer tel.Shutdown(context.Background())
	set := receivertest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = tel.NewTelemetrySettings()
	set.Resource.Attributes().PutStr("service.name", "otelcol-stanch")
	f := NewFactory()
	cfg := f.CreateDefaultConfig().(*Config)
	cfg.FlushInterval = time.Hour
	var sinks [2]consumertest.LogsSink
	for i := range sinks {
		r, err := f.CreateLogs(context.Background(), set, cfg, &sinks[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Start(context.Background(), h); err != nil {
			t.Fatal(err)
		}
		defer func() {
			// What waits is sent.
			if err := r.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			if n := sinks[i].LogRecordCount(); n != 1 {
				t.Fatalf("%d records", n)
			}
			rl := sinks[i].AllLogs()[0].ResourceLogs().At(0)
			if v, _ := rl.Resource().Attributes().Get("service.name"); v.Str() != "otelcol-stanch" {
				t.Error("no resource")
			}
			if !x.Findings().Own(rl.ScopeLogs().At(0).Scope()) {
				t.Error("the scope is not marked")
			}
			if i == 0 {
				metadatatest.AssertEqualStanchFindingsReceived(t, tel, []metricdata.DataPoint[int64]{
					{Value: 2, Attributes: attribute.NewSet(attribute.String("outcome", "accepted"))},
				}, metricdatatest.IgnoreTimestamp())
			}
		}()
	}
	x.Findings().Publish(finding.Finding{Schema: finding.SchemaVersion, Detector: "demo", Source: finding.Source{Kind: finding.OTLP}, Count: 1})
}

func TestNoExtension(t *testing.T) {
	f := NewFactory()
	r, err := f.CreateLogs(context.Background(), receivertest.NewNopSettings(metadata.Type), f.CreateDefaultConfig(), consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background(), componenttest.NewNopHost()); err == nil {
		t.Error("started without an extension")
	}
	if err := r.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	for want, spoil := range map[string]func(*Config){
		"queue_size":     func(c *Config) { c.QueueSize = 0 },
		"batch_size":     func(c *Config) { c.BatchSize = c.QueueSize + 1 },
		"flush_interval": func(c *Config) { c.FlushInterval = -1 },
		"extension":      func(c *Config) { c.Extension = "no such thing" },
	} {
		cfg := NewFactory().CreateDefaultConfig().(*Config)
		if err := cfg.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
