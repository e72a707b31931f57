package automaton

import (
	"bytes"
	"regexp/syntax"

	"github.com/stanch/stanch/match"
)

// needs is what a text must have for a match of a rule to stand in it: a run of
// bytes that matches are made of, as long as the shortest match, and, where marks
// are given, one of them.
type needs struct {
	class match.Class
	run   int
	marks [][]byte
}

// maxMarks is how many marks are looked for; each costs a pass.
const maxMarks = 4

// needsOf returns what a rule needs. family is its literals, usable or not.
func needsOf(bare *syntax.Regexp, family []split) needs {
	var n needs
	p, err := syntax.Compile(bare.Simplify())
	if err != nil {
		return needs{}
	}
	w := walker{prog: p, read: map[uint32]reads{}}
	for pc := range p.Inst {
		switch p.Inst[pc].Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			n.class.Union(w.reads(uint32(pc)).class)
		}
	}
	n.run, _ = lengths(bare)
	var marks [][]byte
	for _, f := range family {
		for _, l := range f.lits {
			if l.fold != 0 || len(marks) == maxMarks {
				return n
			}
			marks = append(marks, []byte(l.text))
		}
	}
	n.marks = marks
	return n
}

// Possible reports whether a match can stand in text, as few of its bytes tell.
// Where it says no, Find finds none.
func (r *Rule) Possible(text []byte) bool {
	n := &r.needs
	if n.run > 1 && !hasRun(&n.class, text, n.run) {
		return false
	}
	if len(n.marks) == 0 {
		return len(text) >= n.run
	}
	for _, m := range n.marks {
		if bytes.Contains(text, m) {
			return true
		}
	}
	return false
}

// hasRun reports whether text has n bytes of the class in a row. It looks at one
// byte in n where few are of the class, and at none more than twice.
func hasRun(c *match.Class, text []byte, n int) bool {
	begin, known := 0, -1 // text[begin:known+1] is of the class
	for i := n - 1; i < len(text); {
		j := i
		for j > known && c.Has(text[j]) {
			j--
		}
		if j > known {
			begin = j + 1
		}
		if i-begin+1 >= n {
			return true
		}
		known = i
		if begin > i {
			known = begin - 1
		}
		i = begin + n - 1
	}
	return false
}
