package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// found is a finding as scan writes it. Start and End are byte offsets in the
// decoded file, End is behind the last byte.
type found struct {
	Path        string             `json:"path"`
	Line        int64              `json:"line"`
	Column      int64              `json:"column"`
	Start       int64              `json:"start"`
	End         int64              `json:"end"`
	Detector    string             `json:"detector"`
	Title       string             `json:"title"`
	Severity    finding.Severity   `json:"severity"`
	Confidence  finding.Confidence `json:"confidence"`
	Action      string             `json:"action"`
	Fingerprint *string            `json:"fingerprint"`
	// Encoding is how the file is written and, behind >, what the secret was
	// wrapped in within its text.
	Encoding string `json:"encoding"`
	// Inventory and Owner are of a known secret.
	Inventory string `json:"inventory,omitempty"`
	Owner     string `json:"owner,omitempty"`

	wrapped string // the part of Encoding within the text
	context string // the redacted line, for the text format
	stdin   bool
}

func newFound(m redact.Match, f finding.Finding, encoding string) found {
	r := found{
		Path: f.Source.Path, Line: f.Source.Line, Column: f.Source.Column,
		Start: f.Source.Offset, End: f.Source.Offset + int64(m.End-m.Start),
		Detector: f.Detector, Title: f.Title, Severity: f.Severity, Confidence: f.Confidence,
		Action: f.Action, Encoding: encoding, wrapped: f.Encoding, Inventory: f.Inventory, Owner: f.Owner,
	}
	if f.Encoding != "" {
		r.Encoding += ">" + f.Encoding
	}
	if f.Source.Kind == finding.Stream {
		r.Path, r.stdin = "-", true
	}
	if f.Fingerprint != "" {
		r.Fingerprint = &f.Fingerprint
	}
	return r
}

// format writes findings: begin once, one for each, end once. appendOne may be
// called from several goroutines.
type format struct {
	begin     func(w io.Writer) error
	appendOne func(dst []byte, f *found) []byte
	between   string // what stands between two findings
	end       func(w io.Writer) error
}

func nothing(io.Writer) error { return nil }

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { return writeAll(w, []byte(s)) }
}

func appendJSON(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // no type here can fail
	}
	return append(dst, b...)
}

func jsonLines() format {
	return format{nothing, func(dst []byte, f *found) []byte { return append(appendJSON(dst, f), '\n') }, "", nothing}
}

func jsonArray() format {
	return format{text("["), func(dst []byte, f *found) []byte { return appendJSON(append(dst, "\n  "...), f) }, ",", text("\n]\n")}
}

func plainText(colour bool) format {
	paint := func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	shade := [...]string{finding.Low: "36", finding.Medium: "33", finding.High: "31", finding.Critical: "1;31"}
	one := func(dst []byte, f *found) []byte {
		path := f.Path
		if f.stdin {
			path = "(standard input)"
		}
		dst = fmt.Appendf(dst, "%s:%d:%d: %s %s: %s", paint("1", path), f.Line, f.Column,
			paint(shade[f.Severity], f.Severity.String()), f.Detector, f.Title)
		if f.wrapped != "" {
			dst = fmt.Appendf(dst, " (in %s)", f.wrapped)
		}
		if f.Inventory != "" {
			dst = fmt.Appendf(dst, " %s", f.Inventory)
		}
		if f.Owner != "" {
			dst = fmt.Appendf(dst, " of %s", f.Owner)
		}
		if f.Confidence < finding.Certain {
			dst = fmt.Appendf(dst, " (%s confidence)", f.Confidence)
		}
		if a, _ := redact.ParseAction(f.Action); !a.Redacts() {
			dst = fmt.Appendf(dst, " (left in clear: %s)", f.Action)
		}
		dst = append(dst, '\n')
		if f.context != "" {
			dst = fmt.Appendf(dst, "    %s\n", f.context)
		}
		return dst
	}
	return format{nothing, one, "", nothing}
}
