package kafka

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
	"github.com/stanch/stanch/redact"
)

// numbered produces n records to each of the four partitions, from first on.
func (w *world) numbered(first, n int) {
	w.Helper()
	var recs []*kgo.Record
	for i := first; i < first+n; i++ {
		for p := range int32(4) {
			recs = append(recs, &kgo.Record{Partition: p, Value: fmt.Appendf(nil, "p%d seq %d password=%s", p, i, secret)})
		}
	}
	w.produce(recs...)
}

// sequence reads n records and reports how many are there more than once. All n
// have to be there, the first of each in order.
func (w *world) sequence(topic string, n int) (again int) {
	w.Helper()
	next := map[int32]int{}
	left := 4 * n
	c := w.dial(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxWait(50*time.Millisecond), kgo.MetadataMinAge(50*time.Millisecond), kgo.UnknownTopicRetries(-1))
	defer c.Close()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	for left > 0 {
		fs := c.PollFetches(ctx)
		if ctx.Err() != nil {
			w.Fatalf("%d of %d records are missing, next %v", left, 4*n, next)
		}
		fs.EachRecord(func(r *kgo.Record) {
			if bytes.Contains(r.Value, []byte(secret)) {
				w.Error("the secret is in the output")
			}
			var p int32
			var i int
			if _, err := fmt.Sscanf(string(r.Value), "p%d seq %d ", &p, &i); err != nil || p != r.Partition {
				w.Fatalf("%q in partition %d", r.Value, r.Partition)
			}
			switch {
			case i == next[p]:
				next[p]++
				left--
			case i < next[p]:
				again++
			default:
				w.Fatalf("partition %d: %d instead of %d", p, i, next[p])
			}
		})
	}
	return again
}

func TestExactlyOnce(t *testing.T) {
	w := newWorld(t, kfake.SeedTopics(1, "dlq", "found"))
	o := w.options()
	o.ExactlyOnce, o.QuarantineTopic, o.FindingsTopic, o.FindingsName = true, "dlq", "found", "topic"
	o.FetchBytes = 2000 // many transactions
	w.numbered(0, 200)
	stop := w.start(o)
	w.sequence("clean.logs", 100)
	if err := stop(); err != nil {
		t.Error(err)
	}
	w.numbered(200, 100)
	w.produce(&kgo.Record{Partition: 0, Value: []byte("\x01\x02 binary " + secret)})
	// Requests fail at every step.
	for _, key := range []kmsg.Key{kmsg.AddPartitionsToTxn, kmsg.AddOffsetsToTxn, kmsg.TxnOffsetCommit, kmsg.EndTxn, kmsg.Produce, kmsg.InitProducerID} {
		w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{key}, Err: kerr.CoordinatorNotAvailable, Count: 2})
	}
	w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.AddPartitionsToTxn}, Err: kerr.ConcurrentTransactions, Count: 5})
	w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: "clean.logs", Err: kerr.NotEnoughReplicas, Count: 3})
	stop = w.start(o)
	if again := w.sequence("clean.logs", 300); again != 0 {
		t.Errorf("%d records are there twice", again)
	}
	w.committed(map[int32]int64{0: 301, 1: 300, 2: 300, 3: 300})
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := w.consume("found", 1200); len(got) != 1200 {
		t.Errorf("%d findings", len(got))
	}
	if n := w.metrics()["findings_delivered_total{output=topic}"]; n != 1200 {
		t.Errorf("%v findings are counted as delivered", n)
	}
	dlq := w.consume("dlq", 1)
	if len(dlq) != 1 || !strings.Contains(string(dlq[0].Value), `"reason":"unknown_format"`) {
		t.Errorf("quarantine: %s", dlq[0].Value)
	}
}

// What is ready goes into the transaction under way, as ending one takes long.
func TestTransactionOfManyFetches(t *testing.T) {
	w := newWorld(t)
	var ends atomic.Int64
	w.fake.ControlKey(int16(kmsg.EndTxn), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.fake.KeepControl()
		ends.Add(1)
		w.fake.SleepControl(func() { time.Sleep(100 * time.Millisecond) })
		return nil, nil, false
	})
	for i := range 20 {
		w.numbered(10*i, 10)
	}
	o := w.options()
	o.ExactlyOnce, o.FetchBytes = true, 100
	stop := w.start(o)
	if again := w.sequence("clean.logs", 200); again != 0 {
		t.Errorf("%d records are there twice", again)
	}
	w.committed(map[int32]int64{0: 200, 1: 200, 2: 200, 3: 200})
	if err := stop(); err != nil {
		t.Error(err)
	}
	fetches := 0.0
	for name, n := range w.metrics() {
		if strings.HasPrefix(name, "fetch_seconds") {
			fetches += n
		}
	}
	if n := ends.Load(); fetches < 80 || float64(n) > fetches*3/4 {
		t.Errorf("%d transactions for %v fetches", n, fetches)
	}
}

// Members come and go, requests fail and leaders move: nothing is lost, and what
// comes again is bounded.
func TestNothingIsLost(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.FetchBytes, o.MaxUncommitted = 4000, 50
	stop := w.start(o)
	other := w.start(o)
	for round := range 6 {
		w.numbered(round*50, 50)
		switch round {
		case 1:
			w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: "clean.logs", Err: kerr.NotLeaderForPartition, Count: 4})
			w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Topic: "logs", Err: kerr.UnknownLeaderEpoch, Count: 4})
		case 2:
			w.fake.ShufflePartitionLeaders()
		case 3:
			if err := other(); err != nil {
				t.Error(err)
			}
		case 4:
			w.fake.RehashCoordinators()
			w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.CoordinatorNotAvailable, Count: 2})
		}
	}
	again := w.sequence("clean.logs", 300)
	w.committed(map[int32]int64{0: 300, 1: 300, 2: 300, 3: 300})
	if err := stop(); err != nil {
		t.Error(err)
	}
	if most := 4 * 5 * (50 + 40); again > most {
		t.Errorf("%d records came again, at most %d may", again, most)
	}
}

func TestFailures(t *testing.T) {
	binary := []byte("\x00\x01\x02 " + secret)
	for _, c := range []struct {
		failure     pipeline.Failure
		out         string
		quarantined int
	}{
		{pipeline.ToQuarantine, "a b", 1},
		{pipeline.DropRecord, "a b", 0},
		{pipeline.RedactValue, "a REDACTED-unscanned b", 0},
		{pipeline.Halt, "a", 0},
	} {
		t.Run(c.failure.String(), func(t *testing.T) {
			w := newWorld(t)
			o := w.options()
			o.Failure = c.failure
			o.FetchBytes = 1
			w.produce(&kgo.Record{Value: []byte("a")})
			w.produce(&kgo.Record{Value: binary, Key: []byte("k")})
			w.produce(&kgo.Record{Value: []byte("b")})
			w.keep.fail = 2 // the quarantine's first tries
			f, err := NewFlow(o)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- f.Run(ctx, w.env) }()
			var got []string
			for _, r := range w.consume("clean.logs", len(strings.Fields(c.out))) {
				got = append(got, string(r.Value))
			}
			if s := strings.Join(got, " "); s != c.out {
				t.Errorf("got %q, want %q", s, c.out)
			}
			if c.failure == pipeline.Halt {
				if err := <-done; !errors.Is(err, pipeline.ErrHalt) || strings.Contains(err.Error(), secret) {
					t.Errorf("%v", err)
				}
				w.committed(map[int32]int64{0: 1})
			} else {
				w.committed(map[int32]int64{0: 3})
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			q := w.keep.quarantined()
			if len(q) != c.quarantined {
				t.Errorf("%d in the quarantine", len(q))
			}
			for _, line := range q {
				if strings.Contains(line, secret) || !strings.Contains(line, `"unknown_format"`) {
					t.Errorf("quarantine: %s", line)
				}
			}
		})
	}
}

// Records that the output refuses for what they are do not hold up the others.
func TestRefusedByOutput(t *testing.T) {
	for _, exactly := range []bool{false, true} {
		t.Run(fmt.Sprintf("exactly once %v", exactly), func(t *testing.T) {
			w := newWorld(t)
			if err := w.fake.CreateTopic("clean.logs", 4, map[string]string{"max.message.bytes": "2000"}); err != nil {
				t.Fatal(err)
			}
			big := w.dial(kgo.ProducerLinger(10*time.Millisecond), kgo.ProducerBatchCompression(kgo.NoCompression()))
			var recs []*kgo.Record
			for i := range 40 {
				v := fmt.Appendf(nil, "seq %d", i)
				if i%10 == 5 {
					v = append(v, bytes.Repeat([]byte(" long"), 600)...)
				}
				recs = append(recs, &kgo.Record{Topic: "logs", Partition: 1, Value: v})
			}
			if err := big.ProduceSync(t.Context(), recs...).FirstErr(); err != nil {
				t.Fatal(err)
			}
			o := w.options()
			o.ExactlyOnce = exactly
			stop := w.start(o)
			got := w.consume("clean.logs", 36)
			w.committed(map[int32]int64{1: 40})
			if err := stop(); err != nil {
				t.Error(err)
			}
			for i, r := range got {
				if want := fmt.Sprintf("seq %d", i+i/9+func() int {
					if i%9 >= 5 {
						return 1
					}
					return 0
				}()); string(r.Value) != want {
					t.Errorf("%d: %s, want %s", i, r.Value, want)
				}
			}
			q := w.keep.quarantined()
			if len(q) != 4 {
				t.Fatalf("%d in the quarantine: %s", len(q), q)
			}
			for i, line := range q {
				if !strings.Contains(line, fmt.Sprintf(`"offset":%d`, 10*i+5)) || !strings.Contains(line, `"too_large"`) {
					t.Errorf("quarantine: %s", line)
				}
			}
		})
	}
}

// Aborted transactions, gaps of compaction, markers.
func TestTransactionsAndCompaction(t *testing.T) {
	w := newWorld(t)
	if err := w.fake.CreateTopic("compact", 1, map[string]string{"cleanup.policy": "compact"}); err != nil {
		t.Fatal(err)
	}
	tx := w.dial(kgo.TransactionalID("producer"))
	for i := range 6 {
		if err := tx.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for j := range 3 {
			tx.Produce(t.Context(), &kgo.Record{Topic: "logs", Partition: 2, Value: fmt.Appendf(nil, "tx %d %d %v", i, j, i%2 == 0)}, nil)
		}
		if err := tx.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := tx.EndTransaction(t.Context(), kgo.TransactionEndTry(i%2 == 0)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		w.produce(&kgo.Record{Topic: "compact", Key: fmt.Appendf(nil, "key-%d", i%7), Value: fmt.Appendf(nil, "value %d", i)})
	}
	w.fake.Compact()
	o := w.options()
	r, err := ParseRoute("compact", "clean.compact")
	if err != nil {
		t.Fatal(err)
	}
	o.Routes = append(o.Routes, r)
	stop := w.start(o)
	for i, r := range w.consume("clean.logs", 9) {
		if want := fmt.Sprintf("tx %d %d true", i/3*2, i%3); string(r.Value) != want {
			t.Errorf("%q, want %q", r.Value, want)
		}
	}
	want := w.consume("compact", 7)
	got := w.consume("clean.compact", 7)
	for i := range want {
		if string(want[i].Key) != string(got[i].Key) || string(want[i].Value) != string(got[i].Value) {
			t.Errorf("%s %s, want %s %s", got[i].Key, got[i].Value, want[i].Key, want[i].Value)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if p := *w.fake.TopicInfo("clean.compact").Configs["cleanup.policy"]; p != "compact" {
		t.Errorf("the output was created with %q", p)
	}
}

func TestOutOfRange(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	w.numbered(0, 10)
	stop := w.start(o)
	w.sequence("clean.logs", 10)
	w.committed(map[int32]int64{0: 10, 1: 10, 2: 10, 3: 10})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.numbered(10, 10)
	for p := range int32(4) {
		if err := w.fake.DeleteRecords("logs", p, 15); err != nil {
			t.Fatal(err)
		}
	}
	o.Routes[0].To = "later"
	stop = w.start(o)
	got := w.consume("later", 20)
	for _, r := range got[:1] {
		if !strings.Contains(string(r.Value), "seq 15 ") {
			t.Errorf("%s", r.Value)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// A partition that begins at its end is committed there at once, so that its next
// owner does not begin at a later end.
func TestStartAtTheEnd(t *testing.T) {
	w := newWorld(t)
	w.numbered(0, 10)
	o := w.options()
	o.Start = cluster.Latest
	stop := w.start(o)
	w.committed(map[int32]int64{0: 10, 1: 10, 2: 10, 3: 10})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.produce(&kgo.Record{Value: []byte("next")})
	w.start(o)
	if got := w.consume("clean.logs", 1); string(got[0].Value) != "next" {
		t.Errorf("%s", got[0].Value)
	}
}

func TestNewTopicsAndLoops(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	r, err := ParseRoute(`app\.(.*)`, `clean.$1`)
	if err != nil {
		t.Fatal(err)
	}
	o.Routes = []Route{r}
	w.start(o)
	for _, name := range []string{"app.one", "app.two"} {
		if err := w.fake.CreateTopic(name, 2, nil); err != nil {
			t.Fatal(err)
		}
		w.produce(&kgo.Record{Topic: name, Partition: 1, Value: []byte("in " + name)})
		if got := w.consume(strings.Replace(name, "app", "clean", 1), 1); string(got[0].Value) != "in "+name || got[0].Partition != 1 {
			t.Errorf("%s in %d", got[0].Value, got[0].Partition)
		}
	}
	loop, err := ParseRoute(`(.*)`, `x.$1`)
	if err != nil {
		t.Fatal(err)
	}
	o.Routes, o.Group = []Route{loop}, "other"
	f, err := NewFlow(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), w.env); err == nil || !strings.Contains(err.Error(), "loop") {
		t.Errorf("%v", err)
	}
}

// Topics that nobody has made yet are said to be missing, once.
func TestNoTopicFits(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	var err error
	if o.Routes[0], err = ParseRoute("later", "clean.later"); err != nil {
		t.Fatal(err)
	}
	core, said := observer.New(zap.WarnLevel)
	w.env.Log = zap.New(core)
	w.env.Metrics.SetReady(true)
	stop := w.start(o)
	defer stop()
	missing := func() int { return said.FilterMessage("no topic fits yet").Len() }
	w.until("it is said", func() bool { return missing() > 0 })
	if w.env.Metrics.Ready() {
		t.Error("ready with nothing to read")
	}
	for _, name := range []string{"clean.later", "later"} {
		if _, err := w.admin.CreateTopic(t.Context(), 1, 1, nil, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.client.ProduceSync(t.Context(), &kgo.Record{Topic: "later", Value: []byte("in")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	w.consume("clean.later", 1)
	w.until("it is ready", w.env.Metrics.Ready)
	if n := missing(); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// A topic that comes later and would be a loop is left alone, and named once.
func TestLoopThatComesLater(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	loop, err := ParseRoute(`in\.(.*)`, `clean.logs.$1`)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseRoute(`clean\.logs\.(.*)`, `twice.$1`)
	if err != nil {
		t.Fatal(err)
	}
	o.Routes = append(o.Routes, loop, again)
	core, said := observer.New(zap.ErrorLevel)
	w.env.Log = zap.New(core)
	w.numbered(0, 1)
	stop := w.start(o)
	defer stop()
	w.sequence("clean.logs", 1)
	if _, err := w.admin.CreateTopic(t.Context(), 1, 1, nil, "in.a"); err != nil {
		t.Fatal(err)
	}
	refused := func() []observer.LoggedEntry { return said.FilterMessage("topic refused").All() }
	w.until("it is named", func() bool { return len(refused()) > 0 })
	w.numbered(1, 1)
	w.sequence("clean.logs", 2)
	if got := refused(); len(got) != 1 || !strings.Contains(got[0].ContextMap()["error"].(string), "topic in.a: its output clean.logs.a") {
		t.Errorf("%v", got)
	}
}

// An input that is deleted and made anew while it is read is read from its beginning,
// however short a time it was away where topics have ids.
func TestTopicMadeAnew(t *testing.T) {
	old := kversion.V2_4_0()
	for _, exactlyOnce := range []bool{false, true} {
		for _, ids := range []bool{false, true} {
			var opts []kfake.Opt
			if !ids {
				opts = append(opts, kfake.MaxVersions(old))
			}
			w := newWorld(t, opts...)
			o := w.options()
			o.ExactlyOnce, o.TopicInterval = exactlyOnce, time.Hour
			core, said := observer.New(zap.WarnLevel)
			w.env.Log = zap.New(core)
			w.madeAnew(o, func() {
				if ids {
					return
				}
				w.until("all partitions are missed", func() bool {
					missed := map[any]bool{}
					for _, e := range said.FilterMessage("partition waits").All() {
						missed[e.ContextMap()["partition"]] = true
					}
					return len(missed) == 4
				})
			})
		}
	}
}

// madeAnew runs a flow over two topics of the same name, one after the other. It waits
// while there is none.
func (w *world) madeAnew(o Options, wait func()) {
	w.Helper()
	w.numbered(0, 20)
	stop := w.start(o)
	w.sequence("clean."+w.topic, 20)
	w.caught(o.Group, w.topic)
	if _, err := w.admin.DeleteTopic(w.Context(), w.topic); err != nil {
		w.Fatal(err)
	}
	wait()
	w.until("the topic is made anew", func() bool {
		_, err := w.admin.CreateTopic(w.Context(), 4, 1, nil, w.topic)
		return err == nil
	})
	w.client = w.dial() // the other one knows the id of the topic that was
	w.numbered(20, 200)
	w.sequence("clean."+w.topic, 220)
	stop()
}

// An offset that was committed for a topic that is no more is not one of the topic that
// has its name now.
func TestOffsetOfAnotherTopic(t *testing.T) {
	for _, exactlyOnce := range []bool{false, true} {
		w := newWorld(t)
		o := w.options()
		o.ExactlyOnce, o.Start = exactlyOnce, cluster.Latest
		w.numbered(0, 20)
		places := kadm.Offsets{}
		for p, metadata := range []string{"topic-id:" + cluster.TopicID{1}.String(), "somebody's", "topic-id:", ""} {
			places.Add(kadm.Offset{Topic: "logs", Partition: int32(p), At: 15, LeaderEpoch: -1, Metadata: metadata})
		}
		if err := w.admin.CommitAllOffsets(t.Context(), o.Group, places); err != nil {
			t.Fatal(err)
		}
		w.start(o)
		read := map[int32]int{}
		for _, r := range w.consume("clean.logs", 20+3*5) {
			read[r.Partition]++
		}
		if want := (map[int32]int{0: 20, 1: 5, 2: 5, 3: 5}); !maps.Equal(read, want) {
			t.Errorf("records read: %v, want %v", read, want)
		}
	}
}

// A plan fails where records would wait for ever.
func TestPlanOfWhatWaits(t *testing.T) {
	w := newWorld(t)
	if _, err := w.admin.CreateTopic(t.Context(), 1, 1, nil, "narrow"); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{"nowhere": "topic nowhere is missing", "narrow": "topic narrow has too few partitions"} {
		o := w.options()
		o.Routes[0].To, o.CreateTopics = to, false
		f, err := NewFlow(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Plan(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", to, err)
		}
		o.CreateTopics = true
		if f, err = NewFlow(o); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Plan(t.Context()); (err == nil) != (to == "nowhere") {
			t.Errorf("%s, with topics created: %v", to, err)
		}
	}
}

func TestToAnotherCluster(t *testing.T) {
	w, far := newWorld(t), newWorld(t)
	o := w.options()
	o.Routes[0].To = "logs"
	o.To = &cluster.Config{Brokers: far.fake.ListenAddrs(), Timeout: 20 * time.Second}
	w.numbered(0, 20)
	stop := w.start(o)
	far.sequence("logs", 20)
	if err := stop(); err != nil {
		t.Error(err)
	}
	o.ExactlyOnce = true
	if _, err := NewFlow(o); err == nil {
		t.Error("exactly once over two clusters")
	}
}

func TestConfluent(t *testing.T) {
	w := newWorld(t)
	frame := "\x00\x00\x00\x01\x02"
	w.produce(&kgo.Record{Value: []byte(frame + `{"password":"` + secret + `"}`)}, &kgo.Record{Value: []byte(frame + "\x0e\x02avro")},
		&kgo.Record{Value: []byte(frame + "\x0e\x02password=" + secret)}, &kgo.Record{Value: []byte("last")})
	o := w.options()
	o.Routes[0].Binary = DetectBinary
	stop := w.start(o)
	var got []string
	for _, r := range w.consume("clean.logs", 3) {
		got = append(got, string(r.Value))
	}
	if s := strings.Join(got, "|"); s != frame+`{"password":"REDACTED-password"}|`+frame+"\x0e\x02avro|last" {
		t.Errorf("%q", s)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if q := w.keep.quarantined(); len(q) != 1 || strings.Contains(q[0], secret) {
		t.Errorf("%s", q)
	}
}

func TestOTLP(t *testing.T) {
	w := newWorld(t, kfake.SeedTopics(1, "json"))
	batch := func(body, attr string) plog.Logs {
		ld := plog.NewLogs()
		rec := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		rec.Body().SetStr(body)
		rec.Attributes().PutStr("password", attr)
		rec.Attributes().PutInt("n", 7)
		return ld
	}
	var clean plog.Logs
	for _, ld := range []plog.Logs{batch("fine", ""), batch("login password="+secret, secret)} {
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().RemoveIf(func(k string, v pcommon.Value) bool { return v.AsString() == "" })
		if clean == (plog.Logs{}) {
			clean = ld
		}
		raw, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		text, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		w.produce(&kgo.Record{Value: raw}, &kgo.Record{Topic: "json", Value: text})
	}
	plain, err := (&plog.ProtoMarshaler{}).MarshalLogs(clean)
	if err != nil {
		t.Fatal(err)
	}
	hidden := append(bytes.Clone(plain), "\xfa\x06\x20password="+secret[:21]+"\x00\x00"...) // a field that nobody knows
	w.produce(&kgo.Record{Value: hidden}, &kgo.Record{Value: []byte("no protobuf " + secret)}, &kgo.Record{Value: plain})
	o := w.options()
	o.Routes[0].Payload = OTLPLogs
	j, err := ParseRoute("json", "clean.json")
	if err != nil {
		t.Fatal(err)
	}
	j.Payload = OTLPLogsJSON
	o.Routes = append(o.Routes, j)
	stop := w.start(o)
	got := w.consume("clean.logs", 3)
	if !bytes.Equal(got[0].Value, plain) || !bytes.Equal(got[2].Value, plain) || len(got[0].Headers) != 0 {
		t.Error("a clean batch was changed")
	}
	for i, r := range got {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(r.Value)
		if err != nil || bytes.Contains(r.Value, []byte(secret[:15])) {
			t.Fatalf("%d: %v %q", i, err, r.Value)
		}
		if n, _ := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get("n"); n.Int() != 7 {
			t.Errorf("%d: %q", i, r.Value)
		}
	}
	for i, r := range w.consume("clean.json", 2) {
		if _, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(r.Value); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if q := w.keep.quarantined(); len(q) != 2 || !strings.Contains(q[0], `"unknown_format"`) || !strings.Contains(q[1], `"undecodable"`) {
		t.Errorf("quarantine: %s", q)
	}
	for _, f := range w.keep.findings {
		if f.Source.Kind != finding.Kafka {
			t.Errorf("source %+v", f.Source)
		}
	}
}

// Equal keys stay equal.
func TestKeys(t *testing.T) {
	w := newWorld(t)
	key := "token=ghp_" + strings.Repeat("aB3dE5gH7k", 3) + "zZ9yX8"
	for _, k := range []string{key, key, "host-1"} {
		w.produce(&kgo.Record{Key: []byte(k), Value: []byte("x")})
	}
	stop := w.start(w.options())
	got := w.consume("clean.logs", 3)
	if a, b := string(got[0].Key), string(got[1].Key); a != b || strings.Contains(a, "ghp_"+"aB3") || strings.Contains(a, "REDACTED") || string(got[2].Key) != "host-1" {
		t.Errorf("%s, %s, %s", a, b, got[2].Key)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A new policy holds from the next fetch on, and for keys that were clean before.
func TestReload(t *testing.T) {
	w := newWorld(t)
	w.start(w.options())
	rec := func() *kgo.Record {
		return &kgo.Record{Key: []byte("acme-4711"), Value: []byte("acme-4711"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("acme-4711")}}}
	}
	w.produce(rec())
	w.consume("clean.logs", 1)
	doc, err := redact.ParseDocument("x.yaml", []byte("version: 1\nnames:\n  secret: [{name: h}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey(), Version: "two"})
	if err != nil {
		t.Fatal(err)
	}
	w.env.Engine.Store(e)
	w.produce(rec())
	got := w.consume("clean.logs", 2)[1]
	if strings.Contains(string(got.Headers[0].Value), "4711") {
		t.Errorf("%s", got.Headers[0].Value)
	}
	if len(got.Headers) != 2 || got.Headers[1].Key != DefaultHeader || string(got.Headers[1].Value) != "v1 policy/two" {
		t.Errorf("%v", got.Headers)
	}
}

func TestOutput(t *testing.T) {
	w := newWorld(t)
	out, err := NewOutput(OutputOptions{Name: "dlq", To: cluster.Config{Brokers: w.fake.ListenAddrs()}, Topic: "dlq", Create: ForFindings(), MaxMessageBytes: 5000})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if plan, err := out.Plan(t.Context()); err != nil || len(plan) != 1 || !strings.Contains(plan[0], "created") {
		t.Errorf("%v, %v", plan, err)
	}
	b := pipeline.Batch{Lane: pipeline.Lane{Name: "x"}}
	for i := range 100 {
		b.Records = append(b.Records, pipeline.Record{Key: fmt.Appendf(nil, "k%d", i%10), Value: fmt.Appendf(nil, "%200d", i), Headers: []pipeline.Header{{Name: "h", Value: nil}}})
	}
	w.until("the topic is made", func() bool { return out.Write(t.Context(), &b) == nil })
	where := map[string]int32{}
	for _, r := range w.consume("dlq", 100) {
		p, ok := where[string(r.Key)]
		if ok && p != r.Partition {
			t.Errorf("key %s in %d and %d", r.Key, p, r.Partition)
		}
		where[string(r.Key)] = r.Partition
		if want, _ := kgo.StickyKeyPartitioner(nil).ForTopic("dlq"), 0; int32(want.Partition(&kgo.Record{Key: r.Key}, 3)) != r.Partition {
			t.Errorf("key %s in %d", r.Key, r.Partition)
		}
		if len(r.Headers) != 1 || r.Headers[0].Value != nil {
			t.Errorf("headers %v", r.Headers)
		}
	}
}

// An entry of the quarantine that its topic does not take is written without the
// record, in a transaction, too.
func TestLargeEntry(t *testing.T) {
	w := newWorld(t)
	if err := w.fake.CreateTopic("dlq", 1, map[string]string{"max.message.bytes": "100000"}); err != nil {
		t.Fatal(err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := redact.ParseDocument("p", []byte("version: 1\nseal: {recipients: ["+id.Recipient().String()+"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	w.env.Engine.Store(e)
	large := append([]byte("\x00\x01"+secret), make([]byte, 80_000)...)
	if _, err := rand.Read(large[len(large)-80_000:]); err != nil {
		t.Fatal(err)
	}
	w.produce(&kgo.Record{Value: []byte("\x00\x01 small " + secret)})
	w.produce(&kgo.Record{Value: large})
	w.produce(&kgo.Record{Value: []byte("last")})
	o := w.options()
	o.ExactlyOnce, o.QuarantineTopic = true, "dlq"
	stop := w.start(o)
	if got := w.consume("clean.logs", 1); string(got[0].Value) != "last" {
		t.Errorf("%q", got[0].Value)
	}
	w.committed(map[int32]int64{0: 3})
	if err := stop(); err != nil {
		t.Error(err)
	}
	for _, r := range w.consume("dlq", 2) {
		small := strings.Contains(string(r.Value), `"offset":0`)
		if sealed := strings.Contains(string(r.Value), `"sealed":`); sealed != small {
			t.Errorf("sealed %v: %.300s", sealed, r.Value)
		}
	}
}
