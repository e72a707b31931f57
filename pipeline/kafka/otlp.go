package kafka

import (
	"errors"
	"strconv"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// maxTelemetry is the largest value that is decoded, in bytes: what receivers of OTLP
// over gRPC take by default. Decoded, a hostile one may be a hundred times as large.
const maxTelemetry = 4 << 20

// telemetry redacts values that are the export requests of OTLP
// (https://opentelemetry.io/docs/specs/otlp/), as the collector's Kafka exporter writes
// them. It is for one goroutine at a time.
type telemetry struct {
	r     *otlp.Redactor
	found func(finding.Finding) // takes the findings of the value in hand
}

func newTelemetry(h *redact.Handle) *telemetry {
	t := &telemetry{}
	t.r = otlp.New(h, otlp.Options{OnError: otlp.Refuse, OnFinding: func(f finding.Finding) { t.found(f) }})
	return t
}

// encoding is how the batches of a signal are read and written, and what they hold.
type encoding[D any] struct {
	read   func([]byte) (D, error)
	write  func(D) ([]byte, error)
	redact func(D) (otlp.Result, error)
	// hidden says that a batch may hold text that read does not show.
	hidden func([]byte) bool
	items  func(D) int
}

// redact redacts a value. changed says that out takes its place, and dropped that
// nothing is left of it. A reason says that it must not be handed on.
func (t *telemetry) redact(v []byte, p Payload) (out []byte, changed, dropped bool, reason pipeline.Reason) {
	hidden := otlp.HiddenJSON
	if !p.json() {
		hidden = func(b []byte) bool { return otlp.Hidden(p.signal(), b) }
	}
	switch p.signal() {
	case "traces":
		e := encoding[ptrace.Traces]{(&ptrace.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalTraces, new(ptrace.JSONMarshaler).MarshalTraces,
			t.r.Traces, hidden, ptrace.Traces.SpanCount}
		if !p.json() {
			e.read, e.write = new(ptrace.ProtoUnmarshaler).UnmarshalTraces, new(ptrace.ProtoMarshaler).MarshalTraces
		}
		return e.apply(v)
	case "metrics":
		e := encoding[pmetric.Metrics]{(&pmetric.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalMetrics, new(pmetric.JSONMarshaler).MarshalMetrics,
			t.r.Metrics, hidden, pmetric.Metrics.DataPointCount}
		if !p.json() {
			e.read, e.write = new(pmetric.ProtoUnmarshaler).UnmarshalMetrics, new(pmetric.ProtoMarshaler).MarshalMetrics
		}
		return e.apply(v)
	}
	e := encoding[plog.Logs]{(&plog.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalLogs, new(plog.JSONMarshaler).MarshalLogs,
		t.r.Logs, hidden, plog.Logs.LogRecordCount}
	if !p.json() {
		e.read, e.write = new(plog.ProtoUnmarshaler).UnmarshalLogs, new(plog.ProtoMarshaler).MarshalLogs
	}
	return e.apply(v)
}

func (e *encoding[D]) apply(v []byte) (out []byte, changed, dropped bool, reason pipeline.Reason) {
	if len(v) > maxTelemetry {
		return nil, false, false, pipeline.TooLarge
	}
	d, err := e.decode(v)
	if err != nil {
		return nil, false, false, pipeline.Undecodable
	}
	if e.hidden(v) {
		return nil, false, false, pipeline.UnknownFormat
	}
	res, err := e.redact(d)
	if err != nil {
		return nil, false, false, pipeline.Unscanned
	}
	if res.Dropped > 0 && e.items(d) == 0 {
		return nil, false, true, ""
	}
	if res.Changed == 0 && res.Keys == 0 && res.Dropped == 0 && res.Oversize == 0 {
		return nil, false, false, ""
	}
	if out, err = e.write(d); err != nil {
		return nil, false, false, pipeline.Unscanned
	}
	return out, true, false, ""
}

// decode reads a batch. Its errors, which may quote it, and panics are not told.
func (e *encoding[D]) decode(v []byte) (d D, err error) {
	defer func() {
		if recover() != nil {
			err = errUndecodable
		}
	}()
	if d, err = e.read(v); err != nil {
		err = errUndecodable
	}
	return d, err
}

var errUndecodable = errors.New("not in the format that it should be in")

// otlp redacts the value of a record.
func (t *transformer) otlp(i int) {
	s := t.scratch
	if s.otlp == nil {
		s.otlp = newTelemetry(t.handle)
	}
	rec := &t.recs[i]
	var seen map[string]int
	s.otlp.found = func(f finding.Finding) {
		f.Source.Kind, f.Source.Topic, f.Source.Partition, f.Source.Offset = finding.Kafka, t.topic, t.part, rec.Offset
		if seen == nil {
			seen = make(map[string]int)
		}
		t.j.findings = append(t.j.findings, identified(f, seen))
	}
	out, changed, dropped, reason := s.otlp.redact(rec.Value, t.route.Payload)
	s.otlp.found = nil
	switch {
	case reason != "":
		t.failed(i, reason)
	case dropped:
		t.edit(i).drop = true
	case changed:
		t.edit(i).value = out
	}
}

// identified gives a finding its id, the same each time the value is redacted. Places
// in different records of a batch may have one path: how often it was seen before
// tells them apart.
func identified(f finding.Finding, seen map[string]int) finding.Finding {
	s := f.Source
	id := s.EventID(f.Detector)
	if n := seen[id]; n > 0 {
		s.Path += " " + strconv.Itoa(n)
	}
	seen[id]++
	f.ID = s.EventID(f.Detector)
	return f
}
