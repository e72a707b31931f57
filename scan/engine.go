package scan

import (
	"github.com/stanch/stanch/detectors"
)

// Options tune an Engine. The zero value is the default.
type Options struct {
	// MaxLine is the longest line, in bytes, looked at as one; longer ones are
	// scanned in overlapping parts. 0 is 256 KiB.
	MaxLine int
}

// Engine is a compiled set of detectors. It is immutable and safe for
// concurrent use; each goroutine scans through a Scanner or Stream of its own.
type Engine struct {
	detectors []detectors.Detector
	opt       Options
}

// Compile builds an engine.
func Compile(ds []detectors.Detector, o Options) (*Engine, error) {
	return &Engine{detectors: ds, opt: o}, nil
}

// Detectors returns what spans index. The caller must not change it.
func (e *Engine) Detectors() []detectors.Detector { return e.detectors }

// Scanner scans one text or value at a time, for one goroutine.
type Scanner struct {
	e *Engine
}

// NewScanner returns a scanner with empty scratch space.
func (e *Engine) NewScanner() *Scanner { return &Scanner{e: e} }

// Text appends the spans of a whole text: one record or many lines. They are
// ordered by start; spans of different detectors may overlap. Nothing is
// allocated where nothing is found. text is not kept.
func (s *Scanner) Text(dst []Span, text []byte) []Span { return dst }

// Value appends the spans of a value whose key is known, such as an attribute
// or a header. Offsets are into value; key only gives context.
func (s *Scanner) Value(dst []Span, key, value []byte) []Span { return dst }

// Piece is scanned text that nothing to come can change. Text is valid during the call only.
type Piece struct {
	Text   []byte
	Offset int64  // of Text in the stream
	Spans  []Span // relative to Text, ordered; none reaches outside
}

// Stream finds spans in text that comes in chunks cut anywhere. It is for one goroutine.
type Stream struct {
	emit func(Piece) error
	off  int64
}

// NewStream returns a stream that hands on pieces in order, covering every
// byte once. A failed emit ends the stream with that error.
func (e *Engine) NewStream(emit func(Piece) error) *Stream { return &Stream{emit: emit} }

// Write takes the next chunk. Whole lines are handed on at once; the start of
// a line waits for its end, for Flush, or until it is longer than MaxLine.
// p is not kept.
func (s *Stream) Write(p []byte) (int, error) {
	err := s.emit(Piece{Text: p, Offset: s.off})
	s.off += int64(len(p))
	return len(p), err
}

// Flush hands on what has waited too long: the clear part of the unfinished
// line as it is, the part an undecided candidate covers as a span.
func (s *Stream) Flush() error { return nil }

// Close hands on everything left; the text ends here.
func (s *Stream) Close() error { return nil }
