// Package packed reads and writes compressed files, gzip and zstd, and keeps
// what they decode to within limits.
package packed

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Format is a compression.
type Format uint8

const (
	Plain Format = iota // not compressed
	Gzip
	Zstd
)

func (f Format) String() string { return [...]string{"plain", "gzip", "zstd"}[f] }

// maxWindow is the largest zstd window accepted, the limit of the zstd tool
// without --long or --memory (zstd(1), ZSTD_WINDOWLOG_LIMIT_DEFAULT).
const maxWindow = 128 << 20

// ErrNotRead is wrapped by the error for a compression that hides its text from
// this program: passing it on would pass on what it holds.
var ErrNotRead = errors.New("not read")

// unread are first bytes of formats that are not read.
var unread = []struct{ magic, name string }{
	{"\xfd7zXZ\x00", "xz"},
	{"BZh", "bzip2"}, // and a digit and the block mark, see Detect
	{"PK\x03\x04", "zip"},
	{"7z\xbc\xaf\x27\x1c", "7z"},
	{"\x04\x22\x4d\x18", "lz4"},
	{"Rar!\x1a\x07", "rar"},
	{"\xff\x06\x00\x00sNaPpY", "snappy"},
	{"\x1f\x9d", "compress"},
}

// Detect tells the compression from a file's first bytes.
func Detect(head []byte) (Format, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")): // RFC 1952, 2.3.1
		return Gzip, nil
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")), // RFC 8878, 3.1.1
		len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.HasPrefix(head[1:], []byte("\x2a\x4d\x18")): // skippable frame, 3.1.2
		return Zstd, nil
	}
	for _, u := range unread {
		if bytes.HasPrefix(head, []byte(u.magic)) && (u.name != "bzip2" || bzip2(head)) {
			return Plain, fmt.Errorf("%s data is %w; decompress it first", u.name, ErrNotRead)
		}
	}
	return Plain, nil
}

// Undecided reports whether head is too short for Detect: more bytes could make
// it one of the formats it knows.
func Undecided(head []byte) bool {
	begins := func(magic string) bool {
		return len(head) < len(magic) && magic[:len(head)] == string(head)
	}
	for _, u := range unread {
		if begins(u.magic) || u.name == "bzip2" && len(head) < 10 && bytes.HasPrefix(head, []byte(u.magic)) {
			return true
		}
	}
	return begins("\x1f\x8b\x08") || begins("\x28\xb5\x2f\xfd") ||
		len(head) > 0 && len(head) < 4 && head[0]&0xf0 == 0x50 && string(head[1:]) == "\x2a\x4d\x18"[:len(head)-1]
}

// bzip2 tells a bzip2 file from a text that begins with its letters: a digit and
// the mark of a block or of the end follow.
func bzip2(head []byte) bool {
	return len(head) >= 10 && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90")
}

// Tar reports whether head, 262 bytes or more, begins a tar archive: the
// lengths of its members stand in its headers and would no longer be true.
func Tar(head []byte) bool {
	return len(head) >= 262 && string(head[257:262]) == "ustar"
}

// Limits bound what a compressed file may decode to.
type Limits struct {
	Bytes int64 // most decoded bytes; 0 is no limit
	Ratio int64 // most decoded bytes per compressed byte, looked at from 16 MiB decoded; 0 is no limit
}

const ratioFrom = 16 << 20

// Reader decodes a compressed file.
type Reader struct {
	in   counter
	dec  io.Reader
	zstd *zstd.Decoder
	lim  Limits
	out  int64
	head gzip.Header
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// NewReader returns a reader of all members of r, compressed as f.
func NewReader(r io.Reader, f Format, lim Limits) (*Reader, error) {
	p := &Reader{in: counter{r: r}, lim: lim}
	switch f {
	case Gzip:
		z, err := gzip.NewReader(&p.in)
		if err != nil {
			return nil, unpackError(f, err)
		}
		p.dec, p.head = z, z.Header
	case Zstd:
		z, err := zstd.NewReader(&p.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, unpackError(f, err)
		}
		p.dec, p.zstd = z, z
	default:
		p.dec = &p.in
	}
	return p, nil
}

func unpackError(f Format, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%v: %w", f, err)
}

// Read decodes; it fails once a limit is passed, after the bytes within it.
func (p *Reader) Read(b []byte) (int, error) {
	n, err := p.dec.Read(b)
	p.out += int64(n)
	if p.lim.Bytes > 0 && p.out > p.lim.Bytes {
		return n - int(p.out-p.lim.Bytes), fmt.Errorf("decodes to more than %d bytes; raise --max-decoded to read it", p.lim.Bytes)
	}
	if p.lim.Ratio > 0 && p.out > ratioFrom && p.out/p.lim.Ratio > p.in.n {
		return n, fmt.Errorf("decodes to more than %d times its size; raise --max-ratio to read it", p.lim.Ratio)
	}
	if err != nil && err != io.EOF {
		f := Gzip
		if p.zstd != nil {
			f = Zstd
		}
		err = unpackError(f, err)
	}
	return n, err
}

// Close frees the decoder; it does not close the file.
func (p *Reader) Close() {
	if p.zstd != nil {
		p.zstd.Close()
	}
}

// NewWriter returns a writer that compresses as f. A gzip file keeps name, time
// and comment of the first member of from, which may be nil. Close ends the
// compressed data and leaves w open.
func NewWriter(w io.Writer, f Format, from *Reader) (io.WriteCloser, error) {
	switch f {
	case Gzip:
		z := gzip.NewWriter(w)
		if from != nil {
			z.Header = from.head
		}
		return z, nil
	case Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	}
	return nopCloser{w}, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
