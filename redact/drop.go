package redact

import (
	"bytes"
	"slices"
)

// Drop works on records: on lines in text, on the whole in a batch. A value whose
// key is known is no record; there it is Remove.

// unit is what Drop leaves out.
type unit uint8

const (
	dropLines unit = iota
	dropAll
	dropValue
)

// dropped is what of a text goes with its records.
type dropped struct {
	unit   unit
	ranges []stretch // that Drop decides on, then with their lines around them
	// goesOn: the line whose beginning was dropped has not come to its end. torn:
	// its beginning had gone out before, so that its end must stay.
	goesOn, torn bool
	mid          bool // the text begins in the middle of a line
	left         bool // the record is left out
}

type stretch struct{ start, end int }

// leaveOut replaces the edits in records that are dropped by one for all of them.
func (p *plan) leaveOut(text []byte) {
	d := &p.drop
	d.left = false
	switch {
	case d.unit == dropValue || len(d.ranges) == 0 && !d.goesOn:
		return
	case d.unit == dropAll:
		d.left = true
		p.edits = append(p.edits[:0], edit{end: len(text), action: Keep})
		return
	}
	torn := d.mid
	if d.goesOn {
		d.ranges = slices.Insert(d.ranges, 0, stretch{0, 0})
		torn = d.torn
	}
	merged := d.ranges[:0]
	for _, r := range d.ranges {
		r = p.lines(text, r)
		if n := len(merged); n > 0 && r.start < merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, r.end)
			continue
		}
		merged = append(merged, r)
	}
	d.ranges = merged
	last := &merged[len(merged)-1]
	d.goesOn = last.end == len(text) && (last.end == 0 || !isEnd(text[last.end-1]))
	d.torn = d.goesOn && last.start == 0 && torn
	if torn && merged[0].start == 0 && !d.goesOn {
		merged[0].end -= endOf(text[:merged[0].end])
	}
	var edits []edit
	for _, r := range merged {
		for len(p.edits) > 0 && p.edits[0].start < r.start {
			edits = append(edits, p.edits[0])
			p.edits = p.edits[1:]
		}
		for len(p.edits) > 0 && p.edits[0].end <= r.end {
			p.edits = p.edits[1:]
		}
		edits = append(edits, edit{start: r.start, end: r.end, action: Keep})
	}
	p.edits = append(edits, p.edits...)
}

// lines widens a stretch to whole lines, and to those of every edit that
// begins or ends in them.
func (p *plan) lines(text []byte, r stretch) stretch {
	for {
		w := stretch{lineStart(text, r.start), lineAfter(text, max(r.start, r.end-1))}
		for i := range p.edits {
			if e := &p.edits[i]; e.start < w.end && e.end > w.start {
				w.start, w.end = min(w.start, e.start), max(w.end, e.end)
			}
		}
		if w == r {
			return r
		}
		r = w
	}
}

func isEnd(c byte) bool { return c == '\n' || c == '\r' }

func lineStart(text []byte, pos int) int {
	return bytes.LastIndexAny(text[:pos], "\r\n") + 1
}

// lineAfter returns where the line behind that which holds pos begins.
func lineAfter(text []byte, pos int) int {
	i := bytes.IndexAny(text[pos:], "\r\n")
	if i < 0 {
		return len(text)
	}
	if pos += i; text[pos] == '\r' && pos+1 < len(text) && text[pos+1] == '\n' {
		pos++
	}
	return pos + 1
}

// endOf returns the length of the line end that b ends with.
func endOf(b []byte) int {
	n := len(b)
	for n > 0 && len(b)-n < 2 && isEnd(b[n-1]) {
		n--
	}
	return len(b) - n
}
