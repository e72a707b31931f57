package redaction

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	ours "github.com/stanch/stanch/processor/redactionprocessor"
)

var (
	seedFlag = flag.Uint64("seed", 0, "the seed to run; 0 draws seeds")
	rounds   = flag.Int("rounds", 60, "how many configurations are drawn")
	speed    = flag.Bool("speed", false, "measure")
)

// batch is one of each signal.
type batch struct {
	logs    plog.Logs
	traces  ptrace.Traces
	metrics pmetric.Metrics
}

func (b batch) copy() batch {
	c := batch{plog.NewLogs(), ptrace.NewTraces(), pmetric.NewMetrics()}
	b.logs.CopyTo(c.logs)
	b.traces.CopyTo(c.traces)
	b.metrics.CopyTo(c.metrics)
	return c
}

// bytes is all of a batch as it goes over the wire: strings stand in it as they are.
func (b batch) bytes(t *testing.T) []byte {
	t.Helper()
	l, err := new(plog.ProtoMarshaler).MarshalLogs(b.logs)
	fail(t, err)
	s, err := new(ptrace.ProtoMarshaler).MarshalTraces(b.traces)
	fail(t, err)
	m, err := new(pmetric.ProtoMarshaler).MarshalMetrics(b.metrics)
	fail(t, err)
	return bytes.Join([][]byte{l, s, m}, []byte{0})
}

func fail(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// through sends a batch through a processor. It is redacted in place.
func through(t *testing.T, f processor.Factory, config map[string]any, b batch) {
	t.Helper()
	cfg := f.CreateDefaultConfig()
	fail(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	fail(t, cfg.(interface{ Validate() error }).Validate())
	ctx, set := context.Background(), processortest.NewNopSettings(f.Type())
	run := func(c component.Component, err error, consume func() error) {
		t.Helper()
		fail(t, err)
		fail(t, c.Start(ctx, componenttest.NewNopHost()))
		fail(t, consume())
		fail(t, c.Shutdown(ctx))
	}
	l, err := f.CreateLogs(ctx, set, cfg, consumertest.NewNop())
	run(l, err, func() error { return l.ConsumeLogs(ctx, b.logs) })
	s, err := f.CreateTraces(ctx, set, cfg, consumertest.NewNop())
	run(s, err, func() error { return s.ConsumeTraces(ctx, b.traces) })
	m, err := f.CreateMetrics(ctx, set, cfg, consumertest.NewNop())
	run(m, err, func() error { return m.ConsumeMetrics(ctx, b.metrics) })
}

// seeds are drawn anew with every run.
func seeds(t *testing.T, each func(t *testing.T, seed uint64)) {
	if *seedFlag != 0 {
		each(t, *seedFlag)
		return
	}
	for range *rounds {
		seed := rand.Uint64()
		each(t, seed)
		if t.Failed() {
			t.Fatalf("again with: -run %s -seed %d", t.Name(), seed)
		}
	}
}

func newGenerator(seed uint64, exact bool) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 1)), seed: seed, exact: exact}
}

func (g *generator) batch() batch { return batch{g.logs(), g.traces(), g.metrics()} }

func describe(t *testing.T, config map[string]any) {
	text, _ := json.MarshalIndent(config, "", " ")
	t.Logf("%s", text)
}

// TestSame: where a configuration is all there is to redact, both processors give the
// same batch, summaries included.
func TestSame(t *testing.T) {
	seeds(t, func(t *testing.T, seed uint64) {
		g := newGenerator(seed, true)
		config := g.config()
		in := g.batch()
		theirs, mine := in.copy(), in.copy()
		through(t, ours.NewFactory(), config, mine)
		// A hash here and the mask of a processor without one stand for the same.
		delete(config, "hash_function")
		through(t, contrib.NewFactory(), config, theirs)
		if !same(t, config, reflect.ValueOf(theirs.raw()), reflect.ValueOf(mine.raw()), "") {
			describe(t, config)
		}
	})
}

// TestNoLess: whatever contrib's processor takes out of a batch is taken out here, and
// so is every secret, unless its key is to be ignored.
func TestNoLess(t *testing.T) {
	seeds(t, func(t *testing.T, seed uint64) {
		g := newGenerator(seed, false)
		config := g.config()
		in := g.batch()
		theirs, mine := in.copy(), in.copy()
		through(t, ours.NewFactory(), config, mine)
		// Its hashes are text for the expressions behind: what they hit by chance is
		// not meant.
		delete(config, "hash_function")
		through(t, contrib.NewFactory(), config, theirs)
		before, after, got := in.bytes(t), theirs.bytes(t), mine.bytes(t)
		for _, p := range g.planted {
			if bytes.Contains(before, []byte(p)) && !bytes.Contains(after, []byte(p)) && bytes.Contains(got, []byte(p)) {
				t.Errorf("contrib redacts %q, we do not", p)
			}
		}
		if config["ignored_keys"] == nil && config["ignored_key_patterns"] == nil {
			for _, s := range g.secrets {
				if bytes.Contains(got, []byte(s)) {
					t.Errorf("%q is left", s)
				}
			}
		}
		if t.Failed() {
			describe(t, config)
		}
	})
}

// raw is what is compared of a batch.
func (b batch) raw() map[string]any {
	out := map[string]any{}
	var logs, spans, points []any
	for _, rl := range b.logs.ResourceLogs().All() {
		logs = append(logs, rl.Resource().Attributes().AsRaw())
		for _, sl := range rl.ScopeLogs().All() {
			logs = append(logs, sl.Scope().Attributes().AsRaw())
			for _, r := range sl.LogRecords().All() {
				logs = append(logs, map[string]any{"attributes": r.Attributes().AsRaw(), "body": r.Body().AsRaw()})
			}
		}
	}
	for _, rs := range b.traces.ResourceSpans().All() {
		spans = append(spans, rs.Resource().Attributes().AsRaw())
		for _, ss := range rs.ScopeSpans().All() {
			spans = append(spans, ss.Scope().Attributes().AsRaw())
			for _, s := range ss.Spans().All() {
				spans = append(spans, map[string]any{"name": s.Name(), "attributes": s.Attributes().AsRaw(), "event": s.Events().At(0).Attributes().AsRaw()})
			}
		}
	}
	for _, rm := range b.metrics.ResourceMetrics().All() {
		points = append(points, rm.Resource().Attributes().AsRaw())
		for _, sm := range rm.ScopeMetrics().All() {
			points = append(points, sm.Scope().Attributes().AsRaw())
			for _, m := range sm.Metrics().All() {
				switch m.Type() {
				case pmetric.MetricTypeGauge:
					points = append(points, m.Gauge().DataPoints().At(0).Attributes().AsRaw())
				case pmetric.MetricTypeSum:
					points = append(points, m.Sum().DataPoints().At(0).Attributes().AsRaw())
				case pmetric.MetricTypeHistogram:
					points = append(points, m.Histogram().DataPoints().At(0).Attributes().AsRaw())
				case pmetric.MetricTypeExponentialHistogram:
					points = append(points, m.ExponentialHistogram().DataPoints().At(0).Attributes().AsRaw())
				case pmetric.MetricTypeSummary:
					points = append(points, m.Summary().DataPoints().At(0).Attributes().AsRaw())
				}
			}
		}
	}
	out["logs"], out["spans"], out["points"] = logs, spans, points
	return out
}

// hashed is a hash of ours. What could be guessed has a mask in its place.
var hashed = regexp.MustCompile(`HASHED-[a-z-]+-[0-9a-f]{8}-[0-9a-f]{32}`)

func same(t *testing.T, config map[string]any, a, b reflect.Value, path string) bool {
	t.Helper()
	for a.Kind() == reflect.Interface && !a.IsNil() {
		a = a.Elem()
	}
	for b.Kind() == reflect.Interface && !b.IsNil() {
		b = b.Elem()
	}
	if a.Kind() != b.Kind() {
		t.Errorf("%s: contrib has %#v, we have %#v", path, a, b)
		return false
	}
	ok := true
	switch a.Kind() {
	case reflect.Map:
		for _, k := range a.MapKeys() {
			if !b.MapIndex(k).IsValid() {
				t.Errorf("%s.%s: contrib has %#v, we have nothing", path, k, a.MapIndex(k))
				ok = false
				continue
			}
			ok = same(t, config, a.MapIndex(k), b.MapIndex(k), path+"."+k.String()) && ok
		}
		for _, k := range b.MapKeys() {
			if !a.MapIndex(k).IsValid() {
				t.Errorf("%s.%s: contrib has nothing, we have %#v", path, k, b.MapIndex(k))
				ok = false
			}
		}
	case reflect.Slice:
		if a.Len() != b.Len() {
			t.Errorf("%s: contrib has %#v, we have %#v", path, a, b)
			return false
		}
		for i := range a.Len() {
			ok = same(t, config, a.Index(i), b.Index(i), path+"[]") && ok
		}
	case reflect.String:
		x, y := a.String(), hashed.ReplaceAllString(b.String(), "****")
		if strings.HasSuffix(path, "name") && x != y {
			// What is blocked in the name of a span is masked here alone.
			return strings.Contains(b.String(), "****") || strings.Contains(b.String(), "HASHED-")
		}
		if x != y {
			t.Errorf("%s: contrib has %q, we have %q", path, a.String(), b.String())
			ok = false
		}
	case reflect.Invalid:
	default:
		if !a.Equal(b) {
			t.Errorf("%s: contrib has %#v, we have %#v", path, a, b)
			ok = false
		}
	}
	return ok
}
