package kafka

import (
	"encoding/binary"
	"fmt"
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
	// These are batches of OpenTelemetry: requests of OTLP.
	OTLPLogs
	OTLPTraces
	OTLPMetrics
	OTLPLogsJSON
	OTLPTracesJSON
	OTLPMetricsJSON
)

var payloads = [...]string{"auto", "text", "confluent", "otlp_proto", "otlp_proto_traces", "otlp_proto_metrics", "otlp_json", "otlp_json_traces", "otlp_json_metrics"}

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
	return 0, fmt.Errorf("unknown payload %q: want auto, text, json, confluent, otlp_proto or otlp_json, the last two also with _traces or _metrics", s)
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
)

// classify says how a value is treated and which of its bytes are scanned.
func classify(v []byte, p Payload, b Binary) (form, []byte) {
	if p.OTLP() {
		return batched, nil
	}
	if p == Text || p == Auto && isText(v) {
		return plain, v
	}
	if len(v) > frameSize && v[0] == 0 {
		rest := v[frameSize:]
		// JSON begins with one of these, and Avro and Protobuf hold other bytes.
		if c := rest[0]; (c == '{' || c == '[' || c == '"') && isText(rest) {
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

// isText reports whether v holds no control characters but those of logs: tabs,
// ends of lines and pages, and escapes of terminals. Which letters it holds, in
// whatever encoding, makes no difference.
func isText(v []byte) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	i := 0
	for ; i+8 <= len(v); i += 8 {
		x := binary.LittleEndian.Uint64(v[i:])
		// The high bit of each byte below a blank; bytes above 0x7f are none.
		if (x-ones*' ')&^x&highs != 0 && !printable(v[i:i+8]) {
			return false
		}
	}
	return printable(v[i:])
}

func printable(v []byte) bool {
	// \a \b \t \n \v \f \r and escape
	const allowed = 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<27
	for _, c := range v {
		if c < ' ' && allowed>>c&1 == 0 {
			return false
		}
	}
	return true
}
