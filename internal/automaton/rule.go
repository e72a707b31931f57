package automaton

import (
	"regexp/syntax"
	"slices"

	"github.com/stanch/stanch/match"
)

// Anchor is a literal that stands in every match of a rule, or in every match
// that no other anchor of the rule stands in.
type Anchor struct {
	Text string
	// Fold matches ASCII letters in either case. A folded k or s does not
	// stand for the Kelvin sign or the long s here.
	Fold bool
	// Gate is a class run that must follow the literal, if Min > 0.
	Gate match.Gate
}

// Rule is a compiled rule. It is safe for concurrent use.
type Rule struct {
	id            string
	groups        int
	anchors       []Anchor
	hits          []hit // by anchor
	direct        bool
	before, after int // bytes beside an anchor, or unbounded
	window        int
	needs         needs // of a rule without anchors
	space         *space
	whole         *machine // anchored at the match's start
	find, rev     *machine
	tree          *syntax.Regexp
	caps          captures
}

// hit is what is known of a match at one of its anchors.
type hit struct {
	lit   literal
	check bool // the anchor folds more than the literal
	side
}

// side is what stands before and after the literals of a split.
type side struct {
	empty syntax.EmptyOp // assertions before the literal, if nothing else is
	lead  *machine       // reads leftwards what is before the literal, or nil
	tail  *machine       // what is after it, or nil
}

const splitDepth = 4

func newRule(s *Set, id string, groups int, tree, bare *syntax.Regexp) *Rule {
	r := &Rule{id: id, groups: groups, tree: tree, window: s.o.MaxWindow, space: s.space}
	r.whole = s.machine(bare, shape{mode: first})
	r.find = s.machine(bare, shape{mode: first, unanchored: true})
	r.rev = s.machine(bare, shape{mode: longest, reverse: true})
	family := splits(flatten(bare), splitDepth)
	if !s.usable(family) {
		r.before, r.after = 0, 0
		_, r.after = lengths(bare)
		r.direct = true
		r.needs = needsOf(bare, family)
		return r
	}
	r.direct = simple(family)
	tail := anyEnd
	if r.direct && prefixFree(family) {
		tail = first
	}
	for _, f := range family {
		before, after := sequence(f.before), sequence(f.after)
		d := &side{}
		if before != nil {
			_, n := lengths(before)
			r.before = max(r.before, n)
			var ok bool
			if d.empty, ok = assertions(f.before); !ok {
				d.lead = s.shared(before, shape{mode: longest, reverse: true})
			}
		}
		if after != nil {
			_, n := lengths(after)
			r.after = max(r.after, n)
			d.tail = s.shared(after, shape{mode: tail})
		}
		g := s.gate(after)
		for _, l := range f.lits {
			a, check := l.anchor()
			a.Gate = g
			r.anchors = append(r.anchors, a)
			r.hits = append(r.hits, hit{l, check, *d})
		}
	}
	if tail == first {
		r.whole = nil
	}
	return r
}

// usable reports whether a literal matcher can look for the family.
func (s *Set) usable(family []split) bool {
	for _, f := range family {
		if size(orEmpty(sequence(f.before))) > maxInsts || size(orEmpty(sequence(f.after))) > maxInsts {
			return false
		}
		g := s.gate(sequence(f.after))
		for _, l := range f.lits {
			n := distinct(l.text)
			if g.Min >= 8 && weight(&g.Class) < 0.9 {
				n++ // the run tells as much as a byte
				if g.Min >= 24 && len(l.text) >= 2 {
					n++ // or as two
				}
			}
			if n < 3 {
				return false
			}
		}
	}
	return len(family) > 0
}

func orEmpty(re *syntax.Regexp) *syntax.Regexp {
	if re == nil {
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	}
	return re
}

// simple reports whether every match begins at its literal.
func simple(family []split) bool {
	for _, f := range family {
		if _, ok := assertions(f.before); !ok {
			return false
		}
	}
	return true
}

// prefixFree reports whether at one place at most one of the literals stands.
func prefixFree(family []split) bool {
	var all []literal
	for _, f := range family {
		for _, l := range f.lits {
			for i := range all {
				if l.meets(&all[i]) {
					return false
				}
			}
			all = append(all, l)
		}
	}
	return true
}

// assertions returns the assertions that parts consist of, or false if they
// hold anything else.
func assertions(parts []*syntax.Regexp) (op syntax.EmptyOp, ok bool) {
	for _, e := range parts {
		switch e.Op {
		case syntax.OpBeginLine:
			op |= syntax.EmptyBeginLine
		case syntax.OpEndLine:
			op |= syntax.EmptyEndLine
		case syntax.OpBeginText:
			op |= syntax.EmptyBeginText
		case syntax.OpEndText:
			op |= syntax.EmptyEndText
		case syntax.OpWordBoundary:
			op |= syntax.EmptyWordBoundary
		case syntax.OpNoWordBoundary:
			op |= syntax.EmptyNoWordBoundary
		case syntax.OpEmptyMatch:
		default:
			return 0, false
		}
	}
	return op, true
}

// anchor returns what a literal matcher looks for to find l, and whether that
// lets more through than l does: a matcher folds all letters or none.
func (l *literal) anchor() (a Anchor, check bool) {
	if l.fold == 0 {
		return Anchor{Text: l.text}, false
	}
	text := []byte(l.text)
	for i, c := range text {
		if c|0x20-'a' < 26 && l.fold>>i&1 == 0 {
			text[i] |= 0x20
			check = true
		}
	}
	return Anchor{Text: string(text), Fold: true}, check
}

// ID returns the id given to Add.
func (r *Rule) ID() string { return r.id }

// Anchors returns the literals one of which stands in every match, with the
// class run that must follow it. It is empty for a rule that has no literal
// of at least three telling bytes; such a rule is for Find. The slice is the
// caller's own.
func (r *Rule) Anchors() []Anchor { return slices.Clone(r.anchors) }

// Groups returns the number of capturing groups.
func (r *Rule) Groups() int { return r.groups }

// Window returns the bytes a match can reach before the start and behind the
// end of an anchor; for a rule without anchors, the length of a match as
// after. Where the rule has no bound it is Options.MaxWindow, and bounded is
// false: from the first hit on, FindFrom then takes a record in one pass, while
// At looks through a window per hit. An assertion looks at one rune more.
func (r *Rule) Window() (before, after int, bounded bool) {
	before, after, bounded = r.before, r.after, true
	if before == unbounded {
		before, bounded = r.window, false
	}
	if after == unbounded {
		after, bounded = r.window, false
	}
	return before, after, bounded
}

// Direct reports whether every match begins at an anchor. For such a rule the
// matches that At returns for the hits in order of hs, less those hits that
// begin before the end of the last match, are those of FindAllIndex. For
// others At is exact for each anchor by itself, and it is FindFrom that walks
// over matches as FindAllIndex does.
func (r *Rule) Direct() bool { return r.direct }

// At decides whether a match stands at a hit: text[hs:he] equals the given
// anchor of the rule. text[lo:hi] is the record: its ends are those of the
// text for ^, $ and \b. The match is the one that Go's regexp finds from the
// leftmost start from which it finds one through the anchor. A leading part
// that is left out (see the package comment) does not belong to it.
//
// open reports that the record ended before the automaton decided: with more
// bytes behind hi there could be a match, or another end.
func (r *Rule) At(text []byte, lo, hi, anchor, hs, he int) (start, end int, ok, open bool) {
	h := &r.hits[anchor]
	if h.check && !h.lit.at(text[hs:hi]) {
		return 0, 0, false, false
	}
	if h.empty != 0 && !holds(h.empty, text, lo, hi, hs) {
		return 0, 0, false, false
	}
	end = he
	if h.tail != nil {
		end, open = h.tail.get().forward(text, lo, hi, he, r.limit(he, hi), 0)
	}
	if r.whole == nil {
		return hs, end, end >= 0, open
	}
	if end < 0 && !open {
		return 0, 0, false, false
	}
	return r.through(h.lead, text, lo, hi, hs, he, open)
}

// Misses reports that no match goes through a hit, as the bytes up to hi tell; lo, hi,
// anchor, hs and he are as for At. Where it says no, one may, or may not.
func (r *Rule) Misses(text []byte, lo, hi, anchor, hs, he int) bool {
	h := &r.hits[anchor]
	if h.check && !h.lit.at(text[hs:hi]) {
		return true
	}
	if h.tail == nil {
		return false
	}
	end, open := h.tail.get().forward(text, lo, hi, he, hi, 0)
	return end < 0 && !open
}

// maxTries bounds the starts that through looks at. Only a rule that matches
// all over its own leading part needs more than one; where so many are not
// enough, the leading part and the literal count as the match.
const maxTries = 32

// through finds the leftmost start from which the match goes through the
// literal at text[hs:he].
func (r *Rule) through(lead *machine, text []byte, lo, hi, hs, he int, open bool) (start, end int, ok, stillOpen bool) {
	floor := lo
	if r.before == unbounded {
		floor = max(lo, hs-r.window)
	}
	for try := 0; ; try++ {
		start = hs
		if lead != nil {
			if floor <= hs {
				start = lead.get().backward(text, lo, hi, hs, floor)
			}
			if floor > hs || start < 0 {
				return 0, 0, false, try > 0 && open
			}
		}
		end, more := r.whole.get().forward(text, lo, hi, start, r.limit(he, hi), 0)
		open = open || more
		switch {
		case end >= he:
			return start, end, true, open
		case end < 0 || lead == nil:
			return 0, 0, false, open
		case try == maxTries:
			return start, he, true, open
		}
		// The match from there ends before the literal does.
		floor = start + 1
	}
}

func (r *Rule) limit(he, hi int) int {
	if r.after == unbounded && hi-he > r.window {
		return he + r.window
	}
	return hi
}

// holds reports whether assertions hold at i.
func holds(op syntax.EmptyOp, text []byte, lo, hi, i int) bool {
	before, after := i > lo && isWord(text[i-1]), i < hi && isWord(text[i])
	var is syntax.EmptyOp
	if before != after {
		is = syntax.EmptyWordBoundary
	} else {
		is = syntax.EmptyNoWordBoundary
	}
	if i == lo {
		is |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	} else if text[i-1] == '\n' {
		is |= syntax.EmptyBeginLine
	}
	if i == hi {
		is |= syntax.EmptyEndText | syntax.EmptyEndLine
	} else if text[i] == '\n' {
		is |= syntax.EmptyEndLine
	}
	return op&^is == 0
}

// Find returns the leftmost-first match in text[lo:hi].
func (r *Rule) Find(text []byte, lo, hi int) (start, end int, ok bool) {
	start, end, ok, _ = r.FindFrom(text, lo, hi, lo)
	return start, end, ok
}

// FindFrom is Find for matches that begin at or after from, a rune boundary;
// assertions see the bytes before it. If there is a match, open has the
// meaning it has for At; if there is none, one may always begin yet.
//
// Going on from the end of the last match takes linear time over the record,
// whatever the rule: an end that lies more than Options.MaxWindow bytes behind
// the end of a shorter match is not found for a rule without bound.
func (r *Rule) FindFrom(text []byte, lo, hi, from int) (start, end int, ok, open bool) {
	reach := 0
	if r.after == unbounded {
		reach = r.window
	}
	end, open = r.find.get().forward(text, lo, hi, from, hi, reach)
	if end < 0 {
		return 0, 0, false, true
	}
	start = r.rev.get().backward(text, lo, hi, end, from)
	return start, end, start >= 0, open
}
