package kafka

import (
	"context"
	"time"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// transact writes a job and commits its offset in one transaction. After an
// error nothing is known; the lane's next session finds out.
func (l *lane) transact(ctx context.Context, j *job) error {
	if ctx.Err() != nil {
		return ctx.Err()
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
		l.env.Findings.Report(j.findings...)
		if err := l.env.Findings.Flush(bounded); err != nil {
			return err
		}
	}
	if err := l.tx.CommitOffset(bounded, l.o.Group, l.gen, l.in, j.next); err != nil {
		return err
	}
	if err := l.tx.Commit(bounded); err != nil {
		return err
	}
	for range l.tx.Retries {
		l.metrics.Retry("transaction", "kafka_51")
	}
	l.tx.Retries = 0
	return nil
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
	keys, lines := make([][]byte, len(cases)), make([][]byte, len(cases))
	for i, c := range cases {
		var err error
		if keys[i], lines[i], err = l.env.Quarantine.Encode(l.o.Name, c); err != nil {
			return err
		}
	}
	return l.add(ctx, l.o.QuarantineTopic, keys, lines)
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
	return l.add(ctx, l.o.FindingsTopic, keys, lines)
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
