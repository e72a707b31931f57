package cluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/segmentio/kafka-go/protocol"
)

// Aborted is a transaction that was aborted: its producer, and where it begins.
type Aborted struct {
	ProducerID  int64
	FirstOffset int64
}

// Fetch asks for records of one partition.
type Fetch struct {
	Partition     Partition
	Topic         TopicID // to be told of when another topic has its name; zero for any
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
	x := &fetching{Fetch: f, toLeader: toLeader{partition: f.Partition}, c: c, ctx: ctx}
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
	toLeader
	c   *Cluster
	ctx context.Context

	mu           sync.Mutex
	buf          []byte
	over, gaveUp bool
}

type fetched struct{ *Fetched }

func (*fetched) ApiKey() protocol.ApiKey  { return protocol.Fetch }
func (*fetching) ApiKey() protocol.ApiKey { return protocol.Fetch }

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
	req := request{key: protocol.Fetch, version: 11, clientID: f.c.cfg.ClientID}
	if f.Topic != (TopicID{}) {
		v, err := f.c.versionsOf(rw, f.broker)
		if err != nil {
			return nil, err
		}
		if v.fetch >= 13 {
			req.version, req.flexible = 13, true
		}
	}
	n, err := req.send(rw, f.head(req.flexible), nil)
	if err != nil {
		if req.flexible {
			f.c.forgetVersions(f.broker) // it may be an older one since it was started again
		}
		return nil, err
	}
	if n > f.c.cfg.MaxResponse {
		return nil, fmt.Errorf("%w: %d bytes, of at most %d", errResponse, n, f.c.cfg.MaxResponse)
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
	out, err := parseFetched(buf, f.Partition, f.Topic, req.flexible)
	if err != nil {
		return nil, err
	}
	return &fetched{out}, nil
}

// head is the request behind its header: the topic by its name, or in the flexible form
// by its id.
func (f *Fetch) head(flexible bool) []byte {
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
	if flexible {
		b = append(b, 1+1)
		b = append(b, f.Topic[:]...)
		b = append(b, 1+1)
	} else {
		b = binary.BigEndian.AppendUint32(b, 1)
		b = appendString(b, f.Partition.Topic)
		b = binary.BigEndian.AppendUint32(b, 1)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(f.Partition.ID))
	b = binary.BigEndian.AppendUint32(b, 1<<32-1) // leader epoch: any
	b = binary.BigEndian.AppendUint64(b, uint64(f.Offset))
	if flexible {
		b = binary.BigEndian.AppendUint32(b, 1<<32-1) // last fetched epoch: for replicas
	}
	b = binary.BigEndian.AppendUint64(b, 1<<64-1) // log start: for replicas
	b = binary.BigEndian.AppendUint32(b, uint32(f.MaxBytes))
	if flexible {
		return append(b,
			0, 0, // tagged fields of the partition and the topic
			0+1, // forgotten topics
			0+1, // rack
			0)   // tagged fields
	}
	b = binary.BigEndian.AppendUint32(b, 0) // forgotten topics
	return appendString(b, "")              // rack
}

func parseFetched(buf []byte, p Partition, topic TopicID, flexible bool) (*Fetched, error) {
	c := cursor{p: buf}
	if flexible {
		c.tags() // of the header
	}
	c.int32() // throttled
	if err := code(c.int16()); err != nil {
		return nil, err
	}
	c.int32() // session
	same := false
	if flexible {
		same = c.count() == 1 && c.id() == topic && c.count() == 1
	} else {
		same = c.int32() == 1 && c.string() == p.Topic && c.int32() == 1
	}
	if !same || c.int32() != p.ID || c.bad {
		return nil, fmt.Errorf("%w: not the partition asked for", errResponse)
	}
	if err := code(c.int16()); err != nil {
		return nil, err
	}
	out := &Fetched{Buf: buf, HighWatermark: c.int64(), LastStable: c.int64(), LogStart: c.int64()}
	var n int // -1 for none
	if flexible {
		n = c.count()
	} else {
		n = int(c.int32())
	}
	if n > len(c.p)/16 {
		return nil, fmt.Errorf("%w: impossible count", errResponse)
	}
	for range n {
		out.Aborted = append(out.Aborted, Aborted{c.int64(), c.int64()})
		if flexible {
			c.tags()
		}
	}
	c.int32() // a replica to read from
	if flexible {
		out.Records = c.compact()
	} else {
		out.Records = c.take(max(int(c.int32()), 0))
	}
	if c.bad {
		return nil, fmt.Errorf("%w: cut off", errResponse)
	}
	return out, nil
}
