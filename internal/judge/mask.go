package judge

import (
	"bytes"
	"unicode/utf8"
)

// Mask reports whether v, as a whole, is what a redactor leaves behind.
//
// full: one mask character repeated three times or more (the stars of Spring,
// Django, Airflow and Datadog), a word of a closed vocabulary inside brackets
// ([FILTERED], <redacted>, {masked}) or stars, or one of the fixed texts of
// known redactors. A single byte of other text makes it no mask.
//
// partial: at least four stars or bullets with one to five visible bytes at
// the head or the tail (****ab). What is visible may be a secret's end, so a
// partial mask counts as a mask under weak names only.
func Mask(v []byte) (full, partial bool) {
	return mask(trim(v))
}

func mask(v []byte) (full, partial bool) {
	if len(v) < 3 || len(v) > maxMask {
		return false, false
	}
	c := v[0]
	if (c == v[1] || c == '%' || c >= utf8.RuneSelf) && repeated(v) || tagged(v) ||
		c == 'S' && wrapped(v) || c == 'h' && hashed(v) || c == '[' && bracketed(v) {
		return true, false
	}
	// Up to five bytes before four masked ones leave one of these two masked.
	return false, (masking(v[min(3, len(v)-1)]) || len(v) > 5 && masking(v[5])) && partialMask(v)
}

// masking reports a star or a byte of a bullet.
func masking(c byte) bool { return c == '*' || c >= utf8.RuneSelf }

// maxMask is longer than any mask: hashed_<word>- and 128 hex digits.
const maxMask = 192

// repeated: three or more of one mask character and nothing else.
func repeated(v []byte) bool {
	r, size := utf8.DecodeRune(v)
	switch r {
	case '*', 'x', 'X', '.', '-', '_', '#', '?', '•', '●', '█':
	case '%': // stars in a URL
		return len(v) >= 9 && len(v)%3 == 0 && bytes.Count(v, []byte("%2A"))+bytes.Count(v, []byte("%2a")) == len(v)/3
	default:
		return false
	}
	if len(v) < 3*size || len(v)%size != 0 {
		return false
	}
	for i := size; i < len(v); i += size {
		if !bytes.Equal(v[i:i+size], v[:size]) {
			return false
		}
	}
	return true
}

// tagged: a word of the vocabulary between brackets or runs of stars.
func tagged(v []byte) bool {
	inner, ok := brackets(v)
	if !ok && v[0] != '*' {
		return bare(v)
	}
	if !ok {
		inner = bytes.TrimSpace(bytes.Trim(v, "*"))
		if v[len(v)-1] != '*' {
			return false
		}
		return maskWord(inner)
	}
	if rest, ok := cutFold(inner, "scrubbed due to "); ok {
		return scrubbed(rest)
	}
	if rest, ok := cutFold(inner, "redacted:"); ok {
		return scrubbed(rest)
	}
	return maskWord(inner) || len(inner) >= 3 && repeated(inner)
}

// bare words stand without brackets.
func bare(v []byte) bool {
	switch len(v) {
	case len("masked"), len("redacted"), len("hidden_due_to_security_reasons"):
	default:
		return false
	}
	var buf [64]byte
	switch string(fold(buf[:0], v)) {
	case "redacted", "masked", "filtered", "scrubbed", "hidden_due_to_security_reasons":
		return true
	}
	return false
}

func maskWord(v []byte) bool {
	var buf [48]byte
	if len(v) > 40 {
		return false
	}
	switch string(fold(buf[:0], bytes.TrimSpace(v))) {
	case "redacted", "filtered", "masked", "scrubbed", "hidden", "removed", "sensitive", "secret",
		"private data hidden", "sensitive value", "sensitive data redacted", "sensitive data removed",
		"data redacted", "value redacted", "secret redacted", "password redacted", "token redacted",
		"secret hidden", "password hidden", "value hidden", "secret value", "hidden value", "secure",
		"omitted", "elided", "obfuscated", "protected", "suppressed", "stripped", "concealed", "not shown", "private",
		"security_redacted", "sensitive_data", "sensitive data", "redacted by policy", "redacted value", "censored":
		return true
	}
	return false
}

// scrubbed: the name that made Logfire's scrubber act, with or without quotes.
func scrubbed(v []byte) bool {
	v = bytes.Trim(v, `'"`)
	var buf [32]byte
	n := 0
	for _, c := range v {
		switch {
		case c == '_' || c == '-' || c == '.' || c == ' ':
			continue
		case n == len(buf):
			return false
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		buf[n] = c
		n++
	}
	switch string(buf[:n]) {
	case "password", "passwd", "mysqlpwd", "pwd", "secret", "auth", "credential", "credentials", "privatekey", "apikey",
		"session", "cookie", "socialsecurity", "creditcard", "logfiretoken", "csrf", "xsrf", "jwt", "ssn", "token",
		"accesstoken", "refreshtoken", "idtoken", "authorization", "clientsecret", "subjecttoken", "assertion":
		return true
	}
	return false
}

// wrapped: the printed form of a secret type around stars.
func wrapped(v []byte) bool {
	for _, name := range [...]string{"SecretStr(", "SecretBytes(", "Secret(", "Some("} {
		if rest, ok := bytes.CutPrefix(v, []byte(name)); ok {
			rest, ok = bytes.CutSuffix(rest, []byte(")"))
			if !ok {
				return false
			}
			rest = bytes.Trim(bytes.TrimPrefix(rest, []byte("b'")), `'"`)
			return len(rest) >= 3 && (repeated(rest) || tagged(rest))
		}
	}
	return false
}

// bracketed: the name of a secret in square brackets, [password].
func bracketed(v []byte) bool {
	n := len(v) - 1
	return v[n] == ']' && scrubbed(v[1:n])
}

// hashed: hashed_<name>-<128 hex digits>, the form of google-auth's logs, and
// hmac-sha256:<64 hex digits>, that of Vault's audit log.
func hashed(v []byte) bool {
	if sum, ok := bytes.CutPrefix(v, []byte("hmac-sha256:")); ok {
		return len(sum) == 64 && allHex(sum)
	}
	rest, ok := bytes.CutPrefix(v, []byte("hashed_"))
	if !ok {
		return false
	}
	name, sum, ok := bytes.Cut(rest, []byte("-"))
	return ok && len(sum) == 128 && allHex(sum) && scrubbed(name)
}

// What the brackets below begin with, and what they end with.
const (
	opensBracket  = bracket | 1<<'<' | brace | 1<<'(' | 1<<'%' | ampersand | backslash
	closesBracket = 1<<(']'&63) | 1<<'>' | 1<<('D'&63) | 1<<')' | semicolon | upperHex | lowerHex
)

// brackets strips one or two pairs of matching brackets, plain or percent-encoded.
func brackets(v []byte) ([]byte, bool) {
	if len(v) < 3 || !opensBracket.has(v[0]) || !closesBracket.has(v[len(v)-1]) {
		return nil, false
	}
	for _, p := range [...][2]string{
		{"[[", "]]"}, {"<<", ">>"}, {"{{", "}}"}, {"((", "))"},
		{"[", "]"}, {"<", ">"}, {"{", "}"}, {"(", ")"},
		{"%5B", "%5D"}, {"%5b", "%5d"}, {"%3C", "%3E"}, {"%3c", "%3e"}, {"&lt;", "&gt;"}, {`\u003c`, `\u003e`}, {`\\u003c`, `\\u003e`},
	} {
		if p[0][0] == v[0] && len(v) > len(p[0])+len(p[1]) && hasPrefix(v, p[0]) && hasSuffix(v, p[1]) {
			return v[len(p[0]) : len(v)-len(p[1])], true
		}
	}
	return nil, false
}

func partialMask(v []byte) bool {
	masked := func(r rune) bool { return r == '*' || r == '•' || r == '●' }
	head := bytes.IndexFunc(v, masked)
	if head < 0 || head > 5 {
		return false
	}
	tail := len(v) - len(bytes.TrimRightFunc(v, func(r rune) bool { return !masked(r) }))
	n := 0
	for rest := v[head : len(v)-tail]; len(rest) > 0; n++ {
		r, size := utf8.DecodeRune(rest)
		if !masked(r) {
			return false
		}
		rest = rest[size:]
	}
	return n >= 4 && head+tail >= 1 && head+tail <= 5
}
