package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/inventory/dictionary"
)

// Meta is what is known of a secret besides its value. Nothing of it is secret.
type Meta struct {
	ID          string    // of the entry, unique in its inventory
	Owner       string    // a person or team
	Purpose     string    // what it opens
	StoredIn    string    // where it is kept, such as vault:kv/payments
	Rotation    string    // how it is rotated
	LastRotated time.Time // zero if unknown
}

// A Value is a secret from a source. It must not be printed, and does not.
type Value struct {
	Meta
	// Secret is the value; it belongs to the source and holds until the next.
	Secret []byte
	// At says where the source has it, for messages: file:line, or a name.
	At string
}

// Format keeps the secret out of whatever prints a Value.
func (v Value) Format(w fmt.State, _ rune) { fmt.Fprintf(w, "%s (%s)", v.ID, v.At) }

// A Source hands out known secrets.
type Source interface {
	// Values calls yield for every secret until it returns an error, which
	// Values then returns. Errors of its own name the place and never a value.
	Values(ctx context.Context, yield func(Value) error) error
}

// Why a value is refused.
var (
	ErrShort      = fmt.Errorf("shorter than %d bytes", dictionary.MinLen)
	errShortBlind = fmt.Errorf("shorter than %d bytes, the least of a blind inventory", shortestBlind)
	errMore       = errors.New("short, or can be guessed")
	ErrGuessable  = fmt.Errorf("can be guessed (under %d bits)", leastBits)
)

const leastBits = 40 // of a guesser's work, see judge.Bits

// A Refusal is an error about one value, which the rest of an inventory can do
// without.
type Refusal struct {
	At  string // as in Value
	Why error
}

func (r *Refusal) Error() string { return r.At + ": " + r.Why.Error() }
func (r *Refusal) Unwrap() error { return r.Why }

// Refusals returns the refusals that an error of New, Save or Document.Open joins.
func Refusals(err error) (list []*Refusal) {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, e := range many.Unwrap() {
		var r *Refusal
		if errors.As(e, &r) {
			list = append(list, r)
		}
	}
	return list
}

// acceptable tells whether a value can be looked for anywhere in a text: one
// that is short or common would be found where it means nothing, and its digest
// could be guessed back.
func acceptable(secret []byte) error {
	switch {
	case len(secret) < dictionary.MinLen:
		return ErrShort
	case judge.Guessable(secret, leastBits):
		return ErrGuessable
	}
	return nil
}

const (
	// maxPiece leaves room for the longest form, \u00XX for every byte.
	maxPiece = 512
	// leastLine is the shortest line of a value of several that is looked for.
	leastLine = 16
)

// pieces yields what a value is looked for by. Logs have one of several lines
// line by line, and its frame (-----BEGIN …) is no secret; a long one is cut.
func pieces(secret []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		several := bytes.IndexByte(secret, '\n') >= 0 || bytes.IndexByte(secret, '\r') >= 0
		for len(secret) > 0 {
			line, rest := secret, []byte(nil)
			if several {
				if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
					line, rest = line[:i], line[i+1:]
				}
			}
			secret = rest
			if several && (len(line) < leastLine || bytes.HasPrefix(line, []byte("-----"))) {
				continue
			}
			for len(line) > maxPiece {
				if !yield(line[:maxPiece]) {
					return
				}
				// What is left must be long enough to be looked for by itself.
				line = line[min(maxPiece, len(line)-leastLine):]
			}
			if !several || len(line) >= dictionary.MinLen {
				if !yield(line) {
					return
				}
			}
		}
	}
}
