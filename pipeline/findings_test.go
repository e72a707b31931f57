package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.uber.org/zap"

	"github.com/stanch/stanch/finding"
)

// recorder is a sink that keeps what it was given.
type recorder struct {
	mu    sync.Mutex
	got   []finding.Finding
	tries int
	fail  func(try int) error
	gate  chan struct{} // nil, or closed when deliveries may go on
}

func (r *recorder) Name() string                           { return "recorder" }
func (r *recorder) Plan(context.Context) ([]string, error) { return nil, nil }
func (r *recorder) Close() error                           { return nil }
func (r *recorder) Deliver(ctx context.Context, fs []finding.Finding) error {
	if r.gate != nil {
		select {
		case <-r.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.fail != nil {
		if err := r.fail(r.tries); err != nil {
			return err
		}
	}
	r.got = append(r.got, fs...)
	return nil
}

func (r *recorder) list() []finding.Finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]finding.Finding(nil), r.got...)
}

func found(detector string, i int) finding.Finding {
	return finding.Finding{Schema: 1, ID: fmt.Sprint(i), Detector: detector, Severity: finding.High, Action: "mask", Fingerprint: fmt.Sprintf("%s-%d", detector, i%3), Count: 1}
}

// counter returns the sum of a metric.
func counter(t *testing.T, m *Metrics, name string) (sum float64) {
	t.Helper()
	list, err := m.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		for _, x := range f.Metric {
			if f.GetName() == name && f.GetType() == dto.MetricType_COUNTER {
				sum += x.GetCounter().GetValue()
			}
		}
	}
	return sum
}

func TestFindingsDelivered(t *testing.T) {
	r := &recorder{fail: func(try int) error {
		if try < 3 {
			return errors.New("not yet")
		}
		return nil
	}}
	m := NewMetrics()
	fs := NewFindings(FindingOptions{Pause: time.Millisecond, Wait: 10 * time.Second}, m, zap.NewNop(), r)
	for i := range 500 {
		fs.Report(t.Context(), found("d", i))
	}
	fs.Flush(t.Context())
	got := r.list()
	for i, f := range got {
		if f.ID != fmt.Sprint(i) {
			t.Fatalf("finding %d is %s", i, f.ID)
		}
	}
	if len(got) != 500 || counter(t, m, "stanch_findings_delivered_total") != 500 || counter(t, m, "stanch_findings_total") != 500 {
		t.Errorf("%d delivered", len(got))
	}
	if err := fs.Close(t.Context()); err != nil {
		t.Error(err)
	}
	fs.Report(t.Context(), found("d", 1))
	if counter(t, m, "stanch_findings_lost_total") != 1 {
		t.Error("a finding after the end was not counted as lost")
	}
}

// TestFindingsMerged holds that above the rate everything is counted and what
// comes is little.
func TestFindingsMerged(t *testing.T) {
	r := &recorder{}
	m := NewMetrics()
	fs := NewFindings(FindingOptions{Rate: 10, Interval: time.Hour}, m, zap.NewNop(), r)
	const n = 20_000
	for i := range n {
		fs.Report(t.Context(), found("d", i))
	}
	if err := fs.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sum int64
	prints := map[string]bool{}
	for _, f := range r.list() {
		sum += f.Count
		if f.Count > 1 {
			prints[f.Fingerprint] = true
		}
	}
	if sum != n || counter(t, m, "stanch_findings_total") != n {
		t.Errorf("counted %d of %d", sum, n)
	}
	if len(r.list()) > 1000 || len(prints) != 3 {
		t.Errorf("%d findings, %d merged ones", len(r.list()), len(prints))
	}
	// More kinds than are told apart are counted by their detectors.
	r = &recorder{}
	fs = NewFindings(FindingOptions{Rate: 1, Interval: time.Hour}, NewMetrics(), zap.NewNop(), r)
	for i := range 3 * maxMerged {
		f := found("d", i)
		f.Fingerprint = fmt.Sprint(i)
		fs.Report(t.Context(), f)
	}
	fs.Close(t.Context())
	sum = 0
	for _, f := range r.list() {
		sum += f.Count
		if f.Count > maxMerged && (f.Fingerprint != "" || f.Key != "") {
			t.Errorf("one finding stands for many with a fingerprint: %+v", f)
		}
	}
	if sum != 3*maxMerged || len(r.list()) > maxMerged+100 {
		t.Errorf("%d counted in %d", sum, len(r.list()))
	}
}

// TestFindingsBounded holds that a sink that hangs costs one wait, not one each.
func TestFindingsBounded(t *testing.T) {
	gate := make(chan struct{})
	r := &recorder{gate: gate}
	m := NewMetrics()
	const n, wait = 10_000, 20 * time.Millisecond
	fs := NewFindings(FindingOptions{Queue: 10, Wait: wait, Rate: 1_000_000}, m, zap.NewNop(), r)
	start := time.Now()
	for i := range n {
		fs.Report(t.Context(), found("d", i))
	}
	if d := time.Since(start); d > n*wait/2 {
		t.Errorf("reporting to a sink that hangs took %v", d)
	}
	lost := counter(t, m, "stanch_findings_lost_total")
	if lost < 9000 {
		t.Errorf("%v lost", lost)
	}
	close(gate)
	fs.Close(t.Context())
	if got := float64(len(r.list())); got+lost != n {
		t.Errorf("%v delivered and %v lost", got, lost)
	}

	// The end does not wait for it either.
	r = &recorder{gate: make(chan struct{})}
	fs = NewFindings(FindingOptions{}, NewMetrics(), zap.NewNop(), r)
	fs.Report(t.Context(), found("d", 1))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	fs.Close(ctx)
}

// TestFindingsRefused holds that what is refused for good is tried once.
func TestFindingsRefused(t *testing.T) {
	r := &recorder{fail: func(int) error { return fmt.Errorf("%w: never", ErrPermanent) }}
	m := NewMetrics()
	fs := NewFindings(FindingOptions{Pause: time.Millisecond}, m, zap.NewNop(), r)
	fs.Report(t.Context(), found("d", 1))
	fs.Close(t.Context())
	if r.tries != 1 || counter(t, m, "stanch_findings_lost_total") != 1 {
		t.Errorf("%d tries", r.tries)
	}
	r = &recorder{fail: func(int) error { return errors.New("down") }}
	fs = NewFindings(FindingOptions{Pause: time.Millisecond, Tries: 4}, m, zap.NewNop(), r)
	fs.Report(t.Context(), found("d", 1))
	fs.Flush(t.Context())
	fs.Close(t.Context())
	if r.tries != 4 {
		t.Errorf("%d tries, want 4", r.tries)
	}
}

func TestFindingKey(t *testing.T) {
	a, b := found("d", 1), found("d", 1)
	a.Fingerprint, b.Fingerprint = "", ""
	a.Source = finding.Source{Kind: finding.Kafka, Topic: "t", Partition: 1, Offset: 5}
	b.Source = finding.Source{Kind: finding.Kafka, Topic: "t", Partition: 1, Offset: 9}
	if string(FindingKey(&a)) != string(FindingKey(&b)) {
		t.Error("places in one partition have several keys")
	}
	b.Source.Partition = 2
	if string(FindingKey(&a)) == string(FindingKey(&b)) {
		t.Error("two partitions have one key")
	}
	a.Fingerprint = "k-f"
	if string(FindingKey(&a)) != "k-f" {
		t.Error("the fingerprint is not the key")
	}
}

// TestFlushHangs: a sink that hangs is waited for once, and takes nothing from the
// others.
func TestFlushHangs(t *testing.T) {
	gate := make(chan struct{})
	hangs, slow := &recorder{gate: gate}, &recorder{}
	fs := NewFindings(FindingOptions{Wait: 50 * time.Millisecond}, NewMetrics(), zap.NewNop(), hangs, slow)
	fs.Report(t.Context(), found("d", 1))
	fs.Flush(t.Context())
	ended := func(queue int, n int64) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); fs.queues[queue].ended.Load() < n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the end of %d findings is not noted", n)
			}
		}
	}
	ended(1, 1) // so little time may not have been enough
	fs.o.Wait = time.Hour
	fs.Flush(t.Context())
	fs.Report(t.Context(), found("d", 2))
	fs.Flush(t.Context())
	if n := len(slow.list()); n != 2 {
		t.Errorf("%d delivered to the sink that works", n)
	}
	// Where it works again, it is waited for again.
	close(gate)
	ended(0, 2)
	fs.Report(t.Context(), found("d", 3))
	fs.Flush(t.Context())
	if n := len(hangs.list()); n != 3 {
		t.Errorf("%d delivered to the sink that works again", n)
	}
	fs.Close(t.Context())
}

// TestReportEnds: whoever has to stop does not wait for a full queue, and hears that
// not all is in it.
func TestReportEnds(t *testing.T) {
	gate := make(chan struct{})
	hangs := &recorder{gate: gate}
	m := NewMetrics()
	fs := NewFindings(FindingOptions{Wait: time.Hour, Queue: 1}, m, zap.NewNop(), hangs)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = fs.Report(ctx, found("d", n))
	}
	if !errors.Is(err, context.Canceled) || counter(t, m, "stanch_findings_lost_total") != 0 {
		t.Errorf("after %d findings: %v", n, err)
	}
	close(gate)
	if err := fs.Report(t.Context(), found("d", n)); err != nil {
		t.Error(err)
	}
	if err := fs.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := len(hangs.list()); got != n {
		t.Errorf("%d findings were delivered of %d that were taken", got, n)
	}
}
