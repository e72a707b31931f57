package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/addoffsetstotxn"
	"github.com/segmentio/kafka-go/protocol/addpartitionstotxn"
	"github.com/segmentio/kafka-go/protocol/endtxn"
	"github.com/segmentio/kafka-go/protocol/initproducerid"
	"github.com/segmentio/kafka-go/protocol/txnoffsetcommit"

	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// Transactor writes records and commits offsets in transactions (KIP-98), for one
// goroutine. After any error it is of no use: its successor, with the same id,
// aborts what it left open.
type Transactor struct {
	c         *Cluster
	id        string
	producer  batch.Producer
	sequences map[Partition]int32
	open      []Partition // those of the transaction under way
	offsets   bool        // the group's offsets are part of it
	// Retries counts answers that an earlier transaction is still being ended.
	Retries int64
}

// Transact returns a Transactor. It shuts out every earlier one with the same id,
// wherever it runs, and waits until its transaction is over. A transaction that
// takes longer than timeout is aborted by the broker.
func (c *Cluster) Transact(ctx context.Context, id string, timeout time.Duration) (*Transactor, error) {
	t := &Transactor{c: c, id: id, sequences: make(map[Partition]int32)}
	req := &initproducerid.Request{TransactionalID: id, TransactionTimeoutMs: int32(timeout.Milliseconds()), ProducerID: -1, ProducerEpoch: -1}
	err := t.retry(ctx, func(ctx context.Context) error {
		m, err := c.coordinated(ctx, transactionKey(id), req)
		if err != nil {
			return err
		}
		res := m.(*initproducerid.Response)
		t.producer = batch.Producer{ID: res.ProducerID, Epoch: res.ProducerEpoch, Transactional: true}
		return c.coordinatorError(transactionKey(id), res.ErrorCode)
	})
	if err != nil {
		return nil, fmt.Errorf("begin transactions: %w", err)
	}
	return t, nil
}

// retry tries f again while the markers of an earlier transaction are being
// written or the coordinator moves.
func (t *Transactor) retry(ctx context.Context, f func(ctx context.Context) error) error {
	const longest = 100 * time.Millisecond
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		once, cancel := t.c.timeout(ctx)
		err := f(once)
		cancel()
		if !errors.Is(err, ConcurrentTransactions) && !errors.Is(err, NotCoordinator) &&
			!errors.Is(err, CoordinatorNotAvailable) && !errors.Is(err, CoordinatorLoading) {
			return err
		}
		t.Retries++
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// Produce writes a batch to a partition within the transaction. It stamps raw,
// which must not be touched afterwards should there be an error.
func (t *Transactor) Produce(ctx context.Context, p Partition, raw []byte, records int32) error {
	if !slices.Contains(t.open, p) {
		if err := t.add(ctx, p); err != nil {
			return fmt.Errorf("add %v to transaction: %w", p, err)
		}
		t.open = append(t.open, p)
	}
	stamp := t.producer
	stamp.Sequence = t.sequences[p]
	batch.Stamp(raw, stamp)
	if err := t.c.Produce(ctx, p, t.id, raw); err != nil {
		return err
	}
	// Sequence numbers begin again at 0 behind the largest.
	t.sequences[p] = int32(uint32(stamp.Sequence+records) & (1<<31 - 1))
	return nil
}

func (t *Transactor) add(ctx context.Context, p Partition) error {
	req := &addpartitionstotxn.Request{TransactionalID: t.id, ProducerID: t.producer.ID, ProducerEpoch: t.producer.Epoch,
		Topics: []addpartitionstotxn.RequestTopic{{Name: p.Topic, Partitions: []int32{p.ID}}}}
	return t.retry(ctx, func(ctx context.Context) error {
		m, err := t.ask(ctx, req)
		if err != nil {
			return err
		}
		res := m.(*addpartitionstotxn.Response)
		if len(res.Results) != 1 || len(res.Results[0].Results) != 1 {
			return errResponse
		}
		return t.c.coordinatorError(transactionKey(t.id), res.Results[0].Results[0].ErrorCode)
	})
}

func (t *Transactor) ask(ctx context.Context, m protocol.Message) (protocol.Message, error) {
	return t.c.coordinated(ctx, transactionKey(t.id), m)
}

// CommitOffset makes the place in p, an input, part of the transaction. It fails
// for a member that is none any more.
func (t *Transactor) CommitOffset(ctx context.Context, g *Generation, p Partition, at Place) error {
	if !t.offsets {
		req := &addoffsetstotxn.Request{TransactionalID: t.id, ProducerID: t.producer.ID, ProducerEpoch: t.producer.Epoch, GroupID: g.group}
		err := t.retry(ctx, func(ctx context.Context) error {
			m, err := t.ask(ctx, req)
			if err != nil {
				return err
			}
			return t.c.coordinatorError(transactionKey(t.id), m.(*addoffsetstotxn.Response).ErrorCode)
		})
		if err != nil {
			return fmt.Errorf("add offsets to transaction: %w", err)
		}
		t.offsets = true
	}
	req := &txnoffsetcommit.Request{TransactionalID: t.id, GroupID: g.group, ProducerID: t.producer.ID, ProducerEpoch: t.producer.Epoch,
		GenerationID: g.ID, MemberID: g.Member, Topics: []txnoffsetcommit.RequestTopic{{Name: p.Topic,
			Partitions: []txnoffsetcommit.RequestPartition{{Partition: p.ID, CommittedOffset: at.Offset, CommittedLeaderEpoch: -1, CommittedMetadata: at.metadata()}}}}}
	err := t.retry(ctx, func(ctx context.Context) error {
		m, err := t.c.coordinated(ctx, groupKey(g.group), req)
		if err != nil {
			return err
		}
		res := m.(*txnoffsetcommit.Response)
		if len(res.Topics) != 1 || len(res.Topics[0].Partitions) != 1 {
			return errResponse
		}
		return t.c.coordinatorError(groupKey(g.group), res.Topics[0].Partitions[0].ErrorCode)
	})
	if err != nil {
		return fmt.Errorf("commit in transaction: %w", err)
	}
	return nil
}

// Commit ends the transaction. After an error nobody can say whether it did:
// the committed offset tells.
func (t *Transactor) Commit(ctx context.Context) error { return t.end(ctx, true) }

// Abort ends the transaction so that nothing of it was.
func (t *Transactor) Abort(ctx context.Context) error { return t.end(ctx, false) }

func (t *Transactor) end(ctx context.Context, commit bool) error {
	if len(t.open) == 0 && !t.offsets {
		return nil
	}
	req := &endtxn.Request{TransactionalID: t.id, ProducerID: t.producer.ID, ProducerEpoch: t.producer.Epoch, Committed: commit}
	err := t.retry(ctx, func(ctx context.Context) error {
		m, err := t.ask(ctx, req)
		if err != nil {
			return err
		}
		return t.c.coordinatorError(transactionKey(t.id), m.(*endtxn.Response).ErrorCode)
	})
	if err != nil {
		return fmt.Errorf("end transaction: %w", err)
	}
	t.open, t.offsets = t.open[:0], false
	return nil
}
