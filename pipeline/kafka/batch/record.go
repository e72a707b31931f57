package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// Record is one record of a batch. Its slices are views of the batch's records;
// a nil one is null, which is not the same as empty.
type Record struct {
	Attributes int8
	Timestamp  int64 // milliseconds of Unix time
	Offset     int64
	Key, Value []byte
	Headers    Headers
	// body is all behind the offset: key, value and headers as they are written.
	body []byte
}

// Size is the length of key, value and headers as they are written.
func (r *Record) Size() int { return len(r.body) }

// Headers are the headers of a record as they are written: their count and
// then each with key and value, in the producer's order.
type Headers []byte

// Header is one header. A nil value is null.
type Header struct {
	Key, Value []byte
}

// All calls yield for each header in order. The record was checked when it was read.
func (h Headers) All(yield func(Header) bool) {
	n, p, err := varint(h)
	for ; err == nil && n > 0; n-- {
		var x Header
		if x.Key, p, err = varbytes(p); err != nil {
			return
		}
		if x.Value, p, err = varbytes(p); err != nil {
			return
		}
		if !yield(x) {
			return
		}
	}
}

// AppendHeaders appends headers as a record holds them.
func AppendHeaders(dst []byte, headers []Header) Headers {
	dst = binary.AppendVarint(dst, int64(len(headers)))
	for _, h := range headers {
		key := h.Key
		if key == nil {
			key = []byte{}
		}
		dst = appendBytes(dst, key)
		dst = appendBytes(dst, h.Value)
	}
	return dst
}

// With returns a copy of h with one more header at its end.
func (h Headers) With(x Header) Headers {
	n, p, err := varint(h)
	if err != nil {
		n, p = 0, nil
	}
	key := x.Key
	if key == nil {
		key = []byte{}
	}
	out := make([]byte, 0, len(h)+len(x.Key)+len(x.Value)+2*binary.MaxVarintLen32)
	out = binary.AppendVarint(out, n+1)
	out = append(out, p...)
	return appendBytes(appendBytes(out, key), x.Value)
}

// check reports whether h is well formed and nothing is behind it.
func (h Headers) check() error {
	if len(h) == 1 && h[0] == 0 {
		return nil
	}
	n, p, err := varint(h)
	if err != nil {
		return err
	}
	// Each takes two bytes at least.
	if n < 0 || n > int64(len(p)/2) {
		return errCount
	}
	for ; n > 0; n-- {
		var key []byte
		if key, p, err = varbytes(p); err != nil {
			return err
		}
		if key == nil {
			return errors.New("record batch: header without a key")
		}
		if _, p, err = varbytes(p); err != nil {
			return err
		}
	}
	if len(p) != 0 {
		return errTrailing
	}
	return nil
}

// Reader reads the records of a batch one after the other.
type Reader struct {
	rest   []byte
	left   int32
	base   int64
	time   int64
	broker bool // the broker's time is that of every record
	next   int64
	last   int64
	// headers are the last ones that were checked.
	headers Headers
	err     error
}

// NewReader returns a reader of the records of b, decompressed.
func NewReader(b *Batch, records []byte) Reader {
	r := Reader{rest: records, left: b.Count, base: b.BaseOffset, time: b.BaseTimestamp, next: b.BaseOffset, last: b.NextOffset()}
	if b.Attributes.LogAppendTime() {
		r.broker, r.time = true, b.MaxTimestamp
	}
	// A record takes seven bytes at least.
	if int64(b.Count)*7 > int64(len(records)) {
		r.err = errCount
	}
	return r
}

// Err returns why Next ended early, nil if it read every record and every byte.
func (r *Reader) Err() error { return r.err }

// Next reads the next record. It returns false at the end and at an error.
func (r *Reader) Next(rec *Record) bool {
	if r.err != nil {
		return false
	}
	if r.left == 0 {
		if len(r.rest) != 0 {
			r.err = errTrailing
		}
		return false
	}
	r.left--
	n, p, err := varint(r.rest)
	if err != nil {
		return r.fail(err)
	}
	if n < 1 || n > int64(len(p)) {
		return r.fail(errShort)
	}
	r.rest = p[n:]
	p = p[:n:n]
	rec.Attributes = int8(p[0])
	delta, p, err := varint(p[1:])
	if err != nil {
		return r.fail(err)
	}
	rec.Timestamp = r.time
	if !r.broker {
		rec.Timestamp += delta
	}
	if delta, p, err = varint(p); err != nil {
		return r.fail(err)
	}
	// Offsets rise, compaction or not.
	if delta < 0 || delta > math.MaxInt32 || r.base+delta < r.next || r.base+delta >= r.last {
		return r.fail(errors.New("record batch: offset out of order"))
	}
	rec.Offset = r.base + delta
	r.next = rec.Offset + 1
	rec.body = p
	if rec.Key, p, err = varbytes(p); err != nil {
		return r.fail(err)
	}
	if rec.Value, p, err = varbytes(p); err != nil {
		return r.fail(err)
	}
	rec.Headers = Headers(p)
	// Those of one producer are mostly the same.
	if !bytes.Equal(rec.Headers, r.headers) {
		if err = rec.Headers.check(); err != nil {
			return r.fail(err)
		}
		r.headers = rec.Headers
	}
	return true
}

func (r *Reader) fail(err error) bool {
	r.err = err
	return false
}

// varint reads a zigzag varint of at most ten bytes.
func varint(p []byte) (int64, []byte, error) {
	if len(p) > 0 && p[0] < 0x80 {
		u := p[0]
		return int64(u>>1) ^ -int64(u&1), p[1:], nil
	}
	if len(p) > 1 && p[1] < 0x80 {
		u := uint16(p[0]&0x7f) | uint16(p[1])<<7
		return int64(u>>1) ^ -int64(u&1), p[2:], nil
	}
	v, n := binary.Varint(p)
	if n <= 0 {
		return 0, nil, errVarint
	}
	return v, p[n:], nil
}

// varbytes reads bytes behind their length, of which -1 is null.
func varbytes(p []byte) ([]byte, []byte, error) {
	n, p, err := varint(p)
	if err != nil {
		return nil, nil, err
	}
	if n == -1 {
		return nil, p, nil
	}
	if n < 0 || n > int64(len(p)) {
		return nil, nil, errShort
	}
	return p[:n:n], p[n:], nil
}

func appendBytes(dst, b []byte) []byte {
	if b == nil {
		return append(dst, 1) // -1
	}
	dst = binary.AppendVarint(dst, int64(len(b)))
	return append(dst, b...)
}

func varintLen(v int64) int {
	u := uint64(v<<1) ^ uint64(v>>63)
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}
