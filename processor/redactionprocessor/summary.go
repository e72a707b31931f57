package redactionprocessor

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// outcome is what was done to a map of attributes, or to a body. Keys are as they may
// be shown.
type outcome struct {
	attributes pcommon.Map // where it is told
	body       bool
	before     bool // an earlier processor has told something there, of either
	redacted   []string
	masked     []string
	allowed    []string
	ignored    int
	known      []string // keys of masked, as they are
}

// mask adds a key whose value was masked, once.
func (o *outcome) mask(key, shown string) {
	if !slices.Contains(o.known, key) {
		o.known = append(o.known, key)
		o.masked = append(o.masked, shown)
	}
}

// begin starts the outcome of a map or of the body that belongs to it.
func (w *worker) begin(m pcommon.Map, body bool) {
	if len(w.outcomes) < cap(w.outcomes) {
		w.outcomes = w.outcomes[:len(w.outcomes)+1]
	} else {
		w.outcomes = append(w.outcomes, outcome{})
	}
	w.now = &w.outcomes[len(w.outcomes)-1]
	o := w.now
	o.attributes, o.body, o.before, o.ignored = m, body, false, 0
	o.redacted, o.masked, o.allowed, o.known = o.redacted[:0], o.masked[:0], o.allowed[:0], o.known[:0]
}

// end forgets an outcome of which nothing is told.
func (w *worker) end(summed bool) {
	o := w.now
	if !summed || w.p.summary == summarySilent ||
		len(o.redacted)+len(o.masked)+len(o.allowed)+o.ignored == 0 && !o.before {
		w.outcomes = w.outcomes[:len(w.outcomes)-1]
	}
}

// told are the attributes that tell an outcome, and which of them.
type told struct{ redactedKeys, redacted, maskedKeys, masked, allowedKeys, allowed, ignored string }

var (
	ofAttributes = told{
		"redaction.redacted.keys", "redaction.redacted.count", "redaction.masked.keys", "redaction.masked.count",
		"redaction.allowed.keys", "redaction.allowed.count", "redaction.ignored.count",
	}
	ofBody = told{
		"redaction.body.redacted.keys", "redaction.body.redacted.count", "redaction.body.masked.keys", "redaction.body.masked.count",
		"redaction.body.allowed.keys", "redaction.body.allowed.count", "redaction.body.ignored.count",
	}
)

// isSummary reports whether an attribute is one of those.
func isSummary(key string) bool {
	if !strings.HasPrefix(key, "redaction.") {
		return false
	}
	for _, t := range [...]*told{&ofAttributes, &ofBody} {
		switch key {
		case t.redactedKeys, t.redacted, t.maskedKeys, t.masked, t.allowedKeys, t.allowed, t.ignored:
			return true
		}
	}
	return false
}

// tell writes what was done into the attributes.
func (w *worker) tell() {
	for i := range w.outcomes {
		o := &w.outcomes[i]
		t := &ofAttributes
		if o.body {
			t = &ofBody
		}
		w.count(o, t.redactedKeys, t.redacted, o.redacted, len(o.redacted), true)
		w.count(o, t.maskedKeys, t.masked, o.masked, len(o.masked), true)
		w.count(o, t.allowedKeys, t.allowed, o.allowed, len(o.allowed), false)
		w.count(o, "", t.ignored, nil, o.ignored, false)
	}
	w.outcomes, w.byMap = w.outcomes[:0], nil
}

// count writes one number and, where names are wanted, the names it stands for. What
// was redacted or masked adds to what earlier processors have told, because nobody
// can see it again; what was allowed or ignored is told anew.
func (w *worker) count(o *outcome, keysName, countName string, keys []string, n int, adds bool) {
	m := o.attributes
	if n == 0 {
		if !adds && o.before {
			m.RemoveIf(func(k string, _ pcommon.Value) bool { return k == countName || keysName != "" && k == keysName })
		}
		return
	}
	if keysName != "" && w.p.summary == summaryDebug {
		if old, ok := m.Get(keysName); ok && adds && old.Str() != "" {
			keys = append(keys, strings.Split(old.Str(), ",")...)
		}
		slices.Sort(keys)
		m.PutStr(keysName, strings.Join(keys, ","))
	}
	total := int64(n)
	if old, ok := m.Get(countName); ok && adds {
		total += old.Int()
	}
	m.PutInt(countName, total)
}

// show returns a key or path as it may be shown: it can be a secret itself.
func (w *worker) show(text string) string {
	report := w.r.OnFinding
	w.r.OnFinding = nil // it is reported where it stands
	out, changed := w.r.Redact(nil, view(text))
	w.r.OnFinding = report
	if !changed {
		return text
	}
	return string(out)
}
