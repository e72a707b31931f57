package pipeline

import (
	"context"
	"runtime"

	"github.com/stanch/stanch/redact"
)

// Pool bounds the work on processors: whoever has a redactor may use one. Lanes
// share it, so that many partitions cost no more memory than few.
type Pool struct {
	free chan *redact.Redactor
}

// NewPool returns a pool of n redactors that follow h; 0 is one for each
// processor.
func NewPool(h *redact.Handle, n int) *Pool {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	p := &Pool{make(chan *redact.Redactor, n)}
	for range n {
		p.free <- h.NewRedactor()
	}
	return p
}

// Do runs f on the caller's goroutine as soon as a redactor is free. f sets the
// redactor's Source, OnFinding and OnMatch as it needs them and keeps nothing
// of it: what the redactor returns is valid until the function returns, or as
// its methods say. f must not wait for anything but the processor.
func (p *Pool) Do(ctx context.Context, f func(r *redact.Redactor)) error {
	select {
	case r := <-p.free:
		defer func() {
			r.OnFinding, r.OnMatch = nil, nil
			p.free <- r
		}()
		f(r)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Size is the number of redactors.
func (p *Pool) Size() int { return cap(p.free) }
