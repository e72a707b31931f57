// Package scan finds secrets in log text: the hits of one literal pass are
// verified in place, each in a bounded window, and become ordered spans.
package scan

import (
	"github.com/stanch/stanch/finding"
)

// Span is a secret in scanned text: bytes [Start, End), as found by the
// detector with that index in Engine.Detectors.
type Span struct {
	Start, End int
	Detector   int32
	Confidence finding.Confidence
	Evidence   Evidence
	Encoding   Encoding
	// KeyStart and KeyEnd delimit the name the value stood under; equal when it had none.
	KeyStart, KeyEnd int
	// Bare marks an unquoted JSON scalar: its replacement must be quoted.
	Bare bool
	// Continued marks a piece of a secret that began in an earlier span (a key over
	// several lines, a token that a colour or the end of a record interrupts, a value
	// cut by a time-out): no new marker, no new finding.
	Continued bool
	// Entry is the number of the entry of the inventory whose secret it is, plus
	// one; 0 for what is not known.
	Entry int32
}

// Evidence is what a span rests on.
type Evidence uint16

const (
	ByShape     Evidence = 1 << iota // literal and shape
	ByChecksum                       // checksum or structure verified
	BadChecksum                      // shape holds, checksum does not
	ByKey                            // a sensitive name
	ByConstruct                      // a construct of a protocol or file format
	ByEntropy                        // the value looks random
	Identifier                       // names somebody, lets nobody in
	Unclosed                         // text ended inside it
	Announced                        // the name alone says that it is a secret
	ByInventory                      // the value is known
)
