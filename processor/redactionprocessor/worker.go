package redactionprocessor

import (
	"bytes"
	"hash/maphash"
	"strings"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// mask stands for what was masked, as in contrib's processor.
const mask = "****"

// The detectors that findings of the configuration name.
const (
	blockedValue = "blocked-value"
	blockedKey   = "blocked-key"
)

// worker applies the configuration to one batch at a time.
type worker struct {
	p      *redactor
	r      *redact.Redactor
	engine *otlp.Redactor
	known  map[string]said

	blocked, allowed looks
	plain            plainTexts

	outcomes []outcome // of attributes and bodies, in the order they were seen
	byMap    map[place]int
	now      *outcome      // of the map or body in hand
	before   bool          // that of the attributes gone through last
	system   string        // the database that attributes speak of
	pos      otlp.Position // of what is in hand
	key      string        // under which hide hides
	detector string        // by which hide hides

	onEntry   func(string, pcommon.Value) bool
	onHide    func(string) string
	onFinding func(finding.Finding)
	buf       []byte
}

func (p *redactor) newWorker() *worker {
	w := &worker{p: p, r: p.handle.NewRedactor(), known: make(map[string]said)}
	w.plain.seed = maphash.MakeSeed()
	hooks := otlp.Hooks{Changed: w.changed}
	if len(p.blocked.list) > 0 {
		hooks.Rewrite = w.text
	}
	if p.keys.spares() {
		hooks.Spare = func(key string) bool { return w.remembered(key)&ignored != 0 }
	}
	w.engine = otlp.New(p.handle, otlp.Options{OnFinding: p.report, Wanted: p.wanted, Hooks: hooks})
	w.onEntry, w.onHide, w.onFinding = w.entry, w.hide, p.report
	return w
}

// reports says whether findings are made.
func (w *worker) reports(wanted bool) {
	w.r.OnFinding = nil
	if wanted {
		w.r.OnFinding = w.onFinding
	}
}

// view returns the bytes of s, which must not be written to.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// hide returns what stands in the place of a text.
func (w *worker) hide(text string) string {
	if text == "" {
		return mask
	}
	if w.r.OnFinding != nil {
		w.r.Source.Path = path(w.pos, w.key)
	}
	w.buf = w.r.Hide(w.buf[:0], w.detector, view(w.key), view(text))
	return string(w.buf)
}

// hideAll hides a value line by line, as contrib's processor does, which keeps line
// feeds.
func (w *worker) hideAll(key, text string) string {
	w.key, w.detector = key, blockedKey
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		// Behind a line there is no place for one more mask at its end, but an empty
		// line has one.
		lines[i] = w.hide(line)
	}
	return strings.Join(lines, "\n")
}

// hideBlocked hides what the configuration says of values.
func (w *worker) hideBlocked(key, text string) string {
	if !w.p.blocked.find(&w.blocked, view(text)) {
		return text
	}
	w.key, w.detector = key, blockedValue
	return w.p.blocked.replace(&w.blocked, text, w.onHide)
}

// isAllowed reports whether a value is exempt from what is blocked.
func (w *worker) isAllowed(text string) bool {
	return w.p.allowed.find(&w.allowed, view(text))
}

// attributes applies the configuration to a map of attributes. Where it is one that
// contrib's processor looks at, the outcome is kept for the summary.
func (w *worker) attributes(m pcommon.Map, pos otlp.Position) {
	w.before = false
	if m.Len() == 0 {
		return
	}
	w.pos = pos
	w.begin(m, false)
	w.system = ""
	if w.p.db != nil {
		w.system = systemOf(m)
	}
	m.RemoveIf(w.onEntry)
	w.end(tells(pos))
}

// entry applies the configuration to an attribute and reports whether it goes.
func (w *worker) entry(k string, v pcommon.Value) (remove bool) {
	said := w.remembered(k)
	if said&summary != 0 {
		// What processors before this one said of their work is no data, except
		// that a silent one does not know of it.
		w.now.before, w.before = true, true
		if w.p.summary == summarySilent && said&removed != 0 {
			w.now.redacted = append(w.now.redacted, w.show(k))
			return true
		}
		return false
	}
	if said&ignored != 0 {
		w.now.ignored++
		return false
	}
	if said&removed != 0 {
		w.now.redacted = append(w.now.redacted, w.show(k))
		return true
	}
	text, isText := "", v.Type() == pcommon.ValueTypeStr
	switch {
	case isText:
		text = v.Str()
		if said == 0 && w.p.url == nil && w.p.db == nil && w.isPlain(text) {
			return false
		}
	case w.p.allTypes:
		text = v.AsString()
	}
	if w.isAllowed(text) {
		w.now.allowed = append(w.now.allowed, w.show(k))
		return false
	}
	changed := false
	if said&blocked != 0 {
		v.SetStr(w.hideAll(k, text))
		changed = true
	} else {
		out := w.hideBlocked(k, text)
		out = w.p.url.attribute(k, out)
		out = w.p.db.attribute(w.system, k, out)
		if out != text {
			v.SetStr(out)
			changed = true
		} else if !isText {
			changed = w.nested(k, v, 0)
		}
	}
	if changed {
		w.now.mask(k, w.show(k))
	}
	return false
}

// maxDepth is how many maps and lists may lie in each other. The engine redacts
// what lies deeper as a whole.
const maxDepth = 128

// nested hides what is blocked in a value that contrib's processor does not look
// into. Keys that have to be allowed are those of attributes alone.
func (w *worker) nested(key string, v pcommon.Value, depth int) (changed bool) {
	if depth == maxDepth {
		return false
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		text := v.Str()
		if w.isAllowed(text) {
			return false
		}
		out := w.hideBlocked(key, text)
		if changed = out != text; changed {
			v.SetStr(out)
		}
	case pcommon.ValueTypeBytes:
		changed = w.bytes(key, v)
	case pcommon.ValueTypeMap:
		v.Map().Range(func(k string, x pcommon.Value) bool {
			switch said := w.remembered(k); {
			case said&ignored != 0:
			case said&blocked != 0:
				x.SetStr(w.hideAll(k, x.Str()))
				changed = true
			default:
				changed = w.nested(k, x, depth+1) || changed
			}
			return true
		})
	case pcommon.ValueTypeSlice:
		for i := range v.Slice().Len() {
			changed = w.nested(key, v.Slice().At(i), depth+1) || changed
		}
	}
	return changed
}

// bytes hides what is blocked in a byte string, read as text.
func (w *worker) bytes(key string, v pcommon.Value) bool {
	if len(w.p.blocked.list) == 0 {
		return false
	}
	raw := v.Bytes().AsRaw()
	text := string(raw)
	if w.isAllowed(text) {
		return false
	}
	out := view(w.hideBlocked(key, text))
	if bytes.Equal(out, raw) {
		return false
	}
	v.Bytes().FromRaw(out)
	return true
}

// text hides what is blocked in a text that is neither attribute nor body. Names are
// told apart by words that an expression for values may hit by chance: of them only
// goes what no word is.
func (w *worker) text(p otlp.Position, key bool, text string) string {
	if !w.p.blocked.find(&w.blocked, view(text)) || w.isAllowed(text) {
		return text
	}
	w.pos, w.key, w.detector = p, "", blockedValue
	switch p {
	case otlp.SpanName, otlp.StatusMessage, otlp.MetricDescription, otlp.TraceState, otlp.LinkTraceState:
		if !key {
			return w.p.blocked.replace(&w.blocked, text, w.onHide)
		}
	}
	return w.p.blocked.replace(&w.blocked, text, func(match string) string {
		if isWord(match) {
			return match
		}
		return w.hide(match)
	})
}

// wordDigits is how many digits a word of a name may have: utf8, x509, p99.
const wordDigits = 3

// isWord reports whether a part of a name says nothing of anybody, as far as one can
// tell: it has few digits and is no address.
func isWord(s string) bool {
	digits := 0
	for i := range len(s) {
		switch {
		case '0' <= s[i] && s[i] <= '9':
			digits++
		case s[i] == '@':
			return false
		}
	}
	return digits <= wordDigits
}

// maxRested is how much scratch space, in elements, is kept from one batch to the next.
const maxRested = 1 << 12

// rest lets go of the batch.
func (w *worker) rest() {
	w.now, w.key = nil, ""
	if cap(w.outcomes) > maxRested {
		w.outcomes = nil
	}
	all := w.outcomes[:cap(w.outcomes)]
	for i := range all {
		o := &all[i]
		o.attributes = pcommon.Map{}
		for _, list := range [...][]string{o.redacted, o.masked, o.allowed, o.known} {
			clear(list[:cap(list)])
		}
	}
	for _, l := range [...]*looks{&w.blocked, &w.allowed} {
		if cap(l.hits) > maxRested {
			l.hits = nil
		}
	}
	if cap(w.buf) > maxRested<<4 {
		w.buf = nil
	}
}

// changed takes what the engine redacted in attributes and bodies, into the outcome
// that tells of them.
func (w *worker) changed(pos otlp.Position, attributes pcommon.Map, name string) {
	switch {
	case w.p.summary == summarySilent, isSummary(name):
		return
	case pos != otlp.Body && !tells(pos):
		return
	}
	body := pos == otlp.Body
	if w.byMap == nil {
		w.byMap = make(map[place]int, len(w.outcomes))
		for i := range w.outcomes {
			w.byMap[place{w.outcomes[i].attributes, w.outcomes[i].body}] = i
		}
	}
	at := place{attributes, body}
	i, ok := w.byMap[at]
	if !ok {
		w.begin(attributes, body)
		i = len(w.outcomes) - 1
		w.byMap[at] = i
	}
	w.outcomes[i].mask(name, w.show(name))
}

// place is a map of attributes, or the body beside it.
type place struct {
	attributes pcommon.Map
	body       bool
}

// tells reports whether a summary is put beside attributes at a position: where
// contrib's processor puts one.
func tells(p otlp.Position) bool {
	return p != otlp.LinkAttributes && p != otlp.ExemplarAttributes && p != otlp.MetricMetadata
}

// path is where a finding was made.
func path(p otlp.Position, key string) string {
	if key == "" {
		return p.String()
	}
	return p.String() + "." + key
}
