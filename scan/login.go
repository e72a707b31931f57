package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// smtpLogin decides at "AUTH LOGIN" (SMTP, IMAP): name and password follow as
// base64, each on a line of its own, between the prompts of the server.
func (s *Scanner) smtpLogin(di int32, hs, he int) {
	t := s.text
	if !atBoundary(t, hs) {
		return
	}
	i := he
	for i < len(t) && t[i] == ' ' {
		i++
	}
	skip := 1
	e := i
	for e < len(t) && lex[t[e]]&isBase64 != 0 {
		e++
	}
	if e > i { // the name comes with the command
		if i == he || e-i < 4 || (e-i)%4 != 0 || e < len(t) && lex[t[e]]&isEOL == 0 && t[e] != '\\' {
			return // AUTH LOGIN PLAIN: what the server can do
		}
		skip = 0
	} else if i < len(t) && lex[t[i]]&isEOL == 0 {
		return
	}
	if c := s.carries(loginBelow, hs, 6); c != nil {
		c.part = skip
		c.name.n, c.quote = 0, 0
		c.detector = di
	}
}

// loginLine follows the lines behind AUTH LOGIN.
func (s *Scanner) loginLine(c *carry, lo, hi int) bool {
	t := s.text
	i := hi
	for i > lo && (lex[t[i-1]]&(isBlank|isQuote) != 0) {
		i--
	}
	end := i
	for i > lo && lex[t[i-1]]&isBase64 != 0 {
		i--
	}
	partial := s.partial && hi == len(t)
	w := i
	for w > lo && i-w < maxKey && lex[t[w-1]]&(isBlank|isQuote) == 0 {
		w--
	}
	switch {
	case s.e.ours(t[w:end]):
		return false // redacted before
	case i-lo > maxKey:
		return false
	case end-i < 4 || (end-i)%4 != 0 || i > lo && lex[t[i-1]]&(isBlank|isQuote) == 0 && t[i-1] != ':' && t[i-1] != '>':
		if partial && end > i {
			break
		}
		return true
	case i >= lo+4 && t[i-1] == ' ' && string(t[i-4:i-1]) == "334": // the server asks
		return true
	case hasFold(t[i:end], "334"), indexFold(t[lo:hi], "235 ") >= 0:
		return false
	}
	if c.part > 0 {
		c.part--
		return true
	}
	v := t[i:end]
	if !s.e.ours(v) && !filler(v) {
		if partial {
			s.current = c.detector
			s.open(i)
		}
		s.found(c.detector, i, end, finding.Certain, ByConstruct)
	}
	return false
}

// netrc decides at "machine ": the words of a .netrc entry, on one line or
// several (ftp(1), inetutils manual 12.7).
func (s *Scanner) netrc(di int32, hs, he int) {
	t := s.text
	lo, hi := s.line(hs)
	for i := lo; i < hs; i++ {
		if lex[t[i]]&(isBlank|isQuote) == 0 {
			return
		}
	}
	e := word(t, he, hi)
	if e == he {
		return
	}
	if s.netrcWords(di, e, hi) {
		if c := s.carries(netrcBelow, hs, 5); c != nil {
			c.detector = di
		}
	}
}

func word(t []byte, i, hi int) int {
	for i < hi && lex[t[i]]&isBlank == 0 {
		i++
	}
	return i
}

// netrcWords takes the password among the words from i on. It reports whether
// the entry may go on in the next line.
func (s *Scanner) netrcWords(di int32, i, hi int) bool {
	t := s.text
	for {
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i == hi {
			return true
		}
		e := word(t, i, hi)
		k := e
		for k < hi && lex[t[k]]&isBlank != 0 {
			k++
		}
		v := word(t, k, hi)
		switch string(t[i:e]) {
		case "login", "account", "port", "protocol":
		case "password", "passwd":
			if v == k {
				return false
			}
			w := v
			for w > k && (t[w-1] == '"' || t[w-1] == '\\') {
				w--
			}
			if s.partial && v == len(t) {
				s.current = di
				s.open(k)
			}
			if b := t[k:w]; len(b) > 0 && !s.e.ours(b) && !filler(b) {
				s.found(di, k, w, finding.Likely, ByConstruct)
			}
			return false
		default:
			return false
		}
		i = v
	}
}

func (s *Scanner) netrcLine(c *carry, lo, hi int) bool {
	return s.netrcWords(c.detector, lo, hi) && hi > lo
}

// hostClass is what the name of a machine begins with.
var hostClass = match.Class{0x03ff_0000_0000_0000, 0x07ff_fffe_07ff_fffe}
