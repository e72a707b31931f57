package otlp

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// keyMark stands at the end of the path of a finding in a key. The rest of the
// path is that of the map.
const keyMark = "#key"

// moved is an entry that gets another key.
type moved struct {
	key   string
	value pcommon.Value
}

// fewKeys is how many entries are put back one by one, each of which looks at all
// keys of the map. More are put into a new map, which does not keep the order.
const fewKeys = 16

// keys redacts the keys of a map. No entry is lost: where two keys become the
// same, the later one is numbered.
func (w *worker) keys(at place, m pcommon.Map) {
	w.flush() // values wait under their keys
	path := w.path(at.pos, at.in, "") + keyMark
	if w.o.Detect {
		m.Range(func(k string, _ pcommon.Value) bool {
			w.key(at, path, k)
			return true
		})
		return
	}
	var out []moved
	m.RemoveIf(func(k string, v pcommon.Value) bool {
		key, changed := w.key(at, path, k)
		if changed {
			to := pcommon.NewValueEmpty()
			v.MoveTo(to)
			out = append(out, moved{key, to})
		}
		return changed
	})
	w.settle(w.record)
	if len(out) == 0 {
		return
	}
	w.res.Keys += int64(len(out))
	for _, x := range out {
		w.masked(at, x.key)
	}
	if len(out) <= fewKeys {
		m.EnsureCapacity(m.Len() + len(out))
		for _, x := range out {
			name := x.key
			for n := 2; ; n++ {
				if _, taken := m.Get(name); !taken {
					break
				}
				name = numbered(x.key, n)
			}
			x.value.MoveTo(m.PutEmpty(name))
		}
		return
	}
	m.Range(func(k string, v pcommon.Value) bool {
		out = append(out, moved{k, v})
		return true
	})
	rebuild(m, out)
}

// key returns what a key becomes, if that is something else.
func (w *worker) key(at place, path, k string) (string, bool) {
	if w.k.of(k, w.r)&clean != 0 {
		return "", false
	}
	w.at(at.pos, path)
	t := w.rewritten(at.pos, true, k)
	out, changed := w.redacted("", view(t))
	switch {
	case !changed && t != k && !w.o.Detect:
		return t, true
	case !changed:
		return "", false
	}
	w.res.Changed-- // counted as a key
	if len(out) == 0 {
		return "REDACTED", true
	}
	return string(out), true
}

// rebuild fills m with entries, whose keys may be the same.
func rebuild(m pcommon.Map, entries []moved) {
	values := make(map[string]pcommon.Value, len(entries))
	next := make(map[string]int)
	empty := make(map[string]any, len(entries))
	for i := len(entries) - 1; i >= 0; i-- { // those that keep their keys come first
		x := entries[i]
		name := x.key
		for {
			if _, taken := values[name]; !taken {
				break
			}
			n := max(2, next[x.key])
			next[x.key] = n + 1
			name = numbered(x.key, n)
		}
		values[name], empty[name] = x.value, nil
	}
	all := pcommon.NewMap()
	// Empty values are never refused.
	_ = all.FromRaw(empty)
	all.Range(func(k string, v pcommon.Value) bool {
		values[k].MoveTo(v)
		return true
	})
	all.MoveTo(m)
}

func numbered(key string, n int) string { return key + "_" + strconv.Itoa(n) }
