package inventory

import (
	"encoding/base64"
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stanch/stanch/inventory/dictionary"
)

// Form is how a value is written where it is found.
type Form uint8

// The forms. Base64 comes at three alignments, since the value may stand
// anywhere in what was encoded; of each only the bytes that depend on the value
// alone are looked for.
const (
	Plain     Form = iota
	Base64         // RFC 4648, section 4
	Base64URL      // section 5
	Percent        // RFC 3986, either case of the digits
	JSON           // RFC 8259, also with < > & as \u003c …
	Hex            // either case
	forms
)

var formNames = [forms]string{"", "base64", "base64url", "percent", "json", "hex"}

// String returns what a finding says of the encoding; nothing for Plain.
func (f Form) String() string { return formNames[f] }

// Forms yields the ways to write a value that differ from one another, each long
// enough to be looked for. The bytes are the caller's until the next one.
func Forms(value []byte) iter.Seq2[Form, []byte] {
	return func(yield func(Form, []byte) bool) {
		if !yield(Plain, value) {
			return
		}
		var buf []byte
		for _, e := range []struct {
			form Form
			with *base64.Encoding
		}{{Base64, base64.RawStdEncoding}, {Base64URL, base64.RawURLEncoding}} {
			for shift := range 3 {
				buf = aligned(buf[:0], value, shift, e.with)
				if e.form == Base64URL && !differs(buf) {
					continue
				}
				if len(buf) >= dictionary.MinLen && !yield(e.form, buf) {
					return
				}
			}
		}
		if unreserved(value) { // nothing in it is ever escaped
			hexForms(value, buf, yield)
			return
		}
		seen := []string{string(value)}
		fresh := func(form Form) bool {
			if slices.Contains(seen, string(buf)) {
				return true
			}
			seen = append(seen, string(buf))
			return yield(form, buf)
		}
		for _, kept := range percentKept {
			if buf = percent(buf[:0], value, kept, "0123456789ABCDEF"); !fresh(Percent) {
				return
			}
		}
		if buf = percent(buf[:0], value, "", "0123456789abcdef"); !fresh(Percent) {
			return
		}
		for _, html := range []bool{false, true} {
			if buf = escape(buf[:0], value, html); !fresh(JSON) {
				return
			}
		}
		hexForms(value, buf, yield)
	}
}

// hexForms yields the two cases of hexadecimal digits. The digits of no value are
// its own bytes, and nobody writes them in both cases at once.
func hexForms(value, buf []byte, yield func(Form, []byte) bool) {
	buf = hex.AppendEncode(buf[:0], value)
	if !yield(Hex, buf) {
		return
	}
	letters := false
	for i, c := range buf {
		if c >= 'a' {
			buf[i], letters = c-0x20, true
		}
	}
	if letters {
		yield(Hex, buf)
	}
}

// unreserved reports whether a value has only bytes that no encoder for URLs or
// JSON touches (RFC 3986, section 2.3).
func unreserved(value []byte) bool {
	for _, c := range value {
		if !keptAsIs[c] {
			return false
		}
	}
	return true
}

var keptAsIs = func() (t [256]bool) {
	for c := range t {
		l := c | 0x20
		t[c] = c < 0x80 && (l >= 'a' && l <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~')
	}
	return t
}()

// aligned encodes value as it looks when shift bytes of a group of three stand
// before it, without the digits that depend on what stands around it.
func aligned(dst, value []byte, shift int, e *base64.Encoding) []byte {
	var group [2]byte
	in := append(append(make([]byte, 0, len(value)+2), group[:shift]...), value...)
	dst = e.AppendEncode(dst, in)
	// Digits that hold bits of the bytes before it, and of what comes behind.
	skip := [...]int{0, 2, 3}[shift]
	end := len(in) * 8 / 6
	return dst[min(skip, end):end]
}

// differs reports whether the digits are not the same in both alphabets.
func differs(b []byte) bool {
	for _, c := range b {
		if c == '-' || c == '_' {
			return true
		}
	}
	return false
}

// percentKept are the bytes that encoders leave as they are besides the unreserved
// ones (RFC 3986, section 2.3).
var percentKept = [...]string{
	"",                 // most encoders, for queries
	"!'()*",            // encodeURIComponent (ECMA-262)
	";/?:@&=+$,#!'()*", // encodeURI
	"$&+=:@",           // url.PathEscape of Go
	"!$&'()*+,;=:@",    // all that a segment of a path may have (RFC 3986, 3.3)
}

// percent encodes all but the unreserved bytes and those kept.
func percent(dst, value []byte, kept, digits string) []byte {
	for _, c := range value {
		switch {
		case strings.IndexByte(kept, c) >= 0:
			dst = append(dst, c)
		case keptAsIs[c]:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// escape writes value as the inside of a JSON string.
func escape(dst, value []byte, html bool) []byte {
	const digits = "0123456789abcdef"
	for len(value) > 0 {
		r, n := utf8.DecodeRune(value)
		switch c := value[0]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < 0x20, html && (c == '<' || c == '>' || c == '&'):
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case r == utf8.RuneError && n == 1:
			dst = append(dst, `\ufffd`...)
		case html && (r == 0x2028 || r == 0x2029):
			dst = append(dst, `\u202`...)
			dst = append(dst, digits[r&15])
		default:
			dst = append(dst, value[:n]...)
		}
		value = value[n:]
	}
	return dst
}
