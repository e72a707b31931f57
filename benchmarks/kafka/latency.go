package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	perSecond = 10_000
	warming   = 3 * time.Second
	measuring = 10 * time.Second
)

// latency measures how long records are on their way at a steady rate, in turns.
// A collection in the broker can hold up one turn; the median of all is the figure.
func latency(ctx context.Context, a string, admin *kadm.Client) error {
	fmt.Printf("\n| %s, %d records/s | p50 ms | p99 ms |\n|---|---|---|\n", *kind, perSecond)
	var half, most [2][]float64
	for i := range 2 * *rounds {
		who := [2]string{"kafka-go", "stanch"}[i%2]
		in, out := fmt.Sprintf("lat-in-%d", i), fmt.Sprintf("lat-out-%d", i)
		if _, err := admin.CreateTopics(ctx, 8, 1, nil, in, out); err != nil {
			return err
		}
		time.Sleep(2 * time.Second) // kafka-go's reader does not look again for partitions
		cmd := exec.CommandContext(ctx, os.Args[0], "-role", who, "-addr", a, "-in", in, "-out", out, "-n", "1000000000")
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		delays, err := drive(ctx, a, in, out)
		cmd.Process.Kill()
		cmd.Wait()
		if err != nil {
			return fmt.Errorf("%s: %w", who, err)
		}
		slices.Sort(delays)
		at := func(q float64) float64 { return float64(delays[int(q*float64(len(delays)-1))].Microseconds()) / 1000 }
		fmt.Printf("| %s | %.1f | %.1f |\n", who, at(.5), at(.99))
		half[i%2], most[i%2] = append(half[i%2], at(.5)), append(most[i%2], at(.99))
		if _, err := admin.DeleteTopics(ctx, in, out); err != nil {
			return err
		}
	}
	for i, who := range []string{"kafka-go", "stanch"} {
		slices.Sort(half[i])
		slices.Sort(most[i])
		fmt.Printf("| %s, median | %.1f | %.1f |\n", who, half[i][*rounds/2], most[i][*rounds/2])
	}
	return nil
}

// drive produces at the rate and returns how long each record took to the output.
func drive(ctx context.Context, a, in, out string) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	begun := time.Now()
	producer, err := kgo.NewClient(kgo.SeedBrokers(a), kgo.DefaultProduceTopic(in), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.ProducerLinger(0), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	consumer, err := kgo.NewClient(kgo.SeedBrokers(a), kgo.ConsumeTopics(out), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	// The worker has joined its group once a first record is through.
	producer.Produce(ctx, &kgo.Record{Value: []byte("first")}, nil)
	if fs := consumer.PollFetches(ctx); fs.Err() != nil {
		return nil, fs.Err()
	}
	total := int((warming + measuring).Seconds() * perSecond)
	go func() {
		pool := lines(1000, 200, 0)
		start := time.Now()
		for i := range total {
			due := time.Duration(i) * time.Second / perSecond
			if wait := due - time.Since(start); wait > 500*time.Microsecond {
				time.Sleep(wait)
			}
			producer.Produce(ctx, &kgo.Record{Value: pool[i%1000], Headers: []kgo.RecordHeader{{Key: "at", Value: fmt.Appendf(nil, "%d", time.Since(begun).Nanoseconds())}}}, nil)
		}
	}()
	var delays []time.Duration
	for seen := 0; seen < total; {
		fs := consumer.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%d of %d records came", seen, total)
		}
		now := time.Since(begun).Nanoseconds()
		fs.EachRecord(func(r *kgo.Record) {
			seen++
			var at int64
			if len(r.Headers) == 0 {
				return
			}
			if _, err := fmt.Sscan(string(r.Headers[0].Value), &at); err == nil && seen > total-int(measuring.Seconds()*perSecond) {
				delays = append(delays, time.Duration(now-at))
			}
		})
	}
	return delays, nil
}
