// Package stanchextension is an extension of the OpenTelemetry Collector that owns
// what the components of Stanch share: the redaction engine, with its policy, rules
// and known secrets, and the hub of its findings. It reads the files of the policy
// again when they change, and no pipeline notices.
package stanchextension

//go:generate go tool -modfile=../../internal/tools/go.mod mdatagen metadata.yaml
