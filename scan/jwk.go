package scan

import "github.com/stanch/stanch/finding"

const (
	maxJWK      = 8 << 10 // bytes of an object looked at to each side of its type
	minJWKValue = 16      // characters of a private member
)

// jwk decides at the type of a JSON Web Key (RFC 7517): the members of the same
// object that only private and symmetric keys have (RFC 7518, section 6) are
// secrets. The object stands on one line.
func (s *Scanner) jwk(di int32, hs, he int) {
	t := s.text
	lo, hi := s.line(hs)
	lo, hi = max(lo, hs-maxJWK), min(hi, hs+maxJWK)
	// The quote before the type tells how deeply the object is escaped.
	slashes := 0
	for hs-slashes > lo && t[hs-slashes-1] == '\\' {
		slashes++
	}
	from, to := hs, he
	for from > lo && t[from-1] != '{' {
		from--
	}
	for to < hi && t[to] != '}' {
		to++
	}
	s.charge(hs, to-from)
	for i := from; i < to; i++ {
		if t[i] != t[hs] || i == 0 || !jwkBetween(t[i-1], slashes) {
			continue
		}
		name := i + 1
		end := name
		for end < to && end-name < 3 && (t[end]|0x20)-'a' < 26 {
			end++
		}
		if !jwkPrivate(t[name:end]) || !jwkQuote(t, end, slashes, t[hs]) {
			continue
		}
		v := end + slashes + 1
		for v < to && t[v] == ' ' {
			v++
		}
		if v >= to || t[v] != ':' {
			continue
		}
		for v++; v < to && t[v] == ' '; v++ {
		}
		if !jwkQuote(t, v, slashes, t[hs]) {
			continue
		}
		v += slashes + 1
		e := v
		for e < to && base64urlClass.Has(t[e]) {
			e++
		}
		if e == len(t) {
			s.open(v)
		}
		if e-v >= minJWKValue && (e == to || t[e] == '\\' || t[e] == t[hs]) && !s.e.ours(t[v:e]) {
			s.found(di, v, e, finding.Certain, ByConstruct)
		}
		i = e
	}
}

// jwkBetween tells what may stand before the quote of a member's name.
func jwkBetween(c byte, slashes int) bool {
	if slashes > 0 {
		return c == '\\'
	}
	return c == '{' || c == ',' || c == ' '
}

// jwkQuote reports whether quote q, escaped with so many backslashes, stands at i.
func jwkQuote(t []byte, i, slashes int, q byte) bool {
	for n := range slashes {
		if i+n >= len(t) || t[i+n] != '\\' {
			return false
		}
	}
	return i+slashes < len(t) && t[i+slashes] == q
}

// jwkPrivate tells the members of RSA, elliptic and symmetric keys that are secret.
func jwkPrivate(name []byte) bool {
	switch string(name) {
	case "d", "p", "q", "dp", "dq", "qi", "k":
		return true
	}
	return false
}
