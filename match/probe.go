package match

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// probe finds literals by a hash of the bytes at a position, bit 5 of each set.
type probe struct {
	mask   uint32 // of the bytes that count
	shift  uint32 // 32 less the binary logarithm of the size of bitmap
	bitmap []uint32
	slots  []uint32 // of hash / 16, then those of jumps: indexes into heads
	heads  []head
	// Of the literals of all heads a block of 8 bytes, and their numbers, or
	// jumpRef and an index into jumps.
	values, masks []uint64
	refs          []uint32
	jumps         []jump
}

// masked is a value of 8 bytes and which of its bits count.
type masked struct{ value, mask uint64 }

// head says what is in a slot.
type head struct {
	shared       masked // what all its literals have in 8 bytes, which begin
	back         uint8  // so many bytes before the window's first
	block        uint8  // how many before it the blocks of each begin
	first, count uint32 // in values, masks and refs
}

// jumpRef marks a number in refs as that of a jump.
const jumpRef = 1 << 31

// jump leads from a crowded slot to others, by the four bytes before or after
// the window.
type jump struct {
	before bool
	slots  uint32 // the first
	shift  uint32 // of the hash
}

// to returns the slot to which j leads from the four bytes raw.
func (j *jump) to(raw uint32) uint32 { return j.slots + (raw|foldBits)*hashMultiplier>>j.shift }

// crowd is how many literals a slot may have before it is divided by jumps.
const crowd = 48

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
	// The head of empty slots agrees with nothing.
	p.heads = []head{{shared: masked{value: 1}}}
	known := map[string]uint32{}
	var ids []uint32
	for i, x := range ordered {
		slot := uint32(x >> 32)
		ids = append(ids, uint32(x))
		if i == len(ordered)-1 || uint32(ordered[i+1]>>32) != slot {
			p.fill(pats, pl, slot, ids, known, true)
			ids = ids[:0]
		}
	}
	// Some kernels read four at a time.
	p.values, p.masks, p.refs = append(p.values, 0, 0, 0), append(p.masks, 0, 0, 0), append(p.refs, 0, 0, 0)
	return p
}

// fill makes the head of a slot, or takes one known from a slot with the same
// literals. When they are many, those that cover the four bytes before or after
// the window go into slots of their own by these.
func (p *probe) fill(pats []pattern, pl placement, slot uint32, ids []uint32, known map[string]uint32, divide bool) {
	name := make([]byte, 0, 64)
	for _, id := range ids {
		name = binary.LittleEndian.AppendUint32(name, id)
	}
	if h, ok := known[string(name)]; ok {
		p.slots[slot] = h
		return
	}
	p.slots[slot] = uint32(len(p.heads))
	if len(ids) <= crowd {
		known[string(name)] = p.slots[slot]
	}
	h := newHead(pats, pl, ids)
	h.first = uint32(len(p.refs))
	rest := ids
	var sides [2][]key
	if divide && len(ids) > crowd {
		rest, sides[0], sides[1] = neighbours(pats, pl, ids)
	}
	for _, id := range rest {
		p.refs = append(p.refs, id)
		b := pats[id].around(int(pl.spots[id].offset) - int(h.block))
		p.values, p.masks = append(p.values, b.value), append(p.masks, b.mask)
	}
	jumps := len(p.jumps)
	for i, keys := range sides {
		if len(keys) > 0 {
			p.refs = append(p.refs, jumpRef|uint32(len(p.jumps)))
			p.values, p.masks = append(p.values, 0), append(p.masks, 0)
			size := bits.Len(uint(2 * len(keys)))
			p.jumps = append(p.jumps, jump{before: i == 0, slots: uint32(len(p.slots)), shift: uint32(32 - size)})
			p.slots = append(p.slots, make([]uint32, 1<<size)...)
		}
	}
	h.count = uint32(len(p.refs)) - h.first
	p.heads = append(p.heads, h)
	for _, keys := range sides {
		if len(keys) == 0 {
			continue
		}
		j := p.jumps[jumps]
		jumps++
		slices.SortFunc(keys, func(x, y key) int {
			return cmp.Or(cmp.Compare(j.to(x.value), j.to(y.value)), cmp.Compare(x.id, y.id))
		})
		var same []uint32
		for i, k := range keys {
			same = append(same, k.id)
			if i == len(keys)-1 || j.to(keys[i+1].value) != j.to(k.value) {
				p.fill(pats, pl, j.to(k.value), same, known, false)
				same = same[:0]
			}
		}
	}
}

// newHead returns the head of a slot, without its place: the block of 8 bytes
// in which the literals share the most bits, and the one that tells the most
// pairs of them apart.
func newHead(pats []pattern, pl placement, ids []uint32) head {
	var h head
	most, apart := -1, -1
	some := ids[:min(len(ids), crowd)]
	for back := range uint8(around + 1) {
		shared := masked{^uint64(0), ^uint64(0)}
		for i, id := range ids {
			b := pats[id].around(int(pl.spots[id].offset) - int(back))
			if i == 0 {
				shared = b
			}
			shared.mask &= b.mask &^ (b.value ^ shared.value)
		}
		shared.value &= shared.mask
		if n := bits.OnesCount64(shared.mask); n > most {
			h.shared, h.back, most = shared, back, n
		}
		n := 0
		for i, x := range some {
			a := pats[x].around(int(pl.spots[x].offset) - int(back))
			for _, y := range some[:i] {
				b := pats[y].around(int(pl.spots[y].offset) - int(back))
				if (a.value^b.value)&a.mask&b.mask != 0 {
					n++
				}
			}
		}
		if n > apart {
			h.block, apart = back, n
		}
	}
	return h
}

// around returns what is certain of the 8 bytes from position i on, which may
// lie outside the literal.
func (p *pattern) around(i int) (m masked) {
	n := len(p.text)
	for k := range 8 {
		at := i + k
		switch {
		case at < 0 || at >= n+p.min:
		case at < n:
			m.value |= uint64(p.value[at]) << (8 * k)
			m.mask |= uint64(p.mask[at]) << (8 * k)
		default:
			m.value |= uint64(p.gateBits.value) << (8 * k)
			m.mask |= uint64(p.gateBits.mask) << (8 * k)
		}
	}
	return m
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

func (p *probe) hash(raw uint32) uint32 {
	return ((raw | foldBits) & p.mask) * hashMultiplier >> p.shift
}

func (p *probe) has(raw uint32) bool {
	h := p.hash(raw)
	return p.bitmap[h/32]>>(h%32)&1 != 0
}
