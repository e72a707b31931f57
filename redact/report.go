package redact

import (
	"bytes"
	"fmt"
	"sort"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/scan"
)

// report hands the plan's matches on as findings.
func (r *Redactor) report(text, key []byte) {
	on := r.OnFinding
	if on == nil {
		on = r.e.onFinding
	}
	if r.Quiet {
		on = nil
	}
	if on == nil && r.OnMatch == nil && r.Observe == nil {
		return
	}
	if on != nil || r.OnMatch != nil {
		r.place(text)
	}
	for i := range r.plan.matches {
		m := &r.plan.matches[i]
		if m.Action == Keep && !r.All {
			continue
		}
		if m.Detector = envelope.Unscanned; m.owner.action != unscanned {
			m.Detector = r.e.detectors[m.owner.Detector].id
		}
		m.Encoded = m.owner.Encoding != 0
		if r.Observe != nil {
			r.Observe(*m)
		}
		if on == nil && r.OnMatch == nil {
			continue
		}
		f := r.finding(m, text, key)
		if on != nil {
			on(f)
		}
		if r.OnMatch != nil {
			r.OnMatch(*m, f)
		}
	}
}

// place gives every match its line and column.
func (r *Redactor) place(text []byte) {
	line, column := max(r.Source.Line, 1), max(r.Source.Column, 1)
	pos := 0
	for i := range r.plan.matches {
		m := &r.plan.matches[i]
		line, column = advance(text[pos:m.Start], line, column)
		pos = m.Start
		m.Line, m.Column = line, column
	}
}

// advance moves a place on over text.
func advance(text []byte, line, column int64) (int64, int64) {
	n := bytes.Count(text, []byte{'\n'})
	if n == 0 {
		return line, column + int64(len(text))
	}
	return line + int64(n), int64(len(text) - bytes.LastIndexByte(text, '\n'))
}

// Finding returns what is reported about a match of the last call of Spans
// with the same text.
func (r *Redactor) Finding(m Match, text []byte) (f finding.Finding, err error) {
	defer func() {
		if recover() != nil {
			r.renew()
			f, err = finding.Finding{}, errUnscanned
		}
	}()
	return r.finding(&m, text, nil), nil
}

var now = time.Now

func (r *Redactor) finding(m *Match, text, key []byte) finding.Finding {
	f := finding.Finding{
		Schema:     finding.SchemaVersion,
		Detector:   envelope.Unscanned,
		Title:      "Line with too many candidates",
		Version:    "1",
		Severity:   finding.Low,
		Confidence: m.Confidence,
		Action:     m.Action.String(),
		Source:     r.source(),
		Time:       now().UTC(),
		Count:      1,
	}
	f.Source.Line, f.Source.Column = m.Line, m.Column
	if k := f.Source.Kind; k == finding.Stream || k == finding.File {
		f.Source.Offset += int64(m.Start)
	}
	if c := &m.owner; c.action != unscanned {
		d := &r.e.detectors[c.Detector]
		f.Detector, f.Title, f.Version, f.Severity = d.id, d.title, d.version, d.severity
		f.Key = r.keyName(c, text, key)
		f.Encoding = c.Encoding.String()
		f.Fingerprint = r.printOf(c, text)
		if c.Entry > 0 {
			entry := r.e.scan.Inventory().Entry(int(c.Entry) - 1)
			f.Inventory, f.Owner = r.show([]byte(entry.ID)), r.show([]byte(entry.Owner))
		}
	}
	f.ID = f.Source.EventID(f.Detector)
	return f
}

// keyName returns the name a value stood under, fit to be shown.
func (r *Redactor) keyName(c *candidate, text, key []byte) string {
	if c.KeyStart < c.KeyEnd {
		es := r.plan.edits
		if i := sort.Search(len(es), func(i int) bool { return es[i].end > c.KeyStart }); i < len(es) && es[i].start < c.KeyEnd {
			return string(envelope.AppendMask(nil, r.e.detectors[c.Detector].id))
		}
		key = text[c.KeyStart:c.KeyEnd]
	}
	return r.show(key)
}

// source returns the place of the text with its strings fit to be shown.
func (r *Redactor) source() finding.Source {
	s := r.Source
	if s.Kind == "" {
		s.Kind = finding.Stream
	}
	if s.Path != r.clean.Path || s.Topic != r.clean.Topic || s.Resource != r.clean.Resource || s.Signal != r.clean.Signal {
		r.clean = s
		r.cleaned.Path = r.show([]byte(s.Path))
		r.cleaned.Topic = r.show([]byte(s.Topic))
		r.cleaned.Resource = r.show([]byte(s.Resource))
		r.cleaned.Signal = r.show([]byte(s.Signal))
	}
	s.Path, s.Topic, s.Resource, s.Signal = r.cleaned.Path, r.cleaned.Topic, r.cleaned.Resource, r.cleaned.Signal
	return s
}

// maxShown is the length, in bytes, of the longest string in a finding.
const maxShown = 1024

// show returns a string as it may appear in a finding: whatever a scan takes
// for a secret is masked, whether or not the policy keeps it, and what a
// terminal would act on is escaped.
func (r *Redactor) show(s []byte) string {
	if len(s) == 0 {
		return ""
	}
	var masked []byte
	pos := 0
	for _, sp := range r.other().Text(nil, s) {
		r.check(&sp, len(s))
		if sp.Confidence < finding.Likely || r.e.vocab.Is(s[sp.Start:sp.End]) {
			continue
		}
		if sp.Start < pos { // overlaps what is masked already
			pos = max(pos, sp.End)
			continue
		}
		masked = append(masked, s[pos:sp.Start]...)
		masked = envelope.AppendMask(masked, r.e.detectors[sp.Detector].id)
		pos = sp.End
	}
	return escape(append(masked, s[pos:]...))
}

// other returns a scanner for texts beside the one at hand.
func (r *Redactor) other() *scan.Scanner {
	if r.names == nil {
		r.names = r.e.scan.NewScanner()
	}
	return r.names
}

// escape writes control bytes, bytes that are no UTF-8 and characters that do
// not print (those that turn the direction of writing among them) as \x1b and
// \u202e, and cuts what is very long.
func escape(s []byte) string {
	var out []byte
	for len(s) > 0 {
		c, n := utf8.DecodeRune(s)
		switch {
		case c == utf8.RuneError && n == 1, c < 0x80 && !unicode.IsPrint(c):
			out = fmt.Appendf(out, `\x%02x`, s[0])
		case !unicode.IsPrint(c) && c <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, c)
		case !unicode.IsPrint(c):
			out = fmt.Appendf(out, `\U%08x`, c)
		default:
			out = append(out, s[:n]...)
		}
		if s = s[n:]; len(out) >= maxShown && len(s) > 0 {
			return string(append(out, "..."...))
		}
	}
	return string(out)
}
