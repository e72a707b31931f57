// Package redactionprocessor takes the configuration of the redaction processor of
// OpenTelemetry Collector Contrib unchanged and does what it asks: the same
// attributes are removed, the same values masked, and the same summary says so. Beside
// that it redacts every secret that Stanch finds, wherever in a batch it stands.
//
// A batch is gone through twice. First the configuration is applied to attributes
// and bodies, in the order and with the results of contrib's processor, so that what
// it would redact is redacted whatever the engine thinks of it. Then the engine looks
// at all text that is left. The differences are listed in
// docs/migrating-from-redactionprocessor.md.
package redactionprocessor

//go:generate go tool -modfile=../../internal/tools/go.mod mdatagen metadata.yaml
