package main

import (
	"fmt"
	"strings"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

// explanation is a redact.Explanation as jsonl writes it.
type explanation struct {
	Path       string              `json:"path"`
	Line       int64               `json:"line"`
	Column     int64               `json:"column"`
	Start      int64               `json:"start"`
	End        int64               `json:"end"`
	Outcome    string              `json:"outcome"` // redacted, kept or dropped
	Detector   string              `json:"detector,omitempty"`
	Key        *string             `json:"key,omitempty"` // empty: a name that is not shown
	Strength   string              `json:"name_strength,omitempty"`
	Literal    string              `json:"literal,omitempty"`
	Shape      string              `json:"shape,omitempty"`
	Fits       *int                `json:"fits,omitempty"`
	Length     int                 `json:"length,omitempty"`
	Classes    []string            `json:"classes,omitempty"`
	Confidence *finding.Confidence `json:"confidence,omitempty"`
	Evidence   []string            `json:"evidence,omitempty"`
	Action     string              `json:"action,omitempty"`
	Reason     string              `json:"reason,omitempty"`
	Detail     string              `json:"detail,omitempty"`
	By         string              `json:"by,omitempty"`
}

const (
	outcomeRedacted = "redacted"
	outcomeKept     = "kept"
	outcomeDropped  = "dropped"
)

func newExplanation(x *redact.Explanation) explanation {
	e := explanation{
		Path: x.Source.Path, Line: x.Source.Line, Column: x.Source.Column,
		Start: x.Source.Offset, End: x.Source.Offset + int64(x.Length),
		Outcome: outcomeDropped, Detector: x.Detector, Strength: x.Strength, Literal: x.Literal, Shape: x.Shape,
		Classes: x.Classes, Evidence: x.Evidence, Reason: x.ReasonID, Detail: x.Reason, By: x.By,
	}
	if x.Source.Kind == finding.Stream {
		e.Path = walk.Stdin
	}
	if x.Key != "" || x.Unspoken {
		e.Key = &x.Key
	}
	if x.Literal != "" {
		e.Fits = &x.Fits
	}
	if len(x.Classes) > 0 {
		e.Length = x.Length
	}
	if x.Taken {
		e.Outcome, e.Action, e.Confidence = outcomeKept, x.Action.String(), &x.Confidence
		if x.Allowed {
			e.Action = "allow"
		}
	}
	if x.Redacted {
		e.Outcome = outcomeRedacted
	}
	return e
}

// explainer writes the explanations of a file. As text, detectors that let go of
// the same bytes for the same reason share a line.
type explainer struct {
	jsonl, colour bool
	last          explanation
	others        []string // detectors that share the line of last
	some          bool
}

// add returns what is to be written now that x has come.
func (w *explainer) add(x *redact.Explanation) []byte {
	e := newExplanation(x)
	if w.jsonl {
		return append(appendJSON(nil, e), '\n')
	}
	if w.some && e.like(&w.last) {
		w.others = append(w.others, e.Detector)
		return nil
	}
	out := w.end()
	w.last, w.some = e, true
	return out
}

// like reports whether e says of another detector what l says.
func (e *explanation) like(l *explanation) bool {
	return e.Outcome == outcomeDropped && l.Outcome == outcomeDropped && e.Detector != "" && l.Detector != "" &&
		e.Start == l.Start && e.End == l.End && e.Reason == l.Reason && e.By == l.By && e.Literal == l.Literal
}

// end returns what is still to be written.
func (w *explainer) end() []byte {
	if !w.some {
		return nil
	}
	e := &w.last
	if len(w.others) > 0 {
		e.Detector = strings.Join(append([]string{e.Detector}, w.others...), ", ")
		e.Shape = ""
	}
	w.some, w.others = false, w.others[:0]
	paint := func(code, s string) string {
		if !w.colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	shade := map[string]string{outcomeRedacted: "31", outcomeKept: "33", outcomeDropped: "36"}[e.Outcome]
	return fmt.Appendf(nil, "%s:%d:%d: %s: %s\n", paint("1", shownPath(e.Path)), e.Line, e.Column, paint(shade, e.Outcome), e.sentence())
}

// sentence says what was looked at and why it was taken or not.
func (e *explanation) sentence() string {
	var b strings.Builder
	if e.Detector != "" {
		fmt.Fprintf(&b, "%s: ", e.Detector)
	}
	switch {
	case e.Literal != "":
		fmt.Fprintf(&b, "%q", e.Literal)
	case len(e.Classes) > 0:
		fmt.Fprintf(&b, "%s (%s)", count(int64(e.Length), "byte"), strings.Join(e.Classes, ", "))
	}
	if e.Key != nil {
		if b.Len() > 0 && (e.Literal != "" || len(e.Classes) > 0) {
			b.WriteString(" under ")
		}
		if e.Strength != "" {
			fmt.Fprintf(&b, "the %s name ", e.Strength)
		} else {
			b.WriteString("the name ")
		}
		if *e.Key == "" {
			b.WriteString("(not shown)")
		} else {
			fmt.Fprintf(&b, "%q", *e.Key)
		}
	}
	if e.Confidence != nil {
		fmt.Fprintf(&b, ": %s confidence, by %s", e.Confidence, strings.Join(e.Evidence, ", "))
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	if e.Shape != "" {
		fmt.Fprintf(&b, " %s", e.Shape)
		if e.Fits != nil {
			fmt.Fprintf(&b, " (%d fit)", *e.Fits)
		}
	}
	switch {
	case e.Outcome == outcomeKept && e.Action == "allow":
		b.WriteString("; the allow list lets it through")
	case e.Outcome == outcomeKept && e.Action == "mask":
	case e.Outcome == outcomeKept:
		fmt.Fprintf(&b, "; the policy lets it through (%s)", e.Action)
	case e.Outcome == outcomeRedacted:
		fmt.Fprintf(&b, "; action %s", e.Action)
	case e.By != "" && (e.Reason == "covered" || e.Reason == "better-known"):
		fmt.Fprintf(&b, ": %s", e.By)
	case e.By != "":
		fmt.Fprintf(&b, "; redacted as %s", e.By)
	}
	return b.String()
}
