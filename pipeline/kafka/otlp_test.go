package kafka

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/redact"
)

// sample is a batch of a signal in which text stands in every kind of place.
type sample struct {
	payload     Payload
	value       []byte
	places      int // with text
	undecodable func([]byte) error
}

// samples returns a batch for each signal and encoding.
func samples(t testing.TB, text string) (list []sample) {
	places := 0
	put := func(set func(string)) {
		places++
		set(text)
	}
	attributes := func(m pcommon.Map) {
		put(func(s string) { m.PutStr("plain", s) })
		put(func(s string) { m.PutEmptyMap("map").PutEmptyMap("deep").PutStr("in", s) })
		put(func(s string) { m.PutEmptySlice("list").AppendEmpty().SetStr(s) })
		put(func(s string) { m.PutEmptyBytes("bytes").FromRaw([]byte(s)) })
		put(func(s string) { m.PutStr(s, "a key") })
	}
	resource := func(r pcommon.Resource, s pcommon.InstrumentationScope) {
		attributes(r.Attributes())
		attributes(s.Attributes())
		put(s.SetName)
		put(s.SetVersion)
	}
	add := func(p Payload, proto, json []byte, check, checkJSON func([]byte) error) {
		list = append(list, sample{p, proto, places, check}, sample{p + OTLPLogsJSON - OTLPLogs, json, places, checkJSON})
		places = 0
	}
	must := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}

	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	put(rl.SetSchemaUrl)
	sl := rl.ScopeLogs().AppendEmpty()
	resource(rl.Resource(), sl.Scope())
	put(sl.SetSchemaUrl)
	for range 2 {
		r := sl.LogRecords().AppendEmpty()
		r.SetTimestamp(1_700_000_000_000_000_000)
		put(func(s string) { r.Body().SetStr(s) })
		put(r.SetSeverityText)
		put(r.SetEventName)
		attributes(r.Attributes())
	}
	attributes(sl.LogRecords().AppendEmpty().Body().SetEmptyMap())
	add(OTLPLogs, must(new(plog.ProtoMarshaler).MarshalLogs(ld)), must(new(plog.JSONMarshaler).MarshalLogs(ld)),
		func(b []byte) error { _, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(b); return err },
		func(b []byte) error { _, err := new(plog.JSONUnmarshaler).UnmarshalLogs(b); return err })

	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	resource(td.ResourceSpans().At(0).Resource(), ss.Scope())
	span := ss.Spans().AppendEmpty()
	span.SetTraceID([16]byte{1, 2})
	put(span.SetName)
	put(span.Status().SetMessage)
	put(func(s string) { span.TraceState().FromRaw("a=" + s) })
	attributes(span.Attributes())
	put(span.Events().AppendEmpty().SetName)
	attributes(span.Events().At(0).Attributes())
	attributes(span.Links().AppendEmpty().Attributes())
	add(OTLPTraces, must(new(ptrace.ProtoMarshaler).MarshalTraces(td)), must(new(ptrace.JSONMarshaler).MarshalTraces(td)),
		func(b []byte) error { _, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b); return err },
		func(b []byte) error { _, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(b); return err })

	md := pmetric.NewMetrics()
	sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	resource(md.ResourceMetrics().At(0).Resource(), sm.Scope())
	m := sm.Metrics().AppendEmpty()
	put(m.SetName)
	put(m.SetDescription)
	put(m.SetUnit)
	attributes(m.Metadata())
	p := m.SetEmptySum().DataPoints().AppendEmpty()
	p.SetDoubleValue(1)
	attributes(p.Attributes())
	attributes(p.Exemplars().AppendEmpty().FilteredAttributes())
	add(OTLPMetrics, must(new(pmetric.ProtoMarshaler).MarshalMetrics(md)), must(new(pmetric.JSONMarshaler).MarshalMetrics(md)),
		func(b []byte) error { _, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(b); return err },
		func(b []byte) error { _, err := new(pmetric.JSONUnmarshaler).UnmarshalMetrics(b); return err })
	return list
}

// transform redacts values as the records of one batch from offset 100 on.
func transform(t testing.TB, e *redact.Engine, o Options, route Route, values ...[]byte) *job {
	t.Helper()
	if err := o.defaults(); err != nil {
		t.Fatal(err)
	}
	var b batch.Builder
	for _, v := range values {
		b.Append(&batch.Record{Timestamp: 1_700_000_000_000}, []byte("key"), v, nil)
	}
	raw, err := b.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		t.Fatal(err)
	}
	in, _, err := batch.Next(raw)
	if err != nil {
		t.Fatal(err)
	}
	in.BaseOffset = 100
	j := &job{from: 100, next: 100 + int64(len(values)), batches: []batch.Batch{in}}
	tr := transformer{scratch: &scratch{dec: batch.NewDecoder(o.MaxBatchBytes)}, o: &o, route: &route, handle: redact.NewHandle(e), engine: e, r: e.NewRedactor(), j: j,
		topic: "logs", part: 3, bufs: make(buffers, 1)}
	tr.run()
	if j.err != nil {
		t.Fatal(j.err)
	}
	return j
}

// outputs reads the records that a job writes.
func outputs(t testing.TB, j *job) (values [][]byte, marked int) {
	t.Helper()
	for _, o := range j.outs {
		b, _, err := batch.Next(o.raw)
		if err != nil {
			t.Fatal(err)
		}
		records, err := batch.NewDecoder(1 << 24).Records(&b)
		if err != nil {
			t.Fatal(err)
		}
		var rec batch.Record
		for r := batch.NewReader(&b, records); r.Next(&rec); {
			values = append(values, bytes.Clone(rec.Value))
			for h := range rec.Headers.All {
				if string(h.Key) == DefaultHeader {
					marked++
				}
			}
		}
	}
	return values, marked
}

func telemetryOptions() Options {
	return Options{Group: "g", Routes: make([]Route, 1), Header: DefaultHeader, Version: "v1"}
}

func TestTelemetry(t *testing.T) {
	dirty, clean := samples(t, "password="+secret), samples(t, "nothing")
	for i, s := range dirty {
		t.Run(s.payload.String(), func(t *testing.T) {
			route := Route{Payload: s.payload}
			if n := bytes.Count(s.value, []byte(secret)); !s.payload.json() && n != s.places {
				t.Fatalf("the secret is in %d places of %d", n, s.places)
			}
			// Behind and before a clean one, which stays as it is.
			j := transform(t, engine(), telemetryOptions(), route, clean[i].value, s.value, nil, clean[i].value)
			got, marked := outputs(t, j)
			if len(got) != 4 || marked != 1 || j.changed != 1 || len(j.cases) != 0 || len(j.failed) != 0 {
				t.Fatalf("%d records, %d marked, %d changed, failed %v", len(got), marked, j.changed, j.failed)
			}
			if !bytes.Equal(got[0], clean[i].value) || got[2] != nil || !bytes.Equal(got[3], clean[i].value) {
				t.Error("a clean value is changed")
			}
			if bytes.Contains(got[1], []byte("hunter2")) {
				t.Errorf("the secret is in %q", got[1])
			}
			if err := s.undecodable(got[1]); err != nil {
				t.Errorf("what comes out cannot be decoded: %v", err)
			}
			// A key that was redacted may say more of its value than before. After that
			// nothing is to be done: it goes on as it came.
			again, _ := outputs(t, transform(t, engine(), telemetryOptions(), route, got[1]))
			if j := transform(t, engine(), telemetryOptions(), route, again[0]); j.raw != 1 || j.changed != 0 {
				t.Errorf("the redacted value is redacted again")
			}
			ids := map[string]bool{}
			for _, f := range j.findings {
				if f.Source.Kind != finding.Kafka || f.Source.Topic != "logs" || f.Source.Partition != 3 || f.Source.Offset != 101 {
					t.Errorf("source %+v", f.Source)
				}
				if b, err := f.AppendJSON(nil); err != nil || bytes.Contains(b, []byte("hunter2")) {
					t.Errorf("%s, %v", b, err)
				}
				ids[f.ID] = true
			}
			if len(j.findings) < s.places || len(ids) != len(j.findings) {
				t.Errorf("%d findings with %d ids in %d places", len(j.findings), len(ids), s.places)
			}
			// Read again after a crash, a record gives findings with the same ids.
			for _, f := range transform(t, engine(), telemetryOptions(), route, clean[i].value, s.value).findings {
				if !ids[f.ID] {
					t.Errorf("another id for %s %s", f.Detector, f.Source.Path)
				}
			}
		})
	}
}

// TestTelemetryRaw: a batch of clean values goes on as it came.
func TestTelemetryRaw(t *testing.T) {
	for _, s := range samples(t, "nothing") {
		j := transform(t, engine(), telemetryOptions(), Route{Payload: s.payload}, s.value, s.value, []byte{}, nil)
		if j.raw != 1 || len(j.outs) != 1 || &j.outs[0].raw[0] != &j.batches[0].Raw[0] || len(j.findings) != 0 {
			t.Errorf("%v: %d of %d batches are forwarded raw", s.payload, j.raw, len(j.outs))
		}
	}
}

// field is a field of a message in protobuf with text in it.
func field(number int, text []byte) []byte {
	return append(append(varint(number<<3|2), varint(len(text))...), text...)
}

func varint(n int) (b []byte) {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// TestTelemetryRefused: what does not decode, or may hold text that decoding does
// not show, never goes on.
func TestTelemetryRefused(t *testing.T) {
	text := []byte("password=" + secret)
	body := func(b []byte) []byte { return field(1, field(2, field(2, b))) }
	json := func(s string) []byte {
		return []byte(strings.ReplaceAll(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[`+s+`]}]}]}`, "$", string(text)))
	}
	for name, c := range map[string]struct {
		payload Payload
		value   []byte
		want    pipeline.Reason
	}{
		"text":                  {OTLPLogs, text, pipeline.Undecodable},
		"cut":                   {OTLPLogs, field(1, field(2, text))[:20], pipeline.Undecodable},
		"another signal":        {OTLPLogs, samples(t, string(text))[2].value, ""},
		"unknown field":         {OTLPLogs, field(60, text), pipeline.UnknownFormat},
		"unknown field within":  {OTLPLogs, body(field(31, text)), pipeline.UnknownFormat},
		"two bodies":            {OTLPLogs, body(append(field(5, field(1, text)), field(5, field(1, []byte("b")))...)), pipeline.UnknownFormat},
		"earlier OTLP":          {OTLPLogs, field(1, field(1000, field(2, field(5, field(1, text))))), pipeline.UnknownFormat},
		"long":                  {OTLPLogs, body(field(5, field(1, bytes.Repeat(text, maxTelemetry/len(text))))), pipeline.TooLarge},
		"JSON: text":            {OTLPLogsJSON, text, pipeline.Undecodable},
		"JSON: cut":             {OTLPLogsJSON, json(`{"severityText":"$"}`)[:80], pipeline.Undecodable},
		"JSON: unknown name":    {OTLPLogsJSON, json(`{"more":"$"}`), pipeline.Undecodable},
		"JSON: as an id":        {OTLPLogsJSON, json(`{"traceId":"$"}`), pipeline.Undecodable},
		"JSON: twice":           {OTLPLogsJSON, json(`{"severityText":"$","severityText":"b"}`), pipeline.UnknownFormat},
		"JSON: two values":      {OTLPLogsJSON, json(`{"body":{"stringValue":"$","intValue":"1"}}`), pipeline.UnknownFormat},
		"JSON: behind the end":  {OTLPLogsJSON, append(json(``), text...), pipeline.UnknownFormat},
		"JSON: without a name":  {OTLPLogsJSON, []byte(`{"":"` + string(text) + `"}`), pipeline.UnknownFormat},
		"JSON: protobuf":        {OTLPLogsJSON, body(field(5, field(1, text))), pipeline.Undecodable},
		"protobuf: JSON":        {OTLPLogs, json(`{"severityText":"$"}`), pipeline.Undecodable},
		"JSON: much of nothing": {OTLPLogsJSON, bytes.Repeat([]byte("["), 1<<20), pipeline.Undecodable},
	} {
		for _, failure := range []pipeline.Failure{pipeline.ToQuarantine, pipeline.RedactValue, pipeline.DropRecord} {
			o := telemetryOptions()
			o.Failure = failure
			j := transform(t, engine(), o, Route{Payload: c.payload}, samples(t, "nothing")[(c.payload-OTLPLogs)/3].value, c.value)
			got, _ := outputs(t, j)
			for _, v := range got {
				if bytes.Contains(v, []byte("hunter2")) {
					t.Errorf("%s: the secret is in %q", name, v)
				}
			}
			if c.want == "" {
				continue
			}
			if len(j.failed) != 1 || j.failed[c.want] != 1 {
				t.Errorf("%s: failed %v, want %s", name, j.failed, c.want)
			}
			want := 1
			if failure == pipeline.RedactValue {
				want = 2
			}
			if len(got) != want || (failure == pipeline.ToQuarantine) != (len(j.cases) == 1) {
				t.Errorf("%s, %v: %d records, %d cases", name, failure, len(got), len(j.cases))
			}
		}
	}
}

// TestTelemetryDrop: a policy that drops leaves out the log records it means, and the
// record of the topic when none is left.
func TestTelemetryDrop(t *testing.T) {
	doc, err := redact.ParseDocument("p", []byte("version: 1\npolicy: [{detector: \"*\", action: drop}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	logs := func(bodies ...string) []byte {
		ld := plog.NewLogs()
		sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
		for _, b := range bodies {
			sl.LogRecords().AppendEmpty().Body().SetStr(b)
		}
		b, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	bad := "login with password=" + secret
	j := transform(t, e, telemetryOptions(), Route{Payload: OTLPLogs}, logs("a", bad, "c"), logs(bad), logs())
	got, marked := outputs(t, j)
	if want := [][]byte{logs("a", "c"), {}}; len(got) != 2 || marked != 1 || !bytes.Equal(got[0], want[0]) || !bytes.Equal(got[1], logs()) {
		t.Errorf("%d records, %d marked: %q", len(got), marked, got)
	}
	if len(j.findings) != 2 || j.findings[1].Source.Offset != 101 {
		t.Errorf("%d findings", len(j.findings))
	}
}

// TestTelemetryFlow: batches of OpenTelemetry data on their way from topic to topic,
// with a new policy on the way.
func TestTelemetryFlow(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Routes[0].Payload = OTLPLogs
	dirty, clean := samples(t, "password="+secret)[0], samples(t, "nothing")[0]
	w.produce(&kgo.Record{Value: clean.value}, &kgo.Record{Value: dirty.value}, &kgo.Record{Value: []byte("password=" + secret)},
		&kgo.Record{Value: append(bytes.Clone(clean.value), field(60, []byte(secret))...)}, &kgo.Record{Value: nil}, &kgo.Record{Key: []byte("last"), Value: clean.value})
	stop := w.start(o)
	got := w.consume("clean.logs", 4)
	w.committed(map[int32]int64{0: 6})
	if !bytes.Equal(got[0].Value, clean.value) || got[2].Value != nil || string(got[3].Key) != "last" || !bytes.Equal(got[3].Value, clean.value) {
		t.Error("clean values are changed")
	}
	if err := dirty.undecodable(got[1].Value); err != nil || bytes.Equal(got[1].Value, dirty.value) {
		t.Errorf("%q: %v", got[1].Value, err)
	}
	q := w.keep.quarantined()
	if len(q) != 2 || !strings.Contains(q[0], `"undecodable"`) || !strings.Contains(q[1], `"unknown_format"`) || strings.Contains(q[0]+q[1], secret) {
		t.Errorf("quarantine: %q", q)
	}
	doc := redact.DefaultDocument()
	doc.Shadow = true
	e, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	w.env.Engine.Store(e)
	w.produce(&kgo.Record{Topic: "logs", Value: dirty.value})
	w.committed(map[int32]int64{0: 7})
	if err := stop(); err != nil {
		t.Error(err)
	}
	c := w.dial(kgo.ConsumeTopics("clean.logs"), kgo.ConsumeResetOffset(kgo.NewOffset().At(4)))
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var last []byte
	for last == nil && ctx.Err() == nil {
		c.PollFetches(ctx).EachRecord(func(r *kgo.Record) { last = r.Value })
	}
	if !reflect.DeepEqual(last, dirty.value) {
		t.Error("the policy that only reports is not followed")
	}
}
