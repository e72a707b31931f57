package cluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/segmentio/kafka-go/protocol"
)

// Requests and responses of https://kafka.apache.org/protocol, as far as they
// are written here: Fetch version 11 and Produce version 8, the last ones
// before topic ids and compact fields, which brokers from 2.4 on speak.

var correlation atomic.Int32

// send writes a request of a header, a head and a body of records, and reads the
// length of the response.
func send(rw io.ReadWriter, key protocol.ApiKey, version int16, clientID string, head, body []byte) (length int, err error) {
	id := correlation.Add(1)
	req := make([]byte, 4, 64+len(head))
	req = binary.BigEndian.AppendUint16(req, uint16(key))
	req = binary.BigEndian.AppendUint16(req, uint16(version))
	req = binary.BigEndian.AppendUint32(req, uint32(id))
	req = appendString(req, clientID)
	req = append(req, head...)
	binary.BigEndian.PutUint32(req, uint32(len(req)-4+len(body)))
	if _, err := rw.Write(req); err != nil {
		return 0, err
	}
	if len(body) > 0 {
		if _, err := rw.Write(body); err != nil {
			return 0, err
		}
	}
	var start [8]byte
	if _, err := io.ReadFull(rw, start[:]); err != nil {
		return 0, err
	}
	if got := int32(binary.BigEndian.Uint32(start[4:])); got != id {
		return 0, fmt.Errorf("%w: of another request", errResponse)
	}
	length = int(int32(binary.BigEndian.Uint32(start[:]))) - 4
	if length < 0 {
		return 0, fmt.Errorf("%w: negative length", errResponse)
	}
	return length, nil
}

func appendString(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

// cursor reads fields of a response. Behind the end everything is zero and bad is set.
type cursor struct {
	p   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if c.bad || n < 0 || n > len(c.p) {
		c.bad = true
		return nil
	}
	b := c.p[:n:n]
	c.p = c.p[n:]
	return b
}

func (c *cursor) int16() int16 {
	if b := c.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) int32() int32 {
	if b := c.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (c *cursor) int64() int64 {
	if b := c.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (c *cursor) string() string { return string(c.take(int(c.int16()))) }

// leader is where a request about a partition goes.
func leader(layout protocol.Cluster, p Partition) (protocol.Broker, error) {
	none := protocol.Broker{ID: -1}
	t, ok := layout.Topics[p.Topic]
	if !ok {
		return none, UnknownTopicOrPartition
	}
	q, ok := t.Partitions[p.ID]
	if !ok {
		return none, UnknownTopicOrPartition
	}
	b, ok := layout.Brokers[q.Leader]
	if !ok {
		return none, fmt.Errorf("%v has no leader", p)
	}
	return b, nil
}

// Aborted is a transaction that was aborted: its producer, and where it begins.
type Aborted struct {
	ProducerID  int64
	FirstOffset int64
}

// Fetch asks for records of one partition.
type Fetch struct {
	Partition     Partition
	Offset        int64
	MinBytes      int32
	MaxBytes      int32 // of records; the first batch comes whole, however large
	MaxWaitMs     int32
	ReadCommitted bool
	// Reserve is called with the length of the response before it is read, and
	// returns where to put it. Release takes that back should the request fail;
	// after a success it is the caller's to do so. Both may be called from other
	// goroutines, Release long after the request was given up.
	Reserve func(ctx context.Context, n int) ([]byte, error)
	Release func([]byte)
}

// Fetched is the answer to a Fetch. Its slices are views of Buf, which Reserve gave.
type Fetched struct {
	HighWatermark int64
	LastStable    int64
	LogStart      int64
	Aborted       []Aborted // in order of FirstOffset
	Records       []byte    // record batches, the last of which may be cut off
	Buf           []byte
}

// Fetch asks the leader of a partition for records.
func (c *Cluster) Fetch(ctx context.Context, f *Fetch) (*Fetched, error) {
	x := &fetching{Fetch: f, ctx: ctx, clientID: c.cfg.ClientID, limit: c.cfg.MaxResponse}
	res, err := c.roundTrip(ctx, x)
	if err != nil {
		x.giveUp()
		return nil, fmt.Errorf("fetch %v: %w", f.Partition, err)
	}
	return res.(*fetched).Fetched, nil
}

// fetching is a fetch under way, on the transport's goroutine. The caller may give
// up before it ends; then whoever is last releases the buffer.
type fetching struct {
	*Fetch
	ctx      context.Context
	clientID string
	limit    int

	mu           sync.Mutex
	buf          []byte
	over, gaveUp bool
}

type fetched struct{ *Fetched }

func (*fetched) ApiKey() protocol.ApiKey  { return protocol.Fetch }
func (*fetching) ApiKey() protocol.ApiKey { return protocol.Fetch }

// Broker and Required are what the transport asks.
func (f *fetching) Broker(layout protocol.Cluster) (protocol.Broker, error) {
	return leader(layout, f.Partition)
}
func (*fetching) Required(map[protocol.ApiKey]int16) bool { return true }

func (f *fetching) giveUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gaveUp = true
	if f.over && f.buf != nil {
		f.Release(f.buf)
		f.buf = nil
	}
}

// RawExchange sends the request and reads the response.
func (f *fetching) RawExchange(rw io.ReadWriter) (res protocol.Message, err error) {
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.over = true
		if f.buf != nil && (err != nil || f.gaveUp) {
			f.Release(f.buf)
			f.buf = nil
		}
	}()
	b := make([]byte, 0, 128)
	b = binary.BigEndian.AppendUint32(b, 1<<32-1) // no replica
	b = binary.BigEndian.AppendUint32(b, uint32(f.MaxWaitMs))
	b = binary.BigEndian.AppendUint32(b, uint32(f.MinBytes))
	b = binary.BigEndian.AppendUint32(b, uint32(f.MaxBytes))
	if f.ReadCommitted {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = binary.BigEndian.AppendUint32(b, 0)       // no fetch session,
	b = binary.BigEndian.AppendUint32(b, 1<<32-1) // and none wanted
	b = binary.BigEndian.AppendUint32(b, 1)
	b = appendString(b, f.Partition.Topic)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, uint32(f.Partition.ID))
	b = binary.BigEndian.AppendUint32(b, 1<<32-1) // leader epoch: any
	b = binary.BigEndian.AppendUint64(b, uint64(f.Offset))
	b = binary.BigEndian.AppendUint64(b, 1<<64-1) // log start: for replicas
	b = binary.BigEndian.AppendUint32(b, uint32(f.MaxBytes))
	b = binary.BigEndian.AppendUint32(b, 0) // forgotten topics
	b = appendString(b, "")                 // rack
	n, err := send(rw, protocol.Fetch, 11, f.clientID, b, nil)
	if err != nil {
		return nil, err
	}
	if n > f.limit {
		return nil, fmt.Errorf("%w: %d bytes, of at most %d", errResponse, n, f.limit)
	}
	buf, err := f.Reserve(f.ctx, n)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.buf = buf
	f.mu.Unlock()
	if _, err := io.ReadFull(rw, buf); err != nil {
		return nil, err
	}
	out, err := parseFetched(buf, f.Partition)
	if err != nil {
		return nil, err
	}
	return &fetched{out}, nil
}

func parseFetched(buf []byte, p Partition) (*Fetched, error) {
	c := cursor{p: buf}
	c.int32() // throttled
	if err := code(c.int16()); err != nil {
		return nil, err
	}
	c.int32() // session
	out := &Fetched{Buf: buf, HighWatermark: -1, LastStable: -1, LogStart: -1}
	if c.int32() != 1 || c.string() != p.Topic || c.int32() != 1 || c.int32() != p.ID || c.bad {
		return nil, fmt.Errorf("%w: not the partition asked for", errResponse)
	}
	if err := code(c.int16()); err != nil {
		return nil, err
	}
	out.HighWatermark, out.LastStable, out.LogStart = c.int64(), c.int64(), c.int64()
	n := int(c.int32()) // -1 for none
	if n > len(c.p)/16 {
		return nil, fmt.Errorf("%w: impossible count", errResponse)
	}
	for range n {
		out.Aborted = append(out.Aborted, Aborted{c.int64(), c.int64()})
	}
	c.int32() // a replica to read from
	if size := int(c.int32()); size > 0 {
		out.Records = c.take(size)
	}
	if c.bad {
		return nil, fmt.Errorf("%w: cut off", errResponse)
	}
	return out, nil
}

// Produce writes one record batch to a partition, and returns when all in-sync
// replicas have it. A transaction is named by id; empty for none. After an error
// records may still be read by the transport: they must not be written to.
func (c *Cluster) Produce(ctx context.Context, p Partition, id string, records []byte) (err error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	if _, err := c.roundTrip(ctx, &producing{p, id, records, c.cfg}); err != nil {
		return fmt.Errorf("produce to %v: %w", p, err)
	}
	return nil
}

type producing struct {
	Partition Partition
	id        string
	records   []byte
	cfg       Config
}

type produced struct{}

func (produced) ApiKey() protocol.ApiKey   { return protocol.Produce }
func (*producing) ApiKey() protocol.ApiKey { return protocol.Produce }

// Broker and Required are what the transport asks.
func (p *producing) Broker(layout protocol.Cluster) (protocol.Broker, error) {
	return leader(layout, p.Partition)
}
func (*producing) Required(map[protocol.ApiKey]int16) bool { return true }

// RawExchange sends the request and reads the response.
func (p *producing) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	b := make([]byte, 0, 128)
	if p.id == "" {
		b = binary.BigEndian.AppendUint16(b, 1<<16-1)
	} else {
		b = appendString(b, p.id)
	}
	b = binary.BigEndian.AppendUint16(b, 1<<16-1) // acks: all in-sync replicas
	b = binary.BigEndian.AppendUint32(b, uint32(p.cfg.Timeout.Milliseconds()*3/4))
	b = binary.BigEndian.AppendUint32(b, 1)
	b = appendString(b, p.Partition.Topic)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, uint32(p.Partition.ID))
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.records)))
	n, err := send(rw, protocol.Produce, 8, p.cfg.ClientID, b, p.records)
	if err != nil {
		return nil, err
	}
	const most = 1 << 20 // an answer about one partition, with its record errors
	if n > most {
		return nil, fmt.Errorf("%w: %d bytes", errResponse, n)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(rw, buf); err != nil {
		return nil, err
	}
	c := cursor{p: buf}
	if c.int32() != 1 || c.string() != p.Partition.Topic || c.int32() != 1 || c.int32() != p.Partition.ID {
		return nil, fmt.Errorf("%w: not the partition asked for", errResponse)
	}
	if err := code(c.int16()); err != nil {
		return nil, err
	}
	if c.bad {
		return nil, fmt.Errorf("%w: cut off", errResponse)
	}
	return produced{}, nil
}
