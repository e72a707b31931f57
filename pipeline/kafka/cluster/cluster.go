// Package cluster talks to a Kafka cluster. It is what the rest of the program
// knows of Kafka's protocol, and the only package that knows the client library,
// segmentio/kafka-go.
//
// Of that library it uses the transport (connections, TLS, SASL, routing to
// leaders and coordinators) and the membership of consumer groups. Records are
// fetched and produced by requests of its own, as raw record batches.
package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/sasl"
)

// Config is how to reach a cluster.
type Config struct {
	Brokers  []string // host:port, of which one must answer
	ClientID string
	TLS      *tls.Config // nil for plain connections
	SASL     SASL
	// MaxResponse bounds a response, in bytes; 0 is 64 MiB.
	MaxResponse int
	// Timeout bounds a request other than a fetch; 0 is 10 s.
	Timeout time.Duration
}

// Cluster is a client of a cluster, safe for concurrent use.
type Cluster struct {
	cfg       Config
	addr      net.Addr
	mechanism sasl.Mechanism
	transport *kafka.Transport
	client    *kafka.Client
	stop      context.CancelFunc

	mu           sync.Mutex
	coordinators map[coordinatorKey]int32
	versions     map[int32]versions // by broker
}

// Partition is a partition of a topic.
type Partition struct {
	Topic string
	ID    int32
}

func (p Partition) String() string { return fmt.Sprintf("%s/%d", p.Topic, p.ID) }

// New returns a client. It does not connect.
func New(cfg Config) (*Cluster, error) {
	if len(cfg.Brokers) == 0 {
		return nil, errors.New("kafka: no brokers")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.MaxResponse <= 0 {
		cfg.MaxResponse = 64 << 20
	}
	mechanism, err := cfg.SASL.mechanism()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Cluster{
		cfg:       cfg,
		addr:      kafka.TCP(cfg.Brokers...),
		mechanism: mechanism,
		transport: &kafka.Transport{
			ClientID: cfg.ClientID,
			TLS:      cfg.TLS,
			SASL:     mechanism,
			// Leaders move: what is known of them is this old at most.
			MetadataTTL: time.Second,
			Context:     ctx,
		},
		stop:         cancel,
		coordinators: make(map[coordinatorKey]int32),
		versions:     make(map[int32]versions),
	}
	c.client = &kafka.Client{Addr: c.addr, Transport: c.transport, Timeout: cfg.Timeout}
	return c, nil
}

// Close lets go of the connections.
func (c *Cluster) Close() {
	c.transport.CloseIdleConnections()
	c.stop()
}

func (c *Cluster) timeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.cfg.Timeout)
}

// Topics returns the topics that this client may see, internal ones aside, and
// how many partitions each has.
func (c *Cluster) Topics(ctx context.Context) (map[string]int32, error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	m, err := c.client.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		return nil, fmt.Errorf("topics: %w", translate(err))
	}
	topics := make(map[string]int32, len(m.Topics))
	for _, t := range m.Topics {
		if t.Error == nil && !t.Internal && !strings.HasPrefix(t.Name, "__") {
			topics[t.Name] = int32(len(t.Partitions))
		}
	}
	return topics, nil
}

// Where stands for an offset that is to be looked up.
type Where int64

// Places in a partition. A positive Where is a time, in milliseconds of Unix
// time: the first record that is not older.
const (
	Latest   Where = -1
	Earliest Where = -2
)

// Offset looks up an offset. A time later than every record's is the end.
func (c *Cluster) Offset(ctx context.Context, p Partition, at Where) (int64, error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	res, err := c.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		p.Topic: {{Partition: int(p.ID), Timestamp: int64(at)}},
	}})
	if err != nil {
		return 0, fmt.Errorf("offset of %v: %w", p, translate(err))
	}
	for _, o := range res.Topics[p.Topic] {
		if o.Partition != int(p.ID) {
			continue
		}
		if o.Error != nil {
			return 0, fmt.Errorf("offset of %v: %w", p, translate(o.Error))
		}
		switch at {
		case Latest:
			return o.LastOffset, nil
		case Earliest:
			return o.FirstOffset, nil
		}
		for offset := range o.Offsets {
			if offset >= 0 {
				return offset, nil
			}
		}
		return c.Offset(ctx, p, Latest)
	}
	return 0, fmt.Errorf("offset of %v: %w", p, errResponse)
}

// CreateTopic creates a topic with the cluster's default replication. One that
// exists is no error.
func (c *Cluster) CreateTopic(ctx context.Context, name string, partitions int32, configs map[string]string) error {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	t := kafka.TopicConfig{Topic: name, NumPartitions: int(partitions), ReplicationFactor: -1}
	for k, v := range configs {
		t.ConfigEntries = append(t.ConfigEntries, kafka.ConfigEntry{ConfigName: k, ConfigValue: v})
	}
	res, err := c.client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{t}})
	if err == nil {
		err = res.Errors[name]
	}
	if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
		return fmt.Errorf("create topic %s: %w", name, translate(err))
	}
	return nil
}

// TopicConfigs returns the settings of a topic that are its own and not the
// cluster's.
func (c *Cluster) TopicConfigs(ctx context.Context, name string) (map[string]string, error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	res, err := c.client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{
		{ResourceType: kafka.ResourceTypeTopic, ResourceName: name},
	}})
	if err != nil {
		return nil, fmt.Errorf("settings of topic %s: %w", name, translate(err))
	}
	const ownSetting = 1 // DYNAMIC_TOPIC_CONFIG of DescribeConfigs
	configs := make(map[string]string)
	for _, r := range res.Resources {
		if r.Error != nil {
			return nil, fmt.Errorf("settings of topic %s: %w", name, translate(r.Error))
		}
		for _, e := range r.ConfigEntries {
			if e.ConfigSource == ownSetting && !e.IsSensitive {
				configs[e.ConfigName] = e.ConfigValue
			}
		}
	}
	return configs, nil
}

// roundTrip sends a request and returns its response.
func (c *Cluster) roundTrip(ctx context.Context, m protocol.Message) (protocol.Message, error) {
	res, err := c.transport.RoundTrip(ctx, c.addr, m)
	return res, translate(err)
}
