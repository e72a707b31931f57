package redact

import (
	"bytes"
	"errors"
	"hash"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/scan"
)

// Redactor redacts one text, value or batch at a time, for one goroutine. Its
// exported fields may be changed between calls.
type Redactor struct {
	// Source is where the next text comes from: the place of its first byte.
	// Findings carry it, moved on to where the value stands.
	Source finding.Source
	// OnFinding takes what was redacted or let through by Shadow, once per
	// marker; nil for the function the engine was made with. Should it panic, the
	// text becomes a marker.
	OnFinding func(finding.Finding)
	// OnMatch takes the same together with the match.
	OnMatch func(Match, finding.Finding)
	// Observe takes the matches alone, without their places, before the others. It
	// costs little: the fingerprint and whatever else makes up a finding is made
	// only if OnFinding or OnMatch asks for it.
	Observe func(Match)
	// Quiet leaves OnFinding uncalled, and that of the engine.
	Quiet bool
	// All reports kept candidates as well.
	All bool
	// Default is what happens, from medium confidence, to what no rule of the
	// policy decides on. Keep stands for Mask, the default of a policy; a Token or
	// Hash that cannot be made becomes a Mask.
	Default Action
	// Shadow makes every action that would change something report only.
	Shadow bool

	h       *Handle // nil when the engine is fixed
	e       *Engine
	scanner *scan.Scanner
	names   *scan.Scanner // for the strings of findings, and what is encoded

	spans []scan.Span
	plan  plan
	fold  []byte // scratch for names
	buf   []byte // Batch's output
	arena []byte
	ends  []int // of the records in arena
	lines lines

	fingerprint, hash, token hash.Hash   // nil until needed
	allowMACs                []hash.Hash // by set of allowed fingerprints, as far as needed
	sum                      []byte

	echo *echoes // nil unless a stream listens for what it has redacted

	clean, cleaned finding.Source // the last Source and its redacted form
	stats          Stats          // without Detector
	redacted       []int64        // by detector of e

	fault func(stage) // for tests: called before each stage
}

// stage is a part of the work that can fail.
type stage string

const (
	stageScan   stage = "scan"
	stagePlan   stage = "plan"
	stageSplice stage = "splice"
	stageReport stage = "report"
)

func (r *Redactor) enter(s stage) {
	if r.fault != nil {
		r.fault(s)
	}
}

// Stats counts what happened to candidates.
type Stats struct {
	Redacted int64            // markers written, or values removed
	Shadow   int64            // values a shadow rule let through
	Kept     int64            // values a keep rule or the default let through
	Allowed  int64            // values the allow list let through
	Failed   int64            // texts, lines or values that became REDACTED-unscanned
	Detector map[string]int64 // Redacted by detector id
}

// Add adds o to s.
func (s *Stats) Add(o Stats) {
	s.Redacted += o.Redacted
	s.Shadow += o.Shadow
	s.Kept += o.Kept
	s.Allowed += o.Allowed
	s.Failed += o.Failed
	if s.Detector == nil && len(o.Detector) > 0 {
		s.Detector = make(map[string]int64)
	}
	for id, n := range o.Detector {
		s.Detector[id] += n
	}
}

// Stats returns what happened so far.
func (r *Redactor) Stats() Stats {
	s := Stats{Detector: make(map[string]int64)}
	s.Add(r.stats)
	for i, n := range r.redacted {
		if n > 0 {
			s.Detector[r.e.detectors[i].id] += n
		}
	}
	return s
}

// Failed is Stats().Failed, at no cost.
func (r *Redactor) Failed() int64 { return r.stats.Failed }

// count adds the plan to the stats.
func (r *Redactor) count() {
	for i := range r.plan.candidates {
		if r.plan.candidates[i].allowed {
			r.stats.Allowed++
		}
	}
	for i := range r.plan.matches {
		switch m := &r.plan.matches[i]; {
		case m.owner.action == unscanned:
			r.stats.Failed++
		case m.Action.Redacts():
			r.stats.Redacted++
			r.redacted[m.owner.Detector]++
		case m.Action == Shadow:
			r.stats.Shadow++
		case !m.owner.allowed:
			r.stats.Kept++
		}
	}
}

// NewRedactor returns a redactor that stays with e.
func (e *Engine) NewRedactor() *Redactor {
	r := new(Redactor)
	r.adopt(e)
	return r
}

// NewRedactor returns a redactor that takes a replaced engine with its next call.
func (h *Handle) NewRedactor() *Redactor {
	r := &Redactor{h: h}
	r.adopt(h.Load())
	return r
}

func (r *Redactor) adopt(e *Engine) {
	if r.e != nil {
		r.stats = r.Stats()
	}
	r.e = e
	r.redacted = make([]int64, len(e.detectors))
	r.renew()
	r.plan.carried = nil
	r.plan.restart()
}

// Engine returns the engine in force, which the next call uses.
func (r *Redactor) Engine() *Engine {
	if r.h != nil {
		return r.h.Load()
	}
	return r.e
}

// begin starts a text that has nothing to do with the one before.
func (r *Redactor) begin() {
	if r.h != nil {
		if e := r.h.Load(); e != r.e {
			r.adopt(e)
		}
	}
	r.plan.restart()
}

// Append appends the redacted form of text, one record or many whole lines,
// to dst. The two must not overlap. Nothing but growth of dst is allocated
// where nothing is found.
func (r *Redactor) Append(dst, text []byte) []byte {
	out, changed := r.Redact(dst, text)
	if !changed {
		return append(dst, text...)
	}
	return out
}

// Redact is Append, except that where nothing changes it appends nothing and
// says so: the caller can go on with text itself.
func (r *Redactor) Redact(dst, text []byte) (out []byte, changed bool) {
	r.begin()
	return r.text(dst, text)
}

// RedactValue is to Value what Redact is to Append.
func (r *Redactor) RedactValue(dst, key, value []byte) (out []byte, changed bool) {
	r.begin()
	return r.value(dst, key, value)
}

// Clean reports whether text holds no candidate at all, not even one that is
// kept. Nothing is counted or reported.
func (r *Redactor) Clean(text []byte) (clean bool) {
	r.begin()
	defer func() {
		if recover() != nil {
			r.renew()
			clean = false
		}
	}()
	r.enter(stageScan)
	r.spans = r.scanner.Text(r.spans[:0], text)
	return len(r.spans) == 0
}

// CleanValue reports whether a value that stands under a known key is no
// candidate and holds none. Nothing is counted or reported.
func (r *Redactor) CleanValue(key, value []byte) (clean bool) {
	r.begin()
	defer func() {
		if recover() != nil {
			r.renew()
			clean = false
		}
	}()
	r.enter(stageScan)
	r.spans = r.scanner.Value(r.spans[:0], key, value)
	return len(r.spans) == 0
}

// Failures returns how many texts, lines or values became REDACTED-unscanned so
// far.
func (r *Redactor) Failures() int64 { return r.stats.Failed }

// Sensitive reports whether a key says that its value may be a secret.
func (r *Redactor) Sensitive(key []byte) bool {
	r.begin()
	return r.e.scan.Name(key).Strength != names.None
}

// text appends to dst unless nothing changes. Mostly there is nothing, and what
// that takes is kept apart.
func (r *Redactor) text(dst, text []byte) (out []byte, changed bool) {
	if !r.find(text) {
		return r.fail(dst, text), true
	}
	if len(r.spans) == 0 {
		return dst, false
	}
	return r.edit(dst, text)
}

// find puts the spans of text into r.spans and reports whether it could be scanned.
func (r *Redactor) find(text []byte) (ok bool) {
	defer func() {
		if !ok {
			recover()
		}
	}()
	r.enter(stageScan)
	r.scanner.Path = r.Source.Path
	r.spans = r.scanner.Text(r.spans[:0], text)
	return true
}

// edit appends text with what its spans in r.spans come to, unless nothing changes.
func (r *Redactor) edit(dst, text []byte) (out []byte, changed bool) {
	defer func() {
		if recover() != nil {
			out, changed = r.fail(dst, text), true
		}
	}()
	return r.apply(dst, text, nil, r.spans)
}

// Value appends the redacted form of a value that stands under a known key,
// such as an attribute or a header. It cannot fail: a value that cannot be
// scanned becomes a marker as a whole.
func (r *Redactor) Value(dst, key, value []byte) []byte {
	out, changed := r.RedactValue(dst, key, value)
	if !changed {
		return append(dst, value...)
	}
	return out
}

func (r *Redactor) value(dst, key, value []byte) (out []byte, changed bool) {
	r.plan.drop.unit = dropValue
	defer func() { r.plan.drop.unit = dropLines }()
	defer func() {
		if recover() != nil {
			out, changed = r.fail(dst, value), true
		}
	}()
	r.enter(stageScan)
	r.spans = r.scanner.Value(r.spans[:0], key, value)
	if len(r.spans) == 0 {
		return dst, false
	}
	if len(r.spans) > r.e.limits.MaxCandidates {
		panic(errBudget)
	}
	return r.apply(dst, value, key, r.spans)
}

// apply redacts the spans of text and reports them. It panics on what cannot be.
func (r *Redactor) apply(dst, text, key []byte, spans []scan.Span) ([]byte, bool) {
	r.enter(stagePlan)
	r.resolve(text, key, spans)
	r.count()
	changed := len(r.plan.edits) > 0
	if changed {
		r.enter(stageSplice)
		dst = r.splice(dst, text)
	}
	r.enter(stageReport)
	r.report(text, key)
	return dst, changed
}

// shadow reports whether nothing is changed.
func (r *Redactor) shadow() bool { return r.Shadow || r.e.shadow }

// renew replaces what a panic may have left in any state.
func (r *Redactor) renew() {
	r.scanner = r.e.scan.NewScanner()
	r.names = nil
	r.fingerprint, r.hash, r.token, r.allowMACs = nil, nil, nil, nil
	r.clean, r.cleaned = finding.Source{}, finding.Source{}
	r.lines.stream = nil
}

// fail appends what stands for a text that could not be redacted: a marker,
// and the end of its line.
func (r *Redactor) fail(dst, text []byte) []byte {
	r.renew()
	if r.echo != nil {
		r.echo = nil
		r.remember()
	}
	r.stats.Failed++
	if r.shadow() {
		return append(dst, text...)
	}
	dst = envelope.AppendMask(dst, envelope.Unscanned)
	if bytes.HasSuffix(text, []byte("\n")) {
		if bytes.HasSuffix(text, []byte("\r\n")) {
			dst = append(dst, '\r')
		}
		dst = append(dst, '\n')
	}
	return dst
}

var (
	errBudget    = errors.New("redact: too many candidates")
	errUnscanned = errors.New("the text could not be scanned")
)

// Spans appends what redacting text would redact, in order of their starts and
// without overlaps, secrets in several pieces aside; with all, also the
// candidates that pass in clear, which may overlap anything. Text that cannot be scanned is an error. Nothing is counted or
// reported.
func (r *Redactor) Spans(dst []Match, text []byte, all bool) (out []Match, err error) {
	r.begin()
	defer func() {
		if recover() != nil {
			r.renew()
			out, err = dst, errUnscanned
		}
	}()
	r.enter(stageScan)
	r.spans = r.scanner.Text(r.spans[:0], text)
	if len(r.spans) == 0 {
		return dst, nil
	}
	r.enter(stagePlan)
	r.resolve(text, nil, r.spans)
	r.place(text)
	for _, m := range r.plan.matches {
		if m.Action.Redacts() || all {
			dst = append(dst, m)
		}
	}
	return dst, nil
}
