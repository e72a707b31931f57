package scan

import (
	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
)

// runs remembers, for each class of bytes that a shape begins or ends with,
// the run looked at last. Many hits in one run then share the walk along it:
// a literal repeated a thousand times costs one walk and not a thousand.
type runs struct {
	of    []classRun
	texts uint64 // the text that a classRun is of, counted
}

// classRun says that text[lo:hi] is of one class.
type classRun struct {
	text   uint64
	lo, hi int
}

// shapeClasses are what a detector's shapes begin with at the literal, as
// indices into runs.of; -1 where there is no shape.
type shapeClasses struct{ before, after int32 }

// shapeClasses numbers the classes of the shapes of all detectors.
func (b *builder) shapeClasses(d *detectors.Detector) shapeClasses {
	number := func(c match.Class) int32 {
		i, ok := b.classes[c]
		if !ok {
			i = int32(len(b.classes))
			b.classes[c] = i
		}
		return i
	}
	c := shapeClasses{-1, -1}
	if d.Kind != detectors.Prefix {
		return c
	}
	if d.Before != nil {
		c.before = number(d.Before.Items[len(d.Before.Items)-1].Class)
	}
	if d.After != nil {
		c.after = number(d.After.Items[0].Class)
	}
	return c
}

func (r *runs) at(class int32, pos int) *classRun {
	k := &r.of[class]
	if k.text != r.texts || pos < k.lo || pos > k.hi {
		*k = classRun{r.texts, pos, pos}
	}
	return k
}

// ahead returns how many bytes of the class stand at pos, at most want.
func (s *Scanner) ahead(class int32, c *match.Class, pos, want int) int {
	k, t := s.runs.at(class, pos), s.text
	if k.hi-pos < want {
		from, hi := k.hi, k.hi
		for lim := min(len(t), pos+want); hi < lim && c.Has(t[hi]); {
			hi++
		}
		k.hi = hi
		s.charge(pos, hi-from)
	}
	return min(k.hi-pos, want)
}

// back returns how many bytes of the class stand before pos, at most want.
func (s *Scanner) back(class int32, c *match.Class, pos, want int) int {
	k, t := s.runs.at(class, pos), s.text
	if pos-k.lo < want {
		from, lo := k.lo, k.lo
		for lim := max(0, pos-want); lo > lim && c.Has(t[lo-1]); {
			lo--
		}
		k.lo = lo
		s.charge(pos, from-lo)
	}
	return min(pos-k.lo, want)
}
