package kafka

import (
	"encoding/binary"
	"errors"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

// Format redacts values that are written as one schema says. It appends to dst what a
// value becomes, if that is something else. Its errors are those of package record.
// It is safe for concurrent use.
type Format interface {
	Redact(r *redact.Redactor, dst, value []byte) (out []byte, changed bool, err error)
}

// Schemas say how values are to be read. The zero value is none.
type Schemas struct {
	// ByID are the formats of framed values, by the ids in their frames.
	ByID map[uint32]Format
	// Other is the format of framed values with other ids, and of all values of the
	// payloads Avro and Protobuf; nil for none.
	Other Format
}

// format returns how a value is read that a schema describes, and what stands before it.
// It is nil for other values.
func (r *Route) format(v []byte) (f Format, frame int) {
	s := &r.Schemas
	switch {
	case r.Payload == Avro || r.Payload == Protobuf:
		return s.Other, 0
	case s.Other == nil && s.ByID == nil || len(v) < frameSize || v[0] != 0:
		return nil, 0
	}
	if f = s.ByID[binary.BigEndian.Uint32(v[1:])]; f == nil {
		f = s.Other
	}
	return f, frameSize
}

// keyFormat is format for keys: of these only framed ones with an id that is given have one.
func (r *Route) keyFormat(key []byte) (f Format, frame int) {
	if r.Schemas.ByID == nil || r.Payload == Avro || r.Payload == Protobuf || len(key) < frameSize || key[0] != 0 {
		return nil, 0
	}
	return r.Schemas.ByID[binary.BigEndian.Uint32(key[1:])], frameSize
}

// structured redacts the value of a record by its schema.
func (t *transformer) structured(i int) {
	v := t.recs[i].Value
	f, frame := t.route.format(v)
	t.begin(i)
	n := len(t.arena)
	out, changed, err := t.byFormat(f, v, frame)
	if found := t.j.findings[t.found:]; len(found) > 1 {
		seen := make(map[string]int)
		for k := range found {
			found[k] = identified(found[k], seen)
		}
	}
	switch {
	case err != nil:
		t.failed(i, reasonOf(err))
	case t.dropped:
		t.edit(i).drop = true
	case changed:
		t.arena = out
		t.edit(i).value = out[n:len(out):len(out)]
	}
}

// byFormat appends to arena what a value becomes, with the frame before it. The caller
// takes what is returned for the arena if anything changed.
func (t *transformer) byFormat(f Format, v []byte, frame int) (out []byte, changed bool, err error) {
	n := len(t.arena)
	out = append(t.arena, v[:frame]...)
	t.arena = out[:n] // whatever comes of it, room is kept
	return f.Redact(t.r, out, v[frame:])
}

// reasonOf says why a format refused a value.
func reasonOf(err error) pipeline.Reason {
	switch {
	case errors.Is(err, record.ErrMalformed):
		return pipeline.Undecodable
	case errors.Is(err, record.ErrUnscanned):
		return pipeline.Unscanned
	}
	return pipeline.UnknownFormat
}
