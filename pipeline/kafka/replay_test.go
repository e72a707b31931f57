package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// kept is an input of records that were kept.
type kept struct {
	records []pipeline.Record
	acked   []error
}

func (*kept) Name() string                           { return "kafka" }
func (*kept) Plan(context.Context) ([]string, error) { return nil, nil }
func (*kept) Close() error                           { return nil }
func (k *kept) Read(_ context.Context, emit func(*pipeline.Batch) error) error {
	for _, r := range k.records {
		b := &pipeline.Batch{Records: []pipeline.Record{r}, Ack: func(err error) { k.acked = append(k.acked, err) }}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

func (k *kept) add(topic string, p int32, offset int64, key, value []byte, headers ...pipeline.Header) {
	k.records = append(k.records, pipeline.Record{Key: key, Value: value, Headers: headers, Time: time.UnixMilli(1_700_000_000_000 + offset),
		Source: finding.Source{Kind: finding.Kafka, Topic: topic, Partition: p, Offset: offset}})
}

// TestReplay: records that are replayed become what they become on their way, and
// fail as they fail there.
func TestReplay(t *testing.T) {
	w := newWorld(t, kfake.SeedTopics(4, "otlp", "json"))
	o := w.options()
	for topic, p := range map[string]Payload{"otlp": OTLPLogs, "json": OTLPLogsJSON} {
		r, err := ParseRoute(topic, "clean."+topic)
		if err != nil {
			t.Fatal(err)
		}
		r.Payload = p
		o.Routes = append(o.Routes, r)
	}
	o.ExactlyOnce = true // which it cannot be
	list := samples(t, "password="+secret)
	var whole batch.Builder
	for _, v := range []string{"one", "two password=" + secret} {
		whole.Append(&batch.Record{Timestamp: 1_700_000_000_000}, nil, []byte(v), nil)
	}
	raw, err := whole.Finish(nil, new(batch.Encoder), batch.Gzip)
	if err != nil {
		t.Fatal(err)
	}
	// As the broker hands it out: at an offset, which the checksum leaves out.
	raw[7] = 40

	in := &kept{}
	frame := "\x00\x00\x00\x01\x0a"
	token := "token=ghp_" + strings.Repeat("aB3dE5gH7k", 3) + "zZ9yX8"
	in.add("otlp", 3, 7, []byte("k"), list[0].value)
	in.add("json", 2, 8, nil, list[1].value)
	in.add("logs", 1, 9, []byte(token), []byte(frame+`{"password":"`+secret+`"}`), pipeline.Header{Name: "a"}, pipeline.Header{Name: "authorization", Value: []byte("Bearer " + secret)})
	in.add("logs", 1, 10, nil, []byte("\x00\x01 binary "+secret))
	in.add("otlp", 3, 11, nil, []byte("no batch "+secret))
	in.add("logs", 1, 12, []byte("clean"), nil)
	in.add("logs", 0, 40, nil, raw)
	f, err := NewReplay(o, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), w.env); err != nil {
		t.Fatal(err)
	}
	if len(in.acked) != len(in.records) || errors.Join(in.acked...) != nil {
		t.Errorf("acknowledged: %v", in.acked)
	}
	for i, topic := range []string{"clean.otlp", "clean.json"} {
		r := w.consume(topic, 1)[0]
		if err := list[i].undecodable(r.Value); err != nil || bytes.Contains(r.Value, []byte("hunter2")) || r.Partition != int32(3-i) || len(r.Headers) != 1 {
			t.Errorf("%s/%d: %v %q %v", topic, r.Partition, err, r.Value, r.Headers)
		}
	}
	got := map[int32][]*kgo.Record{}
	for _, r := range w.consume("clean.logs", 4) {
		got[r.Partition] = append(got[r.Partition], r)
	}
	if len(got[0]) != 2 || len(got[1]) != 2 {
		t.Fatalf("%d and %d records", len(got[0]), len(got[1]))
	}
	if a, b := string(got[0][0].Value), string(got[0][1].Value); a != "one" || b != "two password=REDACTED-password" {
		t.Errorf("of a batch that was kept: %q, %q", a, b)
	}
	r := got[1][0]
	if string(r.Value) != frame+`{"password":"REDACTED-password"}` || r.Timestamp.UnixMilli() != 1_700_000_000_009 || len(r.Headers) != 3 || r.Headers[0].Value != nil {
		t.Errorf("%q at %v with %q", r.Value, r.Timestamp, r.Headers)
	}
	if r := got[1][1]; r.Value != nil || string(r.Key) != "clean" || len(r.Headers) != 0 {
		t.Errorf("a clean record is %q", r.Value)
	}
	q := w.keep.quarantined()
	if len(q) != 2 || !strings.Contains(q[0], `"unknown_format"`) || !strings.Contains(q[1], `"undecodable"`) || strings.Contains(strings.Join(q, ""), secret) {
		t.Errorf("quarantine: %q", q)
	}
	// What is found is found where the record first stood, and a key becomes what it
	// becomes in the flow.
	w.produce(&kgo.Record{Partition: 1, Key: []byte(token), Value: []byte("x")})
	stop := w.start(w.options())
	for _, rec := range w.consume("clean.logs", 5) {
		if string(rec.Value) == "x" && string(rec.Key) != string(r.Key) {
			t.Errorf("keys %q and %q", r.Key, rec.Key)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	w.env.Findings.Flush(t.Context())
	w.keep.mu.Lock()
	defer w.keep.mu.Unlock()
	places := map[int64]bool{}
	for _, f := range w.keep.findings {
		places[f.Source.Offset] = true
	}
	for _, offset := range []int64{7, 8, 9, 41} {
		if !places[offset] {
			t.Errorf("nothing is reported at %d", offset)
		}
	}
}

// TestReplayFails: a replay ends where the policy says so, or a record leads nowhere.
func TestReplayFails(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Failure = pipeline.Halt
	for want, topic := range map[string]string{"halt": "logs", "no entry of topics fits": "gone"} {
		in := &kept{}
		in.add("logs", 0, 1, nil, []byte("before"))
		in.add(topic, 0, 2, nil, []byte("\x00\x01 binary "+secret))
		in.add("logs", 0, 3, nil, []byte("after"))
		f, err := NewReplay(o, in)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Run(t.Context(), w.env); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", topic, err)
		}
		if len(in.acked) != 2 || in.acked[0] != nil || in.acked[1] == nil {
			t.Errorf("%s: acknowledged %v", topic, in.acked)
		}
	}
}

// TestReplayStreams: a key that goes over several records is one when they are
// replayed, too.
func TestReplayStreams(t *testing.T) {
	s := newStreamed(t)
	in := &kept{}
	offset := int64(0)
	var want []string
	first, second := s.key("a", 1)
	for i, l := range append(first, second...) {
		in.add("logs", 0, offset, []byte("a"), []byte(l.text))
		in.add("logs", 0, offset+1, []byte("b"), fmt.Append(nil, "other ", i))
		want = append(want, fmt.Sprint("other ", i))
		offset += 2
	}
	f, err := NewReplay(s.options("key"), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), s.env); err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, r := range s.consume("clean.logs", len(in.records)) {
		for _, secret := range s.secrets {
			if strings.Contains(string(r.Value), secret) {
				t.Errorf("a line of the key: %s", r.Value)
			}
		}
		if string(r.Key) == "b" {
			others = append(others, string(r.Value))
		}
	}
	if !slices.Equal(others, want) {
		t.Errorf("%q", others)
	}
}
