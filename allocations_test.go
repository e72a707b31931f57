//go:build !race

package stanch

import "testing"

// The race detector has pools forget what they hold.
func TestCleanTextAllocatesNothing(t *testing.T) {
	r := redactor(t)
	clean := []byte("nothing to see here")
	if n := testing.AllocsPerRun(1000, func() { r.Redact(clean); r.RedactString("also clean"); r.RedactValue("user", "bob") }); n > 0 {
		t.Errorf("%v allocations for clean text", n)
	}
}
