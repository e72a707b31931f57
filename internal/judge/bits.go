package judge

import (
	"math"
	"math/bits"

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
func Bits(v []byte) float64 { return estimate(v, math.Inf(1)) }

// Guessable reports whether Bits(v) is less than least. It looks at no more of v than
// that takes.
func Guessable(v []byte, least float64) bool { return estimate(v, least) < least }

// estimate is Bits where that is less than enough. Else it is enough or more: what a
// place costs enough to reach lowers nothing behind it below that.
func estimate(v []byte, enough float64) float64 {
	t := trim(v)
	if nothing(t) {
		return 0
	}
	if full, _ := mask(t); full {
		return 0
	}
	if len(v) > maxJudged {
		v = v[:maxJudged]
	}
	var p plain
	p.read(v)
	uniform := alphabetBits(v)
	var best [maxJudged + 1]float64 // of v[:i]
	for i := range best {
		best[i] = math.Inf(1)
	}
	best[0] = 0
	var tails tails
	prev := byte(0)
	low := 0 // the last place that costs less than enough
	ahead := p.words(&best, 0, enough)
	for i, c := range v {
		b := best[i] + min(uniform, charBits(prev, c))
		prev = alphabet.Symbol[c]
		runs, repeats := tails.add(v, i)
		if runs >= 3 {
			b = min(b, best[i+1-runs]+6+log2(runs))
		}
		if repeats >= 3 {
			b = min(b, best[i+1-repeats]+2+log2(i+1))
		}
		best[i+1] = min(best[i+1], b)
		if best[i+1] < enough {
			low = i + 1
			if i+1 < len(v) {
				ahead = max(ahead, p.words(&best, i+1, enough))
			}
		} else if i+1-low >= 3 && ahead <= i+1 && runs < 3 && repeats < 3 {
			return enough // no word, run or copy goes on from there
		}
	}
	return best[len(v)]
}

// log2 is of 1 to 64.
func log2(n int) float64 { return xlog2x[n] / float64(n) }

// tails follows how the text read so far ends.
type tails struct {
	ways  [ways]uint8 // how many steps in a row went this way
	where [256]uint64 // the places of each byte
}

// add reads v[i] and returns the lengths of the longest run and of the longest
// copy of something earlier that v[:i+1] ends with; less than three is neither.
func (t *tails) add(v []byte, i int) (runs, repeats int) {
	if i > 0 {
		if s := step(v[i-1], v[i]); s == 0 {
			clear(t.ways[:])
		} else {
			for w := range t.ways {
				if t.ways[w]++; s>>w&1 == 0 {
					t.ways[w] = 0
				}
				runs = max(runs, int(t.ways[w])+1)
			}
		}
	}
	// The places where the last n bytes end, but for the last one.
	ends := t.where[v[i]]
	for n := 1; ends != 0; n++ {
		repeats = n
		if n > i {
			break
		}
		ends &= t.where[v[i-n]] << n
	}
	t.where[v[i]] |= 1 << i
	return runs, repeats
}

// alphabetBits is the bits per character of the smallest usual alphabet that holds v.
func alphabetBits(v []byte) float64 {
	s := setOf(v)
	if s.hex() && s.any(letter) {
		return 4
	}
	parts := 0
	for i, of := range alphabetParts {
		if s.any(of) {
			parts |= 1 << i
		}
	}
	return alphabetLogs[parts]
}

var alphabetParts = [...]set{digit, lower, upper, ^alnum}

// alphabetLogs is the bits per character of an alphabet with these parts.
var alphabetLogs = func() (t [1 << len(alphabetParts)]float64) {
	for parts := range t {
		size := 0
		for i, n := range [len(alphabetParts)]int{10, 26, 26, 33} {
			size += (parts >> i & 1) * n
		}
		t[parts] = math.Log2(float64(max(size, 1)))
	}
	return t
}()

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
		if prev == digitSymbol || prev == dashSymbol || prev == dotSymbol {
			b = min(b, 4) // numbers, dates, versions
		}
	case s == otherSymbol:
		b += 4.6
	case s == highSymbol:
		b += 4
	}
	if l := unleet(c); l != c {
		b = min(b, 1+pairCost(prev, alphabet.Symbol[l]))
	}
	return b
}

// Symbols of package alphabet.
const (
	digitSymbol = 53
	dashSymbol  = 54
	dotSymbol   = 56
	otherSymbol = 62
	highSymbol  = 63
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

// plain is a value with capitals lowered and digits and signs replaced by the
// letters they stand for. Its sums are over the bytes before a place.
type plain struct {
	lexicon *lexicon
	n       int
	text    [maxJudged]byte
	end     [maxJudged]uint8 // of the letters that stand here
	sums    [maxJudged + 1]struct {
		caps, leet, letters uint8 // capitals, letters that were none, letters that were
		score               int32 // of the pairs
	}
}

// readings is what a byte counts for: what it is replaced by, and the symbol of that.
var readings = func() (t [256]struct{ letter, symbol, caps, leet, letters uint8 }) {
	for c := range t {
		r := &t[c]
		if isUpper(byte(c)) {
			r.caps = 1
		}
		if isLetter(byte(c)) {
			r.letters = 1
		}
		l := lowered(byte(c))
		r.letter = unleet(l)
		if r.letter != l {
			r.leet = 1
		}
		r.symbol = alphabet.Symbol[r.letter]
	}
	return t
}()

func (p *plain) read(v []byte) {
	p.lexicon, p.n = words(), len(v)
	prev := byte(0)
	for i, c := range v {
		r, s := &readings[c], p.sums[i]
		s.caps += r.caps
		s.letters += r.letters
		s.leet += r.leet
		p.text[i] = r.letter
		s.score += pairScore(prev, r.symbol)
		prev = r.symbol
		p.sums[i+1] = s
	}
	end := len(v)
	for i := len(v) - 1; i >= 0; i-- {
		if !isLower(p.text[i]) {
			end = i
		}
		p.end[i] = uint8(end)
	}
}

// words lowers what is in best for the ends of the words that begin at i to the
// cost of reaching i and of the word: which one, its capitals, its letters
// written as digits. A word of the list costs the list; one that only reads like
// a word costs a large dictionary. It returns the last end that then costs less than
// enough, or 0.
func (p *plain) words(best *[maxJudged + 1]float64, i int, enough float64) (last int) {
	const listed, unlisted = 11, 18 // log2 of the number of words
	longest := min(int(p.end[i])-i, longestWord)
	if longest < 3 {
		return 0
	}
	from := &p.sums[i]
	lower := func(n int, cost float64) {
		to := &p.sums[i+n]
		if to.letters != from.letters {
			cost += float64(min(to.caps-from.caps, 3) + min(to.leet-from.leet, 3))
			best[i+n] = min(best[i+n], best[i]+cost)
			if best[i+n] < enough {
				last = max(last, i+n)
			}
		}
	}
	text := p.text[i : i+longest]
	for lengths := p.lexicon.lengths[first(text)] >> 2; lengths != 0; lengths &= lengths - 1 {
		n := 3 + bits.TrailingZeros16(lengths)
		if n > longest {
			break
		}
		if _, ok := p.lexicon.words[string(text[:n])]; ok {
			lower(n, listed)
		}
	}
	opens := pairScore(0, alphabet.Symbol[text[0]]) - p.sums[i+1].score
	for n := 5; n <= longest; n++ {
		if opens+p.sums[i+n].score+pairScore(alphabet.Symbol[text[n-1]], 0) > 2*8 {
			lower(n, unlisted)
		}
	}
	return last
}
