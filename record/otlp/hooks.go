package otlp

import "go.opentelemetry.io/collector/pdata/pcommon"

// Hooks let a component with rules of its own go before the engine. Nil ones do
// nothing. They are called from the goroutines of all callers, and must give the same
// answer each time.
type Hooks struct {
	// Spare reports that the value under a key stays as it is, with all that lies in
	// it.
	Spare func(key string) bool
	// Rewrite returns what takes the place of a text before the engine sees it: of a
	// key of a map at p, or of a text that is neither the value of an attribute nor a
	// body. A text that it leaves where it is a StatusMessage it leaves everywhere.
	Rewrite func(p Position, key bool, text string) string
	// Changed is told at the end of a batch what was redacted in attributes and
	// bodies: the name of the attribute, or the names that lead to the value in the
	// body, with dots between them; "body" for the whole of one. attributes are those
	// it is one of, or those of the body's record. Names may hold secrets.
	Changed func(at Position, attributes pcommon.Map, name string)
}

// rewritten returns what takes the place of a text.
func (w *worker) rewritten(p Position, key bool, s string) string {
	if w.o.Hooks.Rewrite == nil {
		return s
	}
	return w.o.Hooks.Rewrite(p, key, s)
}

func (w *worker) spared(key string) bool { return w.o.Hooks.Spare != nil && w.o.Hooks.Spare(key) }

// masked notes that a value was redacted: under a key, or inside a map or list.
func (w *worker) masked(at place, key string) {
	if at.tally < 0 {
		return
	}
	switch {
	case at.pos == Body:
		key = dotted(w.nodes, at.in, key)
		if key == "" {
			key = "body"
		}
	case at.in >= 0:
		n := &w.nodes[at.in]
		for n.in >= 0 {
			n = &w.nodes[n.in]
		}
		key = n.key
	}
	w.tally.masked(at.tally, key)
}

// dotted writes the names that lead to a value.
func dotted(nodes []node, in int32, key string) string {
	if in >= 0 {
		n := &nodes[in]
		if before := dotted(nodes, n.in, n.key); before != "" && key != "" {
			return before + "." + key
		} else if before != "" {
			return before
		}
	}
	return key
}
