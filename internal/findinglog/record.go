// Package findinglog writes findings as log records of OpenTelemetry.
package findinglog

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/finding"
)

// EventName is the event name of the log records that are findings
// (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-eventname).
const EventName = "stanch.finding"

// ScopeName is the name of their scope.
const ScopeName = "github.com/stanch/stanch/finding"

// severities in the numbers of log records
// (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber).
var severities = [...]plog.SeverityNumber{
	finding.Low:      plog.SeverityNumberInfo,
	finding.Medium:   plog.SeverityNumberWarn,
	finding.High:     plog.SeverityNumberError,
	finding.Critical: plog.SeverityNumberFatal,
}

// Fill writes a finding, version 1. Its fields are attributes with the names that its
// JSON has, behind "stanch."; its time is that of the record and its title the body.
func Fill(r plog.LogRecord, f *finding.Finding, observed time.Time) {
	r.SetEventName(EventName)
	r.SetTimestamp(pcommon.NewTimestampFromTime(f.Time))
	r.SetObservedTimestamp(pcommon.NewTimestampFromTime(observed))
	if int(f.Severity) < len(severities) {
		r.SetSeverityNumber(severities[f.Severity])
	}
	r.SetSeverityText(f.Severity.String())
	r.Body().SetStr(f.Title)

	a := r.Attributes()
	a.EnsureCapacity(24)
	text := func(name, value string) {
		if value != "" {
			a.PutStr("stanch."+name, value)
		}
	}
	number := func(name string, value int64) { a.PutInt("stanch."+name, value) }
	number("schema", int64(f.Schema))
	text("id", f.ID)
	text("detector", f.Detector)
	text("version", f.Version)
	text("title", f.Title)
	text("severity", f.Severity.String())
	text("confidence", f.Confidence.String())
	text("action", f.Action)
	text("key", f.Key)
	text("fingerprint", f.Fingerprint)
	text("inventory", f.Inventory)
	text("owner", f.Owner)
	text("encoding", f.Encoding)
	number("count", f.Count)

	s := &f.Source
	text("source.kind", string(s.Kind))
	text("source.path", s.Path)
	switch s.Kind {
	case finding.Stream, finding.File:
		number("source.offset", s.Offset)
	case finding.Kafka:
		text("source.topic", s.Topic)
		number("source.partition", int64(s.Partition))
		number("source.offset", s.Offset)
	case finding.OTLP:
		text("source.signal", s.Signal)
		text("source.resource", s.Resource)
	}
	if s.Line > 0 {
		number("source.line", s.Line)
	}
	if s.Column > 0 {
		number("source.column", s.Column)
	}
}
