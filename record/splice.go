package record

// edit is what takes the place of value[start:end].
type edit struct {
	start, end int
	from, to   int  // of arena
	measured   bool // its length stands before it
	length     int  // if it is a length itself, of what
	bare       bool // it is one
}

// frame is a part of the value that has its length before it.
type frame struct {
	at, start int // the length stands at value[at:start], the part from start on
	grown     int // bytes by which it has become longer so far
	slot      int // of the edit of its length
}

// Enter begins a part of the value whose length stands at value[at:start], before
// it. Parts lie in each other.
func (t *Texts) Enter(at, start int) {
	if t.walk == editing {
		t.frames = append(t.frames, frame{at: at, start: start})
	}
}

// Leave ends the part that was begun last, which goes up to end. If it has become
// longer or shorter, so does what it says of its length.
func (t *Texts) Leave(end int) {
	if t.walk != editing {
		return
	}
	n := len(t.frames) - 1
	f := t.frames[n]
	t.frames = t.frames[:n]
	if t.open <= n {
		return // nothing has changed in it
	}
	t.open = n
	e := &t.edits[f.slot]
	e.length = end - f.start + f.grown
	if n > 0 {
		t.frames[n-1].grown += f.grown + t.width(e.length) - (f.start - f.at)
	}
}

func (t *Texts) width(n int) int {
	var b [10]byte
	return len(t.Length(b[:0], n))
}

// change notes an edit. Edits are noted in the order of their places, lengths before
// what they measure.
func (t *Texts) change(e edit) {
	for ; t.open < len(t.frames); t.open++ {
		f := &t.frames[t.open]
		f.slot = len(t.edits)
		t.edits = append(t.edits, edit{start: f.at, end: f.start, bare: true})
	}
	t.edits = append(t.edits, e)
	if n := len(t.frames); n > 0 {
		size := e.to - e.from
		if e.measured {
			size += t.width(size)
		}
		t.frames[n-1].grown += size - (e.end - e.start)
	}
}

// splice appends the value with its edits.
func (t *Texts) splice(dst []byte) []byte {
	done := 0
	for i := range t.edits {
		e := &t.edits[i]
		dst = append(dst, t.value[done:e.start]...)
		switch {
		case e.bare:
			dst = t.Length(dst, e.length)
		case e.measured:
			dst = t.Length(dst, e.to-e.from)
		}
		dst = append(dst, t.arena[e.from:e.to]...)
		done = e.end
	}
	return append(dst, t.value[done:]...)
}
