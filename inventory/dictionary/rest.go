package dictionary

import "github.com/stanch/stanch/match"

// The patterns that have no trigger are few, and a pass over the text for each sort of
// them costs more than one for all, by a matcher whose cost is the same for three
// literals and three hundred.

const (
	// maxRest is how many patterns it is for.
	maxRest = 400
	// restLen is how much of a pattern it looks for.
	restLen = 64
	// inRest stands for the number of a tier.
	inRest = uint8(len(shapes))
)

// rest is the patterns that are in no tier.
type rest struct {
	matcher *match.Matcher
	numbers []uint32 // of patterns, by literal
}

// takeRest takes the patterns of all tiers but those with triggers and long runs out
// of their tiers, if they are few and some need a gate.
func (b *Builder) takeRest() {
	total, gated := 0, false
	for j := 1; j < len(shapes); j++ {
		if shapes[j].least < longRun {
			total += b.count[j]
			gated = gated || b.count[j] > 0 && shapes[j].at != behindMixed
		}
	}
	if !gated || total > maxRest || b.d.rung == plain {
		return
	}
	r := new(rest)
	var lits []match.Literal
	for j := range shapes {
		if j == 0 || shapes[j].least >= longRun {
			continue
		}
		for _, i := range b.few[j] {
			p := b.d.pattern(int(i))
			lits = append(lits, match.Literal{Text: string(p[:min(len(p), restLen)])})
			r.numbers = append(r.numbers, i)
		}
	}
	var err error
	if r.matcher, err = match.Compile(lits); err != nil {
		return // they stay in their tiers
	}
	for j := range shapes {
		if j != 0 && shapes[j].least < longRun {
			b.count[j], b.few[j] = 0, nil
		}
	}
	for _, i := range r.numbers {
		b.d.entry(int(i)).tier = inRest
	}
	b.d.rest = r
}

// scan appends the hits of the patterns.
func (r *rest) scan(d *Dictionary, dst []Hit, text []byte, s *Scratch) []Hit {
	s.literals = r.matcher.Scan(s.literals[:0], text, &s.matcher)
	for _, h := range s.literals {
		i := int(r.numbers[h.ID])
		v, start := d.pattern(i), int(h.Start)
		if start+len(v) <= len(text) && string(text[start:start+len(v)]) == string(v) {
			dst = append(dst, Hit{start, start + len(v), d.entry(i).id})
		}
	}
	return dst
}
