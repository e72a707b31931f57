// Package decode turns text that was written in another form back into the
// bytes it stands for: escapes, which leave letters as they are, and runs of
// base64, hexadecimal or decimal numbers, which do not.
//
// Nothing here fails. Log text is cut, glued and mixed, so every reader takes
// what can be read and leaves the rest as it stands.
package decode

// Form is a way to write bytes.
type Form uint8

const (
	None            Form = iota
	Percent              // %22 (RFC 3986, section 2.1)
	Backslash            // \u0022 \x22 \042 \" \n: JSON, C, JavaScript, nginx
	Entity               // &quot; &#34; &#x22; (HTML 5, section 13.5)
	QuotedPrintable      // =22 (RFC 2045, section 6.7)
	Base64               // RFC 4648, sections 4 and 5
	Hex                  // RFC 4648, section 8
	Decimal              // 34 92 or 0x22, 0x5c: byte arrays as programs print them
	Gzip                 // RFC 1952
	Zlib                 // RFC 1950
	UTF16                // little-endian
)

var forms = [...]string{"", "percent", "backslash", "entity", "quoted-printable", "base64", "hex", "decimal", "gzip", "zlib", "utf-16"}

func (f Form) String() string { return forms[f] }

// Text is decoded text that knows where its bytes stood. The zero value is
// ready, and its memory is used again.
type Text struct {
	Bytes []byte
	// at is where each byte began in the source, and where the source ended.
	at []int32
}

// Source returns the part of the source that Bytes[from:to] was read from.
func (t *Text) Source(from, to int) (start, end int) {
	for from > 0 && t.at[from] == t.at[from-1] {
		from-- // one escape may stand for several bytes
	}
	for to > 0 && to < len(t.Bytes) && t.at[to] == t.at[to-1] {
		to++
	}
	return int(t.at[from]), int(t.at[to])
}

func (t *Text) reset() { t.Bytes, t.at = t.Bytes[:0], t.at[:0] }

func (t *Text) add(c byte, at int) {
	t.Bytes = append(t.Bytes, c)
	t.at = append(t.at, int32(at))
}

func (t *Text) end(at int) { t.at = append(t.at, int32(at)) }

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case c-'0' < 10:
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20) - 'a' + 10
	}
	return -1
}

// hex2 reads two hexadecimal digits at the start of b, or returns -1.
func hex2(b []byte) int {
	if len(b) < 2 {
		return -1
	}
	h, l := unhex(b[0]), unhex(b[1])
	if h < 0 || l < 0 {
		return -1
	}
	return h<<4 | l
}
