package match

import (
	"cmp"
	"slices"
)

func compareHits(a, b Hit) int {
	return cmp.Or(cmp.Compare(a.place(), b.place()), cmp.Compare(a.ID, b.ID))
}

// place orders hits by Start, then by End.
func (h Hit) place() uint64 { return uint64(h.Start)<<32 | uint64(h.End) }

func (h Hit) before(g Hit) bool {
	return h.place() < g.place() || h.place() == g.place() && h.ID < g.ID
}

// sortHits puts h into the order (Start, End, ID). Hits arrive nearly so, which
// insertion makes use of; where literals nest deeply it would be quadratic, and
// after a number of moves the general sort takes over.
func sortHits(h []Hit) {
	moves := 16 * len(h)
	for i := 1; i < len(h); i++ {
		x := h[i]
		j := i
		for ; j > 0 && x.before(h[j-1]); j-- {
			h[j] = h[j-1]
		}
		h[j] = x
		if moves -= i - j; moves < 0 {
			slices.SortFunc(h, compareHits)
			return
		}
	}
}
