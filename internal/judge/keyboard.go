package judge

import "bytes"

// places gives each key its place in its row of the keyboard and in the zigzag
// over all rows (1qaz2wsx…). Neighbours differ by one, the ends of rows and what
// has no place by more.
var places = [256]struct{ row, zigzag uint8 }{
	'Q': {10, 101}, 'W': {11, 105}, 'E': {12, 109}, 'R': {13, 113}, 'T': {14, 117}, 'Y': {15, 121}, 'U': {16, 125}, 'I': {17, 129}, 'O': {18, 132}, 'P': {19, 135},
	'q': {10, 101}, 'w': {11, 105}, 'e': {12, 109}, 'r': {13, 113}, 't': {14, 117}, 'y': {15, 121}, 'u': {16, 125}, 'i': {17, 129}, 'o': {18, 132}, 'p': {19, 135},
	'A': {30, 102}, 'S': {31, 106}, 'D': {32, 110}, 'F': {33, 114}, 'G': {34, 118}, 'H': {35, 122}, 'J': {36, 126}, 'K': {37, 130}, 'L': {38, 133},
	'a': {30, 102}, 's': {31, 106}, 'd': {32, 110}, 'f': {33, 114}, 'g': {34, 118}, 'h': {35, 122}, 'j': {36, 126}, 'k': {37, 130}, 'l': {38, 133},
	'Z': {50, 103}, 'X': {51, 107}, 'C': {52, 111}, 'V': {53, 115}, 'B': {54, 119}, 'N': {55, 123}, 'M': {56, 127},
	'z': {50, 103}, 'x': {51, 107}, 'c': {52, 111}, 'v': {53, 115}, 'b': {54, 119}, 'n': {55, 123}, 'm': {56, 127},
	'1': {70, 100}, '2': {71, 104}, '3': {72, 108}, '4': {73, 112}, '5': {74, 116}, '6': {75, 120}, '7': {76, 124}, '8': {77, 128}, '9': {78, 131}, '0': {79, 134},
}

// The ways in which a run may go from one byte to the next.
const (
	same = 1 << iota
	after
	before
	rowUp
	rowDown
	zigzagUp
	zigzagDown
	ways = iota
)

// step returns the ways that lead from a to b.
func step(a, b byte) (s uint8) {
	switch int(b) - int(a) {
	case 0:
		return same // no key is its own neighbour
	case 1:
		s = after
	case -1:
		s = before
	}
	p, q := &places[a], &places[b]
	switch q.row - p.row {
	case 1:
		s |= rowUp
	case 0xff:
		s |= rowDown
	}
	switch q.zigzag - p.zigzag {
	case 1:
		s |= zigzagUp
	case 0xff:
		s |= zigzagDown
	}
	return s
}

// run returns the length of the longest tail of v that steps evenly through the
// character set by -1, 0 or 1, or along a row of the keyboard; less than three
// is no run.
func run(v []byte) int {
	s, n := uint8(1<<ways-1), 1
	for i := len(v) - 1; i > 0; i-- {
		if s &= step(v[i-1], v[i]); s == 0 {
			break
		}
		n++
	}
	return n
}

// repeat returns the length of the longest tail of v that is a copy of what
// stands some distance before it, if it has at least three bytes.
func repeat(v []byte) int {
	best, last := 0, len(v)-1
	if last < 3 {
		return 0
	}
	tail := v[last-2:]
	for from := 0; ; {
		i := bytes.Index(v[from:last], tail)
		if i < 0 {
			return best
		}
		from += i + 1
		n := 3
		for end := from + 1; n <= end && v[last-n] == v[end-n]; {
			n++
		}
		best = max(best, n)
	}
}
