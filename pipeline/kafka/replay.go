package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// NewReplay returns a flow of records that came from topics before and did not
// get through: what in reads has the topic, partition and offset where it stood
// as its Source. Each becomes what it would become if it were fetched now, and
// goes to the partition that it would go to, or fails as it would. No consumer
// group is joined and no offset committed; ExactlyOnce means nothing here. It
// does not connect.
func NewReplay(o Options, in pipeline.Input) (pipeline.Flow, error) {
	o.ExactlyOnce = false
	f, err := newFlow(o)
	if err != nil {
		return nil, err
	}
	return &replay{f, in}, nil
}

type replay struct {
	*flow
	in pipeline.Input
}

// Plan implements pipeline.Flow.
func (f *replay) Plan(ctx context.Context) ([]string, error) { return f.in.Plan(ctx) }

// Run implements pipeline.Flow. One record is under way at a time.
func (f *replay) Run(ctx context.Context, env *pipeline.Env) error {
	defer f.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := f.begin(env, cancel)
	if err != nil {
		return err
	}
	lanes := make(map[cluster.Partition]*replayLane)
	defer func() {
		for _, l := range lanes {
			l.metrics.Close()
		}
	}()
	return f.in.Read(ctx, func(b *pipeline.Batch) (err error) {
		for i := range b.Records {
			if err = r.again(ctx, lanes, &b.Records[i]); err != nil {
				break
			}
		}
		if b.Ack != nil {
			b.Ack(err)
		}
		return err
	})
}

// replayLane is a partition whose records are replayed. What is open in its streams
// is known as far as their records are replayed, too.
type replayLane struct {
	*lane
	streams *streams
}

// again redacts and writes a record.
func (r *run) again(ctx context.Context, lanes map[cluster.Partition]*replayLane, rec *pipeline.Record) error {
	in := cluster.Partition{Topic: rec.Source.Topic, ID: rec.Source.Partition}
	l := lanes[in]
	if l == nil {
		pair, ok := route(r.o.Routes, in.Topic)
		if !ok {
			return fmt.Errorf("no entry of topics fits %s any more", in.Topic)
		}
		l = &replayLane{lane: newLane(r, nil, &committer{run: r}, in, pair, cluster.Place{Offset: rec.Source.Offset})}
		if pair.route.StreamBy != nil {
			l.streams = newStreams(pair.route.StreamBy)
		}
		lanes[in] = l
		if err := l.try(ctx, "prepare", func() error { return l.prepare(ctx, pair, in.ID) }); err != nil {
			return err
		}
	}
	b, err := standing(rec)
	if err != nil {
		return err
	}
	j := &job{from: b.BaseOffset, next: b.NextOffset(), batches: []batch.Batch{b}, latest: rec.Time, fetched: time.Now(), streams: l.streams, done: make(chan struct{})}
	l.redact(j)
	defer l.release(j)
	// There is no generation that could be over, and nothing to commit.
	l.commits.heard.Store(time.Now().UnixNano())
	if err := l.write(ctx, j, false); err != nil {
		return err
	}
	l.commit(j.next)
	return nil
}

// standing returns a batch with a record alone, at its offset. What could not be
// read as a batch was kept as a whole, and is one.
func standing(rec *pipeline.Record) (batch.Batch, error) {
	if rec.Key == nil && len(rec.Headers) == 0 {
		if b, rest, err := batch.Next(rec.Value); err == nil && len(rest) == 0 && b.BaseOffset == rec.Source.Offset {
			return b, nil
		}
	}
	var one batch.Builder
	headers := make([]batch.Header, len(rec.Headers))
	for i, h := range rec.Headers {
		headers[i] = batch.Header{Key: []byte(h.Name), Value: h.Value}
	}
	one.Append(&batch.Record{Timestamp: rec.Time.UnixMilli()}, rec.Key, rec.Value, batch.AppendHeaders(nil, headers))
	raw, err := one.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		return batch.Batch{}, err
	}
	b, _, err := batch.Next(raw)
	b.BaseOffset = rec.Source.Offset
	return b, err
}
