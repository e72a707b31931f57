package inventory

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// list is a source of values, each under its number.
type list [][]byte

func (l list) Values(_ context.Context, yield func(Value) error) error {
	for i, s := range l {
		if err := yield(Value{Meta: Meta{ID: fmt.Sprint("v", i)}, Secret: s, At: fmt.Sprint("list:", i+1)}); err != nil {
			return err
		}
	}
	return nil
}

// secret draws a value of n bytes that no inventory refuses.
func secret(r *rand.Rand, n int) []byte {
	for {
		if b := draw(r, n); acceptable(b) == nil {
			return b
		}
	}
}

func draw(r *rand.Rand, n int) []byte {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%&/+<>?"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return b
}

func secrets(seed uint64, count, least int) (l list) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range count {
		l = append(l, secret(r, least+r.IntN(30)))
	}
	return l
}

func blindKey() *Key {
	return &Key{ID: "0a1b2c3d", Bytes: bytes.Repeat([]byte("0123456789abcdef"), 2)}
}

// inventories builds the values into an inventory of either sort, and loads
// what the blind one saves.
func inventories(t *testing.T, l list) map[string]*Inventory {
	t.Helper()
	plain, err := New(context.Background(), Options{}, l)
	if err != nil {
		t.Fatal(err)
	}
	blind, err := New(context.Background(), Options{Blind: blindKey()}, l)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := Save(context.Background(), &file, *blindKey(), l); err != nil {
		t.Fatal(err)
	}
	for _, s := range l {
		if bytes.Contains(file.Bytes(), s[:8]) {
			t.Error("the saved inventory has a value in clear")
		}
	}
	loaded, err := Load(&file, *blindKey())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Inventory{"plain": plain, "blind": blind, "loaded": loaded}
}

// TestScan finds every value in every form, at any offset, and nothing else.
func TestScan(t *testing.T) {
	l := secrets(1, 200, 16)
	for name, inv := range inventories(t, l) {
		var s Scratch
		for i, v := range l {
			for k, form := range [][]byte{
				v, []byte("x" + base64.StdEncoding.EncodeToString(append([]byte("user:"), v...))), []byte(url.PathEscape(string(v))),
				[]byte(hex.EncodeToString(v)), []byte(strings.ToUpper(hex.EncodeToString(v))),
			} {
				text := append(bytes.Repeat([]byte("."), i+k), form...)
				text = append(text, " and so on"...)
				hits := inv.Scan(nil, text, &s)
				if len(hits) == 0 || hits[0].Entry != i || hits[0].Start < i+k || hits[0].End > i+k+len(form) {
					t.Fatalf("%s: value %d, form %d: %v", name, i, k, hits)
				}
				if k == 0 && (hits[0].Start != i || hits[0].End != i+len(v) || hits[0].Form != Plain) {
					t.Fatalf("%s: value %d in clear: %v, want %d to %d", name, i, hits, i, i+len(v))
				}
			}
			cut := slices.Concat([]byte("."), v[:len(v)-1], []byte("|"))
			if hits := inv.Scan(nil, cut, &s); len(hits) > 0 {
				t.Fatalf("%s: value %d cut short: %v", name, i, hits)
			}
		}
	}
}

// TestMany: of so many values that forms are put in order of their slots, every form is
// found.
func TestMany(t *testing.T) {
	l := secrets(23, 15_000, 12)
	inv, err := New(context.Background(), Options{}, l)
	if err != nil {
		t.Fatal(err)
	}
	if n := inv.Patterns(); n < 1<<16 {
		t.Fatalf("only %d forms", n)
	}
	text := []byte("2026-01-01T01:02:03Z INFO org.example.Shop x9 ")
	at := len(text)
	var s Scratch
	var hits []Hit
	for i, v := range l {
		for form, p := range Forms(v) {
			text = append(append(text[:at], p...), " and so on, 12aB"...)
			hits = inv.Scan(hits[:0], text, &s)
			if !slices.Contains(hits, Hit{at, at + len(p), i, form}) {
				t.Fatalf("value %d as %q is not found", i, form)
			}
		}
	}
}

// TestSame: a blind inventory finds what one with the values does.
func TestSame(t *testing.T) {
	l := secrets(2, 50, 16)
	l = append(l, slices.Concat(l[0], l[1]), l[2][:16], slices.Concat(l[3], []byte("\n"), l[4], []byte("\n")))
	r := rand.New(rand.NewPCG(3, 3))
	var text []byte
	for range 3000 {
		text = append(text, l[r.IntN(len(l))]...)
		text = append(text, "=. \n"[r.IntN(4):]...)
	}
	all := inventories(t, l)
	want := all["plain"].Scan(nil, text, new(Scratch))
	if len(want) < 3000 {
		t.Fatalf("%d hits of 3000 values", len(want))
	}
	for _, name := range []string{"blind", "loaded"} {
		if got := all[name].Scan(nil, text, new(Scratch)); !slices.Equal(got, want) {
			t.Errorf("%s: %d hits, want %d", name, len(got), len(want))
		}
	}
}

func TestRefusals(t *testing.T) {
	l := list{[]byte("short"), []byte("password123"), secrets(4, 1, 12)[0][:12], secrets(5, 1, 24)[0]}
	inv, err := New(context.Background(), Options{}, l)
	var r *Refusal
	if inv == nil || inv.Len() != 2 || !errors.As(err, &r) || !errors.Is(err, ErrShort) || !errors.Is(err, ErrGuessable) {
		t.Fatalf("%v, %v", inv, err)
	}
	for _, want := range []string{"list:1: shorter", "list:2: can be guessed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %q", err, want)
		}
	}
	for _, v := range l[1:] {
		if strings.Contains(err.Error(), string(v)) {
			t.Errorf("the error quotes a value")
		}
	}
	inv, err = New(context.Background(), Options{UnderKey: true}, l)
	if err != nil || inv.Len() != 4 || inv.Weak() != 2 {
		t.Fatalf("%v, %v", inv, err)
	}
	if e, ok := inv.Value([]byte("short")); !ok || e != 0 {
		t.Errorf("weak value under a name: %d, %v", e, ok)
	}
	if hits := inv.Scan(nil, []byte("password123 and short"), new(Scratch)); len(hits) > 0 {
		t.Errorf("weak values in text: %v", hits)
	}
	if _, err = New(context.Background(), Options{Blind: blindKey(), UnderKey: true}, l); err == nil {
		t.Error("a blind inventory took a weak value")
	}
}

// TestPrints: whatever prints an inventory or a value shows none.
func TestPrints(t *testing.T) {
	l := secrets(6, 1, 24)
	inv, err := New(context.Background(), Options{UnderKey: true}, l, list{})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		for _, x := range []any{inv, Value{Meta{ID: "id"}, l[0], "here"}, &Value{Meta{ID: "id"}, l[0], "here"}} {
			s := fmt.Sprintf(verb, x)
			if strings.Contains(s, string(l[0])) || strings.Contains(s, hex.EncodeToString(l[0])) {
				t.Errorf("%s of %T shows the value", verb, x)
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	var file bytes.Buffer
	if err := Save(context.Background(), &file, *blindKey(), secrets(7, 20, 20)); err != nil {
		t.Fatal(err)
	}
	good := file.Bytes()
	if id, n, entries, err := Head(bytes.NewReader(good)); err != nil || id != blindKey().ID || n < 20 || len(entries) != 20 {
		t.Errorf("head: %v %v %v %v", id, n, len(entries), err)
	}
	for at := 0; at < len(good); at += 1 + at/50 {
		bad := slices.Clone(good)
		bad[at] ^= 1
		if _, err := Load(bytes.NewReader(bad), *blindKey()); err == nil {
			t.Fatalf("byte %d changed and accepted", at)
		}
		if _, err := Load(bytes.NewReader(good[:at]), *blindKey()); err == nil {
			t.Fatalf("cut at %d and accepted", at)
		}
	}
	if _, err := Load(bytes.NewReader(append(slices.Clone(good), 0)), *blindKey()); err == nil {
		t.Error("a byte behind the end was accepted")
	}
	other := *blindKey()
	other.ID = "ffffffff"
	if _, err := Load(bytes.NewReader(good), other); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("another key: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	var file bytes.Buffer
	if err := Save(context.Background(), &file, *blindKey(), secrets(8, 2, 20)); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(magic + "{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Load(bytes.NewReader(b), *blindKey()); err == nil && !bytes.Equal(b, file.Bytes()) {
			t.Error("a file nobody saved was accepted")
		}
	})
}

// TestFiles reads every format.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	long := string(secrets(9, 1, 24)[0])
	value := func(tail string) string { return "Kq7" + long[:12] + tail }
	data := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		name   string
		format Format
		text   string
		names  []string
		want   string // ids and places, one a line
		err    string
	}{
		{"lines", FormatLines, value("a") + "\r\n\n# comment\n" + value("b"), nil, "m/1 at 1\nm/4 at 4", ""},
		{"dotenv", FormatDotenv, "# c\nexport A_TOKEN=" + value("a") + " # note\nB='" + value("b") + "'\nC=\"" + value("c") + "\\n\"\nHOST=\n", nil,
			"m/A_TOKEN at 2\nm/B at 3\nm/C at 4", ""},
		{"dotenv names", FormatDotenv, "A_TOKEN=" + value("a") + "\nB=" + value("b"), []string{"*_token"}, "m/A_TOKEN at 1", ""},
		{"dotenv lines", FormatDotenv, "A=\"" + value("a") + "\n" + value("b") + "\"\nB=" + value("c"), nil, "m/A at 1\nm/B at 3", ""},
		{"dotenv bad", FormatDotenv, "A=" + value("a") + "\nno assignment here\n", nil, "", "f:2: want NAME=value"},
		{"dotenv quote", FormatDotenv, "A='" + value("a") + "\n", nil, "", "f:1: a quote that nothing closes"},
		{"json", FormatYAML, "{\"db\": {\"password\": \"" + value("a") + "\", \"port\": 5432},\n \"keys\": [\"" + value("b") + "\", null, true]}", []string{"password", "0"},
			"m/db/password at 1\nm/keys/0 at 2", ""},
		{"yaml", FormatYAML, "a: " + value("a") + "\n---\na: '" + value("b") + "'\n", nil, "m/a at 1\nm/1/a at 3", ""},
		{"yaml bad", FormatYAML, "a: [" + value("a") + "\n", nil, "", "f: not valid YAML or JSON"},
		{"kubernetes", FormatKubernetes, "kind: ConfigMap\ndata: {a: b}\n---\nkind: Secret\nmetadata: {name: s, namespace: n}\ndata:\n  k: " + data(value("a")+"\n") +
			"\nstringData:\n  l: " + value("b") + "\n", nil, "m/n/s/k at 7\nm/n/s/l at 9", ""},
		{"kubernetes list", FormatKubernetes, "kind: List\nitems:\n- kind: Secret\n  metadata: {name: s}\n  data: {k: " + data(value("a")) + "}\n", nil, "m/s/k at 5", ""},
		{"kubernetes bad", FormatKubernetes, "kind: Secret\ndata:\n  k: '" + value("%") + "'\n", nil, "", "f:3: data of a Secret is not base64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, "f")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var got []string
			f := &File{Path: path, Format: c.format, Meta: Meta{ID: "m", Owner: "o"}, Names: c.names}
			err := f.Values(context.Background(), func(v Value) error {
				if v.Owner != "o" || !strings.HasPrefix(string(v.Secret), "Kq7") && v.ID != "m/db/port" {
					t.Errorf("value %v of %q", v, v.Owner)
				}
				got = append(got, v.ID+" at "+strings.TrimPrefix(v.At, path+":"))
				return nil
			})
			if c.err != "" {
				if err == nil || strings.TrimPrefix(err.Error(), dir+"/") != c.err {
					t.Errorf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || strings.Join(got, "\n") != c.want {
				t.Errorf("%v: got\n%s\nwant\n%s", err, strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	e := &Environment{Names: []string{"*_TOKEN", "*PASSWORD*"}, Meta: Meta{ID: "env"}, Environ: []string{"A_TOKEN=one", "HOME=/root", "PGPASSWORD=two", "X_TOKEN="}}
	var got []string
	if err := e.Values(context.Background(), func(v Value) error { got = append(got, v.ID+"="+string(v.Secret)); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"env/A_TOKEN=one", "env/PGPASSWORD=two"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzDotenv(f *testing.F) {
	f.Add([]byte("A=1\nexport B='x y'\nC=\"a\\\"b\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		lines := bytes.Count(b, []byte("\n")) + 1
		dotenv("f", b, func(line int, name string, secret []byte) error {
			if line < 1 || line > lines || name == "" {
				t.Errorf("line %d of %d, name %q", line, lines, name)
			}
			return nil
		})
	})
}

// TestSeveralKeys: inventories that were saved with an earlier key are found beside
// those of the key in force, and make none anew.
func TestSeveralKeys(t *testing.T) {
	now, before := *blindKey(), Key{ID: "00000001", Bytes: bytes.Repeat([]byte{7, 9}, 16)}
	dir := t.TempDir()
	lists := []list{secrets(21, 30, 24), secrets(22, 30, 24), secrets(23, 30, 24)}
	for i, k := range []Key{now, before, before} {
		var file bytes.Buffer
		if err := Save(t.Context(), &file, k, lists[i]); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := &Document{Saved: []string{filepath.Join(dir, "0"), filepath.Join(dir, "1"), filepath.Join(dir, "2")}}
	inv, err := d.Open(t.Context(), []Key{now, before}, false)
	if err != nil {
		t.Fatal(err)
	}
	if inv.Len() != 90 || len(inv.digests) != 2 {
		t.Errorf("%d entries, %d keys", inv.Len(), len(inv.digests))
	}
	var s Scratch
	for i, l := range lists {
		for k, v := range l {
			hits := inv.Scan(nil, []byte("x "+string(v)+" y"), &s)
			if len(hits) != 1 || hits[0].Entry != 30*i+k || hits[0].Start != 2 || hits[0].End != 2+len(v) {
				t.Errorf("value %d of list %d: %v", k, i, hits)
			}
		}
	}
	if _, err := d.Open(t.Context(), []Key{now}, false); err == nil || !strings.Contains(err.Error(), "made with key") {
		t.Errorf("without the earlier key: %v", err)
	}
}
