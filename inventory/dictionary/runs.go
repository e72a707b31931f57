package dictionary

import (
	"iter"
	"math/bits"
)

// A Run is text[Start:End], all of it of one class and nothing around it.
type Run struct{ Start, End int }

// Runs yields the runs of at least n bytes, in order. The scratch serves one
// loop at a time.
func (c *Class) Runs(text []byte, n int, s *Scratch) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		open := -1 // start of a run that goes on
		for off := 0; off < len(text); off += chunk {
			part := text[off:min(off+chunk, len(text))]
			whole := len(part) / 64
			best.masks(part[:whole*64], c, s.masks[:])
			if whole*64 < len(part) {
				s.masks[whole] = mask(part[whole*64:], c)
				whole++
			}
			for i, m := range s.masks[:whole] {
				at := off + i*64
				if open >= 0 {
					k := bits.TrailingZeros64(^m)
					if k == 64 {
						continue
					}
					if at+k-open >= n && !yield(Run{open, at + k}) {
						return
					}
					open = -1
					m &^= 1<<k - 1
				}
				if k := bits.LeadingZeros64(^m); k > 0 {
					open = at + 64 - k
					m &= ^uint64(0) >> k
				}
				for m = longer(m, n); m != 0; {
					k := bits.TrailingZeros64(m)
					l := bits.TrailingZeros64(^(m >> k))
					if l >= n && !yield(Run{at + k, at + k + l}) {
						return
					}
					m &^= (1<<l - 1) << k
				}
			}
		}
		if open >= 0 && len(text)-open >= n {
			yield(Run{open, len(text)})
		}
	}
}

// longer empties a mask that has no n ones in a row, which is most of them.
func longer(m uint64, n int) uint64 {
	r := m
	for w := 1; w < n && r != 0; w *= 2 {
		r &= r >> min(w, n-w)
	}
	if r == 0 {
		return 0
	}
	return m
}
