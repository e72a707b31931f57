package judge

import (
	_ "embed"
	"math"
	"strings"
	"sync"

	"github.com/stanch/stanch/internal/judge/alphabet"
)

//go:generate go run ./train words.txt bigrams.bin

// bigrams holds two tables of alphabet.Size² bytes: how much likelier a pair of
// symbols is in text than in keys, signed, in eighths of a bit; and the cost of
// the second symbol after the first in text, in sixteenths of a bit.
//
//go:embed bigrams.bin
var bigrams []byte

//go:embed words.txt
var wordList string

const pairs = alphabet.Size * alphabet.Size

// textScore returns how much likelier the model holds v to be text than a random
// key, in eighths of a bit; negative for keys.
func textScore(v []byte) int {
	t := (*[pairs]byte)(bigrams)
	sum, prev := 0, uint(0)
	for _, c := range v {
		next := uint(alphabet.Symbol[c])
		sum += int(int8(t[(prev*alphabet.Size+next)%pairs]))
		prev = next
	}
	return sum + int(int8(t[prev*alphabet.Size%pairs]))
}

// pairScore is what a pair adds to the score.
func pairScore(prev, next byte) int32 {
	t := (*[pairs]byte)(bigrams)
	return int32(int8(t[(uint(prev)*alphabet.Size+uint(next))%pairs]))
}

// pairCost is the cost in bits of b after the symbol prev in text.
func pairCost(prev, b byte) float64 {
	t := (*[2 * pairs]byte)(bigrams)
	return float64(t[pairs+(uint(prev)*alphabet.Size+uint(b))%pairs]) / 16
}

// Random scores how random v looks, from 0 (words, identifiers, paths) to 1
// (keys), with the middle at 0.5. It compares v under two models of adjacent
// characters: one of words and what programmers make of them, one of random
// keys in the usual alphabets. The same value always has the same score.
//
// How often the line at 0.5 is wrong stands in DESIGN.md, by length and alphabet.
func Random(v []byte) float64 {
	if len(v) == 0 {
		return 0
	}
	// Pairs are not independent; half of the evidence counts: 2 to the power of
	// a sixteenth of the score.
	score := min(max(textScore(v), -1000*16), 1000*16)
	power := math.Float64bits(sixteenths[score&15]) + uint64(score>>4)<<52
	return 1 / (1 + math.Float64frombits(power))
}

// keyLike reports whether Random(v) >= 0.5.
func keyLike(v []byte) bool { return len(v) > 0 && textScore(v) <= 0 }

// sixteenths holds 2 to the power of n/16.
var sixteenths = [16]float64{
	1, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.189207115002721, 1.241857812073484, 1.2968395546510096,
	1.3542555469368927, 1.4142135623730951, 1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429,
	1.7562521603732995, 1.8340080864093424, 1.9152065613971474,
}

// lexicon is the word list, also used as a list of weak passwords.
type lexicon struct {
	words map[string]struct{}
	// lengths holds, for the first letters of a word, the lengths that words
	// with these letters have, and now and then one more: bit n-1 for n.
	lengths [1 << 13]uint16
	letters uint32 // the words of one letter: bit 1 for a
}

const longestWord = 16

var words = sync.OnceValue(func() *lexicon {
	x := &lexicon{words: make(map[string]struct{}, 2048)}
	for w := range strings.FieldsSeq(wordList) {
		x.words[w] = struct{}{}
		x.lengths[first([]byte(w))] |= 1 << (len(w) - 1)
		if len(w) == 1 {
			x.letters |= 1 << (w[0] & 31)
		}
	}
	return x
})

// first hashes the first three letters of v, without regard to case.
func first(v []byte) uint32 {
	h := uint32(v[0]&31) << 10
	if len(v) > 1 {
		h |= uint32(v[1]&31) << 5
	}
	if len(v) > 2 {
		h |= uint32(v[2] & 31)
	}
	return h * 0x9e3779b1 >> 19
}

// has reports whether v is in the list in any case, also with a plural s.
func (x *lexicon) has(v []byte) bool {
	if len(v) == 0 || len(v) > longestWord {
		return false
	}
	if len(v) == 1 {
		return isLetter(v[0]) && x.letters>>(v[0]&31)&1 != 0
	}
	n := len(v) - 1
	lengths := uint32(x.lengths[first(v)]) << 1 >> n // of a word of n letters, and of one more
	plural := lengths&1 != 0 && n >= 3 && v[n]|0x20 == 's'
	if lengths&2 == 0 && !plural {
		return false
	}
	var buf [longestWord]byte
	w := fold(buf[:0], v)
	if _, ok := x.words[string(w)]; ok {
		return true
	}
	if plural {
		_, ok := x.words[string(w[:n])]
		return ok
	}
	return false
}

// reads reports whether v, letters only, is a word or reads like one.
func (x *lexicon) reads(v []byte) bool {
	return len(v) >= 4 && textScore(v) > 2*8 || x.has(v)
}
