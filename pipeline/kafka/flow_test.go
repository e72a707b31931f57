package kafka

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
	"github.com/stanch/stanch/redact"
)

// secret is the password of test records. Nothing that leaves a flow may hold it.
const secret = "hunter2-Vb7ohQuaechoo"

var engine = sync.OnceValue(func() *redact.Engine {
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: testKey()})
	if err != nil {
		panic(err)
	}
	return e
})

// keep is a place for findings and the quarantine.
type keep struct {
	mu       sync.Mutex
	findings []finding.Finding
	records  []pipeline.Record
	fail     int // times to fail before
}

func (*keep) Name() string                           { return "test" }
func (*keep) Plan(context.Context) ([]string, error) { return nil, nil }
func (*keep) Close() error                           { return nil }
func (k *keep) Deliver(_ context.Context, fs []finding.Finding) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.findings = append(k.findings, fs...)
	return nil
}

func (k *keep) Write(_ context.Context, b *pipeline.Batch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail > 0 {
		k.fail--
		return io.ErrShortWrite
	}
	for _, r := range b.Records {
		k.records = append(k.records, pipeline.Record{Key: bytes.Clone(r.Key), Value: bytes.Clone(r.Value)})
	}
	return nil
}

func (k *keep) quarantined() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	for _, r := range k.records {
		out = append(out, string(r.Value))
	}
	return out
}

// world is a cluster with a topic "logs" of four partitions, and an environment.
type world struct {
	*testing.T
	addrs  []string
	fake   *kfake.Cluster
	topic  string // where records go that do not say
	client *kgo.Client
	admin  *kadm.Client
	env    *pipeline.Env
	keep   keep
	budget *pipeline.Budget
}

func newWorld(t *testing.T, opts ...kfake.Opt) *world {
	t.Helper()
	fake, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(2), kfake.GroupMinSessionTimeout(100 * time.Millisecond),
		kfake.SeedTopics(4, "logs")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	w := &world{T: t, addrs: fake.ListenAddrs(), fake: fake, topic: "logs"}
	w.client = w.dial()
	w.admin = kadm.NewClient(w.client)
	w.env = w.environment()
	return w
}

func (w *world) environment() *pipeline.Env {
	h := redact.NewHandle(engine())
	m := pipeline.NewMetrics()
	log := zaptest.NewLogger(w.T, zaptest.Level(zap.ErrorLevel))
	w.budget = pipeline.NewBudget(64 << 20)
	env := &pipeline.Env{Engine: h, Pool: pipeline.NewPool(h, 2), Budget: w.budget, Metrics: m, Log: log, Drain: 30 * time.Second,
		Findings: pipeline.NewFindings(pipeline.FindingOptions{Rate: 1 << 20, Wait: time.Minute}, m, log, &w.keep), Quarantine: pipeline.NewQuarantine(&w.keep, h, nil)}
	w.Cleanup(func() { env.Findings.Close(context.Background()) })
	return env
}

func (w *world) dial(opts ...kgo.Opt) *kgo.Client {
	w.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(w.addrs...), kgo.RecordPartitioner(kgo.ManualPartitioner())}, opts...)...)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(c.Close)
	return c
}

// options are those of a flow. What takes long because the machine is busy is no
// failure: then records would come twice.
func (w *world) options() Options {
	r, err := ParseRoute(`logs`, `clean.logs`)
	if err != nil {
		w.Fatal(err)
	}
	return Options{Name: "kafka", From: cluster.Config{Brokers: w.addrs, ClientID: "stanch", Timeout: 20 * time.Second}, Group: "stanch",
		Routes: []Route{r}, OutOfRange: cluster.Earliest, Header: DefaultHeader, Version: "v1", CreateTopics: true, MaxWait: 50 * time.Millisecond,
		CommitInterval: 50 * time.Millisecond, TopicInterval: 100 * time.Millisecond, Heartbeat: 50 * time.Millisecond, SessionTimeout: 20 * time.Second, RebalanceTimeout: 20 * time.Second}
}

// start runs a flow until the function returned is called.
func (w *world) start(o Options) (stop func() error) {
	w.Helper()
	f, err := NewFlow(o)
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx, w.env) }()
	var once sync.Once
	stop = func() (err error) {
		once.Do(func() {
			cancel()
			select {
			case err = <-done:
			case <-time.After(time.Minute):
				err = fmt.Errorf("the flow did not stop")
			}
		})
		return err
	}
	w.Cleanup(func() { stop() })
	return stop
}

func (w *world) produce(recs ...*kgo.Record) {
	w.Helper()
	for _, r := range recs {
		if r.Topic == "" {
			r.Topic = w.topic
		}
	}
	if err := w.client.ProduceSync(w.Context(), recs...).FirstErr(); err != nil {
		w.Fatal(err)
	}
}

// consume reads n records of a topic, in order within each partition, and sees
// to it that none holds the secret.
func (w *world) consume(topic string, n int, opts ...kgo.Opt) []*kgo.Record {
	w.Helper()
	c := w.dial(append([]kgo.Opt{kgo.ConsumeTopics(topic), kgo.FetchMaxWait(50 * time.Millisecond), kgo.MetadataMinAge(50 * time.Millisecond),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.UnknownTopicRetries(-1)}, opts...)...)
	defer c.Close()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	var out []*kgo.Record
	for len(out) < n {
		fs := c.PollFetches(ctx)
		if ctx.Err() != nil {
			w.Fatalf("%d of %d records in %s", len(out), n, topic)
		}
		fs.EachRecord(func(r *kgo.Record) {
			for _, p := range [][]byte{r.Key, r.Value} {
				if bytes.Contains(p, []byte(secret)) {
					w.Errorf("%s/%d at %d: the secret is in it", r.Topic, r.Partition, r.Offset)
				}
			}
			for _, h := range r.Headers {
				if strings.Contains(h.Key, secret) || bytes.Contains(h.Value, []byte(secret)) {
					w.Errorf("%s/%d at %d: the secret is in a header", r.Topic, r.Partition, r.Offset)
				}
			}
			out = append(out, r)
		})
	}
	return out
}

// committed waits until the group's offsets are those.
func (w *world) committed(want map[int32]int64) {
	w.Helper()
	var got map[int32]int64
	for range 1200 {
		res, err := w.admin.FetchOffsets(w.Context(), "stanch")
		got = map[int32]int64{}
		if err == nil {
			res.Each(func(o kadm.OffsetResponse) {
				if o.At > 0 {
					got[o.Partition] = o.At
				}
			})
			if cmp.Equal(got, want) {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.Fatalf("committed %v, want %v", got, want)
}

func codecOpts() map[string]kgo.CompressionCodec {
	return map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
}

// sameRecord compares all of a record that is to stay.
var sameRecord = cmp.Options{cmpopts.IgnoreFields(kgo.Record{}, "Topic", "Context", "Offset", "LeaderEpoch", "ProducerID", "ProducerEpoch", "Attrs"),
	cmpopts.IgnoreUnexported(kgo.Record{})}

func TestFlow(t *testing.T) {
	for name, codec := range codecOpts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.client = w.dial(kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(20*time.Millisecond))
			at := time.UnixMilli(1_700_000_000_000)
			var recs []*kgo.Record
			add := func(p int32, key, value []byte, headers ...kgo.RecordHeader) {
				recs = append(recs, &kgo.Record{Partition: p, Key: key, Value: value, Headers: headers, Timestamp: at.Add(time.Duration(len(recs)) * time.Millisecond)})
			}
			for i := range 2000 {
				add(int32(i%4), fmt.Appendf(nil, "host-%d", i%7), fmt.Appendf(nil, "INFO [worker-%d] GET /orders/%d status=200 dur_ms=%d", i%9, i, i%300),
					kgo.RecordHeader{Key: "content-type", Value: []byte("text/plain")})
			}
			add(0, nil, nil) // null is not empty
			add(0, []byte{}, []byte{})
			add(1, []byte("k"), nil, kgo.RecordHeader{Key: "a", Value: nil}, kgo.RecordHeader{Key: "a", Value: []byte{}}, kgo.RecordHeader{Key: "a", Value: []byte("x")})
			clean := len(recs)
			add(1, []byte("k"), []byte(`{"user":"bob","password":"`+secret+`"}`), kgo.RecordHeader{Key: "z", Value: []byte("1")}, kgo.RecordHeader{Key: "a", Value: nil})
			add(2, []byte("password="+secret), []byte("nothing"))
			add(3, []byte("k"), []byte("nothing"), kgo.RecordHeader{Key: "x-api-password", Value: []byte(secret)})
			w.produce(recs...)

			stop := w.start(w.options())
			got := w.consume("clean.logs", len(recs))
			w.committed(map[int32]int64{0: 502, 1: 502, 2: 501, 3: 501})
			if err := stop(); err != nil {
				t.Error(err)
			}
			want := map[int32][]*kgo.Record{}
			for _, r := range recs {
				want[r.Partition] = append(want[r.Partition], r)
			}
			seen := map[int32]int{}
			for _, r := range got {
				o := want[r.Partition][seen[r.Partition]]
				seen[r.Partition]++
				if o.Offset >= 500 && strings.Contains(fmt.Sprintf("%s %s %v", o.Key, o.Value, o.Headers), secret) || containsHeader(o, secret) {
					continue
				}
				if d := cmp.Diff(o, r, sameRecord); d != "" {
					t.Fatalf("partition %d, offset %d: %s", r.Partition, o.Offset, d)
				}
			}
			var changed []*kgo.Record
			for _, r := range got {
				if n := len(r.Headers); n > 0 && r.Headers[n-1].Key == DefaultHeader {
					if string(r.Headers[n-1].Value) != "v1" {
						t.Errorf("header %q", r.Headers[n-1].Value)
					}
					changed = append(changed, r)
				}
			}
			if len(changed) != len(recs)-clean {
				t.Errorf("%d records are marked as changed, want %d", len(changed), len(recs)-clean)
			}
			for _, r := range changed {
				switch r.Partition {
				case 1:
					if string(r.Value) != `{"user":"bob","password":"REDACTED-password"}` || len(r.Headers) != 3 || r.Headers[0].Key != "z" || r.Headers[1].Value != nil {
						t.Errorf("%s %v", r.Value, r.Headers)
					}
				case 2:
					if !strings.HasPrefix(string(r.Key), "password=") || string(r.Value) != "nothing" {
						t.Errorf("%s %s", r.Key, r.Value)
					}
				}
			}
			if len(w.keep.findings) != 3 {
				t.Errorf("%d findings", len(w.keep.findings))
			}
			for _, f := range w.keep.findings {
				if s := f.Source; s.Topic != "logs" || s.Kind != finding.Kafka || s.Offset < 500 {
					t.Errorf("source %+v", s)
				}
			}
			if used := w.budget.Used(); used != 0 {
				t.Errorf("%d bytes are still counted", used)
			}
		})
	}
}

func containsHeader(r *kgo.Record, s string) bool {
	for _, h := range r.Headers {
		if bytes.Contains(h.Value, []byte(s)) {
			return true
		}
	}
	return false
}

func testKey() []byte {
	h := sha256.Sum256([]byte("a key for tests"))
	return h[:]
}
