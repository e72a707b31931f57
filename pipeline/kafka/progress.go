package kafka

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// progress is how far a lane has written, and what keeps a commit back there. The two
// belong together: the offset alone could be committed while a secret goes on behind.
type progress struct {
	next  int64
	holds holds
	topic cluster.TopicID
}

// hold are records of a stream among which none can be the first that somebody reads:
// what is open before it would not be known.
type hold struct {
	first int64     // offset of the first, from which on what is open can be told
	last  int64     // of the last, forGood if the stream is still open
	since time.Time // when the first was read
}

const forGood = math.MaxInt64

// holds are sorted by their first records, the last one first.
type holds []hold

func (hs holds) sort() {
	slices.SortFunc(hs, func(a, b hold) int { return cmp.Compare(b.first, a.first) })
}

// before returns the last place up to at that lies in none of those that count. Going
// back before one stream may lead into another.
func (hs holds) before(at int64, counts func(hold) bool) int64 {
	for _, h := range hs {
		if h.first < at && at <= h.last && counts(h) {
			at = h.first
		}
	}
	return at
}

// reach takes note of how far the lane has written.
func (l *lane) reach(next int64, hs holds) { l.reached.Store(&progress{next, hs, l.topic}) }

// acked returns the offset behind the last record that is written.
func (l *lane) acked() int64 { return l.reached.Load().next }

// safe returns the place that may be committed.
func (l *lane) safe() cluster.Place {
	p := l.reached.Load()
	return cluster.Place{Offset: l.safeAt(p), Topic: p.topic}
}

// safeAt returns the offset that may be committed after so much: before the first
// record that an open stream depends on, so that whoever begins there sees every stream
// as it was. A stream that stays open for longer than StreamHold or for more than
// MaxUncommitted records does not hold the commit back, nor does one that a commit has
// passed. What is open in it is still redacted by this lane.
func (l *lane) safeAt(p *progress) int64 {
	committed, end := l.committed.Load(), max(p.next, l.wanted.Load())
	return p.holds.before(p.next, func(h hold) bool {
		return h.first >= committed && end-h.first <= l.o.MaxUncommitted && time.Since(h.since) < l.o.StreamHold
	})
}

// again returns where to read from after an error: what was open is not known any
// more, and is read again as far as it is not committed.
func (l *lane) again() int64 {
	p := l.reached.Load()
	return min(p.next, max(l.committed.Load(), p.holds.before(p.next, func(hold) bool { return true })))
}
