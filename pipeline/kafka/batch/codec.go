package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Decoder decompresses the records of batches, for one goroutine.
type Decoder struct {
	limit int
	buf   []byte
	src   bytes.Reader
	gzip  *gzip.Reader
	lz4   *lz4.Reader
	zstd  *zstd.Decoder
}

// NewDecoder returns a decoder for batches whose records take at most limit
// bytes when decompressed.
func NewDecoder(limit int) *Decoder { return &Decoder{limit: limit} }

// Records returns the records of b as bytes, to be read by a Reader. They are
// b's own where they are not compressed, and otherwise valid until the next call.
// ErrTooLarge says that there would be more than the limit.
func (d *Decoder) Records(b *Batch) (records []byte, err error) {
	p := b.Raw[HeaderSize:]
	// Codecs are others' code, which runs on bytes of a stranger's choice.
	defer func() {
		if recover() != nil {
			d.gzip, d.lz4, d.zstd = nil, nil, nil
			records, err = nil, errors.New("record batch: decompression failed")
		}
	}()
	switch b.Attributes.Codec() {
	case None:
		if len(p) > d.limit {
			return nil, ErrTooLarge
		}
		return p, nil
	case Gzip:
		d.src.Reset(p)
		if d.gzip == nil {
			d.gzip = new(gzip.Reader)
		}
		if err := d.gzip.Reset(&d.src); err != nil {
			return nil, wrap(Gzip, err)
		}
		return d.drain(Gzip, d.gzip)
	case Snappy:
		return d.snappy(p)
	case LZ4:
		d.src.Reset(p)
		if d.lz4 == nil {
			d.lz4 = lz4.NewReader(nil)
		}
		d.lz4.Reset(&d.src)
		return d.drain(LZ4, d.lz4)
	case Zstd:
		if d.zstd == nil {
			d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(d.limit)),
				zstd.WithDecoderMaxWindow(max(uint64(d.limit), zstd.MinWindowSize)))
			if err != nil {
				return nil, wrap(Zstd, err)
			}
		}
		out, err := d.zstd.DecodeAll(p, d.buf[:0])
		if cap(out) > cap(d.buf) {
			d.buf = out[:0]
		}
		switch {
		case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded), err == nil && len(out) > d.limit:
			return nil, ErrTooLarge
		case err != nil:
			return nil, wrap(Zstd, err)
		}
		return out, nil
	}
	return nil, fmt.Errorf("record batch: unknown codec %d", b.Attributes.Codec())
}

func wrap(c Codec, err error) error { return fmt.Errorf("record batch: %v: %w", c, err) }

// drain reads r to its end or to one byte more than the limit.
func (d *Decoder) drain(c Codec, r io.Reader) ([]byte, error) {
	out := d.buf[:0]
	for {
		if len(out) == cap(out) {
			grown := make([]byte, len(out), min(max(64<<10, 2*cap(out)), d.limit+1))
			copy(grown, out)
			out = grown
			d.buf = out[:0]
		}
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		switch {
		case len(out) > d.limit:
			return nil, ErrTooLarge
		case err == io.EOF:
			return out, nil
		case err != nil:
			return nil, wrap(c, err)
		}
	}
}

// xerial is what snappy-java's stream format begins with, which Java's clients
// write: a magic number, a version and the oldest version that can read it. Blocks
// follow, each behind its length. librdkafka writes one plain block instead.
var xerial = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1}

const xerialMagic = 8

func (d *Decoder) snappy(p []byte) ([]byte, error) {
	d.buf = d.buf[:0]
	if !bytes.HasPrefix(p, xerial[:xerialMagic]) {
		return d.block(p)
	}
	if len(p) < len(xerial) {
		return nil, wrap(Snappy, io.ErrUnexpectedEOF)
	}
	p = p[len(xerial):]
	for len(p) > 0 {
		if len(p) < 4 {
			return nil, wrap(Snappy, io.ErrUnexpectedEOF)
		}
		// Streams may be glued to each other, each with its own beginning.
		if bytes.HasPrefix(p, xerial[:xerialMagic]) && len(p) >= len(xerial) {
			p = p[len(xerial):]
			continue
		}
		n := int64(binary.BigEndian.Uint32(p))
		p = p[4:]
		if n > int64(len(p)) {
			return nil, wrap(Snappy, io.ErrUnexpectedEOF)
		}
		if _, err := d.block(p[:n]); err != nil {
			return nil, err
		}
		p = p[n:]
	}
	return d.buf, nil
}

// block appends a block of snappy to d.buf.
func (d *Decoder) block(p []byte) ([]byte, error) {
	n, err := s2.DecodedLen(p)
	if err != nil {
		return nil, wrap(Snappy, err)
	}
	start := len(d.buf)
	if n > d.limit-start {
		return nil, ErrTooLarge
	}
	if need := start + n; need > cap(d.buf) {
		grown := make([]byte, start, min(max(need, 2*cap(d.buf)), d.limit))
		copy(grown, d.buf)
		d.buf = grown
	}
	if n > 0 {
		if _, err := s2.Decode(d.buf[start:start+n:start+n], p); err != nil {
			return nil, wrap(Snappy, err)
		}
	}
	d.buf = d.buf[:start+n]
	return d.buf, nil
}

// Encoder compresses records, for one goroutine. The zero value is ready.
type Encoder struct {
	out  bytes.Buffer
	gzip *gzip.Writer
	lz4  *lz4.Writer
	zstd *zstd.Encoder
}

// compress appends p to dst, compressed.
func (e *Encoder) compress(dst []byte, c Codec, p []byte) ([]byte, error) {
	switch c {
	case None:
		return append(dst, p...), nil
	case Gzip:
		e.out = *bytes.NewBuffer(dst)
		if e.gzip == nil {
			e.gzip = gzip.NewWriter(nil)
		}
		e.gzip.Reset(&e.out)
		return e.through(c, e.gzip, p)
	case Snappy:
		const block = 32 << 10
		dst = append(dst, xerial...)
		for len(p) > 0 {
			n := min(len(p), block)
			at := len(dst)
			dst = append(dst, 0, 0, 0, 0)
			need := s2.MaxEncodedLen(n)
			dst = append(dst, make([]byte, need)...)
			enc := s2.EncodeSnappy(dst[at+4:], p[:n])
			binary.BigEndian.PutUint32(dst[at:], uint32(len(enc)))
			dst = dst[:at+4+len(enc)]
			p = p[n:]
		}
		return dst, nil
	case LZ4:
		e.out = *bytes.NewBuffer(dst)
		if e.lz4 == nil {
			e.lz4 = lz4.NewWriter(nil)
			// What Java's clients write and read: 64 KB blocks without checksums.
			if err := e.lz4.Apply(lz4.BlockSizeOption(lz4.Block64Kb), lz4.ChecksumOption(false)); err != nil {
				return dst, wrap(c, err)
			}
		}
		e.lz4.Reset(&e.out)
		return e.through(c, e.lz4, p)
	case Zstd:
		if e.zstd == nil {
			var err error
			e.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
			if err != nil {
				return dst, wrap(c, err)
			}
		}
		return e.zstd.EncodeAll(p, dst), nil
	}
	return dst, fmt.Errorf("record batch: unknown codec %d", c)
}

func (e *Encoder) through(c Codec, w io.WriteCloser, p []byte) ([]byte, error) {
	if _, err := w.Write(p); err != nil {
		return nil, wrap(c, err)
	}
	if err := w.Close(); err != nil {
		return nil, wrap(c, err)
	}
	out := e.out.Bytes()
	e.out = bytes.Buffer{}
	return out, nil
}
