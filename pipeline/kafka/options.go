package kafka

import (
	"errors"
	"fmt"
	"time"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// Options say what a flow reads, how and where to. Zero values are the defaults
// that are named.
type Options struct {
	Name string // of the input, in metrics and logs
	From cluster.Config
	To   *cluster.Config // nil for the cluster of From
	// Lines takes the values, each a line, in place of topics; nil for topics. It
	// refuses no record.
	Lines  pipeline.Output
	Group  string
	Routes []Route

	// Start is where a partition begins that the group has no offset for. A
	// positive value is a time in milliseconds: Unix time. 0 is Earliest.
	Start cluster.Where
	// OutOfRange is where a partition goes on whose offset is gone: Earliest,
	// Latest, or 0 to park it until somebody decides.
	OutOfRange cluster.Where
	// ReadUncommitted also reads records of transactions that are open or aborted.
	ReadUncommitted bool

	Failure pipeline.Failure
	// Header is put on changed records; empty for none. Its value is Version, which
	// names the program, and the version of the policy's engine, if that has one.
	Header, Version string
	// CreateTopics creates output topics that are missing, with as many partitions
	// and the settings of their input, and the topics of the transaction.
	CreateTopics bool

	// FetchBytes is how much is asked for at a time; 0 is 1 MiB.
	FetchBytes int
	// MaxWait is how long the broker waits for records; 0 is 500 ms.
	MaxWait time.Duration
	// MaxBatchBytes bounds a batch when decompressed; 0 is 32 MiB.
	MaxBatchBytes int
	// MaxMessageBytes is the largest batch that the output takes, its
	// max.message.bytes; 0 is 1 MB.
	MaxMessageBytes int
	// Prefetch is how many fetches of a partition are redacted ahead; 0 is 2.
	Prefetch int
	// MaxUncommitted is how many offsets of a partition may be written and not
	// committed before it waits; 0 is 10,000.
	MaxUncommitted int64
	// StreamHold is how long a commit waits for what is open in a stream of records;
	// 0 is 30 s.
	StreamHold time.Duration
	// CommitInterval is how often offsets are committed; 0 is 1 s.
	CommitInterval time.Duration
	// TopicInterval is how often new topics are looked for; 0 is 10 s.
	TopicInterval time.Duration

	// Heartbeat, SessionTimeout and RebalanceTimeout are the group's; 0 is 3 s,
	// 30 s and 60 s.
	Heartbeat, SessionTimeout, RebalanceTimeout time.Duration

	// ExactlyOnce writes records and offsets in transactions.
	ExactlyOnce bool
	// TransactionalID begins the ids of the transactions, which end in group, topic
	// and partition; empty is "stanch". Transactions longer than
	// TransactionTimeout (0 is 30 s) are aborted.
	TransactionalID    string
	TransactionTimeout time.Duration
	// QuarantineTopic and FindingsTopic, on the cluster of the input, are written
	// within the transaction if ExactlyOnce is set and they are not empty.
	QuarantineTopic, FindingsTopic string
	// FindingsName is what findings written within transactions are counted under.
	FindingsName string
	// Findings takes what is found in place of that of the environment, whose outputs
	// have FindingsTopic among them; nil for that of the environment.
	Findings *pipeline.Findings
}

// DefaultHeader is a name for the header of changed records.
const DefaultHeader = "stanch-redacted"

func (o *Options) defaults() error {
	number := func(n *int, usual int) {
		if *n <= 0 {
			*n = usual
		}
	}
	span := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	number(&o.FetchBytes, 1<<20)
	number(&o.MaxBatchBytes, 32<<20)
	number(&o.MaxMessageBytes, 1_000_000)
	number(&o.Prefetch, 2)
	span(&o.MaxWait, 500*time.Millisecond)
	span(&o.CommitInterval, time.Second)
	span(&o.StreamHold, 30*time.Second)
	span(&o.TopicInterval, 10*time.Second)
	span(&o.TransactionTimeout, 30*time.Second)
	if o.MaxUncommitted <= 0 {
		o.MaxUncommitted = 10_000
	}
	if o.Start == 0 {
		o.Start = cluster.Earliest
	}
	if o.TransactionalID == "" {
		o.TransactionalID = "stanch"
	}
	if o.From.MaxResponse <= 0 {
		o.From.MaxResponse = max(64<<20, 2*o.FetchBytes)
	}
	for i := range o.Routes {
		r := &o.Routes[i]
		schema := r.Payload == Avro || r.Payload == Protobuf
		if schema && r.Schemas.Other == nil {
			return fmt.Errorf("kafka: payload %v needs a schema", r.Payload)
		}
		if r.StreamBy != nil && (schema || r.Payload.OTLP()) {
			return fmt.Errorf("kafka: stream_by is for records that are lines of a log, which values of %v are not", r.Payload)
		}
	}
	switch {
	case o.Group == "":
		return errors.New("kafka: no consumer group")
	case len(o.Routes) == 0:
		return errors.New("kafka: no topics")
	case o.ExactlyOnce && o.To != nil:
		return errors.New("kafka: exactly-once delivery needs input and output on one cluster")
	case o.OutOfRange > 0:
		return fmt.Errorf("kafka: an offset that is gone cannot be replaced by a time")
	}
	return nil
}
