package stanchprocessor

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/stanch/stanch/processor/stanchprocessor/internal/metadata"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// counts are the processor's metrics.
type counts struct {
	t  *metadata.TelemetryBuilder
	mu sync.RWMutex
	// sets are the attributes that findings were counted under so far.
	sets map[found]metric.MeasurementOption
}

// found is what findings are counted by.
type found struct {
	detector, signal string
	position         otlp.Position
	action           redact.Action
}

// maxSets bounds the number of series. What comes later is counted without its
// detector.
const maxSets = 1000

func newCounts(t *metadata.TelemetryBuilder) *counts {
	return &counts{t: t, sets: make(map[found]metric.MeasurementOption)}
}

func (c *counts) close() { c.t.Shutdown() }

func (c *counts) set(f found) metric.MeasurementOption {
	c.mu.RLock()
	o, ok := c.sets[f]
	c.mu.RUnlock()
	if ok {
		return o
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sets) >= maxSets {
		f.detector = "other"
	}
	if o, ok := c.sets[f]; ok {
		return o
	}
	o = metric.WithAttributeSet(attribute.NewSet(
		attribute.String("detector", f.detector), attribute.String("signal", f.signal),
		attribute.String("position", f.position.String()), attribute.String("action", f.action.String())))
	c.sets[f] = o
	return o
}

// signalCounts are those of one signal.
type signalCounts struct {
	*counts
	signal string
	only   metric.MeasurementOption
}

func (c *counts) of(signal string) *signalCounts {
	return &signalCounts{c, signal, metric.WithAttributeSet(attribute.NewSet(attribute.String("signal", signal)))}
}

// unscanned is the detector of lines with too many candidates.
const unscanned = "unscanned"

func (c *signalCounts) observe(p otlp.Position, m redact.Match) {
	ctx := context.Background()
	c.t.StanchFindings.Add(ctx, 1, c.set(found{m.Detector, c.signal, p, m.Action}))
	if m.Encoded {
		c.t.StanchDecoded.Add(ctx, 1, c.only)
	}
	if m.Detector == unscanned {
		c.t.StanchOverruns.Add(ctx, 1, c.only)
	}
}

func (c *signalCounts) batch(ctx context.Context, d time.Duration, res otlp.Result, err error) {
	c.t.StanchScanDuration.Record(ctx, d.Seconds(), c.only)
	add := func(to metric.Int64Counter, n int64) {
		if n > 0 {
			to.Add(ctx, n, c.only)
		}
	}
	add(c.t.StanchScanned, res.Bytes)
	add(c.t.StanchRedactedValues, res.Changed)
	add(c.t.StanchRedactedKeys, res.Keys)
	add(c.t.StanchDroppedRecords, res.Dropped)
	add(c.t.StanchOversize, res.Oversize)
	add(c.t.StanchFailures, res.Failed)
	add(c.t.StanchCleartext, res.Passed)
	if err != nil {
		c.t.StanchRefused.Add(ctx, 1, c.only)
	}
}
