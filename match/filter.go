package match

import "fmt"

const maxGroups = allBuckets / 8

const (
	hashMultiplier = 0x9E3779B1 // 2^32 over the golden ratio
	foldBits       = 0x20202020

	// A literal whose four bytes have more values than this is found by two.
	maxExpansions = 16384
	maxKeys       = 1 << 22
)

// filter is what SIMD scanners look things up in.
type filter struct {
	groups int // of eight buckets: 2 or 3
	// For VBMI, [position][group][128 symbols]: the buckets that have them.
	seven [width * maxGroups * 128]byte
	// For AVX2, [position][group][lower and upper 16 symbols, each twice]: the
	// buckets that do not have them. Behind those for 24 buckets tables, each
	// twice, that tell tokens' bytes by their lower and upper four bits, 32 times
	// 15, and eight bytes that are 255 where the last buckets are not for tokens
	// alone.
	five [width*maxGroups*2*32 + 3*32 + 8]byte
	// For NEON, [position][group 0 or 1][32 symbols], then the same of group 2:
	// the buckets that have them.
	neon [width * maxGroups * 32]byte

	entries []entry // one for each literal, and one that agrees with any text
	reach   int     // how many bytes a window may stretch beyond its literal and gate
	quads   probe
	pairs   *probe // for literals too short or too vague for quads; nil if none
}

func newFilter(pats []pattern, k Kernel, pl placement) (*filter, error) {
	f := &filter{groups: pl.buckets / 8, entries: make([]entry, len(pats)+1)}
	for i := range f.five {
		f.five[i] = 0xff
	}
	f.setTokens(pl.tokens)
	a := kernelAlphabet(k)
	for i := range pats {
		f.entries[i] = newEntry(&pats[i], pl.spots[i].offset)
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
					f.five[(at*2+s>>4)*32+s&15] &^= bit
					f.five[(at*2+s>>4)*32+s&15+16] &^= bit
				default:
					f.neon[neonRow(p, group)*32+s] |= bit
				}
			}
		}
	}
	for i := range pats {
		f.reach = max(f.reach, int(f.entries[i].offset)+width-len(pats[i].text)-pats[i].min)
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

// setTokens fills in what tells tokens' bytes from others.
func (f *filter) setTokens(only bool) {
	tables := f.five[width*maxGroups*2*32:]
	// A bit for each value of the upper four.
	for i := range 16 {
		lower, upper := byte(0), byte(0)
		for h := range 8 {
			if tokenBytes.Has(byte(h<<4 | i)) {
				lower |= 1 << h
			}
		}
		if i < 8 {
			upper = 1 << i
		}
		for k, b := range [3]byte{lower, upper, 15} {
			tables[32*k+i], tables[32*k+16+i] = b, b
		}
	}
	for i := range 8 {
		tables[96+i] = 0xff
		if only {
			tables[96+i] = 0
		}
	}
}

// neonRow is where the symbols of a position and a group begin in filter.neon.
func neonRow(p, group int) int {
	if group < 2 {
		return p*2 + group
	}
	return width*2 + p
}

func kernelAlphabet(k Kernel) *alphabet {
	if k == VBMI {
		return sevenBits()
	}
	return fiveBits()
}
