package cluster

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/segmentio/kafka-go/protocol"
)

// Requests and responses of https://kafka.apache.org/protocol, as far as they
// are written here: Fetch version 11 and Produce version 8, which brokers from 2.4
// on speak, and where topics have ids (KIP-516) Fetch version 13 and Metadata
// version 10, in the flexible form of KIP-482: counts and lengths are varints, one
// more than what they say, and behind every structure there are tagged fields.

var correlation atomic.Int32

// request is a header and what comes of it: the version, and whether the form is the
// flexible one.
type request struct {
	key      protocol.ApiKey
	version  int16
	flexible bool
	clientID string
}

// send writes a request of a header, a head and a body of records, and reads the
// length of the response.
func (r request) send(rw io.ReadWriter, head, body []byte) (length int, err error) {
	id := correlation.Add(1)
	req := make([]byte, 4, 64+len(head))
	req = binary.BigEndian.AppendUint16(req, uint16(r.key))
	req = binary.BigEndian.AppendUint16(req, uint16(r.version))
	req = binary.BigEndian.AppendUint32(req, uint32(id))
	req = appendString(req, r.clientID)
	if r.flexible {
		req = append(req, 0) // tagged fields: none
	}
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

// count reads a length or count of the flexible form, -1 for null.
func (c *cursor) count() int {
	n, size := binary.Uvarint(c.p)
	if size <= 0 || n > 1<<31 {
		c.bad = true
		return 0
	}
	c.take(size)
	return int(n) - 1
}

// compact reads bytes or a string of the flexible form.
func (c *cursor) compact() []byte { return c.take(max(c.count(), 0)) }

func (c *cursor) id() (id TopicID) {
	copy(id[:], c.take(len(id)))
	return id
}

// tags passes over tagged fields.
func (c *cursor) tags() {
	for n := c.count() + 1; n > 0 && !c.bad; n-- {
		c.count()             // which one
		c.take(c.count() + 1) // how long
	}
}

// toLeader is part of a request about a partition: it goes to the partition's leader.
type toLeader struct {
	partition Partition
	broker    int32 // who that is, once the transport has asked
}

// Broker and Required are what the transport asks.
func (l *toLeader) Broker(layout protocol.Cluster) (protocol.Broker, error) {
	l.broker = -1
	none := protocol.Broker{ID: -1}
	t, ok := layout.Topics[l.partition.Topic]
	if !ok {
		return none, UnknownTopicOrPartition
	}
	q, ok := t.Partitions[l.partition.ID]
	if !ok {
		return none, UnknownTopicOrPartition
	}
	b, ok := layout.Brokers[q.Leader]
	if !ok {
		return none, fmt.Errorf("%v has no leader", l.partition)
	}
	l.broker = b.ID
	return b, nil
}
func (*toLeader) Required(map[protocol.ApiKey]int16) bool { return true }
