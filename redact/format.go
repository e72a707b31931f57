package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// A surrogate has the length of its value, and at every place a character of the
// same class: small letter, capital, digit. What is none of these stays. It is
// made with a key from the value alone, and its last letters and digits are a
// keyed check of the others, by which it is recognised.
const (
	// leastFormat is how many letters and digits a value must have.
	leastFormat = 16
	// formatCheck is how many of them are the check: 20 bits of digits, 28 of
	// letters.
	formatCheck = 6
)

// formatter makes surrogates and recognises them. It is safe for concurrent use.
type formatter struct{ key []byte }

// changing returns how many letters and digits value has.
func changing(value []byte) (n int) {
	for _, c := range value {
		if base, _ := classOf(c); base != 0 {
			n++
		}
	}
	return n
}

// formattable reports whether a value can have a surrogate that stands where it
// does: the letters of an escape must stay.
func formattable(value []byte) bool {
	for _, c := range value {
		if c == '\\' || c == '%' || c == '&' || c == '=' || c >= 0x80 || c <= ' ' {
			return false
		}
	}
	return changing(value) >= leastFormat
}

// classOf returns the first character of the class of c and the size of the
// class; 0 for what stays.
func classOf(c byte) (base byte, size uint64) {
	switch {
	case c >= 'a' && c <= 'z':
		return 'a', 26
	case c >= 'A' && c <= 'Z':
		return 'A', 26
	case c >= '0' && c <= '9':
		return '0', 10
	}
	return 0, 0
}

// append appends the surrogate of a value.
func (f *formatter) append(dst, value []byte) []byte {
	n := len(dst)
	dst = append(dst, value...)
	out := dst[n:]
	count := changing(out)
	s := stream{key: f.key, seed: f.sum("value", value)}
	body := 0
	for i, c := range out {
		if base, size := classOf(c); base != 0 && body < count-formatCheck {
			out[i] = base + byte(s.next(size))
			body++
		}
	}
	f.check(out, func(i int, c byte) bool {
		out[i] = c
		return true
	})
	return dst
}

// made reports whether value is a surrogate.
func (f *formatter) made(value []byte) bool {
	if len(value) < leastFormat || len(value) > maxFormatted || !formattable(value) {
		return false
	}
	return f.check(value, func(i int, c byte) bool { return value[i] == c })
}

// maxFormatted bounds what is recognised.
const maxFormatted = 4 << 10

// check calls each with the places and characters of the check of a surrogate
// until it returns false. Only the classes of what stands there now count.
func (f *formatter) check(value []byte, each func(i int, c byte) bool) bool {
	at := len(value)
	for left := formatCheck; left > 0; {
		at--
		if base, _ := classOf(value[at]); base != 0 {
			left--
		}
	}
	var classes []byte
	for _, c := range value[at:] {
		if base, _ := classOf(c); base != 0 {
			c = base
		}
		classes = append(classes, c)
	}
	s := stream{key: f.key, seed: f.sum("check", value[:at], classes)}
	for i := at; i < len(value); i++ {
		if base, size := classOf(value[i]); base != 0 && !each(i, base+byte(s.next(size))) {
			return false
		}
	}
	return true
}

func (f *formatter) sum(use string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, f.key)
	h.Write([]byte(use))
	for _, p := range parts {
		h.Write(binary.AppendUvarint(nil, uint64(len(p))))
		h.Write(p)
	}
	return h.Sum(nil)
}

// stream is HMAC-SHA-256 of a seed and a counter.
type stream struct {
	key, seed []byte
	block     []byte
	n         uint64
}

// next returns a number below size, which is at most 26: of 64 bits modulo it,
// which is uneven by less than 2^-59.
func (s *stream) next(size uint64) uint64 {
	if len(s.block) < 8 {
		h := hmac.New(sha256.New, s.key)
		h.Write([]byte("stream"))
		h.Write(s.seed)
		h.Write(binary.BigEndian.AppendUint64(nil, s.n))
		s.block = h.Sum(nil)
		s.n++
	}
	v := binary.BigEndian.Uint64(s.block)
	s.block = s.block[8:]
	return v % size
}
