package scan

import (
	"bytes"
	"slices"

	"github.com/stanch/stanch/finding"
)

// A line longer than Options.MaxLine is scanned in windows of that many bytes.
// The last overlap bytes of a window are looked at again in the next, which
// also begins with lookBehind bytes that were handed on before, as context.
const (
	segmentSize = 64 << 10
	overlap     = 20 << 10
	lookBehind  = 4 << 10
)

// Piece is scanned text that nothing to come can change. Text is valid during the call only.
type Piece struct {
	Text   []byte
	Offset int64  // of Text in the stream
	Spans  []Span // relative to Text, ordered; none reaches outside
	// Decisions are on what begins in Text, relative to it, if the stream explains.
	Decisions []Decision
}

// Stream finds spans in text that comes in chunks cut anywhere. It is for one goroutine.
type Stream struct {
	s     *Scanner
	emit  func(Piece) error
	off   int64   // of buf[0] in the stream
	buf   []byte  // the unfinished line, or its last part; before it lines that are held
	line  int     // where the unfinished line begins in buf
	parts [2]bool // which streams of the lines held have a record that goes on
	slow  bool    // the next line comes by way of buf
	win   window
	spans []Span
	err   error
}

// window is how far the unfinished line has been handed on.
type window struct {
	released int   // bytes of buf
	marked   bool  // the last of them belonged to a span
	inLine   bool  // buf begins in the middle of its line
	swallow  byte  // what ends the value that filled the last window: a quote, anyStop, or 0 for none
	by       int32 // the detector of that value
}

const anyStop = 1

// NewStream returns a stream that hands on pieces in order, covering every
// byte once. A failed emit ends the stream with that error.
func (e *Engine) NewStream(emit func(Piece) error) *Stream {
	return &Stream{s: e.NewScanner(), emit: emit}
}

// From says where the stream comes from, as Scanner.Path.
func (st *Stream) From(path string) { st.s.Path = path }

// Reset makes the stream one that begins anew, after an error too. What was
// held is forgotten.
func (st *Stream) Reset() {
	st.s.forget()
	st.off, st.buf, st.line, st.parts, st.slow = 0, st.buf[:0], 0, [2]bool{}, false
	st.win, st.err = window{}, nil
}

// Write takes the next chunk. Whole lines are handed on at once; the start of
// a line waits for its end, for Flush, or until it is longer than MaxLine.
// p is not kept.
func (st *Stream) Write(p []byte) (int, error) {
	all := len(p)
	bare := 0 // bytes of p that are known to hold no LF
	for len(p) > 0 && st.err == nil {
		if len(st.buf) >= st.s.e.maxLine { // and the line goes on
			if st.line > 0 {
				st.release(st.line)
			} else {
				st.part(longLine)
			}
			continue
		}
		if len(st.buf) == 0 && bare == 0 && !st.slow {
			if n := segment(p); n > 0 {
				p = p[st.segment(p[:n]):]
				continue
			}
			bare = min(len(p), segmentSize)
		}
		n, done := lineRest(st.buf[st.line:], p[:min(len(p), st.s.e.maxLine-len(st.buf))])
		st.buf = append(st.buf, p[:n]...)
		p, bare = p[n:], max(0, bare-n)
		if done {
			st.lineDone()
		}
	}
	return all - len(p), st.err
}

// segment scans whole lines and hands them on, save those at the end in which
// a record is cut that goes on. It returns how far it went.
func (st *Stream) segment(text []byte) int {
	s := st.s
	s.save(&s.before)
	st.spans = s.scan(st.spans[:0], text, wholeLines)
	if held := s.seams.held; held < len(text) {
		s.resume(&s.before)
		st.slow = true
		if held == 0 {
			return 0
		}
		text = text[:held]
		st.spans = s.scan(st.spans[:0], text, wholeLines)
	}
	st.hand(text, st.spans, 0)
	st.off += int64(len(text))
	return len(text)
}

// lineDone scans the line that has come to its end, or holds it together with
// those before as long as a record of one of them goes on.
func (st *Stream) lineDone() {
	st.slow = false
	if st.line > 0 {
		line := st.buf[st.line:]
		line = line[:lineEnd(line)]
		if r, ok := parseRecord(line); ok {
			st.parts[r.stream] = r.partial && (st.parts[r.stream] || line[0] != dockerHead[0] || len(line) >= longRecord)
		}
		if st.parts[0] || st.parts[1] {
			st.line = len(st.buf)
			return
		}
	}
	st.s.save(&st.s.before)
	if st.win.inLine {
		st.s.carry = carry{}
	}
	st.spans = st.s.scan(st.spans[:0], st.buf, wholeLines)
	held := st.s.seams.held
	if held >= len(st.buf) {
		st.deliver(wholeLines)
		return
	}
	st.s.resume(&st.s.before)
	marks := st.s.seams.marks
	st.parts = [2]bool{}
	for pos := held; pos < len(st.buf); {
		hi := pos + lineEnd(st.buf[pos:])
		if r, ok := parseRecord(st.buf[pos:hi]); ok {
			_, marked := slices.BinarySearch(marks, pos)
			st.parts[r.stream] = r.partial && (st.parts[r.stream] || marked)
		}
		pos = afterEOL(st.buf, hi)
	}
	if held > 0 {
		st.release(held)
	}
	st.line = len(st.buf)
}

// release hands on the first n bytes of buf, which are whole lines.
func (st *Stream) release(n int) {
	rest := st.buf[n:]
	ahead := st.win.released - n
	st.buf = st.buf[:n]
	st.part(wholeLines)
	st.buf = st.buf[:copy(st.buf[:len(rest)], rest)]
	st.win.released = max(0, ahead)
}

// Flush hands on what has waited too long: the clear part of the unfinished
// line as it is, the part an undecided candidate covers as a span.
func (st *Stream) Flush() error {
	if len(st.buf) > st.win.released && st.err == nil {
		st.part(unfinished)
	}
	return st.err
}

// Close hands on everything left; the text ends here.
func (st *Stream) Close() error {
	if len(st.buf) > 0 && st.err == nil {
		st.part(wholeLines)
	}
	return st.err
}

// Idle reports whether nothing that came before has a say in what comes next:
// no line is unfinished, no key block is open, and no line before left a name
// whose value is to come.
func (st *Stream) Idle() bool {
	return len(st.buf) == 0 && st.s.quiet()
}

// hand hands on a piece, which begins at from in the text last scanned.
func (st *Stream) hand(text []byte, spans []Span, from int) {
	st.err = st.emit(Piece{Text: text, Offset: st.off, Spans: spans, Decisions: st.s.trace.part(from, from+len(text))})
}

// part scans the unfinished line and hands it on.
func (st *Stream) part(m mode) {
	s := st.s
	s.save(&s.before)
	if st.win.inLine {
		s.carry = carry{}
	}
	st.spans = s.scan(st.spans[:0], st.buf, m)
	if m != wholeLines {
		s.resume(&s.before)
	}
	st.deliver(m)
}

// deliver hands on as much of the unfinished line as the mode allows.
func (st *Stream) deliver(m mode) {
	s, w := st.s, &st.win
	end := len(st.buf)
	cut := end
	if m == longLine {
		cut = settled(st.spans, end-overlap)
	}
	if m == unfinished && s.openAt < end {
		st.add(Span{Start: s.openAt, End: end, Detector: s.openBy, Confidence: finding.Likely, Evidence: Unclosed})
	}
	if m == unfinished && s.lookup != nil {
		cut = max(w.released, min(cut, s.lookup.hold))
	}
	if w.swallow != 0 {
		to := w.released
		if to < cut {
			to += swallowed(st.buf[to:cut], w.swallow)
		}
		if to > w.released {
			st.add(Span{Start: w.released, End: to, Detector: w.by, Confidence: finding.Certain, Evidence: Unclosed, Continued: true})
		}
		if to < cut {
			w.swallow = 0
		}
	}
	spans := st.spans[:0]
	marked := false
	for _, x := range st.spans {
		if x.End <= w.released || x.Start >= cut {
			continue
		}
		if x.Start < w.released {
			x.Start = w.released
			x.Continued = x.Continued || w.marked
		}
		x.End = min(x.End, cut)
		if x.End == cut {
			marked = true
			if m == longLine && cut == end && w.swallow == 0 {
				w.swallow, w.by = max(s.openQuote, anyStop), x.Detector
			}
		}
		x.Start, x.End = x.Start-w.released, x.End-w.released
		x.KeyStart, x.KeyEnd = max(0, x.KeyStart-w.released), max(0, x.KeyEnd-w.released)
		spans = append(spans, x)
	}
	if released := w.released; released <= cut {
		st.off += int64(released)
		st.hand(st.buf[released:cut], spans, released)
		st.off -= int64(released)
		w.released, w.marked = cut, marked
	}
	switch m {
	case wholeLines:
		st.off += int64(end)
		st.buf, st.win, st.line, st.parts = st.buf[:0], window{}, 0, [2]bool{}
	case longLine:
		drop := cut - lookBehind
		st.off += int64(drop)
		st.buf = st.buf[:copy(st.buf, st.buf[drop:])]
		w.released, w.inLine = w.released-drop, true
	}
}

// add inserts a span in order.
func (st *Stream) add(x Span) {
	st.s.spans = append(st.spans, x)
	st.spans = st.s.resolve(0)
}

// settled moves a cut behind the spans that lie across it. They are in order of
// their starts, so that one pass is enough.
func settled(spans []Span, cut int) int {
	for i, x := range spans {
		begins := x.Start
		if x.Continued && i > 0 {
			begins = spans[i-1].Start // pieces of one secret stay together
		}
		if begins < cut && x.End > cut {
			cut = x.End
		}
	}
	return cut
}

// swallowed returns how many bytes of b belong to a value that a window cut and that
// end ends: a quote, or anyStop.
func swallowed(b []byte, end byte) int {
	if end != anyStop {
		if i := bytes.IndexByte(b, end); i >= 0 {
			b = b[:i]
		}
		for i, c := range b {
			if lex[c]&isEOL != 0 {
				return i
			}
		}
		return len(b)
	}
	for i, c := range b {
		if lex[c]&isStop != 0 {
			return i
		}
	}
	return len(b)
}

// segment returns the length of the whole lines at the start of text that are
// scanned in one go, about segmentSize bytes; 0 where no line ends in text
// or the first is long.
func segment(text []byte) int {
	w := text[:min(len(text), segmentSize)]
	if i := bytes.LastIndexByte(w, '\n'); i >= 0 || len(w) == 0 {
		return i + 1
	}
	return bytes.LastIndexByte(w[:len(w)-1], '\r') + 1
}

// lineRest returns how many bytes of p belong to the line that buf begins,
// and whether the line ends with them. CR LF is one line end, so a CR ends a
// line only once the next byte is known.
func lineRest(buf, p []byte) (n int, done bool) {
	if len(buf) > 0 && buf[len(buf)-1] == '\r' && len(p) > 0 {
		if p[0] == '\n' {
			return 1, true
		}
		return 0, true
	}
	i := lineEnd(p)
	switch {
	case i == len(p) || p[i] == '\r' && i+1 == len(p):
		return len(p), false
	case p[i] == '\r' && p[i+1] == '\n':
		return i + 2, true
	}
	return i + 1, true
}
