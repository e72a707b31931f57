package scan

import (
	"bytes"
	"os"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// benchText returns at most n bytes of the file that STANCH_BENCH names.
func benchText(b *testing.B, n int) []byte {
	name := os.Getenv("STANCH_BENCH")
	if name == "" {
		b.Skip("STANCH_BENCH names no file")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	return text[:min(len(text), n)]
}

// BenchmarkFile scans the file that STANCH_BENCH names as one text.
func BenchmarkFile(b *testing.B) {
	text := benchText(b, 64<<20)
	e := engine(b)
	s := e.NewScanner()
	b.Run("text", func(b *testing.B) {
		var spans []Span
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			spans = s.Text(spans[:0], text)
		}
		b.ReportMetric(float64(len(spans)), "spans")
	})
	b.Run("copy", func(b *testing.B) {
		dst := make([]byte, len(text))
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			copy(dst, text)
		}
	})
	b.Run("match", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		n := 0
		for b.Loop() {
			n = 0
			for off := 0; off < len(text); off += 64 << 10 {
				s.hits = e.matcher.Scan(s.hits[:0], text[off:min(len(text), off+64<<10)], &s.scratch)
				n += len(s.hits)
			}
		}
		b.ReportMetric(float64(n), "hits")
	})
}

// BenchmarkRecords scans the lines of the file that STANCH_BENCH names one by one.
func BenchmarkRecords(b *testing.B) {
	text := benchText(b, 8<<20)
	records := bytes.Split(text, []byte("\n"))
	s := engine(b).NewScanner()
	var spans []Span
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, r := range records {
			spans = s.Text(spans[:0], r)
		}
	}
}

// BenchmarkCompile builds the default engine.
func BenchmarkCompile(b *testing.B) {
	ds, err := detectors.Default()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Compile(ds, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
