package redact

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/scan"
)

// WriterOptions tune a Writer. The zero value is a stream from nowhere whose
// held text waits for Close.
type WriterOptions struct {
	// Hold is the longest time that the start of a line waits for its end. What
	// is then still undecided is redacted, not released. 0 waits for ever.
	Hold time.Duration
	// OnFinding, OnMatch, Source and All are as in a Redactor. The functions are
	// called one at a time, but on a timer's goroutine if Hold is set.
	OnFinding func(finding.Finding)
	OnMatch   func(Match, finding.Finding)
	Source    finding.Source
	All       bool
	// OnExplain takes why each candidate was taken or not. Explaining is slow: it
	// is for a person with a question.
	OnExplain func(Explanation)
}

// Writer redacts a stream that comes in chunks cut anywhere. However it is
// cut, the output is the same, time-outs aside. Its methods may be called
// concurrently.
type Writer struct {
	mu   sync.Mutex
	h    *Handle
	w    io.Writer
	hold time.Duration

	explain func(Explanation) // nil unless asked for
	path    string            // of the source
	places  bool              // lines and columns are told to somebody

	r       *Redactor
	stream  *scan.Stream
	base    int64 // offset of the stream's beginning in all that was written
	taken   int64 // bytes handed to streams
	given   int64 // bytes they handed on
	open    bool  // a secret may go on in the next piece
	out     []byte
	timer   *time.Timer
	timing  bool  // the timer runs
	skip    bool  // the line whose scan failed goes on
	writing bool  // the underlying writer is at work
	err     error // the first failure: nothing follows it
	closed  bool
}

// outSize is the number of bytes from which output is not collected further.
const outSize = 32 << 10

// NewWriter returns a Writer that follows h.
func (h *Handle) NewWriter(w io.Writer, o WriterOptions) *Writer {
	wr := &Writer{h: h, w: w, hold: o.Hold, explain: o.OnExplain, path: o.Source.Path, places: true}
	wr.start(h.Load())
	wr.r.Source, wr.r.OnFinding, wr.r.OnMatch, wr.r.All = o.Source, o.OnFinding, o.OnMatch, o.All
	wr.r.Source.Line, wr.r.Source.Column = max(o.Source.Line, 1), max(o.Source.Column, 1)
	return wr
}

// NewWriter returns a Writer that stays with e.
func (e *Engine) NewWriter(w io.Writer, o WriterOptions) *Writer {
	wr := NewHandle(e).NewWriter(w, o)
	wr.places = e.onFinding != nil || o.OnFinding != nil || o.OnMatch != nil || o.OnExplain != nil
	return wr
}

// start begins a new stream at the place reached.
func (w *Writer) start(e *Engine) {
	if w.r == nil {
		w.r = e.NewRedactor()
	} else if w.r.e != e {
		w.r.adopt(e)
	}
	w.r.remember()
	w.stream = e.scan.NewStream(w.emit)
	w.stream.From(w.path)
	if w.explain != nil {
		w.stream.Explain()
	}
	w.given = w.taken
	w.base = w.taken
	w.open = false
	w.r.plan.restart()
}

// Write takes the next bytes of the stream. p is not kept. An error of the
// underlying writer ends the stream.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && w.closed {
		w.err = os.ErrClosed
	}
	if w.err != nil {
		return 0, w.err
	}
	w.write(p)
	w.put()
	if w.err != nil {
		return 0, w.err
	}
	w.wait()
	return len(p), nil
}

func (w *Writer) write(p []byte) {
	if w.skip {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			w.pass(p)
			return
		}
		w.pass(p[:i])
		p = p[i:]
		w.skip = false
	}
	if e := w.h.Load(); e != w.r.e {
		// Up to the end of a line the old engine goes on.
		if w.stream.Idle() {
			w.swap(e)
		} else if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
			w.feed(p[:i+1])
			p = p[i+1:]
			if w.err == nil && w.stream.Idle() {
				w.swap(e)
			}
		}
	}
	w.feed(p)
}

// pass drops bytes of a line that has its marker already.
func (w *Writer) pass(p []byte) {
	w.advance(p)
	w.taken += int64(len(p))
	w.given += int64(len(p))
	w.base += int64(len(p))
}

// advance moves the place on over text that has gone out.
func (w *Writer) advance(text []byte) {
	if w.places {
		w.r.Source.Line, w.r.Source.Column = advance(text, w.r.Source.Line, w.r.Source.Column)
	}
}

func (w *Writer) swap(e *Engine) {
	w.guard(nil, w.stream.Close)
	if w.err == nil {
		w.start(e)
	}
}

func (w *Writer) feed(p []byte) {
	if len(p) == 0 || w.err != nil {
		return
	}
	w.taken += int64(len(p))
	w.guard(p, func() error {
		w.r.enter(stageScan)
		_, err := w.stream.Write(p)
		return err
	})
}

// guard runs a step of the stream. Should it panic, a marker stands for the
// bytes not handed on, and for what follows up to the end of the line. Inside
// a secret that goes over several lines nobody could tell where it ends: the
// Writer fails for good.
func (w *Writer) guard(p []byte, step func() error) {
	line := w.r.Source.Line
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if w.writing {
			panic(reason) // the underlying writer's own
		}
		w.r.stats.Failed++
		w.out = envelope.AppendMask(w.out, envelope.Unscanned)
		if w.open {
			w.fail(errLost)
			return
		}
		w.r.Source.Line = line + int64(bytes.Count(p, []byte{'\n'}))
		if bytes.HasSuffix(p, []byte{'\n'}) {
			w.out = append(w.out, '\n')
			w.r.Source.Column = 1
		} else {
			w.skip = true
		}
		w.start(w.r.e)
	}()
	if err := step(); err != nil {
		w.fail(err)
	}
}

var errLost = errors.New("redact: lost track inside a secret of several lines")

func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// emit takes a piece from the stream.
func (w *Writer) emit(p scan.Piece) error {
	w.r.Source.Offset = w.base + p.Offset
	failed := w.r.stats.Failed
	out, changed := w.piece(p)
	if w.explain != nil {
		w.r.explain(p, len(p.Spans) > 0 && w.r.stats.Failed == failed, w.explain)
	}
	w.given += int64(len(p.Text))
	if n := len(p.Text); n > 0 {
		w.r.plan.drop.mid = !isEnd(p.Text[n-1])
	}
	w.advance(p.Text)
	if n := len(p.Spans); n > 0 {
		last := &p.Spans[n-1]
		w.open = last.Continued || last.Evidence&scan.Unclosed != 0
	} else if bytes.IndexByte(p.Text, '\n') >= 0 {
		w.open = false
	}
	switch {
	case changed:
		w.out = out
	case len(p.Text) >= outSize:
		if w.put(); w.err != nil {
			return w.err
		}
		return w.writeOut(p.Text)
	default:
		w.out = append(w.out, p.Text...)
	}
	if len(w.out) >= outSize {
		w.put()
		return w.err
	}
	return nil
}

// piece appends a redacted piece to the output unless nothing changes.
func (w *Writer) piece(p scan.Piece) (out []byte, changed bool) {
	if len(p.Spans) == 0 && !w.r.plan.drop.goesOn && !w.r.listens() {
		return w.out, false
	}
	defer func() {
		if recover() != nil {
			// The stream is whole: its own state is not touched.
			out, changed = w.r.fail(w.out, p.Text), true
		}
	}()
	return w.r.apply(w.out, p.Text, nil, p.Spans)
}

// put writes the collected output.
func (w *Writer) put() {
	if len(w.out) == 0 || w.err != nil && w.err != errLost {
		return
	}
	err := w.writeOut(w.out)
	w.out = w.out[:0]
	if err != nil {
		w.fail(err)
	}
}

func (w *Writer) writeOut(p []byte) error {
	w.writing = true
	_, err := w.w.Write(p)
	w.writing = false
	return err
}

// wait sees to it that held text does not wait for longer than Hold.
func (w *Writer) wait() {
	switch held := w.given < w.taken; {
	case w.hold <= 0 || held == w.timing:
	case !held:
		w.timer.Stop()
		w.timing = false
	default:
		w.timing = true
		if w.timer == nil {
			w.timer = time.AfterFunc(w.hold, w.expire)
		} else {
			w.timer.Reset(w.hold)
		}
	}
}

// expire runs on the timer's goroutine. It may come late, when what it was set
// for has long gone out: then it redacts some line in two parts, which is safe.
func (w *Writer) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timing = false
	if w.closed || w.err != nil {
		return
	}
	w.flush()
}

// Flush writes what has been held, its undecided part redacted.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && !w.closed {
		w.flush()
	}
	return w.err
}

func (w *Writer) flush() {
	if w.given < w.taken {
		w.guard(nil, w.stream.Flush)
	}
	w.put()
}

// Close ends the stream and writes what was held. It does not close the
// underlying writer. It may be called again, and returns the same error.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return w.err
	}
	w.closed = true
	if w.timer != nil {
		w.timer.Stop()
	}
	if w.err == nil {
		w.guard(nil, w.stream.Close)
		w.put()
	}
	return w.err
}

// Settled reports whether all that was written has gone out, and a new stream
// from here would come to the same: no line is held and no key block is open.
// What was acknowledged or committed at such a place is never needed again.
func (w *Writer) Settled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err == nil && !w.skip && w.given == w.taken && w.stream.Idle()
}

// Failed is Stats().Failed, at no cost.
func (w *Writer) Failed() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.r.Failed()
}

// Stats returns what happened so far.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.r.Stats()
}
