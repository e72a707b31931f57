package match

// run is a stretch of bytes of one class that gates have already read: [start,
// end), which goes on at end unless closed.
type run struct {
	start, end int
	scan       uint32 // Scratch.scan when it was read; another makes it void
	closed     bool
}

// gate reports whether at least p.min bytes of its class stand at buf[at:].
// What has been read of a run is remembered, so that many literals before or
// within one long run do not read it again and again.
func (m *Matcher) gate(p *pattern, buf []byte, at int, s *Scratch) bool {
	if len(buf)-at < p.min {
		return false
	}
	class := &p.gate
	if !class.Has(buf[at]) || !class.Has(buf[at+p.min-1]) {
		return false
	}
	r := &s.runs[p.class]
	if r.scan != s.scan || at < r.start || at > r.end {
		*r = run{start: at, end: at, scan: s.scan}
	}
	want := at + p.min
	if r.end >= want {
		return true
	}
	to := want
	if at > r.start {
		to = min(want+readAhead, len(buf)) // a run that is asked for again and again
	}
	for ; r.end < to && !r.closed; r.end++ {
		if !class.Has(buf[r.end]) {
			r.closed = true
			break
		}
	}
	return r.end >= want
}

// readAhead is how far beyond what is asked for a run is read the second time.
const readAhead = 128
