package scan

import (
	"bytes"
	"encoding/base64"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// scheme is how an authentication scheme writes its credentials (RFC 9110, section 11.4).
type scheme uint8

const (
	noScheme scheme = iota
	oneToken        // token68 or a single opaque word
	basicAuth
	parameters // name=value, …
)

// schemeOf knows the authentication schemes that are met in logs.
func schemeOf(w []byte) scheme {
	var low [24]byte
	if len(w) > len(low) {
		return noScheme
	}
	for i, c := range w {
		if c-'A' < 26 {
			c |= 0x20
		}
		low[i] = c
	}
	switch string(low[:len(w)]) {
	case "basic":
		return basicAuth
	case "bearer", "token", "bot", "key", "apikey", "api-key", "ntlm", "negotiate", "kerberos", "ssws", "dpop",
		"splunk", "geniekey", "sharedkey", "sharedkeylite", "private-token", "jwt", "basictoken":
		return oneToken
	case "digest", "oauth", "hawk", "mac", "signature", "googlelogin", "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256",
		"sharedaccesssignature":
		return parameters
	}
	return noScheme
}

// credentials takes the value text[from:end] of an Authorization-like name:
// the scheme stays, what follows goes.
func (s *Scanner) credentials(p *pair, v names.Verdict, from, end int) {
	t := s.text
	for from < end && t[from] == ' ' {
		from++
	}
	for end > from && (t[end-1] == ' ' || t[end-1] == ',' || t[end-1] == ';') {
		end--
	}
	w := from
	for w < end && lex[t[w]]&isKey != 0 {
		w++
	}
	if w == end || t[w] != ' ' || w == from {
		if w > from && schemeOf(t[from:w]) != noScheme {
			return // the scheme without credentials
		}
		if p.quote == 0 && !header(s.nameOf(p)) {
			end, _ = s.bareEnd(from, end)
		}
		s.take(p, v, from, end)
		return
	}
	if s.e.ours(t[from:w]) {
		return
	}
	arg := w
	for arg < end && t[arg] == ' ' {
		arg++
	}
	if arg == end {
		return
	}
	switch schemeOf(t[from:w]) {
	case oneToken, basicAuth:
		e := arg
		for e < end && lex[t[e]]&isStop == 0 && t[e] != ',' && t[e] != ';' && t[e] != '\\' {
			e++
		}
		from := len(s.spans)
		s.take(p, v, arg, e)
		for i := from; i < len(s.spans); i++ {
			s.spans[i].Evidence |= ByConstruct
		}
	case parameters:
		if !s.authParameters(arg, end) {
			s.take(p, v, arg, end)
		}
	default:
		// A pair of words that is no header, such as "auth: failed for bob".
		if p.quote == 0 && v.Strength != names.Strong {
			s.drop(p, s.e.class[v.Class], from, w, NotAHeader)
			return
		}
		if p.quote == 0 && !header(s.nameOf(p)) {
			s.take(p, v, from, w)
			return
		}
		s.take(p, v, arg, end)
	}
}

// header tells the names that are HTTP headers beyond doubt.
func header(k []byte) bool {
	return len(k) >= 13 && indexFold(k, "authorization") >= 0
}

// authParameters takes the secret parameters of Digest (RFC 7616), OAuth 1
// (RFC 5849), Hawk, HTTP Signature and AWS4-HMAC-SHA256 credentials. It reports
// whether there was any.
func (s *Scanner) authParameters(from, end int) bool {
	t := s.text
	any := false
	for i := from; i < end; {
		k := i
		for i < end && lex[t[i]]&isKey != 0 {
			i++
		}
		if i == k || i == end || t[i] != '=' {
			i++
			continue
		}
		name := t[k:i]
		i++
		q, d, n := quoteAt(t, i, end)
		i += n
		val := i
		e := pair{quote: q, depth: d, start: i}
		if n > 0 {
			i, _ = s.quotedEnd(&e)
			i = min(i, end)
		} else {
			for i < end && t[i] != ',' && t[i] != '&' && lex[t[i]]&isStop == 0 {
				i++
			}
		}
		if secretParameter(name) && i > val && s.e.class[names.Auth] >= 0 {
			if full, _ := judge.Mask(t[val:i]); !full && !s.e.ours(t[val:i]) {
				x := s.found(s.e.class[names.Auth], val, i, finding.Certain, ByConstruct)
				x.KeyStart, x.KeyEnd = k, k+len(name)
			}
			any = true
		}
		i += n
	}
	return any
}

// secretParameter tells the parameters that prove or replay an authentication.
func secretParameter(name []byte) bool {
	switch string(bytes.ToLower(name)) {
	case "response", "cnonce", "nonce", "signature", "oauth_signature", "oauth_token", "oauth_token_secret",
		"oauth_verifier", "oauth_nonce", "mac", "hash", "auth", "token", "sig", "password", "secret":
		return true
	}
	return false
}

// bareScheme decides at "bearer ", "basic " and the like that stand without a
// header name: what follows must be a credential by itself.
func (s *Scanner) bareScheme(di int32, hs, he int) {
	t := s.text
	if !atBoundary(t, hs) {
		return
	}
	e := he
	for lim := min(len(t), he+maxJudged); e < lim && lex[t[e]]&isToken68 != 0; e++ {
	}
	if e == len(t) {
		s.open(he)
	}
	e = trimProse(t, he, e)
	v := t[he:e]
	if len(v) < 8 || e < len(t) && t[e] == ':' || assigned(v) {
		return
	}
	if s.e.ours(v) {
		return
	}
	if s.spent(hs) {
		s.found(di, he, e, finding.Likely, ByConstruct)
		return
	}
	if filler(v) {
		s.emptied(di, he, e)
		return
	}
	switch schemeOf(t[hs : he-1]) {
	case basicAuth:
		if !basicPair(v) {
			return
		}
		s.found(di, he, e, finding.Certain, ByConstruct|ByChecksum)
	default:
		if !judge.Credential(v) || len(v) < 16 && judge.Random(v) < weakRandom {
			return
		}
		s.found(di, he, e, finding.Certain, ByConstruct|ByEntropy)
	}
}

// assigned reports whether v is a name, an equals sign and more: another pair,
// behind auth_type=bearer.
func assigned(v []byte) bool {
	i := bytes.IndexByte(v, '=')
	return i > 0 && i+1 < len(v) && v[i+1] != '='
}

// basicPair reports whether v is base64 of printable text with a colon (RFC 7617).
func basicPair(v []byte) bool {
	v = bytes.TrimRight(v, "=")
	var buf [192]byte
	if len(v) > base64.RawStdEncoding.EncodedLen(len(buf)) {
		v = v[:len(buf)/3*4]
	}
	n, err := base64.RawStdEncoding.Decode(buf[:], v)
	if err != nil || bytes.IndexByte(buf[:n], ':') < 0 {
		return false
	}
	for _, c := range buf[:n] {
		if c < 0x20 || c == 0x7f {
			return false
		}
	}
	return true
}

// cookieName tells the headers, and the fields named after them, that hold cookies.
func cookieName(name []byte) bool {
	return len(name) >= 6 && (hasFold(name[len(name)-6:], "cookie") || hasFold(name[len(name)-6:], "ookies"))
}

// setCookie tells Set-Cookie from Cookie.
func setCookie(name []byte) bool {
	return len(name) >= 10 && (indexFold(name, "set-cookie") >= 0 || indexFold(name, "setcookie") >= 0 || indexFold(name, "set_cookie") >= 0)
}

// cookies takes the values of the cookie pairs in text[p.start:end] (RFC
// 6265); of Set-Cookie only the first, what follows it are attributes.
func (s *Scanner) cookies(p *pair, end int, set bool) {
	t := s.text
	for i := p.start; i < end; {
		if s.budget < 0 && s.e.class[names.Cookie] >= 0 {
			s.spans = append(s.spans, Span{Start: i, End: end, Detector: s.e.class[names.Cookie], Confidence: finding.Likely, Evidence: ByKey | Unclosed})
			return
		}
		for i < end && (t[i] == ' ' || t[i] == ';' || t[i] == ',') {
			i++
		}
		k := i
		for i < end && t[i] != '=' && t[i] != ';' {
			i++
		}
		if i == end || t[i] == ';' {
			if k == p.start && i > k { // a lone value
				if full, _ := judge.Mask(t[k:i]); !full && judge.Credential(t[k:i]) {
					s.cookie(p, k, k, i)
				}
			}
			continue
		}
		i++
		val := i
		for i < end && t[i] != ';' && lex[t[i]]&isBlank == 0 && (t[i] != ']' || s.inside(val, i)) {
			i++
		}
		s.cookie(p, k, val, i)
		if set {
			return
		}
	}
}

// shortestCookie is the length of the shortest cookie that can open a session.
const shortestCookie = 6

func (s *Scanner) cookie(p *pair, k, from, to int) {
	v := s.text[from:to]
	if s.e.class[names.Cookie] < 0 || len(v) == 0 || s.e.ours(v) {
		return
	}
	c := finding.Likely
	if !s.spent(from) {
		if filler(v) {
			s.emptied(s.e.class[names.Cookie], from, to)
			return
		}
		switch {
		case judge.Credential(v):
			c = finding.Certain
		case len(v) < shortestCookie:
			c = finding.Doubtful // theme=dark; lang=en
			s.drop(nil, s.e.class[names.Cookie], from, to, ShortWord)
		}
	}
	x := s.found(s.e.class[names.Cookie], from, to, c, ByConstruct|ByKey)
	x.KeyStart, x.KeyEnd = k, max(k, from-1)
}

// named judges a whole value under a known key.
func (s *Scanner) named(key, value []byte) {
	if s.e.names == nil || len(value) == 0 {
		return
	}
	v := s.e.names.Classify(key, names.Attr)
	if v.Strength == names.None || s.e.class[v.Class] < 0 {
		return
	}
	if v.Class == names.Password && directory(value) && endsFold(key, "pwd") {
		return
	}
	p := pair{quote: 'v', keyQuote: '"', sep: ':'}
	from := len(s.spans)
	switch {
	case v.Class == names.Auth:
		s.credentials(&p, v, 0, len(value))
	case v.Class == names.Cookie || cookieName(key):
		s.cookies(&p, len(value), setCookie(key))
	default:
		s.take(&p, v, 0, len(value))
	}
	for i := from; i < len(s.spans); i++ {
		s.spans[i].KeyStart, s.spans[i].KeyEnd = 0, 0
	}
}
