package textenc

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

func encode(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func TestDetect(t *testing.T) {
	le := func(s string) []byte { return encode(s, binary.LittleEndian) }
	be := func(s string) []byte { return encode(s, binary.BigEndian) }
	utf32 := []byte("a\x00\x00\x00b\x00\x00\x00c\x00\x00\x00d\x00\x00\x00")
	tests := []struct {
		name string
		in   []byte
		want Encoding
		err  error
	}{
		{"empty", nil, Bytes, nil},
		{"ascii", []byte("one line\n"), Bytes, nil},
		{"utf-8", []byte("größer\n"), Bytes, nil},
		{"nul-separated names", []byte("a/b\x00cd/e\x00f\x00gg"), Bytes, nil},
		{"all zero", make([]byte, 100), Bytes, nil},
		{"little endian with mark", le("\ufeffx"), UTF16LE, nil},
		{"big endian with mark", be("\ufeffx"), UTF16BE, nil},
		{"only a mark", []byte("\xff\xfe"), UTF16LE, nil},
		{"little endian", le("2024-01-01 started\r\n"), UTF16LE, nil},
		{"big endian", be("2024-01-01 started\r\n"), UTF16BE, nil},
		{"a word", le("ok"), UTF16LE, nil},
		{"chinese with a time", le("2024-01-01 服务器已启动并正在监听端口上的连接"), UTF16LE, nil},
		{"padded by a crash", append(le("a line\n"), make([]byte, 400)...), UTF16LE, nil},
		{"begun in the middle of a unit", le("a line of text")[1:], UTF16BE, nil},
		{"utf-32 with mark", []byte("\xff\xfe\x00\x00a\x00\x00\x00"), Bytes, ErrUTF32},
		{"utf-32", utf32, Bytes, ErrUTF32},
	}
	for _, test := range tests {
		got, err := Detect(test.in)
		if got != test.want || err != test.err {
			t.Errorf("%s: %v, %v, want %v, %v", test.name, got, err, test.want, test.err)
		}
	}
}

func TestSwitches(t *testing.T) {
	text := []byte(strings.Repeat("a plain line\n", 100))
	if Switches(text) {
		t.Error("plain text")
	}
	if Switches(append(bytes.Clone(text), 0, 'x', 0, 'y', 0, 0, 'z')) {
		t.Error("a few zeros")
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		if !Switches(append(bytes.Clone(text), encode("appended by another program\r\n", order)...)) {
			t.Errorf("%v not seen", order)
		}
	}
}

// trip decodes and encodes in pieces of random length.
func trip(t testing.TB, in []byte, e Encoding, r *rand.Rand) (text, out []byte) {
	var b bytes.Buffer
	dec, enc := NewDecoder(e), NewEncoder(&b, e)
	for rest := in; len(rest) > 0; {
		n := 1 + r.IntN(min(len(rest), 7))
		text = dec.Append(text, rest[:n])
		rest = rest[n:]
	}
	text = dec.End(text)
	for rest := text; len(rest) > 0; {
		n := 1 + r.IntN(min(len(rest), 5))
		if _, err := enc.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		if len(rest)-n > 3 && r.IntN(3) == 0 { // a pause is never after the end of the text
			if err := enc.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		rest = rest[n:]
	}
	if err := enc.Close(dec); err != nil {
		t.Fatal(err)
	}
	return text, b.Bytes()
}

func TestText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const s = "\ufeffpassword = grün 服务 😀\r\n"
	for e, order := range map[Encoding]binary.AppendByteOrder{UTF16LE: binary.LittleEndian, UTF16BE: binary.BigEndian} {
		in := encode(s, order)
		text, out := trip(t, in, e, r)
		if string(text) != s || !bytes.Equal(out, in) {
			t.Errorf("%v: text %q, out %x", e, text, out)
		}
	}
}

func TestRedactedHalf(t *testing.T) {
	var b bytes.Buffer
	dec, enc := NewDecoder(UTF16LE), NewEncoder(&b, UTF16LE)
	dec.End(dec.Append(nil, []byte("s\x00e")))
	if _, err := enc.Write([]byte("XY")); err != nil {
		t.Fatal(err)
	}
	if err := enc.Close(dec); err != nil {
		t.Fatal(err)
	}
	if b.String() != "X\x00Y\x00" {
		t.Errorf("got %q", b.String())
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("\x00\xd8"), uint64(1))
	f.Add([]byte("\x00\xdc\x00\xd8\x00\xd8a\x00b"), uint64(2))
	f.Add([]byte("\x3d\xd8\x00\xde\xfd\xff\xd8"), uint64(3))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		for _, e := range []Encoding{UTF16LE, UTF16BE} {
			if _, out := trip(t, in, e, r); !bytes.Equal(out, in) {
				t.Fatalf("%v: %x became %x", e, in, out)
			}
		}
	})
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte("a\x00b\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := Detect(in)
		if err == nil && e != Bytes && bytes.IndexByte(in, 0) < 0 && len(in) >= 2 && in[0] < 0xfe {
			t.Fatalf("%q taken for %v", in, e)
		}
		Binary(in)
		Switches(in)
	})
}
