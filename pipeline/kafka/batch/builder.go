package batch

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// Builder collects records and writes them as a batch. The zero value is empty
// and ready. It is for one goroutine.
type Builder struct {
	records []byte
	count   int32
	base    int64 // the first record's time
	max     int64
}

// Len returns how many records were appended.
func (b *Builder) Len() int { return int(b.count) }

// Size returns how long the batch will be if it is not compressed.
func (b *Builder) Size() int { return HeaderSize + len(b.records) }

// Reset empties the builder.
func (b *Builder) Reset() { *b = Builder{records: b.records[:0]} }

// Append appends a record with new contents. Of r, attributes and time count.
// A nil key or value is null; headers are as AppendHeaders writes them.
func (b *Builder) Append(r *Record, key, value []byte, headers Headers) {
	if len(headers) == 0 {
		headers = Headers{0}
	}
	b.open(r, bytesLen(key)+bytesLen(value)+len(headers))
	b.records = appendBytes(b.records, key)
	b.records = appendBytes(b.records, value)
	b.records = append(b.records, headers...)
}

// Copy appends a record as it was read.
func (b *Builder) Copy(r *Record) {
	b.open(r, len(r.body))
	b.records = append(b.records, r.body...)
}

// open writes what stands before a body of n bytes.
func (b *Builder) open(r *Record, n int) {
	if b.count == 0 {
		b.base, b.max = r.Timestamp, r.Timestamp
	}
	b.max = max(b.max, r.Timestamp)
	delta := r.Timestamp - b.base
	b.records = binary.AppendVarint(b.records, int64(1+varintLen(delta)+varintLen(int64(b.count))+n))
	b.records = append(b.records, byte(r.Attributes))
	b.records = binary.AppendVarint(b.records, delta)
	b.records = binary.AppendVarint(b.records, int64(b.count))
	b.count++
}

func bytesLen(b []byte) int {
	if b == nil {
		return 1
	}
	return varintLen(int64(len(b))) + len(b)
}

// Finish appends the batch to dst, as a producer without an id sends it, and
// empties the builder. It must hold a record.
func (b *Builder) Finish(dst []byte, e *Encoder, c Codec) ([]byte, error) {
	start := len(dst)
	dst = append(dst, make([]byte, HeaderSize)...)
	dst, err := e.compress(dst, c, b.records)
	if err != nil {
		return nil, err
	}
	raw := dst[start:]
	if len(raw) > math.MaxInt32 {
		return nil, ErrTooLarge
	}
	binary.BigEndian.PutUint32(raw[atLength:], uint32(len(raw)-atLeaderEpoch))
	raw[atMagic] = 2
	binary.BigEndian.PutUint16(raw[atAttributes:], uint16(c))
	binary.BigEndian.PutUint32(raw[atLastDelta:], uint32(b.count-1))
	binary.BigEndian.PutUint64(raw[atBaseTime:], uint64(b.base))
	binary.BigEndian.PutUint64(raw[atMaxTime:], uint64(b.max))
	binary.BigEndian.PutUint32(raw[atCount:], uint32(b.count))
	binary.BigEndian.PutUint32(raw[atCRC:], crc32.Checksum(raw[atAttributes:], castagnoli))
	Stamp(raw, Anonymous)
	b.Reset()
	return dst, nil
}
