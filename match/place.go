package match

import (
	"cmp"
	"slices"
)

// The filter's geometry: a position of the text passes when, in one of the
// buckets, it and those after it hold symbols that the bucket has there.
const (
	width       = 4  // positions of a window, all of which are hashed
	fewBuckets  = 16 // or as many as the alphabet has
	openBuckets = 24 // those behind them may be for windows in tokens alone
	placeRuns   = 2  // rounds of improvement after the first placing
)

// spot is where a literal's window begins, as an offset into its text, and its
// bucket.
type spot struct{ offset, bucket uint8 }

// placement says how a set of literals is spread over the filter. Any placement
// with offsets inside the texts gives the same hits.
type placement struct {
	buckets int  // fewBuckets or the alphabet's
	tokens  bool // those from openBuckets on are looked at in tokens alone
	refined bool // by refine
	spots   []spot
	pass    float64 // share of positions expected to pass
}

// window is one candidate place of a literal.
type window struct {
	offset uint8
	alone  float64 // cost in a bucket of its own
	fixed  float64 // cost that no bucket changes
	quad   uint32  // the four bytes, bit 5 of each set
	exact  bool    // they are all of the text
	token  bool    // the window lies in a token
	sets   [width]symbols
}

// bucket holds the union of its windows and what is needed to say quickly what
// one more would cost.
type bucket struct {
	uses  [width][symbolCount]uint16      // windows that have the symbol at the position
	has   [width]symbols                  // what any window has
	sets  [width]symbols                  // what kernels see of has
	mass  [width]float64                  // probability of sets[i]
	joint [width - 1]float64              // of sets[i] followed by sets[i+1]
	after [width - 1][symbolCount]float64 // of sets[i] followed by the symbol
	ahead [width - 1][symbolCount]float64 // of the symbol followed by sets[i+1]
	pass  float64
}

// chain is the probability of a sequence of n sets, each depending on the one
// before alone.
func chain(n int, mass *[width]float64, joint *[width - 1]float64) float64 {
	p := joint[0]
	for i := 1; i < n-1; i++ {
		if p == 0 {
			return 0
		}
		p = float64(p*joint[i]) / mass[i]
	}
	return p
}

// with returns what the bucket's pass would be with w in it too.
func (b *bucket) with(a *alphabet, w *window) float64 {
	var fresh [width]symbols
	grows := false
	mass := b.mass
	var la, lb [symbolCount]uint8
	for i := range a.width {
		if w.sets[i].not(b.has[i]).empty() {
			continue
		}
		fresh[i] = a.seen(b.has[i].or(w.sets[i])).not(b.sets[i])
		if !fresh[i].empty() {
			grows = true
			for _, x := range fresh[i].list(&la) {
				mass[i] += a.one[x]
			}
		}
	}
	if !grows {
		return b.pass
	}
	joint := b.joint
	for i := range a.width - 1 {
		var first, second []uint8
		if !fresh[i].empty() {
			first = fresh[i].list(&la)
		}
		if !fresh[i+1].empty() {
			second = fresh[i+1].list(&lb)
		}
		j := joint[i]
		for _, x := range first {
			j += b.ahead[i][x]
			row := a.pair[int(x)*symbolCount:]
			for _, y := range second {
				j += row[y]
			}
		}
		for _, y := range second {
			j += b.after[i][y]
		}
		joint[i] = j
	}
	return chain(a.width, &mass, &joint)
}

func (b *bucket) add(a *alphabet, w *window) {
	var list [symbolCount]uint8
	for i := range a.width {
		for _, x := range w.sets[i].list(&list) {
			if b.uses[i][x]++; b.uses[i][x] == 1 {
				b.has[i].add(x)
			}
		}
	}
	b.look(a)
}

func (b *bucket) remove(a *alphabet, w *window) {
	var list [symbolCount]uint8
	for i := range a.width {
		for _, x := range w.sets[i].list(&list) {
			if b.uses[i][x]--; b.uses[i][x] == 0 {
				b.has[i].remove(x)
			}
		}
	}
	b.look(a)
}

// look takes in what b has now.
func (b *bucket) look(a *alphabet) {
	var list [symbolCount]uint8
	for i := range a.width {
		now, before := a.seen(b.has[i]), b.sets[i]
		for _, x := range now.not(before).list(&list) {
			b.turn(a, i, x, 1)
		}
		for _, x := range before.not(now).list(&list) {
			b.turn(a, i, x, -1)
		}
	}
	b.pass = chain(a.width, &b.mass, &b.joint)
}

// turn switches symbol x at position i on (sign 1) or off (-1).
func (b *bucket) turn(a *alphabet, i int, x uint8, sign float64) {
	const n = symbolCount
	b.sets[i][x>>6] ^= 1 << (x & 63)
	if b.sets[i].empty() {
		b.mass[i] = 0 // no rounding may remain where chain divides
	} else {
		b.mass[i] += float64(sign * a.one[x])
	}
	if i > 0 {
		b.joint[i-1] += float64(sign * b.after[i-1][x])
		ahead := b.ahead[i-1][:n]
		for y := range ahead {
			ahead[y] += float64(sign * a.pair[y*n+int(x)])
		}
	}
	if i < a.width-1 {
		b.joint[i] += float64(sign * b.ahead[i][x])
		row, after := a.pair[int(x)*n:][:n], b.after[i][:n]
		for y := range after {
			after[y] += float64(sign * row[y])
		}
	}
	if b.sets[i].empty() {
		if i > 0 {
			b.joint[i-1] = 0
		}
		if i < a.width-1 {
			b.joint[i] = 0
		}
	}
}

// survivorCost is what a position that survives the bitmap costs, in units of one
// that passes the tables.
const survivorCost = 2

// sharedQuad is the share of a window's fixed cost that is left where another
// literal has the same four bytes: most of it is paid already.
const sharedQuad = 0.2

// windowsPerLiteral bounds the candidates that are tried for a literal.
const windowsPerLiteral = 8

// tokenShare is the share of what passes a bucket of tokens that lies in one.
const tokenShare = 0.15

// windows returns the best places for p's window, taken by themselves.
func windows(p *pattern, a *alphabet, tokens bool) []window {
	// A window lies inside the positions while it can, and always begins
	// within the text.
	last := min(max(0, p.positions()-width), len(p.text)-1)
	all := make([]window, 0, last+1)
	var empty bucket
	shares := quadShares()
	sets := make([]symbols, 0, last+width)
	for i := range last + width {
		c := p.at(i)
		sets = append(sets, c.symbols())
	}
	for o := range last + 1 {
		w := window{offset: uint8(o)}
		copy(w.sets[:], sets[o:])
		w.alone = empty.with(a, &w)
		// What passes is looked up, and survives that if it is a literal's four
		// bytes, which costs more; unless another literal has the same.
		w.fixed = w.alone
		if n := p.expansions(o); n <= 64 {
			for _, k := range p.keys(nil, 0, o, width) {
				w.fixed += survivorCost * shares[k.value]
				w.quad = k.value
			}
			w.exact = n == 1
		} else {
			w.fixed += float64(n) * 1e-6
		}
		w.token = tokens && p.token(o)
		all = append(all, w)
	}
	cost := func(w *window) float64 {
		if w.token {
			return tokenShare * (w.alone + w.fixed)
		}
		return w.alone + w.fixed
	}
	slices.SortStableFunc(all, func(x, y window) int { return cmp.Compare(cost(&x), cost(&y)) })
	return all[:min(len(all), windowsPerLiteral)]
}

// place chooses window and bucket of every literal: greedily, shortest first,
// then by taking each out and placing it again. The result depends on pats and
// the model alone. With tokens the last buckets are for windows in tokens alone.
func place(pats []pattern, a *alphabet, buckets int, tokens bool) placement {
	wins := make([][]window, len(pats))
	order := make([]int, len(pats))
	for i := range pats {
		order[i] = i
		wins[i] = windows(&pats[i], a, tokens)
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(pats[i].positions(), pats[j].positions())
	})
	bs := make([]bucket, buckets)
	chosen := make([]*window, len(pats))
	spots := make([]spot, len(pats))
	shared := map[uint32]int{}
	put := func(i int) {
		var best *window
		least, in := 0.0, 0
		for k := range wins[i] {
			w := &wins[i][k]
			fixed := w.fixed
			if w.exact && shared[w.quad] > 0 {
				fixed *= sharedQuad
			}
			if best != nil && fixed*tokenShare >= least {
				continue
			}
			for j := range bs {
				b := &bs[j]
				cost := fixed + b.with(a, w) - b.pass
				if tokens && j >= openBuckets && !w.token {
					break
				}
				cost = share(j, cost, tokens)
				if best == nil || cost < least {
					best, least, in = w, cost, j
				}
			}
		}
		chosen[i], spots[i] = best, spot{best.offset, uint8(in)}
		if best.exact {
			shared[best.quad]++
		}
		bs[in].add(a, best)
	}
	for _, i := range order {
		put(i)
	}
	for range placeRuns {
		for _, i := range order {
			if chosen[i].exact {
				shared[chosen[i].quad]--
			}
			bs[spots[i].bucket].remove(a, chosen[i])
			put(i)
		}
	}
	return placement{buckets: buckets, tokens: tokens, spots: spots, pass: passOf(bs, tokens)}
}

// passOf is the share of positions expected to pass.
func passOf(bs []bucket, tokens bool) float64 {
	pass := 0.0
	for i := range bs {
		pass += share(i, bs[i].pass, tokens)
	}
	return pass
}

// share is what of cost counts in bucket i.
func share(i int, cost float64, tokens bool) float64 {
	if tokens && i >= openBuckets {
		return float64(tokenShare * cost)
	}
	return cost
}
