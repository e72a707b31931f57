package redactionprocessor

import (
	"strings"
	"testing"
)

var fuzzed = []string{
	`4[0-9]{12}(?:[0-9]{3})?`, `[A-Za-z0-9._%+-]+@corp\.example`, `(?:[0-9]{1,3}\.){3}[0-9]{1,3}`, `(?i)kiosk`, `(?s)begin.*finish`,
	`secret.*=x`, `(?m)^key=\w+$`, `\x{fffd}`, `(a|ab)(c|bcd)`, `z*`, `\*{4}`, `^start`, `end$`, `[a-f0-9]{32}`, `é+`, `.+-[0-9]{4}`,
}

// FuzzPatterns: what is found and replaced is what package regexp finds and replaces.
func FuzzPatterns(f *testing.F) {
	for _, s := range []string{
		"", "card 4111111111111111.", "joe@corp.example at 10.0.0.1", "\u212aio\u017f\u212a KIOSK", "begin\nfinish", "secretsecret=x", "a\nkey=b\nc",
		"\xff\xfe", "abcd", strings.Repeat("secret", 3000) + "=x", "start to end", "0123456789abcdef0123456789abcdef", "1234-5678",
	} {
		f.Add(s)
	}
	var lists []*patterns
	for _, form := range []string{anywhere, whole} {
		p, err := newPatterns("test", fuzzed, form)
		if err != nil {
			f.Fatal(err)
		}
		lists = append(lists, p)
	}
	var l looks
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range lists {
			got := p.find(&l, view(text))
			any := false
			for i := range p.list {
				want := p.list[i].re.MatchString(text)
				any = any || want
				if got && want != (l.state[i] == matches) || !got && want {
					t.Errorf("%s in %q: %t", p.list[i].re, text, !want)
				}
			}
			if !any {
				continue
			}
			want := text
			for i := range p.list {
				want = p.list[i].re.ReplaceAllString(want, "****")
			}
			if out := p.replace(&l, text, func(string) string { return "****" }); out != want {
				t.Errorf("%q becomes %q, want %q", text, out, want)
			}
		}
	})
}

func TestPatternsRefuse(t *testing.T) {
	for expr, want := range map[string]string{
		`(`:                          "blocked_values[1]: error parsing regexp: missing closing )",
		`(?:a{900}b{900}){20}c{999}`: "blocked_values[1]: ",
	} {
		if _, err := newPatterns("blocked_values", []string{"fine", expr}, anywhere); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", expr, err)
		}
	}
	// An expression that is closed only by what it is put into.
	if _, err := newPatterns("allowed_values", []string{`a)|(?:b`}, whole); err == nil {
		t.Error("a parenthesis of ours closes one of theirs")
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	p, err := newPatterns("test", fuzzed[:4], anywhere)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("the order was shipped to zone north after 12 minutes of work, kios and corp.exampl")
	var l looks
	p.find(&l, text)
	if n := testing.AllocsPerRun(100, func() {
		if p.find(&l, text) {
			t.Error("found something")
		}
	}); n != 0 {
		t.Errorf("%v allocations for clean text", n)
	}
}
