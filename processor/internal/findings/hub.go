// Package findings takes findings from the components that make them to log records
// that any exporter can send on.
package findings

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/stanch/stanch/finding"
)

// Hub hands findings to whoever has subscribed to them. It never waits for a
// subscriber: what does not fit into its queue is dropped and counted. Its methods
// may be called concurrently.
type Hub struct {
	mark string
	mu   sync.Mutex // of changes to subs
	subs atomic.Pointer[[]*Subscription]
	// ever: findings without a subscriber are late, not unwanted.
	ever      atomic.Bool
	published func()
	dropped   func(Reason)
}

// Reason says why a finding did not reach a subscriber.
type Reason string

const (
	Full Reason = "full" // its queue was full
	Late Reason = "late" // it had gone
)

// NewHub returns a hub that reports each finding put into a queue to published, and
// each that was not to dropped.
func NewHub(published func(), dropped func(Reason)) *Hub {
	var mark [8]byte
	rand.Read(mark[:])
	return &Hub{mark: hex.EncodeToString(mark[:]), published: published, dropped: dropped}
}

// Wanted reports whether findings have somewhere to go, or are counted as late. Where
// they have not, there is no need to make any.
func (h *Hub) Wanted() bool { return h.ever.Load() }

// Publish hands a finding to every subscriber that has room for it.
func (h *Hub) Publish(f finding.Finding) {
	subs := h.subs.Load()
	if subs == nil || len(*subs) == 0 {
		if h.ever.Load() {
			h.dropped(Late)
		}
		return
	}
	for _, s := range *subs {
		if reason := s.put(&f); reason == "" {
			h.published()
		} else {
			h.dropped(reason)
		}
	}
}

// Subscribe returns a queue that gets all findings from now on, and holds size of
// them at most.
func (h *Hub) Subscribe(size int) *Subscription {
	s := &Subscription{hub: h, size: max(size, 1), ready: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ever.Store(true)
	h.change(func(list []*Subscription) []*Subscription { return append(list, s) })
	return s
}

func (h *Hub) change(with func([]*Subscription) []*Subscription) {
	var list []*Subscription
	if p := h.subs.Load(); p != nil {
		list = slices.Clone(*p)
	}
	list = with(list)
	h.subs.Store(&list)
}

// markAttribute is the attribute of a scope whose records are findings of a hub.
const markAttribute = "stanch.hub"

// Mark marks a scope as one whose records are findings of this hub.
func (h *Hub) Mark(scope pcommon.InstrumentationScope) {
	scope.Attributes().PutStr(markAttribute, h.mark)
}

// Own reports whether the records of a scope are findings of this hub, so that what
// might be found in them is redacted but not reported again. The mark is random:
// nobody who writes logs can put it into them in order not to be reported.
func (h *Hub) Own(scope pcommon.InstrumentationScope) bool {
	v, ok := scope.Attributes().Get(markAttribute)
	return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == h.mark
}

// Subscription is a bounded queue of findings. One goroutine takes from it.
type Subscription struct {
	hub   *Hub
	size  int
	ready chan struct{}

	mu     sync.Mutex
	queue  []finding.Finding // a ring, as long as it had to be
	first  int
	length int
	closed bool
}

// put appends a finding, or returns why not.
func (s *Subscription) put(f *finding.Finding) (reason Reason) {
	s.mu.Lock()
	switch {
	case s.closed:
		reason = Late
	case s.length == s.size:
		reason = Full
	default:
		s.grow()
		s.queue[(s.first+s.length)%len(s.queue)] = *f
		s.length++
	}
	s.mu.Unlock()
	if reason != "" {
		return reason
	}
	select {
	case s.ready <- struct{}{}:
	default:
	}
	return ""
}

func (s *Subscription) grow() {
	if s.length < len(s.queue) {
		return
	}
	q := make([]finding.Finding, min(max(2*len(s.queue), 16), s.size))
	n := copy(q, s.queue[s.first:])
	copy(q[n:], s.queue[:s.first])
	s.queue, s.first = q, 0
}

// Ready is sent to when there are findings to take.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Len returns the number of findings that wait.
func (s *Subscription) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.length
}

// Take appends the oldest findings to dst, most of them at most, and removes them
// from the queue.
func (s *Subscription) Take(dst []finding.Finding, most int) []finding.Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range min(most, s.length) {
		dst = append(dst, s.queue[s.first])
		s.queue[s.first] = finding.Finding{}
		s.first = (s.first + 1) % len(s.queue)
		s.length--
	}
	return dst
}

// Close ends the subscription. What waits can still be taken; what is found later is
// counted as late.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	s.hub.change(func(list []*Subscription) []*Subscription {
		return slices.DeleteFunc(list, func(x *Subscription) bool { return x == s })
	})
	s.hub.mu.Unlock()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}
