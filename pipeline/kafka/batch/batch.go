// Package batch reads and writes Kafka's record batches, version 2 ("magic" 2),
// as they stand in Fetch responses and Produce requests.
//
// The format is that of KIP-98 and of "Record Batch" in Kafka's documentation
// (https://kafka.apache.org/documentation/#recordbatch). Everything that is
// read is checked against its bounds; nothing here trusts a broker.
package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// HeaderSize is the length of a batch without its records.
const HeaderSize = 61

// Offsets of the fields of a batch.
const (
	atLength       = 8 // of what follows it
	atLeaderEpoch  = 12
	atMagic        = 16
	atCRC          = 17 // Castagnoli, over all from atAttributes on
	atAttributes   = 21
	atLastDelta    = 23
	atBaseTime     = 27
	atMaxTime      = 35
	atProducerID   = 43
	atProducerEp   = 51
	atBaseSequence = 53
	atCount        = 57
)

var (
	// ErrPartial says that the last batch of a response was cut off, which
	// brokers do on purpose.
	ErrPartial = errors.New("record batch: cut off")
	// ErrCRC says that a batch is not what the producer wrote.
	ErrCRC = errors.New("record batch: checksum does not fit")
	// ErrTooLarge says that a batch decodes to more than it may, or that a record
	// does not fit into one.
	ErrTooLarge = errors.New("record batch: too large")
	errShort    = errors.New("record batch: field reaches beyond the end")
	errVarint   = errors.New("record batch: malformed varint")
	errTrailing = errors.New("record batch: bytes behind the last record")
	errCount    = errors.New("record batch: count of records is impossible")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Codec is how the records of a batch are compressed.
type Codec int8

// The codecs, as they are numbered in the attributes.
const (
	None Codec = iota
	Gzip
	Snappy
	LZ4
	Zstd
)

var codecNames = [...]string{"none", "gzip", "snappy", "lz4", "zstd"}

func (c Codec) String() string {
	if c < 0 || int(c) >= len(codecNames) {
		return fmt.Sprintf("codec %d", int8(c))
	}
	return codecNames[c]
}

// Attributes of a batch.
type Attributes int16

const (
	codecMask     Attributes = 0x07
	logAppendTime Attributes = 0x08
	transactional Attributes = 0x10
	control       Attributes = 0x20
	deleteHorizon Attributes = 0x40
)

// Codec returns how the records are compressed.
func (a Attributes) Codec() Codec { return Codec(a & codecMask) }

// LogAppendTime reports whether the broker's time of the batch, its
// MaxTimestamp, is that of each of its records.
func (a Attributes) LogAppendTime() bool { return a&logAppendTime != 0 }

// Transactional reports whether the batch is part of a transaction.
func (a Attributes) Transactional() bool { return a&transactional != 0 }

// Control reports whether the batch is a marker of the broker's.
func (a Attributes) Control() bool { return a&control != 0 }

// DeleteHorizon reports whether BaseTimestamp is the time at which the
// batch's tombstones may be removed (KIP-534).
func (a Attributes) DeleteHorizon() bool { return a&deleteHorizon != 0 }

// Batch is a record batch: its header, and a view of the bytes it was read from.
type Batch struct {
	BaseOffset      int64
	Attributes      Attributes
	LastOffsetDelta int32
	BaseTimestamp   int64 // milliseconds of Unix time
	MaxTimestamp    int64
	ProducerID      int64
	ProducerEpoch   int16
	BaseSequence    int32
	Count           int32
	Raw             []byte // the whole batch
}

// NextOffset returns the offset behind the batch. Compaction may have left fewer
// records than offsets, even none.
func (b *Batch) NextOffset() int64 { return b.BaseOffset + int64(b.LastOffsetDelta) + 1 }

// Next reads the first batch of p and returns what is behind it. Its checksum is
// right unless the error is ErrCRC; then b and rest are still set. ErrPartial says
// that p ends within the batch. Views of p are kept in b.
func Next(p []byte) (b Batch, rest []byte, err error) {
	if len(p) < HeaderSize {
		if len(p) > atMagic && p[atMagic] != 2 {
			return b, nil, magicError(p[atMagic])
		}
		return b, nil, ErrPartial
	}
	if p[atMagic] != 2 {
		return b, nil, magicError(p[atMagic])
	}
	length := int32(binary.BigEndian.Uint32(p[atLength:]))
	if length < HeaderSize-atLeaderEpoch {
		return b, nil, errShort
	}
	n := atLeaderEpoch + int(length)
	if n > len(p) {
		return b, nil, ErrPartial
	}
	raw := p[:n:n]
	b = Batch{
		BaseOffset:      int64(binary.BigEndian.Uint64(raw)),
		Attributes:      Attributes(binary.BigEndian.Uint16(raw[atAttributes:])),
		LastOffsetDelta: int32(binary.BigEndian.Uint32(raw[atLastDelta:])),
		BaseTimestamp:   int64(binary.BigEndian.Uint64(raw[atBaseTime:])),
		MaxTimestamp:    int64(binary.BigEndian.Uint64(raw[atMaxTime:])),
		ProducerID:      int64(binary.BigEndian.Uint64(raw[atProducerID:])),
		ProducerEpoch:   int16(binary.BigEndian.Uint16(raw[atProducerEp:])),
		BaseSequence:    int32(binary.BigEndian.Uint32(raw[atBaseSequence:])),
		Count:           int32(binary.BigEndian.Uint32(raw[atCount:])),
		Raw:             raw,
	}
	if crc32.Checksum(raw[atAttributes:], castagnoli) != binary.BigEndian.Uint32(raw[atCRC:]) {
		return b, p[n:], ErrCRC
	}
	if b.Count < 0 || b.LastOffsetDelta < -1 || b.BaseOffset < 0 || b.NextOffset() < b.BaseOffset {
		return b, p[n:], errCount
	}
	return b, p[n:], nil
}

func magicError(magic byte) error {
	return fmt.Errorf("record batch: version %d is not supported", magic)
}

// Dense reports whether the batch has a record for each of its offsets, as far
// as the header says.
func (b *Batch) Dense() bool { return b.Count > 0 && b.LastOffsetDelta == b.Count-1 }

// Producer is whom a batch says it is from. The zero value is not valid; use
// Anonymous for a producer that is neither idempotent nor transactional.
type Producer struct {
	ID            int64
	Epoch         int16
	Sequence      int32
	Transactional bool
}

// Anonymous is a producer without an id.
var Anonymous = Producer{ID: -1, Epoch: -1, Sequence: -1}

// Stamp makes raw, a whole batch with the right checksum, one that p sends:
// producer, transactional bit, checksum. What the broker sets, offset and leader
// epoch, is reset.
func Stamp(raw []byte, p Producer) {
	head := raw[atAttributes:HeaderSize]
	before := crc32.Checksum(head, castagnoli)
	attributes := Attributes(binary.BigEndian.Uint16(raw[atAttributes:]))
	attributes &^= transactional
	if p.Transactional {
		attributes |= transactional
	}
	binary.BigEndian.PutUint64(raw, 0)
	binary.BigEndian.PutUint32(raw[atLeaderEpoch:], 1<<32-1)
	binary.BigEndian.PutUint16(raw[atAttributes:], uint16(attributes))
	binary.BigEndian.PutUint64(raw[atProducerID:], uint64(p.ID))
	binary.BigEndian.PutUint16(raw[atProducerEp:], uint16(p.Epoch))
	binary.BigEndian.PutUint32(raw[atBaseSequence:], uint32(p.Sequence))
	// The records stay, so that they need not be read again.
	sum := binary.BigEndian.Uint32(raw[atCRC:])
	sum ^= behind(before^crc32.Checksum(head, castagnoli), len(raw)-HeaderSize)
	binary.BigEndian.PutUint32(raw[atCRC:], sum)
}

// Marker is what a control batch says.
type Marker int16

// Markers that end transactions; others are of no concern to a client.
const (
	Abort  Marker = 0
	Commit Marker = 1
)

// Marker returns what a control batch says.
func (b *Batch) Marker() (Marker, error) {
	if !b.Attributes.Control() || b.Count < 1 || b.Attributes.Codec() != None {
		return 0, errors.New("record batch: malformed control batch")
	}
	r := NewReader(b, b.Raw[HeaderSize:])
	var rec Record
	if !r.Next(&rec) {
		return 0, r.Err()
	}
	if len(rec.Key) < 4 {
		return 0, errShort
	}
	return Marker(binary.BigEndian.Uint16(rec.Key[2:])), nil
}
