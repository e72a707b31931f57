package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

const maxUserinfo = 2 << 10 // bytes looked at after ://

// userinfo decides at "://": a password, or a token in place of a user, before
// the host (RFC 3986, section 3.2.1). The password may hold @ : / # unescaped,
// as people write it.
func (s *Scanner) userinfo(di int32, hs, he int) {
	t := s.text
	lim := min(len(t), he+maxUserinfo)
	end, at, colon := he, -1, -1
	slash := -1
	for ; end < lim && slash < 0; end++ {
		c := t[end]
		if lex[c]&isWord != 0 {
			continue
		}
		if endsAddress[c] {
			break
		}
		switch c {
		case '@':
			at = end
		case ':':
			if colon < 0 {
				colon = end
			}
		case '/', '?', '#':
			slash = end
		}
	}
	if slash >= 0 {
		var last int
		if end, last = s.behindSlash(end, lim); last >= 0 && colon >= 0 {
			at = last
		}
	}
	s.charge(hs, end-he)
	if end == len(t) && (slash < 0 || colon >= 0) {
		s.open(he)
	}
	if slash >= 0 && at > slash {
		// An @ behind the first slash belongs to the password only where no
		// authority ends before: host:80/path@x has a port of digits.
		if a := bytes.LastIndexByte(t[he:slash], '@'); a >= 0 {
			at = he + a
		} else if !rawPassword(t[colon+1:slash], t[at+1:end]) {
			return
		}
	}
	if at < 0 {
		return
	}
	from := he
	if colon >= 0 && colon < at {
		from = colon + 1
	}
	v := t[from:at]
	if len(v) == 0 || s.e.ours(v) {
		return
	}
	c := finding.Likely
	if !s.spent(from) {
		if filler(v) || from == he && !tokenAsUser(v) {
			s.emptied(di, from, at)
			return
		}
		if judge.Credential(v) {
			c = finding.Certain
		}
	}
	s.found(di, from, at, c, ByConstruct)
}

// behindSlash returns where the address ends that text[i:lim] goes on with, and where
// the last @ before that is, -1 for nowhere. Addresses that lie within one another
// have one end, so what was run over for one is not run over again.
func (s *Scanner) behindSlash(i, lim int) (end, at int) {
	r := &s.address
	if i < r.from || i > r.to || r.to > lim {
		r.from, r.to, r.at = i, i, -1
	}
	t := s.text
	for r.to < lim && !endsAddress[t[r.to]] {
		if t[r.to] == '@' {
			r.at = r.to
		}
		r.to++
	}
	if r.at < i {
		return r.to, -1
	}
	return r.to, r.at
}

// addressRun is part of an address behind its first slash: text[from:to].
type addressRun struct {
	from, to int
	at       int // its last @, -1 for none
}

var endsAddress = func() (ends [256]bool) {
	for c := range ends {
		ends[c] = lex[c]&isStop != 0 && c != '\''
	}
	ends['<'], ends['>'], ends['\\'] = true, true, true
	return ends
}()

// rawPassword reports whether what stands between the first colon and the
// first slash cannot be a port, and what follows the @ can be a host.
func rawPassword(beforeSlash, host []byte) bool {
	if len(host) == 0 || lex[host[0]]&isWord == 0 && host[0] != '[' {
		return false
	}
	for _, c := range beforeSlash {
		if lex[c]&isDigit == 0 {
			return true
		}
	}
	return false
}

// tokenAsUser tells a token given as the user from a user's name or address.
func tokenAsUser(v []byte) bool {
	return len(v) >= 16 && !bytes.ContainsAny(v, "%@.") && judge.Credential(v)
}

// goDSN decides at "@tcp(" and "@unix(": user:password@tcp(host:port)/db as
// the Go MySQL driver writes it.
func (s *Scanner) goDSN(di int32, hs, he int) {
	t := s.text
	i := hs
	colon := -1
	for lim := max(0, hs-256); i > lim; i-- {
		c := t[i-1]
		if lex[c]&isStop != 0 || c == '\\' && escapedEnd(t, i-1) || c == '=' && colon >= 0 {
			break
		}
		if c == ':' {
			colon = i
		}
	}
	if colon < 0 || colon == hs {
		return
	}
	v := t[colon:hs]
	if s.e.ours(v) || !s.spent(hs) && filler(v) {
		return
	}
	s.found(di, colon, hs, finding.Likely, ByConstruct)
}

// oracleThin decides at "jdbc:oracle:thin:": user/password@host.
func (s *Scanner) oracleThin(di int32, hs, he int) {
	t := s.text
	slash, at := -1, -1
	i := he
	for lim := min(len(t), he+256); i < lim && lex[t[i]]&isStop == 0; i++ {
		switch t[i] {
		case '/':
			if slash < 0 && at < 0 {
				slash = i + 1
			}
		case '@':
			at = i
		}
	}
	s.charge(he, 2*(i-he))
	if i == len(t) {
		s.open(he)
	}
	if slash < 0 || at <= slash {
		return
	}
	v := t[slash:at]
	if s.e.ours(v) || !s.spent(hs) && filler(v) {
		return
	}
	s.found(di, slash, at, finding.Likely, ByConstruct)
}
