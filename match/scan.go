package match

import (
	"encoding/binary"
	"math"
)

const (
	block      = 64        // bytes for which a kernel decides at a time
	stepBlocks = 256       // blocks in one call of a kernel
	candSlack  = 128       // candidates that a kernel may write beyond the last
	tailSize   = 3 * block // a padded tail: two blocks and what lies behind them

	// The automaton does the work of a step of at least denseFloor blocks where
	// it is faster: where more than one of denseFirst positions passes the first
	// filter, or, from there on, when verifying has looked at more than one entry
	// for each denseShare bytes of the step. It does the denseSteps that follow
	// unseen.
	denseFloor = 16
	denseFirst = 3
	denseShare = 4
	denseSteps = 7
)

// filtered appends every hit of buf, in the order of windows.
func (m *Matcher) filtered(dst []Hit, buf []byte, s *Scratch) []Hit {
	const over = width - 1 // bytes a kernel reads beyond its last block
	off, unseen := 0, 0
	for len(buf)-off >= block+over {
		n := min((len(buf)-off-over)/block, stepBlocks)
		if unseen > 0 {
			unseen--
			dst = m.dense(dst, buf, off, off+n*block, s)
			off += n * block
			continue
		}
		// n*block+over <= len(buf)-off: the kernel stays within buf.
		cands := s.cands[:candidates(m.kernel, m.filter, buf[off:], n, s)]
		if n >= denseFloor && len(cands) > n*block/denseFirst {
			unseen = denseSteps
			dst = m.dense(dst, buf, off, off+n*block, s)
			off += n * block
			continue
		}
		cands = m.filter.survivors(buf[off:], cands)
		left := math.MaxInt // work that verifying may take
		if n >= denseFloor {
			left = n * block / denseShare
		}
		rest := 0
		if dst, rest = m.verify(dst, buf, off, cands, left, s); rest < len(cands) {
			unseen = denseSteps
			dst = m.dense(dst, buf, off+int(cands[rest]), off+n*block, s)
		}
		off += n * block
	}
	return m.tail(dst, buf, off, s)
}

// tail scans what is left from off: fewer than block+width bytes, padded with
// zeros in s. What the padding brings up fails verification, which sees buf.
func (m *Matcher) tail(dst []Hit, buf []byte, off int, s *Scratch) []Hit {
	left := len(buf) - off
	if left == 0 {
		return dst
	}
	n := (left + block - 1) / block
	copy(s.tail[:], buf[off:])
	clear(s.tail[left:])
	cands := s.cands[:candidates(m.kernel, m.filter, s.tail[:], n, s)]
	cands = m.filter.survivors(s.tail[:], cands)
	for i, c := range cands {
		if int(c) >= left {
			cands = cands[:i]
			break
		}
	}
	dst, _ = m.verify(dst, buf, off, cands, math.MaxInt, s)
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

func (m *Matcher) offset(id uint32) uint8 { return m.filter.offsets[id] }

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
		if raw := binary.LittleEndian.Uint32(buf[c:]); f.quads.has(raw) || f.pairs.has(raw) {
			cands[n] = c
			n++
		}
	}
	return cands[:n]
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

// verify appends the hits at candidates, which count from off, until it has
// done the work given, and returns how many candidates it went through.
func (m *Matcher) verify(dst []Hit, buf []byte, off int, cands []uint16, work int, s *Scratch) ([]Hit, int) {
	v := verifier{m: m, buf: buf, s: s, dst: dst}
	for i, c := range cands {
		if v.work > work {
			return v.dst, i
		}
		at := off + int(c)
		var raw uint32
		if at+4 <= len(buf) {
			raw = binary.LittleEndian.Uint32(buf[at:])
		} else {
			for i, b := range buf[at:] {
				raw |= uint32(b) << (8 * i)
			}
		}
		q := &m.filter.quads
		v.slot(q, q.hash(raw)/16, at)
		if p := m.filter.pairs; p != nil {
			v.slot(p, p.hash(raw)/16, at)
		}
	}
	return v.dst, len(cands)
}

// verifier compares candidates with literals.
type verifier struct {
	m    *Matcher
	buf  []byte
	s    *Scratch
	dst  []Hit
	work int
}

// slot appends the hits among a slot's entries for a window that begins at at.
func (v *verifier) slot(p *probe, slot uint32, at int) {
	i := p.slots[slot]
	for {
		e := &p.entries[i]
		v.work++
		switch {
		case e.flags&entryBefore != 0:
			if at >= 4 {
				v.slot(p, e.jump(binary.LittleEndian.Uint32(v.buf[at-4:])), at)
			}
		case e.flags&entryAfter != 0:
			if at+8 <= len(v.buf) {
				v.slot(p, e.jump(binary.LittleEndian.Uint32(v.buf[at+4:])), at)
			}
		default:
			v.entry(e, at)
		}
		if e.flags&entryLast != 0 {
			return
		}
		i++
	}
}

// entry appends e's hit if its literal lies around at and its gate holds.
func (v *verifier) entry(e *entry, at int) {
	whole := false
	if b := at - int(e.back); b >= 0 && b+8 <= len(v.buf) {
		if binary.LittleEndian.Uint64(v.buf[b:])&e.mask != e.value {
			return
		}
		whole = e.flags&entryRest == 0
	}
	start := at - int(e.offset)
	end := start + int(e.size)
	if start < 0 || end > len(v.buf) || e.size == 0 {
		return
	}
	v.work++
	p := &v.m.pats[e.id]
	if !whole && !p.equal(v.buf[start:]) {
		return
	}
	if p.min > 0 && !v.m.gate(p, v.buf, end, v.s) {
		return
	}
	v.dst = append(v.dst, Hit{uint32(start), uint32(end), e.id})
}
