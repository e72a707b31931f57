package redact

import (
	"bytes"

	"github.com/stanch/stanch/scan"
)

const (
	// arenaSize is how many bytes of short records are scanned together: enough
	// to hide what starting a scan costs, little enough to stay in the L1 cache.
	arenaSize = 16 << 10
	// longRecord is the length from which a record is scanned where it is.
	longRecord = 2 << 10
)

// Batch redacts records that have nothing to do with each other and calls out
// for each, in order. redacted is the record itself where nothing changed;
// otherwise it is valid until out returns. The findings of a record are
// reported right before its call of out. A record that is dropped is empty.
func (r *Redactor) Batch(records [][]byte, out func(i int, redacted []byte)) {
	r.plan.drop.unit = dropAll
	defer func() { r.plan.drop.unit = dropLines }()
	for i := 0; i < len(records); {
		n := r.gather(records[i:])
		if n < 2 {
			out(i, r.record(records[i]))
			i++
			continue
		}
		spans, ok := r.scanArena()
		r.group(spans, ok, records[i:i+n], i, out)
		i += n
	}
}

// gather copies records into the arena, a line feed behind each, and returns
// how many: those up to the first that is long or holds lines of its own.
func (r *Redactor) gather(records [][]byte) int {
	if cap(r.arena) == 0 {
		r.arena = make([]byte, 0, arenaSize)
	}
	r.arena, r.ends = r.arena[:0], r.ends[:0]
	for _, rec := range records {
		if len(rec) >= longRecord || len(r.arena)+len(rec)+1 > arenaSize || bytes.IndexByte(rec, '\n') >= 0 {
			break
		}
		r.arena = append(append(r.arena, rec...), '\n')
		r.ends = append(r.ends, len(r.arena)-1)
	}
	return len(r.ends)
}

// record redacts one record by itself.
func (r *Redactor) record(rec []byte) []byte {
	r.begin()
	out, changed := r.text(r.buf[:0], rec)
	if !changed {
		return rec
	}
	r.buf = out
	return out
}

// group redacts the records in the arena with the spans found there. Should one
// say anything about more than one of them, each is scanned by itself: what a
// record becomes must not depend on its neighbours.
func (r *Redactor) group(spans []scan.Span, ok bool, records [][]byte, first int, out func(i int, redacted []byte)) {
	if !ok {
		for i, rec := range records {
			out(first+i, r.record(rec))
		}
		return
	}
	start := 0
	for i, rec := range records {
		end := r.ends[i]
		n := 0
		for n < len(spans) && spans[n].Start < end {
			n++
		}
		if n == 0 {
			out(first+i, rec)
		} else {
			out(first+i, r.shifted(rec, spans[:n], start))
		}
		spans = spans[n:]
		start = end + 1
	}
}

// scanArena scans the arena and reports whether every span belongs to one
// record alone.
func (r *Redactor) scanArena() (spans []scan.Span, ok bool) {
	if _, ok := r.scanLines(r.arena); !ok {
		return nil, false
	}
	i, start := 0, 0
	for j := range r.spans {
		s := &r.spans[j]
		for i < len(r.ends) && s.Start > r.ends[i] {
			start = r.ends[i] + 1
			i++
		}
		if i == len(r.ends) || s.Start < start || s.End > r.ends[i] || s.Continued || s.Evidence&scan.Unclosed != 0 ||
			s.KeyStart < s.KeyEnd && (s.KeyStart < start || s.KeyEnd > r.ends[i]) {
			return nil, false
		}
	}
	return r.spans, true
}

// shifted redacts a record whose spans count from off.
func (r *Redactor) shifted(rec []byte, spans []scan.Span, off int) (out []byte) {
	defer func() {
		if recover() != nil {
			out = r.fail(r.buf[:0], rec)
			r.buf = out
		}
	}()
	for i := range spans {
		s := &spans[i]
		s.Start -= off
		s.End -= off
		if s.KeyStart != s.KeyEnd {
			s.KeyStart -= off
			s.KeyEnd -= off
		} else {
			s.KeyStart, s.KeyEnd = 0, 0
		}
	}
	r.plan.restart()
	out, changed := r.apply(r.buf[:0], rec, nil, spans)
	if !changed {
		return rec
	}
	r.buf = out
	return out
}
