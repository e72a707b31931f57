package match

import (
	"math"
	"math/bits"
	"unsafe"
)

// automaton is an Aho–Corasick automaton over folded bytes, as one flat table
// of transitions. A state is the offset of its row, so that a step is one load
// from the byte's class and one from the table. States that end a literal lie
// at and above accept. It folds every literal, because folding some of them
// would need a state for each mixture of cases; those that are not to be folded
// are compared when met.
type automaton struct {
	class  [256]uint8
	stride uint32
	table  []uint32
	accept uint32
	base   uint32 // number of the first accepting state
	// Of accepting state accept+k*stride, ids[first[k]:first[k+1]] end here
	// and link[k] is the next shorter accepting state, or 0.
	first []uint32
	ids   []uint32
	link  []uint32
	depth int // longest literal
	// deep is how many bytes the state with a number stands for.
	deep []uint8
}

// newAutomaton builds the automaton of pats. Its table takes 4 bytes for each
// pair of a state and a distinct byte of the literals; there are at most as
// many states as bytes in all literals, and one.
func newAutomaton(pats []pattern) *automaton {
	a := &automaton{}
	classes := 1
	for i := range pats {
		a.depth = max(a.depth, len(pats[i].text))
		for j := range len(pats[i].text) {
			c := lower(pats[i].text[j])
			if a.class[c] != 0 {
				continue
			}
			// 256 distinct folded bytes cannot be: A to Z have none of their own.
			a.class[c] = uint8(classes)
			if isLetter(c) {
				a.class[c^0x20] = uint8(classes)
			}
			classes++
		}
	}
	nc := uint32(classes)
	a.stride = nc

	// The trie, in order of creation; row 0 is the root, 0 is no child.
	trie := make([]uint32, nc, 64*nc)
	end := make([]uint32, len(pats))
	for i := range pats {
		s := uint32(0)
		for j := range len(pats[i].text) {
			at := s + uint32(a.class[pats[i].text[j]])
			if trie[at] == 0 {
				trie[at] = uint32(len(trie))
				trie = append(trie, make([]uint32, nc)...)
			}
			s = trie[at]
		}
		end[i] = s / nc
	}
	states := uint32(len(trie)) / nc
	count := make([]uint32, states+1)
	for _, s := range end {
		count[s]++
	}

	// Breadth first: fail of a state is the longest proper suffix that is a
	// state; link the longest such suffix that ends a literal.
	fail := make([]uint32, states)
	link := make([]uint32, states)
	ends := func(s uint32) bool { return count[s] > 0 || link[s] != 0 }
	order := make([]uint32, 0, states)
	deep := make([]uint8, states)
	for c := uint32(1); c < nc; c++ {
		if t := trie[c]; t != 0 {
			order = append(order, t/nc)
			deep[t/nc] = 1
		}
	}
	for i := 0; i < len(order); i++ {
		s := order[i]
		f := fail[s]
		row, other := trie[s*nc:s*nc+nc], trie[f*nc:f*nc+nc]
		for c, t := range row {
			if t == 0 {
				row[c] = other[c]
				continue
			}
			u := other[c] / nc
			fail[t/nc] = u
			deep[t/nc] = deep[s] + 1
			if count[u] > 0 {
				link[t/nc] = u
			} else {
				link[t/nc] = link[u]
			}
			order = append(order, t/nc)
		}
	}

	// Renumber in that order, accepting states last.
	place := make([]uint32, states)
	next := uint32(1)
	for _, s := range order {
		if !ends(s) {
			place[s] = next
			next++
		}
	}
	// A power of two, so that one OR tells whether any of several states accepts.
	a.accept = 1 << bits.Len32(next*nc-1)
	base := next
	a.base = base
	accepting := states - base
	row := func(s uint32) uint32 {
		if n := place[s]; n >= base {
			return a.accept + (n-base)*nc
		}
		return place[s] * nc
	}
	for _, s := range order {
		if ends(s) {
			place[s] = next
			next++
		}
	}
	a.table = make([]uint32, a.accept+accepting*nc)
	a.deep = make([]uint8, states)
	for s := range states {
		a.deep[place[s]] = deep[s]
		to := a.table[row(s):]
		for c, t := range trie[s*nc : s*nc+nc] {
			to[c] = row(t / nc)
		}
	}
	a.first = make([]uint32, accepting+1)
	a.link = make([]uint32, accepting)
	for s := range states {
		if s != 0 && ends(s) {
			k := place[s] - base
			a.first[k+1] = count[s]
			if link[s] != 0 {
				a.link[k] = row(link[s])
			}
		}
	}
	for k := range accepting {
		a.first[k+1] += a.first[k]
	}
	a.ids = make([]uint32, len(pats))
	fill := append([]uint32(nil), a.first...)
	for i, s := range end {
		k := place[s] - base
		a.ids[fill[k]] = uint32(i)
		fill[k]++
	}
	return a
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 0x20
	}
	return c
}

// ending is an accepting state reached after the byte before end. Of what ends
// there, only literals that begin before the byte limit count.
type ending struct{ end, state, limit uint32 }

// lanes is the number of parts of a range that run walks side by side.
const lanes = 5

// leastPart is the shortest part of a range that is worth a lane.
const leastPart = 8

// run notes in s.endings every accepting state reached at bytes [from, to) of
// buf, knowing what lies before from. The parts of the range are walked side by
// side, which hides the latency of the loads. All but the first begin with
// nothing known; what ends in one part and began in another is seen by the lane
// of the part where it began, which goes on until it knows no more than the next.
func (a *automaton) run(buf []byte, from, to int, s *Scratch) {
	for i := range s.endings {
		s.endings[i] = s.endings[i][:0]
	}
	part := (to - from) / lanes
	if part < leastPart {
		s.endings[0] = a.walk(buf, from, to, a.warm(buf, from), s.endings[0])
		return
	}
	var s1, s2, s3, s4 uint32
	s0 := a.warm(buf, from)
	accept, class := a.accept, &a.class
	table := unsafe.Pointer(unsafe.SliceData(a.table))
	first := unsafe.Pointer(unsafe.SliceData(buf[from : from+lanes*part]))
	// A state is the offset of a row of stride entries and a class is less
	// than stride, hence each index into the table is less than its length.
	// Byte i of lane k is byte k*part+i of the range sliced above, i < part.
	for i := 0; i < part; i++ {
		p := unsafe.Add(first, i)
		s0 = *(*uint32)(unsafe.Add(table, uintptr(s0+uint32(class[*(*byte)(p)]))*4))
		p = unsafe.Add(p, part)
		s1 = *(*uint32)(unsafe.Add(table, uintptr(s1+uint32(class[*(*byte)(p)]))*4))
		p = unsafe.Add(p, part)
		s2 = *(*uint32)(unsafe.Add(table, uintptr(s2+uint32(class[*(*byte)(p)]))*4))
		p = unsafe.Add(p, part)
		s3 = *(*uint32)(unsafe.Add(table, uintptr(s3+uint32(class[*(*byte)(p)]))*4))
		p = unsafe.Add(p, part)
		s4 = *(*uint32)(unsafe.Add(table, uintptr(s4+uint32(class[*(*byte)(p)]))*4))
		if s0|s1|s2|s3|s4 >= accept {
			for k, st := range [lanes]uint32{s0, s1, s2, s3, s4} {
				if st >= accept {
					s.endings[k] = append(s.endings[k], ending{uint32(from + k*part + i + 1), st, noLimit})
				}
			}
		}
	}
	for k, st := range [lanes - 1]uint32{s0, s1, s2, s3} {
		s.endings[k] = a.goOn(buf, from+(k+1)*part, to, st, s.endings[k])
	}
	s.endings[lanes-1] = a.walk(buf, from+lanes*part, to, s4, s.endings[lanes-1])
}

const noLimit = math.MaxUint32

// goOn walks from the start of a part that another lane has, in the state of
// the lane before it, while that stands for bytes before the part.
func (a *automaton) goOn(buf []byte, from, to int, st uint32, dst []ending) []ending {
	for i := from; i < to && a.known(st) > i-from; {
		st = a.table[st+uint32(a.class[buf[i]])]
		i++
		if st >= a.accept && a.known(st) > i-from {
			dst = append(dst, ending{uint32(i), st, uint32(from)})
		}
	}
	return dst
}

// known is how many of the last bytes a state stands for.
func (a *automaton) known(st uint32) int {
	if st >= a.accept {
		return int(a.deep[a.base+(st-a.accept)/a.stride])
	}
	return int(a.deep[st/a.stride])
}

// warm returns the state after the bytes before i.
func (a *automaton) warm(buf []byte, i int) uint32 {
	st := uint32(0)
	for _, c := range buf[max(0, i-a.depth+1):i] {
		st = a.table[st+uint32(a.class[c])]
	}
	return st
}

func (a *automaton) walk(buf []byte, from, to int, st uint32, dst []ending) []ending {
	for i, c := range buf[from:to] {
		st = a.table[st+uint32(a.class[c])]
		if st >= a.accept {
			dst = append(dst, ending{uint32(from + i + 1), st, noLimit})
		}
	}
	return dst
}

// walkBlock is how much the automaton walks before its endings are turned into
// hits, which bounds what Scratch holds.
const walkBlock = 32 << 10

// plain appends every hit of buf.
func (m *Matcher) plain(dst []Hit, buf []byte, s *Scratch) []Hit {
	for from := 0; from < len(buf); from += walkBlock {
		dst = m.walked(dst, buf, from, min(from+walkBlock, len(buf)), s)
	}
	return dst
}

// walked appends the hits whose last byte lies in [from, to).
func (m *Matcher) walked(dst []Hit, buf []byte, from, to int, s *Scratch) []Hit {
	a := m.automaton()
	a.run(buf, from, to, s)
	for k := range s.endings {
		for _, e := range s.endings[k] {
			for st := e.state; st != 0; {
				n := (st - a.accept) / a.stride
				for _, id := range a.ids[a.first[n]:a.first[n+1]] {
					p := &m.pats[id]
					start := e.end - uint32(len(p.text))
					if start >= e.limit || !p.fold && string(buf[start:e.end]) != p.text {
						continue
					}
					if p.min > 0 && !m.gate(p, buf, int(e.end), s) {
						continue
					}
					dst = append(dst, Hit{start, e.end, id})
				}
				st = a.link[n]
			}
		}
	}
	return dst
}
