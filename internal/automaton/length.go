package automaton

import (
	"math"
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// unbounded is the length of what has no bound.
const unbounded = math.MaxInt32

// lengths returns the least and the greatest length of a match in bytes.
func lengths(re *syntax.Regexp) (lo, hi int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			a, b := runeLen(r), runeLen(r)
			if re.Flags&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
					a, b = min(a, runeLen(f)), max(b, runeLen(f))
				}
			}
			if r == utf8.RuneError {
				b = 3
			}
			lo, hi = lo+a, hi+b
		}
	case syntax.OpCharClass:
		return classLengths(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, utf8.UTFMax
	case syntax.OpCapture:
		return lengths(re.Sub[0])
	case syntax.OpStar:
		_, h := lengths(re.Sub[0])
		return 0, times(h, unbounded)
	case syntax.OpPlus:
		l, h := lengths(re.Sub[0])
		return l, times(h, unbounded)
	case syntax.OpQuest:
		_, h := lengths(re.Sub[0])
		return 0, h
	case syntax.OpRepeat:
		l, h := lengths(re.Sub[0])
		m := re.Max
		if m < 0 {
			m = unbounded
		}
		return times(l, re.Min), times(h, m)
	case syntax.OpConcat:
		for _, s := range re.Sub {
			l, h := lengths(s)
			lo, hi = plus(lo, l), plus(hi, h)
		}
	case syntax.OpAlternate:
		lo = unbounded
		for _, s := range re.Sub {
			l, h := lengths(s)
			lo, hi = min(lo, l), max(hi, h)
		}
	}
	return lo, hi
}

func classLengths(rs []rune) (lo, hi int) {
	lo = utf8.UTFMax
	for i := 0; i+1 < len(rs); i += 2 {
		lo = min(lo, runeLen(rs[i]))
		hi = max(hi, utf8.RuneLen(min(rs[i+1], 0xd7ff)), utf8.RuneLen(rs[i+1]))
		if rs[i] <= utf8.RuneError && utf8.RuneError <= rs[i+1] {
			lo = 1
		}
	}
	if hi == 0 {
		return 0, 0 // matches nothing
	}
	return lo, hi
}

// runeLen is the least number of bytes that read as r: an invalid byte reads
// as U+FFFD.
func runeLen(r rune) int {
	if r == utf8.RuneError {
		return 1
	}
	return max(1, utf8.RuneLen(r))
}

func plus(a, b int) int { return min(a+b, unbounded) }

func times(a, b int) int {
	switch {
	case a == 0 || b == 0:
		return 0
	case a > unbounded/b:
		return unbounded
	}
	return a * b
}

// mostClasses estimates the rune classes of a tree, from above: each ASCII byte may be one,
// and each beginning or end of a range beyond ASCII divides one.
func mostClasses(re *syntax.Regexp) int { return utf8.RuneSelf + 1 + beyond(re) }

// beyond counts the beginnings and ends of ranges beyond ASCII.
func beyond(re *syntax.Regexp) (n int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r >= utf8.RuneSelf {
				n += 2
			}
			if re.Flags&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
					if f >= utf8.RuneSelf {
						n += 2
					}
				}
			}
		}
	case syntax.OpCharClass:
		for _, r := range re.Rune {
			if r >= utf8.RuneSelf {
				n++
			}
		}
	}
	for _, s := range re.Sub {
		n = plus(n, beyond(s))
	}
	return n
}

// around is how many instructions stand around a tree's own: match, fail, and the two of
// the loop that looks for a start.
const around = 4

// size estimates the instructions a tree compiles to, from above.
func size(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, s := range re.Sub {
		n = plus(n, plus(size(s), 1))
	}
	if re.Op == syntax.OpRepeat {
		n = times(n, max(re.Max, re.Min+1, 1))
		n = plus(n, max(re.Max, 0))
	}
	return n
}
