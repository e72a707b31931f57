package dictionary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// Builder collects patterns.
type Builder struct {
	d Dictionary
}

// maxPatterns and maxBytes bound what fits the 32-bit numbers inside.
const (
	maxPatterns = math.MaxInt32
	maxBytes    = math.MaxUint32
)

// ErrShort is returned for a pattern of less than MinLen bytes.
var ErrShort = fmt.Errorf("a pattern needs at least %d bytes", MinLen)

// Add adds a pattern, which is copied, with the id that its hits carry. The same
// pattern may be added several times.
func (b *Builder) Add(pattern []byte, id uint32) error {
	d := &b.d
	switch {
	case len(pattern) < MinLen:
		return ErrShort
	case len(pattern) > MaxLen:
		return fmt.Errorf("a pattern has at most %d bytes", MaxLen)
	case len(d.patterns) >= maxPatterns || len(d.store)+len(pattern) > maxBytes:
		return errors.New("too many patterns")
	}
	d.patterns = append(d.patterns, entry{start: uint32(len(d.store)), id: id})
	d.store = append(d.store, pattern...)
	return nil
}

// fit gives back what a slice has not used, if that is much.
func fit[T any](s []T) []T {
	if cap(s)-len(s) > cap(s)/16 {
		return slices.Clone(s)
	}
	return s
}

// Len returns the number of patterns added.
func (b *Builder) Len() int { return len(b.d.patterns) }

// Build returns the dictionary. The builder must not be used any more.
func (b *Builder) Build() *Dictionary {
	d := &b.d
	d.kernel = hasKernel()
	d.store, d.patterns = fit(d.store), fit(d.patterns)
	d.ordered = new(sync.Once)
	var count, least [len(shapes)]int
	for i := range d.patterns {
		n := len(d.pattern(i))
		k := tierOf(n)
		if count[k]++; count[k] == 1 || n < least[k] {
			least[k] = n
		}
		d.longest = max(d.longest, n)
	}
	for k := range d.tiers {
		if count[k] > 0 {
			d.tiers[k].allocate(k, count[k], least[k])
		}
	}
	seen := b.sketch()
	for i := range d.patterns {
		p := d.pattern(i)
		t := &d.tiers[tierOf(len(p))]
		o := seen.rarest(p, t.span())
		d.patterns[i].anchor = uint16(o)
		for _, c := range p[o : o+t.span()] {
			d.class.Add(c)
		}
		t.enter(p, o, i)
	}
	return d
}

// sketch counts, roughly, how often the bytes at the offsets that an anchor may
// have occur in all patterns.
type sketch struct {
	counts []uint8
	shift  uint
}

func (b *Builder) sketch() *sketch {
	d := &b.d
	words := uint(bits.Len64(uint64(2*len(d.patterns)) | 1023))
	k := &sketch{make([]uint8, 1<<words), 64 - words}
	for i := range d.patterns {
		p := d.pattern(i)
		last := len(p) - d.tiers[tierOf(len(p))].span()
		for o := 0; o <= min(last, maxAnchor); o += anchorStep {
			if c := &k.counts[k.at(p[o:])]; *c < math.MaxUint8 {
				*c++
			}
		}
	}
	return k
}

// An anchor stands at one of the first multiples of anchorStep.
const (
	anchorStep = 4
	maxAnchor  = 48
)

func (k *sketch) at(b []byte) uint64 {
	return binary.LittleEndian.Uint64(b) * multiplier2 >> k.shift
}

// rarest returns the offset whose bytes occur least often.
func (k *sketch) rarest(p []byte, span int) (best int) {
	least := math.MaxInt
	for o := 0; o <= min(len(p)-span, maxAnchor); o += anchorStep {
		if n := int(k.counts[k.at(p[o:])]); n < least {
			best, least = o, n
		}
	}
	return best
}
