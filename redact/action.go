package redact

import "fmt"

// Action is what happens to a candidate. Those after Shadow redact, and stand
// in order of strictness: of overlapping candidates the strictest one rules.
type Action uint8

const (
	// Keep passes the value in clear and reports nothing.
	Keep Action = iota
	// Shadow passes the value in clear and reports it.
	Shadow
	// Partial masks all but the vendor's public prefix or, where its rule says so,
	// a few of the first and last characters.
	Partial
	// Format writes a keyed surrogate of the same length with the same classes of
	// characters, for values of 16 letters and digits and more.
	Format
	// Token writes a short keyed surrogate, which is the same for equal values
	// whatever found them, wherever the same key is used.
	Token
	// Hash writes a keyed hash, so that equal values stay recognisable as equal.
	Hash
	// Seal writes the value, encrypted for people who keep an age identity elsewhere.
	Seal
	// Mask writes a marker that names the detector.
	Mask
	// Remove writes nothing, or an empty string where an unquoted JSON scalar
	// stood. A few formats, such as tracestate, have no empty value.
	Remove
	// Drop leaves out the record: the line, or the record of a Batch. Of a value
	// whose key is known it removes the value. It is reported like the others.
	Drop
)

var actions = [...]string{"keep", "shadow", "partial", "format", "token", "hash", "sealed", "mask", "remove", "drop"}

func (a Action) String() string { return actions[a] }

// Redacts reports whether no byte of the value passes in clear, but for what
// Partial keeps.
func (a Action) Redacts() bool { return a > Shadow }

// ParseAction reads an action by its name.
func ParseAction(s string) (Action, error) {
	for i, n := range actions {
		if n == s {
			return Action(i), nil
		}
	}
	return 0, fmt.Errorf("unknown action %q: want keep, shadow, partial, format, token, hash, sealed, mask, remove or drop", s)
}
