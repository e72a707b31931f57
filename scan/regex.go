package scan

import (
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/automaton"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/match"
)

// lineRule is a rule that no literal leads to; it is tried on every line.
type lineRule struct {
	detector int32
	rule     *automaton.Rule
}

// regex adds a detector of kind regex at the literals its expression requires.
func (b *builder) regex(i int32, d *detectors.Detector) error {
	r, err := b.e.rules.Add(d.ID, d.Regex)
	if err != nil {
		return err
	}
	anchors := r.Anchors()
	if len(anchors) == 0 && d.Filter != nil && len(d.Filter.Keywords) > 0 {
		// Nothing in the expression is fixed, but a keyword must stand on the line.
		for _, k := range d.Filter.Keywords {
			if err := b.add(match.Literal{Text: k, Fold: true}, use{kind: useRegex, detector: i, rule: r, unbounded: true, wide: true}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(anchors) == 0 {
		b.e.gated = append(b.e.gated, lineRule{i, r})
		return nil
	}
	_, after, bounded := r.Window()
	for k, a := range anchors {
		if d.Filter != nil && strings.ContainsAny(a.Text, "\r\n") {
			continue // what an imported rule looks for over several lines
		}
		u := use{kind: useRegex, detector: i, rule: r, anchor: k, unbounded: !bounded, reach: int16(min(after, farMiss))}
		if err := b.add(match.Literal{Text: a.Text, Fold: a.Fold, Gate: a.Gate}, u); err != nil {
			return err
		}
	}
	return nil
}

// regex decides the rules at a hit of a literal they require.
func (s *Scanner) regex(l *lead, hs, he int) {
	lo, hi := s.line(hs)
	if l.first != nil && !l.first.Any(s.text, hi, he) {
		return
	}
	reach := int16(0)
	for i := range l.rules {
		u := &l.rules[i]
		s.current = u.detector
		if u.unbounded {
			s.walk(u, lo, hi, hs, he)
			continue
		}
		if reach >= 0 {
			reach = max(reach, u.reach)
		}
		start, end, ok, open := u.rule.At(s.text, lo, hi, u.anchor, hs, he)
		if open && hi == len(s.text) {
			s.open(hs)
		}
		if ok {
			reach = -1
			s.charge(hs, matchCost*(end-start))
			s.matched(u.detector, u.rule, lo, hi, start, end, he)
		}
	}
	if reach > 0 {
		s.toll(hs, int(reach)/2)
	}
}

// farMiss is how much of what a rule may look at behind a hit is counted, by half: most
// misses are seen earlier.
const farMiss = 256

// matchCost is what a byte of a match costs, with its groups, in bytes looked at.
const matchCost = 8

// missReach is how far behind a hit it is looked whether a rule can match there at all.
const missReach = 64

// walk finds all matches of a rule without a bound on a line, at the first hit
// there that one may go through: once for a line, or hostile lines would take
// quadratic time.
func (s *Scanner) walk(u *use, lo, hi, hs, he int) {
	if s.walked == nil {
		s.walked = map[int32]int{}
	}
	if done, ok := s.walked[u.detector]; ok && hs < done {
		return
	}
	if !u.wide && u.rule.Misses(s.text, lo, min(hi, he+missReach), u.anchor, hs, he) {
		return
	}
	s.walked[u.detector] = hi
	from := lo
	if u.rule.Direct() && !u.wide {
		from = hs
	}
	for from < hi {
		start, end, ok, open := u.rule.FindFrom(s.text, lo, hi, from)
		if open && hi == len(s.text) {
			s.open(hs)
		}
		if !ok {
			return
		}
		s.matched(u.detector, u.rule, lo, hi, start, end, end)
		from = max(end, start+1)
	}
}

// matched narrows a match to its secret group and confirms it.
func (s *Scanner) matched(di int32, r *automaton.Rule, lo, hi, start, end, body int) {
	d := &s.e.detectors[di]
	from, to := start, end
	if d.Group != 0 {
		s.groups = r.Submatch(s.text, lo, hi, start, end, s.groups[:0])
		for g := 1; 2*g+1 < len(s.groups); g++ {
			if a, b := s.groups[2*g], s.groups[2*g+1]; g == d.Group && a >= 0 || d.Group == detectors.FirstGroup && b > a {
				from, to = a, b
				break
			}
		}
	}
	if d.Filter != nil {
		s.imported(di, d, lo, hi, start, end, from, to)
		return
	}
	if !d.Anywhere && from == start && lex[s.text[from]]&isWord != 0 && !atBoundary(s.text, from) {
		return
	}
	s.confirm(di, d, start, end, from, to, min(body, from), ByShape)
}

// imported applies what an imported rule asks to a match and records its secret.
func (s *Scanner) imported(di int32, d *detectors.Detector, lo, hi, start, end, from, to int) {
	t := s.text
	switch {
	case from >= to || s.e.ours(t[from:to]) || s.e.marked(t, from, to):
	case s.spent(start):
		s.found(di, from, to, finding.Likely, ByShape)
	case d.Entropy > 0 && judge.Entropy(t[from:to]) < d.Entropy:
		s.drop(nil, di, from, to, LowEntropy)
	case s.on(di, d.Filter, lo, hi).Refuses(detectors.Range{Start: start - lo, End: end - lo}, detectors.Range{Start: from - lo, End: to - lo}):
		s.drop(nil, di, from, to, NoConstruct)
	default:
		s.found(di, from, to, finding.Certain, ByShape)
	}
}

// filtered is what the filter of a detector says of the line it was last asked for.
type filtered struct {
	lo, hi int
	on     *detectors.On
}

// on returns what a filter says of a line. Without keeping it, lines with many
// matches would take quadratic time.
func (s *Scanner) on(di int32, f *detectors.Filter, lo, hi int) *detectors.On {
	if k, ok := s.filtered[di]; ok && k.lo == lo && k.hi == hi {
		return k.on
	}
	if s.filtered == nil {
		s.filtered = map[int32]filtered{}
	}
	on := f.On(s.Path, s.text[lo:hi])
	s.filtered[di] = filtered{lo, hi, on}
	return on
}

// gatedRules tries the rules without a literal on every line of the text.
func (s *Scanner) gatedRules() {
	for pos := 0; pos < len(s.text); {
		hi := pos + lineEnd(s.text[pos:])
		for _, g := range s.e.gated {
			if !g.rule.Possible(s.text[pos:hi]) {
				continue
			}
			for at := pos; at < hi; {
				start, end, ok, _ := g.rule.FindFrom(s.text, pos, hi, at)
				if !ok || end <= start {
					break
				}
				s.matched(g.detector, g.rule, pos, hi, start, end, start)
				at = end
			}
		}
		if hi == len(s.text) {
			s.open(pos)
		}
		pos = afterEOL(s.text, hi)
	}
}
