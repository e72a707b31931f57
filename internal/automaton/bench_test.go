package automaton

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func BenchmarkAt(b *testing.B) {
	value := strings.Repeat("q7", 16)
	keyword := assigned("zooly", "[a-z0-9]{32}")
	for _, c := range []struct{ name, expr, text string }{
		{"keyword/match", keyword, `config zooly_token = "` + value + `" more`},
		{"keyword/none", keyword, `the zooly service was restarted by root at 10:15:33 and is well`},
		{"keyword/short", keyword, `config zooly_token = "` + value[:20] + `" more of it`},
		{"prefix/match", `abc_[A-Za-z0-9]{36}`, `use abc_` + value + `wxyz here`},
		{"prefix/none", `abc_[A-Za-z0-9]{36}`, `use abc_config_file here`},
		{"before/match", `[0-9]{6,10}:QA[\w-]{15}`, `bot12345678:QA` + value[:15] + ` x`},
		{"before/none", `[0-9]{6,10}:QA[\w-]{15}`, `bot12345678:QA is the team, they say`},
		{"unicode/match", `пароль[:=]\s*(\pL{12})`, `пароль: абвгдеабвгде, и`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := add(b, NewSet(Options{}), c.expr)
			text := []byte(c.text)
			var h place
			for k, a := range r.Anchors() {
				if i := strings.Index(strings.ToLower(c.text), strings.ToLower(a.Text)); i >= 0 {
					h = place{k, i, i + len(a.Text)}
				}
			}
			_, _, ok, _ := r.At(text, 0, len(text), h.anchor, h.start, h.end)
			if ok != strings.HasSuffix(c.name, "/match") {
				b.Fatal("wrong answer")
			}
			b.ReportAllocs()
			for b.Loop() {
				r.At(text, 0, len(text), h.anchor, h.start, h.end)
			}
		})
	}
}

func BenchmarkUnion(b *testing.B) {
	s := NewSet(Options{})
	var parts []Part
	for n := range 100 {
		parts = append(parts, Part{add(b, s, assigned("secret", fmt.Sprintf("[a-z0-9]{%d}", 16+n))), 0})
	}
	u := s.Union(parts)
	text := []byte("the secret service was here")
	b.ReportAllocs()
	for b.Loop() {
		u.Any(text, len(text), 10)
	}
}

func BenchmarkSubmatch(b *testing.B) {
	r := add(b, NewSet(Options{}), assigned("zooly", "[a-z0-9]{32}"))
	text := []byte(`config zooly_token = "` + strings.Repeat("q7", 16) + `" more`)
	start, end, ok := r.Find(text, 0, len(text))
	if !ok {
		b.Fatal("no match")
	}
	var dst []int
	b.ReportAllocs()
	for b.Loop() {
		dst = r.Submatch(text, 0, len(text), start, end, dst[:0])
	}
}

func BenchmarkFind(b *testing.B) {
	text := []byte(strings.Repeat("2031-05-01 10:15:33 INFO session opened for user root by (uid=0) and closed\n", 100))
	r := add(b, NewSet(Options{}), `\b[A-F0-9]{32}\b`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Find(text, 0, len(text))
	}
}

func BenchmarkAdd(b *testing.B) {
	expr := assigned("zooly", "[a-z0-9]{32}")
	b.Run("set", func(b *testing.B) {
		s := NewSet(Options{})
		for b.Loop() {
			add(b, s, expr)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		for b.Loop() {
			regexp.MustCompile(expr)
		}
	})
}
