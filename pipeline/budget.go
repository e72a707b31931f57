package pipeline

import (
	"context"
	"sync"
)

// Budget bounds the bytes in flight. Whoever waits longest is served first, so
// that a large batch is not starved by small ones.
type Budget struct {
	size int64

	mu    sync.Mutex
	used  int64
	queue []*waiter
}

type waiter struct {
	n     int64
	ready chan struct{}
}

// NewBudget returns a budget of so many bytes.
func NewBudget(size int64) *Budget { return &Budget{size: max(size, 1)} }

// Acquire takes n bytes, and waits until they are free. What is more than the
// whole budget counts as the whole.
func (b *Budget) Acquire(ctx context.Context, n int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n = b.clamp(n)
	b.mu.Lock()
	if len(b.queue) == 0 && b.used+n <= b.size {
		b.used += n
		b.mu.Unlock()
		return nil
	}
	w := &waiter{n, make(chan struct{})}
	b.queue = append(b.queue, w)
	b.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-w.ready: // both at once: give back
		b.used -= n
	default:
		for i := range b.queue {
			if b.queue[i] == w {
				b.queue = append(b.queue[:i], b.queue[i+1:]...)
				break
			}
		}
	}
	b.serve()
	return ctx.Err()
}

// TryAcquire takes n bytes if they are free at once.
func (b *Budget) TryAcquire(n int64) bool {
	n = b.clamp(n)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) > 0 || b.used+n > b.size {
		return false
	}
	b.used += n
	return true
}

// Release gives back what an Acquire of the same n took.
func (b *Budget) Release(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= b.clamp(n)
	b.serve()
}

func (b *Budget) serve() {
	for len(b.queue) > 0 && b.used+b.queue[0].n <= b.size {
		w := b.queue[0]
		b.queue = b.queue[1:]
		b.used += w.n
		close(w.ready)
	}
}

func (b *Budget) clamp(n int64) int64 { return min(max(n, 0), b.size) }

// Size is the whole budget and Used what is taken of it.
func (b *Budget) Size() int64 { return b.size }

// Used is the number of bytes taken.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
