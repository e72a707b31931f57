package detectors

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestParseShape(t *testing.T) {
	for _, tt := range []struct {
		source   string
		min, max int
		err      string
	}{
		{"a", 1, 1, ""},
		{"[A-Za-z0-9_-]{20}", 20, 20, ""},
		{"[0-9]{8,10}:AA[a-z]?", 11, 14, ""},
		{"-([a-z]{2,3})-(x", 0, 0, "second ("},
		{"T[A-Z]{8,11}/B[0-9]{9}/([a-z]{24})", 45, 48, ""},
		{`\[\]\{\}\(\)\?\*\+\|\\`, 11, 11, ""},
		{`[\]\\\-\^]{2}`, 2, 2, ""},
		{"[-a]{1}[a-]{1}", 2, 2, ""},
		{"a.b^c$d", 7, 7, ""},
		{"[a-z]{0,4}1", 1, 5, ""},
		{"[a-z]{4}-?[a-z]{4}", 8, 9, ""},
		{"[!-~]{8,64}", 8, 64, ""},
		{"", 0, 0, "at least one byte"},
		{"[a-z]{0,4}", 0, 0, "at least one byte"},
		{"()a", 0, 0, "nothing between"},
		{"(a", 0, 0, "without its )"},
		{"a)", 0, 0, "without its ("},
		{"(a))", 0, 0, "without its ("},
		{"(a){2}", 0, 0, "not a group"},
		{"(a)?", 0, 0, "not a group"},
		{"[a", 0, 0, "without its ]"},
		{"[]", 0, 0, "empty class"},
		{"[^a]", 0, 0, "no negated classes"},
		{"[z-a]", 0, 0, "upside down"},
		{"a]", 0, 0, `write \]`},
		{"a{2", 0, 0, "without its }"},
		{"a{}", 0, 0, "a quantifier is"},
		{"a{2,}", 0, 0, "a quantifier is"},
		{"a{,2}", 0, 0, "a quantifier is"},
		{"a{3,2}", 0, 0, "allows no length"},
		{"a{0}", 0, 0, "allows no length"},
		{"a{1}{2}", 0, 0, "cannot stand here"},
		{"a{99999999999999999999}", 0, 0, "up to 4096"},
		{"a{4096}b", 0, 0, "over 4096"},
		{"a*", 0, 0, "runs are bounded"},
		{"a+", 0, 0, "runs are bounded"},
		{"a|b", 0, 0, `write \|`},
		{`\d`, 0, 0, "punctuation"},
		{`[\n]`, 0, 0, "punctuation"},
		{`a\`, 0, 0, "nothing after"},
		{`[a\`, 0, 0, "nothing after"},
		{"é", 0, 0, "printable ASCII"},
		{"[é]", 0, 0, "printable ASCII"},
		{"a\n", 0, 0, "printable ASCII"},
		{"[a-z]{2,3}a", 0, 0, "item 1 has a variable length and shares bytes with item 2"},
		{"[a-z]{2,3}-?a", 0, 0, "shares bytes with item 3"},
		{"[a-z]?[a-z]{3}", 0, 0, "shares bytes with item 2"},
		{"[a-z]{2,3}-a", 4, 5, ""},
	} {
		s, err := ParseShape(tt.source)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v, want %q", tt.source, err, tt.err)
			}
		case err != nil:
			t.Error(err)
		case s.Min != tt.min || s.Max != tt.max || s.Source != tt.source:
			t.Errorf("%q: %d to %d bytes, want %d to %d", tt.source, s.Min, s.Max, tt.min, tt.max)
		}
	}
}

func TestParseClass(t *testing.T) {
	c, err := ParseClass(`[a-c\]_-]`)
	if err != nil || members(&c) != "-]_abc" {
		t.Errorf("members %q, %v", members(&c), err)
	}
	for _, bad := range []string{"", "a", "[a]b", "[a", "[]"} {
		if _, err := ParseClass(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		shape, text string
		from, limit int
		end         int
		secret      string
		ok, open    bool
	}{
		{"[a-z]{3}", "abcd", 0, 4, 3, "abc", true, false},
		{"[a-z]{3}", "xabc", 1, 4, 4, "abc", true, false},
		{"[a-z]{3,5}", "abc", 0, 3, 3, "abc", true, true},
		{"[a-z]{3,5}", "abc.", 0, 4, 3, "abc", true, false},
		{"[a-z]{3,5}", "abcdef", 0, 6, 5, "abcde", true, false},
		{"[a-z]{3}", "ab", 0, 2, 2, "", false, true},
		{"[a-z]{3}", "ab1", 0, 3, 2, "", false, false},
		{"[a-z]{3}", "abcd", 0, 2, 2, "", false, true},
		{"[a-z]{3}", "", 0, 0, 0, "", false, true},
		{"[a-z]{3}=?", "abc", 0, 3, 3, "abc", true, true},
		{"[a-z]{3}=?", "abc=", 0, 4, 4, "abc=", true, false},
		{"[a-z]{2}-([0-9]{1,3})-x", "ab-12-x", 0, 7, 7, "12", true, false},
		{"[a-z]{2}-([0-9]{1,3})-x", "ab-12-y", 0, 7, 6, "", false, false},
		{"([a-z]{2})-", "ab-", 0, 3, 3, "ab", true, false},
	} {
		s, err := ParseShape(tt.shape)
		if err != nil {
			t.Fatal(err)
		}
		end, ss, se, ok, open := s.Match([]byte(tt.text), tt.from, tt.limit)
		secret := ""
		if ok {
			secret = tt.text[ss:se]
		}
		if end != tt.end || secret != tt.secret || ok != tt.ok || open != tt.open {
			t.Errorf("%s on %q[%d:%d]: end %d, secret %q, ok %v, open %v; want %d, %q, %v, %v",
				tt.shape, tt.text, tt.from, tt.limit, end, secret, ok, open, tt.end, tt.secret, tt.ok, tt.open)
		}
	}
}

func TestMatchBackward(t *testing.T) {
	for _, tt := range []struct {
		shape, text string
		to, limit   int
		start       int
		secret      string
		ok          bool
	}{
		{"[0-9]{2,4}", "a12345:", 6, 0, 2, "2345", true},
		{"[0-9]{2,4}", "a12345:", 6, 4, 4, "45", true},
		{"[0-9]{2,4}", "a12345:", 6, 5, 5, "", false},
		{"[0-9]{2,4}", "a12345:", 7, 0, 7, "", false},
		{"k([a-z]{2})[0-9]{1,3}", "kab12", 5, 0, 0, "ab", true},
	} {
		s, err := ParseShape(tt.shape)
		if err != nil {
			t.Fatal(err)
		}
		start, ss, se, ok := s.MatchBackward([]byte(tt.text), tt.to, tt.limit)
		secret := ""
		if ok {
			secret = tt.text[ss:se]
		}
		if start != tt.start || secret != tt.secret || ok != tt.ok {
			t.Errorf("%s on %q, back from %d to %d: start %d, secret %q, ok %v; want %d, %q, %v",
				tt.shape, tt.text, tt.to, tt.limit, start, secret, ok, tt.start, tt.secret, tt.ok)
		}
	}
}

func TestTail(t *testing.T) {
	for shape, want := range map[string]string{
		"[a-c]{3}":       "abc",
		"[a-c]{3}=?":     "abc",
		"[a-c]{3}={0,2}": "abc",
		"a-[x-z]{1,2}":   "xyz",
		"[a-c]?1":        "1",
	} {
		s, err := ParseShape(shape)
		if err != nil {
			t.Fatal(err)
		}
		if got := members(s.Tail()); got != want {
			t.Errorf("%s: tail %q, want %q", shape, got, want)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	s, err := ParseShape("[A-Za-z0-9]{10,40}-([a-z]{2})")
	if err != nil {
		t.Fatal(err)
	}
	b := []byte("abcdefghijklmnop-zz")
	if n := testing.AllocsPerRun(100, func() {
		s.Match(b, 0, len(b))
		s.MatchBackward(b, len(b), 0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// expression writes the shape as an expression of the regexp package, anchored
// on the side that the match is.
func (s *Shape) expression(backward bool) *regexp.Regexp {
	var b strings.Builder
	if !backward {
		b.WriteByte('^')
	}
	for i, it := range s.Items {
		if i == s.SecretFrom && s.SecretTo > 0 {
			b.WriteByte('(')
		}
		b.WriteByte('[')
		for _, c := range members(&it.Class) {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		fmt.Fprintf(&b, "]{%d,%d}", it.Min, it.Max)
		if i+1 == s.SecretTo {
			b.WriteByte(')')
		}
	}
	if backward {
		b.WriteByte('$')
	}
	return regexp.MustCompile(b.String())
}

// agree compares Match and MatchBackward with the expression on one text.
func agree(t *testing.T, s *Shape, text string) {
	t.Helper()
	for _, it := range s.Items {
		if it.Max > 200 { // the regexp package stops at 1000 in all
			return
		}
	}
	if s.Max > 500 {
		return
	}
	end, ss, se, ok, open := s.Match([]byte(text), 0, len(text))
	m := s.expression(false).FindStringSubmatchIndex(text)
	if ok != (m != nil) || ok && (m[1] != end || m[len(m)-2] != ss || m[len(m)-1] != se) {
		t.Errorf("%s on %q: [0:%d] secret [%d:%d] %v, the expression says %v", s.Source, text, end, ss, se, ok, m)
	}
	if !open {
		// Settled: no byte behind the text can change the answer.
		for _, more := range []string{"a", "0", "-", "zzzzzzzzzzzz"} {
			end2, _, _, ok2, _ := s.Match([]byte(text+more), 0, len(text)+len(more))
			if ok2 != ok || ok && end2 != end {
				t.Errorf("%s on %q: settled, but %q changes it", s.Source, text, more)
			}
		}
	}
	if s.deterministicBackward() != nil {
		return
	}
	start, ss, se, ok := s.MatchBackward([]byte(text), len(text), 0)
	m = s.expression(true).FindStringSubmatchIndex(text)
	if ok != (m != nil) || ok && (m[0] != start || m[len(m)-2] != ss || m[len(m)-1] != se) {
		t.Errorf("%s on %q, backward: [%d:] secret [%d:%d] %v, the expression says %v", s.Source, text, start, ss, se, ok, m)
	}
}

func TestMatchAgreesWithRegexp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	classes := []string{"[a-c]", "[b-d]", "[0-2]", "-", "a", "[a-c0-2]", `\.`}
	quantifiers := []string{"", "", "?", "{2}", "{1,3}", "{0,2}"}
	shapes := 0
	for range 3000 {
		var b strings.Builder
		n := 1 + r.IntN(4)
		from := r.IntN(2 * n)
		to := from + r.IntN(n)
		for i := range n {
			if i == from {
				b.WriteByte('(')
			}
			b.WriteString(classes[r.IntN(len(classes))] + quantifiers[r.IntN(len(quantifiers))])
			if i >= from && (i == to || i == n-1) && !strings.Contains(b.String(), ")") {
				b.WriteByte(')')
			}
		}
		s, err := ParseShape(b.String())
		if err != nil {
			continue
		}
		shapes++
		for range 20 {
			agree(t, s, string(randomRun(r, "abcd012-.", r.IntN(10))))
		}
	}
	if shapes < 500 {
		t.Errorf("only %d shapes tried", shapes)
	}
}

func FuzzShape(f *testing.F) {
	for _, s := range []string{"[a-z]{3,5}-?(x{2})", `[\]\-]{1,3}a`, "[0-9]{8,10}:AA"} {
		f.Add(s, "abc-xx")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		s, err := ParseShape(source)
		if err != nil {
			return
		}
		if s.Min < 1 || s.Max < s.Min || s.Max > maxShape || s.SecretFrom > s.SecretTo || s.SecretTo > len(s.Items) {
			t.Fatalf("%q: %+v", source, s)
		}
		for i := range len(text) {
			if text[i] >= 0x80 {
				return // the expression reads runes, the shape bytes
			}
		}
		agree(t, s, text)
	})
}
