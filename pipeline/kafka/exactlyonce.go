package kafka

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// longest is how long a transaction goes on with jobs that are ready. Ending one costs
// the brokers several writes, and those who read committed records wait for it.
const longest = 100 * time.Millisecond

// transact writes a job and commits its offset in one transaction. The transaction goes
// on with the next job if that is ready, and as long as a stream is open, because the
// offset must not pass the beginning of what is open and nothing may be written twice.
// After an error nothing is known; the lane's next session finds out.
func (l *lane) transact(ctx context.Context, j *job, next bool) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if l.begun.IsZero() {
		l.begun = time.Now()
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.o.TransactionTimeout)
	defer cancel()
	if err := l.quarantineIn(bounded, j.cases); err != nil {
		return err
	}
	for i := range j.outs {
		if err := l.putIn(bounded, &j.outs[i]); err != nil {
			return err
		}
	}
	if l.o.FindingsTopic != "" && len(j.findings) > 0 {
		if err := l.report(bounded, j); err != nil {
			return err
		}
	}
	if len(j.findings) > 0 { // should the transaction fail, they are reported again
		if err := l.env.Findings.Report(ctx, j.findings...); err != nil {
			return err
		}
		if err := l.env.Findings.Flush(ctx); err != nil {
			return err
		}
	}
	if next && time.Since(l.begun) < longest {
		return nil
	}
	if left := l.patience() - time.Since(l.begun); left > 0 && l.safeAt(&progress{next: j.next, holds: j.holds}) < j.next {
		if l.due == nil {
			l.due = time.After(left)
		}
		return nil
	}
	return l.end(bounded, j.next)
}

// patience is how long a transaction goes on at most because a stream is open. Those
// who read committed records wait for it, and the broker aborts it if it takes too long.
func (l *lane) patience() time.Duration {
	const part = 3 // of the time that the broker gives it
	return min(l.o.StreamHold, l.o.TransactionTimeout/part)
}

// end commits an offset and with it the transaction.
func (l *lane) end(ctx context.Context, next int64) error {
	begun := time.Now()
	if err := l.tx.CommitOffset(ctx, l.gen, l.in, cluster.Place{Offset: next, Topic: l.topic}); err != nil {
		return err
	}
	if err := l.tx.Commit(ctx); err != nil {
		return err
	}
	for range l.tx.Retries {
		l.metrics.Retry("transaction", "kafka_51")
	}
	l.tx.Retries = 0
	if l.o.FindingsTopic != "" {
		l.env.Metrics.Delivered(l.o.FindingsName, l.found)
	}
	l.begun, l.due, l.found = time.Time{}, nil, 0
	l.metrics.Commit.Observe(time.Since(begun).Seconds())
	return nil
}

// endDue ends a transaction that has waited long enough for a stream that is open.
func (l *lane) endDue(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.o.TransactionTimeout)
	defer cancel()
	at := l.acked()
	if err := l.end(bounded, at); err != nil {
		return fmt.Errorf("offset %d: %w", at, err)
	}
	l.commit(at)
	return nil
}

// abort ends a transaction that a stop has left open. The next owner begins before what
// is open; should this fail, it aborts the transaction itself.
func (l *lane) abort() {
	const patience = 5 * time.Second
	if l.begun.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := l.tx.Abort(ctx); err != nil {
		l.log.Warn("a transaction was not aborted", zap.Error(err))
	}
	l.begun, l.due, l.found = time.Time{}, nil, 0
}

// putIn writes a batch within the transaction. A batch that the broker refuses for
// what it holds leaves the transaction as it was.
func (l *lane) putIn(ctx context.Context, o *out) error {
	err := l.tx.Produce(ctx, l.out, o.raw, o.count)
	if !cluster.OfRecord(err) {
		return err
	}
	return l.bisect(o, err, func(part *out) error { return l.putIn(ctx, part) }, func(c []pipeline.Case) error { return l.quarantineIn(ctx, c) })
}

// quarantineIn writes cases within the transaction, if the quarantine is a topic
// of the cluster.
func (l *lane) quarantineIn(ctx context.Context, cases []pipeline.Case) error {
	if len(cases) == 0 {
		return nil
	}
	if l.o.QuarantineTopic == "" {
		return l.quarantine(ctx, cases)
	}
	var keys, lines [][]byte
	for _, c := range cases {
		key, line, err := l.env.Quarantine.Encode(l.o.Name, c)
		if err != nil {
			return err
		}
		const large = 64 << 10
		if len(line) < large {
			keys, lines = append(keys, key), append(lines, line)
			continue
		}
		if err := l.largeIn(ctx, c, key, line); err != nil {
			return err
		}
	}
	return l.add(ctx, l.o.QuarantineTopic, keys, lines)
}

// largeIn writes an entry that may be too large, and then without its record.
func (l *lane) largeIn(ctx context.Context, c pipeline.Case, key, line []byte) error {
	err := l.add(ctx, l.o.QuarantineTopic, [][]byte{key}, [][]byte{line})
	if !cluster.OfRecord(err) {
		return err
	}
	if key, line, err = l.env.Quarantine.EncodeBare(l.o.Name, c); err != nil {
		return err
	}
	return l.add(ctx, l.o.QuarantineTopic, [][]byte{key}, [][]byte{line})
}

// report writes the findings of a job within the transaction.
func (l *lane) report(ctx context.Context, j *job) error {
	keys, lines := make([][]byte, len(j.findings)), make([][]byte, len(j.findings))
	for i := range j.findings {
		f := &j.findings[i]
		var err error
		if lines[i], err = f.AppendJSON(nil); err != nil {
			return err
		}
		keys[i] = pipeline.FindingKey(f)
	}
	err := l.add(ctx, l.o.FindingsTopic, keys, lines)
	if err == nil {
		l.found += len(lines)
	}
	return err
}

// add writes records to the partitions of a topic, by their keys, within the
// transaction.
func (l *lane) add(ctx context.Context, topic string, keys, values [][]byte) error {
	topics, err := l.to.Topics(ctx)
	if err != nil {
		return err
	}
	if topics[topic] == 0 {
		return cluster.UnknownTopicOrPartition
	}
	now := time.Now().UnixMilli()
	builders := make(map[int32]*batch.Builder)
	for i := range keys {
		p := partitionOf(keys[i], topics[topic])
		b := builders[p]
		if b == nil {
			b = new(batch.Builder)
			builders[p] = b
		}
		if b.Len() > 0 && b.Size()+len(keys[i])+len(values[i])+64 > l.o.MaxMessageBytes {
			if err := l.addBatch(ctx, cluster.Partition{Topic: topic, ID: p}, b); err != nil {
				return err
			}
		}
		b.Append(&batch.Record{Timestamp: now}, keys[i], values[i], nil)
	}
	for p, b := range builders {
		if err := l.addBatch(ctx, cluster.Partition{Topic: topic, ID: p}, b); err != nil {
			return err
		}
	}
	return nil
}

func (l *lane) addBatch(ctx context.Context, p cluster.Partition, b *batch.Builder) error {
	n := int32(b.Len())
	raw, err := b.Finish(nil, new(batch.Encoder), batch.Snappy)
	if err != nil {
		return err
	}
	return l.tx.Produce(ctx, p, raw, n)
}
