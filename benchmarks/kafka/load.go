package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// planted is what stands in records that hold a secret.
const planted = "Vb7ohQuaechooShai4"

// lines are log lines of about size bytes; one in every holds a secret.
func lines(count, size, every int) [][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, count)
	for i := range out {
		s := fmt.Sprintf("2026-03-14T09:26:53.589Z INFO  [http-nio-8080-exec-%d] c.e.shop.OrderController user=%d tenant=acme path=/api/v1/orders/%d status=200 dur_ms=%d trace=%016x%016x",
			rng.IntN(200), rng.IntN(100000), rng.IntN(1000000), rng.IntN(900), rng.Uint64(), rng.Uint64())
		if every > 0 && i%every == 0 {
			s = s[:60] + " password=" + planted
		}
		for len(s) < size {
			s += fmt.Sprintf(" k%d=%d", rng.IntN(40), rng.Int64N(1<<40))
		}
		out[i] = []byte(s[:size])
	}
	return out
}

func compression(name string) kgo.CompressionCodec {
	switch name {
	case "lz4":
		return kgo.Lz4Compression()
	case "zstd":
		return kgo.ZstdCompression()
	}
	return kgo.NoCompression()
}

func load(ctx context.Context, a string, admin *kadm.Client, s set, count int) error {
	if _, err := admin.CreateTopic(ctx, s.partitions, 1, nil, s.topic); err != nil {
		return err
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(a), kgo.DefaultProduceTopic(s.topic), kgo.ProducerBatchCompression(compression(s.codec)), kgo.ProducerLinger(50*time.Millisecond),
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.MaxBufferedRecords(100_000), kgo.ProducerBatchMaxBytes(1_000_000))
	if err != nil {
		return err
	}
	defer cl.Close()
	pool := lines(20_000, s.size, s.every)
	headers := []kgo.RecordHeader{{Key: "content-type", Value: []byte("text/plain")}}
	var failed atomic.Int64
	for i := range count {
		cl.Produce(ctx, &kgo.Record{Value: pool[i%len(pool)], Key: fmt.Appendf(nil, "host-%d", i%64), Headers: headers}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed.Add(1)
			}
		})
	}
	if err := cl.Flush(ctx); err != nil {
		return err
	}
	if failed.Load() > 0 {
		return fmt.Errorf("%d records were not loaded", failed.Load())
	}
	return nil
}

// digest is a hash of each partition's records in order, and how many of them
// there are. What is planted is left out, and so are headers.
type digest map[int32][2]uint64

var seed = maphash.MakeSeed()

func sum(ctx context.Context, a, topic string, count int, redacted bool) (digest, error) {
	cl, err := kgo.NewClient(kgo.SeedBrokers(a), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	d := digest{}
	var bad error
	for left := count; left > 0; {
		fs := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%d records are missing in %s", left, topic)
		}
		fs.EachRecord(func(r *kgo.Record) {
			left--
			v := r.Value
			if redacted && bytes.Contains(v, []byte(planted)) {
				bad = errors.New("a secret went through")
			}
			if i := bytes.Index(v, []byte("password=")); i >= 0 {
				v = v[:i]
			}
			x := d[r.Partition]
			d[r.Partition] = [2]uint64{x[0]*1099511628211 ^ maphash.Bytes(seed, v) ^ maphash.Bytes(seed, r.Key) ^ uint64(r.Timestamp.UnixMilli()), x[1] + 1}
		})
	}
	return d, bad
}

var inputs = map[string]digest{}

// check compares what came out with what went in.
func check(ctx context.Context, a, in, out string, count, every int, who string) error {
	if inputs[in] == nil {
		d, err := sum(ctx, a, in, count, false)
		if err != nil {
			return err
		}
		inputs[in] = d
	}
	d, err := sum(ctx, a, out, count, every > 0 && (who == "stanch" || who == "stanch-eos"))
	if err != nil {
		return err
	}
	for p, want := range inputs[in] {
		if d[p] != want {
			return fmt.Errorf("partition %d: other records, or in another order", p)
		}
	}
	return nil
}
