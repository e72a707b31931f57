package protobuf

import (
	"encoding/binary"

	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

// Indexed is the format of values that begin with the indexes of a message in a file:
// how many there are, then the index of a message in the file and those of messages in
// messages, each of variable length and zig-zag; 0 alone stands for the first message
// (https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format).
// It is safe for concurrent use.
type Indexed struct{ list []indexed }

type indexed struct {
	message *Message
	nested  []indexed
}

// Redact is as that of Message.
func (x *Indexed) Redact(r *redact.Redactor, dst, value []byte) (out []byte, changed bool, err error) {
	m, n, err := x.message(value)
	if err != nil {
		return dst, false, err
	}
	return m.redact(r, dst, value, n)
}

// message returns the message that the indexes before a value name, and their length.
func (x *Indexed) message(value []byte) (m *Message, n int, err error) {
	next := func() (int64, bool) {
		v, size := binary.Varint(value[n:])
		n += max(size, 0)
		return v, size > 0 && v >= 0
	}
	count, ok := next()
	if !ok || count > record.MaxDepth {
		return nil, 0, record.ErrMalformed
	}
	list := x.list
	for i := range max(count, 1) {
		at := int64(0)
		if count > 0 {
			if at, ok = next(); !ok {
				return nil, 0, record.ErrMalformed
			}
		}
		if at >= int64(len(list)) {
			return nil, 0, record.ErrUnknown
		}
		m = list[at].message
		if i+1 < count {
			list = list[at].nested
		}
	}
	return m, n, nil
}
