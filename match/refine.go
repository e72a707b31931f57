package match

import "math/rand/v2"

// What refine tries, for each literal, and how much worse a move may make things
// at first, as a share of positions. A look at the results of several values
// chose them.
const (
	refineMoves     = 2000
	refineThreshold = 2e-5
)

// refine improves a placement by moving single windows at random, by threshold
// accepting (Dueck and Scheuer, 1990): a move that makes things worse is made
// too, while it does so by less than a bound that falls to nothing. It takes
// seconds and depends on pats and the model alone.
func refine(pats []pattern, a *alphabet, pl placement) placement {
	wins := make([][]window, len(pats))
	chosen := make([]*window, len(pats))
	bs := make([]bucket, pl.buckets)
	shared := map[uint32]int{}
	for i := range pats {
		wins[i] = windows(&pats[i], a, pl.tokens)
		for k := range wins[i] {
			if wins[i][k].offset == pl.spots[i].offset {
				chosen[i] = &wins[i][k]
			}
		}
		bs[pl.spots[i].bucket].add(a, chosen[i])
		if chosen[i].exact {
			shared[chosen[i].quad]++
		}
	}
	fixed := func(w *window, others int) float64 {
		if w.exact && shared[w.quad] > others {
			return float64(sharedQuad * w.fixed)
		}
		return w.fixed
	}
	r := rand.New(rand.NewPCG(1, 2))
	for left := refineMoves * len(pats); left > 0; left-- {
		i, to := r.IntN(len(pats)), r.IntN(pl.buckets)
		old, from := chosen[i], int(pl.spots[i].bucket)
		w := &wins[i][r.IntN(len(wins[i]))]
		if to == from && w == old || pl.tokens && to >= openBuckets && !w.token {
			continue
		}
		had := bs[from].pass
		bs[from].remove(a, old)
		same := 0
		if w.exact && old.exact && w.quad == old.quad {
			same = 1
		}
		worse := share(to, bs[to].with(a, w)-bs[to].pass+fixed(w, same), pl.tokens) -
			share(from, had-bs[from].pass+fixed(old, 1), pl.tokens)
		if worse > float64(refineThreshold*float64(left))/float64(refineMoves*len(pats)) {
			bs[from].add(a, old)
			continue
		}
		bs[to].add(a, w)
		if old.exact {
			shared[old.quad]--
		}
		if w.exact {
			shared[w.quad]++
		}
		chosen[i], pl.spots[i] = w, spot{w.offset, uint8(to)}
	}
	pl.pass, pl.refined = passOf(bs, pl.tokens), true
	return pl
}
