package record

import (
	"strings"
	"testing"
)

func TestIsText(t *testing.T) {
	for c := range 256 {
		for at := range 9 {
			v := []byte("aaaaaaaaa")
			v[at] = byte(c)
			if got := IsText(v); got != (c >= ' ' || strings.ContainsRune("\a\b\t\n\v\f\r\x1b", rune(c))) {
				t.Fatalf("%q: %v", v, got)
			}
		}
	}
}

// TestHidden: a text is found behind its length, whatever letter that looks like.
func TestHidden(t *testing.T) {
	r := engine().NewRedactor()
	for _, secret := range []string{"password=hunter2-Vb7ohQuaechoo", "Authorization: Bearer hunter2-Vb7ohQuaechoo"} {
		for size := range 256 {
			for _, head := range []string{"\x00", "\x00\xe1", "\x00z"} {
				v := []byte(head + string([]byte{byte(size)}) + secret + "\x00\x07plain")
				if _, changed := r.Redact(nil, v); !changed && !Hidden(r, v) {
					t.Fatalf("%q", v)
				}
			}
		}
	}
	for _, v := range []string{"", "\x00", "\x00a plain text of some length\x00\x01and another one", strings.Repeat("\x00abcdefghijklmnopqrstuvwxyz", 100)} {
		if Hidden(r, []byte(v)) {
			t.Errorf("%q", v)
		}
	}
}
