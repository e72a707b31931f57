package finding

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// SchemaVersion is the version of the JSON written for a Finding, described by
// configs/finding.schema.json.
const SchemaVersion = 1

// Finding is one report of a secret. Whoever fills it runs every string that
// comes from outside (paths, keys, hosts) through redaction first. Encoding
// the same Finding always gives the same bytes.
type Finding struct {
	Schema     int        `json:"schema"`
	ID         string     `json:"id"` // of the event, 32 hexadecimal digits
	Detector   string     `json:"detector"`
	Version    string     `json:"version"` // of the detector: changes when its definition does
	Title      string     `json:"title"`
	Severity   Severity   `json:"severity"`
	Confidence Confidence `json:"confidence"`
	Action     string     `json:"action"`
	Source     Source     `json:"source"`
	Key        string     `json:"key,omitempty"` // the name the value stood under
	// Fingerprint is a key id, "-" and a keyed hash of the value; empty where the
	// value could be guessed or no key is configured.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Inventory is the id of a known secret's entry in the inventory, Owner whose it
	// is, if the inventory says so; empty for other secrets.
	Inventory string    `json:"inventory,omitempty"`
	Owner     string    `json:"owner,omitempty"`
	Encoding  string    `json:"encoding,omitempty"` // what the value was wrapped in; empty for plain text
	Time      time.Time `json:"time"`               // UTC
	Count     int64     `json:"count"`
}

// Kind says what sort of place a secret was found in, and so which fields of a
// Source count.
type Kind string

const (
	Stream Kind = "stream" // Offset, Line, Column
	File   Kind = "file"   // Path, Offset, Line, Column
	Kafka  Kind = "kafka"  // Topic, Partition, Offset; Line, Column within the record
	OTLP   Kind = "otlp"   // Signal, Resource, Path; Line, Column within the value
)

// Source is a place. It is comparable.
type Source struct {
	Kind Kind
	// Path of a file, or of a value within its record.
	Path string
	// Offset counts bytes of a stream or file from 0, and records of a Kafka partition.
	Offset int64
	// Line and Column count from 1, columns in bytes; 0 is unknown.
	Line, Column int64
	Topic        string
	Partition    int32
	Signal       string // logs, traces, metrics or profiles
	Resource     string
}

type sourceJSON struct {
	Kind      Kind   `json:"kind"`
	Path      string `json:"path,omitempty"`
	Topic     string `json:"topic,omitempty"`
	Partition *int32 `json:"partition,omitempty"`
	Signal    string `json:"signal,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Offset    *int64 `json:"offset,omitempty"`
	Line      int64  `json:"line,omitempty"`
	Column    int64  `json:"column,omitempty"`
}

// MarshalJSON writes the fields that count for the kind.
func (s Source) MarshalJSON() ([]byte, error) {
	j := sourceJSON{Kind: s.Kind, Path: s.Path, Line: s.Line, Column: s.Column}
	switch s.Kind {
	case Stream, File:
		j.Offset = &s.Offset
	case Kafka:
		j.Topic, j.Partition, j.Offset = s.Topic, &s.Partition, &s.Offset
	case OTLP:
		j.Signal, j.Resource = s.Signal, s.Resource
	default:
		return nil, fmt.Errorf("finding: unknown kind of source %q", s.Kind)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Source) UnmarshalJSON(b []byte) error {
	var j sourceJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*s = Source{Kind: j.Kind, Path: j.Path, Topic: j.Topic, Signal: j.Signal, Resource: j.Resource, Line: j.Line, Column: j.Column}
	if j.Partition != nil {
		s.Partition = *j.Partition
	}
	if j.Offset != nil {
		s.Offset = *j.Offset
	}
	return nil
}

// EventID returns an id for a finding of a detector at s. A place in a Kafka
// log is read again after a crash, and gives the same id again; every other
// place gives a new one.
func (s Source) EventID(detector string) string {
	var id [16]byte
	if s.Kind == Kafka {
		h := sha256.New()
		fmt.Fprintf(h, "%q %d %d %d %d %q %q", s.Topic, s.Partition, s.Offset, s.Line, s.Column, s.Path, detector)
		copy(id[:], h.Sum(nil))
	} else {
		rand.Read(id[:])
	}
	return hex.EncodeToString(id[:])
}

// AppendJSON appends f as one line of JSON without its line feed.
func (f *Finding) AppendJSON(dst []byte) ([]byte, error) {
	b, err := json.Marshal(f)
	return append(dst, b...), err
}

// WriteJSON writes f as one line of JSON.
func (f *Finding) WriteJSON(w io.Writer) error {
	b, err := f.AppendJSON(nil)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
