package kafka

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// OutputOptions say where records go. Zero values are the defaults that are named.
type OutputOptions struct {
	Name  string // of the output
	To    cluster.Config
	Topic string
	// Codec compresses batches.
	Codec batch.Codec
	// Create says how the topic is made if it is missing; nil leaves it missing.
	Create *NewTopic
	// MaxMessageBytes is the largest batch that the topic takes; 0 is 1 MB.
	MaxMessageBytes int
}

// Output writes records to a topic. Those with a key go to its partition, as
// Java's client chooses it; those without one go to that of their lane.
type Output struct {
	o       OutputOptions
	cluster *cluster.Cluster

	mu    sync.Mutex
	lanes map[string]uint32
}

// NewOutput returns an output. It does not connect.
func NewOutput(o OutputOptions) (*Output, error) {
	if !legal.MatchString(o.Topic) {
		return nil, fmt.Errorf("kafka: %q is no name of a topic", o.Topic)
	}
	if o.MaxMessageBytes <= 0 {
		o.MaxMessageBytes = 1_000_000
	}
	c, err := cluster.New(o.To)
	if err != nil {
		return nil, err
	}
	return &Output{o: o, cluster: c, lanes: make(map[string]uint32)}, nil
}

// Name implements pipeline.Output.
func (w *Output) Name() string { return w.o.Name }

// Plan implements pipeline.Output.
func (w *Output) Plan(ctx context.Context) ([]string, error) {
	n, err := w.partitions(ctx, false)
	switch {
	case err == nil:
		return []string{fmt.Sprintf("topic %s (%d partitions)", w.o.Topic, n)}, nil
	case errors.Is(err, cluster.UnknownTopicOrPartition) && w.o.Create != nil:
		return []string{fmt.Sprintf("topic %s, to be created with %d partitions", w.o.Topic, w.o.Create.Partitions)}, nil
	}
	return nil, err
}

// Close implements pipeline.Output.
func (w *Output) Close() error {
	w.cluster.Close()
	return nil
}

func (w *Output) partitions(ctx context.Context, create bool) (int32, error) {
	topics, err := w.cluster.Topics(ctx)
	if err != nil {
		return 0, err
	}
	if n := topics[w.o.Topic]; n > 0 {
		return n, nil
	}
	if create && w.o.Create != nil {
		if err := w.cluster.CreateTopic(ctx, w.o.Topic, w.o.Create.Partitions, w.o.Create.Settings); err != nil {
			return 0, err
		}
		return w.o.Create.Partitions, nil
	}
	return 0, fmt.Errorf("topic %s: %w", w.o.Topic, cluster.UnknownTopicOrPartition)
}

// choose returns the partition of a record.
func (w *Output) choose(lane string, key []byte, n int32) int32 {
	if key != nil {
		return partitionOf(key, n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	h, ok := w.lanes[lane]
	if !ok {
		if len(w.lanes) > 1<<16 {
			clear(w.lanes)
		}
		h = rand.Uint32()
		w.lanes[lane] = h
	}
	return int32(h % uint32(n))
}

// Write implements pipeline.Output.
func (w *Output) Write(ctx context.Context, b *pipeline.Batch) error {
	n, err := w.partitions(ctx, true)
	if err != nil {
		return err
	}
	shares := make(map[int32][]int)
	for i := range b.Records {
		p := w.choose(b.Lane.Name, b.Records[i].Key, n)
		shares[p] = append(shares[p], i)
	}
	refused := &pipeline.Rejected{Reason: pipeline.Refused}
	for p, share := range shares {
		if err := w.write(ctx, cluster.Partition{Topic: w.o.Topic, ID: p}, b.Records, share, refused); err != nil {
			return err
		}
	}
	if len(refused.Records) > 0 {
		slices.Sort(refused.Records)
		return refused
	}
	return nil
}

// write writes those records of a partition that are in share.
func (w *Output) write(ctx context.Context, p cluster.Partition, records []pipeline.Record, share []int, refused *pipeline.Rejected) error {
	var b batch.Builder
	first := 0
	for i, at := range share {
		r := &records[at]
		const frame = 64
		if b.Len() > 0 && b.Size()+int(r.Size())+frame > w.o.MaxMessageBytes {
			if err := w.send(ctx, p, &b, records, share[first:i], refused); err != nil {
				return err
			}
			first = i
		}
		when := r.Time
		if when.IsZero() {
			when = time.Now()
		}
		var headers []batch.Header
		for _, h := range r.Headers {
			headers = append(headers, batch.Header{Key: []byte(h.Name), Value: h.Value})
		}
		b.Append(&batch.Record{Timestamp: when.UnixMilli()}, r.Key, r.Value, batch.AppendHeaders(nil, headers))
	}
	return w.send(ctx, p, &b, records, share[first:], refused)
}

// send sends what b holds, which are the records in share.
func (w *Output) send(ctx context.Context, p cluster.Partition, b *batch.Builder, records []pipeline.Record, share []int, refused *pipeline.Rejected) error {
	if b.Len() == 0 {
		return nil
	}
	raw, err := b.Finish(nil, new(batch.Encoder), w.o.Codec)
	if err != nil {
		return err
	}
	err = w.cluster.Produce(ctx, p, "", raw)
	if !cluster.OfRecord(err) {
		return err
	}
	if len(share) == 1 {
		if errors.Is(err, cluster.MessageTooLarge) || errors.Is(err, cluster.RecordListTooLarge) {
			refused.Reason = pipeline.TooLarge
		}
		refused.Records = append(refused.Records, share[0])
		return nil
	}
	half := len(share) / 2
	if err := w.write(ctx, p, records, share[:half], refused); err != nil {
		return err
	}
	return w.write(ctx, p, records, share[half:], refused)
}
