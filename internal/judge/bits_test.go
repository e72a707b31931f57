package judge

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestEntropy(t *testing.T) {
	for v, want := range map[string]float64{"": 0, "a": 0, "aaaa": 0, "ab": 1, "aabb": 1, "abcd": 2,
		strings.Repeat("abcdefgh", 40): 3, strings.Repeat("ab", 400): 1, "aab": 0.9183} {
		if got := Entropy([]byte(v)); math.Abs(got-want) > 1e-4 {
			t.Errorf("%.20q: %v, want %v", v, got, want)
		}
	}
	for n, got := range xlog2x {
		if want := float64(n) * math.Log2(max(1, float64(n))); math.Abs(got-want) > 1e-6 {
			t.Errorf("xlog2x[%d] = %v, want %v", n, got, want)
		}
	}
}

func TestBits(t *testing.T) {
	for _, v := range []string{"", "null", "password", "password123", "P@ssw0rd", "P@ssw0rd123", "qwertyuiop", "1qaz2wsx3edc", "aaaaaaaaaaaaaaaaaaaa",
		"abcabcabcabcabcabc", "abcdefghijklmnopqrstuvwxyz", "12345678901234567890", "hunter2", "Summer2024!", "changeme", "letmein", "Tr0ub4dor&3",
		"true-horse", "2024-05-01", "iloveyou", "monkey123", "********************", "[REDACTED]", "a1b2c3d", "123456", "correcthorse",
		strings.Repeat("password", 10), strings.Repeat("xy", 60)} {
		if b := Bits([]byte(v)); b >= 40 {
			t.Errorf("%q: %.1f bits", v, b)
		}
	}
	for _, v := range []string{random, randHex, random[:16], randHex[:20], draw(3, "!#$%&()*+,-./:;<=>?@ABCXYZabcxyz0123456789", 12)} {
		if b := Bits([]byte(v)); b < 40 {
			t.Errorf("%q: %.1f bits", v, b)
		}
	}
	for n := 1; n <= 200; n++ { // never more than the alphabet allows
		if b, most := Bits([]byte(draw(uint64(n), hexDigits, n))), 4*float64(n)+1e-9; b > most {
			t.Errorf("%d hex digits: %.1f bits", n, b)
		}
	}
}

// TestGuessable: looking at no more of a value than it takes comes to the same.
func TestGuessable(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	parts := []string{"password", "correct", "horse", "aaaaaaaa", "1234567", "qwerty", "2024-05-01", "x", "K", "7", "-", "!", "Tr0ub4dor", "zzz"}
	below := 0
	for range 20000 {
		var v []byte
		for range 1 + r.IntN(6) {
			switch r.IntN(4) {
			case 0:
				for range r.IntN(12) {
					v = append(v, "abcdefghijklmnopqrstuvwxyzABCDEF0123456789!$%&/"[r.IntN(47)])
				}
			case 1:
				if len(v) > 0 { // something once more
					from := r.IntN(len(v))
					v = append(v, v[from:from+r.IntN(len(v)-from)+1]...)
				}
			default:
				v = append(v, parts[r.IntN(len(parts))]...)
			}
		}
		for _, least := range []float64{20, 40, 60} {
			if got, want := Guessable(v, least), Bits(v) < least; got != want {
				t.Fatalf("%q: %t for %.0f bits, of %.1f", v, got, least, Bits(v))
			}
		}
		if Guessable(v, 40) {
			below++
		}
	}
	if below < 2000 || below > 18000 {
		t.Errorf("%d of 20000 are guessable", below)
	}
}
