package otlp

import "encoding/binary"

// Hidden reports whether an encoded batch may hold text that decoding it does not
// show, so that it must not be handed on as it came, though what it decodes to is
// clean: a field that this package does not know, one that is written more than once
// where only one counts, ids of another length. A batch that does not decode is
// hidden as well. The signal is logs, traces or metrics; of others everything is
// hidden. It allocates nothing and takes time linear in b.
//
// Fields are those of opentelemetry-proto 1.9, encoded as protobuf does
// (https://protobuf.dev/programming-guides/encoding/).
func Hidden(signal string, b []byte) bool {
	switch signal {
	case logs:
		return !plain(b, logsRequest, 0)
	case traces:
		return !plain(b, tracesRequest, 0)
	case metrics:
		return !plain(b, metricsRequest, 0)
	}
	return true
}

// maxEncoded bounds how deep messages may lie in each other: twice as deep as pdata's
// values, of which each is two.
const maxEncoded = 1024

// kind is what a field holds.
type kind uint8

const (
	unknown kind = iota
	varint
	fixed64
	fixed32
	text     // or bytes
	id16     // bytes, 16 or none
	id8      // bytes, 8 or none
	packed64 // fixed64, or many in one
	packedInt
	inner // a message
)

// field is a field of a message, by its number.
type field struct {
	kind kind
	many bool
	of   messageKind
	// oneof says that only one of such fields may be there.
	oneof bool
}

// messageKind is a row of messages.
type messageKind uint8

const (
	none messageKind = iota
	logsRequest
	tracesRequest
	metricsRequest
	resourceLogs
	resourceSpans
	resourceMetrics
	scopeLogs
	scopeSpans
	scopeMetrics
	resourceMessage
	entityRef
	scopeMessage
	keyValue
	anyValue
	arrayValue
	keyValueList
	logRecord
	spanMessage
	spanEvent
	spanLink
	spanStatus
	metricMessage
	gauge
	sum
	histogram
	exponential
	summaryMessage
	numberPoint
	histogramPoint
	exponentialPoint
	buckets
	summaryPoint
	quantile
	exemplar
)

func one(k kind) field          { return field{kind: k} }
func each(k kind) field         { return field{kind: k, many: true} }
func in(m messageKind) field    { return field{kind: inner, of: m} }
func list(m messageKind) field  { return field{kind: inner, of: m, many: true} }
func choice(f field) field      { f.oneof = true; return f }
func fields(f ...field) []field { return f }

// messages are the fields of each message, from number 1 on.
var messages = [...][]field{
	logsRequest:     fields(list(resourceLogs)),
	tracesRequest:   fields(list(resourceSpans)),
	metricsRequest:  fields(list(resourceMetrics)),
	resourceLogs:    fields(in(resourceMessage), list(scopeLogs), one(text)),
	resourceSpans:   fields(in(resourceMessage), list(scopeSpans), one(text)),
	resourceMetrics: fields(in(resourceMessage), list(scopeMetrics), one(text)),
	scopeLogs:       fields(in(scopeMessage), list(logRecord), one(text)),
	scopeSpans:      fields(in(scopeMessage), list(spanMessage), one(text)),
	scopeMetrics:    fields(in(scopeMessage), list(metricMessage), one(text)),
	resourceMessage: fields(list(keyValue), one(varint), list(entityRef)),
	entityRef:       fields(one(text), one(text), each(text), each(text)),
	scopeMessage:    fields(one(text), one(text), list(keyValue), one(varint)),
	keyValue:        fields(one(text), in(anyValue)),
	anyValue: fields(choice(one(text)), choice(one(varint)), choice(one(varint)), choice(one(fixed64)),
		choice(in(arrayValue)), choice(in(keyValueList)), choice(one(text))),
	arrayValue:   fields(list(anyValue)),
	keyValueList: fields(list(keyValue)),
	logRecord: fields(one(fixed64), one(varint), one(text), field{}, in(anyValue), list(keyValue), one(varint), one(fixed32),
		one(id16), one(id8), one(fixed64), one(text)),
	spanMessage: fields(one(id16), one(id8), one(text), one(id8), one(text), one(varint), one(fixed64), one(fixed64),
		list(keyValue), one(varint), list(spanEvent), one(varint), list(spanLink), one(varint), in(spanStatus), one(fixed32)),
	spanEvent:  fields(one(fixed64), one(text), list(keyValue), one(varint)),
	spanLink:   fields(one(id16), one(id8), one(text), list(keyValue), one(varint), one(fixed32)),
	spanStatus: fields(field{}, one(text), one(varint)),
	metricMessage: fields(one(text), one(text), one(text), field{}, choice(in(gauge)), field{}, choice(in(sum)), field{},
		choice(in(histogram)), choice(in(exponential)), choice(in(summaryMessage)), list(keyValue)),
	gauge:          fields(list(numberPoint)),
	sum:            fields(list(numberPoint), one(varint), one(varint)),
	histogram:      fields(list(histogramPoint), one(varint)),
	exponential:    fields(list(exponentialPoint), one(varint)),
	summaryMessage: fields(list(summaryPoint)),
	numberPoint: fields(field{}, one(fixed64), one(fixed64), choice(one(fixed64)), list(exemplar), choice(one(fixed64)),
		list(keyValue), one(varint)),
	histogramPoint: fields(field{}, one(fixed64), one(fixed64), one(fixed64), one(fixed64), each(packed64), each(packed64),
		list(exemplar), list(keyValue), one(varint), one(fixed64), one(fixed64)),
	exponentialPoint: fields(list(keyValue), one(fixed64), one(fixed64), one(fixed64), one(fixed64), one(varint), one(fixed64),
		in(buckets), in(buckets), one(varint), list(exemplar), one(fixed64), one(fixed64), one(fixed64)),
	buckets:      fields(one(varint), each(packedInt)),
	summaryPoint: fields(field{}, one(fixed64), one(fixed64), one(fixed64), one(fixed64), list(quantile), list(keyValue), one(varint)),
	quantile:     fields(one(fixed64), one(fixed64)),
	exemplar:     fields(field{}, one(fixed64), choice(one(fixed64)), one(id8), one(id16), choice(one(fixed64)), list(keyValue)),
}

// The wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireLen     = 2
	wireFixed32 = 5
)

// plain reports whether all of a message is shown by decoding it.
func plain(b []byte, m messageKind, depth int) bool {
	if depth > maxEncoded {
		return false
	}
	known := messages[m]
	seen := uint32(0)
	chosen := false
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || n > 2 {
			return false
		}
		b = b[n:]
		number, wire := int(tag>>3), tag&7
		if number < 1 || number > len(known) {
			return false
		}
		f := &known[number-1]
		if !f.many {
			if bit := uint32(1) << number; seen&bit != 0 {
				return false
			} else {
				seen |= bit
			}
		}
		if f.oneof {
			if chosen {
				return false
			}
			chosen = true
		}
		var value []byte
		switch wire {
		case wireVarint:
			if _, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			b = b[n:]
		case wireFixed64, wireFixed32:
			n = 8
			if wire == wireFixed32 {
				n = 4
			}
			if len(b) < n {
				return false
			}
			b = b[n:]
		case wireLen:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return false
			}
			value, b = b[n:n+int(size)], b[n+int(size):]
		default:
			return false
		}
		if !f.takes(wire, value) || f.kind == inner && !plain(value, f.of, depth+1) {
			return false
		}
	}
	return true
}

// takes reports whether a field may be written so.
func (f *field) takes(wire uint64, value []byte) bool {
	switch f.kind {
	case varint:
		return wire == wireVarint
	case fixed64:
		return wire == wireFixed64
	case fixed32:
		return wire == wireFixed32
	case text, inner:
		return wire == wireLen
	case id16:
		return wire == wireLen && (len(value) == 0 || len(value) == 16)
	case id8:
		return wire == wireLen && (len(value) == 0 || len(value) == 8)
	case packed64:
		return wire == wireFixed64 || wire == wireLen && len(value)%8 == 0
	case packedInt:
		return wire == wireVarint || wire == wireLen
	}
	return false
}
