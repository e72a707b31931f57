package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
	"github.com/stanch/stanch/redact"
)

func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// work is a worker: it copies n records and says what it took.
func work(who string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var run func(ctx context.Context, done func(int) bool) error
	switch who {
	case "stanch", "stanch-eos":
		f, env, err := stanch(who == "stanch-eos")
		if err != nil {
			return err
		}
		run = func(ctx context.Context, done func(int) bool) error { return ours(ctx, f, env, done) }
	case "franz":
		run = franz
	case "franz-eos":
		run = franzExactlyOnce
	case "kafka-go":
		run = plain
	default:
		return fmt.Errorf("unknown role %q", who)
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	cpu, begun := processorTime(), time.Now()
	var moved atomic.Int64
	var res result
	var once sync.Once
	err := run(ctx, func(k int) bool {
		if moved.Add(int64(k)) < int64(*n) {
			return false
		}
		once.Do(func() {
			res = result{Records: *n, CPU: processorTime() - cpu, Wall: time.Since(begun)}
			cancel()
		})
		return true
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	res.RSS = peak()
	return json.NewEncoder(os.Stdout).Encode(res)
}

// peak is the most memory that the process had. What wait4 says of it counts the
// parent's, too, as it was at the fork.
func peak() (bytes int64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &bytes); n == 1 {
			return bytes << 10
		}
	}
	return 0
}

func stanch(exactly bool) (pipeline.Flow, *pipeline.Env, error) {
	key := make([]byte, 32)
	rand.Read(key)
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: key})
	if err != nil {
		return nil, nil, err
	}
	route, err := kafka.ParseRoute(*in, *out)
	if err != nil {
		return nil, nil, err
	}
	f, err := kafka.NewFlow(kafka.Options{Name: "bench", From: cluster.Config{Brokers: []string{*addr}, ClientID: "stanch"}, Group: *out, Routes: []kafka.Route{route},
		Failure: pipeline.DropRecord, Header: kafka.DefaultHeader, Version: "1", ExactlyOnce: exactly, MaxUncommitted: 1 << 30})
	if err != nil {
		return nil, nil, err
	}
	// As stanch run does it.
	const inFlight = 64 << 20
	debug.SetGCPercent(800)
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	debug.SetMemoryLimit(2*int64(mem.HeapAlloc) + 2*inFlight)
	h := redact.NewHandle(e)
	m := pipeline.NewMetrics()
	log := zap.NewNop()
	return f, &pipeline.Env{Engine: h, Pool: pipeline.NewPool(h, 0), Budget: pipeline.NewBudget(inFlight), Metrics: m, Log: log,
		Findings: pipeline.NewFindings(pipeline.FindingOptions{}, m, log), Drain: time.Second}, nil
}

// ours runs until the counter of written records says that all are there.
func ours(ctx context.Context, f pipeline.Flow, env *pipeline.Env, done func(int) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		seen := 0
		for ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
			fs, err := env.Metrics.Registry().Gather()
			if err != nil {
				continue
			}
			for _, f := range fs {
				if f.GetName() == "stanch_records_out_total" {
					for _, m := range f.Metric {
						now := int(m.GetCounter().GetValue())
						if now > seen && done(now-seen) {
							return
						}
						seen = max(seen, now)
					}
				}
			}
		}
	}()
	return f.Run(ctx, env)
}

func franzOptions() []kgo.Opt {
	return []kgo.Opt{kgo.SeedBrokers(*addr), kgo.ConsumerGroup(*out), kgo.ConsumeTopics(*in), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit(),
		kgo.DefaultProduceTopic(*out), kgo.ProducerBatchCompression(compression(os.Getenv("BENCH_CODEC"))), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(1_000_000), kgo.MaxBufferedRecords(500_000), kgo.FetchMaxPartitionBytes(1 << 20), kgo.FetchMaxBytes(50 << 20), kgo.ProducerLinger(0)}
}

func again(r *kgo.Record) *kgo.Record {
	return &kgo.Record{Partition: r.Partition, Key: r.Key, Value: append([]byte(nil), r.Value...), Headers: r.Headers, Timestamp: r.Timestamp}
}

// franz copies with franz-go.
func franz(ctx context.Context, done func(int) bool) error {
	cl, err := kgo.NewClient(franzOptions()...)
	if err != nil {
		return err
	}
	defer cl.Close()
	last := time.Now()
	for {
		fs := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		k := 0
		var wg sync.WaitGroup
		var bad atomic.Pointer[error]
		fs.EachRecord(func(r *kgo.Record) {
			k++
			wg.Add(1)
			cl.Produce(ctx, again(r), func(_ *kgo.Record, err error) {
				if err != nil {
					bad.Store(&err)
				}
				wg.Done()
			})
		})
		wg.Wait()
		if err := bad.Load(); err != nil {
			return *err
		}
		if done(k) {
			return cl.CommitUncommittedOffsets(context.Background())
		}
		if time.Since(last) > time.Second {
			last = time.Now()
			if err := cl.CommitUncommittedOffsets(ctx); err != nil {
				return err
			}
		}
	}
}

// franzExactlyOnce copies with franz-go's transactions.
func franzExactlyOnce(ctx context.Context, done func(int) bool) error {
	s, err := kgo.NewGroupTransactSession(append(franzOptions(), kgo.TransactionalID("t-"+*out), kgo.FetchIsolationLevel(kgo.ReadCommitted()))...)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		fs := s.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.Begin(); err != nil {
			return err
		}
		k := 0
		var bad atomic.Bool
		fs.EachRecord(func(r *kgo.Record) {
			k++
			s.Produce(ctx, again(r), func(_ *kgo.Record, err error) {
				if err != nil {
					bad.Store(true)
				}
			})
		})
		ok, err := s.End(ctx, kgo.TransactionEndTry(!bad.Load()))
		if err != nil {
			return err
		}
		if ok && done(k) {
			return nil
		}
	}
}

// plain copies with kafka-go's Reader and Writer, as their documentation does.
func plain(ctx context.Context, done func(int) bool) error {
	r := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{*addr}, GroupID: *out, Topic: *in, StartOffset: kafkago.FirstOffset, MaxWait: 500 * time.Millisecond, MaxBytes: 1 << 20, QueueCapacity: 10_000, CommitInterval: time.Second})
	defer r.Close()
	w := &kafkago.Writer{Addr: kafkago.TCP(*addr), Topic: *out, RequiredAcks: kafkago.RequireAll, BatchTimeout: time.Millisecond, BatchSize: 1000, Async: true,
		Balancer: kafkago.BalancerFunc(func(m kafkago.Message, _ ...int) int { return m.WriterData.(int) }),
		Completion: func(ms []kafkago.Message, err error) {
			if err == nil {
				done(len(ms))
			}
		}}
	defer w.Close()
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if err := w.WriteMessages(ctx, kafkago.Message{Key: m.Key, Value: m.Value, Headers: m.Headers, Time: m.Time, WriterData: m.Partition}); err != nil {
			return err
		}
		if err := r.CommitMessages(ctx, m); err != nil {
			return err
		}
	}
}
