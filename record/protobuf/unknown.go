package protobuf

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/stanch/stanch/record"
)

// strange deals with a field that its message does not have, which begins at, its contents
// at from, and returns where it ends.
func (w *walker) strange(num protowire.Number, typ protowire.Type, at, from, limit int) (int, error) {
	n := protowire.ConsumeFieldValue(num, typ, w.value[from:limit])
	if n < 0 {
		return 0, record.ErrMalformed
	}
	end := from + n
	switch w.m.unknown {
	case Refuse:
		return 0, record.ErrUnknown
	case Remove:
		w.texts.Remove(at, end)
		return end, nil
	}
	return end, w.guess(num, typ, from, end, maxGuessed)
}

// maxGuessed is how many messages are looked for in each other where no descriptor
// says that there are any.
const maxGuessed = 32

// guess looks into a field of which only the type is known.
func (w *walker) guess(num protowire.Number, typ protowire.Type, from, end, depth int) error {
	switch typ {
	case protowire.BytesType:
		_, n := protowire.ConsumeVarint(w.value[from:end])
		return w.detect(from+n, end, depth)
	case protowire.StartGroupType:
		b, _ := protowire.ConsumeGroup(num, w.value[from:end])
		return w.inside(from, from+len(b), depth)
	}
	return nil
}

// detect takes bytes that may be text, a message or anything else, in which no secret may
// stand. Messages are looked into, because a text is found by what stands beside
// it, and that should not be its length.
func (w *walker) detect(start, end, depth int) error {
	if w.guessed(start, end) {
		return w.inside(start, end, depth)
	}
	w.texts.Fixed(nil, start, end)
	return nil
}

// guessed reports whether bytes are likely to be a message.
func (w *walker) guessed(start, end int) bool {
	b := w.value[start:end]
	return !record.IsText(b) && isMessage(b)
}

// inside looks into the fields of a message.
func (w *walker) inside(at, end, depth int) error {
	if depth == 0 {
		return record.ErrUnknown
	}
	for at < end {
		num, typ, n := protowire.ConsumeTag(w.value[at:end])
		if n < 0 {
			return record.ErrMalformed
		}
		at += n
		if n = protowire.ConsumeFieldValue(num, typ, w.value[at:end]); n < 0 {
			return record.ErrMalformed
		}
		if err := w.guess(num, typ, at, at+n, depth-1); err != nil {
			return err
		}
		at += n
	}
	return nil
}

// isMessage reports whether b could be a message.
func isMessage(b []byte) bool {
	for len(b) > 0 {
		_, _, n := protowire.ConsumeField(b)
		if n < 0 {
			return false
		}
		b = b[n:]
	}
	return true
}
