package cluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go/protocol"
)

// Produce writes one record batch to a partition, and returns when all in-sync
// replicas have it. A transaction is named by id; empty for none. After an error
// records may still be read by the transport: they must not be written to.
func (c *Cluster) Produce(ctx context.Context, p Partition, id string, records []byte) (err error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	if _, err := c.roundTrip(ctx, &producing{toLeader{partition: p}, id, records, c.cfg}); err != nil {
		return fmt.Errorf("produce to %v: %w", p, err)
	}
	return nil
}

type producing struct {
	toLeader
	id      string
	records []byte
	cfg     Config
}

type produced struct{}

func (produced) ApiKey() protocol.ApiKey   { return protocol.Produce }
func (*producing) ApiKey() protocol.ApiKey { return protocol.Produce }

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
	b = appendString(b, p.partition.Topic)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, uint32(p.partition.ID))
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.records)))
	n, err := request{key: protocol.Produce, version: 8, clientID: p.cfg.ClientID}.send(rw, b, p.records)
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
	if c.int32() != 1 || c.string() != p.partition.Topic || c.int32() != 1 || c.int32() != p.partition.ID {
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
