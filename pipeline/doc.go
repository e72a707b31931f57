// Package pipeline moves records from inputs through redaction to outputs and
// loses none: an input is told that a batch is done when every record of it has
// been written redacted, stands in the quarantine, or was dropped by a policy
// that says so. The original of a record is never forwarded.
//
// Records of one lane keep their order. Stopping closes the inputs first and
// gives what is under way a deadline. Bytes in flight are bounded.
package pipeline
