package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stanch/stanch/redact"
)

var engine = sync.OnceValue(func() *redact.Engine {
	e, err := redact.New(redact.DefaultDocument(), redact.Options{RandomKey: true})
	if err != nil {
		panic(err)
	}
	return e
})

func appendLength(dst []byte, n int) []byte { return binary.AppendUvarint(dst, uint64(n)) }

// nest is a format for tests: texts and lists of these, a length before each, and before
// that t or l.
type nest struct {
	Texts
	value []byte
}

func (n *nest) walk(at, end int) error {
	for i := 0; at < end; i++ {
		kind := n.value[at]
		size, width := binary.Uvarint(n.value[at+1 : end])
		if width <= 0 || size > uint64(end-at-1-width) {
			return ErrMalformed
		}
		start := at + 1 + width
		stop := start + int(size)
		m := n.Item(i)
		if kind == 't' {
			n.Text(nil, at+1, start, stop)
		} else {
			n.Enter(at+1, start)
			if err := n.walk(start, stop); err != nil {
				return err
			}
			n.Leave(stop)
		}
		n.Up(m)
		at = stop
	}
	return nil
}

func (n *nest) redact(r *redact.Redactor, value []byte) ([]byte, bool, error) {
	n.Length, n.value = appendLength, value
	return n.Redact(r, nil, value, func() error { return n.walk(0, len(value)) })
}

func text(s string) string { return string(appendLength([]byte("t"), len(s))) + s }
func list(s string) string { return string(appendLength([]byte("l"), len(s))) + s }

// TestLengths: lengths grow and shrink through all lists around a text, in bytes of their
// own, too.
func TestLengths(t *testing.T) {
	const mask = "password=REDACTED-password"
	var n nest
	r := engine().NewRedactor()
	for size := range 300 {
		for _, secret := range []string{"password=x3Kq9", "password=hunter2-Vb7ohQuaechoo-hunter2-Vb7ohQuaechoo"} {
			fill := string(bytes.Repeat([]byte("-"), size))
			value := func(s string) string {
				return text("a") + list(list(text(fill))+list(list(text(s)+text(fill))+text("b"))+list("")) + list(text("c")+text(s))
			}
			out, changed, err := n.redact(r, []byte(value(secret)))
			if err != nil || !changed || string(out) != value(mask) {
				t.Fatalf("%d: %q, %v\nwant %q", size, out, err, value(mask))
			}
		}
	}
	// Nothing of it stays in the way of the next.
	for _, bad := range []string{list(text("password=hunter2-Vb7ohQuaechoo")) + "t", list(list("t"))} {
		if _, _, err := n.redact(r, []byte(bad)); !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
	}
	if out, changed, err := n.redact(r, []byte(text("a"))); err != nil || changed || len(out) != 0 {
		t.Error(out, changed, err)
	}
}

// TestPanic: a walk that panics hands nothing on.
func TestPanic(t *testing.T) {
	var texts Texts
	texts.Length = appendLength
	value := []byte(text("password=hunter2-Vb7ohQuaechoo"))
	for _, when := range []bool{false, true} {
		_, changed, err := texts.Redact(engine().NewRedactor(), nil, value, func() error {
			texts.Text(nil, 1, 2, len(value))
			if texts.Editing() == when {
				panic("hunter2")
			}
			return nil
		})
		if !errors.Is(err, ErrUnscanned) || changed {
			t.Errorf("%v, %v", changed, err)
		}
	}
}

// TestUnscanned: a text that cannot be scanned makes the value one that must not be handed
// on.
func TestUnscanned(t *testing.T) {
	d, err := redact.ParseDocument("p.yaml", []byte("version: 1\nlimits: {max_candidates: 1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(d, redact.Options{RandomKey: true})
	if err != nil {
		t.Fatal(err)
	}
	var n nest
	if out, changed, err := n.redact(e.NewRedactor(), []byte(text("password=hunter2-Vb7o password=hunter3-Vb7o"))); !errors.Is(err, ErrUnscanned) || changed || len(out) > 0 {
		t.Errorf("%q, %v", out, err)
	}
}

// TestNames numbers keys that would become the same, however many, in linear time.
func TestNames(t *testing.T) {
	var names Names
	got := map[string]bool{}
	for i := range 10_000 {
		buf := []byte("x")
		if i%10 == 0 {
			buf = fmt.Appendf(nil, "x_%d", i)
		}
		if names.add(buf, i%10 != 0) {
			buf = names.number(buf, 0)
		}
		if got[string(buf)] {
			t.Fatalf("%s is there twice", buf)
		}
		got[string(buf)] = true
	}
	// Keys that are the same as they come are left alone.
	for range 2 {
		if names.add([]byte("y"), false) {
			t.Error("a key is numbered that was not changed")
		}
	}
}

func TestPair(t *testing.T) {
	for _, c := range []struct {
		members     []string
		name, value int
		ok          bool
	}{
		{[]string{"name", "value"}, 0, 1, true},
		{[]string{"id", "key", "val"}, 1, 2, true},
		{[]string{"value", "name"}, 0, 0, false},
		{[]string{"name"}, 0, 0, false},
		{[]string{"a", "b", "c", "d", "e", "f", "g", "name", "value"}, 0, 0, false},
	} {
		if name, value, ok := Pair(c.members); name != c.name || value != c.value || ok != c.ok {
			t.Errorf("%v: %d, %d, %v", c.members, name, value, ok)
		}
	}
}

// TestTold: another engine has other names.
func TestTold(t *testing.T) {
	h := redact.NewHandle(engine())
	r := h.NewRedactor()
	var texts Texts
	texts.Length = appendLength
	value := []byte("x3Kq9-x7Lm2-x5Np8")
	redacts := func(key string) bool {
		_, changed, err := texts.Redact(r, nil, value, func() error {
			texts.Text([]byte(key), 0, 0, len(value))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	const long = "a_name_that_is_too_long_to_be_remembered_of_a_password"
	for range 2 {
		if redacts("zaubertrank") || !redacts("password") || !redacts(long) || redacts("plain") {
			t.Error("names of the first engine")
		}
	}
	d, err := redact.ParseDocument("p.yaml", []byte("version: 1\nnames: {secret: [zaubertrank], harmless: [password]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(d, redact.Options{RandomKey: true})
	if err != nil {
		t.Fatal(err)
	}
	h.Store(e)
	for range 2 {
		if !redacts("zaubertrank") || redacts("password") {
			t.Error("names of the second engine")
		}
	}
}
