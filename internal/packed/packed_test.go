package packed

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

func pack(t testing.TB, f Format, text []byte) []byte {
	var b bytes.Buffer
	w, err := NewWriter(&b, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(b []byte, f Format, l Limits) ([]byte, error) {
	r, err := NewReader(bytes.NewReader(b), f, l)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestMembers(t *testing.T) {
	for _, f := range []Format{Gzip, Zstd} {
		b := append(pack(t, f, []byte("one\n")), pack(t, f, []byte("two\n"))...)
		if got, err := Detect(b); got != f || err != nil {
			t.Errorf("%v detected as %v, %v", f, got, err)
		}
		text, err := unpack(b, f, Limits{})
		if string(text) != "one\ntwo\n" || err != nil {
			t.Errorf("%v: %q, %v", f, text, err)
		}
		for cut := 1; cut < 5; cut++ {
			if _, err := unpack(b[:len(b)-cut], f, Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%v short of %d bytes: %v", f, cut, err)
			}
		}
	}
}

func TestHeader(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Name, z.ModTime = "app.log", time.Unix(1e9, 0)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&b, Gzip, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, Gzip, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := gzip.NewReader(&out)
	if err != nil || back.Name != "app.log" || !back.ModTime.Equal(z.ModTime) {
		t.Errorf("header %+v, %v", back.Header, err)
	}
}

func TestLimits(t *testing.T) {
	bomb := make([]byte, 32<<20)
	for _, f := range []Format{Gzip, Zstd} {
		b := pack(t, f, bomb)
		if text, err := unpack(b, f, Limits{Bytes: 1000}); len(text) != 1000 || err == nil || !strings.Contains(err.Error(), "--max-decoded") {
			t.Errorf("%v: %d bytes, %v", f, len(text), err)
		}
		if text, err := unpack(b, f, Limits{Ratio: 100}); err == nil || len(text) > 20<<20 || !strings.Contains(err.Error(), "--max-ratio") {
			t.Errorf("%v: %d bytes, %v", f, len(text), err)
		}
		if text, err := unpack(b, f, Limits{Bytes: 32 << 20}); len(text) != 32<<20 || err != nil {
			t.Errorf("%v: %d bytes, %v", f, len(text), err)
		}
	}
}

func TestNotRead(t *testing.T) {
	for _, head := range []string{"\xfd7zXZ\x00\x00", "BZh91AY&SY", "PK\x03\x04abc", "7z\xbc\xaf\x27\x1c", "\x1f\x9d\x90"} {
		if f, err := Detect([]byte(head)); f != Plain || !errors.Is(err, ErrNotRead) {
			t.Errorf("%q: %v, %v", head, f, err)
		}
	}
	for _, head := range []string{"", "\x1f", "BZhang wrote\n", "PK is short", "QUOTE\n"} {
		if f, err := Detect([]byte(head)); f != Plain || err != nil {
			t.Errorf("%q: %v, %v", head, f, err)
		}
	}
}

func TestUndecided(t *testing.T) {
	for head, want := range map[string]bool{
		"": true, "\x1f": true, "\x1f\x8b": true, "\x1f\x8b\x08": false, "\x28\xb5": true, "\x51\x2a": true,
		"part": false, "P": true, "PK": true, "PKx": false, "BZh9": true, "BZh91AY&SY": false, "\xfd7z": true,
	} {
		if got := Undecided([]byte(head)); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(pack(f, Gzip, []byte("a line\n")))
	f.Add(pack(f, Zstd, []byte("a line\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		format, err := Detect(b)
		if err != nil {
			return
		}
		text, _ := unpack(b, format, Limits{Bytes: 1 << 20, Ratio: 1000})
		if len(text) > 1<<20 {
			t.Fatalf("%d bytes", len(text))
		}
	})
}
