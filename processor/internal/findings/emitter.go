package findings

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/stanch/stanch/finding"
)

// EmitterOptions say how an Emitter sends findings.
type EmitterOptions struct {
	// Batch is how many findings go together at most, Interval how long the first of
	// them waits for others.
	Batch    int
	Interval time.Duration
	// Retry is how long a batch is tried again that was not accepted. New findings
	// queue up meanwhile.
	Retry    time.Duration
	Resource pcommon.Resource
	Log      *zap.Logger
	// Delivered and Failed count findings.
	Delivered, Failed func(n int)
}

// Emitter sends the findings of a subscription to a consumer, from a goroutine of its
// own.
type Emitter struct {
	hub  *Hub
	sub  *Subscription
	next consumer.Logs
	o    EmitterOptions

	stop   chan struct{}
	done   chan struct{}
	ctx    context.Context // of what is under way; ends when Stop's does
	cancel context.CancelFunc
	ill    bool // the last batch was not accepted
}

// StartEmitter subscribes to h and sends what it publishes, of which size findings
// at most wait.
func StartEmitter(h *Hub, size int, next consumer.Logs, o EmitterOptions) *Emitter {
	e := &Emitter{hub: h, sub: h.Subscribe(size), next: next, o: o, stop: make(chan struct{}), done: make(chan struct{})}
	e.o.Batch = max(e.o.Batch, 1)
	e.ctx, e.cancel = context.WithCancel(context.Background())
	go e.run()
	return e
}

// Stop ends the subscription and sends what still waits, each batch once. What is not
// accepted by the end of ctx is counted as failed.
func (e *Emitter) Stop(ctx context.Context) error {
	e.sub.Close()
	close(e.stop)
	defer e.cancel()
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
	}
	e.cancel()
	// Whoever holds the last batch lets go of it now, or ignores its context.
	select {
	case <-e.done:
	case <-time.After(time.Second):
	}
	return errors.New("findings could not be sent in time")
}

func (e *Emitter) run() {
	defer close(e.done)
	var list []finding.Finding
	for e.wait() {
		list = e.sub.Take(list[:0], e.o.Batch)
		e.send(list)
	}
	for e.ctx.Err() == nil {
		if list = e.sub.Take(list[:0], e.o.Batch); len(list) == 0 {
			return
		}
		e.send(list)
	}
	if n := e.sub.Len(); n > 0 {
		e.o.Failed(n)
	}
}

// wait returns when there is a batch to send, and false when there will be none.
func (e *Emitter) wait() bool {
	var timer *time.Timer
	var due <-chan time.Time
	for {
		n := e.sub.Len()
		if n >= e.o.Batch {
			return true
		}
		if n > 0 && timer == nil {
			timer = time.NewTimer(e.o.Interval)
			defer timer.Stop()
			due = timer.C
		}
		select {
		case <-e.stop:
			return false
		case <-e.sub.Ready():
		case <-due:
			return true
		}
	}
}

// The pauses between tries.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// send hands a batch on. It is tried again for a while where that makes sense.
func (e *Emitter) send(list []finding.Finding) {
	if len(list) == 0 {
		return
	}
	ld := Logs(e.hub, e.o.Resource, list)
	left := len(list)
	end := time.Now().Add(e.o.Retry)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		// Whoever gets a batch owns it.
		try := plog.NewLogs()
		ld.CopyTo(try)
		err := e.next.ConsumeLogs(e.ctx, try)
		if err == nil {
			e.o.Delivered(left)
			e.say(nil, left)
			return
		}
		// Of a batch that was accepted in part only the rest is tried again.
		var rest consumererror.Logs
		if errors.As(err, &rest) && rest.Data().LogRecordCount() < left {
			ld = rest.Data()
			e.o.Delivered(left - ld.LogRecordCount())
			left = ld.LogRecordCount()
		}
		e.say(err, left)
		if consumererror.IsPermanent(err) || !time.Now().Add(pause).Before(end) || !e.sleep(pause) {
			e.o.Failed(left)
			return
		}
	}
}

// say logs that findings are not accepted, and that they are again.
func (e *Emitter) say(err error, n int) {
	switch {
	case err != nil && !e.ill:
		e.o.Log.Warn("findings are not accepted", zap.Int("findings", n), zap.Error(err))
	case err == nil && e.ill:
		e.o.Log.Info("findings are accepted again")
	}
	e.ill = err != nil
}

// sleep returns false where the emitter has been stopped.
func (e *Emitter) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-e.stop:
		return false
	case <-t.C:
		return true
	}
}
