package main

import (
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
)

// batchSize is how many records are handed over at once, about what a log
// agent has in hand.
const batchSize = 512

// text measures matching and redacting of a corpus on every kernel, and the
// peers on the same text.
func (b *bench) text(c *corpus) {
	kernels := match.Kernels()
	pieces := chunks(c.text)
	subjects := []subject{copyText(c)}
	var matches, bare, redactions []string
	for _, k := range kernels {
		e := newEngine(k, nil)
		gated := c.name + "/match/" + k.String()
		open := c.name + "/match-ungated/" + k.String()
		names := []string{
			c.name + "/redact-64k/" + k.String(),
			c.name + "/redact-record/" + k.String(),
			c.name + "/redact-batch/" + k.String(),
		}
		matches, bare, redactions = append(matches, gated), append(bare, open), append(redactions, names...)
		subjects = append(subjects,
			matchText(gated, newMatcher(k, e.Scan(), true), pieces),
			matchText(open, newMatcher(k, e.Scan(), false), pieces),
			redactEach(names[0], e, pieces),
			redactEach(names[1], e, c.lines),
			redactBatches(names[2], e, c.lines))
	}
	engine := newEngine(kernels[0], nil)
	subjects = append(subjects, peers(c, engine.Scan())...)
	b.measure(b.rounds, subjects...)
	b.same(matches...)
	b.same(append(bare, c.name+"/peer/hyperscan")...)
	b.same(redactions...)
	for _, name := range redactions {
		if r := b.find(name); r != nil && r.Count < c.planted {
			b.fail("%s: %d findings, but %d secrets were planted", name, r.Count, c.planted)
		}
	}
	b.decoding(c)
}

// copyText is the yardstick: the corpus copied into another buffer.
func copyText(c *corpus) subject {
	dst := make([]byte, len(c.text))
	return subject{name: c.name + "/copy", bytes: len(c.text), unit: "bytes", run: func() int { return copy(dst, c.text) }}
}

func matchText(name string, m *match.Matcher, pieces [][]byte) subject {
	var s match.Scratch
	var hits []match.Hit
	return subject{name: name, bytes: total(pieces), unit: "hits", run: func() (n int) {
		for _, p := range pieces {
			hits = m.Scan(hits[:0], p, &s)
			n += len(hits)
		}
		return n
	}}
}

// redactEach redacts every piece by itself into a buffer that is used again.
func redactEach(name string, e *redact.Engine, pieces [][]byte) subject {
	r := e.NewRedactor()
	var out []byte
	return subject{name: name, bytes: total(pieces), unit: "findings", run: func() int {
		before := r.Stats().Redacted
		for _, p := range pieces {
			out = r.Append(out[:0], p)
		}
		return int(r.Stats().Redacted - before)
	}}
}

// redactBatches redacts records many at a time. What did not change is not
// copied.
func redactBatches(name string, e *redact.Engine, records [][]byte) subject {
	r := e.NewRedactor()
	length := 0
	return subject{name: name, bytes: total(records), unit: "findings", run: func() int {
		before := r.Stats().Redacted
		for i := 0; i < len(records); i += batchSize {
			r.Batch(records[i:min(i+batchSize, len(records))], func(_ int, redacted []byte) { length += len(redacted) })
		}
		return int(r.Stats().Redacted - before)
	}}
}
