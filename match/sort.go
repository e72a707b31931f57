package match

import (
	"cmp"
	"slices"
)

func compareHits(a, b Hit) int {
	if a.Start != b.Start {
		return cmp.Compare(a.Start, b.Start)
	}
	if a.End != b.End {
		return cmp.Compare(a.End, b.End)
	}
	return cmp.Compare(a.ID, b.ID)
}

// sortHits puts h into the order (Start, End, ID). Hits arrive nearly so, which
// insertion makes use of; where literals nest deeply it would be quadratic, and
// after a number of moves the general sort takes over.
func sortHits(h []Hit) {
	moves := 16 * len(h)
	for i := 1; i < len(h); i++ {
		x := h[i]
		j := i
		for ; j > 0 && compareHits(x, h[j-1]) < 0; j-- {
			h[j] = h[j-1]
		}
		h[j] = x
		if moves -= i - j; moves < 0 {
			slices.SortFunc(h, compareHits)
			return
		}
	}
}
