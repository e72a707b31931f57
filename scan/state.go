package scan

import "github.com/stanch/stanch/finding"

// State is what the lines of a stream leave for those to come: key blocks that are
// open, a name whose value is below, the columns of a table, records that a
// container runtime has cut. The zero State leaves nothing. It may be kept, and be
// resumed by a stream of another engine.
type State struct {
	of       *Engine
	open     bool
	blocks   blocks
	carry    carry
	manifest manifest

	// Lines that are held because a record in them goes on, all handed on already.
	held   []byte
	line   int
	parts  [2]bool
	marked bool
}

// Idle reports whether nothing is left.
func (l *State) Idle() bool { return !l.open }

// Held returns how many bytes of text the state holds.
func (l *State) Held() int { return len(l.held) }

// Forget makes l one that leaves nothing.
func (l *State) Forget() { l.open, l.held = false, l.held[:0] }

// Suspend hands on everything left, what is undecided as a span, and puts into to
// what a stream needs to go on with the next line. The stream is at an end.
func (st *Stream) Suspend(to *State) error {
	if err := st.Flush(); err != nil {
		return err
	}
	w := &st.win
	if n := len(st.buf) - w.released; n > 0 {
		// Too short to tell what it is, and there is no waiting.
		st.off += int64(w.released)
		st.spans = append(st.spans[:0], Span{End: n, Detector: st.s.e.inventoried, Confidence: finding.Likely, Evidence: Unclosed})
		st.hand(st.buf[w.released:], st.spans, w.released)
		w.released, w.marked = len(st.buf), true
	}
	to.Forget()
	if st.Idle() || st.err != nil {
		return st.err
	}
	s := st.s
	to.of, to.open = s.e, true
	to.blocks, to.carry, to.manifest = s.blocks, s.carry, s.manifest
	if st.win.inLine {
		return nil // of a line longer than any window the rest is a line of its own
	}
	to.held = append(to.held, st.buf...)
	to.line, to.parts, to.marked = st.line, st.parts, w.marked
	return nil
}

// Resume makes the stream one that goes on where another was suspended. Its offsets
// count from there.
func (st *Stream) Resume(from *State) {
	st.Reset()
	if !from.open {
		return
	}
	s := st.s
	s.blocks, s.carry, s.manifest = from.blocks, from.carry, from.manifest
	if from.of != s.e {
		s.translate(from.of)
	}
	st.buf = append(st.buf, from.held...)
	st.line, st.parts, st.off = from.line, from.parts, -int64(len(from.held))
	st.win = window{released: len(from.held), marked: from.marked && len(from.held) > 0}
}

// translate names the detectors of what is open as the scanner's engine does. What
// belongs to one that it has not is closed.
func (s *Scanner) translate(from *Engine) {
	of := func(d int32) int32 {
		for i := range s.e.detectors {
			if s.e.detectors[i].ID == from.detectors[d].ID {
				return int32(i)
			}
		}
		return -1
	}
	for i := s.blocks.n - 1; i >= 0; i-- {
		b := &s.blocks.open[i]
		if b.detector = of(b.detector); b.detector < 0 {
			s.blocks.close(i)
		}
	}
	if m := &s.manifest; m.open {
		m.detector = of(m.detector)
		m.open = m.detector >= 0
	}
	if c := &s.carry; c.kind != nothing {
		// Of most kinds a name tells the detector, which is asked for again.
		if c.detector = of(c.detector); c.detector < 0 {
			c.kind = nothing
		}
	}
}
