package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// A family says which names a value can stand under.
type family uint8

const (
	passwords family = iota // anything goes
	tokens                  // bearer, session, access
	keys                    // API keys and secrets of programs
	pins                    // short codes
	keyFiles                // armoured keys
	hashes                  // of passwords
	uuids                   // keys that are UUIDs
)

// A secret is a value that must not be seen.
type secret struct {
	Class  string `json:"class"`
	Value  string `json:"value"`
	family family
}

const (
	lower     = "abcdefghijklmnopqrstuvwxyz"
	upper     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	alnum     = lower + upper + digits
	base64Std = alnum + "+/"
	base64URL = alnum + "-_"
	hexDigits = "0123456789abcdef"
	// Two thirds of the marks that people put into passwords are among the first ten.
	common = "!@#$%&*-_+"
	marks  = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

var words = strings.Fields(`river amber candle stone window maple orbit copper lantern
	velvet harbor thunder pickle saddle meadow rocket violet button anchor pepper
	tiger summer winter dragon monkey purple silver happy coffee flower castle guitar
	horse battery staple correct banana planet marble walnut ginger falcon`)

type values struct {
	*rand.Rand
	vendor []detectors.Detector
}

func newValues(r *rand.Rand) (*values, error) {
	all, err := detectors.DefaultWithExamples()
	if err != nil {
		return nil, err
	}
	v := &values{Rand: r}
	for _, d := range all {
		if d.Kind == detectors.Prefix && d.Severity > finding.Low && len(d.Keywords) == 0 && len(d.Examples) > 0 {
			v.vendor = append(v.vendor, d)
		}
	}
	return v, nil
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (v *values) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[v.IntN(len(alphabet))]
	}
	return string(b)
}

func (v *values) between(low, high int) int { return low + v.IntN(high-low+1) }

// password is what people and generators make: words with digits and marks,
// or characters at random.
func (v *values) password() string {
	mark := func() string {
		if v.IntN(3) > 0 {
			return v.of(common, 1)
		}
		return v.of(marks, 1)
	}
	title := func(s string) string {
		if v.IntN(2) == 0 {
			return strings.ToUpper(s[:1]) + s[1:]
		}
		return s
	}
	switch v.IntN(6) {
	case 0:
		return title(pick(v.Rand, words)) + v.of(digits, v.between(2, 4)) + mark()
	case 1:
		return title(pick(v.Rand, words)) + mark() + title(pick(v.Rand, words)) + v.of(digits, v.between(1, 4))
	case 2:
		return pick(v.Rand, words) + v.of(digits, v.between(2, 6))
	case 3:
		return v.of(alnum, v.between(8, 16))
	default:
		b := []byte(v.of(alnum, v.between(10, 24)))
		for range v.between(1, 4) {
			b[1+v.IntN(len(b)-1)] = mark()[0]
		}
		return string(b)
	}
}

// plain is a password that no shell, URL or sentence has to escape.
func (v *values) plain() secret {
	s := v.of(upper, 1) + v.of(alnum, v.between(8, 18)) + v.of(digits, 1)
	if v.IntN(3) == 0 {
		s = pick(v.Rand, words) + v.of("-_.", 1) + pick(v.Rand, words) + v.of(digits, 2)
	}
	return secret{"password", s, passwords}
}

func (v *values) wordy() secret {
	return secret{"password", v.password(), passwords}
}

func (v *values) passphrase(sep string) secret {
	n := v.between(3, 6)
	w := make([]string, n)
	for i := range w {
		w[i] = pick(v.Rand, words)
	}
	return secret{"passphrase", strings.Join(w, sep), passwords}
}

func (v *values) uuid() string {
	h := v.of(hexDigits, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + v.of("89ab", 1) + h[17:20] + "-" + h[20:]
}

func (v *values) vendorToken() secret {
	for {
		d := pick(v.Rand, v.vendor)
		s, from, to, err := detectors.Expand(d.Examples[0].Template, v.Uint64())
		// A token that is named by its surroundings is no token alone.
		if err == nil && from == 0 && to == len(s) && !strings.ContainsAny(s, " \n\"=") {
			return secret{"vendor", s, tokens}
		}
	}
}

func (v *values) jwt() secret {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return secret{"jwt", part(`{"alg":"HS256","typ":"JWT"}`) + "." +
		part(fmt.Sprintf(`{"sub":"%d","name":"%s","iat":17%s}`, v.between(1000, 99999), pick(v.Rand, words), v.of(digits, 8))) +
		"." + v.of(base64URL, 43), tokens}
}

func (v *values) pem() secret {
	label := pick(v.Rand, []string{"RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"})
	var b strings.Builder
	fmt.Fprintf(&b, "-----BEGIN %s-----\n", label)
	for range v.between(3, 12) {
		b.WriteString(v.of(base64Std, 64) + "\n")
	}
	fmt.Fprintf(&b, "%s=\n-----END %s-----", v.of(base64Std, v.between(4, 14)*4-1), label)
	return secret{"pem", b.String(), keyFiles}
}

func (v *values) opaque() secret {
	switch v.IntN(7) {
	case 0:
		return secret{"hex", v.of(hexDigits, pick(v.Rand, []int{32, 40, 64})), keys}
	case 1:
		raw := make([]byte, v.between(18, 48))
		for i := range raw {
			raw[i] = byte(v.Uint32())
		}
		return secret{"base64", base64.StdEncoding.EncodeToString(raw), keys}
	case 2:
		return secret{"base64url", v.of(base64URL, v.between(22, 64)-1) + v.of(alnum, 1), keys}
	case 3:
		return secret{"uuid", v.uuid(), uuids}
	default:
		return secret{"alnum", v.of(alnum, v.between(20, 48)), keys}
	}
}

// token is something that stands behind "Bearer".
func (v *values) token() secret {
	switch v.IntN(4) {
	case 0:
		return v.jwt()
	case 1:
		return v.vendorToken()
	default:
		s := v.opaque()
		if s.family == keys {
			s.family = tokens
		}
		return s
	}
}

// any is a secret of any class that fits on a line.
func (v *values) any() secret {
	switch v.IntN(12) {
	case 0, 1, 2, 3:
		return v.wordy()
	case 4:
		return v.passphrase("-")
	case 5:
		return v.vendorToken()
	case 6:
		return v.jwt()
	case 7:
		if v.IntN(3) == 0 {
			return secret{"pin", v.of(digits, v.between(4, 6)), pins}
		}
		if v.IntN(3) == 0 {
			return secret{"hash", "$2b$12$" + v.of(alnum+"./", 53), hashes}
		}
		return v.opaque()
	default:
		return v.opaque()
	}
}

// quoted is a secret that may also hold blanks or line ends.
func (v *values) quoted() secret {
	switch v.IntN(14) {
	case 0:
		return v.pem()
	case 1:
		return v.passphrase(" ")
	default:
		return v.any()
	}
}
