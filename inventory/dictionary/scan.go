package dictionary

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

const chunk = 16 << 10 // bytes looked at in one go: what follows stays in the cache

// Scratch is what a scan needs to work with. The zero value is ready; one
// serves one scan at a time.
type Scratch struct {
	masks [chunk/64 + 1]uint64
	at    [chunk + 64]uint16
}

// Scan appends every occurrence of every pattern in text, overlapping ones
// included, ordered by start. Nothing is allocated where nothing is found.
func (d *Dictionary) Scan(dst []Hit, text []byte, s *Scratch) []Hit {
	if len(d.patterns) == 0 {
		return dst
	}
	from := len(dst)
	for off := 0; off+MinLen <= len(text); off += chunk {
		blocks := d.masks(text, off, s)
		for i := range d.tiers {
			if t := &d.tiers[i]; t.count > 0 {
				n := t.candidates(s, blocks)
				n = t.sift(text[off:], s.at[:n])
				dst = d.compare(dst, text, off, t, s.at[:n])
			}
		}
	}
	order(dst[from:])
	return dst
}

// masks makes the masks of a chunk at off and of the block behind it, whose
// bytes a run may need. It returns the number of blocks in the chunk.
func (d *Dictionary) masks(text []byte, off int, s *Scratch) int {
	rest := text[off:]
	whole := min(len(rest), chunk+64) / 64
	if d.kernel {
		masksKernel(rest[:whole*64], &d.class, s.masks[:])
	} else {
		masksPlain(rest[:whole*64], &d.class, s.masks[:])
	}
	if whole <= chunk/64 {
		s.masks[whole] = mask(rest[whole*64:], &d.class)
		whole++
		if whole <= chunk/64 {
			s.masks[whole] = 0
			return whole
		}
	}
	return chunk / 64
}

// strides has a bit for every multiple of a stride.
var strides = [...]uint64{1: ^uint64(0), 4: 0x1111111111111111, 8: 0x0101010101010101}

// candidates writes the positions in the chunk that the gate lets through.
func (t *tier) candidates(s *Scratch, blocks int) (n int) {
	every := strides[t.stride]
	more := uint(t.gate-8) & 63
	at := &s.at
	next := s.masks[0]
	for i, m := range s.masks[1 : blocks+1] {
		lo, hi := next, m
		next = m
		// Bit k of lo stays if it and the gate-1 bits above it are ones.
		lo, hi = lo&(lo>>1|hi<<63), hi&(hi>>1)
		lo, hi = lo&(lo>>2|hi<<62), hi&(hi>>2)
		lo, hi = lo&(lo>>4|hi<<60), hi&(hi>>4)
		lo &= lo>>more | hi<<(64-more)&-uint64(b2i(more != 0))
		for lo &= every; lo != 0; lo &= lo - 1 {
			at[n&(chunk-1)] = uint16(i<<6 + bits.TrailingZeros64(lo))
			n++
		}
	}
	return n
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sift keeps the positions whose next eight bytes may be a window, in place.
func (t *tier) sift(text []byte, at []uint16) (n int) {
	for _, p := range at {
		w, b := t.place(binary.LittleEndian.Uint64(text[p:]))
		at[n] = p
		if t.filter[w]&b == b {
			n++
		}
	}
	return n
}

// compare appends the patterns one of whose windows stands at a position.
func (d *Dictionary) compare(dst []Hit, text []byte, off int, t *tier, at []uint16) []Hit {
	room := 8
	if t.long {
		room = 16
	}
	mask := uint64(len(t.table) - 1)
	for _, p := range at {
		for i := off + int(p); i > off+int(p)-t.stride && i >= 0; i-- {
			if i+room > len(text) {
				continue
			}
			h := t.anchor(text[i:])
			for s := h & mask; t.table[s] != 0; s = (s + 1) & mask {
				if (t.table[s]^h)>>32 != 0 {
					continue
				}
				k := int(uint32(t.table[s])) - 1
				v := d.pattern(k)
				start := i - int(d.patterns[k].anchor)
				if start >= 0 && start+len(v) <= len(text) && string(text[start:start+len(v)]) == string(v) {
					dst = append(dst, Hit{start, start + len(v), d.patterns[k].id})
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
