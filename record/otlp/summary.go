package otlp

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Summary says which attributes are put beside redacted ones. They have the names
// that the redaction processor of the Collector's contrib distribution gives
// them, and hold names and numbers, never values.
type Summary uint8

const (
	// NoSummary adds nothing.
	NoSummary Summary = iota
	// CountSummary adds redaction.masked.count.
	CountSummary
	// NameSummary adds redaction.masked.keys as well: the names of the attributes,
	// in order, with commas between them.
	NameSummary
)

const (
	maskedCount = "redaction.masked.count"
	maskedKeys  = "redaction.masked.keys"
)

// tally notes which attributes of which maps were redacted.
type tally struct {
	maps []counted
	hits []hit
}

// counted is a map of attributes, or the body beside it.
type counted struct {
	attributes pcommon.Map
	pos        Position
}

type hit struct {
	in  int32
	key string
}

// open begins a map, or the body of a record with such attributes, and returns its
// number; -1 where nobody asks.
func (t *tally) open(w *worker, m pcommon.Map, p Position) int32 {
	if w.o.Detect || w.o.Hooks.Changed == nil && (w.o.Summary == NoSummary || p == Body) {
		return -1
	}
	t.maps = append(t.maps, counted{m, p})
	return int32(len(t.maps) - 1)
}

// masked notes an attribute of a map.
func (t *tally) masked(in int32, key string) {
	if in >= 0 {
		t.hits = append(t.hits, hit{in, key})
	}
}

func (t *tally) end() { t.maps, t.hits = kept(t.maps), kept(t.hits) }

// summarise adds the attributes.
func (w *worker) summarise() {
	hits := w.tally.hits
	slices.SortStableFunc(hits, func(a, b hit) int { return int(a.in) - int(b.in) })
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].in == hits[0].in {
			n++
		}
		c := w.tally.maps[hits[0].in]
		m := c.attributes
		var names []string
		for _, h := range hits[:n] {
			if w.o.Hooks.Changed != nil {
				w.o.Hooks.Changed(c.pos, m, h.key)
			}
			names = append(names, w.nameOf(h.key))
		}
		hits = hits[n:]
		if w.o.Summary == NoSummary || c.pos == Body {
			continue
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if w.o.Summary == NameSummary {
			m.PutStr(maskedKeys, strings.Join(names, ","))
		}
		m.PutInt(maskedCount, int64(len(names)))
	}
}

// nameOf returns the name of an attribute as it may be shown.
func (w *worker) nameOf(key string) string {
	if w.k.of(key, w.r)&clean != 0 {
		return key
	}
	observe, quiet := w.r.Observe, w.r.Quiet
	w.r.Observe, w.r.Quiet = nil, true // it was reported where it stood
	defer func() { w.r.Observe, w.r.Quiet = observe, quiet }()
	return string(w.r.Append(nil, view(key)))
}
