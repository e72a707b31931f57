package automaton

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stanch/stanch/match"
)

func TestPossible(t *testing.T) {
	s := NewSet(Options{})
	for _, c := range []struct {
		expr, text string
		want       bool
	}{
		{`4[0-9]{12}(?:[0-9]{3})?`, "order 2026-11-22 took 400000 ms", false},
		{`4[0-9]{12}(?:[0-9]{3})?`, "card 4000000000000", true},
		{`4[0-9]{12}(?:[0-9]{3})?`, "5000000000004", true}, // the 4 may stand anywhere
		{`5[0-9]{12}`, "4000000000000", false},
		{`\b\d{3}-\d{2}-\d{4}\b`, "2026-11-22", false},
		{`\b\d{3}-\d{2}-\d{4}\b`, "078-05-1120", true},
		{`[\w.]+@[\w.]+\.[a-z]{2,}`, "a line without the mark.", false},
		{`[\w.]+@[\w.]+\.[a-z]{2,}`, "mail to a@b.cd", true},
		{`.*`, "", true},
		{`[a-f0-9]{32}`, strings.Repeat("0123456789abcdefg", 4), false},
		{`[a-f0-9]{32}`, "g" + strings.Repeat("0123456789abcdef", 2), true},
	} {
		r, err := s.Add("r", c.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Possible([]byte(c.text)); got != c.want {
			t.Errorf("%s in %q: %t, want %t", c.expr, c.text, got, c.want)
		}
	}
}

// What package regexp matches is never called impossible.
func TestPossibleMissesNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{"4111111111111111", "078-05-1120", "a@b.cd", "10.0.0.1", "k\u212aey", "\xff", "é", "\n", " ", "abc", "0123456789abcdef", "-", ".", "@", "[0]"}
	exprs := append(testRules(), `(?i)k{3}`, `(?s).{5}`, `\pL{2,6}`, `(?:[0-9]{1,3}\.){3}[0-9]{1,3}`, `[^a-z]{4}`, `\x{fffd}{2}`, `(?m)^.$`, `(a|bc|\d{3})-`)
	s := NewSet(Options{})
	for _, x := range exprs {
		r, err := s.Add("r", x)
		if err != nil {
			continue
		}
		re := regexp.MustCompile(x)
		for range 200 {
			var text []byte
			for range rnd.IntN(8) {
				text = append(text, words[rnd.IntN(len(words))]...)
			}
			if !r.Possible(text) && re.Match(text) {
				t.Fatalf("%s matches %q, which is called impossible", x, text)
			}
		}
	}
}

func TestHasRun(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var c match.Class
	c.Add('x')
	for range 20000 {
		text := make([]byte, rnd.IntN(40))
		for i := range text {
			text[i] = "xxx."[rnd.IntN(2+rnd.IntN(3))%4]
		}
		n := 1 + rnd.IntN(12)
		if got, want := hasRun(&c, text, n), strings.Contains(string(text), strings.Repeat("x", n)); got != want {
			t.Fatalf("a run of %d in %q: %t", n, text, got)
		}
	}
}
