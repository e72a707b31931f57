package redact

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkRedact measures text where nothing, some and much is found. What is
// redacted is counted, so that a run that finds less is not taken for a quick one.
func BenchmarkRedact(b *testing.B) {
	e := builtin(b, Options{})
	for _, every := range []int{0, 100, 2} {
		var records [][]byte
		var text []byte
		secrets := int64(0)
		for i := range 1000 {
			rec := fmt.Appendf(nil, "2026-01-02T03:04:05.678Z INFO [worker-%d] order %d shipped to customer %d in %d ms", i%8, i*7919, i*104729, i%300)
			if every > 0 && i%every == 0 {
				rec = fmt.Appendf(rec, " auth=%s", token(i))
				secrets++
			}
			records = append(records, rec)
			text = append(append(text, rec...), '\n')
		}
		check := func(b *testing.B, s Stats) {
			if s.Redacted != secrets*int64(b.N) {
				b.Fatalf("%d redacted, want %d", s.Redacted, secrets*int64(b.N))
			}
		}
		name := fmt.Sprintf("secrets=%d/", secrets)
		b.Run(name+"Append", func(b *testing.B) {
			r := e.NewRedactor()
			var dst []byte
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for range b.N {
				dst = r.Append(dst[:0], text)
			}
			check(b, r.Stats())
		})
		b.Run(name+"Batch", func(b *testing.B) {
			r := e.NewRedactor()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for range b.N {
				r.Batch(records, func(int, []byte) {})
			}
			check(b, r.Stats())
		})
		b.Run(name+"Writer", func(b *testing.B) {
			w := e.NewWriter(io.Discard, WriterOptions{})
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for range b.N {
				w.Write(text)
			}
			check(b, w.Stats())
		})
	}
}
