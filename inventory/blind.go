package inventory

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"

	"github.com/stanch/stanch/inventory/dictionary"
)

// digests is a set of values of which only keyed digests are kept. A window of
// text is looked at in three steps: the bytes must be of the values' class for
// as long as the window; a rolling fingerprint of it, keyed and of a long
// prefix, must be known; then the digest of as many bytes as values with that
// fingerprint have must be.
//
// There are no fingerprints of short windows: from those a value could be put
// together piece by piece.
type digests struct {
	*roller
	key      []byte // of the digests
	prefixes [len(prefixLens)]prefixes
	class    dictionary.Class
}

// prefixLens are the lengths of prefixes, longest first. A value counts by
// the longest that it has.
var prefixLens = [...]int{32, shortestBlind}

const shortestBlind = 16 // bytes of a value

// prefixes are the values known by prefixes of one length.
type prefixes struct {
	out    [256]uint64 // what a byte that leaves the window takes with it
	bitmap []uint64
	shift  uint
	table  []digest // open addressed by fingerprint; length 0 is free
	count  int
}

// digest is a value: the upper half of its prefix's fingerprint, its length, its
// digest, and the id of its hits.
type digest struct {
	fingerprint uint32
	length      uint32
	sum         [16]byte
	id          uint32
}

const prime = 1<<61 - 1

// mulMod is a*b modulo the Mersenne prime 2^61-1, for operands below it.
func mulMod(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return reduce((lo & prime) + (lo>>61 | hi<<3))
}

func reduce(x uint64) uint64 {
	if x >= prime {
		x -= prime
	}
	return x
}

// roller makes fingerprints: polynomials of bytes, each and one more, modulo prime. All
// of it is secret.
type roller struct {
	base, inner uint64         // of the polynomial, and for spreading a fingerprint
	base4       uint64         // base to the fourth
	ahead       [3][256]uint64 // of a byte before one, two and three others
}

func newRoller(base, inner uint64) *roller {
	r := &roller{base: base, inner: inner, base4: 1}
	for range 4 {
		r.base4 = mulMod(r.base4, base)
	}
	for c := range 256 {
		x := uint64(c) + 1
		for k := range r.ahead {
			x = mulMod(x, base)
			r.ahead[k][c] = x
		}
	}
	return r
}

// of is the fingerprint of a prefix, below prime and a little. Its length is one of
// prefixLens, which are multiples of four: so many bytes are taken at once.
func (r *roller) of(prefix []byte) (h uint64) {
	for ; len(prefix) >= 4; prefix = prefix[4:] {
		h = step(h, r.base4, r.ahead[2][prefix[0]]+r.ahead[1][prefix[1]]+r.ahead[0][prefix[2]]+uint64(prefix[3])+1)
	}
	return h
}

// leaving is what each byte takes with it that leaves a window of n bytes.
func (r *roller) leaving(n int) (out [256]uint64) {
	power := uint64(1)
	for range n {
		power = mulMod(power, r.base)
	}
	for c := range out {
		out[c] = prime - mulMod(power, uint64(c)+1)
	}
	return out
}

// step multiplies and adds up to three numbers below prime and a little, modulo prime.
// What comes out is below prime and a little only, which is soon done.
func step(h, base, add uint64) uint64 {
	hi, lo := bits.Mul64(h, base)
	h = lo&prime + (lo>>61 | hi<<3) + add
	return h&prime + h>>61
}

// record is a value of which only digests are kept: all that a file of them has.
type record struct {
	fingerprint uint64 // of its prefix, spread
	bucket      uint8
	length      uint16
	id          uint32
	sum         [16]byte
}

// digester makes records.
type digester struct {
	*roller
	mac hash.Hash
	sum [sha256.Size]byte
}

func newDigester(key []byte) *digester {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("rolling fingerprint"))
	sum := h.Sum(nil)
	base := binary.LittleEndian.Uint64(sum)%(prime-256) + 256
	return &digester{roller: newRoller(base, binary.LittleEndian.Uint64(sum[8:])|1), mac: h}
}

// digest is HMAC-SHA-256 of a value, cut to 128 bits.
func (d *digester) digest(value []byte) [16]byte {
	d.mac.Reset()
	d.mac.Write(value)
	return [16]byte(d.mac.Sum(d.sum[:0])[:16])
}

// record digests a value, which bucket accepts.
func (d *digester) record(value []byte, id uint32) record {
	i := bucket(len(value))
	f := reduce(d.of(value[:prefixLens[i]]))
	return record{f * d.inner, uint8(i), uint16(len(value)), id, d.digest(value)}
}

// newDigests makes the tables of a set of records.
func newDigests(key []byte, class dictionary.Class, records []record) *digests {
	d := &digests{roller: newDigester(key).roller, key: key, class: class}
	var count [len(prefixLens)]int
	for i := range records {
		count[records[i].bucket]++
	}
	for i := range d.prefixes {
		p := &d.prefixes[i]
		p.count = count[i]
		p.out = d.leaving(prefixLens[i])
		words := uint(bits.Len64(uint64(count[i]/4) | 15))
		p.bitmap, p.shift = make([]uint64, 1<<words), 64-words
		p.table = make([]digest, 1<<bits.Len64(uint64(count[i])*4/3|7))
	}
	for i := range records {
		r := &records[i]
		p := &d.prefixes[r.bucket]
		w, b := p.place(r.fingerprint)
		p.bitmap[w] |= b
		mask := uint64(len(p.table) - 1)
		k := r.fingerprint >> 20 & mask
		for p.table[k].length != 0 {
			k = (k + 1) & mask
		}
		p.table[k] = digest{uint32(r.fingerprint >> 32), uint32(r.length), r.sum, r.id}
	}
	return d
}

func (d *digests) memory() (n int) {
	for i := range d.prefixes {
		n += 8*len(d.prefixes[i].bitmap) + digestSize*len(d.prefixes[i].table)
	}
	return n
}

const digestSize = 28

// bucket returns the index of the prefix length of a value, or -1.
func bucket(n int) int {
	for i, l := range prefixLens {
		if n >= l {
			return i
		}
	}
	return -1
}

func (p *prefixes) place(f uint64) (word uint64, bits uint64) {
	return f >> p.shift, 1<<(f>>8&63) | 1<<(f>>14&63)
}

// scan appends the hits in text, with the window lengths in turn.
func (d *digests) scan(dst []dictionary.Hit, text []byte, s *Scratch, by **digester) []dictionary.Hit {
	for i := range d.prefixes {
		p := &d.prefixes[i]
		if p.count == 0 {
			continue
		}
		n := prefixLens[i]
		for run := range d.class.Runs(text, n, &s.dict) {
			h := d.of(text[run.Start : run.Start+n])
			leaving, entering := text[run.Start:run.End-n], text[run.Start+n:run.End]
			for i := 0; ; i++ {
				f := reduce(h) * d.inner
				if w, b := p.place(f); p.bitmap[w]&b == b {
					dst = d.confirm(dst, p, f, text, run.Start+i, run.End, by)
				}
				if i >= len(leaving) || i >= len(entering) {
					break
				}
				h = step(h, d.base, p.out[leaving[i]]+uint64(entering[i])+1)
			}
		}
	}
	return dst
}

// tail returns where a value may begin that the end of text cuts: where a known
// prefix of one does that would go on behind it, or, short of a whole prefix,
// any byte that values are made of.
func (d *digests) tail(text []byte, longest int) int {
	lo := len(text)
	for lo > max(0, len(text)-longest) && d.class.Has(text[lo-1]) {
		lo--
	}
	for at := lo; at < len(text); at++ {
		for i := range d.prefixes {
			p := &d.prefixes[i]
			n := prefixLens[i]
			if p.count > 0 && (at+n > len(text) || d.goesOn(p, text[at:], n)) {
				return at
			}
		}
	}
	return len(text)
}

// goesOn reports whether text begins with the prefix of a value that is longer.
func (d *digests) goesOn(p *prefixes, text []byte, n int) bool {
	f := reduce(d.of(text[:n])) * d.inner
	mask := uint64(len(p.table) - 1)
	for k := f >> 20 & mask; p.table[k].length != 0; k = (k + 1) & mask {
		if x := &p.table[k]; x.fingerprint == uint32(f>>32) && int(x.length) > len(text) {
			return true
		}
	}
	return false
}

func (d *digests) confirm(dst []dictionary.Hit, p *prefixes, f uint64, text []byte, at, end int, by **digester) []dictionary.Hit {
	mask := uint64(len(p.table) - 1)
	for k := f >> 20 & mask; p.table[k].length != 0; k = (k + 1) & mask {
		x := &p.table[k]
		to := at + int(x.length)
		if x.fingerprint != uint32(f>>32) || to > end {
			continue
		}
		if *by == nil {
			*by = newDigester(d.key)
		}
		if (*by).digest(text[at:to]) == x.sum {
			dst = append(dst, dictionary.Hit{Start: at, End: to, ID: x.id})
		}
	}
	return dst
}
