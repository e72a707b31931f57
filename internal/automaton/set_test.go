package automaton

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stanch/stanch/match"
)

func TestRefused(t *testing.T) {
	s := NewSet(Options{MaxProgram: 500})
	for expr, want := range map[string]string{
		`a(`:                         "rule r: error parsing regexp: missing closing )",
		`(?=a)`:                      "invalid or unsupported Perl syntax",
		`abc[a-z]{1000}`:             "program too large",
		`(?:(?:x{10}){10}){10}`:      "program too large",
		`a{1001}`:                    "invalid repeat count",
		strings.Repeat(`[a-z]`, 600): "program too large",
		classes(300):                 "more than 250 rune classes",
	} {
		_, err := s.Add("r", expr)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want %q", expr, err, want)
		}
	}
	if _, err := s.Add("r", `abc[a-z]{40}`); err != nil {
		t.Error(err)
	}
	s.Freeze()
	if _, err := s.Add("r", `abc`); err == nil {
		t.Error("a frozen set took a rule")
	}
}

// classes is a rule of n runes that it must all tell apart.
func classes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x4e00 + 2*i))
	}
	return b.String()
}

func TestAnchors(t *testing.T) {
	lower := classOf("abcdefghijklmnopqrstuvwxyz")
	hex := classOf("0123456789abcdef")
	for _, c := range []struct {
		expr   string
		texts  []string
		fold   bool
		gate   match.Gate
		before int
		after  int
		bound  bool
	}{
		{`abc_[a-z]{36}`, []string{"abc_"}, false, match.Gate{Class: lower, Min: 36}, 0, 36, true},
		{`(?i)ABC-[0-9a-f]{8}X?`, []string{"abc-"}, true, match.Gate{Class: classOf("0123456789abcdefABCDEF"), Min: 8}, 0, 9, true},
		{`z(?:aa|bb)_[0-9a-f]{70}`, []string{"zaa_", "zbb_"}, false, match.Gate{Class: hex, Min: 64}, 0, 70, true},
		{`[0-9]{2}:QAZ`, []string{":QAZ"}, false, match.Gate{}, 2, 0, true},
		{`abcd.*`, []string{"abcd"}, false, match.Gate{}, 0, 4096, false},
		{`\d+abcd`, []string{"abcd"}, false, match.Gate{}, 4096, 0, false},
		{`SK[0-9a-f]{32}`, []string{"SK"}, false, match.Gate{Class: hex, Min: 32}, 0, 32, true},
		{`[a-z]{0,9}?abcd`, []string{"abcd"}, false, match.Gate{}, 0, 0, true},
		{`[a-f0-9]{32}`, nil, false, match.Gate{}, 0, 32, true},
		{`a=.`, nil, false, match.Gate{}, 0, 6, true},
		{`(?:abcd|e)x`, nil, false, match.Gate{}, 0, 5, true},
		{`пароль`, []string{"пароль"}, false, match.Gate{}, 0, 0, true},
	} {
		r := add(t, NewSet(Options{}), c.expr)
		var texts []string
		for _, a := range r.Anchors() {
			texts = append(texts, a.Text)
			if a.Fold != c.fold || a.Gate != c.gate {
				t.Errorf("%q: anchor %+v, want fold %v gate %v", c.expr, a, c.fold, c.gate)
			}
		}
		if !slices.Equal(texts, c.texts) {
			t.Errorf("%q: anchors %q, want %q", c.expr, texts, c.texts)
		}
		b, a, bound := r.Window()
		if b != c.before || a != c.after || bound != c.bound {
			t.Errorf("%q: window %d, %d, %v", c.expr, b, a, bound)
		}
	}
}

func TestManyWords(t *testing.T) {
	rules := testRules()
	var n int
	for _, expr := range rules {
		r, err := NewSet(Options{}).Add("words", expr)
		if err != nil {
			t.Fatal(err)
		}
		n = max(n, len(r.Anchors()))
		if want := regexp.MustCompile(expr).NumSubexp(); r.Groups() != want || r.ID() != "words" {
			t.Errorf("%q: %d groups, want %d", expr, r.Groups(), want)
		}
	}
	if n != 60 {
		t.Errorf("most anchors of a rule: %d, want 60", n)
	}
}

func classOf(s string) (c match.Class) {
	for i := range len(s) {
		c[s[i]>>6] |= 1 << (s[i] & 63)
	}
	return c
}

// TestGate holds gates to be necessary: no match of a rule is lost by them.
func TestGate(t *testing.T) {
	for i, expr := range testRules() {
		r := add(t, NewSet(Options{}), expr)
		if len(r.Anchors()) == 0 {
			continue
		}
		re := regexp.MustCompile(expr)
		tree, _ := syntax.Parse(expr, syntax.Perl)
		rng := rand.New(rand.NewPCG(uint64(i), 5))
		for range 30 {
			text := record(tree, rng)
			if !foreign(text) && re.Match(text) && len(hitsIn(r, text, 0, len(text))) == 0 {
				t.Errorf("%q matches %q but no anchor passes", expr, text)
			}
		}
	}
}

func TestCap(t *testing.T) {
	s := NewSet(Options{MaxWindow: 64})
	far := strings.Repeat("x", 100)
	for _, c := range []struct {
		expr, text string
		at         int
		ok, open   bool
	}{
		{`abcd=[^;]*;`, "abcd=" + far[:50] + ";", 0, true, false},
		{`abcd=[^;]*;`, "abcd=" + far + ";", 0, false, false},
		{`abcd=[^;]*;`, "abcd=" + far[:50], 0, false, true},
		{`q\w*abcd;`, "q" + far[:50] + "abcd;", 51, true, false},
		{`q\w*abcd;`, "q" + far + "abcd;", 101, false, false},
	} {
		r := add(t, s, c.expr)
		text := []byte(c.text)
		_, _, ok, open := r.At(text, 0, len(text), 0, c.at, c.at+len(r.Anchors()[0].Text))
		if ok != c.ok || open != c.open {
			t.Errorf("%q on %.20q…: ok %v, open %v", c.expr, c.text, ok, open)
		}
		if _, _, ok := r.Find(text, 0, len(text)); !ok && strings.HasSuffix(c.text, ";") {
			t.Errorf("%q on %.20q…: Find has a window", c.expr, c.text)
		}
	}
}

// TestSubmatchLong compares the two ways of finding groups.
func TestSubmatchLong(t *testing.T) {
	for _, expr := range []string{
		`key=((?:(a+)|(b+)|é(x))*);(\w{1,40})?`, `(key)=(?:(?P<n>[^;]{1,200}?)(;|$))*`, `key=(.*?)(b?)(\w*)$`, `key=(\b\w+\W?)+`,
	} {
		x := newTester(t, NewSet(Options{}), expr)
		r := rand.New(rand.NewPCG(1, 6))
		for range 20 {
			text := []byte("key=")
			for range r.IntN(3000) {
				text = append(text, []string{"a", "b", "éx", ";", "b"}[r.IntN(5)]...)
			}
			if err := x.check(text, 0, len(text)); err != nil {
				t.Fatalf("%.200v", err)
			}
			for _, m := range oracle(x.re, text, 0, len(text)) {
				tr := &tracer{prog: x.r.caps.prog, text: text, caps: make([]int, len(m))}
				for i := range tr.caps {
					tr.caps[i] = -1
				}
				ok := tr.parallel(m[0], m[1])
				tr.caps[0], tr.caps[1] = m[0], m[1]
				if !ok || !slices.Equal(tr.caps, m) {
					t.Fatalf("%q: side by side %v, want %v", expr, tr.caps, m)
				}
			}
		}
	}
}

func TestUnion(t *testing.T) {
	s := NewSet(Options{})
	var rules []*Rule
	var parts []Part
	values := []string{`[a-z]{8};`, `[0-9]{4}`, `[A-F]{3,}$`, `\bx`, `[à-ÿ]+`}
	for _, v := range values {
		r := add(t, s, `token=`+v)
		rules = append(rules, r)
		parts = append(parts, Part{r, 0})
	}
	u := s.Union(parts)
	r := rand.New(rand.NewPCG(1, 8))
	yes := 0
	for range 2000 {
		text := []byte("token=")
		for range r.IntN(10) {
			text = append(text, []string{"a", "b", "1", "7", "A", "F", ";", "x", "é", "\xc3", " "}[r.IntN(11)]...)
		}
		any := false
		for _, x := range rules {
			_, _, ok, open := x.At(text, 0, len(text), 0, 0, 6)
			any = any || ok || open
		}
		if got := u.Any(text, len(text), 6); got != any && (any || !strings.HasSuffix(string(text), "\xc3")) {
			t.Fatalf("%q: union %v, rules %v", text, got, any)
		}
		if any {
			yes++
		}
	}
	if yes < 100 || yes > 1900 {
		t.Errorf("%d of 2000 texts match", yes)
	}
	if !s.Union([]Part{{add(t, s, `token=`), 0}}).Any([]byte("token="), 6, 6) {
		t.Error("a rule that ends at the literal is lost")
	}
}

// TestShared uses rules from several goroutines, the caches too small for them.
func TestShared(t *testing.T) {
	for _, o := range []Options{{}, {CacheBytes: 50_000}, {CacheBytes: 4000}} {
		s := NewSet(o)
		var xs []*tester
		for _, expr := range testRules() {
			xs = append(xs, newTester(t, s, expr))
		}
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(g), 9))
				for range 400 {
					x := xs[r.IntN(len(xs))]
					tree, _ := syntax.Parse(x.re.String(), syntax.Perl)
					text := record(tree, r)
					if err := x.check(text, 0, len(text)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if n := s.CacheBytes(); o.CacheBytes > 0 && n > o.CacheBytes {
			t.Errorf("caches take %d bytes of %d", n, o.CacheBytes)
		}
	}
}

// TestThrash counts the steps of a rule whose states do not fit: at most the
// size of the program per byte read, whatever the bound.
func TestThrash(t *testing.T) {
	const expr = `key=(?:a|b)*a(?:a|b){14}c`
	r := rand.New(rand.NewPCG(1, 10))
	for _, max := range []int{1, 2000, 20_000, 1 << 20} {
		for _, n := range []int{2000, 4000, 8000} {
			s := NewSet(Options{CacheBytes: max, MaxWindow: 1 << 20})
			rule := add(t, s, expr)
			text := []byte("key=")
			for range n {
				text = append(text, "ab"[r.IntN(2)])
			}
			if _, _, ok, open := rule.At(text, 0, len(text), 0, 0, 4); ok || !open {
				t.Fatal("wrong answer")
			}
			if _, _, ok := rule.Find(text, 0, len(text)); ok {
				t.Fatal("wrong answer")
			}
			steps := s.space.b.steps + int(s.space.stepped.Load())
			if most := 2 * 3 * len(rule.find.get().prog.insts) * (n + 8); steps > most {
				t.Errorf("bound %d, %d bytes: %d steps, at most %d expected", max, n, steps, most)
			}
			if used := s.CacheBytes(); used > max {
				t.Errorf("caches take %d of %d bytes", used, max)
			}
		}
	}
}

// TestFindAllLinear walks over many matches each of which could have gone on
// to the end of the record.
func TestFindAllLinear(t *testing.T) {
	s := NewSet(Options{CacheBytes: 1, MaxWindow: 256}) // every byte is a step
	rule := add(t, s, `key=(?:.*;)?`)
	steps := func(n int) int {
		text := []byte(strings.Repeat("key=", n))
		before := int(s.space.stepped.Load())
		if got := len(walk(rule, text, 0, len(text))); got != n {
			t.Fatalf("%d matches of %d", got, n)
		}
		return int(s.space.stepped.Load()) - before
	}
	if a, b := steps(500), steps(2000); b > 5*a {
		t.Errorf("%d steps, then %d for four times the text", a, b)
	}
}

func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	s := NewSet(Options{})
	rule := add(t, s, assigned("zooly", "[a-z0-9]{32}"))
	back := add(t, s, `[0-9]{3,}-abacus=(\w+)`)
	text := []byte(`config zooly_token = "` + strings.Repeat("q7", 16) + `" 123-abacus=xyz`)
	hit := hitsIn(rule, text, 0, len(text))[0]
	other := hitsIn(back, text, 0, len(text))[0]
	var dst []int
	f := func() {
		start, end, ok, _ := rule.At(text, 0, len(text), hit.anchor, hit.start, hit.end)
		if !ok {
			t.Fatal("no match")
		}
		dst = rule.Submatch(text, 0, len(text), start, end, dst[:0])
		if _, _, ok, _ := back.At(text, 0, len(text), other.anchor, other.start, other.end); !ok {
			t.Fatal("no match")
		}
		rule.Find(text, 0, len(text))
	}
	if n := testing.AllocsPerRun(100, f); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestCorpora runs the rules over real lines, where there are some.
func TestCorpora(t *testing.T) {
	root := os.Getenv("STANCH_CORPORA")
	if root == "" {
		t.Skip("STANCH_CORPORA is not set")
	}
	s := NewSet(Options{})
	var xs []*tester
	for _, expr := range testRules() {
		xs = append(xs, newTester(t, s, expr))
	}
	r := rand.New(rand.NewPCG(1, 11))
	files := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || files == 40 {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for range 20 {
			at := r.IntN(len(text) + 1)
			line := text[at:min(len(text), at+400)]
			for _, x := range xs {
				if err := x.check(line, 0, len(line)); err != nil {
					t.Errorf("%s:%d: rule %q differs", path, at, x.re)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
