package match

import (
	"encoding/binary"
	"math"
)

const (
	block     = 64               // positions for which a kernel decides at a time
	step      = 256 * block      // positions in one call of a kernel, and
	stepMost  = step + block - 1 // with what is left of the text
	candSlack = 128              // candidates that a kernel may write beyond the last
	over      = width - 1        // bytes that are read beyond the positions

	// The automaton does the work of a step of at least denseFloor positions
	// where it is faster: where more than one of denseFirst positions passes the
	// first filter, or, from there on, when verifying has looked at more than one
	// entry for each denseShare bytes of the step. It does the denseSteps that
	// follow unseen.
	denseFloor = 16 * block
	denseFirst = 3
	denseShare = 2
	denseSteps = 7

	// Texts of at least block+over and at most so many bytes are gone through in one
	// call. All of their positions may be found, and one more be written.
	recordMost = verifyChunk - 1
)

// filtered appends every hit of buf, in the order of windows, or more than most of
// those up to the place that it returns.
func (m *Matcher) filtered(dst []Hit, buf []byte, most int, s *Scratch) ([]Hit, int) {
	if len(buf) < block+over {
		return m.short(dst, buf, s), len(buf)
	}
	off, unseen, have := 0, 0, len(dst)
	for end := len(buf) - over; off < end; {
		if n, ok := m.enough(dst, have, most, off); ok {
			return dst, n
		}
		n := end - off
		if n > stepMost {
			n = step
		}
		if unseen > 0 {
			unseen--
			dst = m.dense(dst, buf, off, off+n, s)
			off += n
			continue
		}
		cands := s.cands[:candidates(m.kernel, m.filter, buf[off:], n, s)]
		if n >= denseFloor && len(cands) > n/denseFirst {
			unseen = denseSteps
			dst = m.dense(dst, buf, off, off+n, s)
			off += n
			continue
		}
		if cands = m.filter.survivors(buf[off:], cands); len(cands) == 0 {
			off += n
			continue
		}
		left := math.MaxInt // work that verifying may take
		if n >= denseFloor {
			left = n / denseShare
		}
		rest := 0
		if dst, rest = m.verify(dst, buf, off, cands, left, s); rest < len(cands) {
			unseen = denseSteps
			dst = m.dense(dst, buf, off+int(cands[rest]), off+n, s)
		}
		off += n
	}
	// Windows that begin in the last bytes stretch beyond them.
	reach, ends := m.filter.reach, false
	for _, b := range buf[len(buf)-reach:] {
		ends = ends || m.filter.ends.Has(b)
	}
	if !ends {
		return dst, len(buf)
	}
	for i := range reach {
		if m.filter.has(padded(buf, off+i)) {
			dst, _ = m.verify(dst, buf, off+i, []uint16{0}, math.MaxInt, s)
		}
	}
	return dst, len(buf)
}

// short is filtered for texts of fewer bytes than a kernel reads, by a copy with
// zeros behind. What these bring up fails verification, which sees buf.
func (m *Matcher) short(dst []Hit, buf []byte, s *Scratch) []Hit {
	n := copy(s.tail[:], buf)
	clear(s.tail[n:])
	cands := s.cands[:candidates(m.kernel, m.filter, s.tail[:], max(n, block), s)]
	for len(cands) > 0 && int(cands[len(cands)-1]) >= n {
		cands = cands[:len(cands)-1]
	}
	cands = m.filter.survivors(s.tail[:], cands)
	dst, _ = m.verify(dst, buf, 0, cands, math.MaxInt, s)
	return dst
}

// dense appends the hits whose windows begin in [from, to), by the automaton.
func (m *Matcher) dense(dst []Hit, buf []byte, from, to int, s *Scratch) []Hit {
	have := len(dst)
	// A window begins within its literal, so that the literal's last byte lies
	// at or after from, and at most maxText-1 after the window's first.
	dst = m.walked(dst, buf, from, min(to+m.maxText-1, len(buf)), s)
	keep := have
	for _, h := range dst[have:] {
		if at := int(h.Start) + int(m.offset(h.ID)); at >= from && at < to {
			dst[keep] = h
			keep++
		}
	}
	return dst[:keep]
}

func (m *Matcher) offset(id uint32) uint8 { return m.filter.entries[id].offset }

// survivors keeps the candidates that a probe knows, in place. Four bytes may
// be read at each.
func (f *filter) survivors(buf []byte, cands []uint16) []uint16 {
	if len(cands) == 0 {
		return cands
	}
	if f.pairs == nil {
		return cands[:probeAll(&f.quads, buf, cands)]
	}
	n := 0
	for _, c := range cands {
		if f.has(binary.LittleEndian.Uint32(buf[c:])) {
			cands[n] = c
			n++
		}
	}
	return cands[:n]
}

// has reports whether a probe knows the four bytes raw.
func (f *filter) has(raw uint32) bool {
	return f.quads.has(raw) || f.pairs != nil && f.pairs.has(raw)
}

// probeAllGo keeps the candidates that p knows and returns their number.
func probeAllGo(p *probe, buf []byte, cands []uint16) int {
	n := 0
	for _, c := range cands {
		cands[n] = c
		if p.has(binary.LittleEndian.Uint32(buf[c:])) {
			n++
		}
	}
	return n
}
