package judge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unseen words; those that are in the model's list are left out when read.
const unseen = `abandon academy acoustic adjacent ambulance ancestor antenna apricot aquarium arithmetic assembly asteroid astronaut auction aviation
	bachelor backbone bamboo barrier basement beacon bicycle biscuit blanket blossom boundary bracelet breeze brilliant bronze bulletin butterfly
	cabinet cactus candle canvas capacity caravan carnival cathedral cavalry celebrate champion chimney chocolate chronicle cinnamon citizen coconut
	colony comedy companion compass conquer copper corridor cottage courage cradle cricket crimson cushion cylinder dagger delicate dentist deputy
	diplomat discipline dolphin drawer dungeon eclipse editorial elbow eleven embassy emerald enormous envelope epoch equator eternal evening evolve
	exotic explode fairy falcon famine feather ferry fiddle flamingo fleet forecast fortune fountain fragile freight frontier furnace gallery garlic
	generous genius giraffe glacier glimpse gravity grocery gymnast habitat hammock harvest hazard helicopter heritage hexagon horizon humble hurricane
	illusion imagine immune inhabit insect inspire instinct ivory jewel jigsaw kangaroo kidney kingdom ladder lantern latitude laundry lavender leather
	legend leopard librarian lizard lobster luggage lyric magnet mansion marathon marble meadow mechanic melody mermaid meteor miracle mirage mosquito
	mustard nectar neighbor nephew nostalgia notorious nugget oasis obstacle octopus orchard orchestra ostrich outrage oyster paddle pancake paradise
	parrot pasture peasant pelican penguin pigeon pioneer plateau pottery prairie prophet pumpkin pyramid quarrel quilt raccoon`

// TestErrorRates holds the figures in the comment on Random.
func TestErrorRates(t *testing.T) {
	var list []string
	for w := range strings.FieldsSeq(unseen) {
		if !words().has([]byte(w)) {
			list = append(list, w)
		}
	}
	if len(list) < 150 {
		t.Fatalf("%d unseen words are too few", len(list))
	}
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(sep string, n int) string {
		w := make([]string, n)
		for i := range w {
			w[i] = list[r.IntN(len(list))]
		}
		return strings.Join(w, sep)
	}
	camel := func(n int) string {
		var b strings.Builder
		for range n {
			w := list[r.IntN(len(list))]
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
		return b.String()
	}
	length := func() int { return 16 + r.IntN(25) }
	for _, tc := range []struct {
		name   string
		key    bool
		most   float64 // share judged wrongly
		sample func(seed uint64) string
	}{
		{"hex", true, 0.001, func(s uint64) string { return draw(s, hexDigits, length()) }},
		{"base62", true, 0.001, func(s uint64) string { return draw(s, base62, length()) }},
		{"base64", true, 0.001, func(s uint64) string { return draw(s, base62+"+/", length()) }},
		{"lower-case letters", true, 0.02, func(s uint64) string { return draw(s, base62[26:52], length()) }},
		{"words", false, 0.02, func(s uint64) string { return list[s%uint64(len(list))] }},
		{"snake case", false, 0.005, func(s uint64) string { return pick("_", 2+int(s%3)) }},
		{"kebab case", false, 0.005, func(s uint64) string { return pick("-", 2+int(s%3)) }},
		{"camel case", false, 0.005, func(s uint64) string { return camel(2 + int(s%3)) }},
		{"upper snake case", false, 0.005, func(s uint64) string { return strings.ToUpper(pick("_", 2+int(s%3))) }},
		{"paths", false, 0.005, func(s uint64) string { return "/" + pick("/", 2+int(s%4)) }},
		{"sentences", false, 0.005, func(s uint64) string { return pick(" ", 3+int(s%5)) }},
		{"numbered", false, 0.02, func(s uint64) string { return pick("-", 2) + fmt.Sprintf("-%02d", s%100) }},
	} {
		const n = 5000
		wrong := 0
		for i := range uint64(n) {
			if (Random([]byte(tc.sample(i))) >= 0.5) != tc.key {
				wrong++
			}
		}
		rate := float64(wrong) / n
		t.Logf("%-20s %.2f %% wrong", tc.name, 100*rate)
		if rate > tc.most {
			t.Errorf("%s: %.2f %% judged wrongly, at most %.2f %%", tc.name, 100*rate, 100*tc.most)
		}
	}
}

// TestModelIsCurrent trains the model anew and compares.
func TestModelIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("trains the model")
	}
	out := filepath.Join(t.TempDir(), "bigrams.bin")
	if b, err := exec.Command("go", "run", "./train", "words.txt", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(bigrams) {
		t.Error("bigrams.bin is not what the program makes of words.txt: run go generate")
	}
}
