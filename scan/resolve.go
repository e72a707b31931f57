package scan

import (
	"math"
	"math/bits"
	"slices"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
)

// rank orders findings by how much their detectors know of the value. One of
// a lower rank that lies inside one of a higher rank says nothing new.
func rank(ev Evidence) int {
	switch {
	case ev&ByInventory != 0:
		return 5
	case ev&(ByShape|ByKey) == ByShape:
		return 4
	case ev&ByShape != 0:
		return 3
	case ev&(ByConstruct|ByKey) == ByConstruct|ByKey:
		return 2
	case ev&ByConstruct != 0:
		return 1
	}
	return 0
}

// better reports whether a is the one to keep of two spans of the same bytes:
// the higher rank, a verified checksum, then the narrower detector. But a name
// that says secret outweighs a shape that by itself only names somebody.
func (e *Engine) better(a, b *Span) bool {
	const either = Announced | Identifier | ByShape | ByKey
	switch x, y := a.Evidence&either, b.Evidence&either; {
	case x == Announced|ByKey && y == Identifier|ByShape:
		return true
	case y == Announced|ByKey && x == Identifier|ByShape:
		return false
	}
	if x, y := rank(a.Evidence), rank(b.Evidence); x != y {
		return x > y
	}
	if x, y := a.Evidence&ByChecksum, b.Evidence&ByChecksum; x != y {
		return x != 0
	}
	if x, y := e.narrow[a.Detector], e.narrow[b.Detector]; x != y {
		return x > y
	}
	return a.Detector < b.Detector
}

// narrowness is how many bits a detector's literal and shapes fix.
func narrowness(d *detectors.Detector) float32 {
	least := 0
	for i, l := range d.Literals {
		if i == 0 || len(l) < least {
			least = len(l)
		}
	}
	n := 8 * float64(least)
	for _, s := range []*detectors.Shape{d.Before, d.After} {
		if s == nil {
			continue
		}
		for i := range s.Items {
			n += float64(s.Items[i].Min) * (8 - math.Log2(float64(max(1, size(&s.Items[i].Class)))))
		}
	}
	return float32(n)
}

// resolve orders what was found since from and drops spans that a better one covers.
func (s *Scanner) resolve(from int) []Span {
	new := s.spans[from:]
	if len(new) < 2 {
		return s.spans
	}
	s.order.sort(new)
	kept := new[:0]
next:
	for _, a := range new {
		for i := len(kept) - 1; i >= 0 && i >= len(kept)-8; i-- {
			k := &kept[i]
			if a.Start < k.Start || a.End > k.End {
				continue
			}
			if a.Start == k.Start && a.End == k.End {
				if a.Continued != k.Continued && a.Entry|k.Entry != 0 { // a line of a key that is known line by line
					entry := max(a.Entry, k.Entry)
					if a.Continued {
						*k = a
					}
					k.Entry = entry
					continue next
				}
				better := s.e.better(&a, k)
				if s.trace != nil && better {
					s.lost(k, &a, BetterKnown)
				} else if s.trace != nil {
					s.lost(&a, k, BetterKnown)
				}
				k.merge(&a, better)
				continue next
			}
			if (rank(a.Evidence) <= rank(k.Evidence) || a.Entry != 0 && k.Continued) && a.Confidence <= k.Confidence && k.Evidence&Identifier == 0 {
				if s.trace != nil {
					s.lost(&a, k, Covered)
				}
				continue next
			}
		}
		kept = append(kept, a)
	}
	s.spans = s.spans[:from+len(kept)]
	return s.spans
}

// spanOrder is scratch space for sorting spans.
type spanOrder struct {
	keys  []spanKey
	spans []Span
}

type spanKey struct{ start, end, at int }

// sort orders spans by start, longer ones first, and else leaves them as they
// are. Mostly they come in order; spans are large, so else their keys are sorted.
func (o *spanOrder) sort(spans []Span) {
	sorted := true
	for i := 1; i < len(spans) && sorted; i++ {
		a, b := &spans[i-1], &spans[i]
		sorted = compareBounds(a.Start, a.End, b.Start, b.End) <= 0
	}
	if sorted {
		return
	}
	o.keys = o.keys[:0]
	for i := range spans {
		o.keys = append(o.keys, spanKey{spans[i].Start, spans[i].End, i})
	}
	slices.SortFunc(o.keys, func(a, b spanKey) int {
		if c := compareBounds(a.start, a.end, b.start, b.end); c != 0 {
			return c
		}
		return a.at - b.at
	})
	o.spans = append(o.spans[:0], spans...)
	for i, k := range o.keys {
		spans[i] = o.spans[k.at]
	}
}

func compareBounds(start, end, start2, end2 int) int {
	if start != start2 {
		return start - start2
	}
	return end2 - end
}

// merge makes one span of two over the same bytes: a's detector if better, the
// higher confidence, and whatever is known of the key.
func (k *Span) merge(a *Span, better bool) {
	old := *k
	if better {
		*k = *a
	}
	k.Confidence = max(old.Confidence, a.Confidence)
	k.Bare = old.Bare || a.Bare
	k.Continued = old.Continued && a.Continued
	for _, x := range []*Span{&old, a} {
		if k.KeyStart == k.KeyEnd {
			k.KeyStart, k.KeyEnd = x.KeyStart, x.KeyEnd
		}
	}
}

func size(c *match.Class) (n int) {
	for _, w := range c {
		n += bits.OnesCount64(w)
	}
	return n
}
