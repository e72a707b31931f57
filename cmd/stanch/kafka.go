package main

import (
	"errors"
	"slices"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/pipeline/kafka"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// kafkaOptions are those of the flow of a Kafka input.
func (c *cli) kafkaOptions(p *assembled, in *config.Input, to *config.Output, replay bool) (o kafka.Options, err error) {
	k := in.Kafka
	o = kafka.Options{
		Name: in.Name, Group: k.Group, Failure: in.Failure,
		ReadUncommitted: k.ReadUncommitted, Header: k.Header, Version: "stanch/" + versionOf().Version, CreateTopics: k.CreateTopics,
		FetchBytes: k.FetchBytes, MaxWait: k.MaxWait, MaxBatchBytes: k.MaxBatchBytes, MaxMessageBytes: k.MaxMessageBytes,
		MaxUncommitted: int64(k.MaxUncommitted), CommitInterval: k.CommitInterval, StreamHold: k.StreamHold, TopicInterval: k.TopicInterval,
		Heartbeat: k.Heartbeat, SessionTimeout: k.SessionTimeout, RebalanceTimeout: k.RebalanceTimeout,
		ExactlyOnce: k.ExactlyOnce, TransactionalID: k.TransactionalID, TransactionTimeout: k.TransactionTimeout,
	}
	if o.From, err = clusterConfig(&k.Cluster); err != nil {
		return o, err
	}
	switch {
	case to.Kafka == nil:
		if o.Lines, err = c.output(p, to); err != nil {
			return o, err
		}
	case len(to.Kafka.Brokers) > 0:
		far, err := clusterConfig(&to.Kafka.Cluster)
		if err != nil {
			return o, err
		}
		o.To = &far
	}
	if to.Kafka != nil && to.Kafka.MaxMessageBytes > 0 {
		o.MaxMessageBytes = to.Kafka.MaxMessageBytes
	}
	if o.Routes, err = routes(k); err != nil {
		return o, err
	}
	switch k.Start {
	case "latest":
		o.Start = cluster.Latest
	case "time":
		o.Start = cluster.Where(max(k.StartTime.UnixMilli(), 1))
	default:
		o.Start = cluster.Earliest
	}
	switch k.OutOfRange {
	case "latest":
		o.OutOfRange = cluster.Latest
	case "park":
		o.OutOfRange = 0
	default:
		o.OutOfRange = cluster.Earliest
	}
	// Topics on this cluster that are written to: records of theirs must not come in
	// again, and with exactly-once delivery they are part of the transaction.
	doc := p.loaded.doc
	if q := doc.Quarantine.Kafka; q != nil && sameCluster(doc, q, &k.Cluster) {
		o.QuarantineTopic = q.Topic
	}
	for _, f := range doc.Findings.Outputs {
		if f.Kafka != nil && sameCluster(doc, f.Kafka, &k.Cluster) {
			if o.FindingsTopic != "" && k.ExactlyOnce {
				return o, at(f.Pos, errors.New("findings: with exactly_once one topic on the cluster is enough"))
			}
			o.FindingsTopic, o.FindingsName = f.Kafka.Topic, f.Name
			if k.ExactlyOnce && !replay && !inTransactions(doc, f.Kafka) {
				o.Findings = p.findingsWithout(f.Name)
			}
		}
	}
	return o, nil
}

func routes(k *config.KafkaInput) (list []kafka.Route, err error) {
	for _, t := range k.Topics {
		r, err := kafka.ParseRoute(t.From, t.To)
		if err != nil {
			return nil, at(t.Pos, err)
		}
		if r.Payload, err = kafka.ParsePayload(t.Payload); err != nil {
			return nil, at(t.Pos, err)
		}
		if r.Binary, err = kafka.ParseBinary(t.Binary); err != nil {
			return nil, at(t.Pos, err)
		}
		if r.Schemas, err = schemas(&t); err != nil {
			return nil, err
		}
		if t.StreamBy != "" {
			if r.StreamBy, err = kafka.ParseStreamBy(t.StreamBy); err != nil {
				return nil, at(t.Pos, err)
			}
		}
		list = append(list, r)
	}
	return list, nil
}

// sameCluster reports whether a Kafka output is on the cluster of an input.
func sameCluster(doc *config.Document, k *config.KafkaOutput, in *config.Cluster) bool {
	c := doc.ClusterOf(k)
	return c == in || c != nil && slices.Equal(c.Brokers, in.Brokers)
}

// inTransactions reports whether the findings of all inputs are written to a topic
// by the inputs themselves, in their transactions.
func inTransactions(doc *config.Document, k *config.KafkaOutput) bool {
	for i := range doc.Inputs {
		if in := doc.Inputs[i].Kafka; in == nil || !in.ExactlyOnce || !sameCluster(doc, k, &in.Cluster) {
			return false
		}
	}
	return true
}

// creates returns how a topic of Stanch's own is made if it is missing: not at
// all, unless an input on its cluster says so.
func creates(doc *config.Document, k *config.KafkaOutput, how *kafka.NewTopic) *kafka.NewTopic {
	for i := range doc.Inputs {
		if in := doc.Inputs[i].Kafka; in != nil && in.CreateTopics && sameCluster(doc, k, &in.Cluster) {
			return how
		}
	}
	return nil
}

// kafkaOutput writes to one topic, which create makes if it is missing.
func kafkaOutput(doc *config.Document, name string, k *config.KafkaOutput, create *kafka.NewTopic) (pipeline.Output, error) {
	c, err := clusterConfig(doc.ClusterOf(k))
	if err != nil {
		return nil, err
	}
	out, err := kafka.NewOutput(kafka.OutputOptions{Name: name, To: c, Topic: k.Topic, Create: create, MaxMessageBytes: k.MaxMessageBytes})
	if err != nil {
		return nil, at(k.Pos, err)
	}
	return out, nil
}

func clusterConfig(c *config.Cluster) (cluster.Config, error) {
	cfg := cluster.Config{Brokers: c.Brokers, ClientID: c.ClientID}
	if cfg.ClientID == "" {
		cfg.ClientID = "stanch"
	}
	if c.TLS != nil {
		t, err := tlsConfig(c.TLS)
		if err != nil {
			return cfg, err
		}
		cfg.TLS = t
	}
	if s := c.SASL; s != nil {
		cfg.SASL.Mechanism, cfg.SASL.Region = s.Mechanism, s.Region
		switch s.Mechanism {
		case config.MSK:
			return cfg, nil
		case config.Bearer:
			cfg.SASL.Token = s.Token.Read
			_, err := s.Token.Read() // an error at the start rather than for ever
			return cfg, err
		}
		var err error
		if cfg.SASL.Username, err = s.Username.Read(); err != nil {
			return cfg, err
		}
		if cfg.SASL.Password, err = s.Password.Read(); err != nil {
			return cfg, err
		}
	}
	return cfg, nil
}
