package decode

import (
	"bytes"
	"slices"
)

// A row of wrapped base64 has at least so many characters (RFC 7468 has 64,
// RFC 2045 has 76).
const shortestRow = 48

// sextets are the values of the characters of both alphabets of base64, plus
// one, so that 0 is no character.
var sextets = func() (v [256]uint8) {
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		v[c] = uint8(i) + 1
	}
	v['-'], v['_'] = 63, 64
	return v
}()

// IsBase64 reports whether c is a character of base64 or base64url, padding excluded.
func IsBase64(c byte) bool { return sextets[c] != 0 }

// sign reads a sign of base64 that something around it has escaped: %2B %2F
// %3D, \u002b \u002f \u003d, \/. It returns the sign and the length of the escape.
func sign(b []byte) (c byte, n int) {
	if len(b) < 2 {
		return 0, 0
	}
	v := -1
	switch {
	case b[0] == '%':
		v, n = hex2(b[1:]), 3
		if v == '%' && len(b) > 3 { // %252B
			v, n = hex2(b[3:]), 5
		}
	case b[0] != '\\':
	case b[1] == '/':
		return '/', 2
	case b[1] == 'u' && len(b) >= 6 && b[2] == '0' && b[3] == '0':
		v, n = hex2(b[4:]), 6
	case b[1] == 'x' && len(b) >= 4:
		v, n = hex2(b[2:]), 4
	}
	if v == '+' || v == '/' || v == '=' {
		return byte(v), n
	}
	return 0, 0
}

// lineBreak returns the length of a written line break: \n \r\n, with any
// number of backslashes, or %0A %0D%0A.
func lineBreak(b []byte) (n int) {
	for n < len(b) {
		i := n
		for i < len(b) && b[i] == '\\' {
			i++
		}
		switch {
		case i > n && i < len(b) && (b[i] == 'n' || b[i] == 'r'):
			n = i + 1
		case i == n && len(b)-i >= 3 && b[i] == '%' && (bytes.EqualFold(b[i:i+3], []byte("%0a")) || bytes.EqualFold(b[i:i+3], []byte("%0d"))):
			n = i + 3
		default:
			return n
		}
	}
	return n
}

// Base64End returns the end of the run of base64 that goes on at from, with
// its padding, in a text that it does not look beyond lim of. Signs may be
// escaped, and a run in rows of equal length goes on behind written line breaks.
func Base64End(t []byte, from, lim int) int {
	i, row := from, 0
	for i < lim {
		c := t[i]
		if sextets[c] != 0 {
			i++
			row++
			continue
		}
		if c == '=' {
			return padding(t, i, lim)
		}
		if c != '%' && c != '\\' {
			break
		}
		if s, n := sign(t[i:lim]); n > 0 {
			if s == '=' {
				return padding(t, i, lim)
			}
			i += n
			row++
			continue
		}
		n := lineBreak(t[i:lim])
		if n == 0 || row < shortestRow || i+n >= lim || sextets[t[i+n]] == 0 {
			break
		}
		i += n
		row = 0
	}
	return i
}

// padding returns the end of the padding at i.
func padding(t []byte, i, lim int) int {
	for range 2 {
		if i < lim && t[i] == '=' {
			i++
		} else if s, n := sign(t[i:lim]); n > 0 && s == '=' {
			i += n
		}
	}
	return i
}

// Base64Start returns the start of the run of base64 that holds t[at], not
// before lim. An escape in front of the run is not part of it.
func Base64Start(t []byte, at, lim int) int {
	i := at
	for i > lim {
		if sextets[t[i-1]] != 0 {
			i--
			continue
		}
		k := i - 1 // the byte that is no base64
		if t[k] != '%' && t[k] != '\\' {
			break
		}
		if s, n := sign(t[k:at]); n > 0 && s != '=' {
			i = k
			continue
		}
		if n := lineBreak(t[k:at]); n > 0 {
			row := k
			for row > lim && sextets[t[row-1]] != 0 {
				row--
			}
			if k-row >= shortestRow {
				i = k
				for i > lim && t[i-1] == '\\' {
					i--
				}
				continue
			}
			return min(k+n, at)
		}
		return min(k+escapeLen(t[k:at]), at)
	}
	// The run may begin behind a colour: ESC[33m.
	if i > 1 && t[i-1] == '[' || i > 0 && t[i-1] == ';' {
		for k := i; k < at && k < i+4; k++ {
			if t[k] == 'm' {
				return k + 1
			}
			if t[k]-'0' > 9 {
				break
			}
		}
	}
	return i
}

// escapeLen returns the length of the escape that b begins with, or 1.
func escapeLen(b []byte) int {
	switch {
	case b[0] == '%' && hex2(b[1:]) == '%' && hex2(b[3:]) >= 0:
		return 5
	case b[0] == '%' && hex2(b[1:]) >= 0:
		return 3
	case b[0] == '\\':
		if _, n := numeric(b[1:]); n > 0 {
			return n + 1
		}
		if len(b) > 1 && (b[1] == 't' || b[1] == 'b' || b[1] == 'f' || b[1] == 'a' || b[1] == 'v' || b[1] == '0') {
			return 2
		}
	}
	return 1
}

// AppendBase64 appends what a run decodes to. The character at run[mark] is
// number phase, 0 to 3, of its group of four; what stands before the first
// whole group is left out. escaped says whether any sign was.
func AppendBase64(dst, run []byte, mark, phase int) (out []byte, escaped Form) {
	before := 0
	for i := 0; i < mark; {
		n := 1
		if sextets[run[i]] != 0 {
			before++
		} else if _, m := sign(run[i:]); m > 0 {
			before++
			n = m
		} else if m := lineBreak(run[i:]); m > 0 {
			n = m
		}
		i += n
	}
	skip := (before - phase) & 3
	var acc uint32
	bits := 0
	dst = slices.Grow(dst, len(run)*3/4)
	for i := 0; i < len(run); {
		if bits == 0 && skip == 0 {
			for i+4 <= len(run) {
				a, b, c, d := sextets[run[i]], sextets[run[i+1]], sextets[run[i+2]], sextets[run[i+3]]
				if a == 0 || b == 0 || c == 0 || d == 0 {
					break
				}
				w := uint32(a-1)<<18 | uint32(b-1)<<12 | uint32(c-1)<<6 | uint32(d-1)
				dst = append(dst, byte(w>>16), byte(w>>8), byte(w))
				i += 4
			}
			if i == len(run) {
				break
			}
		}
		v, n := sextets[run[i]], 1
		if v == 0 {
			s, m := sign(run[i:])
			switch {
			case m > 0 && s != '=':
				v, n = sextets[s], m
				escaped = Percent
				if run[i] == '\\' {
					escaped = Backslash
				}
			case m == 0 && (run[i] == '\\' || run[i] == '%') && lineBreak(run[i:]) > 0:
				i += lineBreak(run[i:])
				continue
			default:
				if m > 0 {
					escaped = Percent
					if run[i] == '\\' {
						escaped = Backslash
					}
				}
				return dst, escaped // padding
			}
		}
		i += n
		if skip > 0 {
			skip--
			continue
		}
		acc = acc<<6 | uint32(v-1)
		if bits += 6; bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits))
		}
	}
	return dst, escaped
}

// Aligned returns how text looks in the middle of base64, at each of the three
// places it can have in a group of three bytes: the characters that do not
// depend on what stands around, and the number in its group of the first.
func Aligned(text string) (written [3]string, phase [3]int) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for a := range 3 {
		padded := append(make([]byte, a), text...)
		first := (8*a + 5) / 6
		for i := first; 6*(i+1) <= 8*len(padded); i++ {
			bit := 6 * i
			w := uint(padded[bit/8]) << 8
			if bit/8+1 < len(padded) {
				w |= uint(padded[bit/8+1])
			}
			written[a] += alphabet[w>>(10-bit%8)&63 : w>>(10-bit%8)&63+1]
		}
		phase[a] = first & 3
	}
	return written, phase
}
