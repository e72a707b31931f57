package pipeline

import (
	"errors"
	"fmt"
)

// Failure is what happens to a record that cannot be redacted or written. None
// of them forwards the original.
type Failure uint8

const (
	// ToQuarantine writes what is known of the record, and its bytes only sealed,
	// to the quarantine. It goes on when that is durable.
	ToQuarantine Failure = iota
	// RedactValue forwards a marker in the place of the value.
	RedactValue
	// DropRecord leaves the record out. It is counted.
	DropRecord
	// Halt ends the pipeline before the record; its input keeps it.
	Halt
)

var failures = [...]string{"quarantine", "redact_value", "drop", "halt"}

func (f Failure) String() string {
	if int(f) < len(failures) {
		return failures[f]
	}
	return fmt.Sprintf("Failure(%d)", uint8(f))
}

// ParseFailure reads what String writes.
func ParseFailure(s string) (Failure, error) {
	for i, name := range failures {
		if s == name {
			return Failure(i), nil
		}
	}
	return 0, errors.New("want quarantine, redact_value, drop or halt")
}

// Reason is why a record failed. The words are a closed set: they are labels of
// metrics and stand in the quarantine, and hold nothing of the record.
type Reason string

const (
	Unscanned     Reason = "unscanned"      // over a budget, or an error of ours
	Undecodable   Reason = "undecodable"    // it is not in the format that it should be in
	UnknownFormat Reason = "unknown_format" // binary, or a schema that is not known
	TooLarge      Reason = "too_large"      // for the output, after redaction
	Refused       Reason = "rejected"       // by the output, for what it is
	Corrupt       Reason = "corrupt"        // its checksum or structure is wrong
)

// Reasons are all reasons.
func Reasons() []Reason {
	return []Reason{Unscanned, Undecodable, UnknownFormat, TooLarge, Refused, Corrupt}
}
