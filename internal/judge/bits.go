package judge

import (
	"math"

	"github.com/stanch/stanch/internal/judge/alphabet"
)

// maxJudged is how much of a value Bits reads.
const maxJudged = 48

// Bits estimates how many bits a guesser who knows how people choose secrets
// must try to reach v: the cheapest way to write it as words, runs, repeats and
// single characters, but never more than its alphabet allows. It errs on the low
// side. Of values longer than 48 bytes the first 48 are judged. A value under
// 40 bits must not be hashed or fingerprinted: it could be guessed back.
//
// The idea follows zxcvbn (Wheeler, USENIX Security 2016).
func Bits(v []byte) float64 {
	if Nothing(v) {
		return 0
	}
	if full, _ := Mask(v); full {
		return 0
	}
	if len(v) > maxJudged {
		v = v[:maxJudged]
	}
	uniform := alphabetBits(v)
	var best [maxJudged + 1]float64 // of v[:i]
	for i := 1; i <= len(v); i++ {
		c := v[i-1]
		prev := byte(0)
		if i > 1 {
			prev = alphabet.Symbol[v[i-2]]
		}
		best[i] = best[i-1] + min(uniform, charBits(prev, c))
		if n := run(v[:i]); n >= 3 {
			best[i] = min(best[i], best[i-n]+6+math.Log2(float64(n)))
		}
		if n := repeat(v[:i]); n >= 3 {
			best[i] = min(best[i], best[i-n]+2+math.Log2(float64(i)))
		}
		for n := 3; n <= min(i, longestWord); n++ {
			best[i] = min(best[i], best[i-n]+wordBits(v[i-n:i]))
		}
	}
	return best[len(v)]
}

// alphabetBits is the bits per character of the smallest usual alphabet that holds v.
func alphabetBits(v []byte) float64 {
	var digit, lower, upper, symbol, hexOnly = false, false, false, false, true
	for _, c := range v {
		switch {
		case isDigit(c):
			digit = true
		case isLower(c):
			lower = true
		case isUpper(c):
			upper = true
		default:
			symbol = true
		}
		hexOnly = hexOnly && isHex(c)
	}
	size := 0
	if digit {
		size += 10
	}
	if lower {
		size += 26
	}
	if upper {
		size += 26
	}
	if symbol {
		size += 33
	}
	if hexOnly && !(lower && upper) && (lower || upper) {
		size = 16
	}
	return math.Log2(float64(max(size, 1)))
}

// charBits is the cost of c after a symbol in text. A letter may be written as
// the digit or sign it looks like, for one bit more.
func charBits(prev, c byte) float64 {
	s := alphabet.Symbol[c]
	b := pairCost(prev, s)
	switch c {
	case ' ', '-', '_', '.':
		return min(b, 3) // these join words
	}
	switch {
	case isDigit(c):
		b += 3.33
		if prev == digits || prev == dash || prev == dot {
			b = min(b, 4) // numbers, dates, versions
		}
	case s == other:
		b += 4.6
	case s == high:
		b += 4
	}
	if l := unleet(c); l != c {
		b = min(b, 1+pairCost(prev, alphabet.Symbol[l]))
	}
	return b
}

const (
	digits = 53 // symbols of package alphabet
	dash   = 54
	dot    = 56
	other  = 62
	high   = 63
)

// unleet returns the letter that a digit or sign stands for, or c.
func unleet(c byte) byte {
	switch c {
	case '0':
		return 'o'
	case '1', '!':
		return 'i'
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return c
}

// wordBits is the cost of v as one word: which one, its capitals, its letters
// written as digits. A word of the list costs the list; one that only reads like
// a word costs a large dictionary.
func wordBits(v []byte) float64 {
	const listed, unlisted = 11, 18 // log2 of the number of words
	var buf [longestWord]byte
	caps, leet, letters := 0, 0, 0
	for i, c := range v {
		if isUpper(c) {
			caps++
		}
		if isLetter(c) {
			letters++
		}
		l := lowered(c)
		if u := unleet(l); u != l {
			leet++
			l = u
		}
		buf[i] = l
	}
	if letters == 0 {
		return math.Inf(1)
	}
	extra := float64(min(caps, 3) + min(leet, 3))
	w := buf[:len(v)]
	if _, ok := words()[string(w)]; ok {
		return listed + extra
	}
	if len(w) > 4 && all(w, isLower) && textBits(w) > 2 {
		return unlisted + extra
	}
	return math.Inf(1)
}

var rows = [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"}

// run returns the length of the longest tail of v that steps evenly through the
// character set by -1, 0 or 1, or along a row of the keyboard.
func run(v []byte) int {
	best := 0
	for step := -1; step <= 1; step++ {
		n := 1
		for i := len(v) - 1; i > 0 && int(v[i])-int(v[i-1]) == step; i-- {
			n++
		}
		best = max(best, n)
	}
	for _, row := range rows {
		best = max(best, rowRun(v, row, 1), rowRun(v, row, -1))
	}
	return best
}

func rowRun(v []byte, row string, step int) int {
	n, at := 0, -1
	for i := len(v) - 1; i >= 0; i-- {
		c := lowered(v[i])
		if n == 0 {
			at = indexByte(row, c)
		} else if at -= step; at < 0 || at >= len(row) || row[at] != c {
			break
		}
		if at < 0 {
			break
		}
		n++
	}
	return n
}

func indexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// repeat returns the length of the longest tail of v that is a copy of what
// stands some distance before it.
func repeat(v []byte) int {
	best, last := 0, len(v)-1
	for d := 1; d+best <= last; d++ {
		n := 0
		for n+d <= last && v[last-n] == v[last-n-d] {
			n++
		}
		best = max(best, n)
	}
	return best
}
