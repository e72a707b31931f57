package automaton

import (
	"math"
	"math/bits"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/stanch/stanch/match"
)

const maxGate = 64

// gate returns a class run that every match has behind its literal: of all
// lengths, the one that random text passes least.
func gate(after *syntax.Regexp) match.Gate {
	if after == nil {
		return match.Gate{}
	}
	if lo, _ := lengths(after); lo == 0 {
		return match.Gate{}
	}
	p, err := syntax.Compile(after.Simplify())
	if err != nil {
		return match.Gate{}
	}
	w := walker{prog: p, seen: make([]int, len(p.Inst)), read: map[uint32]reads{}}
	if !w.enter(&w.due[0], uint32(p.Start)) {
		return match.Gate{}
	}
	var best match.Gate
	var union match.Class
	top := 0.0
	for n := 1; n <= maxGate; n++ {
		c, more := w.step()
		size := 0
		for i := range union {
			union[i] |= c[i]
			size += bits.OnesCount64(union[i])
		}
		if size == 0 {
			break // matches nothing
		}
		if s := -float64(n) * math.Log2(weight(&union)); s > top {
			best, top = match.Gate{Class: union, Min: n}, s
		}
		if !more {
			break
		}
	}
	return best
}

// weight is the share of log text in a class: text is nearly all printable
// ASCII, letters and digits above the rest.
func weight(c *match.Class) float64 {
	in, all := 0.0, 0.0
	for b := range 256 {
		w := 0.02
		switch {
		case isWord(byte(b)):
			w = 1
		case ' ' <= b && b < 0x7f:
			w = 0.5
		}
		all += w
		if c.Has(byte(b)) {
			in += w
		}
	}
	return in / all
}

// walker steps a program byte by byte over all texts at once. Of a rune
// beyond ASCII it knows only that each byte is >= 0x80.
type walker struct {
	prog *syntax.Prog
	due  [utf8.UTFMax + 1][]uint32 // rune instructions due after so many bytes
	seen []int
	mark int
	read map[uint32]reads
}

// reads is what an instruction consumes: ASCII bytes, longer runes.
type reads struct {
	class       match.Class
	ascii, wide bool
}

func (w *walker) reads(pc uint32) reads {
	if x, ok := w.read[pc]; ok {
		return x
	}
	var x reads
	rs := instRanges(&w.prog.Inst[pc])
	for i := 0; i+1 < len(rs); i += 2 {
		for r := rs[i]; r <= min(rs[i+1], utf8.RuneSelf-1); r++ {
			x.class[r>>6] |= 1 << (r & 63)
			x.ascii = true
		}
		x.wide = x.wide || rs[i+1] >= utf8.RuneSelf
	}
	if x.wide {
		x.class[2], x.class[3] = math.MaxUint64, math.MaxUint64
	}
	w.read[pc] = x
	return x
}

// enter follows pc to the instructions that read a rune. It is false where
// the program can end first.
func (w *walker) enter(to *[]uint32, pcs ...uint32) bool {
	w.mark++
	for len(pcs) > 0 {
		pc := pcs[len(pcs)-1]
		pcs = pcs[:len(pcs)-1]
		if w.seen[pc] == w.mark {
			continue
		}
		w.seen[pc] = w.mark
		in := &w.prog.Inst[pc]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			pcs = append(pcs, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			pcs = append(pcs, in.Out)
		case syntax.InstMatch:
			return false
		case syntax.InstFail:
		default:
			*to = append(*to, pc)
		}
	}
	return true
}

// step returns the bytes that can stand next, and whether another must follow.
func (w *walker) step() (c match.Class, more bool) {
	var out [utf8.UTFMax + 1][]uint32
	for i := 1; i < len(w.due); i++ {
		if len(w.due[i]) > 0 {
			c[2], c[3] = math.MaxUint64, math.MaxUint64
		}
	}
	for _, pc := range w.due[0] {
		x, to := w.reads(pc), w.prog.Inst[pc].Out
		for i := range c {
			c[i] |= x.class[i]
		}
		if x.ascii {
			out[1] = append(out[1], to)
		}
		if x.wide {
			for i := 1; i < len(out); i++ {
				out[i] = append(out[i], to)
			}
		}
	}
	more = true
	var next [utf8.UTFMax + 1][]uint32
	copy(next[:], w.due[1:])
	for i := 1; i < len(out); i++ {
		if len(out[i]) > 0 {
			more = w.enter(&next[i-1], out[i]...) && more
		}
	}
	for i := range next {
		next[i] = dedupe(next[i], w)
	}
	w.due = next
	return c, more
}

func dedupe(pcs []uint32, w *walker) []uint32 {
	w.mark++
	out := pcs[:0]
	for _, pc := range pcs {
		if w.seen[pc] != w.mark {
			w.seen[pc] = w.mark
			out = append(out, pc)
		}
	}
	return out
}
