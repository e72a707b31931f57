package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"github.com/stanch/stanch/match"
)

// Examples in vendor files are templates, so that no file holds anything that
// looks like a live token. A placeholder in braces stands for bytes drawn from
// a seed:
//
//	{alnum:N}       A-Za-z0-9            {upnum:N}      A-Z0-9
//	{alpha:N}       A-Za-z               {lownum:N}     a-z0-9
//	{lower:N}       a-z                  {base32:N}     A-Z2-7
//	{upper:N}       A-Z                  {base32low:N}  a-z2-7
//	{digit:N}       0-9                  {base64:N}     A-Za-z0-9+/
//	{hex:N}         0-9a-f               {base64url:N}  A-Za-z0-9_-
//	{HEX:N}         0-9A-F               {base58:N}     Bitcoin's alphabet
//	{bech32:N}      bech32, lower case   {BECH32:N}     bech32, upper case
//	{of:[A-L]:N}    a class as in a shape
//	{uuid}          a version 4 UUID, lower case; {UUID} upper case
//	{word}          a pronounceable word of 5 to 9 letters; {word:N} of N
//
// N is a number of bytes or a range, 20-40, from which the number is drawn.
// Composed ones:
//
//	{b64:TEMPLATE}     standard base64, padded, of what TEMPLATE expands to
//	{b64raw:TEMPLATE}  standard base64, not padded
//	{b64url:TEMPLATE}  base64url, not padded
//	{hexof:TEMPLATE}   lower-case hexadecimal
//	{pct:TEMPLATE}     percent-encoding as in a query
//	{json:TEMPLATE}    the inside of a JSON string
//	{jwt}              a JWS in compact form; {jwt:TEMPLATE} with that payload
//	{jwe}              a JWE in compact form
//	{pem}              a PEM block PRIVATE KEY with newlines; {pem:RSA PRIVATE KEY} another
//	{nl}, {tab}, {cr}  newline, tab, carriage return
//	{wif}, {xprv}      Bitcoin private keys: also {check-wif}, {check-xprv}
//	{crc32-base62:6}   the same as {check-crc32-base62}
//	{check-NAME}       what the check NAME wants behind the text before it: see checks.go
//	{check-NAME:N}     for the checks that write as much as they are asked for
//
// Braces inside a TEMPLATE must balance. Any other { is an ordinary byte.
// << and >> mark the secret where it is not the whole text.

// alphabets are the runs of random bytes by placeholder.
var alphabets = map[string]string{
	"alnum":     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"alpha":     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	"lower":     "abcdefghijklmnopqrstuvwxyz",
	"upper":     "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"digit":     "0123456789",
	"hex":       lowerHex,
	"HEX":       upperHex,
	"lownum":    "abcdefghijklmnopqrstuvwxyz0123456789",
	"upnum":     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"base32":    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"base32low": "abcdefghijklmnopqrstuvwxyz234567",
	"base64":    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	"base64url": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	"base58":    base58Digits,
	"bech32":    bech32Digits,
	"BECH32":    "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}

// Expand replaces the placeholders of an example, all of them drawn from seed:
// the same template and seed always give the same text. text[start:end] is the
// secret: the part between << and >>, which are left out, or all of it.
func Expand(template string, seed uint64) (text string, start, end int, err error) {
	if len(template) > maxTemplate {
		return "", 0, 0, errors.New("a template has at most 16 KiB")
	}
	h := fnv.New64a()
	h.Write([]byte(template))
	e := &expansion{r: rand.New(rand.NewPCG(seed, h.Sum64())), start: -1, end: -1}
	if err := e.expand(template, 0); err != nil {
		return "", 0, 0, fmt.Errorf("template %q: %w", template, err)
	}
	switch {
	case e.start < 0 && e.end < 0:
		e.start, e.end = 0, len(e.out)
	case e.start < 0 || e.end < 0:
		return "", 0, 0, fmt.Errorf("template %q: << and >> come in pairs", template)
	}
	if e.start == e.end {
		return "", 0, 0, fmt.Errorf("template %q: the secret is empty", template)
	}
	return string(e.out), e.start, e.end, nil
}

// expansion is the state of one Expand.
type expansion struct {
	r          *rand.Rand
	out        []byte
	start, end int // offsets in out of << and >>, or -1
}

// maxTemplate bounds a template, maxNesting templates inside it, maxExpansion
// the text it stands for.
const (
	maxTemplate  = 16 << 10
	maxNesting   = 8
	maxExpansion = 1 << 20
)

func (e *expansion) expand(t string, depth int) error {
	if depth > maxNesting {
		return errors.New("too many templates inside each other")
	}
	for t != "" {
		if len(e.out) > maxExpansion {
			return errors.New("the text grows over 1 MiB")
		}
		i := strings.IndexAny(t, "{<>")
		if i < 0 {
			e.out = append(e.out, t...)
			return nil
		}
		e.out = append(e.out, t[:i]...)
		t = t[i:]
		switch {
		case strings.HasPrefix(t, "<<"):
			if depth > 0 || e.start >= 0 {
				return errors.New("<< stands once, outside of placeholders")
			}
			e.start = len(e.out)
			t = t[2:]
		case strings.HasPrefix(t, ">>"):
			if depth > 0 || e.start < 0 || e.end >= 0 {
				return errors.New(">> stands once, behind <<, outside of placeholders")
			}
			e.end = len(e.out)
			t = t[2:]
		case t[0] == '{':
			n, err := e.placeholder(t, depth)
			if err != nil {
				return err
			}
			if n == 0 {
				e.out = append(e.out, '{')
				n = 1
			}
			t = t[n:]
		default:
			e.out = append(e.out, t[0])
			t = t[1:]
		}
	}
	return nil
}

// placeholder expands the one that t begins with and returns its length, 0 when
// t begins with an ordinary brace.
func (e *expansion) placeholder(t string, depth int) (int, error) {
	i := 1
	for i < len(t) && (t[i] >= 'a' && t[i] <= 'z' || t[i] >= 'A' && t[i] <= 'Z' || t[i] >= '0' && t[i] <= '9' || t[i] == '-') {
		i++
	}
	name := t[1:i]
	if name == "" || i == len(t) || t[i] != ':' && t[i] != '}' {
		return 0, nil
	}
	closing := closingBrace(t)
	if name == "of" {
		closing = closingOf(t)
	}
	if closing < 0 {
		return 0, nil
	}
	arg, given := "", t[i] == ':'
	if given {
		arg = t[i+1 : closing]
	}
	known, err := e.write(name, arg, given, depth)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t[:closing+1], err)
	}
	if !known {
		return 0, nil
	}
	return closing + 1, nil
}

// closingBrace returns the index of the brace that closes the one at t[0], or -1.
func closingBrace(t string) int {
	depth := 0
	for i := range len(t) {
		switch t[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// closingOf is closingBrace for {of:[…]:N}, where the class may hold braces.
func closingOf(t string) int {
	const head = "{of:"
	if !strings.HasPrefix(t, head+"[") {
		return -1
	}
	_, end, err := parseClass(t, len(head))
	if err != nil {
		return -1
	}
	i := strings.IndexByte(t[end:], '}')
	if i < 0 {
		return -1
	}
	return end + i
}

// write appends what {name:arg} stands for. known is false for names that are
// no placeholder.
func (e *expansion) write(name, arg string, given bool, depth int) (known bool, err error) {
	if alphabet, ok := alphabets[name]; ok && given {
		n, ok := e.count(arg)
		if !ok {
			return false, nil
		}
		e.out = append(e.out, randomRun(e.r, alphabet, n)...)
		return true, nil
	}
	switch name {
	case "of":
		return e.class(arg)
	case "word":
		n := 5 + e.r.IntN(5)
		if given {
			if n, known = e.count(arg); !known {
				return false, nil
			}
		}
		e.word(n)
	case "crc32-base62":
		return true, e.check(name, 0)
	case "b64", "b64raw", "b64url", "hexof", "pct", "json":
		if !given {
			return false, nil
		}
		inner, err := e.inner(arg, depth)
		if err != nil {
			return true, err
		}
		e.out = append(e.out, encodeInner(name, inner)...)
	case "jwt":
		if !given {
			arg = `{"sub":"{digit:10}","iat":17{digit:8}}`
		}
		return true, e.jwt(arg, depth)
	case "pem":
		if !given {
			arg = "PRIVATE KEY"
		}
		e.pem(arg)
	default:
		return e.fixed(name, arg, given)
	}
	return true, nil
}

// fixed appends the placeholders without a template inside.
func (e *expansion) fixed(name, arg string, given bool) (known bool, err error) {
	if check, ok := strings.CutPrefix(name, "check-"); ok {
		n := 0
		if given {
			if n, ok = e.count(arg); !ok {
				return true, fmt.Errorf("%q is no length", arg)
			}
		}
		switch check {
		case "wif", "xprv":
			name = check
		default:
			return true, e.check(check, n)
		}
	} else if given {
		return false, nil
	}
	switch name {
	case "nl":
		e.out = append(e.out, '\n')
	case "cr":
		e.out = append(e.out, '\r')
	case "tab":
		e.out = append(e.out, '\t')
	case "uuid":
		e.out = append(e.out, e.uuid()...)
	case "UUID":
		e.out = append(e.out, strings.ToUpper(e.uuid())...)
	case "wif":
		e.out = append(e.out, writeWIF(e.r)...)
	case "xprv":
		e.out = append(e.out, writeXprv(e.r)...)
	case "jwe":
		return true, e.jwe()
	default:
		return false, nil
	}
	return true, nil
}

// count reads N or N-M and draws from the range.
func (e *expansion) count(s string) (n int, ok bool) {
	least, most, ranged := strings.Cut(s, "-")
	if !ranged {
		most = least
	}
	lo, err1 := strconv.Atoi(least)
	hi, err2 := strconv.Atoi(most)
	if err1 != nil || err2 != nil || lo < 1 || hi < lo || hi > 1<<16 {
		return 0, false
	}
	return lo + e.r.IntN(hi-lo+1), true
}

func (e *expansion) class(arg string) (known bool, err error) {
	i := strings.LastIndexByte(arg, ':')
	if i < 0 {
		return false, nil
	}
	c, err := ParseClass(arg[:i])
	if err != nil {
		return true, err
	}
	n, ok := e.count(arg[i+1:])
	if !ok {
		return true, fmt.Errorf("%q is no length", arg[i+1:])
	}
	e.out = append(e.out, randomRun(e.r, members(&c), n)...)
	return true, nil
}

func members(c *match.Class) string {
	var all []byte
	for b := range 256 {
		if c.Has(byte(b)) {
			all = append(all, byte(b))
		}
	}
	return string(all)
}

// check appends what the check wants behind the token written so far.
func (e *expansion) check(name string, n int) error {
	c := checkNamed(name)
	if c == nil {
		return errors.New("no such check")
	}
	if c.write == nil {
		return errors.New("examples for this check are composed by hand: see checks.go")
	}
	from := max(e.start, 0)
	if e.start < 0 {
		from = strings.LastIndexAny(string(e.out), " \t\r\n\"'`<>()[]{},;") + 1
	}
	text := c.write(e.out[from:], n, e.r)
	if text == nil {
		return errors.New("the text before it does not fit the check")
	}
	e.out = append(e.out, text...)
	return nil
}

// inner expands a template inside another.
func (e *expansion) inner(t string, depth int) ([]byte, error) {
	in := &expansion{r: e.r, start: -1, end: -1}
	err := in.expand(t, depth+1)
	return in.out, err
}

func encodeInner(name string, data []byte) string {
	switch name {
	case "b64":
		return base64.StdEncoding.EncodeToString(data)
	case "b64raw":
		return base64.RawStdEncoding.EncodeToString(data)
	case "b64url":
		return base64.RawURLEncoding.EncodeToString(data)
	case "hexof":
		return hex.EncodeToString(data)
	case "json":
		return jsonString.Replace(string(data))
	default:
		return url.QueryEscape(string(data))
	}
}

var jsonString = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func (e *expansion) jwt(payload string, depth int) error {
	return e.expand(`{b64url:{"alg":"HS256","typ":"JWT"}}.{b64url:`+payload+`}.{base64url:43}`, depth+1)
}

func (e *expansion) jwe() error {
	return e.expand(`{b64url:{"alg":"dir","enc":"A256GCM"}}..{base64url:16}.{base64url:60-120}.{base64url:22}`, 0)
}

// pem writes a block as long as that of an RSA key of 2048 bits, without the
// newline behind it, which is no part of the key.
func (e *expansion) pem(label string) {
	body := writeDER(nil, 1624, e.r)
	e.out = append(e.out, "-----BEGIN "+label+"-----\n"...)
	for ; len(body) > 64; body = body[64:] {
		e.out = append(append(e.out, body[:64]...), '\n')
	}
	e.out = append(append(e.out, body...), "\n-----END "+label+"-----"...)
}

func (e *expansion) uuid() string {
	b := randomBytes(e.r, 16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (e *expansion) word(n int) {
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	for i := range n {
		letters := consonants
		if i%2 == 1 {
			letters = vowels
		}
		e.out = append(e.out, letters[e.r.IntN(len(letters))])
	}
}

func randomRun(r *rand.Rand, alphabet string, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return out
}

func randomBytes(r *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}
