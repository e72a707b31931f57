package redactionprocessor

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/stanch/stanch/record/otlp"
)

// body applies the configuration to the body of a log record. Its outcome belongs to
// the attributes of the record.
func (w *worker) body(body pcommon.Value, attributes pcommon.Map) {
	w.begin(attributes, true)
	w.now.before, w.pos = w.before, otlp.Body
	switch body.Type() {
	case pcommon.ValueTypeMap:
		w.bodyMap("", body.Map(), 0)
	case pcommon.ValueTypeSlice:
		for i := range body.Slice().Len() {
			w.bodyValue(index(i), body.Slice().At(i), 1)
		}
	default:
		text, changed, allowed := w.bodyText("body", body)
		if allowed {
			w.end(false) // as a whole: nobody tells of it
			return
		}
		if changed {
			body.SetStr(text)
			w.now.mask("body", "body")
		}
	}
	w.end(true)
}

// bodyMap applies the configuration to the entries of a map. prefix stands before
// their keys in the paths that summaries name.
func (w *worker) bodyMap(prefix string, m pcommon.Map, depth int) {
	m.RemoveIf(func(k string, v pcommon.Value) bool {
		switch said := w.remembered(k); {
		case said&ignored != 0:
			w.now.ignored++
		case said&removed != 0:
			w.now.redacted = append(w.now.redacted, w.show(prefix+k))
			return true
		case said&blocked != 0:
			at := prefix + k
			w.now.mask(at, w.show(at))
			v.SetStr(w.hideAll(k, v.Str()))
		default:
			if v.Type() == pcommon.ValueTypeStr && w.p.url == nil && w.p.db == nil && w.isPlain(v.Str()) {
				break // without a path, which would cost
			}
			w.bodyValue(prefix+k, v, depth+1)
		}
		return false
	})
}

func (w *worker) bodyValue(path string, v pcommon.Value, depth int) {
	if depth == maxDepth {
		return
	}
	switch v.Type() {
	case pcommon.ValueTypeMap:
		w.bodyMap(path+".", v.Map(), depth)
	case pcommon.ValueTypeSlice:
		for i := range v.Slice().Len() {
			w.bodyValue(path+"."+index(i), v.Slice().At(i), depth+1)
		}
	default:
		text, changed, allowed := w.bodyText(path, v)
		switch {
		case allowed:
			w.now.allowed = append(w.now.allowed, w.show(path))
		case changed:
			v.SetStr(text)
			w.now.mask(path, w.show(path))
		}
	}
}

// bodyText applies the configuration to what a value reads as.
func (w *worker) bodyText(key string, v pcommon.Value) (out string, changed, allowed bool) {
	text := v.Str()
	if v.Type() != pcommon.ValueTypeStr {
		if len(w.p.blocked.list) == 0 && len(w.p.allowed.list) == 0 && w.p.url == nil && !w.p.db.any() {
			return "", false, false
		}
		text = v.AsString()
	}
	if w.isAllowed(text) {
		return "", false, true
	}
	out = w.hideBlocked(key, text)
	out = w.p.url.text(out)
	out = w.p.db.text(out)
	if out == text && v.Type() == pcommon.ValueTypeBytes {
		// What reads as base64 is looked at as the text it is.
		if w.bytes(key, v) {
			w.now.mask(key, w.show(key))
		}
	}
	return out, out != text, false
}

// index is what stands for an item of a list in a path.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
