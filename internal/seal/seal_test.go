package seal

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"filippo.io/age"

	"github.com/stanch/stanch/internal/envelope"
)

// identity returns a new private key and the recipient that goes with it.
func identity(t testing.TB) (string, Recipient) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseRecipient(id.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	return id.String(), r
}

func hybrid(t testing.TB) (string, Recipient) {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseRecipient(id.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	return id.String(), r
}

func opener(t testing.TB, identities ...string) *Opener {
	t.Helper()
	o, err := NewOpener(strings.NewReader("# keys\n\n" + strings.Join(identities, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func newSealer(t testing.TB, to ...Recipient) *Sealer {
	t.Helper()
	s, err := New(to)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeal(t *testing.T) {
	alice, toAlice := identity(t)
	bob, toBob := identity(t)
	pq, toPQ := hybrid(t)
	mallory, _ := identity(t)
	for _, c := range []struct {
		name string
		to   []Recipient
		by   []string
	}{
		{"one", []Recipient{toAlice}, []string{alice}},
		{"two", []Recipient{toAlice, toBob}, []string{alice, bob}},
		{"post-quantum", []Recipient{toPQ}, []string{pq}},
	} {
		s := newSealer(t, c.to...)
		for _, text := range []string{"", "x", strings.Repeat("long\x00\xff", 100000)} {
			key, box, err := s.Seal("label", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if len(box) != len(text)+Overhead {
				t.Errorf("%s: box of %d bytes for %d", c.name, len(box), len(text))
			}
			for _, by := range c.by {
				for _, o := range []*Opener{opener(t, by), opener(t, mallory, by)} {
					for range 2 { // the second time with a remembered key
						got, err := o.Open("label", key, box)
						if err != nil || string(got) != text {
							t.Fatalf("%s: %v, %d bytes for %d", c.name, err, len(got), len(text))
						}
					}
					if _, err := o.Open("other", key, box); err != ErrChanged {
						t.Errorf("%s: another label: %v", c.name, err)
					}
				}
			}
			if _, err := opener(t, mallory).Open("label", key, box); err != ErrIdentity {
				t.Errorf("%s: another identity: %v", c.name, err)
			}
		}
	}
	if _, err := New([]Recipient{toAlice, toPQ}); err == nil || !strings.Contains(err.Error(), "do not go together") {
		t.Errorf("mixed recipients: %v", err)
	}
	if _, err := New(nil); err == nil {
		t.Error("no recipients are accepted")
	}
	var many []Recipient
	for range 60 {
		_, r := identity(t)
		many = append(many, r)
	}
	if _, err := New(many); err == nil || !strings.Contains(err.Error(), "too many recipients") {
		t.Errorf("60 recipients: %v", err)
	}
}

// TestChanged: no bit of a key or a box can be turned, and nothing cut off.
func TestChanged(t *testing.T) {
	id, to := identity(t)
	pqID, toPQ := hybrid(t)
	for _, c := range []struct {
		id string
		to Recipient
	}{{id, to}, {pqID, toPQ}} {
		s := newSealer(t, c.to)
		key, box, err := s.Seal("l", []byte("a secret"))
		if err != nil {
			t.Fatal(err)
		}
		o := opener(t, c.id)
		try := func(what string, key, box []byte) {
			t.Helper()
			if got, err := o.Open("l", key, box); err == nil {
				t.Fatalf("%s: opened as %q", what, got)
			} else if err != ErrChanged && err != ErrIdentity {
				t.Fatalf("%s: %v", what, err)
			}
		}
		for i := range box {
			b := bytes.Clone(box)
			b[i] ^= 1 << (i % 8)
			try(fmt.Sprintf("bit of byte %d of the box", i), key, b)
			try(fmt.Sprintf("%d bytes of the box", i), key, box[:i])
		}
		step := len(key)/65 + 1
		for i := 0; i < len(key); i += step {
			k := bytes.Clone(key)
			k[i] ^= 1 << (i % 8)
			try(fmt.Sprintf("bit of byte %d of the key", i), k, box)
			try(fmt.Sprintf("%d bytes of the key", i), key[:i], box)
		}
	}
}

// TestHour: a data key is used within an hour, by everybody, and never again.
func TestHour(t *testing.T) {
	id, to := identity(t)
	s := newSealer(t, to)
	now := time.Date(2026, 3, 1, 12, 59, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	o := opener(t, id)
	var keys []string
	boxes := map[string]bool{}
	for range 4 {
		for range 3 {
			key, box, err := s.Seal("l", []byte("same"))
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, string(key))
			if boxes[string(box)] {
				t.Error("a box twice")
			}
			boxes[string(box)] = true
			if got, err := o.Open("l", key, box); err != nil || string(got) != "same" {
				t.Errorf("%q, %v", got, err)
			}
		}
		now = now.Add(30 * time.Minute)
	}
	// 12:59, 13:29, 13:59, 14:29
	for i, k := range keys {
		if same := k == keys[0]; same != (i < 3) {
			t.Errorf("seal %d has the first key: %t", i, same)
		}
		if i >= 3 && (k == keys[3]) != (i < 9) {
			t.Errorf("seal %d has not the key of its hour", i)
		}
	}
}

func TestValue(t *testing.T) {
	id, to := identity(t)
	s := newSealer(t, to)
	o := opener(t, id)
	for _, source := range []string{"", "file app.log", "stream", "file /" + strings.Repeat("é/", 200) + "app.log"} {
		for _, n := range []int{0, 1, 7, 31, 32, 33, 100, MaxValue} {
			value := bytes.Repeat([]byte{0xfe}, n)
			text, err := s.AppendValue([]byte("k="), "demo-token", source, value)
			if err != nil {
				t.Fatal(err)
			}
			e, rest, _, whole := envelope.CutSealed(text[2:])
			if !whole || len(rest) > 0 || !envelope.Unreserved(string(text[2:])) || string(e.Recipients) != s.ID() {
				t.Fatalf("%d bytes: %q", n, text)
			}
			if len(text) > envelope.MaxSealed {
				t.Errorf("%d bytes are longer than %d", len(text), envelope.MaxSealed)
			}
			v, err := o.Value(&e)
			if err != nil || !bytes.Equal(v.Text, value) || v.Detector != "demo-token" || !strings.HasSuffix(source, v.Source) || len(v.Source) < min(len(source), 127) {
				t.Errorf("%d bytes from %q: %+v, %v", n, source, v, err)
			}
			for cut := range len(text) - 2 {
				e, rest, begun, whole := envelope.CutSealed(text[2 : 2+cut])
				if whole {
					if _, err := o.Value(&e); err == nil {
						t.Fatalf("cut to %d of %d bytes: opened", cut, len(text)-2)
					}
				} else if begun != (cut >= len("SEALED-demo-token-01234567~")) || len(rest) > 0 && begun {
					t.Fatalf("cut to %d of %d bytes: begun %t", cut, len(text)-2, begun)
				}
				if cut > 400 {
					break
				}
			}
			moved := bytes.Replace(text[2:], []byte("demo-token"), []byte("demo-other"), 1)
			if e, _, _, _ = envelope.CutSealed(moved); true {
				if _, err := o.Value(&e); err != ErrChanged {
					t.Errorf("another detector: %v", err)
				}
			}
		}
	}
	// Values of 1 to 20 bytes have envelopes of one length.
	a, _ := s.AppendValue(nil, "a", "stream", []byte("x"))
	b, _ := s.AppendValue(nil, "a", "stream", []byte("abcdefghijklmnopqrst"))
	if len(a) != len(b) {
		t.Errorf("%d and %d bytes", len(a), len(b))
	}
}

// TestKeys: what is no key is refused without a byte of it, and the private key
// is where a public one belongs.
func TestKeys(t *testing.T) {
	private, to := identity(t)
	broken := private[:len(private)-1] + "!"
	for _, text := range []string{"", "x", "age1qqqq", private, strings.ToLower(private), broken, to.text + "\n" + to.text, "ssh-ed25519 AAAA"} {
		if _, err := ParseRecipient(text); err == nil {
			t.Errorf("%q is a recipient", text)
		} else if text != "x" && text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%v", err)
		}
	}
	if _, err := ParseRecipient(private); !strings.Contains(err.Error(), "private key") {
		t.Error(err)
	}
	if list, err := ReadRecipients(strings.NewReader("# x\r\n\r\n" + to.text + "\r\n")); err != nil || len(list) != 1 {
		t.Errorf("%d recipients, %v", len(list), err)
	}
	for text, want := range map[string]string{
		"":                                   "no key",
		"# only this\n":                      "no key",
		"\n\n" + broken:                      "line 3: not a private key",
		to.text:                              "line 1: not a private key",
		"age-encryption.org/v1\n-> X25519":   "age -d",
		private + "\n" + private[:20] + "\n": "line 2: not a private key",
	} {
		_, err := NewOpener(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), private[len("AGE-SECRET-KEY-1"):20]) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadRecipients(strings.NewReader(to.text + "\nx\n")); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Error(err)
	}
	_, other := identity(t)
	if a, b := RecipientsID([]Recipient{to, other}), RecipientsID([]Recipient{other, to, to}); a != b || a == RecipientsID([]Recipient{to}) || len(a) != 8 {
		t.Errorf("ids %s and %s", a, b)
	}
	s := newSealer(t, to)
	if got := fmt.Sprintf("%v %+v %#v %s %v", s, s, s, s, opener(t, private)); strings.Trim(got, "seal.SOpnr ") != "" {
		t.Errorf("printed as %s", got)
	}
}

func FuzzStanzas(f *testing.F) {
	_, to := identity(f)
	_, toPQ := hybrid(f)
	for _, r := range []Recipient{to, toPQ} {
		key, _, err := newSealer(f, r).Seal("", nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, ok := cutStanzas(b)
		if !ok {
			return
		}
		var again []byte
		for _, s := range list {
			again = appendStanza(again, s)
		}
		other, ok := cutStanzas(again)
		if !ok || len(other) != len(list) {
			t.Fatalf("%d stanzas became %d", len(list), len(other))
		}
		for i := range list {
			a, b := list[i], other[i]
			if a.Type != b.Type || strings.Join(a.Args, " ") != strings.Join(b.Args, " ") || !bytes.Equal(a.Body, b.Body) {
				t.Fatalf("%v became %v", a, b)
			}
		}
	})
}

func BenchmarkValue(b *testing.B) {
	_, to := identity(b)
	s := newSealer(b, to)
	var dst []byte
	for b.Loop() {
		var err error
		if dst, err = s.AppendValue(dst[:0], "password", "file app.log", []byte("q7VbX2mKp9RtLw4ZsYh3")); err != nil {
			b.Fatal(err)
		}
	}
}

// TestUnseal: a text that is read in pieces of any size comes back as it was, but
// for envelopes that do not open, each of which is named by its place.
func TestUnseal(t *testing.T) {
	id, to := identity(t)
	_, toOther := identity(t)
	s, other := newSealer(t, to), newSealer(t, toOther)
	sealed := func(s *Sealer, detector, value string) string {
		text, err := s.AppendValue(nil, detector, "file app.log", []byte(value))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	foreign := sealed(other, "password", "not for us")
	cut := sealed(s, "password", "cut")[:150]
	changed := strings.Replace(sealed(s, "password", "changed"), "SEALED-password", "SEALED-token", 1)
	in := "a SEALED-box and SEALED-\nk=" + sealed(s, "token", "q7Xw\xff") + ";" + sealed(s, "password", "") + "." + sealed(s, "pin", "1234") +
		"\n" + foreign + "\n\n  " + cut + " x\n" + changed + "\nend SEAL"
	want := "a SEALED-box and SEALED-\nk=q7Xw\xff;.1234\n" + foreign + "\n\n  " + cut + " x\n" + changed + "\nend SEAL"
	found := []string{"2:3 token q7Xw\xff <nil>", "2:%d password  <nil>", "2:%d pin 1234 <nil>",
		"3:1 password  " + ErrIdentity.Error(), "5:3 password  " + ErrChanged.Error(), "6:1 token  " + ErrChanged.Error()}
	for _, n := range []int{1, 7, 1000, 1 << 20} {
		var out bytes.Buffer
		var got []string
		err := opener(t, id).Unseal(&out, &pieces{in, n}, func(f Found) {
			got = append(got, fmt.Sprintf("%d:%d %s %s %v", f.Line, f.Column, f.Detector, f.Value.Text, f.Err))
			if f.Err == nil && (f.Value.Source != "file app.log" || f.Recipients != s.ID()) {
				t.Errorf("%+v", f)
			}
		})
		if err != nil || out.String() != want {
			t.Errorf("%d at a time: %v\ngot  %q\nwant %q", n, err, out.String(), want)
		}
		if len(got) != len(found) {
			t.Fatalf("%d at a time: found %q", n, got)
		}
		for i, w := range found {
			before, after, moved := strings.Cut(w, "%d")
			if got[i] != w && !(moved && strings.HasPrefix(got[i], before) && strings.HasSuffix(got[i], after)) {
				t.Errorf("%d at a time: found %q, want %q", n, got[i], w)
			}
		}
	}
	if err := opener(t, id).Unseal(io.Discard, io.MultiReader(strings.NewReader(in), iotest.ErrReader(io.ErrUnexpectedEOF)), func(Found) {}); err != io.ErrUnexpectedEOF {
		t.Errorf("a reader that fails: %v", err)
	}
}

type pieces struct {
	text string
	n    int
}

func (p *pieces) Read(b []byte) (int, error) {
	n := copy(b[:min(len(b), p.n)], p.text)
	p.text = p.text[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
