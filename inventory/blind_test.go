package inventory

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestFingerprint: fingerprints are polynomials modulo prime, made at once or from byte
// to byte. Saved inventories have them.
func TestFingerprint(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	modulus := big.NewInt(prime)
	for _, base := range []uint64{256, 257, prime - 1, r.Uint64N(prime-256) + 256, r.Uint64N(prime-256) + 256} {
		ro := newRoller(base, 1)
		text := make([]byte, 300)
		for i := range text {
			if text[i] = byte(r.Uint32()); i < 100 {
				text[i] = 0xff
			}
		}
		b := new(big.Int).SetUint64(base)
		want := func(p []byte) uint64 {
			h := new(big.Int)
			for _, c := range p {
				h.Mul(h, b).Add(h, big.NewInt(int64(c)+1)).Mod(h, modulus)
			}
			return h.Uint64()
		}
		for _, n := range prefixLens {
			out := ro.leaving(n)
			h := ro.of(text[:n])
			for at := 0; at+n <= len(text); at++ {
				x := want(text[at : at+n])
				if got := reduce(ro.of(text[at : at+n])); got != x {
					t.Fatalf("base %d: %d bytes at %d: %d, want %d", base, n, at, got, x)
				}
				if reduce(h) != x {
					t.Fatalf("base %d: %d bytes at %d, from the byte before: %d, want %d", base, n, at, reduce(h), x)
				}
				if at+n < len(text) {
					h = step(h, base, out[text[at]]+uint64(text[at+n])+1)
				}
			}
		}
	}
}
