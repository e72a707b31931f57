package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Escape returns the form of the escape that b begins with, None where there
// is none. A backslash counts only before what can stand for a mark or a
// letter in numbers, however many backslashes there are: \" is not a form of
// writing but the grammar of strings.
func Escape(b []byte) Form {
	if len(b) < 3 {
		return None
	}
	switch b[0] {
	case '%':
		if hex2(b[1:]) >= 0 {
			return Percent
		}
	case '=':
		if hex2(b[1:]) >= 0 {
			return QuotedPrintable
		}
	case '&':
		if _, n := entity(b); n > 0 {
			return Entity
		}
	case '\\':
		i := 1
		for i < len(b) && i < 16 && b[i] == '\\' {
			i++
		}
		if _, n := numeric(b[i:]); n > 0 {
			return Backslash
		}
	}
	return None
}

// numeric reads the u0022, x22 or 042 of an escape.
func numeric(b []byte) (r rune, n int) {
	if len(b) < 3 {
		return 0, 0
	}
	switch c := b[0]; {
	case c == 'u':
		if len(b) < 5 {
			return 0, 0
		}
		h, l := hex2(b[1:]), hex2(b[3:])
		if h < 0 || l < 0 {
			return 0, 0
		}
		return rune(h<<8 | l), 5
	case c == 'x':
		if h := hex2(b[1:]); h >= 0 {
			return rune(h), 3
		}
	case c >= '0' && c <= '3' && b[1]-'0' < 8 && b[2]-'0' < 8:
		return rune(c-'0')<<6 | rune(b[1]-'0')<<3 | rune(b[2]-'0'), 3
	}
	return 0, 0
}

// Unescape decodes one layer of src.
func (t *Text) Unescape(src []byte, f Form) {
	t.reset()
	for i := 0; i < len(src); {
		c, n := src[i], 0
		switch {
		case f == Percent && c == '%', f == QuotedPrintable && c == '=':
			if v := hex2(src[i+1:]); v >= 0 {
				t.add(byte(v), i)
				n = 3
			}
		case f == Entity && c == '&':
			var r rune
			if r, n = entity(src[i:]); n > 0 {
				t.rune(r, i)
			}
		case f == Backslash && c == '\\':
			n = t.backslash(src, i)
		}
		if n == 0 {
			t.add(c, i)
			n = 1
		}
		i += n
	}
	t.end(len(src))
}

// backslash decodes the escape at src[i] and returns its length, 0 for none.
func (t *Text) backslash(src []byte, i int) int {
	if i+1 == len(src) {
		return 0
	}
	c := src[i+1]
	if r, n := numeric(src[i+1:]); n > 0 {
		if n == 5 && utf16.IsSurrogate(r) && i+7 < len(src) && src[i+6] == '\\' && src[i+7] == 'u' {
			if low, m := numeric(src[i+7:]); m > 0 {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					t.rune(both, i)
					return 12
				}
			}
		}
		if n == 5 {
			t.rune(r, i)
		} else {
			t.add(byte(r), i) // a byte, not a character
		}
		return n + 1
	}
	switch c {
	case '\\', '"', '\'', '/', '`':
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	default:
		return 0
	}
	t.add(c, i)
	return 2
}

func (t *Text) rune(r rune, at int) {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		t.add(c, at)
	}
}

// entities are the references that programs write for the sake of syntax.
var entities = [...]struct {
	name string
	r    rune
}{{"quot;", '"'}, {"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"apos;", '\''}, {"nbsp;", 0xa0}}

// entity reads the character reference that b begins with.
func entity(b []byte) (r rune, n int) {
	if len(b) < 4 || b[0] != '&' {
		return 0, 0
	}
	if b[1] != '#' {
		for _, e := range entities {
			if len(b) > len(e.name) && string(b[1:1+len(e.name)]) == e.name {
				return e.r, 1 + len(e.name)
			}
		}
		return 0, 0
	}
	i, base := 2, rune(10)
	if b[i]|0x20 == 'x' {
		i, base = 3, 16
	}
	from := i
	for ; i < len(b) && i < from+8; i++ {
		d := unhex(b[i])
		if d < 0 || rune(d) >= base {
			break
		}
		r = r*base + rune(d)
		if r > utf8.MaxRune {
			return 0, 0
		}
	}
	if i == from || i == len(b) || b[i] != ';' {
		return 0, 0
	}
	return r, i + 1
}
