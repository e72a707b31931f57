package kafka

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
)

// stalled is a sink that does not answer.
type stalled struct{ asked chan struct{} }

func (*stalled) Name() string                           { return "stalled" }
func (*stalled) Plan(context.Context) ([]string, error) { return nil, nil }
func (*stalled) Close() error                           { return nil }
func (s *stalled) Deliver(ctx context.Context, _ []finding.Finding) error {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	<-ctx.Done()
	return ctx.Err()
}

// parked is how many lanes wait.
func (w *world) parked() (n int) {
	w.Helper()
	families, err := w.env.Metrics.Registry().Gather()
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "stanch_parked" {
			for _, m := range f.GetMetric() {
				n += int(m.GetGauge().GetValue())
			}
		}
	}
	return n
}

func (w *world) until(what string, is func() bool) {
	w.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	w.Fatalf("it does not come to this: %s", what)
}

// Where findings may take as long as they like, offsets wait for them: partitions
// park when too much waits, a stop commits nothing that was not delivered, and the
// next owner reports all of it.
func TestFindingsHoldOffsets(t *testing.T) {
	w := newWorld(t)
	s := &stalled{asked: make(chan struct{}, 1)}
	delivered := w.env.Findings
	w.env.Findings = pipeline.NewFindings(pipeline.FindingOptions{Rate: 1 << 20, Wait: time.Hour, Tries: 1}, w.env.Metrics, w.env.Log, s)
	stalling := w.env.Findings
	end := func() {
		w.env.Findings = delivered
		closing, cancel := context.WithCancel(context.Background())
		cancel()
		stalling.Close(closing)
	}
	t.Cleanup(end)
	w.env.Drain = 100 * time.Millisecond
	o := w.options()
	o.MaxUncommitted, o.FetchBytes = 40, 1000
	w.numbered(0, 20)
	stop := w.start(o)
	<-s.asked
	w.sequence("clean.logs", 20)
	w.numbered(20, 100)
	w.until("every partition parks", func() bool { return w.parked() == 4 })
	w.committed(map[int32]int64{})
	if err := stop(); err != nil {
		t.Error(err)
	}
	w.committed(map[int32]int64{})

	end()
	stop = w.start(o)
	w.committed(map[int32]int64{0: 120, 1: 120, 2: 120, 3: 120})
	if err := stop(); err != nil {
		t.Error(err)
	}
	places := map[finding.Source]bool{}
	for _, f := range w.keep.findings {
		places[finding.Source{Partition: f.Source.Partition, Offset: f.Source.Offset}] = true
	}
	if len(places) != 480 {
		t.Errorf("findings in %d records, want all 480", len(places))
	}
}

// A partition that waits stays parked while nothing more comes.
func TestParkedStays(t *testing.T) {
	w := newWorld(t)
	w.keep.fail = 1 << 30
	w.produce(&kgo.Record{Value: []byte("\x00\x01 binary")})
	var fetches atomic.Int64
	w.fake.ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.fake.KeepControl()
		fetches.Add(1)
		return nil, nil, false
	})
	o := w.options()
	stop := w.start(o)
	w.until("the partition parks", func() bool { return w.parked() == 1 })
	for range 5 {
		before := fetches.Load()
		w.until("more is asked for", func() bool { return fetches.Load() > before+16 })
		if n := w.parked(); n != 1 {
			t.Errorf("%d partitions are parked", n)
		}
	}
	w.keep.mu.Lock()
	w.keep.fail = 0
	w.keep.mu.Unlock()
	w.until("it goes on", func() bool { return w.parked() == 0 })
	if err := stop(); err != nil {
		t.Error(err)
	}
	if len(w.keep.quarantined()) != 1 {
		t.Errorf("quarantine: %q", w.keep.quarantined())
	}
}
