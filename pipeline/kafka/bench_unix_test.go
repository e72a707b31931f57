//go:build unix

package kafka

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/redact"
)

// lines are n log lines of about size bytes; one in every is made to hold a secret.
func lines(n, size, every int) [][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, n)
	for i := range out {
		s := fmt.Sprintf("2026-03-14T09:26:53.589Z INFO  [http-nio-8080-exec-%d] c.e.shop.OrderController user=%d tenant=acme path=/api/v1/orders/%d status=200 dur_ms=%d trace=%016x%016x ",
			rng.IntN(200), rng.IntN(100000), rng.IntN(1000000), rng.IntN(900), rng.Uint64(), rng.Uint64())
		if every > 0 && i%every == 0 {
			s = fmt.Sprintf("%.60s password=%s", s, secret)
		}
		for len(s) < size {
			s += fmt.Sprintf(" k%d=%d", rng.IntN(40), rng.Int64N(1<<40))
		}
		out[i] = []byte(s[:size])
	}
	return out
}

// processorTime is what the process has used. The clock on the wall says little
// on a machine that others use.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTransform(b *testing.B) {
	for _, c := range []struct {
		name        string
		size, every int
		codec       batch.Codec
		by          string
	}{
		{"200B", 200, 0, batch.None, ""}, {"200B/stream=key", 200, 0, batch.None, "key"}, {"200B/stream=header", 200, 0, batch.None, "header:content-type"},
		{"200B/changed", 200, 20, batch.None, ""}, {"200B/changed/stream=key", 200, 20, batch.None, "key"},
		{"1KB/zstd", 1024, 0, batch.Zstd, ""}, {"1KB/zstd/stream=key", 1024, 0, batch.Zstd, "key"}, {"1KB/zstd/stream=field", 1024, 0, batch.Zstd, "field:kubernetes.pod_name"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var w batch.Builder
			ls := lines(1<<20/c.size, c.size, c.every)
			for i, l := range ls {
				if c.size > 1000 { // as Fluent Bit writes it
					l = fmt.Appendf(nil, `{"date":1.5,"stream":"stdout","log":"%s","kubernetes":{"namespace_name":"shop","container_name":"web","labels":{"app":"web","tier":"front"},"host":"node-%d","pod_name":"web-%d"}}`, l[:c.size-180], i%9, i%64)
				}
				w.Append(&batch.Record{Timestamp: 1_700_000_000_000 + int64(i)}, fmt.Appendf(nil, "host-%d", i%64), l,
					batch.AppendHeaders(nil, []batch.Header{{Key: []byte("content-type"), Value: []byte("text/plain")}}))
			}
			raw, err := w.Finish(nil, new(batch.Encoder), c.codec)
			if err != nil {
				b.Fatal(err)
			}
			r := redact.NewHandle(engine()).NewRedactor()
			o := Options{Group: "g", Routes: make([]Route, 1), MaxMessageBytes: 2 << 20}
			if err := o.defaults(); err != nil {
				b.Fatal(err)
			}
			var st *streams
			if c.by != "" {
				by, err := ParseStreamBy(c.by)
				if err != nil {
					b.Fatal(err)
				}
				st = newStreams(by)
			}
			s := &scratch{dec: batch.NewDecoder(o.MaxBatchBytes)}
			bufs := make(buffers, 4)
			begun, n := processorTime(), 0
			for b.Loop() {
				x, _, err := batch.Next(raw)
				if err != nil {
					b.Fatal(err)
				}
				j := &job{batches: []batch.Batch{x}, streams: st}
				t := transformer{scratch: s, o: &o, route: &o.Routes[0], engine: engine(), r: r, j: j, topic: "logs", bufs: bufs}
				t.run()
				if j.err != nil || j.records != len(ls) || (c.every == 0) != (j.raw == 1) {
					b.Fatal(j.err, j.records)
				}
				n += j.records
				for _, o := range j.outs {
					if o.owned {
						bufs.put(o.raw)
					}
				}
			}
			b.ReportMetric(float64((processorTime()-begun).Nanoseconds())/float64(n), "cpu-ns/record")
		})
	}
}
