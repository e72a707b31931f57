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
