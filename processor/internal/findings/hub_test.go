package findings

import (
	"fmt"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/finding"
)

func sample(i int) finding.Finding {
	return finding.Finding{Schema: finding.SchemaVersion, Detector: fmt.Sprintf("demo-%d", i), Source: finding.Source{Kind: finding.OTLP}, Count: 1}
}

type counts struct {
	mu        sync.Mutex
	published int
	dropped   map[Reason]int
}

func (c *counts) hub() *Hub {
	c.dropped = map[Reason]int{}
	return NewHub(func() {
		c.mu.Lock()
		c.published++
		c.mu.Unlock()
	}, func(reason Reason) {
		c.mu.Lock()
		c.dropped[reason]++
		c.mu.Unlock()
	})
}

func TestHub(t *testing.T) {
	var c counts
	h := c.hub()
	h.Publish(sample(0))
	if h.Wanted() || c.published != 0 || len(c.dropped) != 0 {
		t.Errorf("without subscribers: %d and %v", c.published, c.dropped)
	}
	small, large := h.Subscribe(3), h.Subscribe(100)
	for i := range 50 {
		h.Publish(sample(i))
	}
	if got := large.Take(nil, 1000); len(got) != 50 || got[49].Detector != "demo-49" {
		t.Errorf("large queue: %d", len(got))
	}
	got := small.Take(nil, 2)
	if len(got) != 2 || got[0].Detector != "demo-0" || got[1].Detector != "demo-1" || small.Len() != 1 {
		t.Errorf("small queue: %v", got)
	}
	if c.published != 53 || c.dropped[Full] != 47 {
		t.Errorf("counted %d and %v", c.published, c.dropped)
	}
	// Over the end of the ring.
	for i := range 20 {
		h.Publish(sample(100 + i))
		if got := small.Take(nil, 1); i > 0 && got[0].Detector != fmt.Sprintf("demo-%d", 99+i) {
			t.Errorf("%d: %v", i, got)
		}
	}
	large.Close()
	small.Close()
	h.Publish(sample(0))
	if c.dropped[Late] != 1 {
		t.Errorf("counted %d and %v", c.published, c.dropped)
	}
}

// TestHubKeepsCount holds that every finding is taken, or counted as dropped.
func TestHubKeepsCount(t *testing.T) {
	var c counts
	h := c.hub()
	const publishers, each = 4, 2000
	s := h.Subscribe(16)
	taken := make(chan int)
	done := make(chan struct{})
	go func() {
		n := 0
		for {
			select {
			case <-s.Ready():
				n += len(s.Take(nil, 8))
			case <-done:
				s.Close()
				taken <- n + len(s.Take(nil, 100))
				return
			}
		}
	}()
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			for i := range each {
				h.Publish(sample(i))
				if i == each/2 {
					select {
					case done <- struct{}{}: // the subscriber leaves in the middle
					default:
					}
				}
			}
		})
	}
	wg.Wait()
	close(done)
	n := <-taken
	if n != c.published || n+c.dropped[Full]+c.dropped[Late] != publishers*each {
		t.Errorf("taken %d, counted %d and %v", n, c.published, c.dropped)
	}
}

func TestOwn(t *testing.T) {
	var a, b counts
	mine, other := a.hub(), b.hub()
	scope := plog.NewScopeLogs().Scope()
	if mine.Own(scope) {
		t.Error("an empty scope")
	}
	mine.Mark(scope)
	if !mine.Own(scope) || other.Own(scope) {
		t.Error("the mark is not that of one hub")
	}
}
