package seal

import (
	"unicode/utf8"

	"github.com/stanch/stanch/internal/envelope"
)

// MaxValue is the length, in bytes, of the longest value that has an envelope.
const MaxValue = 4 << 10

const (
	// padding is what the length of a box is a multiple of, so that it does not tell
	// that of a password.
	padding = 32
	// maxSource bounds what is kept of where a value stood.
	maxSource = 128
)

// Value is what an envelope held.
type Value struct {
	Detector string
	// Source is where the value stood when it was sealed, its last bytes if that is
	// long.
	Source string
	Text   []byte
}

// valueLabel binds a value to its detector.
func valueLabel(detector string) string { return "stanch v1 value\n" + detector }

// AppendValue appends the envelope of a value, which has MaxValue bytes at most. The
// value is bound to its detector and to its source: with another detector's name
// on it the envelope does not open, and it says itself where it is from.
func (s *Sealer) AppendValue(dst []byte, detector, source string, value []byte) ([]byte, error) {
	if len(source) > maxSource {
		source = source[len(source)-maxSource:]
		for source != "" && !utf8.RuneStart(source[0]) {
			source = source[1:]
		}
	}
	text := appendBytes(nil, source)
	text = appendBytes(text, value)
	text = append(text, make([]byte, (padding-len(text)%padding)%padding)...)
	key, box, err := s.Seal(valueLabel(detector), text)
	if err != nil {
		return dst, err
	}
	return envelope.AppendSealed(dst, detector, s.id, key, box), nil
}

// Value opens an envelope. Its error is ErrIdentity or ErrChanged.
func (o *Opener) Value(e *envelope.Sealed) (Value, error) {
	key, box, err := e.Contents()
	if err != nil {
		return Value{}, ErrChanged
	}
	v := Value{Detector: string(e.Detector)}
	text, err := o.Open(valueLabel(v.Detector), key, box)
	if err != nil {
		return Value{}, err
	}
	source, text, ok := cutBytes(text)
	if !ok {
		return Value{}, ErrChanged
	}
	if v.Text, _, ok = cutBytes(text); !ok { // the rest is padding
		return Value{}, ErrChanged
	}
	v.Source = string(source)
	return v, nil
}
