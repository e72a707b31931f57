package scan

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/inventory"
)

// stock is a source of values, each under its number.
type stock []string

func (l stock) Values(_ context.Context, yield func(inventory.Value) error) error {
	for i, s := range l {
		if err := yield(inventory.Value{Meta: inventory.Meta{ID: fmt.Sprint("v", i)}, Secret: []byte(s), At: fmt.Sprint("list:", i+1)}); err != nil {
			return err
		}
	}
	return nil
}

func drawStock(seed uint64, count, least int) (l stock) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\"\\&/+<>?%"
	r := rand.New(rand.NewPCG(seed, 7))
	for range count {
		b := make([]byte, least+r.IntN(30))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		l = append(l, string(b))
	}
	return l
}

// stocked is an engine that knows the values, with or without the built-in
// detectors.
func stocked(t testing.TB, l stock, o inventory.Options, builtin bool) *Engine {
	t.Helper()
	inv, err := inventory.New(context.Background(), o, l)
	if err != nil {
		t.Fatal(err)
	}
	ds := []detectors.Detector{detectors.KnownSecret()}
	if builtin {
		ds = append(ds, engine(t).detectors...)
	}
	e, err := Compile(ds, Options{Inventory: inv})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func testKey() *inventory.Key {
	return &inventory.Key{ID: "0a1b2c3d", Bytes: bytes.Repeat([]byte("0123456789abcdef"), 2)}
}

// forms are the ways in which a value may stand in a text: what is before it,
// the bytes that must go, what is behind.
func forms(v string) [][3]string {
	quoted, _ := json.Marshal(v)
	in := string(quoted[1 : len(quoted)-1])
	b64 := base64.StdEncoding.EncodeToString([]byte("user:" + v + "@x"))
	return [][3]string{
		{"", v, ""},
		{"the key ", v, " was used"},
		{"x", v, "x"},
		{`{"n":1,"v":"`, in, `","m":2}`},
		{"/q?a=", url.QueryEscape(v), "&b=1"},
		{"p=", strings.ToLower(url.QueryEscape("é"))[:0] + url.PathEscape(v), " "},
		{"dump ", hex.EncodeToString([]byte(v)), "."},
		{"dump ", strings.ToUpper(hex.EncodeToString([]byte(v))), "."},
		{"body: ", base64.StdEncoding.EncodeToString([]byte(v)), "\t"},
		{"body: ", base64.URLEncoding.EncodeToString([]byte(v)), "\t"},
		{"body: ", b64, ";"},
		{"body: ", base64.RawURLEncoding.EncodeToString([]byte(`{"v":"` + v + `"}`)), " end"},
	}
}

// TestKnown finds every value in every form, with exact bounds, its entry and
// nothing of it.
func TestKnown(t *testing.T) {
	l := drawStock(1, 60, 16)
	for name, o := range map[string]inventory.Options{"plain": {}, "blind": {Blind: testKey()}} {
		e := stocked(t, l, o, false)
		s := e.NewScanner()
		for i, v := range l {
			for k, w := range forms(v) {
				text := w[0] + w[1] + w[2]
				spans := s.Text(nil, []byte(text+"\n"))
				if len(spans) != 1 {
					t.Fatalf("%s: value %d, form %d: %d spans in %q", name, i, k, len(spans), text)
				}
				x := spans[0]
				if x.Start != len(w[0]) || x.End != len(w[0])+len(w[1]) {
					t.Errorf("%s: form %d: span %d-%d, want %d-%d in %q", name, k, x.Start, x.End, len(w[0]), len(w[0])+len(w[1]), text)
				}
				if x.Entry != int32(i)+1 || x.Confidence != finding.Certain || x.Evidence&ByInventory == 0 || e.detectors[x.Detector].Kind != detectors.Known {
					t.Errorf("%s: form %d: %+v", name, k, x)
				}
				if (k < 3) != (x.Encoding == 0) && w[1] != v {
					t.Errorf("%s: form %d: encoding %q", name, k, x.Encoding)
				}
			}
		}
	}
}

// TestKnownAmong: with all detectors at work every byte of a known value goes, and
// the entry is known.
func TestKnownAmong(t *testing.T) {
	l := drawStock(2, 12, 16)
	e := stocked(t, l, inventory.Options{}, true)
	s := e.NewScanner()
	for i, v := range l {
		for k, w := range forms(v) {
			for _, around := range []string{"%s", "password=%s", `{"token": "%s"}`, "Authorization: Bearer %s", "https://u:%s@h/"} {
				pre, post, _ := strings.Cut(around, "%s")
				text := pre + w[0] + w[1] + w[2] + post
				from := len(pre) + len(w[0])
				gone, entry := make([]bool, len(text)), false
				for _, x := range s.Text(nil, []byte(text)) {
					entry = entry || x.Entry == int32(i)+1
					for p := x.Start; p < x.End; p++ {
						gone[p] = true
					}
				}
				if !entry || bytes.ContainsFunc([]byte{0}, func(rune) bool {
					for p := from; p < from+len(w[1]); p++ {
						if !gone[p] {
							return true
						}
					}
					return false
				}) {
					t.Errorf("form %d in %q: entry known: %v, or not all of it goes", k, around, entry)
				}
			}
		}
	}
}

// TestKnownCuts: however a stream is cut, the spans are the same.
func TestKnownCuts(t *testing.T) {
	l := drawStock(3, 8, 16)
	e := stocked(t, l, inventory.Options{}, true)
	var text []byte
	for _, v := range l {
		for _, w := range forms(v) {
			text = fmt.Appendf(text, "%s%s%s\n", w[0], w[1], w[2])
		}
	}
	want := redacted(t, e, text)
	for _, v := range l {
		if strings.Contains(want, v) {
			t.Fatal("a value is left")
		}
	}
	for c := 1; c < len(text); c += 1 + c%7 {
		if got := redacted(t, e, text, c); got != want {
			t.Fatalf("cut at %d: another result", c)
		}
	}
}

// TestKnownPauses: a pause anywhere in a known value, in any form, leaks no byte.
func TestKnownPauses(t *testing.T) {
	l := append(drawStock(4, 4, 16), "9"+drawStock(5, 1, 40)[0])
	for name, o := range map[string]inventory.Options{"plain": {}, "blind": {Blind: testKey()}} {
		e := stocked(t, l, o, false)
		for _, v := range l {
			for k, w := range forms(v) {
				text := w[0] + w[1] + w[2] + "\n"
				from, to := len(w[0]), len(w[0])+len(w[1])
				if k >= 8 { // what depends on the value alone
					from, to = from+8, to-3
				}
				if k > 9 {
					from += 4
				}
				for c := 1; c < len(text); c++ {
					for d := c; d < len(text); d += 5 {
						for i, is := range leaked(t, e, []byte(text), c, d) {
							if is && i >= from && i < to {
								t.Fatalf("%s: form %d: pauses at %d and %d (secret %d-%d) leak byte %d of %q", name, k, c, d, from, to, i, text)
							}
						}
					}
				}
			}
		}
	}
}

// TestKnownPrompts: what is no part of a value is shown at a pause, all but the
// few letters with which one may begin; and those when the text ends.
func TestKnownPrompts(t *testing.T) {
	l := append(drawStock(6, 200, 20), "gateway-4711-correct-horse")
	e := stocked(t, l, inventory.Options{}, false)
	for _, c := range []struct{ text, want string }{
		{"Continue? [y/N] ", "Continue? [y/N] "},
		{"Password: ", "Password: "},
		{"loading", "loadin"},
		{"the ga", "the "},
		{"the gate", "the «known-secret»"},
		{"gateway-4711-correct-horse", "«known-secret»"},
		{"gateway-4711-correct-horse and on ", "«known-secret» and on "},
	} {
		var out []byte
		st := e.NewStream(func(p Piece) error {
			out = append(out, mark(e, p)...)
			return nil
		})
		st.Write([]byte(c.text))
		st.Flush()
		if string(out) != c.want {
			t.Errorf("%q: %q, want %q", c.text, out, c.want)
		}
		st.Close()
		if whole := redacted(t, e, []byte(c.text)); len(out) < len(c.want) || !strings.Contains(string(out), "«") && string(out) != whole {
			t.Errorf("%q at the end: %q, want %q", c.text, out, whole)
		}
	}
}

// mark writes a piece as redacted does.
func mark(e *Engine, p Piece) (out []byte) {
	pos := 0
	for _, x := range p.Spans {
		out = append(out, p.Text[pos:x.Start]...)
		if !x.Continued {
			out = append(out, "«"+e.detectors[x.Detector].ID+"»"...)
		}
		pos = x.End
	}
	return append(out, p.Text[pos:]...)
}

// TestKnownWeak: a value that is short or can be guessed goes as the whole value
// of a sensitive name, of a weak one too, and nowhere else.
func TestKnownWeak(t *testing.T) {
	l := stock{"hunter2", "open sesame", "required"}
	e := stocked(t, l, inventory.Options{UnderKey: true}, true)
	s := e.NewScanner()
	for _, c := range []struct {
		text string
		want int32
	}{
		{"password=hunter2", 1}, {`{"token": "hunter2"}`, 1}, {"key: hunter2", 1}, {`passphrase="open sesame"`, 2}, {"password: required", 3},
		{"hunter2", 0}, {"user=hunter2", 0}, {"count hunter2 as one", 0}, {"token_type=required", 0}, {"password=hunter22", 0},
	} {
		var got int32
		for _, x := range s.Text(nil, []byte(c.text)) {
			if x.Entry > 0 {
				if got = x.Entry; c.text[x.Start:x.End] != l[got-1] || x.Confidence != finding.Certain {
					t.Errorf("%s: %+v", c.text, x)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: entry %d, want %d", c.text, got, c.want)
		}
	}
	for _, x := range []string{"password=hunter2 x", `{"key":"hunter2"}`} {
		at := strings.Index(x, "hunter2")
		for c := 1; c < len(x); c++ {
			for i, is := range leaked(t, e, []byte(x+"\n"), c) {
				if is && i >= at && i < at+7 {
					t.Fatalf("%q: a pause at %d leaks byte %d", x, c, i)
				}
			}
		}
	}
}

// TestKnownNumber: a number without quotes is a scalar of JSON.
func TestKnownNumber(t *testing.T) {
	e := stocked(t, stock{"83920175640385"}, inventory.Options{}, false)
	for text, bare := range map[string]bool{`{"id": 83920175640385, "n":1}`: true, `{"id": "83920175640385"}`: false, `id 83920175640385`: false} {
		spans := e.NewScanner().Text(nil, []byte(text))
		if len(spans) != 1 || spans[0].Bare != bare {
			t.Errorf("%s: %+v", text, spans)
		}
	}
}

// TestKnownKey: a key that is known line by line is one secret.
func TestKnownKey(t *testing.T) {
	body, _, _ := expand(t, "{base64:64}\n{base64:64}\n{base64:40}", 3)
	pem := "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n"
	e := stocked(t, stock{pem}, inventory.Options{}, true)
	for _, text := range []string{"key:\n" + pem + "done\n", "I x " + strings.ReplaceAll(pem, "\n", "\nI x ")} {
		if got := redacted(t, e, []byte(text)); strings.Count(got, "«") != 1 {
			t.Errorf("more than one marker for one key: %q", got)
		}
	}
}

// TestKnownSwap: an engine with another inventory shares the rest.
func TestKnownSwap(t *testing.T) {
	l := drawStock(8, 2, 20)
	a := stocked(t, l[:1], inventory.Options{}, false)
	inv, err := inventory.New(context.Background(), inventory.Options{}, l[1:])
	if err != nil {
		t.Fatal(err)
	}
	b, none := a.WithInventory(inv), a.WithInventory(nil)
	text := []byte(l[0] + " " + l[1])
	for e, want := range map[*Engine]int{a: 0, b: len(l[0]) + 1, none: -1} {
		spans := e.NewScanner().Text(nil, text)
		if (want < 0) != (len(spans) == 0) || want >= 0 && spans[0].Start != want {
			t.Errorf("want a span at %d: %+v", want, spans)
		}
	}
	if bare := engine(t).WithInventory(inv); bare.Inventory() != nil {
		t.Error("an inventory without a detector to report what it finds")
	}
}

func TestKnownNoAllocation(t *testing.T) {
	e := stocked(t, drawStock(9, 1000, 20), inventory.Options{}, true)
	s := e.NewScanner()
	line := []byte("2026-01-01T00:00:00Z INFO GET /index.html 200 12ms user=bob session closed\n")
	var spans []Span
	s.Text(spans, line)
	if n := testing.AllocsPerRun(100, func() { spans = s.Text(spans[:0], line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzKnown: cut and paused anywhere, a stream finds what the text has, and
// nothing of a known value is handed on.
func FuzzKnown(f *testing.F) {
	l := stock{"correct-horse-battery-4711", "Zx9%/+qL\"w\\k77T", "83920175640385", "ghp_0000zzzzAAAA"}
	for _, v := range l {
		for _, w := range forms(v) {
			f.Add([]byte(w[0]+w[1]+w[2]), uint16(len(w[0])+3))
		}
	}
	e := stocked(f, l, inventory.Options{}, false)
	f.Fuzz(func(t *testing.T, text []byte, cut uint16) {
		if len(text) > 4096 {
			return
		}
		c := min(int(cut), len(text))
		if a, b := redacted(t, e, text), redacted(t, e, text, c); a != b {
			t.Fatalf("cut at %d: %q, want %q", c, b, a)
		}
		out := leaked(t, e, text, c)
		for _, v := range l {
			for i := 0; i+len(v) <= len(text); i++ {
				if string(text[i:i+len(v)]) == v {
					for k := range v {
						if out[i+k] {
							t.Fatalf("pause at %d leaks byte %d of the value at %d", c, k, i)
						}
					}
				}
			}
		}
	})
}
