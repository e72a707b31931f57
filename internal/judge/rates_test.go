package judge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// keySorts are the alphabets that keys are drawn from.
var keySorts = []struct{ name, set string }{
	{"hex", hexDigits},
	{"HEX", strings.ToUpper(hexDigits)},
	{"base32", base62[:26] + "234567"},
	{"a-z 0-9", base62[26:]},
	{"base62", base62},
	{"base64", base62 + "+/"},
	{"base64url", base62 + "-_"},
	{"with signs", base62 + "!#$%&*+-.@^_"},
	{"a-z", base62[26:52]},
}

var keyLengths = []int{8, 12, 16, 20, 24, 32, 40}

// textSorts are what is made of words, n of them.
var textSorts = []struct {
	name string
	make func(r *rand.Rand, w []string) string
}{
	{"words", func(_ *rand.Rand, w []string) string { return strings.Join(w, "") }},
	{"snake_case", func(_ *rand.Rand, w []string) string { return strings.Join(w, "_") }},
	{"UPPER_CASE", func(_ *rand.Rand, w []string) string { return strings.ToUpper(strings.Join(w, "_")) }},
	{"kebab-case", func(_ *rand.Rand, w []string) string { return strings.Join(w, "-") }},
	{"camelCase", func(_ *rand.Rand, w []string) string { return camelOf(w) }},
	{"/paths", func(_ *rand.Rand, w []string) string { return "/" + strings.Join(w, "/") }},
	{"host.names", func(r *rand.Rand, w []string) string {
		return fmt.Sprintf("%s.example.com:%d", strings.Join(w, "."), 1024+r.IntN(9000))
	}},
	{"com.pkg.Class", func(_ *rand.Rand, w []string) string {
		return "com." + strings.Join(w, ".") + "." + strings.ToUpper(w[0][:1]) + camelOf(w)[1:]
	}},
	{"versions-1.2", func(r *rand.Rand, w []string) string {
		return fmt.Sprintf("%s-%d.%d.%d", strings.Join(w, "-"), r.IntN(10), r.IntN(30), r.IntN(30))
	}},
	{"numbered-07", func(r *rand.Rand, w []string) string {
		return fmt.Sprintf("%s-%02d", strings.Join(w, "-"), r.IntN(100))
	}},
	{"sentences", func(_ *rand.Rand, w []string) string { return strings.Join(w, " ") }},
}

func camelOf(w []string) string {
	var b strings.Builder
	for i, w := range w {
		if i > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
	}
	return b.String()
}

// strangers of the model: words it was not trained on.
func unseenWords(t testing.TB) []string {
	var list []string
	for w := range strings.FieldsSeq(unseen) {
		if !words().has([]byte(w)) {
			list = append(list, w)
		}
	}
	if len(list) < 150 {
		t.Fatalf("%d unseen words are too few", len(list))
	}
	return list
}

const rateSamples = 5000

// TestRates measures how often the model is wrong, by alphabet and length of
// keys and by sort and number of words, and holds the tables of DESIGN.md to
// it. What it writes when they differ belongs there.
func TestRates(t *testing.T) {
	percent := func(wrong int) string { return fmt.Sprintf(" %.2f |", 100*float64(wrong)/rateSamples) }
	var table strings.Builder
	table.WriteString("| Keys of | 8 | 12 | 16 | 20 | 24 | 32 | 40 |\n|---|---|---|---|---|---|---|---|\n")
	seed := uint64(1)
	for _, k := range keySorts {
		fmt.Fprintf(&table, "| %s |", k.name)
		for _, n := range keyLengths {
			wrong := 0
			for range rateSamples {
				seed++
				if !keyLike([]byte(draw(seed, k.set, n))) {
					wrong++
				}
			}
			table.WriteString(percent(wrong))
		}
		table.WriteString("\n")
	}
	table.WriteString("\n| Text, words | 1 | 2 | 3 | 4 | 5 |\n|---|---|---|---|---|---|\n")
	list := unseenWords(t)
	r := rand.New(rand.NewPCG(7, 8))
	for _, s := range textSorts {
		fmt.Fprintf(&table, "| %s |", s.name)
		for n := 1; n <= 5; n++ {
			wrong := 0
			for range rateSamples {
				w := make([]string, n)
				for i := range w {
					w[i] = list[r.IntN(len(list))]
				}
				if keyLike([]byte(s.make(r, w))) {
					wrong++
				}
			}
			table.WriteString(percent(wrong))
		}
		table.WriteString("\n")
	}
	design, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(design), table.String()) {
		t.Errorf("DESIGN.md has other rates than\n%s", table.String())
	}
	if n := len(bigrams) + len(wordList); n > 64<<10 {
		t.Errorf("the model takes %d bytes", n)
	}
}

// TestBetterThanEntropy: drawn where it finds as many keys, a line through
// Shannon's entropy takes many times more text for keys.
func TestBetterThanEntropy(t *testing.T) {
	list := unseenWords(t)
	r := rand.New(rand.NewPCG(9, 10))
	var keys, texts []string
	for i := range rateSamples {
		keys = append(keys, draw(uint64(i), keySorts[i%8].set, 16+r.IntN(25)))
		w := make([]string, 2+r.IntN(4))
		for i := range w {
			w[i] = list[r.IntN(len(list))]
		}
		texts = append(texts, textSorts[i%len(textSorts)].make(r, w))
	}
	found, wrong := 0, 0
	entropies := make([]float64, len(keys))
	for i, k := range keys {
		if keyLike([]byte(k)) {
			found++
		}
		entropies[i] = Entropy([]byte(k))
	}
	slices.Sort(entropies)
	line := entropies[len(entropies)-found*99/100] // let entropy miss one key in a hundred
	wrongByEntropy := 0
	for _, v := range texts {
		if keyLike([]byte(v)) {
			wrong++
		}
		if Entropy([]byte(v)) >= line {
			wrongByEntropy++
		}
	}
	t.Logf("found %d of %d keys; text taken for keys: %d by the model, %d by an entropy of %.2f", found, len(keys), wrong, wrongByEntropy, line)
	if found < len(keys)*999/1000 || wrong*50 > wrongByEntropy {
		t.Errorf("found %d of %d keys; text taken for keys: %d by the model, %d by entropy", found, len(keys), wrong, wrongByEntropy)
	}
}
