package dictionary

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/stanch/stanch/match"
)

const chunk = 16 << 10 // bytes looked at in one go: what follows stays in the cache

// Scratch is what a scan needs to work with. The zero value is ready; one
// serves one scan at a time.
type Scratch struct {
	kinds blocks
	masks [maxBlocks]uint64
	other [maxBlocks]uint64
	at    offsets // where windows are looked up
	kept  offsets // those of them that may be some

	matcher  match.Scratch
	literals []match.Hit
}

// Scan appends every occurrence of every pattern in text, overlapping ones
// included, ordered by start. Nothing is allocated where nothing is found.
func (d *Dictionary) Scan(dst []Hit, text []byte, s *Scratch) []Hit {
	if d.count == 0 {
		return dst
	}
	from := len(dst)
	for off := 0; off+MinLen-behind <= len(text); off += chunk {
		blocks := d.kinds(text[off:], s)
		triggers := -1 // looked for once for two tiers
		for i := range d.tiers {
			t := &d.tiers[i]
			if t.count == 0 {
				continue
			}
			n, from := triggers, off
			if n < 0 || t.at > behindMixed {
				n = t.candidates(s, blocks, d.rung)
			}
			if t.at <= behindMixed {
				triggers = n
			}
			if t.at == behindMixed {
				from -= behind
			}
			at := s.at[:n]
			for len(at) > 0 && from+int(at[0]) < 0 {
				at = at[1:]
			}
			for len(at) > 0 && from+int(at[len(at)-1])+8 > len(text) {
				at = at[:len(at)-1]
			}
			n = d.rung.sift(t, text, from, at, &s.kept)
			dst = d.compare(dst, text, from, t, s.kept[:n])
		}
	}
	if d.rest != nil {
		dst = d.rest.scan(d, dst, text, s)
	}
	order(dst[from:])
	return dst
}

// kinds makes the masks of the chunk that rest begins with and of the block behind
// it, whose bytes a run may need. It returns the number of blocks in the chunk.
func (d *Dictionary) kinds(rest []byte, s *Scratch) int {
	whole := min(len(rest), chunk+64) / 64
	d.rung.kinds(rest[:whole*64], &s.kinds)
	if whole > chunk/64 {
		return chunk / 64
	}
	var last kinds
	d.kindsOf(rest[whole*64:], &last)
	s.kinds.set(whole, last)
	s.kinds.set(whole+1, kinds{})
	return min(whole+1, chunk/64)
}

// candidates writes the positions in the chunk where a window is looked up. Behind
// the end of the text there may be some.
func (t *tier) candidates(s *Scratch, n int, r rung) int {
	out := s.masks[:n]
	switch {
	case t.at <= behindMixed:
		r.mixed(&s.kinds, n, &s.masks)
	case t.at == inCased:
		t.gated(s.kinds[3][:n+1], out, r)
		without := s.other[:n+1]
		for _, letters := range [...][]uint64{s.kinds[0][:n+1], s.kinds[1][:n+1]} {
			for i, m := range letters {
				without[i] = ^m
			}
			t.gated(without, without[:n], r)
			for i := range out {
				out[i] &^= without[i]
			}
		}
	default:
		t.gated(t.bytes(s, n), out, r)
	}
	return r.flatten(out, t.stride, &s.at)
}

// gated writes, for all masks but the last, where windows are looked up if these are
// the bytes that a run may have.
func (t *tier) gated(masks, out []uint64, r rung) {
	r.gated(masks, t.steps, strides[t.stride], out)
}

// pack brings the bits at multiples of eight together, those of eight masks in one.
func pack(masks []uint64) []uint64 {
	for i := 0; i < len(masks); i += 8 {
		var m uint64
		for k, x := range masks[i:min(i+8, len(masks))] {
			m |= x * 0x0102040810204080 >> 56 << (8 * k & 63)
		}
		masks[i/8] = m
	}
	return masks[:(len(masks)+7)/8]
}

// bytes is the masks of n blocks, and one more, of the bytes that a run may have.
func (t *tier) bytes(s *Scratch, n int) []uint64 {
	masks := s.masks[:n+1]
	switch t.at {
	case inDigits:
		return s.kinds[2][:n+1]
	case inVisible:
		return s.kinds[3][:n+1]
	case inWord:
		for i := range masks {
			masks[i] = s.kinds[0][i] | s.kinds[1][i] | s.kinds[2][i]
		}
	default:
		for i := range masks {
			masks[i] = ^uint64(0)
		}
	}
	return masks
}

// strides has a bit for every multiple of a stride.
var strides = [...]uint64{1: ^uint64(0), 4: 0x1111111111111111, 8: 0x0101010101010101}

// gatedPlain writes, for all masks but the last, the bits at multiples of the
// stride that gate ones begin with. The masks may be written to the same place.
func gatedPlain(masks []uint64, steps [][2]uint64, every uint64, out []uint64) {
	lo := masks[0]
	for i, next := range masks[1:] {
		hi := next
		for _, s := range steps {
			lo, hi = lo&(lo>>(s[0]&63)|hi<<(s[1]&63)), hi&(hi>>(s[0]&63))
		}
		out[i] = lo & every
		lo = next
	}
}

// flattenPlain writes the places of the ones, which are at multiples of the stride. In
// most masks there are none to two, which are written without asking how many.
func flattenPlain(masks []uint64, stride int, at *offsets) (n int) {
	shift := 0
	if stride == 8 {
		masks, shift = pack(masks), 3
	}
	for i, m := range masks {
		to := (*[64]uint16)(at[n:])
		n += bits.OnesCount64(m)
		base := uint16(i << 6)
		for k := 0; k < 64; k += 2 {
			to[k] = (base + uint16(bits.TrailingZeros64(m))) << shift
			m &= m - 1
			to[k+1] = (base + uint16(bits.TrailingZeros64(m))) << shift
			if m &= m - 1; m == 0 {
				break
			}
		}
	}
	return n
}

// sift writes the positions whose next eight bytes may be a window. It does not
// ask which they are, so that the look-ups in the filter overlap.
func (t *tier) sift(text []byte, off int, at []uint16, kept *offsets) (n int) {
	filter, shift := t.filter, t.shift&63
	for _, p := range at {
		h := short(binary.LittleEndian.Uint64(text[off+int(p):]))
		w := filter[h>>shift]
		kept[n&(chunk-1)] = p
		n += int(w >> (h >> 8 & 63) & (w >> (h >> 14 & 63)) & 1)
	}
	return n
}

// compare appends the patterns one of whose windows stands at a position.
func (d *Dictionary) compare(dst []Hit, text []byte, off int, t *tier, at []uint16) []Hit {
	room := 8
	if t.long() {
		room = 16
	}
	for _, p := range at {
		for i := off + int(p); i > off+int(p)-t.stride && i >= 0; i-- {
			if i+room > len(text) {
				continue
			}
			s, found := t.slot(t.anchor(text[i:]))
			if !found {
				continue
			}
			for k := uint32(t.table[s]); k != 0; {
				v, e := d.pattern(int(k-1)), d.entry(int(k-1))
				k = e.next
				start := i - int(e.anchor)
				if start >= 0 && start+len(v) <= len(text) && string(text[start:start+len(v)]) == string(v) {
					dst = append(dst, Hit{start, start + len(v), e.id})
				}
			}
		}
	}
	return dst
}

// order sorts hits by their starts. Mostly they come in order.
func order(hits []Hit) {
	inOrder := func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.ID, b.ID))
	}
	if !slices.IsSortedFunc(hits, inOrder) {
		slices.SortFunc(hits, inOrder)
	}
}
