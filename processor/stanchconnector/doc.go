// Package stanchconnector is a connector of the OpenTelemetry Collector from logs to
// logs: it redacts them, and sends them to some pipelines and what it finds to others.
package stanchconnector

//go:generate go tool -modfile=../../internal/tools/go.mod mdatagen metadata.yaml
