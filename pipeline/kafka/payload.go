package kafka

import (
	"fmt"

	"github.com/stanch/stanch/record"
)

// Payload is what the values of a topic are.
type Payload uint8

const (
	// Auto takes values for text, JSON included, for framed ones if they begin as
	// those do, and for binary if they hold what no text does.
	Auto Payload = iota
	// Text takes every value for text.
	Text
	// Framed values are Confluent's: a zero byte, four of a schema's id, and then
	// JSON, Avro or Protobuf.
	Framed
	// Avro and Protobuf are values that one schema describes, without a frame.
	Avro
	Protobuf
	// These are batches of OpenTelemetry: requests of OTLP.
	OTLPLogs
	OTLPTraces
	OTLPMetrics
	OTLPLogsJSON
	OTLPTracesJSON
	OTLPMetricsJSON
)

var payloads = [...]string{"auto", "text", "confluent", "avro", "protobuf", "otlp_proto", "otlp_proto_traces", "otlp_proto_metrics", "otlp_json", "otlp_json_traces", "otlp_json_metrics"}

// OTLP reports whether values are batches of OpenTelemetry.
func (p Payload) OTLP() bool { return p >= OTLPLogs }

func (p Payload) json() bool { return p >= OTLPLogsJSON }

// signal is what record/otlp calls the batches.
func (p Payload) signal() string { return [...]string{"logs", "traces", "metrics"}[(p-OTLPLogs)%3] }

func (p Payload) String() string { return payloads[p] }

// ParsePayload reads what String writes.
func ParsePayload(s string) (Payload, error) {
	for i, name := range payloads {
		if s == name || s == "json" && name == "text" {
			return Payload(i), nil
		}
	}
	return 0, fmt.Errorf("unknown payload %q: want auto, text, json, confluent, avro, protobuf, otlp_proto or otlp_json, the last two also with _traces or _metrics", s)
}

// Binary is what becomes of a value that is neither text nor in a format that is
// known.
type Binary uint8

const (
	// RefuseBinary lets the policy for failures decide.
	RefuseBinary Binary = iota
	// DetectBinary forwards it if nothing is found in its bytes, and else refuses it.
	DetectBinary
	// RedactBinary redacts its bytes as if they were text. What comes out may no
	// longer be in the value's format.
	RedactBinary
)

var binaries = [...]string{"refuse", "detect", "redact"}

func (b Binary) String() string { return binaries[b] }

// ParseBinary reads what String writes.
func ParseBinary(s string) (Binary, error) {
	for i, name := range binaries {
		if s == name {
			return Binary(i), nil
		}
	}
	return 0, fmt.Errorf("unknown policy %q for binary values: want refuse, detect or redact", s)
}

// frameSize is the length of what stands before a framed value (Confluent's wire
// format: magic byte 0 and the schema's id).
const frameSize = 5

// form is how a value is treated.
type form uint8

const (
	plain    form = iota
	framed        // as plain, behind the frame
	detected      // may go on if nothing is found in it
	unknown       // may not go on
	batched       // looked at by itself
	schemed       // as its schema says
)

// classify says how a value is treated and which of its bytes are scanned.
func classify(v []byte, p Payload, b Binary) (form, []byte) {
	if p.OTLP() {
		return batched, nil
	}
	if p == Text || p == Auto && record.IsText(v) {
		return plain, v
	}
	if len(v) > frameSize && v[0] == 0 {
		rest := v[frameSize:]
		// JSON begins with one of these, and Avro and Protobuf hold other bytes.
		if c := rest[0]; (c == '{' || c == '[' || c == '"') && record.IsText(rest) {
			return framed, rest
		}
	}
	switch b {
	case DetectBinary:
		return detected, v
	case RedactBinary:
		return plain, v
	}
	return unknown, nil
}
