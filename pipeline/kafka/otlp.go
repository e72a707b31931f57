package kafka

import (
	"bytes"
	"errors"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// telemetry redacts values that are batches of OpenTelemetry, as its Kafka
// exporter writes them: requests of OTLP, in Protobuf or JSON. It is for one
// goroutine at a time.
type telemetry struct {
	r     *otlp.Redactor
	found func(finding.Finding)
}

func newTelemetry(h *redact.Handle) *telemetry {
	t := &telemetry{}
	t.r = otlp.New(h, otlp.Options{OnError: otlp.Refuse, OnFinding: func(f finding.Finding) { t.found(f) }})
	return t
}

var errUndecodable = errors.New("kafka: not a request of OTLP")

// redact returns value, redacted. It is the same slice if nothing was to be done
// and value holds nothing that decoding does not show.
func (t *telemetry) redact(p Payload, value []byte) (out []byte, err error) {
	// What decodes is others' code, which runs on bytes of a stranger's choice.
	defer func() {
		if recover() != nil {
			out, err = nil, errUndecodable
		}
	}()
	switch p.signal() {
	case "traces":
		b, err := decode(p, value, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, (&ptrace.JSONUnmarshaler{}).UnmarshalTraces)
		if err != nil {
			return nil, err
		}
		res, err := t.r.Traces(b)
		return encode(p, value, b, res, err, (&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.JSONMarshaler{}).MarshalTraces)
	case "metrics":
		b, err := decode(p, value, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics)
		if err != nil {
			return nil, err
		}
		res, err := t.r.Metrics(b)
		return encode(p, value, b, res, err, (&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.JSONMarshaler{}).MarshalMetrics)
	}
	b, err := decode(p, value, (&plog.ProtoUnmarshaler{}).UnmarshalLogs, (&plog.JSONUnmarshaler{}).UnmarshalLogs)
	if err != nil {
		return nil, err
	}
	res, err := t.r.Logs(b)
	return encode(p, value, b, res, err, (&plog.ProtoMarshaler{}).MarshalLogs, (&plog.JSONMarshaler{}).MarshalLogs)
}

func decode[T any](p Payload, value []byte, protobuf, json func([]byte) (T, error)) (T, error) {
	read := protobuf
	if p.json() {
		read = json
	}
	b, err := read(value)
	if err != nil {
		// The decoder's error may quote what it read.
		return b, errUndecodable
	}
	return b, nil
}

func encode[T any](p Payload, value []byte, b T, res otlp.Result, err error, protobuf, json func(T) ([]byte, error)) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if p.json() {
		// Members that are not known are gone when it is written again, which is
		// the only way to be sure of them.
		return json(b)
	}
	if res.Changed+res.Keys+res.Dropped+res.Oversize == 0 && !otlp.Hidden(p.signal(), value) {
		return value, nil
	}
	return protobuf(b)
}

// otlp redacts the value of a record.
func (t *transformer) otlp(i int) {
	rec := &t.recs[i]
	t.begin(i)
	if t.scratch.otlp == nil {
		t.scratch.otlp = newTelemetry(t.handle)
	}
	first := len(t.j.findings)
	t.scratch.otlp.found = func(f finding.Finding) {
		f.Source = finding.Source{Kind: finding.Kafka, Topic: t.topic, Partition: t.part, Offset: rec.Offset, Path: f.Source.Path, Line: f.Source.Line, Column: f.Source.Column}
		f.ID = f.Source.EventID(f.Detector)
		t.j.findings = append(t.j.findings, f)
	}
	out, err := t.scratch.otlp.redact(t.route.Payload, rec.Value)
	switch {
	case errors.Is(err, errUndecodable):
		t.j.findings = t.j.findings[:first]
		t.failed(i, pipeline.Undecodable)
	case err != nil:
		t.failed(i, pipeline.Unscanned)
	case len(out) != len(rec.Value) || len(t.j.findings) != first || !bytes.Equal(out, rec.Value):
		t.edit(i).value = out
	}
}
