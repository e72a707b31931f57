package automaton

import "regexp/syntax"

// Union is the first look at a literal that several rules share.
type Union struct {
	tail   *machine // nil: always
	window int
}

// Union makes one automaton of what follows the given anchors. Anchors whose
// rule can end at the literal, or too many of them, make a union that lets
// everything through.
func (s *Set) Union(parts []Part) *Union {
	u := &Union{}
	re := &syntax.Regexp{Op: syntax.OpAlternate, Flags: syntax.Perl}
	seen := map[*machine]bool{}
	for _, p := range parts {
		m := p.Rule.hits[p.Anchor].tail
		if m == nil || s.frozen {
			return u
		}
		if !seen[m] {
			seen[m] = true
			re.Sub = append(re.Sub, m.re)
		}
		if p.Rule.after == unbounded {
			u.window = p.Rule.window
		}
	}
	if len(re.Sub) == 0 || size(re) > maxInsts {
		return u
	}
	if _, err := compile(re, shape{mode: anyEnd}); err != nil {
		return u
	}
	u.tail = s.shared(re, shape{mode: anyEnd})
	return u
}

// Part names an anchor of a rule.
type Part struct {
	Rule   *Rule
	Anchor int
}

// Any reports whether one of the rules can match behind a literal that ends at
// he, in text[:hi] or in what may follow hi.
func (u *Union) Any(text []byte, hi, he int) bool {
	if u.tail == nil {
		return true
	}
	to := hi
	if u.window > 0 && hi-he > u.window {
		to = he + u.window
	}
	end, open := u.tail.get().forward(text, 0, hi, he, to, 0)
	return end >= 0 || open
}
