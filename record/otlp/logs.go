package otlp

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

func (w *worker) logs(ld plog.Logs) {
	number := int32(0)
	rls := ld.ResourceLogs()
	for i := range rls.Len() {
		rl := rls.At(i)
		if !w.o.Detect {
			legacyLogs.move(behind(&rl))
		}
		w.enter(rl.Resource())
		w.text(SchemaURL, rl.SchemaUrl(), rl.SetSchemaUrl)
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			w.scope(sl.Scope())
			w.text(SchemaURL, sl.SchemaUrl(), sl.SetSchemaUrl)
			records := sl.LogRecords()
			for k := range records.Len() {
				w.record = number
				number++
				w.logRecord(records.At(k), records.Len() == 1)
			}
			w.lines()
		}
	}
	w.finish()
	if len(w.dropped) == 0 {
		return
	}
	gone := w.gone()
	for i := range rls.Len() {
		for j := range rls.At(i).ScopeLogs().Len() {
			rls.At(i).ScopeLogs().At(j).LogRecords().RemoveIf(func(plog.LogRecord) bool { return gone() })
		}
	}
}

func (w *worker) logRecord(r plog.LogRecord, alone bool) {
	w.text(SeverityText, r.SeverityText(), r.SetSeverityText)
	w.text(EventName, r.EventName(), r.SetEventName)
	body := r.Body()
	if s := body.Str(); alone || len(s) == 0 || w.o.MaxValue > 0 && len(s) > w.o.MaxValue {
		w.trim()
		w.value(place{pos: Body, in: -1, tally: w.tally.open(w, r.Attributes(), Body)}, "", "", 0, body)
	} else {
		w.res.Bytes += int64(len(s))
		w.bodies = append(w.bodies, view(s))
		w.values = append(w.values, body)
		w.numbers = append(w.numbers, w.record)
		w.tallies = append(w.tallies, w.tally.open(w, r.Attributes(), Body))
	}
	w.attributes(Attributes, r.Attributes())
}

// lines redacts the bodies of a scope, which are lines of one log.
func (w *worker) lines() {
	if len(w.bodies) == 0 {
		return
	}
	w.at(Body, Body.String())
	w.r.Lines(w.bodies, w.onBody)
	w.bodies, w.values, w.numbers, w.tallies = emptied(w.bodies), emptied(w.values), w.numbers[:0], w.tallies[:0]
}

// body takes what a body becomes.
func (w *worker) body(i int, redacted []byte) {
	if w.write(w.values[i], w.bodies[i], redacted) {
		w.masked(place{pos: Body, in: -1, tally: w.tallies[i]}, "")
	}
	w.settle(w.numbers[i])
}

// write puts the redacted form of a string in its place, if it is another one.
func (w *worker) write(v pcommon.Value, before, after []byte) bool {
	if _, pass := w.failed(); pass || w.o.Detect || same(before, after) {
		return false
	}
	w.res.Changed++
	v.SetStr(string(after))
	return true
}

// same reports whether b is a itself.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// arguments redacts the arguments of a command, of which one may say that the
// next is a secret.
func (w *worker) arguments(at place, list pcommon.Slice) {
	defer func() { w.words, w.args = emptied(w.words), emptied(w.args) }()
	for i := range list.Len() {
		v := list.At(i)
		if v.Type() != pcommon.ValueTypeStr {
			return
		}
		w.words, w.args = append(w.words, view(v.Str())), append(w.args, v)
	}
	w.argsIn = at
	if key := w.nodes[at.in].key; at.depth != 1 || w.argsPath == "" || w.argsPos != at.pos || w.argsKey != key {
		w.argsPath, w.argsPos, w.argsKey = w.path(at.pos, at.in, ""), at.pos, strings.Clone(key)
	}
	w.at(at.pos, w.argsPath)
	w.r.Words(w.words, w.onWord)
	w.settle(w.record)
}

// word takes what an argument becomes.
func (w *worker) word(i int, redacted []byte) {
	if w.write(w.args[i], w.words[i], redacted) {
		w.masked(w.argsIn, "")
	}
}

// finish ends the visit of a batch, but for the records that go.
func (w *worker) finish() {
	w.flush()
	w.summarise()
}

// gone returns a function that says of each record in turn whether it goes.
func (w *worker) gone() func() bool {
	slices.Sort(w.dropped)
	w.dropped = slices.Compact(w.dropped)
	w.res.Dropped = int64(len(w.dropped))
	left := w.dropped
	n := int32(-1)
	return func() bool {
		n++
		if len(left) == 0 || left[0] != n {
			return false
		}
		left = left[1:]
		return true
	}
}
