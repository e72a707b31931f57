package pipeline

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/finding"
)

// Sink is an output for findings.
type Sink interface {
	Name() string
	Plan(ctx context.Context) ([]string, error)
	// Deliver delivers findings and returns when they have been taken. An error
	// that wraps ErrPermanent is not worth another try. It is not called
	// concurrently.
	Deliver(ctx context.Context, fs []finding.Finding) error
	Close() error
}

// ErrPermanent marks the error of a sink that refuses findings for good.
var ErrPermanent = errors.New("refused")

// FindingOptions bound what findings may cost.
type FindingOptions struct {
	// Rate is how many findings a second are delivered one by one; more are merged
	// by fingerprint, or detector and source, and delivered with their count each
	// Interval. 0 is 1,000.
	Rate     int
	Interval time.Duration // 0 is 10 s
	// Queue is how many findings wait for each sink; 0 is 10,000.
	Queue int
	// Wait is the longest that reporting waits for a full queue; then findings are
	// lost, and counted. 0 is 1 s.
	Wait time.Duration
	// Tries is how often a delivery is tried; 0 is 8. Between them are pauses from
	// Pause (0 is 100 ms), doubled each time up to half a minute.
	Tries int
	Pause time.Duration
}

func (o *FindingOptions) defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if o.Rate == 0 {
		o.Rate = 1000
	}
	if o.Queue == 0 {
		o.Queue = 10000
	}
	if o.Tries == 0 {
		o.Tries = 8
	}
	set(&o.Interval, 10*time.Second)
	set(&o.Wait, time.Second)
	set(&o.Pause, 100*time.Millisecond)
}

const (
	maxMerged   = 4096 // keys that are merged apart; the others by their detector
	maxDelivery = 256  // findings in one delivery
	longPause   = 30 * time.Second
)

// Findings takes what is found to the sinks. It counts all of it, and delivers
// as much as the bounds allow. It is safe for concurrent use.
type Findings struct {
	o       FindingOptions
	metrics *Metrics
	log     *zap.Logger
	queues  []*queue
	stop    chan struct{}
	ticking sync.WaitGroup

	mu     sync.Mutex
	tokens float64
	filled time.Time
	merged map[string]*finding.Finding
	closed bool
}

// NewFindings starts delivering to sinks.
func NewFindings(o FindingOptions, m *Metrics, log *zap.Logger, sinks ...Sink) *Findings {
	o.defaults()
	fs := &Findings{o: o, metrics: m, log: log, stop: make(chan struct{}), tokens: float64(o.Rate), filled: time.Now(), merged: make(map[string]*finding.Finding)}
	for _, s := range sinks {
		m.delivered.WithLabelValues(s.Name())
		m.lost.WithLabelValues(s.Name())
		q := &queue{fs: fs, sink: s, items: make(chan finding.Finding, o.Queue), done: make(chan struct{})}
		q.ctx, q.cancel = context.WithCancel(context.Background())
		fs.queues = append(fs.queues, q)
		go q.run()
	}
	fs.ticking.Go(fs.tick)
	return fs
}

// Report counts findings and queues them. It keeps none of the slice, and blocks no
// longer than FindingOptions.Wait. It fails if ctx ends before: then some are not
// queued, and whoever reports them must not forget what they are about.
func (fs *Findings) Report(ctx context.Context, list ...finding.Finding) error {
	if len(list) == 0 {
		return nil
	}
	for i := range list {
		f := &list[i]
		fs.metrics.findings.WithLabelValues(f.Detector, f.Severity.String(), f.Action).Add(float64(max(f.Count, 1)))
	}
	if len(fs.queues) == 0 {
		return nil
	}
	fs.mu.Lock()
	if fs.closed {
		fs.mu.Unlock()
		for _, q := range fs.queues {
			q.lose(len(list))
		}
		return nil
	}
	now := time.Now()
	fs.tokens = min(fs.tokens+now.Sub(fs.filled).Seconds()*float64(fs.o.Rate), float64(fs.o.Rate))
	fs.filled = now
	n := min(int(fs.tokens), len(list))
	fs.tokens -= float64(n)
	for i := range list[n:] {
		fs.merge(&list[n+i])
	}
	fs.mu.Unlock()
	return fs.put(ctx, list[:n])
}

// merge counts a finding in one of its kind.
func (fs *Findings) merge(f *finding.Finding) {
	fs.metrics.merged.WithLabelValues().Inc()
	key := string(FindingKey(f))
	m := fs.merged[key]
	if m == nil && len(fs.merged) >= maxMerged {
		key = f.Detector
		m = fs.merged[key]
	}
	if m == nil {
		c := *f
		c.Count = 0
		if key == f.Detector {
			// It stands for many places and values.
			c.Fingerprint, c.Key, c.Inventory, c.Owner = "", "", "", ""
		}
		m = &c
		fs.merged[key] = m
	}
	m.Count += max(f.Count, 1)
}

func (fs *Findings) tick() {
	t := time.NewTicker(fs.o.Interval)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			fs.put(context.Background(), fs.takeMerged())
		case <-fs.stop:
			return
		}
	}
}

func (fs *Findings) takeMerged() (list []finding.Finding) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(fs.merged)) {
		list = append(list, *fs.merged[k])
	}
	clear(fs.merged)
	return list
}

func (fs *Findings) put(ctx context.Context, list []finding.Finding) error {
	for _, q := range fs.queues {
		if err := q.put(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// Flush waits until what was reported has been delivered or lost, merged
// findings aside, but no longer than FindingOptions.Wait. For a sink that has
// delivered nothing since somebody waited so long in vain it does not wait at all.
// It fails if ctx ends before.
func (fs *Findings) Flush(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, fs.o.Wait)
	defer cancel()
	var left atomic.Bool
	var wg sync.WaitGroup
	for _, q := range fs.queues {
		if until := q.taken.Load(); q.ended.Load() < until {
			wg.Go(func() {
				if !q.flush(ctx, wait, until) {
					left.Store(true)
				}
			})
		}
	}
	wg.Wait()
	if !left.Load() {
		return nil
	}
	return ctx.Err()
}

// Close delivers what waits, until ctx ends, and closes the sinks.
func (fs *Findings) Close(ctx context.Context) error {
	fs.mu.Lock()
	closed := fs.closed
	fs.closed = true
	fs.mu.Unlock()
	if closed {
		return nil
	}
	close(fs.stop)
	fs.ticking.Wait()
	fs.put(context.Background(), fs.takeMerged())
	var errs []error
	for _, q := range fs.queues {
		errs = append(errs, q.close(ctx))
	}
	return errors.Join(errs...)
}

// queue is what waits for one sink.
type queue struct {
	fs     *Findings
	sink   Sink
	items  chan finding.Finding
	done   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.RWMutex // held for writing while items is closed
	closed bool
	taken  atomic.Int64 // put into items
	ended  atomic.Int64 // delivered or lost of these
	full   atomic.Bool  // waiting was in vain: no more of it until there is room
	stuck  atomic.Int64 // one more than ended was when a flush was in vain; 0 for never
}

func (q *queue) put(ctx context.Context, list []finding.Finding) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		q.lose(len(list))
		return nil
	}
	var timeout <-chan time.Time
	for i := range list {
		select {
		case q.items <- list[i]:
			q.taken.Add(1)
			q.full.Store(false)
			continue
		default:
		}
		if q.full.Load() {
			q.lose(len(list) - i)
			return nil
		}
		if timeout == nil {
			t := time.NewTimer(q.fs.o.Wait)
			defer t.Stop()
			timeout = t.C
		}
		select {
		case q.items <- list[i]:
			q.taken.Add(1)
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout:
			q.full.Store(true)
			q.lose(len(list) - i)
			return nil
		}
	}
	return nil
}

func (q *queue) lose(n int) { q.fs.metrics.lost.WithLabelValues(q.sink.Name()).Add(float64(n)) }

func (q *queue) run() {
	defer close(q.done)
	batch := make([]finding.Finding, 0, maxDelivery)
	for f := range q.items {
		batch = append(batch[:0], f)
	more:
		for len(batch) < maxDelivery {
			select {
			case f, ok := <-q.items:
				if !ok {
					break more
				}
				batch = append(batch, f)
			default:
				break more
			}
		}
		if err := q.deliver(batch); err != nil {
			q.lose(len(batch))
			q.fs.log.Warn("findings lost", zap.String("output", q.sink.Name()), zap.Int("count", len(batch)), zap.Error(err))
		} else {
			q.fs.metrics.delivered.WithLabelValues(q.sink.Name()).Add(float64(len(batch)))
		}
		q.ended.Add(int64(len(batch)))
	}
}

// deliver tries until the sink takes the findings or the tries are used up.
func (q *queue) deliver(batch []finding.Finding) (err error) {
	pause := q.fs.o.Pause
	for try := 1; ; try++ {
		if err = q.sink.Deliver(q.ctx, batch); err == nil || errors.Is(err, ErrPermanent) || try >= q.fs.o.Tries {
			return err
		}
		select {
		case <-q.ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

// flush reports whether so many have ended before wait has, which is a part of ctx.
func (q *queue) flush(ctx, wait context.Context, until int64) bool {
	const longest = 20 * time.Millisecond
	pause := time.Millisecond
	for ended := q.ended.Load(); ended < until; ended = q.ended.Load() {
		if q.stuck.Load() == ended+1 {
			return false
		}
		select {
		case <-wait.Done():
			if ctx.Err() == nil {
				q.stuck.Store(ended + 1)
			}
			return false
		case <-q.done:
			return true
		case <-time.After(pause):
		}
		pause = min(2*pause, longest)
	}
	return true
}

func (q *queue) close(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	close(q.items)
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-ctx.Done():
		q.cancel() // the rest fails quickly
		<-q.done
	}
	q.cancel()
	return q.sink.Close()
}
