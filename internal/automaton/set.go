package automaton

import (
	"cmp"
	"errors"
	"fmt"
	"regexp/syntax"

	"github.com/stanch/stanch/match"
)

// Options of a Set. Zero values stand for the defaults.
type Options struct {
	// CacheBytes bounds the states of all automata of the set together.
	// Default 32 MiB.
	CacheBytes int
	// MaxProgram is the greatest number of instructions of a rule. Default
	// 10,000; at most 30,000.
	MaxProgram int
	// MaxWindow is how many bytes At looks to a side on which a rule has no
	// bound of its own. Default 4096.
	MaxWindow int
}

// Set holds rules. Parts that rules have in common are compiled once, and no
// part is compiled before a text first needs it.
//
// Add and Union are for one goroutine. The methods of Rule and Union are safe
// for concurrent use, also while rules are added.
type Set struct {
	o        Options
	space    *space
	machines map[machineKey]*machine
	gates    map[string]match.Gate
	frozen   bool
}

// NewSet returns an empty set.
func NewSet(o Options) *Set {
	o.CacheBytes = cmp.Or(o.CacheBytes, 32<<20)
	o.MaxProgram = min(cmp.Or(o.MaxProgram, 10_000), 30_000)
	o.MaxWindow = cmp.Or(o.MaxWindow, 4096)
	return &Set{o: o, space: newSpace(o.CacheBytes), machines: map[machineKey]*machine{}, gates: map[string]match.Gate{}}
}

// Freeze refuses further rules and unions, and frees what only they need.
func (s *Set) Freeze() { s.frozen, s.machines, s.gates = true, nil, nil }

// CacheBytes returns the bytes that the states of all automata take now.
func (s *Set) CacheBytes() int {
	s.space.mu.Lock()
	defer s.space.mu.Unlock()
	return s.space.used
}

var errFrozen = errors.New("rule set is frozen")

// gate returns the gate of what follows a literal, nil for nothing.
func (s *Set) gate(after *syntax.Regexp) match.Gate {
	if after == nil {
		return match.Gate{}
	}
	k := string(appendTree(nil, after))
	g, ok := s.gates[k]
	if !ok {
		g = gate(after)
		s.gates[k] = g
	}
	return g
}

// Add parses a rule in the syntax of Go's regexp. The error says why the rule
// is refused; it begins with the rule's id.
func (s *Set) Add(id, expr string) (*Rule, error) {
	if s.frozen {
		return nil, fmt.Errorf("rule %s: %w", id, errFrozen)
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", id, err)
	}
	tree := trim(re)
	bare := strip(tree)
	n := size(bare)
	if n > maxInsts {
		return nil, fmt.Errorf("rule %s: program too large: about %d instructions, at most %d allowed", id, n, s.o.MaxProgram)
	}
	if n+around > s.o.MaxProgram || mostClasses(bare) > maxClasses { // perhaps: the estimates are from above
		p, err := compile(bare, shape{unanchored: true})
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", id, err)
		}
		if n := len(p.insts); n > s.o.MaxProgram {
			return nil, fmt.Errorf("rule %s: program too large: %d instructions, at most %d allowed", id, n, s.o.MaxProgram)
		}
	}
	return newRule(s, id, re.MaxCap(), tree, bare), nil
}

// trim drops leading parts that are lazy, may be empty and read one rune at a
// time, as in [\w.]{0,40}?key. A match then begins where the rest begins; its
// end and its groups stay the same: the leftmost start that the part reaches
// from has the leftmost place where the rest matches.
func trim(re *syntax.Regexp) *syntax.Regexp {
	for re.Op == syntax.OpConcat && len(re.Sub) > 1 {
		e := re.Sub[0]
		optional := e.Op == syntax.OpStar || e.Op == syntax.OpQuest || e.Op == syntax.OpRepeat && e.Min == 0
		if !optional || e.Flags&syntax.NonGreedy == 0 || !oneRune(e.Sub[0]) {
			break
		}
		c := *re
		c.Sub = re.Sub[1:]
		if lo, _ := lengths(&c); lo == 0 {
			break
		}
		re = &c
	}
	return re
}

func oneRune(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		return len(re.Rune) == 1
	}
	return false
}
