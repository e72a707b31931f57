package match

import "fmt"

const (
	sevenWidth, sevenGroups   = 4, 3
	nibbleWidth, nibbleGroups = 3, 4
	neonSize                  = nibbleWidth * 2 * 2 * 16 // of the tables for 16 buckets
)

const (
	hashMultiplier = 0x9E3779B1 // 2^32 over the golden ratio
	foldBits       = 0x20202020

	// A literal whose four bytes have more values than this is found by two.
	maxExpansions = 16384
	maxKeys       = 1 << 22
)

// filter is what SIMD scanners look things up in.
type filter struct {
	groups int // of eight buckets: 2 or as many as the alphabet has
	*tables

	entries []entry // one for each literal, and one that agrees with any text
	reach   int     // how many bytes a window may stretch beyond its literal and gate
	ends    Class   // what the literals, with their gates, end in whose windows do
	quads   probe
	pairs   *probe // for literals too short or too vague for quads; nil if none
	records bool   // short texts are for record
}

// tables are an allocation of their own: without pointers it begins at a cache line,
// and so does each table. Loads that straddle two take twice as long.
type tables struct {
	// For VBMI, [position][group][128 symbols]: the buckets that have them.
	seven [sevenWidth * sevenGroups * symbolCount]byte
	// For AVX2, [position][group][bits 0 to 3, bits 3 to 6][16 values, twice]:
	// the buckets that do not have them. Behind those for all buckets tables, each
	// twice, that tell tokens' bytes in the same way, and eight
	// bytes that are 255 where the last buckets are not for tokens alone.
	twice [nibbleWidth*nibbleGroups*2*32 + 2*32 + 8]byte
	// For NEON, [first and last two groups][position][group][bits 0 to 3, bits 3
	// to 6][16 values]: the buckets that have them.
	neon [2 * neonSize]byte
}

func newFilter(pats []pattern, k Kernel, pl placement) (*filter, error) {
	f := &filter{groups: pl.buckets / 8, tables: new(tables), entries: make([]entry, len(pats)+1)}
	for i := range f.twice {
		f.twice[i] = 0xff
	}
	f.setTokens(pl.tokens)
	for i := range pats {
		f.entries[i] = newEntry(&pats[i], pl.spots[i].offset)
		b := pl.spots[i].bucket
		group, bit := int(b>>3), byte(1)<<(b&7)
		for p := range k.width() {
			c := pats[i].at(int(pl.spots[i].offset) + p)
			var list [symbolCount]uint8
			for _, x := range c.symbols().list(&list) {
				f.let(k, p, group, int(x), bit)
			}
		}
	}
	for i := range pats {
		n := len(pats[i].text) + pats[i].min
		if beyond := int(f.entries[i].offset) + width - n; beyond > 0 {
			f.reach = max(f.reach, beyond)
			f.ends.Union(pats[i].at(n - 1))
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
	f.records = pairs == nil && records(k, f.groups)
	return f, nil
}

// let makes the tables of k let symbol x pass at position p for a bucket of a group.
func (f *filter) let(k Kernel, p, group, x int, bucket byte) {
	at := p*f.groups + group
	for i, four := range [2]int{x & 15, x >> 3} {
		switch k {
		case VBMI:
			f.seven[at*symbolCount+x] |= bucket
		case AVX2:
			f.twice[(at*2+i)*32+four] &^= bucket
			f.twice[(at*2+i)*32+four+16] &^= bucket
		default:
			f.neon[group/2*neonSize+((p*2+group%2)*2+i)*16+four] |= bucket
		}
	}
}

// width returns how many positions of a window k's tables are for.
func (k Kernel) width() int {
	if k == VBMI {
		return sevenWidth
	}
	return nibbleWidth
}

// setTokens fills in what tells tokens' bytes from others.
func (f *filter) setTokens(only bool) {
	tables := f.twice[nibbleWidth*nibbleGroups*2*32:]
	// The first has a bit for each value of bits 4 to 6, the second chooses it.
	for i := range 16 {
		lower, upper := byte(0), byte(1)<<(i/2)
		for h := range 8 {
			if tokenBytes.Has(byte(h<<4 | i)) {
				lower |= 1 << h
			}
		}
		for k, b := range [2]byte{lower, upper} {
			tables[32*k+i], tables[32*k+16+i] = b, b
		}
	}
	for i := range 8 {
		tables[64+i] = 0xff
		if only {
			tables[64+i] = 0
		}
	}
}
