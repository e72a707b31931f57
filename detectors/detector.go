// Package detectors holds secrets as data: one YAML file per vendor, the loader
// that turns them into Detectors, checksums, and example templates.
package detectors

import (
	"fmt"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// Kind says how a detector decides at a hit of one of its literals.
type Kind uint8

const (
	// Prefix: a literal with shapes directly around it.
	Prefix Kind = iota
	// Keyed: a vendor word near an assignment whose value has a shape.
	Keyed
	// Field: a sensitive field name in any key-value notation of logs.
	Field
	// Structure: a construct of logs and protocols with a parser of its own, named by Detector.Structure.
	Structure
	// Regex: an RE2 expression, run from its literals.
	Regex
	// Known: values of an inventory of known secrets. No file can define one.
	Known
)

var kinds = [...]string{"prefix", "keyed", "field", "structure", "regex", "known"}

// String is the name of the kind in a vendor file.
func (k Kind) String() string { return kinds[k] }

// ParseKind reads prefix, keyed, field, structure or regex.
func ParseKind(s string) (Kind, error) {
	for i, n := range kinds[:Known] {
		if n == s {
			return Kind(i), nil
		}
	}
	return 0, fmt.Errorf("unknown kind %q: want prefix, keyed, field, structure or regex", s)
}

// Detector is one kind of secret.
type Detector struct {
	ID         string // [a-z0-9][a-z0-9-]{0,63}
	Title      string
	Vendor     string
	Severity   finding.Severity
	References []string
	Kind       Kind

	// Literals are what the matcher looks for; Fold makes all of them caseless.
	Literals []string
	Fold     bool
	// Before must end at the literal's start, After must begin at its end.
	// For Keyed, After is the shape of the whole value.
	Before, After *Shape
	// Keywords: when not empty, one of them (caseless) must stand in the same
	// line at most 128 bytes before the match.
	Keywords []string
	// Loose lets more bytes of After's last class follow; they become part of the span.
	Loose bool
	// Anywhere lifts the rule that the byte before the match is no word byte.
	Anywhere bool
	// Entropy is the least Shannon entropy, bits per byte, of the secret part; 0 is none.
	Entropy float64
	// Check is a checksum or structural check over the match; nil for none.
	Check *Check

	Structure string // name of the parser, for Kind Structure
	Regex     string // for Kind Regex
	Group     int    // submatch of Regex that is the secret; 0 is the whole match, or FirstGroup
	// Filter is what an imported rule asks beyond all this; nil for others. Its values
	// are not judged as placeholders or masks.
	Filter *Filter

	// Identifier marks what names somebody rather than lets him in: kept by default.
	Identifier bool

	Examples  []Example
	Negatives []Example

	File string // where it was defined
	Line int
}

// KnownSecret returns the detector that reports what stands in an inventory.
func KnownSecret() Detector {
	return Detector{ID: "known-secret", Title: "Known secret", Severity: finding.Critical, Kind: Known, File: "built-in"}
}

// FirstGroup, as Detector.Group, is the first submatch that is not empty, or the
// whole match if there is none.
const FirstGroup = -1

// Example is a template and what must be found in its expansion: the part
// between << and >>, or everything where there are no such marks.
type Example struct {
	Template string
	Line     int
}

// Shape is a sequence of class runs.
type Shape struct {
	Source string
	Items  []Item
	// SecretFrom and SecretTo are the items [from, to) written in parentheses;
	// equal when there are none.
	SecretFrom, SecretTo int
	Min, Max             int // length in bytes
}

// Item is a run of Min to Max bytes of Class.
type Item struct {
	Class    match.Class
	Min, Max int
}

// Check is a named function over a match.
type Check struct {
	Name string
	// Func reports whether the token passes. token is the bytes of the match
	// (before + literal + after), for Keyed those of the value; it is neither
	// kept nor changed. Func may be called concurrently.
	Func func(token []byte) bool
	// Required: a token that fails is no match. Otherwise failing lowers the confidence.
	Required bool
}
