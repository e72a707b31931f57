package automaton

import (
	"math"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// literal is a required string. Where fold has a bit (by byte, so a literal
// has at most 64), the ASCII letter matches in either case and text holds the
// lower one.
type literal struct {
	text string
	fold uint64
}

const maxLiteral = 64

// at reports whether the literal stands at the beginning of b.
func (l *literal) at(b []byte) bool {
	if len(b) < len(l.text) {
		return false
	}
	for i := range len(l.text) {
		c := b[i]
		if l.fold>>i&1 != 0 && c-'A' < 26 {
			c |= 0x20
		}
		if c != l.text[i] {
			return false
		}
	}
	return true
}

// meets reports whether both literals can stand at the same place.
func (l *literal) meets(m *literal) bool {
	for i := range min(len(l.text), len(m.text)) {
		x, y := l.text[i], m.text[i]
		if (l.fold|m.fold)>>i&1 != 0 {
			if x-'A' < 26 {
				x |= 0x20
			}
			if y-'A' < 26 {
				y |= 0x20
			}
		}
		if x != y {
			return false
		}
	}
	return true
}

func join(a, b literal) literal {
	return literal{a.text + b.text, a.fold | b.fold<<len(a.text)}
}

// runeLiteral returns r as a literal, or false where no finite set of byte
// strings reads as r.
func runeLiteral(r rune, fold bool) (literal, bool) {
	if r == utf8.RuneError || !utf8.ValidRune(r) {
		return literal{}, false
	}
	if fold && unicode.SimpleFold(r) != r {
		// K and S fold to the Kelvin sign and the long s as well. Those
		// two are left out, as any ASCII matcher leaves them out.
		l := unicode.ToLower(r)
		if l >= utf8.RuneSelf {
			return literal{}, false
		}
		return literal{string(l), 1}, true
	}
	return literal{text: string(r)}, true
}

// exact returns the finite set of strings a tree matches, if there are at
// most limit.
func exact(re *syntax.Regexp, limit int) ([]literal, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []literal{{}}, true
	case syntax.OpLiteral:
		var l literal
		for _, r := range re.Rune {
			x, ok := runeLiteral(r, re.Flags&syntax.FoldCase != 0)
			if !ok || len(l.text)+len(x.text) > maxLiteral {
				return nil, false
			}
			l = join(l, x)
		}
		return []literal{l}, true
	case syntax.OpCharClass:
		return exactClass(re.Rune, limit)
	case syntax.OpCapture:
		return exact(re.Sub[0], limit)
	case syntax.OpConcat:
		out := []literal{{}}
		for _, s := range re.Sub {
			x, ok := exact(s, limit)
			if ok {
				out, ok = cross(out, x, limit)
			}
			if !ok {
				return nil, false
			}
		}
		return out, true
	case syntax.OpAlternate:
		var out []literal
		for _, s := range re.Sub {
			x, ok := exact(s, limit)
			if !ok {
				return nil, false
			}
			for _, l := range x {
				if !slices.Contains(out, l) {
					out = append(out, l)
				}
			}
			if len(out) > limit {
				return nil, false
			}
		}
		return out, true
	case syntax.OpQuest:
		return exactRepeat(re.Sub[0], 0, 1, limit)
	case syntax.OpRepeat:
		if re.Max < 0 || re.Max > 4 {
			return nil, false
		}
		return exactRepeat(re.Sub[0], re.Min, re.Max, limit)
	}
	return nil, false
}

func exactRepeat(re *syntax.Regexp, lo, hi, limit int) ([]literal, bool) {
	x, ok := exact(re, limit)
	if !ok {
		return nil, false
	}
	var out []literal
	cur := []literal{{}}
	for i := 0; ; i++ {
		if i >= lo {
			for _, l := range cur {
				if !slices.Contains(out, l) {
					out = append(out, l)
				}
			}
		}
		if i == hi {
			return out, len(out) <= limit
		}
		if cur, ok = cross(cur, x, limit); !ok {
			return nil, false
		}
	}
}

func exactClass(rs []rune, limit int) ([]literal, bool) {
	n := 0
	for i := 0; i < len(rs); i += 2 {
		if n += int(rs[i+1]-rs[i]) + 1; n > 2*limit {
			return nil, false
		}
	}
	in := func(r rune) bool {
		for i := 0; i < len(rs); i += 2 {
			if rs[i] <= r && r <= rs[i+1] {
				return true
			}
		}
		return false
	}
	var out []literal
	for i := 0; i < len(rs); i += 2 {
		for r := rs[i]; r <= rs[i+1]; r++ {
			switch {
			case r == '\u212a' && in('k') && in('K'), r == '\u017f' && in('s') && in('S'):
				continue // see runeLiteral
			case 'A' <= r && r <= 'Z' && in(r|0x20):
				continue // stands with the lower letter
			}
			l, ok := runeLiteral(r, 'a' <= r && r <= 'z' && in(r-0x20))
			if !ok {
				return nil, false
			}
			out = append(out, l)
		}
	}
	return out, len(out) > 0 && len(out) <= limit
}

func cross(a, b []literal, limit int) ([]literal, bool) {
	if len(a)*len(b) > limit {
		return nil, false
	}
	var out []literal
	for _, x := range a {
		for _, y := range b {
			if len(x.text)+len(y.text) > maxLiteral {
				return nil, false
			}
			if l := join(x, y); !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out, true
}

// split is one way a match can look: before, one of the literals, after.
type split struct {
	lits          []literal
	before, after []*syntax.Regexp
}

const (
	maxLiterals = 48  // of one split, where they are multiplied out
	maxWords    = 256 // where a rule lists them
	maxSplits   = 16
)

// flatten lists the parts of a tree without captures in sequence.
func flatten(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpConcat:
		var out []*syntax.Regexp
		for _, s := range re.Sub {
			out = append(out, flatten(s)...)
		}
		return out
	case syntax.OpEmptyMatch:
		return nil
	case syntax.OpPlus: // x+ is x x*
		if x, ok := exact(re.Sub[0], 8); ok && x[0].text != "" {
			return append(flatten(re.Sub[0]), &syntax.Regexp{Op: syntax.OpStar, Flags: re.Flags, Sub: re.Sub})
		}
	}
	return []*syntax.Regexp{re}
}

// sequence is the tree of parts in sequence, nil if there are none.
func sequence(parts []*syntax.Regexp) *syntax.Regexp {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: syntax.Perl, Sub: parts}
}

// splits returns the best family of literals such that every match holds one
// of them, or nil.
func splits(parts []*syntax.Regexp, depth int) []split {
	var best []split
	top := math.Inf(-1)
	try := func(family []split) {
		if len(family) == 0 || len(family) > maxSplits {
			return
		}
		for i := range family {
			family[i].extend()
		}
		if s := score(family); s > top {
			best, top = family, s
		}
	}
	for i, e := range parts {
		before, after := parts[:i:i], parts[i+1:]
		limit := maxLiterals
		if e.Op == syntax.OpAlternate {
			limit = maxWords
		}
		if x, ok := exact(e, limit); ok && minText(x) > 0 {
			try([]split{{x, before, after}})
		}
		if depth == 0 {
			continue
		}
		switch e.Op {
		case syntax.OpAlternate:
			var all []split
			for _, s := range e.Sub {
				f := splits(flatten(s), depth-1)
				if f == nil {
					all = nil
					break
				}
				for _, x := range f {
					all = append(all, split{x.lits, slices.Concat(before, x.before), slices.Concat(x.after, after)})
				}
			}
			try(all)
		case syntax.OpRepeat, syntax.OpPlus:
			rest := *e
			if e.Op == syntax.OpPlus {
				rest.Op = syntax.OpStar
			} else {
				if e.Min < 1 {
					break
				}
				rest.Min--
				if rest.Max > 0 {
					rest.Max--
				}
			}
			var all []split
			for _, x := range splits(flatten(e.Sub[0]), depth-1) {
				tail := slices.Concat(x.after, []*syntax.Regexp{&rest}, after)
				all = append(all, split{x.lits, slices.Concat(before, x.before), tail})
			}
			try(all)
		}
	}
	return best
}

// score prefers a long shortest literal, and few literals.
func score(family []split) float64 {
	n, shortest := 0, 10
	for _, s := range family {
		n += len(s.lits)
		for _, l := range s.lits {
			shortest = min(shortest, distinct(l.text))
		}
	}
	return float64(shortest) - 0.4*math.Log2(float64(n))
}

// distinct counts the bytes of a literal that tell it from running text.
func distinct(s string) (n int) {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\n', '\r', '"', '\'', '=', ':', ',', ';', '.', '/', '-', '_':
		default:
			n++
		}
	}
	// Marks count once a word stands beside them.
	if n >= 2 {
		n = len(s)
	}
	return n
}

// extend makes the literals longer with exact neighbours.
func (s *split) extend() {
	for n := len(s.before); n > 0; n-- {
		x, ok := exact(s.before[n-1], maxLiterals)
		if ok {
			x, ok = cross(x, s.lits, maxLiterals)
		}
		if !ok || !worth(s.lits, x) {
			break
		}
		s.lits, s.before = x, s.before[:n-1:n-1]
	}
	for len(s.after) > 0 {
		x, ok := exact(s.after[0], maxLiterals)
		if ok {
			x, ok = cross(s.lits, x, maxLiterals)
		}
		if !ok || !worth(s.lits, x) {
			break
		}
		s.lits, s.after = x, s.after[1:]
	}
}

// worth reports whether growing from a to b is worth the greater number.
func worth(a, b []literal) bool {
	if len(b) <= len(a) {
		return true
	}
	m, n := minText(a), minText(b)
	return m < 5 && n > m && (m < 3 || len(b) <= 4*len(a))
}

func minText(x []literal) int {
	m := maxLiteral
	for _, l := range x {
		m = min(m, len(l.text))
	}
	return m
}
