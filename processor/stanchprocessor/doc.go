// Package stanchprocessor is a processor of the OpenTelemetry Collector that redacts
// secrets in logs, traces, metrics and profiles, in every place where text can
// stand. The engine is that of the stanch extension, or one of its own.
package stanchprocessor

//go:generate go tool -modfile=../../internal/tools/go.mod mdatagen metadata.yaml
