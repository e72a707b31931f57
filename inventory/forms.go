package inventory

import (
	"encoding/base64"
	"encoding/hex"
	"iter"
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
		// One piece of memory has the value behind two bytes of what may stand
		// before it, and room for most forms.
		room := make([]byte, 2+len(value), 2+3*len(value)+8)
		copy(room[2:], value)
		buf := room[len(room):]
		for shift := range 3 {
			buf = aligned(buf[:0], room[2-shift:2+len(value)], shift)
			if len(buf) < dictionary.MinLen {
				continue
			}
			if !yield(Base64, buf) || forURLs(buf) && !yield(Base64URL, buf) {
				return
			}
		}
		if unreserved(value) { // nothing in it is ever escaped
			hexForms(value, buf, yield)
			return
		}
		var seen []byte // the forms so far, which end there
		var ends []int
		fresh := func(form Form) bool {
			from := 0
			for _, end := range ends {
				if string(seen[from:end]) == string(buf) {
					return true
				}
				from = end
			}
			if string(buf) == string(value) {
				return true
			}
			if seen == nil {
				seen, ends = make([]byte, 0, 8*len(buf)), make([]int, 0, 8)
			}
			seen = append(seen, buf...)
			ends = append(ends, len(seen))
			return yield(form, buf)
		}
		for _, kept := range percentKept {
			if buf = percent(buf[:0], value, kept, "0123456789ABCDEF"); !fresh(Percent) {
				return
			}
		}
		if buf = percent(buf[:0], value, &keptAsIs, "0123456789abcdef"); !fresh(Percent) {
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
	var all byte
	for i, c := range buf { // letters have the bit 0x40, and 0x20 if they are small
		all |= c
		buf[i] = c &^ (c >> 1 & 0x20)
	}
	if all&0x40 != 0 {
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

// aligned encodes in, a value behind shift bytes, as it looks when that many
// of a group of three stand before it, without the digits that depend on them
// and on what comes behind.
func aligned(dst, in []byte, shift int) []byte {
	dst = base64.RawStdEncoding.AppendEncode(dst, in)
	skip := [...]int{0, 2, 3}[shift]
	end := len(in) * 8 / 6
	return dst[min(skip, end):end]
}

// forURLs turns digits into those of the alphabet for URLs, and reports whether they
// are others.
func forURLs(b []byte) (differ bool) {
	for i, c := range b {
		switch c {
		case '+':
			b[i], differ = '-', true
		case '/':
			b[i], differ = '_', true
		}
	}
	return differ
}

// percentKept are the bytes that encoders leave as they are: the unreserved
// ones (RFC 3986, section 2.3) and some more.
var percentKept = [...]*[256]bool{
	&keptAsIs,                   // most encoders, for queries
	keeping("!'()*"),            // encodeURIComponent (ECMA-262)
	keeping(";/?:@&=+$,#!'()*"), // encodeURI
	keeping("$&+=:@"),           // url.PathEscape of Go
	keeping("!$&'()*+,;=:@"),    // all that a segment of a path may have (RFC 3986, 3.3)
}

func keeping(more string) *[256]bool {
	t := keptAsIs
	for i := range len(more) {
		t[more[i]] = true
	}
	return &t
}

// percent encodes all bytes but those kept.
func percent(dst, value []byte, kept *[256]bool, digits string) []byte {
	for _, c := range value {
		if kept[c] {
			dst = append(dst, c)
		} else {
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
