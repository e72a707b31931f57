// Package textenc tells how the text of a file is encoded and turns UTF-16 into
// UTF-8 and back without losing a byte, valid or not.
package textenc

import (
	"bytes"
	"errors"
)

// Encoding is how text is written in bytes.
type Encoding uint8

const (
	// Bytes is UTF-8 or anything else that holds ASCII as it is; it needs no transcoding.
	Bytes Encoding = iota
	UTF16LE
	UTF16BE
)

func (e Encoding) String() string { return [...]string{"utf-8", "utf-16le", "utf-16be"}[e] }

// SampleSize is how many bytes Detect and Binary look at, at most.
const SampleSize = 8 << 10

// ErrUTF32 is returned for text no encoding of this package reads.
var ErrUTF32 = errors.New("utf-32 text is not read; convert it to utf-8 first")

// Detect tells the encoding from the first bytes of a text: by its byte order
// mark, else by where its zero bytes stand. A text of two-byte units in which
// every fifth is ASCII is taken for UTF-16: times, blanks and digits see to
// that in the log of any language.
func Detect(sample []byte) (Encoding, error) {
	sample = sample[:min(len(sample), SampleSize)]
	switch {
	case bytes.HasPrefix(sample, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(sample, []byte("\x00\x00\xfe\xff")):
		return Bytes, ErrUTF32
	case bytes.HasPrefix(sample, []byte("\xff\xfe")):
		return UTF16LE, nil
	case bytes.HasPrefix(sample, []byte("\xfe\xff")):
		return UTF16BE, nil
	}
	return guess(sample)
}

func guess(sample []byte) (Encoding, error) {
	if bytes.IndexByte(sample, 0) < 0 {
		return Bytes, nil
	}
	var units, le, be, wide int
	for i := 0; i+1 < len(sample); i += 2 {
		a, b := sample[i], sample[i+1]
		switch {
		case b == 0 && isText(a):
			le++
		case a == 0 && isText(b):
			be++
		case a == 0 && b == 0:
			continue // padding, as a crash leaves behind, says nothing
		}
		units++
	}
	for i := 0; i+3 < len(sample); i += 4 {
		if q := sample[i : i+4]; isText(q[0]) && q[1]|q[2]|q[3] == 0 || isText(q[3]) && q[0]|q[1]|q[2] == 0 {
			wide++
		}
	}
	switch {
	case wide > 1 && wide*8 > len(sample): // half of the four-byte units
		return Bytes, ErrUTF32
	case le > 1 && le*5 >= units && be*20 <= le:
		return UTF16LE, nil
	case be > 1 && be*5 >= units && le*20 <= be:
		return UTF16BE, nil
	}
	return Bytes, nil
}

func isText(b byte) bool {
	return b >= ' ' && b < 0x7f || b == '\t' || b == '\n' || b == '\r' || b == 0x1b
}

// Switches reports whether text that began as Bytes goes on as UTF-16, as a log
// does that two programs append to. block is any later piece of it.
func Switches(block []byte) bool {
	i := bytes.IndexByte(block, 0)
	if i < 0 {
		return false
	}
	rest := block[i:]
	e, err := guess(rest[:min(len(rest), SampleSize)])
	return err != nil || e != Bytes && len(rest) >= 16
}

// Binary reports whether a sample of Bytes looks like no text: one byte in a
// hundred is zero.
func Binary(sample []byte) bool {
	sample = sample[:min(len(sample), SampleSize)]
	return bytes.Count(sample, []byte{0})*100 > len(sample)
}
