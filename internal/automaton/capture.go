package automaton

import (
	"regexp/syntax"
	"sync"
	"unicode/utf8"
)

// captures finds the groups of a match whose place is known.
type captures struct {
	once sync.Once
	prog *syntax.Prog
}

// maxVisited bounds the (instruction, position) pairs a backtracking tracer
// marks, in bits. Longer matches step all threads side by side.
const maxVisited = 256 << 10

// Submatch appends to dst the offsets of the match and its groups, as
// regexp.FindSubmatchIndex gives them, for a match that At or Find returned
// for the same record. Groups that took no part are -1. Time and memory are
// bounded by the size of the rule times the length of the match.
func (r *Rule) Submatch(text []byte, lo, hi, start, end int, dst []int) []int {
	n := len(dst)
	dst = append(dst, start, end)
	for range 2 * r.groups {
		dst = append(dst, -1)
	}
	if r.groups == 0 {
		return dst
	}
	c := &r.caps
	c.once.Do(func() {
		// The tree is part of one that compiled.
		c.prog, _ = syntax.Compile(r.tree.Simplify())
	})
	t := r.space.tracers.Get().(*tracer)
	t.prog, t.text, t.lo, t.caps = c.prog, text[:hi], lo, dst[n:]
	if len(c.prog.Inst)*(end-start+1) <= maxVisited {
		t.backtrack(start, end)
	} else {
		t.parallel(start, end)
	}
	dst[n], dst[n+1] = start, end
	t.text, t.caps = nil, nil
	r.space.tracers.Put(t)
	return dst
}

// tracer follows the path of highest priority from one position to another.
type tracer struct {
	prog *syntax.Prog
	text []byte
	lo   int
	caps []int

	visited []uint64
	jobs    []job

	now, later threads
	stack      []entry
}

// job is a branch not yet taken, or, with slot >= 0, a capture to put back.
type job struct {
	pc   uint32
	slot int32
	pos  int
}

func (t *tracer) holds(op syntax.EmptyOp, i int) bool {
	before, after := rune(-1), rune(-1)
	if i > t.lo {
		before, _ = utf8.DecodeLastRune(t.text[t.lo:i])
	}
	if i < len(t.text) {
		after, _ = utf8.DecodeRune(t.text[i:])
	}
	return op&^syntax.EmptyOpContext(before, after) == 0
}

func (t *tracer) backtrack(from, to int) bool {
	n := to - from + 1
	words := (len(t.prog.Inst)*n + 63) / 64
	if cap(t.visited) < words {
		t.visited = make([]uint64, words)
	}
	t.visited = t.visited[:words]
	clear(t.visited)
	t.jobs = append(t.jobs[:0], job{uint32(t.prog.Start), -1, from})
	for len(t.jobs) > 0 {
		j := t.jobs[len(t.jobs)-1]
		t.jobs = t.jobs[:len(t.jobs)-1]
		if j.slot >= 0 {
			t.caps[j.slot] = j.pos
			continue
		}
		if t.run(j.pc, j.pos, from, to, n) {
			return true
		}
	}
	return false
}

// run follows one branch to its end.
func (t *tracer) run(pc uint32, i, from, to, n int) bool {
	for {
		k := int(pc)*n + i - from
		if t.visited[k>>6]>>(k&63)&1 != 0 {
			return false
		}
		t.visited[k>>6] |= 1 << (k & 63)
		in := &t.prog.Inst[pc]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			t.jobs = append(t.jobs, job{in.Arg, -1, i})
		case syntax.InstNop:
		case syntax.InstCapture:
			if s := int32(in.Arg); int(s) < len(t.caps) {
				t.jobs = append(t.jobs, job{0, s, t.caps[s]})
				t.caps[s] = i
			}
		case syntax.InstEmptyWidth:
			if !t.holds(syntax.EmptyOp(in.Arg), i) {
				return false
			}
		case syntax.InstMatch:
			return i == to
		case syntax.InstFail:
			return false
		default:
			if i >= to {
				return false
			}
			r, w := rune(t.text[i]), 1
			if r >= utf8.RuneSelf {
				r, w = utf8.DecodeRune(t.text[i:])
			}
			if i+w > to || !in.MatchRune(r) {
				return false
			}
			i += w
		}
		pc = in.Out
	}
}

// threads are the rune instructions reached at one position in order of
// priority, each with its captures.
type threads struct {
	sparse, dense []uint32
	pcs           []uint32
	caps          []int // of the i-th thread from i*ncap
}

func (q *threads) reset(n int) {
	if len(q.sparse) < n {
		q.sparse = make([]uint32, n)
	}
	q.dense, q.pcs, q.caps = q.dense[:0], q.pcs[:0], q.caps[:0]
}

func (q *threads) visit(pc uint32) bool {
	if i := q.sparse[pc]; i < uint32(len(q.dense)) && q.dense[i] == pc {
		return false
	}
	q.sparse[pc] = uint32(len(q.dense))
	q.dense = append(q.dense, pc)
	return true
}

// entry is an instruction to follow, or, with slot >= 0, a capture to put back.
type entry struct {
	pc   uint32
	slot int32
	old  int
}

// reach adds to later the threads that pc leads to at i. It reports whether
// the match ends there, leaving its captures in t.caps.
func (t *tracer) reach(pc uint32, i int, ends bool) bool {
	t.stack = append(t.stack[:0], entry{pc, -1, 0})
	for len(t.stack) > 0 {
		e := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		if e.slot >= 0 {
			t.caps[e.slot] = e.old
			continue
		}
		pc := e.pc
	again:
		if !t.later.visit(pc) {
			continue
		}
		in := &t.prog.Inst[pc]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			t.stack = append(t.stack, entry{in.Arg, -1, 0})
			pc = in.Out
			goto again
		case syntax.InstNop:
			pc = in.Out
			goto again
		case syntax.InstCapture:
			if s := int32(in.Arg); int(s) < len(t.caps) {
				t.stack = append(t.stack, entry{0, s, t.caps[s]})
				t.caps[s] = i
			}
			pc = in.Out
			goto again
		case syntax.InstEmptyWidth:
			if t.holds(syntax.EmptyOp(in.Arg), i) {
				pc = in.Out
				goto again
			}
		case syntax.InstMatch:
			if ends {
				return true
			}
		case syntax.InstFail:
		default:
			t.later.pcs = append(t.later.pcs, pc)
			t.later.caps = append(t.later.caps, t.caps...)
		}
	}
	return false
}

func (t *tracer) parallel(from, to int) bool {
	n := len(t.caps)
	t.later.reset(len(t.prog.Inst))
	if t.reach(uint32(t.prog.Start), from, from == to) {
		return true
	}
	for i := from; i < to; {
		t.now, t.later = t.later, t.now
		t.later.reset(len(t.prog.Inst))
		r, w := utf8.DecodeRune(t.text[i:])
		i += w
		if i > to {
			break
		}
		for k, pc := range t.now.pcs {
			in := &t.prog.Inst[pc]
			if !in.MatchRune(r) {
				continue
			}
			copy(t.caps, t.now.caps[k*n:(k+1)*n])
			if t.reach(in.Out, i, i == to) {
				return true
			}
		}
	}
	return false
}
