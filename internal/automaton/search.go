package automaton

import (
	"sync/atomic"
	"unicode/utf8"
)

// forward runs over text[from:to] and returns the end of the match, or -1:
// anchored programs match at from, unanchored ones find the leftmost match.
// text[lo:hi] around the range is seen by assertions. If reach > 0 the search
// ends that many bytes behind the last end seen. open says that the bytes up
// to hi did not decide.
func (c *cache) forward(text []byte, lo, hi, from, to, reach int) (end int, open bool) {
	text = text[:hi]
	ctx := ctxText
	if from > lo {
		ctx = ctxOf(text[from-1])
	}
	if !c.hot.Load() {
		c.hot.Store(true)
	}
	p := c.prog
	tb := c.cur.Load()
	s := atomic.LoadUint32(&tb.trans[ctx])
	last, i, mark := -1, from, from
	if s >= tRun {
		if s == tUnknown {
			tb, s = c.start(ctx)
		}
		switch s {
		case tDead:
			return -1, false
		case tAccept:
			return from, false
		case tFull:
			return c.stepForward("", ctx, text, from, to, reach, -1, false)
		}
		if s >= tRun {
			if tb, s, i = c.skip(tb, s&tMask, text, i, to); i < 0 {
				return -1, false
			}
		}
	}
	cls, tr := &p.cls, tb.trans
	for i < to {
		col := uint32(cls[text[i]])
		t := atomic.LoadUint32(&tr[s+col])
		if t < tRun {
			s = t
			i++
			continue
		}
		w := 1
		if t == tEscape {
			var r rune
			r, w = utf8.DecodeRune(text[i:])
			if w == 1 && !open {
				open = !utf8.FullRune(text[i:])
			}
			col = uint32(p.class(r))
			t = atomic.LoadUint32(&tr[s+col])
		}
		if t == tUnknown {
			var st string
			if tb, t, st = c.fill(tb, s, int(col), i-mark); t == tFull {
				return c.stepForward(st, 0, text, i, to, reach, last, open)
			}
			tr, mark = tb.trans, i
		}
		if t&tMatch != 0 {
			last = i
			if p.mode == anyEnd {
				return last, open
			}
			if reach > 0 {
				to = min(to, i+reach)
			}
		}
		switch t &^ tMatch {
		case tDead:
			return last, open
		case tAccept:
			return i + w, open
		}
		s = t & tMask
		i += w
		if t&tRun != 0 {
			if tb, s, i = c.skip(tb, s, text, i, to); i < 0 {
				return last, open
			}
			tr = tb.trans
		}
	}
	if i > to {
		return last, open // the last rune straddles the limit
	}
	col := p.esc + 1
	if i < hi {
		r, w := utf8.DecodeRune(text[i:])
		if w == 1 && !open {
			open = !utf8.FullRune(text[i:])
		}
		col = p.class(r)
	} else {
		open = true
	}
	t := atomic.LoadUint32(&tr[int(s)+col])
	if t == tUnknown {
		var st string
		if _, t, st = c.fill(tb, s, col, i-mark); t == tFull {
			return c.stepForward(st, 0, text, i, to, reach, last, open)
		}
	}
	if t&tMatch != 0 {
		last = i
	}
	return last, open
}

// skip goes through a run from its first state, at i. It returns the state
// and position reached, the same ones where the run has to be read rune by
// rune, or -1 for the position where the state is dead.
func (c *cache) skip(tb *table, s uint32, text []byte, i, to int) (*table, uint32, int) {
	row := tb.trans[int(s)+c.esc:]
	run := row[2]
	end := i + int(run>>16)
	in := c.within[run&0xffff]
	rest := text[i:min(end, to)]
	for len(rest) >= 4 && in[rest[0]]&in[rest[1]]&in[rest[2]]&in[rest[3]] != 0 {
		rest = rest[4:]
	}
	for _, b := range rest {
		if in[b] == 0 {
			if b < utf8.RuneSelf {
				return tb, s, -1
			}
			return tb, s, i
		}
	}
	if end > to {
		return tb, s, i
	}
	t := atomic.LoadUint32(&row[3])
	if t == tUnknown {
		if nt, t, _ := c.fill(tb, s, c.esc+3, end-i); t != tFull {
			return nt, t, end
		}
		return tb, s, i
	}
	return tb, t, end
}

// backward runs a reversed program from from down to to, not below lo, and
// returns the leftmost start, or -1.
func (c *cache) backward(text []byte, lo, hi, from, to int) int {
	ctx := ctxText
	if from < hi {
		ctx = ctxOf(text[from])
	}
	if !c.hot.Load() {
		c.hot.Store(true)
	}
	p := c.prog
	tb := c.cur.Load()
	s := atomic.LoadUint32(&tb.trans[ctx])
	if s >= tSpecial {
		if s == tUnknown {
			tb, s = c.start(ctx)
		}
		switch s {
		case tDead:
			return -1
		case tAccept:
			return from
		case tFull:
			return c.stepBackward("", ctx, text, lo, from, to, -1)
		}
	}
	last, i, mark := -1, from, from
	cls, tr := &p.cls, tb.trans
	for i > to {
		col := uint32(cls[text[i-1]])
		t := atomic.LoadUint32(&tr[s+col])
		if t < tSpecial {
			s = t
			i--
			continue
		}
		w := 1
		if t == tEscape {
			var r rune
			r, w = utf8.DecodeLastRune(text[lo:i])
			col = uint32(p.class(r))
			t = atomic.LoadUint32(&tr[s+col])
		}
		if t == tUnknown {
			var st string
			if tb, t, st = c.fill(tb, s, int(col), mark-i); t == tFull {
				return c.stepBackward(st, 0, text, lo, i, to, last)
			}
			tr, mark = tb.trans, i
		}
		if t&tMatch != 0 {
			last = i
		}
		switch t &^ tMatch {
		case tDead:
			return last
		case tAccept:
			return i - w
		}
		s = t & tMask
		i -= w
	}
	if i < to {
		return last
	}
	col := p.esc + 1
	if i > lo {
		r, _ := utf8.DecodeLastRune(text[lo:i])
		col = p.class(r)
	}
	t := atomic.LoadUint32(&tr[int(s)+col])
	if t == tUnknown {
		var st string
		if _, t, st = c.fill(tb, s, col, mark-i); t == tFull {
			return c.stepBackward(st, 0, text, lo, i, to, last)
		}
	}
	if t&tMatch != 0 {
		last = i
	}
	return last
}

// stepForward goes on where forward found the cache full: from state st at i,
// or from the start state of ctx if st is empty. It keeps no states.
func (c *cache) stepForward(st string, ctx int, text []byte, i, to, reach, last int, open bool) (int, bool) {
	p := c.prog
	b := c.space.steppers.Get().(*builder)
	from := i
	defer func() { c.stepped(b, i-from+1) }()
	if st == "" {
		// The caches hold no state that accepts or is dead, so this one runs.
		b.begin(p, ctx)
		b.cur, b.key = b.key, b.cur
	} else {
		b.cur = append(b.cur[:0], st...)
	}
	for i <= to {
		col, w := p.esc+1, 0
		if i < len(text) {
			var r rune
			r, w = utf8.DecodeRune(text[i:])
			if w == 1 && r == utf8.RuneError && !open {
				open = !utf8.FullRune(text[i:])
			}
			col = p.class(r)
		} else {
			open = true
		}
		v := b.next(p, col)
		if v&vMatch != 0 {
			last = i
			if p.mode == anyEnd {
				return last, open
			}
			if reach > 0 {
				to = min(to, i+reach)
			}
		}
		switch {
		case i == to || v&vDead != 0:
			return last, open
		case v&vAccept != 0:
			return i + w, open
		}
		b.cur, b.key = b.key, b.cur
		i += w
	}
	return last, open
}

// stepBackward is stepForward for backward.
func (c *cache) stepBackward(st string, ctx int, text []byte, lo, i, to, last int) int {
	p := c.prog
	b := c.space.steppers.Get().(*builder)
	from := i
	defer func() { c.stepped(b, from-i+1) }()
	if st == "" {
		b.begin(p, ctx)
		b.cur, b.key = b.key, b.cur
	} else {
		b.cur = append(b.cur[:0], st...)
	}
	for i >= to {
		col, w := p.esc+1, 0
		if i > lo {
			var r rune
			r, w = utf8.DecodeLastRune(text[lo:i])
			col = p.class(r)
		}
		v := b.next(p, col)
		if v&vMatch != 0 {
			last = i
		}
		switch {
		case i == to || v&vDead != 0:
			return last
		case v&vAccept != 0:
			return i - w
		}
		b.cur, b.key = b.key, b.cur
		i -= w
	}
	return last
}

func (c *cache) stepped(b *builder, n int) {
	s := c.space
	s.stepped.Add(int64(b.steps))
	b.steps = 0
	s.steppers.Put(b)
	c.paid(n)
}
