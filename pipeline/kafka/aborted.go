package kafka

import (
	"slices"

	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// aborted tells which batches belong to transactions that were aborted, as a
// consumer of committed records has to (KIP-98): the broker lists those that
// overlap what it sends, and the control batches say where they end.
type aborted struct {
	coming []cluster.Aborted // not yet reached, in order of FirstOffset
	open   map[int64]bool    // producers within one
}

func (a *aborted) add(list []cluster.Aborted) {
	// Each answer lists all that overlap it: what an earlier one said is said again.
	a.coming = append(a.coming[:0], list...)
	slices.SortFunc(a.coming, func(x, y cluster.Aborted) int {
		switch {
		case x.FirstOffset < y.FirstOffset:
			return -1
		case x.FirstOffset > y.FirstOffset:
			return 1
		}
		return 0
	})
	a.open = make(map[int64]bool)
}

// skip reports whether b is not to be delivered: a marker, or part of an aborted
// transaction.
func (a *aborted) skip(b *batch.Batch, uncommitted bool) (bool, error) {
	for len(a.coming) > 0 && a.coming[0].FirstOffset < b.NextOffset() {
		a.open[a.coming[0].ProducerID] = true
		a.coming = a.coming[1:]
	}
	if b.Attributes.Control() {
		if b.Count > 0 {
			m, err := b.Marker()
			if err != nil {
				return false, err
			}
			if m == batch.Abort {
				delete(a.open, b.ProducerID)
			}
		}
		return true, nil
	}
	return !uncommitted && b.Attributes.Transactional() && a.open[b.ProducerID], nil
}
