package redact

import (
	"bytes"

	"github.com/stanch/stanch/scan"
)

// lines is the state of Lines.
type lines struct {
	stream  *scan.Stream // nil until needed
	of      *Engine      // whose stream it is
	records [][]byte
	out     func(i int, redacted []byte)
	next    int         // record that has not been handed on
	at      int         // where it begins in the stream
	spans   []scan.Span // of it, so far
	calling bool        // out
	open    bool        // the last span goes on behind what was scanned
	log     *Log        // that the records belong to; nil if they are all of it
	since   int         // record that what is open depends on
}

// Lines redacts records that follow each other as the lines of a log do, and
// calls out for each, in order: a key block may go over many of them, and a name
// announce a value in the next. A record may hold lines of its own. redacted is
// the record itself where nothing changed; otherwise it is valid until out
// returns. What lies in the records behind the beginning of a secret is removed
// there. The findings of a record are reported right before its call of out. A
// record that is dropped is empty. Nothing is allocated where nothing is found.
func (r *Redactor) Lines(records [][]byte, out func(i int, redacted []byte)) {
	r.follow(nil, records, out)
}

func (r *Redactor) follow(log *Log, records [][]byte, out func(i int, redacted []byte)) {
	r.begin()
	r.plan.drop.unit = dropAll
	defer func() { r.plan.drop.unit = dropLines }()
	l := &r.lines
	l.start(records, out)
	l.log = log
	defer l.end()
	if r.guarded(r.feed) {
		return
	}
	// Inside a secret nobody could tell where it ends.
	open := l.open
	if log != nil {
		log.forget()
	}
	for ; l.next < len(records); l.next++ {
		if open {
			r.buf = r.fail(r.buf[:0], records[l.next])
			out(l.next, r.buf)
			continue
		}
		out(l.next, r.record(records[l.next]))
	}
}

// Words is Lines for the arguments of a command, which follow each other with
// blanks between them.
func (r *Redactor) Words(words [][]byte, out func(i int, redacted []byte)) {
	size := 0
	for _, w := range words {
		size += len(w) + 1
	}
	if size > arenaSize {
		r.Batch(words, out)
		return
	}
	r.begin()
	r.plan.drop.unit = dropAll
	defer func() { r.plan.drop.unit = dropLines }()
	l := &r.lines
	l.start(words, out)
	defer l.end()
	if r.guarded(r.command) {
		return
	}
	for ; l.next < len(words); l.next++ {
		out(l.next, r.record(words[l.next]))
	}
}

func (r *Redactor) command() {
	r.gather(nil)
	for _, w := range r.lines.records {
		r.arena = append(append(r.arena, w...), ' ')
	}
	r.enter(stageScan)
	r.spans = r.scanner.Text(r.spans[:0], r.arena)
	r.piece(scan.Piece{Text: r.arena, Spans: r.spans})
}

func (l *lines) start(records [][]byte, out func(i int, redacted []byte)) {
	l.records, l.out, l.next, l.at, l.open, l.calling = records, out, 0, 0, false, false
	l.spans = l.spans[:0]
}

func (l *lines) end() { l.records, l.out, l.log = nil, nil, nil }

// hand calls out for the next record.
func (l *lines) hand(redacted []byte) {
	l.calling = true
	l.out(l.next, redacted)
	l.calling = false
}

// guarded reports whether f came to its end. Panics of the caller's out go on.
func (r *Redactor) guarded(f func()) (ok bool) {
	defer func() {
		if r.lines.calling {
			return
		}
		if recover() != nil {
			r.renew()
			ok = false
		}
	}()
	f()
	return true
}

// feed hands all records to the stream.
func (r *Redactor) feed() {
	l := &r.lines
	if l.stream == nil || l.of != r.e {
		l.stream, l.of = r.e.scan.NewStream(r.piece), r.e
	}
	r.enter(stageScan)
	if l.log == nil {
		l.stream.Reset()
	} else {
		r.resume(l.log)
	}
	l.stream.From(r.Source.Path)
	for i := 0; i < len(l.records); {
		rest := l.records[i:]
		if l.log != nil && !l.stream.Idle() {
			rest = rest[:1] // to see when it ends
		}
		n := r.gatherLines(rest)
		if n == 0 {
			l.stream.Write(l.records[i])
			l.stream.Write(lineFeed)
			n = 1
		} else {
			l.stream.Write(r.arena)
		}
		if l.log != nil {
			l.mark(i)
		}
		i += n
	}
	if l.log == nil {
		l.stream.Close()
	} else {
		r.suspend(l.log)
	}
}

var lineFeed = []byte{'\n'}

// gatherLines copies records into the arena, a line feed behind each, and
// returns how many.
func (r *Redactor) gatherLines(records [][]byte) int {
	if cap(r.arena) == 0 {
		r.arena = make([]byte, 0, arenaSize)
	}
	r.arena = r.arena[:0]
	for i, rec := range records {
		if len(rec) >= longRecord || len(r.arena)+len(rec)+1 > arenaSize {
			return i
		}
		r.arena = append(append(r.arena, rec...), '\n')
	}
	return len(records)
}

// piece takes the next piece of the stream and hands on the records that end
// in it.
func (r *Redactor) piece(p scan.Piece) error {
	l := &r.lines
	start := int(p.Offset)
	end := start + len(p.Text)
	spans := p.Spans
	if n := len(spans); n > 0 {
		l.open = spans[n-1].Continued || spans[n-1].Evidence&scan.Unclosed != 0
	} else if bytes.IndexByte(p.Text, '\n') >= 0 {
		l.open = false
	}
	for l.next < len(l.records) {
		rec := l.records[l.next]
		stop := l.at + len(rec)
		for len(spans) > 0 && start+spans[0].End <= l.at {
			spans = spans[1:]
		}
		for i := range spans {
			if start+spans[i].Start >= stop {
				break
			}
			l.cut(spans[i], start, stop)
		}
		if stop >= end {
			return nil
		}
		if len(l.spans) > 0 {
			rec = r.within(rec)
			l.spans = l.spans[:0]
		}
		l.hand(rec)
		l.next++
		l.at = stop + 1
	}
	return nil
}

// cut takes the part of a span that lies in the record in hand, which ends at stop.
func (l *lines) cut(s scan.Span, start, stop int) {
	by := start - l.at
	s.Start, s.End, s.KeyStart, s.KeyEnd = s.Start+by, s.End+by, s.KeyStart+by, s.KeyEnd+by
	n := stop - l.at
	if s.End <= 0 {
		return
	}
	if s.Start < 0 {
		s.Start, s.Continued = 0, true
	}
	s.End = min(s.End, n)
	if s.KeyStart < 0 || s.KeyEnd > n || s.KeyStart >= s.KeyEnd {
		s.KeyStart, s.KeyEnd = 0, 0
	}
	l.spans = append(l.spans, s)
}

// within redacts a record with the spans that lie in it.
func (r *Redactor) within(rec []byte) (out []byte) {
	defer func() {
		if recover() != nil {
			out = r.fail(r.buf[:0], rec)
			r.buf = out
		}
	}()
	out, changed := r.apply(r.buf[:0], rec, nil, r.lines.spans)
	if !changed {
		return rec
	}
	r.buf = out
	return out
}
