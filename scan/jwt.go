package scan

import (
	"bytes"
	"encoding/base64"

	"github.com/stanch/stanch/finding"
)

const maxJWT = 16 << 10

// jwt decides at "eyJ", base64url of {" : three parts are a JWS (RFC 7515),
// five a JWE (RFC 7516), if the first decodes to a header with alg.
func (s *Scanner) jwt(di int32, hs, he int) {
	t := s.text
	if !atBoundary(t, hs) || hs > 0 && t[hs-1] == '.' && hs > 1 && lex[t[hs-2]]&isBase64 != 0 {
		return
	}
	lim := min(len(t), hs+maxJWT)
	var part [5]int // ends of the parts
	n := 0
	i := hs
	for ; n < 5; n++ {
		for i < lim && lex[t[i]]&isBase64 != 0 && t[i] != '+' && t[i] != '/' && t[i] != '=' {
			i++
		}
		part[n] = i
		if i >= lim || t[i] != '.' || i+1 < lim && lex[t[i+1]]&isBase64 == 0 && t[i+1] != '.' {
			n++
			break
		}
		if n < 4 {
			i++
		}
	}
	s.charge(hs, i-hs)
	if i == len(t) {
		s.open(hs)
	}
	if n < 2 || !jwtHeader(t[hs:part[0]]) {
		return
	}
	if n == 2 && part[1]-part[0] < 8 {
		return
	}
	ev, c := ByShape|ByChecksum, finding.Certain
	if n == 2 || n == 4 {
		c = finding.Likely // cut, or unsigned with the last dot missing
	}
	end := part[n-1]
	for end > hs && t[end-1] == '.' {
		end--
	}
	s.found(di, hs, end, c, ev)
}

// jwtHeader reports whether b is base64url of a JSON object with "alg" or, for
// nested tokens, "typ".
func jwtHeader(b []byte) bool {
	var buf [384]byte
	if max := base64.RawURLEncoding.EncodedLen(len(buf)); len(b) > max {
		b = b[:max]
	}
	b = b[:len(b)/4*4+tail(len(b)%4)]
	n, err := base64.RawURLEncoding.Decode(buf[:], b)
	if err != nil || n < 2 || buf[0] != '{' {
		return false
	}
	return bytes.Contains(buf[:n], []byte(`"alg"`)) || bytes.Contains(buf[:n], []byte(`"typ"`)) || bytes.Contains(buf[:n], []byte(`"enc"`))
}

// tail is how many of the r last characters of unpadded base64 can be decoded.
func tail(r int) int {
	if r == 1 {
		return 0
	}
	return r
}
