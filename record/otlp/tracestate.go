package otlp

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxMembers is how many members a trace state has at most (W3C Trace Context,
// 3.3.1.1).
const maxMembers = 32

// traceState redacts a trace state, a list of members key=value with commas
// between them (W3C Trace Context, 3.3.1). It stays one: a member goes if its key
// holds a secret, or if nothing is left of its value.
func (w *worker) traceState(p Position, ts pcommon.TraceState) {
	s := ts.AsRaw()
	if len(s) == 0 {
		return
	}
	w.res.Bytes += int64(len(s))
	if w.k.of(s, w.r)&clean != 0 && !w.sensitiveMember(s) {
		return
	}
	changed := false
	if t := w.rewritten(p, false, s); t != s {
		s, changed = t, true
	}
	var out []string
	for i, member := range strings.Split(s, ",") {
		member = strings.Trim(member, " \t")
		key, value, ok := strings.Cut(member, "=")
		if i >= maxMembers || !ok {
			ok = w.k.of(member, w.r)&clean != 0
		} else {
			w.at(p, p.String()+keyMark)
			if _, dirty := w.redacted("", view(key)); dirty {
				ok = false
			} else {
				w.at(p, p.String()+"."+key)
				if b, dirty := w.redacted(key, view(value)); dirty {
					changed = true
					member, ok = key+"="+string(b), len(b) > 0
				}
			}
		}
		if !ok {
			changed = true
			continue
		}
		out = append(out, member)
	}
	left := s
	if changed {
		left = strings.Join(out, ",")
	}
	// What is a secret only together with its neighbours takes all with it.
	w.at(p, p.String())
	if _, dirty := w.redacted("", view(left)); dirty {
		left, changed = "", true
	}
	if changed && !w.o.Detect {
		ts.FromRaw(left)
	}
	w.settle(w.record)
}

// sensitiveMember reports whether the key of a member says that its value may be
// a secret.
func (w *worker) sensitiveMember(s string) bool {
	for len(s) > 0 {
		member, rest, _ := strings.Cut(s, ",")
		key, _, _ := strings.Cut(member, "=")
		if w.k.of(strings.Trim(key, " \t"), w.r)&sensitive != 0 {
			return true
		}
		s = rest
	}
	return false
}
