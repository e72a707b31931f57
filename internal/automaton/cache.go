package automaton

import (
	"sync"
	"sync/atomic"
)

// A transition word is the row of the next state, or one of the specials.
const (
	tMatch   = 1 << 31 // a match ended before the rune just read
	tSpecial = 1 << 30 // the low bits are one of these, or 0:
	tUnknown = tSpecial
	tDead    = tSpecial | 1
	tEscape  = tSpecial | 2 // a byte >= 0x80: decode the rune, use its class
	tAccept  = tSpecial | 3 // a match ends behind the rune, and that is final
	tFull    = tSpecial | 4 // no room for the state: never stored
	tRun     = 1 << 29      // the next state begins a run
	tMask    = tRun - 1
)

// table is what readers see of a cache. Its first base words are the start
// states by context, then comes a row per state. Readers load words
// atomically and take no lock; a table that is too small is copied and
// replaced, and rows keep their places, so a reader of the old one stays
// right.
type table struct {
	gen   *generation
	trans []uint32
}

// generation is the bookkeeping behind the tables since a cache was last
// emptied; the lock of the space guards it.
type generation struct {
	states []string
	index  map[string]uint32
	bytes  int
	walked int // bytes read on the way to new states
}

var unknown = &table{trans: []uint32{tUnknown, tUnknown, tUnknown, tUnknown}}

// cache is a lazily built automaton for any number of goroutines.
type cache struct {
	cur    atomic.Pointer[table]
	prog   *program
	hot    atomic.Bool   // read since the last sweep
	live   bool          // on the space's list
	esc    int           // of prog, as is
	within []*[256]uint8 // this
	space  *space
}

// space is the memory that all caches of a set share, and the one lock for
// building states. A warm cache is read without it.
//
// When the space or a cache is full, it is emptied only if enough bytes were
// read since to pay for the states that go; until then, searches that need a
// new state step the NFA to their end. So a thrashing cache costs at most
// O(program) per byte.
type space struct {
	mu     sync.Mutex
	b      builder
	max    int // bytes, all caches
	one    int // bytes, one cache
	used   int
	walked int
	caches []*cache

	// bytes holds the sets of runs once each: rules have few different ones, and
	// what all share is near when a rule is looked at once in a while.
	bytes map[[256]uint8]*[256]uint8

	steppers sync.Pool // of *builder
	tracers  sync.Pool // of *tracer
	stepped  atomic.Int64
}

const (
	maxCache      = 1 << 20
	stateOverhead = 72 // string headers, map slot at its usual load
	firstRows     = 4
	// Bytes that must have been read per state before a full cache is emptied.
	bytesPerState = 4
	// A full space is emptied after max/spaceCredit bytes: about as many per
	// state, at the usual size of one.
	spaceCredit = 64
)

func newSpace(max int) *space {
	s := &space{max: max, one: min(maxCache, max), bytes: map[[256]uint8]*[256]uint8{}}
	s.steppers.New = func() any { return new(builder) }
	s.tracers.New = func() any { return new(tracer) }
	return s
}

func (c *cache) init(s *space, p *program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for pc, in := range p.within {
		if in == nil {
			continue
		}
		if known := s.bytes[*in]; known != nil {
			p.within[pc] = known
		} else {
			s.bytes[*in] = in
		}
	}
	c.prog, c.space, c.esc, c.within = p, s, p.esc, p.within
	c.cur.Store(unknown)
}

// base is the length of the start words, a whole number of rows.
func (p *program) base() int { return (4 + p.stride - 1) / p.stride * p.stride }

// drop empties a cache. Searches under way finish on the old table.
func (s *space) drop(c *cache) {
	if g := c.cur.Load().gen; g != nil {
		s.used -= g.bytes
		c.cur.Store(unknown)
	}
}

// sweep drops the caches not read since the last sweep, or all of them where
// that frees too little. It reports whether it freed anything.
func (s *space) sweep() bool {
	if s.walked < s.max/spaceCredit || s.used == 0 {
		return false
	}
	s.walked = 0
	before := s.used
	for _, all := range []bool{false, true} {
		for _, c := range s.caches {
			if !c.hot.Swap(false) || all {
				s.drop(c)
			}
		}
		if s.used <= before-before/4 {
			break
		}
	}
	kept := s.caches[:0]
	for _, c := range s.caches {
		if c.live = c.cur.Load().gen != nil; c.live {
			kept = append(kept, c)
		}
	}
	clear(s.caches[len(kept):])
	s.caches = kept
	return s.used < before
}

// open gives an empty cache its first table, if that and more bytes have room.
func (c *cache) open(more int) bool {
	s, p := c.space, c.prog
	size := p.base() + firstRows*p.stride
	for need := 4*size + more; need > s.one || s.used+need > s.max; {
		if need > s.one || !s.sweep() {
			return false
		}
	}
	tb := &table{&generation{index: map[string]uint32{}, bytes: 4 * size}, make([]uint32, size)}
	for i := range p.base() {
		tb.trans[i] = tUnknown
	}
	s.used += 4 * size
	c.cur.Store(tb)
	if !c.live {
		c.live = true
		s.caches = append(s.caches, c)
	}
	return true
}

// put returns the word for the state just built, adding it to the cache, or
// tFull.
func (c *cache) put(v verdict) uint32 {
	var m uint32
	if v&vMatch != 0 {
		m = tMatch
	}
	switch {
	case v&vAccept != 0:
		return m | tAccept
	case v&vDead != 0:
		return m | tDead
	}
	s, p := c.space, c.prog
	key := s.b.key
	for {
		tb := c.cur.Load()
		g := tb.gen
		if g == nil {
			if !c.open(len(key) + stateOverhead) {
				return tFull
			}
			continue
		}
		if row, ok := g.index[string(key)]; ok {
			return m | row
		}
		run := runOf(p, key)
		row := p.base() + len(g.states)*p.stride
		need := len(key) + stateOverhead
		grow := row+p.stride > len(tb.trans)
		if grow {
			need += 4 * len(tb.trans)
		}
		if g.bytes+need > s.one {
			if g.walked < bytesPerState*len(g.states) {
				return tFull
			}
			s.drop(c)
			continue
		}
		if s.used+need > s.max {
			if !s.sweep() {
				return tFull
			}
			continue
		}
		if grow {
			nt := &table{g, make([]uint32, 2*len(tb.trans))}
			copy(nt.trans, tb.trans)
			tb = nt
		}
		// No reader can see the row yet: a later atomic store tells of it.
		r := tb.trans[row : row+p.stride]
		for i := range r {
			r[i] = tUnknown
		}
		r[p.esc] = tEscape
		word := uint32(row)
		if run.skip >= minSkip {
			word |= tRun
			r[p.esc+2] = uint32(key[0]) | uint32(key[1])<<8 | uint32(run.skip)<<16
		}
		own := string(key)
		g.states = append(g.states, own)
		g.index[own] = word
		g.bytes += need
		s.used += need
		if grow {
			c.cur.Store(tb)
		}
		return m | word
	}
}

// start returns the start state for a context.
func (c *cache) start(ctx int) (*table, uint32) {
	s := c.space
	s.mu.Lock()
	defer s.mu.Unlock()
	t := c.put(s.b.begin(c.prog, ctx))
	tb := c.cur.Load()
	if t != tFull && (tb.gen != nil || c.open(0)) {
		tb = c.cur.Load()
		atomic.StoreUint32(&tb.trans[ctx], t)
	}
	return tb, t
}

// fill returns the transition of a row on column col, and the table its row
// is in. walked is the number of bytes read since the last new state. If
// there is no room it returns tFull and the state that the row stands for.
func (c *cache) fill(tb *table, row uint32, col, walked int) (*table, uint32, string) {
	s, p := c.space, c.prog
	s.mu.Lock()
	defer s.mu.Unlock()
	cur := c.cur.Load()
	if cur.gen == tb.gen {
		if t := cur.trans[int(row)+col]; t != tUnknown {
			return cur, t, ""
		}
		tb.gen.walked += walked + 1
	}
	s.walked += walked + 1
	st := tb.gen.states[(int(row)-p.base())/p.stride]
	from := runOf(p, st)
	var v verdict
	if col == p.esc+3 { // the end of a run
		last := from.last
		s.b.key = append(s.b.key[:0], byte(last), byte(last>>8), 0)
	} else {
		s.b.cur = append(s.b.cur[:0], st...)
		v = s.b.next(p, col)
	}
	t := c.put(v)
	if t == tFull {
		return tb, t, st
	}
	if from.skip > 0 {
		t &^= tRun // a run is tried at its beginning only
	}
	cur = c.cur.Load()
	if cur.gen == tb.gen {
		atomic.StoreUint32(&cur.trans[int(row)+col], t)
	}
	return cur, t, ""
}

// paid records bytes stepped without the cache.
func (c *cache) paid(n int) {
	s := c.space
	s.mu.Lock()
	s.walked += n
	if g := c.cur.Load().gen; g != nil {
		g.walked += n
	}
	s.mu.Unlock()
}
