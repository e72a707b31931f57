package match

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"
)

// automaton is an Aho–Corasick automaton over classes of folded bytes, as one flat
// table of transitions. A state is the offset of its row, so that a step is one
// load from the byte's class and one from the table. States that end a literal lie at and above accept. It folds
// every literal, because folding some of them would need a state for each mixture
// of cases, and the rarest bytes of literals share a class, because the table has
// to stay in a cache: literals for which that matters are compared when met.
type automaton struct {
	class  [256]uint8
	table  []uint32
	accept uint32
	// Of accepting state accept+k*rowSize, ids[first[k]:first[k+1]] end here and link[k]
	// is the next shorter accepting state, or 0.
	first []uint32
	ids   []uint32
	link  []uint32
	then  []Class // what may follow one of those that end here, or at its links
	exact []bool  // by literal: it has to be compared
	depth int     // longest literal
	// deep is how many bytes the state stands for whose row has the number.
	deep []uint8
}

// rowSize is how many classes there are.
const rowSize = 64

// newAutomaton builds the automaton of pats. Its table takes 4 bytes for each pair
// of a state and a class; there are at most as many states as bytes in all
// literals, and one, and up to twice as many rows for alignment.
func newAutomaton(pats []pattern) *automaton {
	a := &automaton{exact: make([]bool, len(pats))}
	shared := a.classify(pats)

	// The trie, in order of creation; row 0 is the root, 0 is no child.
	type row = [rowSize]uint32
	trie := make([]row, 1, 64)
	end := make([]uint32, len(pats))
	for i := range pats {
		s := uint32(0)
		a.depth = max(a.depth, len(pats[i].text))
		a.exact[i] = !pats[i].fold
		for j := range len(pats[i].text) {
			c := a.class[pats[i].text[j]]
			a.exact[i] = a.exact[i] || c == shared
			if trie[s][c] == 0 {
				trie[s][c] = uint32(len(trie))
				trie = append(trie, row{})
			}
			s = trie[s][c]
		}
		end[i] = s
	}
	states := uint32(len(trie))
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
	for _, t := range trie[0] {
		if t != 0 {
			order = append(order, t)
			deep[t] = 1
		}
	}
	for i := 0; i < len(order); i++ {
		s := order[i]
		other := &trie[fail[s]]
		for c, t := range trie[s] {
			if t == 0 {
				trie[s][c] = other[c]
				continue
			}
			u := other[c]
			fail[t] = u
			deep[t] = deep[s] + 1
			if count[u] > 0 {
				link[t] = u
			} else {
				link[t] = link[u]
			}
			order = append(order, t)
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
	accepting := states - next
	// A power of two, so that one OR tells whether any of several states accepts.
	base := uint32(1) << bits.Len32(next-1)
	a.accept = base * rowSize
	next = base
	for _, s := range order {
		if ends(s) {
			place[s] = next
			next++
		}
	}
	a.deep = make([]uint8, next)
	a.table = make([]uint32, next*rowSize)
	for s := range states {
		a.deep[place[s]] = deep[s]
		for c, t := range trie[s] {
			a.table[place[s]*rowSize+uint32(c)] = place[t] * rowSize
		}
	}
	a.first = make([]uint32, accepting+1)
	a.link = make([]uint32, accepting)
	for s := range states {
		if s != 0 && ends(s) {
			k := place[s] - base
			a.first[k+1] = count[s]
			a.link[k] = place[link[s]] * rowSize // 0 for none
		}
	}
	for k := range accepting {
		a.first[k+1] += a.first[k]
	}
	a.ids = make([]uint32, len(pats))
	a.then = make([]Class, accepting)
	fill := append([]uint32(nil), a.first...)
	for i, s := range end {
		k := place[s] - base
		a.ids[fill[k]] = uint32(i)
		fill[k]++
		a.then[k].Union(pats[i].at(len(pats[i].text)))
	}
	for k, l := range a.link { // the numbers of links, which are shorter, are less
		if l != 0 {
			a.then[k].Union(a.then[l/rowSize-base])
		}
	}
	return a
}

// classify numbers the folded bytes of literals, from 1 on, the most frequent
// first. If there are too many, all others share the last number, which it
// returns, or 0 if none do.
func (a *automaton) classify(pats []pattern) (shared uint8) {
	var uses [256]int
	for i := range pats {
		for j := range len(pats[i].text) {
			uses[lower(pats[i].text[j])]++
		}
	}
	var have []byte
	for c, n := range uses {
		if n > 0 {
			have = append(have, byte(c))
		}
	}
	slices.SortStableFunc(have, func(x, y byte) int { return uses[y] - uses[x] })
	if len(have) >= rowSize {
		shared = rowSize - 1
	}
	for i, c := range have {
		a.class[c] = uint8(min(i+1, rowSize-1))
		if isLetter(c) {
			a.class[c^0x20] = a.class[c]
		}
	}
	return shared
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
	// A state is the offset of a row of rowSize entries and a class is less than
	// rowSize, hence each index into the table is less than its length. Byte i of
	// lane k is byte k*part+i of the range sliced above, i < part.
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
			a.note(s, buf, from+i+1, part, s0, s1, s2, s3, s4)
		}
	}
	for k, st := range [lanes - 1]uint32{s0, s1, s2, s3} {
		s.endings[k] = a.goOn(buf, from+(k+1)*part, to, st, s.endings[k])
	}
	s.endings[lanes-1] = a.walk(buf, from+lanes*part, to, s4, s.endings[lanes-1])
}

// note appends what ends in the states that lanes are in, part bytes from one to
// the next and the first at end. It is no part of the loop that calls it, which
// has no registers to spare, and has no loop, which would be guessed wrongly.
//
//go:noinline
func (a *automaton) note(s *Scratch, buf []byte, end, part int, s0, s1, s2, s3, s4 uint32) {
	if s0 >= a.accept {
		s.endings[0] = a.ending(s.endings[0], s0, buf, end+0*part)
	}
	if s1 >= a.accept {
		s.endings[1] = a.ending(s.endings[1], s1, buf, end+1*part)
	}
	if s2 >= a.accept {
		s.endings[2] = a.ending(s.endings[2], s2, buf, end+2*part)
	}
	if s3 >= a.accept {
		s.endings[3] = a.ending(s.endings[3], s3, buf, end+3*part)
	}
	if s4 >= a.accept {
		s.endings[4] = a.ending(s.endings[4], s4, buf, end+4*part)
	}
}

// ending appends that st was reached at end, unless the byte there says that
// nothing is found.
func (a *automaton) ending(dst []ending, st uint32, buf []byte, end int) []ending {
	if !a.maybe(st, buf, end) {
		return dst
	}
	return append(dst, ending{uint32(end), st, noLimit})
}

// maybe reports whether the byte at end may follow a literal that ends there in
// an accepting state. Most literals have a gate, and in most places it is shut.
func (a *automaton) maybe(st uint32, buf []byte, end int) bool {
	return end == len(buf) || a.then[(st-a.accept)/rowSize].Has(buf[end])
}

const noLimit = math.MaxUint32

// goOn walks from the start of a part that another lane has, in the state of
// the lane before it, while that stands for bytes before the part.
func (a *automaton) goOn(buf []byte, from, to int, st uint32, dst []ending) []ending {
	for i := from; i < to && a.known(st) > i-from; {
		st = a.table[st+uint32(a.class[buf[i]])]
		i++
		if st >= a.accept && a.known(st) > i-from && a.maybe(st, buf, i) {
			dst = append(dst, ending{uint32(i), st, uint32(from)})
		}
	}
	return dst
}

// known is how many of the last bytes a state stands for.
func (a *automaton) known(st uint32) int { return int(a.deep[st/rowSize]) }

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
			dst = a.ending(dst, st, buf, from+i+1)
		}
	}
	return dst
}

// walkBlock is how much the automaton walks before its endings are turned into
// hits, which bounds what Scratch holds.
const walkBlock = 32 << 10

// plain appends every hit of buf, or more than most of those up to the place that
// it returns.
func (m *Matcher) plain(dst []Hit, buf []byte, most int, s *Scratch) ([]Hit, int) {
	have := len(dst)
	for from := 0; from < len(buf); from += walkBlock {
		if n, ok := m.enough(dst, have, most, from); ok {
			return dst, n
		}
		dst = m.walked(dst, buf, from, min(from+walkBlock, len(buf)), s)
	}
	return dst, len(buf)
}

// walked appends the hits whose last byte lies in [from, to).
func (m *Matcher) walked(dst []Hit, buf []byte, from, to int, s *Scratch) []Hit {
	a := m.automaton()
	a.run(buf, from, to, s)
	for k := range s.endings {
		for _, e := range s.endings[k] {
			for st := e.state; st != 0; {
				n := (st - a.accept) / rowSize
				for _, id := range a.ids[a.first[n]:a.first[n+1]] {
					p := &m.pats[id]
					start := e.end - uint32(len(p.text))
					if start >= e.limit || a.exact[id] && !p.equal(buf[start:e.end]) {
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
