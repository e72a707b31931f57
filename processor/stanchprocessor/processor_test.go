package stanchprocessor

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/processor/stanchprocessor/internal/metadata"
)

const testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

func secret(t testing.TB, seed uint64) string {
	t.Helper()
	s, _, _, err := detectors.Expand("dop_v1_{hex:64}", seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func config(tune func(*Config)) *Config {
	cfg := createDefaultConfig().(*Config)
	if tune != nil {
		tune(cfg)
	}
	return cfg
}

func ownKey(c *Config) { c.Key = testKey }

// host has one extension.
type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

func withExtension(t *testing.T) (host, *stanchextension.Extension) {
	t.Helper()
	f := stanchextension.NewFactory()
	cfg := f.CreateDefaultConfig().(*stanchextension.Config)
	cfg.Key = configopaque.String(testKey)
	cfg.Reload.Watch, cfg.Reload.Interval = false, 0
	x, err := f.Create(context.Background(), extensiontest.NewNopSettings(f.Type()), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Shutdown(context.Background()) })
	return host{component.MustNewID("stanch"): x}, x.(*stanchextension.Extension)
}

// logsThrough starts a processor of logs in front of sink.
func logsThrough(t *testing.T, set processor.Settings, cfg *Config, h component.Host, sink *consumertest.LogsSink) processor.Logs {
	t.Helper()
	p, err := NewFactory().CreateLogs(context.Background(), set, cfg, sink)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), h); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Shutdown(context.Background()) })
	return p
}

func logsWith(body string) plog.Logs {
	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(body)
	return ld
}

func bodyOf(ld plog.Logs) string {
	return ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str()
}

// TestSignals sends a secret of each signal through, with the engine of an
// extension and with one of the processor's own.
func TestSignals(t *testing.T) {
	h, _ := withExtension(t)
	for name, c := range map[string]struct {
		cfg  *Config
		host component.Host
	}{
		"extension":  {config(nil), h},
		"named":      {config(func(c *Config) { c.Extension = "stanch" }), h},
		"own":        {config(ownKey), componenttest.NewNopHost()},
		"own of two": {config(ownKey), h},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := secret(t, 1)
			f := NewFactory().(xprocessor.Factory)
			set := processortest.NewNopSettings(metadata.Type)
			var all []component.Component
			check := func(p component.Component, err error) {
				t.Helper()
				if err == nil {
					err = p.Start(ctx, c.host)
				}
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, p)
			}
			logs, traces, metrics, profiles := new(consumertest.LogsSink), new(consumertest.TracesSink), new(consumertest.MetricsSink), new(consumertest.ProfilesSink)
			lp, err := f.CreateLogs(ctx, set, c.cfg, logs)
			check(lp, err)
			tp, err := f.CreateTraces(ctx, set, c.cfg, traces)
			check(tp, err)
			mp, err := f.CreateMetrics(ctx, set, c.cfg, metrics)
			check(mp, err)
			pp, err := f.CreateProfiles(ctx, set, c.cfg, profiles)
			check(pp, err)

			td := ptrace.NewTraces()
			td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName(s)
			md := pmetric.NewMetrics()
			m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
			m.SetName(s)
			m.SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("x", s)
			pd := pprofile.NewProfiles()
			pd.Dictionary().StringTable().Append("", s)
			pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples().AppendEmpty()
			for _, err := range []error{
				lp.ConsumeLogs(ctx, logsWith("a "+s+" b")), tp.ConsumeTraces(ctx, td),
				mp.ConsumeMetrics(ctx, md), pp.ConsumeProfiles(ctx, pd),
			} {
				if err != nil {
					t.Error(err)
				}
			}
			if got := bodyOf(logs.AllLogs()[0]); strings.Contains(got, s) || !strings.HasPrefix(got, "a REDACTED-") {
				t.Errorf("body %q", got)
			}
			if got := traces.AllTraces()[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Name(); !strings.HasPrefix(got, "REDACTED-") {
				t.Errorf("span name %q", got)
			}
			got := metrics.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
			if x, _ := got.Gauge().DataPoints().At(0).Attributes().Get("x"); !strings.HasPrefix(got.Name(), "TOKEN-") || x.Str() != got.Name() {
				t.Errorf("metric %q, attribute %q", got.Name(), x.Str())
			}
			table := profiles.AllProfiles()[0].Dictionary().StringTable()
			if table.At(0) != "" || !strings.HasPrefix(table.At(1), "REDACTED-") {
				t.Errorf("strings %q", table.AsRaw())
			}
			for _, p := range all {
				if err := p.Shutdown(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestDetect: nothing is changed, even where data is shared, and it is said so.
func TestDetect(t *testing.T) {
	h, x := withExtension(t)
	sub := x.Findings().Subscribe(10)
	defer sub.Close()
	sink := new(consumertest.LogsSink)
	p := logsThrough(t, processortest.NewNopSettings(metadata.Type), config(func(c *Config) { c.Mode = "detect" }), h, sink)
	if p.Capabilities().MutatesData {
		t.Error("the processor says that it changes data")
	}
	ld := logsWith(secret(t, 2))
	ld.MarkReadOnly()
	if err := p.ConsumeLogs(context.Background(), ld); err != nil {
		t.Fatal(err)
	}
	if got := bodyOf(sink.AllLogs()[0]); got != secret(t, 2) {
		t.Errorf("body %q", got)
	}
	fs := sub.Take(nil, 10)
	if len(fs) != 1 || fs[0].Action != "shadow" || fs[0].Source.Kind != finding.OTLP || fs[0].Source.Signal != "logs" || fs[0].Source.Path != "body" {
		t.Errorf("findings %+v", fs)
	}
}

// TestFindings: findings come to the hub, save what is found in findings.
func TestFindings(t *testing.T) {
	h, x := withExtension(t)
	sink := new(consumertest.LogsSink)
	p := logsThrough(t, processortest.NewNopSettings(metadata.Type), config(nil), h, sink)
	sub := x.Findings().Subscribe(10)
	defer sub.Close()
	ld := logsWith("nothing")
	rl := ld.ResourceLogs().At(0)
	rl.Resource().Attributes().PutStr("service.name", "checkout")
	sl := rl.ScopeLogs().AppendEmpty()
	x.Findings().Mark(sl.Scope())
	sl.LogRecords().AppendEmpty().Body().SetStr(secret(t, 3))
	nested := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes()
	nested.PutEmptyMap("a").PutEmptySlice("b").AppendEmpty().SetStr(secret(t, 4))
	if err := p.ConsumeLogs(context.Background(), ld); err != nil {
		t.Fatal(err)
	}
	if s := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(1).LogRecords().At(0).Body().Str(); !strings.HasPrefix(s, "REDACTED-") {
		t.Errorf("a record of the hub's own has %q", s)
	}
	fs := sub.Take(nil, 10)
	if len(fs) != 1 || fs[0].Source.Path != "attributes.a.b" || fs[0].Source.Resource != "checkout" || fs[0].Fingerprint == "" {
		t.Errorf("findings %+v", fs)
	}
}

func TestTelemetry(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer tel.Shutdown(context.Background())
	h, _ := withExtension(t)
	set := processortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = tel.NewTelemetrySettings()
	p := logsThrough(t, set, config(nil), h, new(consumertest.LogsSink))
	for range 3 {
		if err := p.ConsumeLogs(context.Background(), logsWith("x "+secret(t, 5))); err != nil {
			t.Fatal(err)
		}
	}
	m, err := tel.GetMetric("otelcol_stanch_findings")
	if err != nil {
		t.Fatal(err)
	}
	points := m.Data.(metricdata.Sum[int64]).DataPoints
	if len(points) != 1 || points[0].Value != 3 {
		t.Fatalf("%+v", points)
	}
	for k, want := range map[string]string{"signal": "logs", "position": "body", "action": "mask", "detector": "digitalocean-pat"} {
		if v, _ := points[0].Attributes.Value(attribute.Key(k)); v.AsString() != want {
			t.Errorf("%s is %q, want %q", k, v.AsString(), want)
		}
	}
	for name, want := range map[string]int64{"otelcol_stanch_scanned": 3 * int64(len("x ")+len(secret(t, 5))), "otelcol_stanch_redacted_values": 3} {
		m, err := tel.GetMetric(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Data.(metricdata.Sum[int64]).DataPoints[0].Value; got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	m, err = tel.GetMetric("otelcol_stanch_scan_duration")
	if err != nil || m.Data.(metricdata.Histogram[float64]).DataPoints[0].Count != 3 {
		t.Errorf("duration %+v %v", m, err)
	}
}

// TestSeriesAreBounded: detectors beyond the bound share a series.
func TestSeriesAreBounded(t *testing.T) {
	c := &counts{sets: map[found]metric.MeasurementOption{}}
	for i := range 3 * maxSets {
		c.set(found{detector: strings.Repeat("x", i), signal: "logs"})
	}
	if len(c.sets) > maxSets+1 {
		t.Errorf("%d series", len(c.sets))
	}
}

func TestOnError(t *testing.T) {
	deep := func() plog.Logs {
		ld := logsWith("x")
		m := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
		for range 4 {
			m = m.PutEmptyMap("m")
		}
		m.PutStr("k", secret(t, 6))
		return ld
	}
	for onError, want := range map[string]struct {
		records int
		left    bool
		err     bool
	}{"redact_value": {1, false, false}, "drop_record": {0, false, false}, "refuse": {0, false, true}, "pass": {1, true, false}} {
		sink := new(consumertest.LogsSink)
		p := logsThrough(t, processortest.NewNopSettings(metadata.Type), config(func(c *Config) {
			c.Key, c.OnError, c.AllowCleartext, c.MaxDepth = testKey, onError, true, 3
		}), componenttest.NewNopHost(), sink)
		err := p.ConsumeLogs(context.Background(), deep())
		if (err != nil) != want.err || err != nil && !consumererror.IsPermanent(err) {
			t.Errorf("%s: %v", onError, err)
		}
		records, left := 0, false
		for _, ld := range sink.AllLogs() {
			records += ld.LogRecordCount()
			b, _ := new(plog.JSONMarshaler).MarshalLogs(ld)
			left = left || strings.Contains(string(b), secret(t, 6))
		}
		if records != want.records || left != want.left {
			t.Errorf("%s: %d records, left in clear: %t", onError, records, left)
		}
	}
}

func TestConfig(t *testing.T) {
	for text, tune := range map[string]func(*Config){
		"":                        func(*Config) {},
		"mode: want":              func(c *Config) { c.Mode = "delete" },
		"on_error: want":          func(c *Config) { c.OnError = "" },
		"set allow_cleartext":     func(c *Config) { c.OnError = "pass" },
		"max_depth: want 1 to":    func(c *Config) { c.MaxDepth = 0 },
		"max_value: must not":     func(c *Config) { c.MaxValue = -1 },
		"belong there":            func(c *Config) { c.Extension, c.Policy = "stanch", "x.yaml" },
		"extension: ":             func(c *Config) { c.Extension = "/" },
		"policy: open":            func(c *Config) { c.Policy = "/does/not/exist.yaml" },
		"key: key has 2 bytes":    func(c *Config) { c.Key = "abcd" },
		"summary: want silent":    func(c *Config) { c.Summary = "loud" },
		"numbers: want judge, ke": func(c *Config) { c.Numbers = "x" },
	} {
		err := config(tune).Validate()
		if text == "" && err != nil || text != "" && (err == nil || !strings.Contains(err.Error(), text)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestNoExtension: an extension that is named has to be there.
func TestNoExtension(t *testing.T) {
	p, err := NewFactory().CreateLogs(context.Background(), processortest.NewNopSettings(metadata.Type), config(func(c *Config) { c.Extension = "stanch/other" }), consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), host{}); err == nil {
		t.Error("started without its extension")
	}
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
