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
	plain := isWord // what changes nothing
	for ; end < lim; end++ {
		c := t[end]
		if lex[c]&plain != 0 {
			continue
		}
		if lex[c]&isStop != 0 && c != '\'' || c == '<' || c == '>' || c == '\\' {
			break
		}
		switch c {
		case '@':
			if slash < 0 || colon >= 0 && slash > colon {
				at = end
			}
		case ':':
			if colon < 0 && slash < 0 {
				colon = end
			}
		case '/', '?', '#':
			if slash < 0 {
				slash, plain = end, isKey|isBase64
			}
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
