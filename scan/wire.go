package scan

import (
	"bytes"
	"encoding/base64"

	"github.com/stanch/stanch/finding"
)

// Commands of protocols and calls of libraries whose arguments are credentials
// by their place alone.

// wire decides at the words that begin such a command.
func (s *Scanner) wire(di int32, hs, he int) {
	t := s.text
	switch word := t[hs:he]; {
	case bytes.HasSuffix(word, []byte("PASS ")):
		s.ftpPass(di, hs, he)
	case bytes.HasSuffix(word, []byte("PLAIN ")):
		s.saslPlain(di, he)
	case bytes.EqualFold(word, []byte(" login ")):
		s.imapLogin(di, hs, he)
	case word[0] == ':' && word[len(word)-1] == ':':
		s.pgpass(di, hs, he)
	case word[len(word)-1] == '(':
		s.call(di, word, he)
	case word[len(word)-1] == '"' || word[len(word)-1] == '\\':
		s.quotedArguments(di, hs)
	default: // AUTH [user] password, requirepass password, IDENTIFY [nick] password
		if hs > 0 && lex[word[0]]&isWord != 0 && !atBoundary(t, hs) {
			return
		}
		s.lastWord(di, he)
	}
}

// maxWire is how far the arguments of a command are followed.
const maxWire = 1 << 10

// wireWord returns the bounds of the argument at i, without quotes, and what
// comes after it.
func (s *Scanner) wireWord(i int) (from, end, next int) {
	t := s.text
	if q, d, n := quoteAt(t, i, min(len(t), i+maxGlue)); n > 0 && (q == '"' || q == '\'') {
		p := pair{quote: q, depth: d, start: i + n}
		if end, closed := s.quotedEnd(&p); closed && sameQuote(t, i, end, n) {
			return i + n, end, end + n
		}
	}
	end = i
	for lim := min(len(t), i+maxWire); end < lim && lex[t[end]]&(isBlank|isEOL) == 0; end++ {
		if lex[t[end]]&isQuote != 0 && s.inString(i) && t[end] == '"' || t[end] == '\\' && escapedEnd(t, end) {
			break
		}
		if wireEnd(t, end) {
			break
		}
	}
	if end == len(t) {
		s.open(i)
	}
	s.charge(i, 4*(end-i))
	return i, end, end
}

// lastWord takes the last of one or two arguments.
func (s *Scanner) lastWord(di int32, i int) {
	t := s.text
	from, end, next := s.wireWord(i)
	if k := skipBlanks(t, next); k > next && k < len(t) && lex[t[k]]&isEOL == 0 {
		f, e, n := s.wireWord(k)
		if k = skipBlanks(t, n); e == f || k < len(t) && lex[t[k]]&(isEOL|isQuote) == 0 && t[k] != '\\' {
			return // a sentence
		}
		from, end = f, e
	}
	s.wireValue(di, from, end)
}

// quotedArguments takes the last of the quoted arguments of a Redis command as
// MONITOR shows it, "AUTH" "user" "password", or the password of an LDAP bind,
// simple:"password".
func (s *Scanner) quotedArguments(di int32, hs int) {
	t := s.text
	i := hs + len("simple:")
	if t[hs] == '"' {
		i = hs + len(`"AUTH`)
		_, _, n := quoteAt(t, i, min(len(t), i+maxGlue))
		if i += n; n == 0 || i >= len(t) || t[i] != ' ' {
			return
		}
		i++
	}
	from, end, next := s.wireWord(i)
	if end == next {
		return
	}
	if n := next - end; next+1+n < len(t) && t[next] == ' ' && sameQuote(t, i, next+1, n) {
		from, end, _ = s.wireWord(next + 1)
	}
	s.wireValue(di, from, end)
}

// ftpPass takes the argument of PASS of FTP and POP3 (RFC 959, RFC 1939), where
// a mark of a protocol's log stands before it: "C: PASS x", "> PASS x", "sending PASS x".
func (s *Scanner) ftpPass(di int32, hs, he int) {
	t := s.text
	from, end, next := s.wireWord(he)
	if k := skipBlanks(t, next); k < len(t) && k > next && lex[t[k]]&isEOL == 0 {
		if t[hs] != 's' {
			return // PASS of a test with words behind it
		}
		for end > from && lex[t[end-1]]&isQuote != 0 { // of a string that holds the message
			end--
		}
	}
	s.wireValue(di, from, end)
}

// saslPlain takes the initial response of SASL PLAIN (RFC 4616): base64 of two
// NULs and what stands around them.
func (s *Scanner) saslPlain(di int32, i int) {
	t := s.text
	end := i
	for lim := min(len(t), i+maxWire); end < lim && lex[t[end]]&isBase64 != 0; end++ {
	}
	if end == len(t) {
		s.open(i)
	}
	if end-i < 8 || s.e.ours(t[i:end]) {
		return
	}
	var buf [192]byte
	v := bytes.TrimRight(t[i:end], "=")
	v = v[:min(len(v), len(buf)/3*4)]
	n, err := base64.RawStdEncoding.Decode(buf[:], v)
	if err == nil && bytes.Count(buf[:n], []byte{0}) >= 1 {
		s.found(di, i, end, finding.Certain, ByConstruct|ByChecksum)
	}
}

// imapLogin takes the second argument of LOGIN behind a tag (RFC 9051).
func (s *Scanner) imapLogin(di int32, hs, he int) {
	t := s.text
	k := hs
	for k > 0 && k > hs-8 && lex[t[k-1]]&isWord != 0 {
		k--
	}
	if k == hs || lex[t[hs-1]]&isDigit == 0 || k > 0 && lex[t[k-1]]&(isBlank|isEOL|isQuote) == 0 {
		return
	}
	_, end, next := s.wireWord(he)
	if end == he || next >= len(t) || t[next] != ' ' {
		return
	}
	from, end, next := s.wireWord(next + 1)
	if k = skipBlanks(t, next); k < len(t) && lex[t[k]]&(isEOL|isQuote) == 0 && t[k] != '\\' {
		return
	}
	s.wireValue(di, from, end)
}

// pgpass takes the last field of a line of .pgpass at its port:
// host:port:database:user:password.
func (s *Scanner) pgpass(di int32, hs, he int) {
	t := s.text
	k := hs
	for k > 0 && k > hs-64 && (lex[t[k-1]]&isKey != 0 || t[k-1] == '*') {
		k--
	}
	if k == hs || k > 0 && lex[t[k-1]]&(isEOL|isBlank|isQuote) == 0 && escapeBefore(t, k) == 0 {
		return
	}
	i := he
	for range 2 { // database and user
		from := i
		for lim := min(len(t), i+64); i < lim && (lex[t[i]]&isKey != 0 || t[i] == '*'); i++ {
		}
		if i == from || i >= len(t) || t[i] != ':' {
			return
		}
		i++
	}
	from, end, _ := s.wireWord(i)
	if end < len(t) && lex[t[end]]&isBlank != 0 {
		return
	}
	s.wireValue(di, from, end)
}

// call takes the argument of a call that is a password by its place, as in a
// trace of PHP or in a line of C#.
func (s *Scanner) call(di int32, word []byte, i int) {
	t := s.text
	at := 2
	switch {
	case bytes.HasPrefix(word, []byte("password_")):
		at = 0
	case bytes.HasPrefix(word, []byte("NetworkCredential")):
		at = 1
	}
	from, end := i, i
	for n := 0; n <= at; n++ {
		i = skipBlanks(t, i)
		_, _, k := quoteAt(t, i, min(len(t), i+maxGlue))
		if k == 0 { // a number, Object(x), NULL
			if n == at {
				return
			}
			for lim := min(len(t), i+maxGlue); i < lim && t[i] != ',' && lex[t[i]]&isEOL == 0; i++ {
			}
		} else {
			var next int
			if from, end, next = s.wireWord(i); next == end {
				return
			}
			i = next
		}
		if n < at {
			if i >= len(t) || t[i] != ',' {
				return
			}
			i++
		}
	}
	s.wireValue(di, from, end)
}

// wireValue records an argument that is a password.
func (s *Scanner) wireValue(di int32, from, end int) {
	s.charge(from, end-from)
	v := s.text[from:end]
	if len(v) == 0 || s.e.ours(v) || !s.spent(from) && filler(v) || s.e.marked(s.text, from, end) {
		return
	}
	s.found(di, from, end, finding.Likely, ByConstruct)
}
