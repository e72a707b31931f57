package findings

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
)

// sink is a consumer whose answers are the test's.
type sink struct {
	mu      sync.Mutex
	batches [][]string // the detectors of accepted ones
	tries   int
	answer  func(ctx context.Context, try int, ld plog.Logs) error
}

func (s *sink) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (s *sink) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	s.mu.Lock()
	s.tries++
	try := s.tries
	s.mu.Unlock()
	if s.answer != nil {
		if err := s.answer(ctx, try, ld); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, ids(ld))
	return nil
}

func ids(ld plog.Logs) (list []string) {
	for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		v, _ := r.Attributes().Get("stanch.detector")
		list = append(list, v.Str())
	}
	return list
}

func (s *sink) got() (batches [][]string, tries int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]string(nil), s.batches...), s.tries
}

type outcome struct{ delivered, failed atomic.Int64 }

func (o *outcome) options() EmitterOptions {
	return EmitterOptions{
		Batch: 4, Interval: time.Millisecond, Retry: time.Minute, Resource: pcommon.NewResource(), Log: zap.NewNop(),
		Delivered: func(n int) { o.delivered.Add(int64(n)) },
		Failed:    func(n int) { o.failed.Add(int64(n)) },
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func stop(t *testing.T, e *Emitter) {
	t.Helper()
	if err := e.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestBatches(t *testing.T) {
	var c counts
	var o outcome
	var s sink
	h := c.hub()
	opt := o.options()
	opt.Interval = time.Hour
	e := StartEmitter(h, 100, &s, opt)
	for i := range 10 {
		h.Publish(sample(i))
	}
	eventually(t, "two full batches", func() bool { return o.delivered.Load() == 8 })
	stop(t, e) // sends the rest
	batches, _ := s.got()
	if len(batches) != 3 || len(batches[0]) != 4 || len(batches[1]) != 4 || len(batches[2]) != 2 || batches[2][1] != "demo-9" {
		t.Errorf("got %v", batches)
	}
	if o.delivered.Load() != 10 || o.failed.Load() != 0 {
		t.Errorf("delivered %d, failed %d", o.delivered.Load(), o.failed.Load())
	}
}

func TestInterval(t *testing.T) {
	var c counts
	var o outcome
	var s sink
	h := c.hub()
	e := StartEmitter(h, 100, &s, o.options())
	defer stop(t, e)
	h.Publish(sample(1))
	eventually(t, "one finding", func() bool { return o.delivered.Load() == 1 })
}

func TestRetry(t *testing.T) {
	var c counts
	var o outcome
	h := c.hub()
	s := sink{answer: func(_ context.Context, try int, ld plog.Logs) error {
		switch try {
		case 1:
			return errors.New("not now")
		case 2: // half of it
			rest := plog.NewLogs()
			ld.CopyTo(rest)
			rest.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(func(r plog.LogRecord) bool {
				v, _ := r.Attributes().Get("stanch.detector")
				return v.Str() < "demo-2"
			})
			return consumererror.NewLogs(errors.New("not all"), rest)
		}
		return nil
	}}
	e := StartEmitter(h, 100, &s, o.options())
	defer stop(t, e)
	for i := range 4 {
		h.Publish(sample(i))
	}
	eventually(t, "all", func() bool { return o.delivered.Load() == 4 })
	batches, tries := s.got()
	if tries != 3 || len(batches) != 1 || len(batches[0]) != 2 || batches[0][0] != "demo-2" {
		t.Errorf("%d tries, %v", tries, batches)
	}
}

func TestGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		retry time.Duration
		err   error
		tries int
	}{
		"permanent": {time.Minute, consumererror.NewPermanent(errors.New("never")), 1},
		"no time":   {0, errors.New("not now"), 1},
		"some time": {firstPause + firstPause/2, errors.New("not now"), 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			var cs counts
			var o outcome
			h := cs.hub()
			s := sink{answer: func(_ context.Context, try int, _ plog.Logs) error {
				if try <= c.tries {
					return c.err
				}
				return nil
			}}
			opt := o.options()
			opt.Retry, opt.Batch = c.retry, 1
			e := StartEmitter(h, 100, &s, opt)
			h.Publish(sample(1))
			eventually(t, "giving up", func() bool { return o.failed.Load() == 1 })
			h.Publish(sample(2))
			eventually(t, "the next one", func() bool { return o.delivered.Load() == 1 })
			stop(t, e)
			if _, tries := s.got(); tries != c.tries+1 {
				t.Errorf("%s: %d tries", name, tries)
			}
		})
	}
}

// TestHangs holds that a consumer that hangs blocks nobody who publishes, and nobody
// who stops, and that every finding is accounted for.
func TestHangs(t *testing.T) { synctest.Test(t, hangs) }

func hangs(t *testing.T) {
	var c counts
	var o outcome
	h := c.hub()
	s := sink{answer: func(ctx context.Context, _ int, _ plog.Logs) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	e := StartEmitter(h, 16, &s, o.options())
	h.Publish(sample(0))
	eventually(t, "a batch under way", func() bool { _, tries := s.got(); return tries == 1 })
	const n = 1000
	for i := range n - 1 {
		h.Publish(sample(i))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := e.Stop(ctx); err == nil {
		t.Error("Stop says nothing of what it left")
	}
	h.Publish(sample(0))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped[Full] != n-1-16 || c.dropped[Late] != 1 || o.failed.Load() != 17 || o.delivered.Load() != 0 {
		t.Errorf("dropped %v, failed %d, delivered %d", c.dropped, o.failed.Load(), o.delivered.Load())
	}
}
