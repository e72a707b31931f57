package config

import (
	"cmp"
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

var clusterFields = []string{"brokers", "client_id", "tls", "sasl"}

// clusterField reads a field of a cluster; ok says whether it was one.
func (p *parser) clusterField(c *Cluster, name string, v *yaml.Node) (ok bool, err error) {
	switch name {
	case "brokers":
		if v.Kind == yaml.ScalarNode {
			var s string
			s, err = p.address(v, name)
			c.Brokers = []string{s}
			break
		}
		err = p.List(v, name, func(n *yaml.Node) error {
			s, err := p.address(n, name)
			c.Brokers = append(c.Brokers, s)
			return err
		})
	case "client_id":
		c.ClientID, err = p.String(v, name)
	case "tls":
		c.TLS, err = p.tls(v)
	case "sasl":
		c.SASL, err = p.sasl(v)
	default:
		return false, nil
	}
	return true, err
}

func (p *parser) tls(n *yaml.Node) (*TLS, error) {
	t := &TLS{Pos: p.pos(n)}
	err := p.Fields(n, "tls", []string{"ca", "cert", "key", "server_name"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "ca":
			t.CA, err = p.String(v, name)
		case "cert":
			t.Cert, err = p.String(v, name)
		case "key":
			t.Key, err = p.String(v, name)
		case "server_name":
			t.ServerName, err = p.String(v, name)
		}
		return err
	})
	if err == nil && (t.Cert == "") != (t.Key == "") {
		err = p.Errorf(n, "tls: cert and key go together")
	}
	return t, err
}

func (p *parser) sasl(n *yaml.Node) (*SASL, error) {
	s := &SASL{Pos: p.pos(n)}
	err := p.Fields(n, "sasl", []string{"mechanism", "username", "password", "token", "region"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "mechanism":
			s.Mechanism, err = p.Word(v, name, Mechanisms)
		case "username":
			s.Username, err = p.secret(v, name, true)
		case "password":
			s.Password, err = p.secret(v, name, false)
		case "token":
			s.Token, err = p.secret(v, name, false)
		case "region":
			s.Region, err = p.String(v, name)
		}
		return err
	})
	switch {
	case err != nil:
	case s.Mechanism == "":
		err = p.Errorf(n, "sasl: mechanism is missing")
	case s.Mechanism == MSK:
		if s.Username.Set() || s.Password.Set() || s.Token.Set() {
			err = p.Errorf(n, "sasl: AWS_MSK_IAM takes its credentials from AWS's environment, and no username, password or token")
		}
	case s.Region != "":
		err = p.Errorf(n, "sasl: region: only with AWS_MSK_IAM")
	case s.Mechanism == Bearer:
		if s.Username.Set() || s.Password.Set() || !s.Token.Set() {
			err = p.Errorf(n, "sasl: OAUTHBEARER wants a token, and no username or password")
		}
	case s.Token.Set():
		err = p.Errorf(n, "sasl: token: only with OAUTHBEARER")
	case !s.Username.Set() || !s.Password.Set():
		err = p.Errorf(n, "sasl: want username and password")
	}
	return s, err
}

func (p *parser) kafkaInput(n *yaml.Node) (*KafkaInput, error) {
	k := &KafkaInput{Cluster: Cluster{Pos: p.pos(n)}}
	fields := append(slices.Clone(clusterFields), "group", "topics", "start", "out_of_range", "isolation", "header", "create_topics", "delivery", "transactional_id",
		"fetch_bytes", "max_wait", "max_batch_bytes", "max_message_bytes", "max_uncommitted", "commit_interval", "stream_hold", "topic_interval", "heartbeat", "session_timeout", "rebalance_timeout", "transaction_timeout")
	err := p.Fields(n, "kafka", fields, func(name string, v *yaml.Node) (err error) {
		if ok, err := p.clusterField(&k.Cluster, name, v); ok {
			return err
		}
		size := func(to *int, low, high int64) (err error) {
			n, err := p.Size(v, name, low, high)
			*to = int(n)
			return err
		}
		span := func(to *time.Duration, low, high time.Duration) (err error) {
			*to, err = p.Duration(v, name, low, high)
			return err
		}
		var s string
		switch name {
		case "group":
			k.Group, err = p.String(v, name)
		case "topics":
			err = p.List(v, name, func(n *yaml.Node) error {
				r, err := p.route(n)
				k.Topics = append(k.Topics, r)
				return err
			})
		case "start":
			if v.ShortTag() == "!!timestamp" && p.Plain(v) == nil {
				k.Start = v.Value
			} else {
				k.Start, err = p.String(v, name)
			}
			if err == nil && k.Start != "earliest" && k.Start != "latest" {
				if k.StartTime, err = time.Parse(time.RFC3339, k.Start); err != nil {
					return p.Errorf(v, "start: want earliest, latest or a time such as 2026-01-31T15:04:05Z")
				}
				k.Start = "time"
			}
		case "out_of_range":
			k.OutOfRange, err = p.Word(v, name, []string{"earliest", "latest", "park"})
		case "isolation":
			s, err = p.Word(v, name, []string{"read_committed", "read_uncommitted"})
			k.ReadUncommitted = s == "read_uncommitted"
		case "header":
			k.Header, err = p.String(v, name)
		case "create_topics":
			k.CreateTopics, err = p.Bool(v, name)
		case "delivery":
			s, err = p.Word(v, name, []string{"at_least_once", "exactly_once"})
			k.ExactlyOnce = s == "exactly_once"
		case "transactional_id":
			k.TransactionalID, err = p.String(v, name)
		case "fetch_bytes":
			err = size(&k.FetchBytes, 4<<10, 256<<20)
		case "max_batch_bytes":
			err = size(&k.MaxBatchBytes, 64<<10, 1<<30)
		case "max_message_bytes":
			err = size(&k.MaxMessageBytes, 1<<10, 1<<30)
		case "max_uncommitted":
			k.MaxUncommitted, err = p.Int(v, name, 1, 1<<30)
		case "max_wait":
			err = span(&k.MaxWait, time.Millisecond, 30*time.Second)
		case "commit_interval":
			err = span(&k.CommitInterval, 10*time.Millisecond, time.Hour)
		case "stream_hold":
			err = span(&k.StreamHold, 10*time.Millisecond, time.Hour)
		case "topic_interval":
			err = span(&k.TopicInterval, 10*time.Millisecond, time.Hour)
		case "heartbeat":
			err = span(&k.Heartbeat, 10*time.Millisecond, time.Minute)
		case "session_timeout":
			err = span(&k.SessionTimeout, 100*time.Millisecond, forever)
		case "rebalance_timeout":
			err = span(&k.RebalanceTimeout, 100*time.Millisecond, forever)
		case "transaction_timeout":
			err = span(&k.TransactionTimeout, second, 15*time.Minute)
		}
		return err
	})
	switch {
	case err != nil:
	case len(k.Brokers) == 0:
		err = p.Errorf(n, "kafka: brokers are missing")
	case k.Group == "":
		err = p.Errorf(n, "kafka: group is missing")
	case len(k.Topics) == 0:
		err = p.Errorf(n, "kafka: topics are missing")
	case cmp.Or(k.Heartbeat, 3*time.Second) >= cmp.Or(k.SessionTimeout, 30*time.Second):
		err = p.Errorf(n, "kafka: heartbeat is not shorter than session_timeout (by default 3s and 30s); a third of it is usual")
	}
	return k, err
}

const maxStreamBy = 256

// fault says what is wrong with a regular expression, and nothing of its text.
func fault(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return ": " + e.Code.String()
	}
	return ""
}

func (p *parser) route(n *yaml.Node) (Route, error) {
	r := Route{Pos: p.pos(n), Payload: "auto", Binary: "refuse"}
	var by *yaml.Node
	err := p.Fields(n, "topics", []string{"from", "to", "payload", "binary", "stream_by", "schemas"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "from":
			if r.From, err = p.String(v, name); err == nil {
				if _, err = regexp.Compile(r.From); err != nil {
					err = p.Errorf(v, "from: not a regular expression (RE2)%s", fault(err))
				}
			}
		case "to":
			if r.To, err = p.String(v, name); err == nil && !strings.Contains(r.To, "$") && !topicPattern.MatchString(r.To) {
				err = p.Errorf(v, "to: not the name of a topic")
			}
		case "payload":
			r.Payload, err = p.Word(v, name, []string{"auto", "text", "json", "confluent", "avro", "protobuf", "otlp_proto", "otlp_proto_traces", "otlp_proto_metrics", "otlp_json", "otlp_json_traces", "otlp_json_metrics"})
		case "binary":
			r.Binary, err = p.Word(v, name, []string{"refuse", "detect", "redact"})
		case "schemas":
			err = p.List(v, name, func(n *yaml.Node) error {
				s, err := p.schema(n)
				r.Schemas = append(r.Schemas, s)
				return err
			})
		case "stream_by":
			by = v
			if r.StreamBy, err = p.String(v, name); err == nil && (len(r.StreamBy) > maxStreamBy || !streamPattern.MatchString(r.StreamBy)) {
				err = p.Errorf(v, "stream_by: want key, header:NAME or field:PATH, such as field:kubernetes.pod_name")
			}
		}
		return err
	})
	switch {
	case err != nil:
	case r.From == "":
		err = p.Errorf(n, "topics: from is missing")
	case by != nil && !slices.Contains([]string{"auto", "text", "json", "confluent"}, r.Payload):
		err = p.Errorf(by, "stream_by: values of %s are no lines of a log", r.Payload)
	}
	if err == nil {
		err = p.schemas(n, &r)
	}
	return r, err
}

// lines refuses what cannot be where each value becomes a line of a file.
func (k *KafkaInput) lines(at func(Position, string, ...any) error) error {
	if k.Header != "" || k.CreateTopics {
		return at(k.Pos, "kafka: header and create_topics need a Kafka output")
	}
	for _, r := range k.Topics {
		switch {
		case r.To != "":
			return at(r.Pos, "topics: to: the output has no topics")
		case r.Binary != "refuse" || strings.HasPrefix(r.Payload, "otlp_proto") || len(r.Schemas) > 0:
			return at(r.Pos, "topics: binary values need a Kafka output, they are no lines")
		}
	}
	return nil
}

func (p *parser) kafkaOutput(n *yaml.Node) (*KafkaOutput, error) {
	k := &KafkaOutput{Cluster: Cluster{Pos: p.pos(n)}}
	if p.empty(n, "kafka") == nil {
		return k, nil
	}
	err := p.Fields(n, "kafka", append(slices.Clone(clusterFields), "topic", "max_message_bytes"), func(name string, v *yaml.Node) (err error) {
		if ok, err := p.clusterField(&k.Cluster, name, v); ok {
			return err
		}
		switch name {
		case "topic":
			if k.Topic, err = p.String(v, name); err == nil && !topicPattern.MatchString(k.Topic) {
				err = p.Errorf(v, "topic: not the name of a topic")
			}
		case "max_message_bytes":
			var n int64
			n, err = p.Size(v, name, 1<<10, 1<<30)
			k.MaxMessageBytes = int(n)
		}
		return err
	})
	if err == nil && len(k.Brokers) == 0 && (k.TLS != nil || k.SASL != nil) {
		err = p.Errorf(n, "kafka: brokers are missing")
	}
	return k, err
}

// topic is kafkaOutput where a topic has to be given.
func (p *parser) topic(n *yaml.Node) (*KafkaOutput, error) {
	k, err := p.kafkaOutput(n)
	if err == nil && k.Topic == "" {
		err = p.Errorf(n, "kafka: topic is missing")
	}
	return k, err
}
