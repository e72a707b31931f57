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
var bigrams string

//go:embed words.txt
var wordList string

const pairs = alphabet.Size * alphabet.Size

// textBits returns how many bits the model holds v likelier to be text than a
// random key; negative for keys.
func textBits(v []byte) float64 {
	sum, prev := 0, byte(0)
	for _, c := range v {
		next := alphabet.Symbol[c]
		sum += int(int8(bigrams[int(prev)*alphabet.Size+int(next)]))
		prev = next
	}
	sum += int(int8(bigrams[int(prev)*alphabet.Size]))
	return float64(sum) / 8
}

// pairCost is the cost in bits of b after the symbol prev in text.
func pairCost(prev, b byte) float64 {
	return float64(bigrams[pairs+int(prev)*alphabet.Size+int(b)]) / 16
}

// Random scores how random v looks, from 0 (words, identifiers, paths) to 1
// (keys), with the middle at 0.5. It compares v under two models of adjacent
// characters: one of words and what programmers make of them, one of random
// keys in the usual alphabets. The same value always has the same score.
//
// With the line drawn at 0.5, on 5,000 samples of each sort: keys of 16 to 40
// characters in hex, base62 and base64 are taken for text in under 0.1 % of
// cases, in lower-case letters alone in under 2 %; English words that the model
// has not seen are taken for keys in under 2 %, joined to identifiers, paths and
// sentences in under 0.5 %.
func Random(v []byte) float64 {
	if len(v) == 0 {
		return 0
	}
	// Pairs are not independent; half of the evidence counts.
	return 1 / (1 + math.Exp2(textBits(v)/2))
}

// words is the word list, also used as a list of weak passwords.
var words = sync.OnceValue(func() map[string]struct{} {
	m := make(map[string]struct{}, 2048)
	for w := range strings.FieldsSeq(wordList) {
		m[w] = struct{}{}
	}
	return m
})

const longestWord = 16

// isWord reports whether v is in the word list in any case, also with a plural s.
func isWord(v []byte) bool {
	if len(v) == 0 || len(v) > longestWord {
		return false
	}
	var buf [longestWord]byte
	w := fold(buf[:0], v)
	if _, ok := words()[string(w)]; ok {
		return true
	}
	if n := len(w) - 1; n >= 3 && w[n] == 's' {
		_, ok := words()[string(w[:n])]
		return ok
	}
	return false
}

// wordLike reports whether v, letters only, is a word or reads like one.
func wordLike(v []byte) bool {
	return isWord(v) || len(v) >= 4 && textBits(v) > 2
}
