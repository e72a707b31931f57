package textenc

import (
	"io"
	"unicode/utf8"
)

// A surrogate that has no partner is written as the three bytes it would have
// in UTF-8 (WTF-8, https://simonsapin.github.io/wtf-8/), and half a unit at the
// end as if its other byte were zero, so that every sequence of bytes comes
// back as it was.

const (
	highFirst, highLast = 0xd800, 0xdbff
	lowFirst, lowLast   = 0xdc00, 0xdfff
)

// Decoder turns UTF-16 that comes in pieces cut anywhere into UTF-8. It is for
// one goroutine.
type Decoder struct {
	enc  Encoding
	odd  bool // half holds the first byte of a unit
	half byte
	high rune // a high surrogate waiting for its partner, or 0
}

// NewDecoder returns a decoder of UTF16LE or UTF16BE.
func NewDecoder(e Encoding) *Decoder { return &Decoder{enc: e} }

func (d *Decoder) unit(a, b byte) rune {
	if d.enc == UTF16LE {
		return rune(b)<<8 | rune(a)
	}
	return rune(a)<<8 | rune(b)
}

// Append appends the text of src. A unit or pair that src cuts waits for the next call.
func (d *Decoder) Append(dst, src []byte) []byte {
	if d.odd && len(src) > 0 {
		d.odd = false
		dst = d.append(dst, d.unit(d.half, src[0]))
		src = src[1:]
	}
	lo, hi := 0, 1
	if d.enc == UTF16BE {
		lo, hi = 1, 0
	}
	for len(src) >= 2 {
		if src[hi] == 0 && src[lo] < utf8.RuneSelf && d.high == 0 {
			dst = append(dst, src[lo])
		} else {
			dst = d.append(dst, rune(src[hi])<<8|rune(src[lo]))
		}
		src = src[2:]
	}
	if len(src) == 1 {
		d.odd, d.half = true, src[0]
	}
	return dst
}

func (d *Decoder) append(dst []byte, u rune) []byte {
	if d.high != 0 {
		h := d.high
		d.high = 0
		if u >= lowFirst && u <= lowLast {
			return utf8.AppendRune(dst, 0x10000+(h-highFirst)<<10+(u-lowFirst))
		}
		dst = appendUnit(dst, h)
	}
	if u >= highFirst && u <= highLast {
		d.high = u
		return dst
	}
	return appendUnit(dst, u)
}

// appendUnit is utf8.AppendRune that keeps surrogates.
func appendUnit(dst []byte, u rune) []byte {
	if u < highFirst || u > lowLast {
		return utf8.AppendRune(dst, u)
	}
	return append(dst, 0xe0|byte(u>>12), 0x80|byte(u>>6)&0x3f, 0x80|byte(u)&0x3f)
}

// End appends what was waiting when the text ends.
func (d *Decoder) End(dst []byte) []byte {
	if d.odd {
		dst = d.append(dst, d.unit(d.half, 0))
	}
	if d.high != 0 {
		dst = appendUnit(dst, d.high)
		d.high = 0
	}
	return dst
}

// Encoder turns UTF-8, as a Decoder wrote it, back into UTF-16. It is for one goroutine.
type Encoder struct {
	w    io.Writer
	enc  Encoding
	rest []byte // a character that a Write cut
	buf  []byte
	last [2]byte
	held bool // last waits for Close
}

// NewEncoder returns an encoder that writes to w, once per Write.
func NewEncoder(w io.Writer, e Encoding) *Encoder { return &Encoder{w: w, enc: e} }

// Write encodes p; a character that p cuts waits for the next call, and so does
// the last unit of all. What is no UTF-8 becomes U+FFFD.
func (e *Encoder) Write(p []byte) (int, error) {
	n := len(p)
	if len(e.rest) > 0 {
		p = append(e.rest, p...)
		e.rest = nil
	}
	e.buf = e.buf[:0]
	if e.held {
		e.buf = append(e.buf, e.last[:]...)
		e.held = false
	}
	for len(p) > 0 {
		if b := p[0]; b < utf8.RuneSelf {
			e.put(rune(b))
			p = p[1:]
			continue
		}
		if len(p) < 3 && surrogateStart(p) || !utf8.FullRune(p) {
			e.rest = append([]byte(nil), p...)
			break
		}
		p = p[e.rune(p):]
	}
	return n, e.flush()
}

// surrogateStart reports whether p may be cut from a surrogate; utf8.FullRune
// takes that for an error and is content with it.
func surrogateStart(p []byte) bool {
	return p[0] == 0xed && (len(p) == 1 || p[1] >= 0xa0 && p[1] <= 0xbf)
}

// rune encodes the first character of p and returns its length.
func (e *Encoder) rune(p []byte) int {
	if len(p) >= 3 && surrogateStart(p) && p[2]&0xc0 == 0x80 {
		e.put(rune(p[0]&0xf)<<12 | rune(p[1]&0x3f)<<6 | rune(p[2]&0x3f))
		return 3
	}
	r, n := utf8.DecodeRune(p)
	if r >= 0x10000 {
		r -= 0x10000
		e.put(highFirst + r>>10)
		r = lowFirst + r&0x3ff
	}
	e.put(r)
	return n
}

func (e *Encoder) put(u rune) {
	if e.enc == UTF16LE {
		e.buf = append(e.buf, byte(u), byte(u>>8))
	} else {
		e.buf = append(e.buf, byte(u>>8), byte(u))
	}
}

// flush writes all but the last unit.
func (e *Encoder) flush() error {
	if n := len(e.buf); n > 0 {
		e.last, e.held = [2]byte(e.buf[n-2:]), true
		e.buf = e.buf[:n-2]
	}
	if len(e.buf) == 0 {
		return nil
	}
	_, err := e.w.Write(e.buf)
	return err
}

// Flush writes the unit that waits, for a text that pauses.
func (e *Encoder) Flush() error {
	if !e.held {
		return nil
	}
	e.held = false
	_, err := e.w.Write(e.last[:])
	return err
}

// Close writes what is left. When d, which decoded the text, ended in half a
// unit and that unit is still the last, half of it is written.
func (e *Encoder) Close(d *Decoder) error {
	for rest := e.rest; len(rest) > 0; rest = rest[1:] {
		e.rest = nil
		e.buf = e.buf[:0]
		if e.held {
			e.buf = append(e.buf, e.last[:]...)
		}
		e.put(utf8.RuneError)
		if err := e.flush(); err != nil {
			return err
		}
	}
	if d.odd && e.held && e.last == [2]byte{d.half, 0} {
		_, err := e.w.Write(e.last[:1])
		return err
	}
	return e.Flush()
}
