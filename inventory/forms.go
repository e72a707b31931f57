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
func Forms(value []byte) iter.Seq2[Form, []byte] { return new(writer).forms(value) }

// writer writes forms. What it works with serves one value after the other.
type writer struct {
	room []byte // a value behind two bytes of what may stand before it
	buf  []byte // a form
	seen []byte // the forms so far, which end at ends
	ends []int
}

func (w *writer) forms(value []byte) iter.Seq2[Form, []byte] {
	return func(yield func(Form, []byte) bool) {
		if !yield(Plain, value) {
			return
		}
		w.room = append(append(w.room[:0], 0, 0), value...)
		for shift := range 3 {
			w.buf = aligned(w.buf[:0], w.room[2-shift:], shift)
			if len(w.buf) < dictionary.MinLen {
				continue
			}
			if !yield(Base64, w.buf) || forURLs(w.buf) && !yield(Base64URL, w.buf) {
				return
			}
		}
		if unreserved(value) { // nothing in it is ever escaped
			w.hexForms(value, yield)
			return
		}
		w.seen, w.ends = w.seen[:0], w.ends[:0]
		for _, kept := range percentKept {
			w.buf = percent(w.buf[:0], value, kept, "0123456789ABCDEF")
			if w.fresh(value) && !yield(Percent, w.buf) {
				return
			}
		}
		w.buf = percent(w.buf[:0], value, &keptAsIs, "0123456789abcdef")
		if w.fresh(value) && !yield(Percent, w.buf) {
			return
		}
		for _, html := range []bool{false, true} {
			w.buf = escape(w.buf[:0], value, html)
			if w.fresh(value) && !yield(JSON, w.buf) {
				return
			}
		}
		w.hexForms(value, yield)
	}
}

// fresh reports whether the form is another one than the value and those seen, and
// remembers it.
func (w *writer) fresh(value []byte) bool {
	from := 0
	for _, end := range w.ends {
		if string(w.seen[from:end]) == string(w.buf) {
			return false
		}
		from = end
	}
	if string(w.buf) == string(value) {
		return false
	}
	w.seen = append(w.seen, w.buf...)
	w.ends = append(w.ends, len(w.seen))
	return true
}

// hexForms yields the two cases of hexadecimal digits. The digits of no value are
// its own bytes, and nobody writes them in both cases at once.
func (w *writer) hexForms(value []byte, yield func(Form, []byte) bool) {
	w.buf = hex.AppendEncode(w.buf[:0], value)
	if !yield(Hex, w.buf) {
		return
	}
	var all byte
	for i, c := range w.buf { // letters have the bit 0x40, and 0x20 if they are small
		all |= c
		w.buf[i] = c &^ (c >> 1 & 0x20)
	}
	if all&0x40 != 0 {
		yield(Hex, w.buf)
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
