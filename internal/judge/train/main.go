// Command train writes bigrams.bin, the character model of package judge. It
// reads the word list and writes text of its own: identifiers, paths, host
// names and prose on one side, keys drawn from the alphabets of credentials on
// the other. The same words give the same file.
package main

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/stanch/stanch/internal/judge/alphabet"
)

const samples = 200_000

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: train WORDS OUT")
	}
	b, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	words := strings.Fields(string(b))
	rnd := rand.New(rand.NewPCG(1, 2))
	var text, keys counts
	for range samples {
		text.add(phrase(rnd, words))
		keys.add(key(rnd))
	}
	out := make([]byte, 0, 2*alphabet.Size*alphabet.Size)
	for a := range alphabet.Size {
		for b := range alphabet.Size {
			out = append(out, byte(int8(clamp(8*math.Log2(text.p(a, b)/keys.p(a, b)), -127, 127))))
		}
	}
	for a := range alphabet.Size {
		for b := range alphabet.Size {
			out = append(out, byte(clamp(-16*math.Log2(text.p(a, b)), 0, 255)))
		}
	}
	if err := os.WriteFile(os.Args[2], out, 0o644); err != nil {
		log.Fatal(err)
	}
}

func clamp(x, lo, hi float64) float64 { return math.Round(min(max(x, lo), hi)) }

// counts of pairs of symbols; symbol 0 stands at both ends.
type counts struct {
	pair [alphabet.Size][alphabet.Size]float64
	sum  [alphabet.Size]float64
}

func (c *counts) add(s string) {
	prev := byte(0)
	for i := range len(s) + 1 {
		next := byte(0)
		if i < len(s) {
			next = alphabet.Symbol[s[i]]
		}
		c.pair[prev][next]++
		c.sum[prev]++
		prev = next
	}
}

// p is the probability of b after a, smoothed so that an unseen pair keeps a
// little of every prefix's mass.
func (c *counts) p(a, b int) float64 {
	const alpha = 8
	return (c.pair[a][b] + alpha) / (c.sum[a] + alpha*alphabet.Size)
}

func phrase(r *rand.Rand, words []string) string {
	w := make([]string, 1+r.IntN(5))
	for i := range w {
		w[i] = inflect(r, words[r.IntN(len(words))])
	}
	title := func(from int) {
		for i := from; i < len(w); i++ {
			w[i] = strings.ToUpper(w[i][:1]) + w[i][1:]
		}
	}
	var s string
	switch r.IntN(12) {
	case 0:
		s = strings.Join(w, "_")
	case 1:
		s = strings.ToUpper(strings.Join(w, "_"))
	case 2:
		s = strings.Join(w, "-")
	case 3:
		s = strings.Join(w, ".")
	case 4:
		title(1)
		s = strings.Join(w, "")
	case 5:
		title(0)
		s = strings.Join(w, "")
	case 6:
		s = "/" + strings.Join(w, "/")
	case 7:
		s = strings.Join(w, " ")
	case 8:
		title(0)
		s = strings.Join(w, " ")
	case 9:
		n := len(w) - 1
		s = strings.Join(w[:n], ".") + "." + w[n] + ":" + fmt.Sprint(r.IntN(65536))
		s = strings.TrimPrefix(s, ".")
	case 10:
		s = "com." + strings.Join(w, ".") + "." + strings.ToUpper(w[0][:1]) + w[0][1:]
	default:
		s = strings.Join(w, "")
	}
	switch r.IntN(8) {
	case 0:
		s += fmt.Sprint(r.IntN(100))
	case 1:
		s += fmt.Sprintf("-%d.%d.%d", r.IntN(10), r.IntN(30), r.IntN(30))
	case 2:
		s += fmt.Sprint(1950 + r.IntN(90))
	}
	return s
}

func inflect(r *rand.Rand, w string) string {
	switch r.IntN(8) {
	case 0:
		return w + "s"
	case 1:
		return strings.TrimSuffix(w, "e") + "ing"
	case 2:
		return strings.TrimSuffix(w, "e") + "er"
	case 3:
		return strings.TrimSuffix(w, "e") + "ed"
	}
	return w
}

var keyAlphabets = [...]string{
	"0123456789abcdef", "0123456789abcdef", "0123456789ABCDEF",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"abcdefghijklmnopqrstuvwxyz0123456789",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*()-_=+.",
}

func key(r *rand.Rand) string {
	set := keyAlphabets[r.IntN(len(keyAlphabets))]
	b := make([]byte, 8+r.IntN(40))
	for i := range b {
		b[i] = set[r.IntN(len(set))]
	}
	return string(b) + strings.Repeat("=", max(0, r.IntN(8)-5))
}
