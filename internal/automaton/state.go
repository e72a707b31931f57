package automaton

import (
	"regexp/syntax"
	"slices"
)

// A state of the automaton is written as the uint16 numbers of its
// instructions in order of priority, little-endian, then a byte of flags. The
// flags keep what stood before the state, and are zero unless an assertion
// waits for what follows. Such a state of a leftmost-first automaton holds the
// instructions from which it was reached, not those it was expanded to: what
// an assertion lets through may change the order of all others.

const (
	fPending = 1 << iota
	fBeginText
	fBeginLine
	fPrevWord
)

// Contexts before a start position (after it, for reversed programs).
const (
	ctxText  = iota // edge of the text
	ctxLine         // newline
	ctxWord         // word rune
	ctxOther        // any other rune
)

func ctxOf(c byte) int {
	switch {
	case c == '\n':
		return ctxLine
	case isWord(c):
		return ctxWord
	}
	return ctxOther
}

// verdict is what the step into a state tells about matches.
type verdict uint8

const (
	vMatch  verdict = 1 << iota // a match ended before the rune just read
	vAccept                     // a match ends behind it and nothing can change that
	vDead                       // no match ends behind it
)

const beginOps = syntax.EmptyBeginLine | syntax.EmptyBeginText

// queue is a sparse set of instructions visited and the list of those that
// make up a state.
type queue struct {
	sparse, dense []uint32
	keep          []uint32
}

func (q *queue) reset(n int) {
	if len(q.sparse) < n {
		q.sparse = make([]uint32, n)
	}
	q.dense, q.keep = q.dense[:0], q.keep[:0]
}

func (q *queue) visit(pc uint32) bool {
	if i := q.sparse[pc]; i < uint32(len(q.dense)) && q.dense[i] == pc {
		return false
	}
	q.sparse[pc] = uint32(len(q.dense))
	q.dense = append(q.dense, pc)
	return true
}

// builder constructs states. It belongs to one goroutine at a time.
type builder struct {
	q1, q2 queue
	list   []uint32
	seeds  []uint32 // what q2 was followed from
	ended  bool     // follow has met a match
	stack  []uint32
	cur    []byte // the state next starts from
	key    []byte // the state begin and next write
	steps  int    // instructions visited
}

func (b *builder) follow(p *program, q *queue, pc uint32, known syntax.EmptyOp, final bool) {
	b.stack = append(b.stack[:0], pc)
	for len(b.stack) > 0 {
		pc := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
	again:
		if !q.visit(pc) {
			continue
		}
		b.steps++
		in := &p.insts[pc]
		switch in.op {
		case opAlt:
			b.stack = append(b.stack, in.arg)
			pc = in.out
			goto again
		case opNop:
			pc = in.out
			goto again
		case opEmpty:
			if in.empty&^known == 0 {
				pc = in.out
				goto again
			}
			// What begins a line or text is known at once; the rest must
			// wait for the next rune.
			if !final && in.empty&^known&beginOps == 0 {
				q.keep = append(q.keep, pc)
			}
		case opMatch:
			b.ended = true
			q.keep = append(q.keep, pc)
		case opRune:
			q.keep = append(q.keep, pc)
		}
	}
}

// finish brings the state in q2 into canonical form and writes its key.
func (b *builder) finish(p *program, flags byte) verdict {
	keep := b.q2.keep
	pending := false
	for i, pc := range keep {
		switch p.insts[pc].op {
		case opEmpty:
			pending = true
			continue
		case opMatch:
			switch p.mode {
			case first:
				if i == 0 {
					return vAccept
				}
				keep = keep[:i+1]
			case anyEnd:
				return vAccept
			default:
				continue
			}
		default:
			continue
		}
		break
	}
	if len(keep) == 0 {
		return vDead
	}
	if p.mode != first {
		slices.Sort(keep)
	} else if pending {
		keep = b.seeds
	}
	b.key = b.key[:0]
	for _, pc := range keep {
		b.key = append(b.key, byte(pc), byte(pc>>8))
	}
	if !pending {
		flags = 0
	} else {
		flags |= fPending
	}
	b.key = append(b.key, flags)
	return 0
}

// begin writes the start state for a context.
func (b *builder) begin(p *program, ctx int) verdict {
	var known syntax.EmptyOp
	var flags byte
	switch ctx {
	case ctxText:
		known, flags = beginOps, fBeginText|fBeginLine
	case ctxLine:
		known, flags = syntax.EmptyBeginLine, fBeginLine
	case ctxWord:
		flags = fPrevWord
	}
	b.q2.reset(len(p.insts))
	b.seeds = append(b.seeds[:0], p.start)
	b.follow(p, &b.q2, p.start, known, false)
	return b.finish(p, flags)
}

// next writes the successor of the state in cur on class c; c == p.esc+1 is
// the end of the text.
func (b *builder) next(p *program, c int) verdict {
	st := b.cur
	end := c > p.esc
	had := st[len(st)-1]
	b.list = b.list[:0]
	for i := 0; i+1 < len(st); i += 2 {
		b.list = append(b.list, uint32(st[i])|uint32(st[i+1])<<8)
	}
	list := b.list
	b.steps += len(list)
	if had&fPending != 0 {
		var known syntax.EmptyOp
		if had&fBeginText != 0 {
			known |= syntax.EmptyBeginText
		}
		if had&fBeginLine != 0 {
			known |= syntax.EmptyBeginLine
		}
		w := false
		if end {
			known |= syntax.EmptyEndText | syntax.EmptyEndLine
		} else {
			if p.line.has(c) {
				known |= syntax.EmptyEndLine
			}
			w = p.word.has(c)
		}
		if w != (had&fPrevWord != 0) {
			known |= syntax.EmptyWordBoundary
		} else {
			known |= syntax.EmptyNoWordBoundary
		}
		b.q1.reset(len(p.insts))
		for _, pc := range list {
			b.follow(p, &b.q1, pc, known, true)
		}
		list = b.q1.keep
	}
	var known syntax.EmptyOp
	var flags byte
	if !end {
		if p.line.has(c) {
			known, flags = syntax.EmptyBeginLine, fBeginLine
		}
		if p.word.has(c) {
			flags |= fPrevWord
		}
	}
	var v verdict
	b.q2.reset(len(p.insts))
	b.seeds, b.ended = b.seeds[:0], false
scan:
	for _, pc := range list {
		in := &p.insts[pc]
		switch {
		case in.op == opMatch:
			v = vMatch
			if p.mode == anyEnd {
				return vMatch | vDead
			}
			if p.mode == first {
				break scan
			}
		case b.ended && p.mode == first:
			// Of lower priority than the match to come.
		case in.op == opRune && !end && p.sets[in.set].has(c):
			b.seeds = append(b.seeds, in.out)
			b.follow(p, &b.q2, in.out, known, false)
		}
	}
	return v | b.finish(p, flags)
}
