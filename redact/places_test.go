package redact

import (
	"io"
	"testing"

	"github.com/stanch/stanch/finding"
)

// TestWriterPlaces: whoever is told of what a writer finds is told where.
func TestWriterPlaces(t *testing.T) {
	var lines []int64
	onFinding := func(f finding.Finding) { lines = append(lines, f.Source.Line) }
	plain := demoEngine(t, "", Options{})
	for name, w := range map[string]*Writer{
		"finding":     plain.NewWriter(io.Discard, WriterOptions{OnFinding: onFinding}),
		"match":       plain.NewWriter(io.Discard, WriterOptions{OnMatch: func(_ Match, f finding.Finding) { onFinding(f) }}),
		"explanation": plain.NewWriter(io.Discard, WriterOptions{OnExplain: func(x Explanation) { lines = append(lines, x.Source.Line) }}),
		"the engine":  demoEngine(t, "", Options{OnFinding: onFinding}).NewWriter(io.Discard, WriterOptions{}),
		"an engine to come": func() *Writer {
			h := NewHandle(plain)
			w := h.NewWriter(io.Discard, WriterOptions{})
			io.WriteString(w, "one\n")
			h.Store(demoEngine(t, "", Options{OnFinding: onFinding}))
			return w
		}(),
	} {
		lines = nil
		if name != "an engine to come" {
			io.WriteString(w, "one\n")
		}
		io.WriteString(w, "two\nthree "+token(1)+"\n")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 || lines[len(lines)-1] != 3 {
			t.Errorf("%s: lines %v, want 3", name, lines)
		}
	}
}
