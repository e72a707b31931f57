package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// How programs write names and values, in source, in dumps of it and in what
// their interpreters print: prefixes of strings, declared types, subscripts,
// comparisons.

// stringPrefix returns the length of the letters that stand directly before the
// quote of a string: b'…' (Python), @"…" and $"…" (C#), N'…' (SQL), L"…" (C).
// A quote that ends a string of JSON around it has none.
func (s *Scanner) stringPrefix(i, lim int) int {
	t := s.text
	for n := 1; n <= 2 && i+n < lim; n++ {
		switch t[i+n-1] {
		case 'b', 'B', 'r', 'R', 'u', 'U', 'f', 'F', 'L', 'N', '@', '$':
		default:
			return 0
		}
		if c := t[i+n]; c != '"' && c != '\'' && c != '\\' {
			continue
		}
		q, _, k := quoteAt(t, i+n, lim)
		if q != '"' && q != '\'' || q == '"' && endsString(t, i+n+k-1) && s.inString(i) {
			return 0
		}
		return n
	}
	return 0
}

// declaredType returns the length of a type and the equals sign behind it, as
// in "password: str = …" and "val token: String = …".
func declaredType(t []byte) int {
	n := 0
	for n < len(t) && (lex[t[n]]&isWord != 0 || t[n] == '&' || t[n] == '.') {
		n++
	}
	switch string(t[:n]) {
	case "str", "String", "string", "bytes", "Text", "text", "&str", "Any", "any", "SecretStr", "Optional", "Option", "std.string":
	default:
		return 0
	}
	if n < len(t) && t[n] == '[' {
		for n < len(t) && t[n] != ']' {
			n++
		}
		n++
	}
	if n < len(t) && (t[n] == '?' || t[n] == '!') {
		n++
	}
	if n < len(t) && hasFold(t[n:], " | none") {
		n += len(" | none")
	}
	for n < len(t) && t[n] == ' ' {
		n++
	}
	if n+1 < len(t) && t[n] == '=' && t[n+1] != '=' {
		return n + 1
	}
	return 0
}

// subscript returns the length of an index or a size behind a name that is
// assigned to: passwords[0]=, char secret[25] =. A colon behind it follows the
// number of a process.
func subscript(t []byte) int {
	n := 1
	for n < len(t) && lex[t[n]]&isDigit != 0 {
		n++
	}
	if n >= len(t) || t[n] != ']' {
		return 0
	}
	n++
	k := n
	for k < len(t) && t[k] == ' ' {
		k++
	}
	if k < len(t) && t[k] == '=' {
		return n
	}
	return 0
}

// constant tells a name written as constants are, CURLOPT_PASSWORD.
func constant(name []byte) bool {
	under := false
	for _, c := range name {
		switch {
		case c == '_':
			under = true
		case c-'A' >= 26 && lex[c]&isDigit == 0:
			return false
		}
	}
	return under
}

// quotedNext reports whether a string follows the comma at t[0].
func quotedNext(t []byte) bool {
	i := 1
	for i < len(t) && t[i] == ' ' {
		i++
	}
	return i < len(t) && (t[i] == '"' || t[i] == '\'')
}

// maxCompared is how far before a comparison with a name its string may begin.
const maxCompared = 256

// compared handles a string that is compared with a sensitive name behind it:
// "…" == password.
func (s *Scanner) compared(p *pair) {
	t := s.text
	i := p.keyStart
	if i > 0 && t[i-1] == ' ' {
		i--
	}
	if i < 4 || t[i-1] != '=' || t[i-2] != '=' && t[i-2] != '!' {
		return
	}
	for i > 0 && (t[i-1] == '=' || t[i-1] == '!') {
		i--
	}
	for i > 0 && t[i-1] == ' ' {
		i--
	}
	if i < 2 || t[i-1] != '"' && t[i-1] != '\'' {
		return
	}
	q := t[i-1]
	depth := 0
	end := i - 1
	for b := 0; end > 0 && t[end-1] == '\\'; end-- {
		if b++; b&(b-1) == 0 {
			depth++
		}
	}
	lim := max(0, end-maxCompared)
	from := end
	for from > lim && t[from-1] != q && lex[t[from-1]]&isEOL == 0 {
		from--
	}
	if from == lim || t[from-1] != q || from == end {
		return
	}
	v, _ := s.known(p)
	if v.Strength < names.Medium || s.e.class[v.Class] < 0 {
		return
	}
	p.sep, p.quote, p.depth, p.start = '=', q, depth, from
	s.take(p, v, from, end)
}

// maxInterpolation is how long an interpolation with blanks in it may be.
const maxInterpolation = 256

// interpolation returns the end of an unquoted value that is an interpolation,
// which may have blanks in it: $(cat file), {{ .Values.x }}. It returns 0 for
// any other value.
func (s *Scanner) interpolation(start int) int {
	t := s.text
	if start+4 > len(t) {
		return 0
	}
	var close string
	switch string(t[start : start+2]) {
	case "$(":
		close = ")"
	case "${", "#{":
		if close = "}"; t[start+2] == '{' {
			close = "}}"
		}
	case "{{":
		close = "}}"
	case "<%":
		close = "%>"
	default:
		return 0
	}
	in := t[start:min(len(t), start+maxInterpolation)]
	in = in[:lineEnd(in)]
	i := bytes.Index(in, []byte(close))
	if i < 0 {
		return 0
	}
	end := start + i + len(close)
	if end < len(t) && lex[t[end]]&isStop == 0 && t[end] != ',' && t[end] != ';' && t[end] != '\\' || !filler(t[start:end]) {
		return 0
	}
	return end
}

// arn reports whether the name at ks is the kind of an Amazon resource, behind
// the number of an account: arn:aws:secretsmanager:eu-west-1:123456789012:secret:name.
func arn(t []byte, ks int) bool {
	const account = 12
	if ks < account+2 || t[ks-1] != ':' || t[ks-account-2] != ':' {
		return false
	}
	for _, c := range t[ks-account-1 : ks-1] {
		if lex[c]&isDigit == 0 {
			return false
		}
	}
	return true
}
