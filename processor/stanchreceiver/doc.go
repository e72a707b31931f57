// Package stanchreceiver is a receiver of the OpenTelemetry Collector for the
// findings of the components of Stanch in the same collector. They come as log
// records, so that every exporter is a way to an alert.
package stanchreceiver

//go:generate go tool -modfile=../../internal/tools/go.mod mdatagen metadata.yaml
