// Package config reads the document of stanch run. configs/pipeline.schema.json
// describes its YAML.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/redact"
)

// Position is a place in the document.
type Position = redact.Position

// Document is what stanch run does, version 1.
type Document struct {
	Redaction  *redact.Document
	Policy     string // the file of Redaction; empty if it stands in the document
	Inputs     []Input
	Outputs    []Output
	Findings   Findings
	Quarantine Quarantine
	Metrics    Metrics
	Log        Log

	Workers  int   // redactors; 0 is one for each processor
	InFlight int64 // bytes
	Drain    time.Duration
}

// Input is where records come from: one of File, Stdin and Kafka is set.
type Input struct {
	Pos     Position
	Name    string
	File    *FileInput
	Stdin   bool
	Kafka   *KafkaInput
	Output  string // name of an output
	Failure pipeline.Failure
}

// FileInput are files that are read once.
type FileInput struct {
	Pos              Position
	Paths            []string
	Include, Exclude []string
	State            string // file that remembers how far they have been read; empty for none
}

// Output is where records go: one of File, Stdout and Kafka is set.
type Output struct {
	Pos    Position
	Name   string
	File   *FileOutput
	Stdout bool
	Kafka  *KafkaOutput
}

// FileOutput is a file that is appended to, or a directory with one file for each
// that is read.
type FileOutput struct {
	Pos       Position
	Path, Dir string
	Sync      bool // to the disk, before anything is acknowledged
}

// Cluster is how to reach a Kafka cluster.
type Cluster struct {
	Pos      Position
	Brokers  []string
	ClientID string
	TLS      *TLS
	SASL     *SASL
}

// TLS is how a server proves who it is, and this client.
type TLS struct {
	Pos        Position
	CA         string // file of certificates; empty for those of the system
	Cert, Key  string // files
	ServerName string
}

// SASL is how this client proves who it is to a broker.
type SASL struct {
	Pos                Position
	Mechanism          string
	Username, Password Secret // of PLAIN and SCRAM
	Token              Secret // of OAUTHBEARER; read anew for each connection
	Region             string // of AWS_MSK_IAM; empty for that of AWS's environment
}

// Mechanisms are those of SASL.
var Mechanisms = []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", Bearer, MSK}

const (
	// Bearer is the mechanism of those who have a token.
	Bearer = "OAUTHBEARER"
	// MSK is the mechanism of Amazon MSK.
	MSK = "AWS_MSK_IAM"
)

// KafkaInput is what a member of a consumer group reads.
type KafkaInput struct {
	Cluster
	Group             string
	Topics            []Route
	Start, OutOfRange string    // earliest, latest, or for the former time; for the latter park
	StartTime         time.Time // where Start is time
	ReadUncommitted   bool
	Header            string
	CreateTopics      bool
	ExactlyOnce       bool
	TransactionalID   string

	FetchBytes, MaxBatchBytes, MaxMessageBytes  int
	MaxWait                                     time.Duration
	MaxUncommitted                              int
	CommitInterval, TopicInterval, StreamHold   time.Duration
	Heartbeat, SessionTimeout, RebalanceTimeout time.Duration
	TransactionTimeout                          time.Duration
}

// Route leads from topics to topics.
type Route struct {
	Pos             Position
	From, To        string // To is empty where the output has no topics
	Payload, Binary string
	StreamBy        string // key, header:NAME or field:PATH; empty for none
	Schemas         []Schema
}

// Schema says how values are to be read: one of Avro and Protobuf is set.
type Schema struct {
	Pos  Position
	ID   int    // in the frame of the values; 0 for all that no other is for
	Avro string // file of a schema
	// References are files of schemas whose types that one names, each behind those that
	// it names itself.
	References []string
	Protobuf   string // file of descriptors
	Message    string // of Protobuf; empty if the file says which
	Unknown    string // what becomes of unknown fields
}

// KafkaOutput is the cluster that the routes of a Kafka input lead to, or a topic.
type KafkaOutput struct {
	Cluster
	Topic           string // for inputs other than Kafka
	MaxMessageBytes int
}

// Findings are the outputs for findings and their bounds.
type Findings struct {
	Outputs []FindingsOutput
	pipeline.FindingOptions
}

// FindingsOutput takes findings: one of its pointers is set, or Stdout.
type FindingsOutput struct {
	Pos     Position
	Name    string
	File    *FileOutput
	Stdout  bool
	Kafka   *KafkaOutput
	OTLP    *OTLP
	Webhook *Webhook
}

// OTLP is a receiver of OTLP logs over HTTP.
type OTLP struct {
	Pos      Position
	Endpoint string
	Headers  map[string]Secret
	TLS      *TLS
	Timeout  time.Duration
	// AllowHTTP lets the endpoint be one without TLS on another machine.
	AllowHTTP bool
}

// Webhook is a receiver as Standard Webhooks has it.
type Webhook struct {
	Pos     Position
	URL     Secret // or a string, if it holds no secret
	Secret  Secret
	Hosts   []string // that may be called; empty for that of URL
	TLS     *TLS
	Timeout time.Duration
	// AllowHTTP and AllowPrivate let the receiver be one without TLS, and one in a
	// private network.
	AllowHTTP, AllowPrivate bool
}

// Quarantine is where records go that failed.
type Quarantine struct {
	Pos            Position
	File           *FileOutput
	Kafka          *KafkaOutput
	Recipients     []Text
	RecipientsFile Text
}

// Set reports whether there is a quarantine.
func (q *Quarantine) Set() bool { return q.File != nil || q.Kafka != nil }

// Text is a string and where it stands.
type Text struct {
	Pos  Position
	Text string
}

// Metrics are where /metrics, /ready and /live are served.
type Metrics struct {
	Pos    Position
	Listen string // host:port; empty for nowhere
}

// Log is what is logged and how.
type Log struct {
	Level, Format string
}

// Secret is where a secret comes from: a file, or a variable of the environment
// whose name begins with STANCH_. It prints none.
type Secret struct {
	Pos       Position
	File, Env string
	text      string // given in the document, where that is allowed
}

// Set reports whether there is anything to read.
func (s *Secret) Set() bool { return s.File != "" || s.Env != "" || s.text != "" }

// Format prints where the secret comes from.
func (s Secret) Format(f fmt.State, _ rune) {
	switch {
	case s.File != "":
		fmt.Fprintf(f, "file %s", s.File)
	case s.Env != "":
		fmt.Fprintf(f, "variable %s", s.Env)
	default:
		io.WriteString(f, "secret")
	}
}

const maxSecret = 64 << 10

// Read returns the secret without the end of its line. Errors give the place in
// the document.
func (s *Secret) Read() (string, error) {
	fail := func(err error) error {
		return fmt.Errorf("%s:%d:%d: %w", s.Pos.File, s.Pos.Line, s.Pos.Column, err)
	}
	switch {
	case s.text != "":
		return s.text, nil
	case s.Env != "":
		text, ok := os.LookupEnv(s.Env)
		if !ok || text == "" {
			return "", fail(fmt.Errorf("%s is not set", s.Env))
		}
		return text, nil
	case s.File == "":
		return "", nil
	}
	f, err := os.Open(s.File)
	if err != nil {
		return "", fail(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", fail(err)
	case len(b) > maxSecret:
		return "", fail(fmt.Errorf("%s is longer than %d bytes", s.File, maxSecret))
	}
	text := strings.TrimRight(string(bytes.TrimPrefix(b, []byte("\ufeff"))), "\r\n")
	if text == "" {
		return "", fail(fmt.Errorf("%s is empty", s.File))
	}
	return text, nil
}

// Files lists the files that can change what is in force while the pipeline runs:
// the document itself, its policy, and what that is made of.
func (d *Document) Files(name string) []string {
	list := []string{name}
	if d.Policy != "" {
		list = append(list, d.Policy)
	}
	return append(list, d.Redaction.Files()...)
}

// SameButPolicy reports whether two documents differ in their policies, and in
// where things stand, at most.
func (d *Document) SameButPolicy(o *Document) bool {
	x, y := *d, *o
	x.Redaction, y.Redaction = nil, nil
	x.Policy, y.Policy = "", ""
	return same(reflect.ValueOf(x), reflect.ValueOf(y))
}

func same(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[Position]() {
		return true
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, k := range a.MapKeys() {
			if v := b.MapIndex(k); !v.IsValid() || !same(a.MapIndex(k), v) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	}
	return a.Equal(b)
}

var (
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	envPattern  = regexp.MustCompile(`^STANCH_[A-Z0-9_]{1,64}$`)
	// streamPattern is what kafka.ParseStreamBy takes.
	streamPattern = regexp.MustCompile(`^(key|header:[^\n]+|field:[^."\\\n]+(\.[^."\\\n]+){0,15})$`)
	topicPattern  = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)
)

var errNoOutput = errors.New("output: there is none of that name")
