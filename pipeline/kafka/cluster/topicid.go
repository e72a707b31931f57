package cluster

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"
)

// TopicID tells a topic from others that had its name (KIP-516, brokers from 2.8 on).
// Zero stands for none.
type TopicID [16]byte

// String returns an id as Kafka's tools print it.
func (id TopicID) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// TopicID asks the leader of a partition for the id of its topic, which is zero if the
// broker knows of none.
func (c *Cluster) TopicID(ctx context.Context, p Partition) (TopicID, error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	res, err := c.roundTrip(ctx, &identifying{toLeader{partition: p}, c})
	if err != nil {
		return TopicID{}, fmt.Errorf("id of topic %s: %w", p.Topic, err)
	}
	return res.(identified).TopicID, nil
}

type identifying struct {
	toLeader
	c *Cluster
}

type identified struct{ TopicID }

func (identified) ApiKey() protocol.ApiKey   { return protocol.Metadata }
func (*identifying) ApiKey() protocol.ApiKey { return protocol.Metadata }

// RawExchange sends the request and reads the response.
func (i *identifying) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	i.c.forgetVersions(i.broker) // it may be a newer one since it was asked
	v, err := i.c.versionsOf(rw, i.broker)
	if err != nil || v.metadata < 10 {
		return identified{}, err
	}
	head := append([]byte{1 + 1}, make([]byte, len(TopicID{}))...)
	head = binary.AppendUvarint(head, uint64(1+len(i.partition.Topic)))
	head = append(head, i.partition.Topic...)
	head = append(head, 0, // tagged fields of the topic
		0,    // make none that are missing
		0, 0, // list no permissions
		0) // tagged fields
	n, err := request{key: protocol.Metadata, version: 10, flexible: true, clientID: i.c.cfg.ClientID}.send(rw, head, nil)
	if err != nil {
		return nil, err
	}
	if n > i.c.cfg.MaxResponse {
		return nil, fmt.Errorf("%w: %d bytes", errResponse, n)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(rw, buf); err != nil {
		return nil, err
	}
	id, err := parseTopicID(buf, i.partition.Topic)
	return identified{id}, err
}

// parseTopicID reads a response as far as the first topic's id.
func parseTopicID(buf []byte, topic string) (TopicID, error) {
	c := cursor{p: buf}
	c.tags()  // of the header
	c.int32() // throttled
	for n := c.count(); n > 0 && !c.bad; n-- {
		c.int32()   // broker
		c.compact() // host
		c.int32()   // port
		c.compact() // rack
		c.tags()
	}
	c.compact() // cluster
	c.int32()   // controller
	n, failed, name, id := c.count(), c.int16(), c.compact(), c.id()
	if c.bad || n != 1 || string(name) != topic {
		return TopicID{}, fmt.Errorf("%w: not the topic asked for", errResponse)
	}
	if err := code(failed); err != nil {
		return TopicID{}, err
	}
	return id, nil
}

// versions are the newest of two requests that a broker speaks. The library knows only
// those that it speaks itself.
type versions struct{ fetch, metadata int16 }

// versionsOf returns what a broker speaks, whom it asks once.
func (c *Cluster) versionsOf(rw io.ReadWriter, broker int32) (versions, error) {
	c.mu.Lock()
	v, ok := c.versions[broker]
	c.mu.Unlock()
	if ok {
		return v, nil
	}
	m, err := protocol.RoundTrip(rw, 0, correlation.Add(1), c.cfg.ClientID, new(apiversions.Request))
	if err != nil {
		return v, err
	}
	res := m.(*apiversions.Response)
	if err := code(res.ErrorCode); err != nil {
		return v, err
	}
	for _, k := range res.ApiKeys {
		switch protocol.ApiKey(k.ApiKey) {
		case protocol.Fetch:
			v.fetch = k.MaxVersion
		case protocol.Metadata:
			v.metadata = k.MaxVersion
		}
	}
	c.mu.Lock()
	c.versions[broker] = v
	c.mu.Unlock()
	return v, nil
}

func (c *Cluster) forgetVersions(broker int32) {
	c.mu.Lock()
	delete(c.versions, broker)
	c.mu.Unlock()
}
