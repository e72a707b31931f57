package scan

import "slices"

// rank orders detectors by how much they know of a value. A span of a lower
// rank that lies inside one of a higher rank says nothing new.
func rank(ev Evidence) int {
	switch {
	case ev&ByShape != 0:
		return 2
	case ev&ByConstruct != 0:
		return 1
	}
	return 0
}

// resolve orders what was found since from and drops spans that a better one covers.
func (s *Scanner) resolve(from int) []Span {
	new := s.spans[from:]
	if len(new) < 2 {
		return s.spans
	}
	slices.SortStableFunc(new, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if a.End != b.End {
			return b.End - a.End
		}
		return rank(b.Evidence) - rank(a.Evidence)
	})
	kept := new[:0]
next:
	for _, a := range new {
		for i := len(kept) - 1; i >= 0 && i >= len(kept)-8; i-- {
			k := &kept[i]
			inside := a.Start >= k.Start && a.End <= k.End
			same := inside && a.Start == k.Start && a.End == k.End
			switch {
			case inside && rank(a.Evidence) <= rank(k.Evidence) && a.Confidence <= k.Confidence:
				if k.KeyStart == k.KeyEnd && same {
					k.KeyStart, k.KeyEnd = a.KeyStart, a.KeyEnd
				}
				k.Bare = k.Bare || same && a.Bare
				continue next
			case same:
				bare, ks, ke := k.Bare || a.Bare, k.KeyStart, k.KeyEnd
				conf := max(k.Confidence, a.Confidence)
				if rank(a.Evidence) > rank(k.Evidence) {
					*k = a
				}
				k.Bare, k.Confidence = bare, conf
				if k.KeyStart == k.KeyEnd {
					k.KeyStart, k.KeyEnd = ks, ke
				}
				continue next
			}
		}
		kept = append(kept, a)
	}
	s.spans = s.spans[:from+len(kept)]
	return s.spans
}
