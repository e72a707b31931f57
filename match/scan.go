package match

import "encoding/binary"

const (
	block      = 64        // bytes for which a kernel decides at a time
	stepBlocks = 256       // blocks in one call of a kernel
	candSlack  = 128       // candidates that a kernel may write beyond the last
	tailSize   = 3 * block // a padded tail: two blocks and what lies behind them

	// A step of at least denseFloor blocks in which more than one position of
	// denseShare survives both filters goes to the automaton, and so do, unseen,
	// the denseSteps that follow.
	denseFloor = 16
	denseShare = 8
	denseSteps = 3
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
		cands = m.filter.survivors(buf[off:], cands)
		if n >= denseFloor && len(cands) > n*block/denseShare {
			unseen = denseSteps
			dst = m.dense(dst, buf, off, off+n*block, s)
		} else if len(cands) > 0 {
			dst = m.verify(dst, buf, off, cands, s)
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
	return m.verify(dst, buf, off, cands, s)
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

// verify appends the hits at candidates, which count from off.
func (m *Matcher) verify(dst []Hit, buf []byte, off int, cands []uint16, s *Scratch) []Hit {
	for _, c := range cands {
		at := off + int(c)
		var raw uint32
		if at+4 <= len(buf) {
			raw = binary.LittleEndian.Uint32(buf[at:])
		} else {
			for i, b := range buf[at:] {
				raw |= uint32(b) << (8 * i)
			}
		}
		dst = m.verifyAt(dst, &m.filter.quads, raw, buf, at, s)
		if m.filter.pairs != nil {
			dst = m.verifyAt(dst, m.filter.pairs, raw, buf, at, s)
		}
	}
	return dst
}

func (m *Matcher) verifyAt(dst []Hit, p *probe, raw uint32, buf []byte, at int, s *Scratch) []Hit {
	for i := p.slots[p.hash(raw)/16]; ; i++ {
		e := &p.entries[i]
		if m.verifyEntry(e, buf, at) {
			start := at - int(e.offset)
			end := start + int(e.size)
			pat := &m.pats[e.id]
			if pat.min == 0 || m.gate(pat, buf, end, s) {
				dst = append(dst, Hit{uint32(start), uint32(end), e.id})
			}
		}
		if e.flags&entryLast != 0 {
			return dst
		}
	}
}

func (m *Matcher) verifyEntry(e *entry, buf []byte, at int) bool {
	whole := false
	if b := at - int(e.back); b >= 0 && b+8 <= len(buf) {
		if binary.LittleEndian.Uint64(buf[b:])&e.mask != e.value {
			return false
		}
		whole = e.flags&entryRest == 0
	}
	start := at - int(e.offset)
	if start < 0 || start+int(e.size) > len(buf) || e.size == 0 {
		return false
	}
	return whole || m.pats[e.id].equal(buf[start:])
}
