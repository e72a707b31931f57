// Package redaction compares the redaction processor here with that of the
// Collector's contrib distribution: what both do to batches that a seed makes, and
// what it costs.
package redaction
