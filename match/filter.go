package match

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

const (
	hashMultiplier = 0x9E3779B1 // 2^32 over the golden ratio
	foldBits       = 0x20202020

	// A literal whose four bytes have more values than this is found by two.
	maxExpansions = 4096
	maxKeys       = 1 << 22
)

// filter is what SIMD scanners look things up in.
type filter struct {
	groups int // of eight buckets: 1 or 2
	// For VBMI, [position][group][128 symbols].
	seven [width * 2 * 128]byte
	// For AVX2, [position][group][lower and upper 16 symbols, each twice].
	five [width * 2 * 2 * 32]byte
	// For NEON, [position][group][32 symbols].
	neon [width * 2 * 32]byte

	offsets []uint8 // of the literals' windows
	quads   probe
	pairs   *probe // for literals too short or too vague for quads; nil if none
}

// probe finds literals by a hash of the bytes at a position, bit 5 of each set.
type probe struct {
	mask    uint32 // of the bytes that count
	shift   uint32 // 32 less the binary logarithm of the size of bitmap
	bitmap  []uint32
	slots   []uint32 // of hash / 16, then those of jumps; index of a slot's first entry
	entries []entry
}

// entry is a literal in a slot, to be compared at the position less offset; or
// a jump, which says where those of a crowded slot are that have certain
// neighbours of the window.
type entry struct {
	// Value and mask of 8 bytes from the position less back. In a jump: where
	// its slots begin, and the shift of their hash.
	value, mask uint64
	id          uint32
	offset      uint8
	size        uint8
	back        uint8
	flags       uint8
}

const (
	entryLast   = 1 << iota // in its slot
	entryRest               // the 8 bytes are not all of the literal
	entryBefore             // a jump by the four bytes before the window
	entryAfter              // a jump by the four bytes after the window
)

// crowd is how many entries a slot may have before it is divided by jumps.
const crowd = 4

func newFilter(pats []pattern, k Kernel, pl placement) (*filter, error) {
	f := &filter{groups: pl.buckets / 8, offsets: make([]uint8, len(pats))}
	a := kernelAlphabet(k)
	for i := range pats {
		f.offsets[i] = pl.spots[i].offset
		b := pl.spots[i].bucket
		group, bit := int(b>>3), byte(1)<<(b&7)
		for p := range width {
			at := p*f.groups + group
			set := a.set(pats[i].at(int(pl.spots[i].offset) + p))
			var list [128]uint8
			for _, x := range set.list(&list) {
				s := int(x)
				switch k {
				case VBMI:
					f.seven[at*128+s] |= bit
				case AVX2:
					f.five[(at*2+s>>4)*32+s&15] |= bit
					f.five[(at*2+s>>4)*32+s&15+16] |= bit
				default:
					f.neon[at*32+s] |= bit
				}
			}
		}
	}
	var quads, pairs []key
	for i := range pats {
		o := int(pl.spots[i].offset)
		if pats[i].expansions(o) <= maxExpansions {
			quads = pats[i].keys(quads, uint32(i), o, width)
		} else {
			pairs = pats[i].keys(pairs, uint32(i), o, 2)
		}
		if n := len(quads) + len(pairs); n > maxKeys {
			return nil, fmt.Errorf("match: %d literals that are very short or begin a wide class: more than %d keys", len(pats), maxKeys)
		}
	}
	f.quads = newProbe(pats, pl, quads, 0xffffffff)
	if pairs != nil {
		p := newProbe(pats, pl, pairs, 0xffff)
		f.pairs = &p
	}
	return f, nil
}

// key is a value of the bytes at a literal's window.
type key struct{ value, id uint32 }

// folded returns the values, bit 5 set, that the byte at position i may have.
func (p *pattern) folded(i int, dst *[128]byte) []byte {
	c := p.at(i)
	n := 0
	for w, x := range c {
		lower := x >> 32 & 0xffffffff // bytes with bit 5
		upper := x & 0xffffffff
		for y := lower | upper; y != 0; y &= y - 1 {
			dst[n] = byte(w<<6 + 32 + bits.TrailingZeros64(y))
			n++
		}
	}
	return dst[:n]
}

// expansions is the number of values of the four bytes at offset o.
func (p *pattern) expansions(o int) int {
	n := 1
	var dst [128]byte
	for i := range width {
		n *= len(p.folded(o+i, &dst))
	}
	return n
}

func (p *pattern) keys(dst []key, id uint32, o, size int) []key {
	first := len(dst)
	dst = append(dst, key{0, id})
	for i := range size {
		var buf [128]byte
		values := p.folded(o+i, &buf)
		have := len(dst)
		for _, v := range values[1:] {
			for _, k := range dst[first:have] {
				dst = append(dst, key{k.value | uint32(v)<<(8*i), id})
			}
		}
		for j := range dst[first:have] {
			dst[first+j].value |= uint32(values[0]) << (8 * i)
		}
	}
	return dst
}

func newProbe(pats []pattern, pl placement, keys []key, mask uint32) probe {
	size := max(16, min(20, bits.Len(uint(32*len(keys)))))
	p := probe{
		mask:   mask,
		shift:  uint32(32 - size),
		bitmap: make([]uint32, 1<<size/32),
		slots:  make([]uint32, 1<<size/16),
	}
	ordered := make([]uint64, len(keys))
	for i, k := range keys {
		h := k.value * hashMultiplier >> p.shift
		p.bitmap[h/32] |= 1 << (h % 32)
		ordered[i] = uint64(h/16)<<32 | uint64(k.id)
	}
	slices.Sort(ordered)
	ordered = slices.Compact(ordered)
	p.entries = make([]entry, 1, 1+len(ordered))
	p.entries[0] = entry{value: 1, flags: entryLast} // of empty slots: equals nothing
	var ids []uint32
	for i, x := range ordered {
		slot := uint32(x >> 32)
		ids = append(ids, uint32(x))
		if i == len(ordered)-1 || uint32(ordered[i+1]>>32) != slot {
			p.fill(pats, pl, slot, ids, true)
			ids = ids[:0]
		}
	}
	return p
}

// fill makes the entries of a slot. When they are many, those that cover the
// four bytes before or after the window go into slots of their own by these.
func (p *probe) fill(pats []pattern, pl placement, slot uint32, ids []uint32, divide bool) {
	p.slots[slot] = uint32(len(p.entries))
	var before, after []key
	if divide && len(ids) > crowd {
		ids, before, after = neighbours(pats, pl, ids)
	}
	for _, id := range ids {
		p.entries = append(p.entries, newEntry(&pats[id], id, pl.spots[id].offset))
	}
	jumps := len(p.entries)
	for _, side := range []struct {
		keys []key
		flag uint8
	}{{before, entryBefore}, {after, entryAfter}} {
		if len(side.keys) > 0 {
			size := bits.Len(uint(2 * len(side.keys)))
			p.entries = append(p.entries, entry{value: uint64(len(p.slots)), mask: uint64(32 - size), flags: side.flag})
			p.slots = append(p.slots, make([]uint32, 1<<size)...)
		}
	}
	p.entries[len(p.entries)-1].flags |= entryLast
	for _, keys := range [][]key{before, after} {
		if len(keys) == 0 {
			continue
		}
		e := p.entries[jumps]
		jumps++
		slices.SortFunc(keys, func(x, y key) int {
			return cmp.Or(cmp.Compare(e.jump(x.value), e.jump(y.value)), cmp.Compare(x.id, y.id))
		})
		var same []uint32
		for i, k := range keys {
			same = append(same, k.id)
			if i == len(keys)-1 || e.jump(keys[i+1].value) != e.jump(k.value) {
				p.fill(pats, pl, e.jump(k.value), same, false)
				same = same[:0]
			}
		}
	}
}

// jump returns the slot to which jump e leads from the four bytes raw.
func (e *entry) jump(raw uint32) uint32 {
	return uint32(e.value) + (raw|foldBits)*hashMultiplier>>uint32(e.mask)
}

// neighbours divides ids into those that cover neither neighbour of the window,
// those to be found by the four bytes before it and those by the four after.
// Of a literal that covers both, the side on which the literals differ more
// decides.
func neighbours(pats []pattern, pl placement, ids []uint32) (rest []uint32, before, after []key) {
	raw := func(id uint32, from int) (uint32, bool) {
		text := pats[id].text
		if from < 0 || from+4 > len(text) {
			return 0, false
		}
		return (uint32(text[from]) | uint32(text[from+1])<<8 | uint32(text[from+2])<<16 | uint32(text[from+3])<<24) | foldBits, true
	}
	distinct := [2]map[uint32]bool{{}, {}}
	for _, id := range ids {
		o := int(pl.spots[id].offset)
		for i, from := range []int{o - 4, o + 4} {
			if v, ok := raw(id, from); ok {
				distinct[i][v] = true
			}
		}
	}
	for _, id := range ids {
		o := int(pl.spots[id].offset)
		b, hasBefore := raw(id, o-4)
		a, hasAfter := raw(id, o+4)
		switch {
		case hasBefore && (!hasAfter || len(distinct[0]) >= len(distinct[1])):
			before = append(before, key{b, id})
		case hasAfter:
			after = append(after, key{a, id})
		default:
			rest = append(rest, id)
		}
	}
	return rest, before, after
}

func newEntry(p *pattern, id uint32, offset uint8) entry {
	n := len(p.text)
	// The block begins at the window, or earlier if it would end outside.
	begin := max(0, min(int(offset), n-8))
	e := entry{id: id, offset: offset, size: uint8(n), back: offset - uint8(begin)}
	for i := 0; i < 8 && begin+i < n; i++ {
		e.value |= uint64(p.value[begin+i]) << (8 * i)
		e.mask |= uint64(p.mask[begin+i]) << (8 * i)
	}
	if n > 8 {
		e.flags = entryRest
	}
	return e
}

func (p *probe) hash(raw uint32) uint32 {
	return ((raw | foldBits) & p.mask) * hashMultiplier >> p.shift
}

func (p *probe) has(raw uint32) bool {
	h := p.hash(raw)
	return p.bitmap[h/32]>>(h%32)&1 != 0
}

func kernelAlphabet(k Kernel) *alphabet {
	if k == VBMI {
		return sevenBits()
	}
	return fiveBits()
}
