package match

import (
	"encoding/binary"
	"math"
)

const (
	// around is how far before a window, and beyond how far from its first byte
	// on, slots are looked at.
	around, beyond = 7, 8

	verifyChunk = 512 // survivors that are verified at a time
	likelyMost  = 512 // literals that are looked at closely at a time
)

// likelies has room for likelyMost and what may be written too many.
type likelies [likelyMost + 8]uint64

// verify appends the hits at candidates, which count from off, until it has
// done the work given, and returns how many candidates it went through.
func (m *Matcher) verify(dst []Hit, buf []byte, off int, cands []uint16, work int, s *Scratch) ([]Hit, int) {
	v := verifier{m: m, buf: buf, s: s, dst: dst, work: work}
	f := m.filter
	for i := 0; i < len(cands); i += verifyChunk {
		part := cands[i:min(i+verifyChunk, len(cands))]
		have := len(v.dst)
		v.probe(&f.quads, off, part)
		if f.pairs != nil && v.work >= 0 {
			v.probe(f.pairs, off, part)
		}
		if v.work < 0 {
			return v.dst[:have], i
		}
	}
	return v.dst, len(cands)
}

// probe appends the hits of p's literals at cands, which count from off. It
// stops where the work is done.
func (v *verifier) probe(p *probe, off int, cands []uint16) {
	for len(cands) > 0 && off+int(cands[0]) < around {
		v.careful(p, off+int(cands[0]))
		cands = cands[1:]
	}
	n := len(cands)
	for n > 0 && off+int(cands[n-1]) > len(v.buf)-beyond {
		n--
	}
	if n <= fewSurvivors {
		for _, c := range cands[:n] {
			v.one(p, off+int(c))
		}
		cands, n = cands[n:], 0
	}
	if n > 0 {
		found := v.s.found[:near(p, v.buf, off, cands[:n], &v.s.found)]
		for len(found) > 0 && v.work >= 0 {
			slots, literals, kept := sift(v.m.kernel, p, v.buf, found, &v.s.likely)
			if slots == 0 { // one with more literals than there is room for
				v.careful(p, int(found[0]>>32))
				slots = 1
			}
			v.literals(p, v.s.likely[:kept])
			v.work -= literals
			found = found[slots:]
		}
	}
	for _, c := range cands[n:] {
		v.careful(p, off+int(c))
	}
}

// fewSurvivors are looked at one by one.
const fewSurvivors = 2

// one appends the hits at one place that is far enough from both ends.
func (v *verifier) one(p *probe, at int) {
	i := p.slots[p.hash(binary.LittleEndian.Uint32(v.buf[at:]))/16]
	h := &p.heads[i]
	if binary.LittleEndian.Uint64(v.buf[at-int(h.back):])&h.shared.mask != h.shared.value {
		return
	}
	v.block(p, h, at)
}

// closer appends the hits at the places that record found.
func (m *Matcher) closer(dst []Hit, buf []byte, found []uint64, s *Scratch) []Hit {
	v := verifier{m: m, buf: buf, s: s, dst: dst, work: math.MaxInt}
	p := &m.filter.quads
	for _, x := range found {
		at, head := int(x>>32), uint32(x)
		if at < around || at > len(buf)-beyond {
			v.slot(p, head, at)
		} else {
			v.block(p, &p.heads[head], at)
		}
	}
	return v.dst
}

// block appends the hits among the literals of h, at a place that is far enough from
// both ends.
func (v *verifier) block(p *probe, h *head, at int) {
	block := binary.LittleEndian.Uint64(v.buf[at-int(h.block):])
	values, masks := p.values[h.first:][:h.count], p.masks[h.first:][:h.count]
	v.work -= len(values)
	for k, mask := range masks {
		if block&mask != values[k] {
			continue
		}
		if id := p.refs[int(h.first)+k]; id&jumpRef != 0 {
			v.jump(p, &p.jumps[id&^jumpRef], at)
		} else {
			v.whole(id, at-int(v.m.offset(id)))
		}
	}
}

// nearGo writes to found, for those of cands that agree with what the literals
// of their slot share, the place in the text times 2^32 and the slot's head, and
// returns their number. Of the text it reads what is around and beyond them.
func nearGo(p *probe, buf []byte, off int, cands []uint16, found *[verifyChunk]uint64) int {
	n := 0
	for _, c := range cands {
		at := off + int(c)
		i := p.slots[p.hash(binary.LittleEndian.Uint32(buf[at:]))/16]
		h := &p.heads[i]
		if binary.LittleEndian.Uint64(buf[at-int(h.back):])&h.shared.mask == h.shared.value {
			found[n] = uint64(at)<<32 | uint64(i)
			n++
		}
	}
	return n
}

// siftGo writes to likely, for those literals of the slots found that agree with
// a block of 8 bytes, the place in the text times 2^32 and the reference. It
// stops before a slot for which there may be no room, and returns the numbers of
// slots and of literals that it went through and of those it kept.
func siftGo(p *probe, buf []byte, found []uint64, likely *likelies) (slots, literals, kept int) {
	for _, x := range found {
		at, h := int(x>>32), &p.heads[uint32(x)]
		if literals+int(h.count) > likelyMost {
			break
		}
		slots++
		literals += int(h.count)
		block := binary.LittleEndian.Uint64(buf[at-int(h.block):])
		values, masks, refs := p.values[h.first:], p.masks[h.first:], p.refs[h.first:]
		for i := range h.count {
			if block&masks[i] == values[i] {
				likely[kept] = uint64(at)<<32 | uint64(refs[i])
				kept++
			}
		}
	}
	return slots, literals, kept
}

// padded returns the four bytes of buf from at on, zero beyond its end.
func padded(buf []byte, at int) (raw uint32) {
	if at+4 <= len(buf) {
		return binary.LittleEndian.Uint32(buf[at:])
	}
	for i, b := range buf[at:] {
		raw |= uint32(b) << (8 * i)
	}
	return raw
}

// verifier compares candidates with literals.
type verifier struct {
	m    *Matcher
	buf  []byte
	s    *Scratch
	dst  []Hit
	work int // that is left; below zero another way is better
}

// literals appends the hits among likely ones.
func (v *verifier) literals(p *probe, likely []uint64) {
	if len(likely) == 0 {
		return
	}
	entries, dst := v.m.filter.entries, v.dst
	// Far from the ends of the text all literals that may be there are inside.
	first, last := int(likely[0]>>32), int(likely[len(likely)-1]>>32)
	inside := first >= v.m.maxText && last+v.m.maxLen+beyond < len(v.buf)
	if inside {
		likely = likely[:confirm(v.m, v.buf, likely)]
	}
	for _, x := range likely {
		at, id := int(x>>32), uint32(x)
		if id&jumpRef != 0 {
			v.dst = dst
			v.jump(p, &p.jumps[id&^jumpRef], at)
			dst = v.dst
			continue
		}
		e := &entries[id]
		start := at - int(e.offset)
		if e.more || !inside {
			v.dst = dst
			v.whole(id, start)
			dst = v.dst
			continue
		}
		dst = append(dst, Hit{uint32(start), uint32(start + int(e.size)), id})
	}
	v.dst = dst
}

// confirmGo keeps, in place, of likely literals those whose entry agrees, and
// all jumps, and returns their number.
func confirmGo(m *Matcher, buf []byte, likely []uint64) int {
	n := 0
	for _, x := range likely {
		if uint32(x)&jumpRef == 0 {
			at, e := int(x>>32), &m.filter.entries[uint32(x)]
			a, b, end := &e.blocks[0], &e.blocks[1], at-int(e.offset)+int(e.size)
			if binary.LittleEndian.Uint64(buf[at+int(e.at[0]):])&a.mask != a.value ||
				binary.LittleEndian.Uint64(buf[at+int(e.at[1]):])&b.mask != b.value ||
				!m.classes[e.class].Has(buf[end]) || !m.classes[e.class].Has(buf[end+int(e.gate)]) {
				continue
			}
		}
		likely[n] = x
		n++
	}
	return n
}

// whole appends the hit of literal id at start if all of it and its gate stand
// there.
func (v *verifier) whole(id uint32, start int) {
	p := &v.m.pats[id]
	end := start + len(p.text)
	v.work--
	if start < 0 || end > len(v.buf) || !p.equal(v.buf[start:]) || p.min > 0 && !v.m.gate(p, v.buf, end, v.s) {
		return
	}
	v.dst = append(v.dst, Hit{uint32(start), uint32(end), id})
}

// careful appends the hits at one place, anywhere in the text.
func (v *verifier) careful(p *probe, at int) {
	v.slot(p, p.slots[p.hash(padded(v.buf, at))/16], at)
}

// slot appends the hits at one place among the literals of a head.
func (v *verifier) slot(p *probe, head uint32, at int) {
	h := &p.heads[head]
	v.work -= int(h.count)
	for _, id := range p.refs[h.first:][:h.count] {
		if id&jumpRef != 0 {
			v.jump(p, &p.jumps[id&^jumpRef], at)
		} else {
			v.whole(id, at-int(v.m.offset(id)))
		}
	}
}

// jump appends the hits of the slot to which j leads from the text around at.
func (v *verifier) jump(p *probe, j *jump, at int) {
	from := at + width
	if j.before {
		from = at - width
	}
	if from >= 0 && from+width <= len(v.buf) {
		v.slot(p, p.slots[j.to(binary.LittleEndian.Uint32(v.buf[from:]))], at)
	}
}
