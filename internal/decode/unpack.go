package decode

import (
	"bytes"
	"compress/flate"
	"io"
)

// Packed returns the compression that b begins as.
func Packed(b []byte) Form {
	switch {
	case len(b) > 18 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 && b[3]&0xe0 == 0: // RFC 1952, 2.3.1
		return Gzip
	case len(b) > 8 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && b[1]&0x20 == 0 && (uint(b[0])<<8|uint(b[1]))%31 == 0: // RFC 1950, 2.2
		return Zlib
	}
	return None
}

// Inflater decompresses. The zero value is ready, and its memory is used again.
type Inflater struct {
	source bytes.Reader
	reader io.ReadCloser
}

// Append appends what b decompresses to, at most room bytes, and reports
// whether there is more. What is cut or broken gives what stands before;
// checksums are not looked at.
func (x *Inflater) Append(dst, b []byte, f Form, room int) (out []byte, more bool) {
	switch f {
	case Gzip:
		b = gzipBody(b)
	case Zlib:
		b = b[2:]
	}
	x.source.Reset(b)
	if x.reader == nil {
		x.reader = flate.NewReader(&x.source)
	} else if err := x.reader.(flate.Resetter).Reset(&x.source, nil); err != nil {
		return dst, false
	}
	r := x.reader
	for limit := len(dst) + room; ; {
		if len(dst) == limit {
			var one [1]byte
			n, _ := io.ReadFull(r, one[:])
			return dst, n > 0
		}
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := r.Read(dst[len(dst):min(cap(dst), limit)])
		dst = dst[:len(dst)+n]
		if err != nil {
			return dst, false
		}
	}
}

// gzipBody returns what follows the header of a gzip member (RFC 1952, 2.3).
func gzipBody(b []byte) []byte {
	flags, i := b[3], 10
	if flags&4 != 0 && i+2 <= len(b) {
		i += 2 + int(b[i]) + int(b[i+1])<<8
	}
	for _, text := range []byte{8, 16} { // name, comment
		if flags&text != 0 && i < len(b) {
			n := bytes.IndexByte(b[i:], 0)
			if n < 0 {
				return nil
			}
			i += n + 1
		}
	}
	if flags&2 != 0 {
		i += 2
	}
	return b[min(i, len(b)):]
}

// Narrow takes the high bytes out of b where it is UTF-16, little-endian, of
// mostly ASCII characters, in place, and reports whether it was.
func Narrow(b []byte) ([]byte, bool) {
	if len(b) < 8 {
		return b, false
	}
	zeros := 0
	for i := 1; i < len(b); i += 2 {
		if b[i] == 0 {
			zeros++
		}
	}
	if zeros < len(b)/2*3/4 {
		return b, false
	}
	for i := 0; 2*i < len(b); i++ {
		b[i] = b[2*i]
	}
	return b[:(len(b)+1)/2], true
}
