package redact

import (
	"cmp"
	"fmt"
	"os"

	"github.com/stanch/stanch/internal/seal"
)

// openSeal reads the recipients of a document.
func (e *Engine) openSeal(r Recipients) error {
	var to []seal.Recipient
	for _, k := range r.Keys {
		x, err := seal.ParseRecipient(k.Text)
		if err != nil {
			return k.Pos.errorf("recipients: %w", err)
		}
		to = append(to, x)
	}
	if r.File.Text != "" {
		f, err := os.Open(r.File.Text)
		if err != nil {
			return r.File.Pos.errorf("recipients_file: %w", err)
		}
		defer f.Close()
		list, err := seal.ReadRecipients(f)
		if err != nil {
			return r.File.Pos.errorf("recipients_file: %s: %w", r.File.Text, err)
		}
		to = append(to, list...)
	}
	if len(to) == 0 {
		return nil
	}
	var err error
	if e.seal, err = seal.New(to); err != nil {
		return r.Pos.errorf("seal: %w", err)
	}
	e.vocab.AddRecipients(e.seal.ID())
	for _, id := range r.Previous {
		e.vocab.AddRecipients(id)
	}
	return nil
}

// Sealer returns what seals for the recipients of the policy; nil if it names none.
func (e *Engine) Sealer() *seal.Sealer { return e.seal }

// sealed finds the envelopes that stand in a text. What a detector sees in their
// base64 is ours.
func (p *plan) findSealed(e *Engine, text []byte) {
	p.sealed = p.sealed[:0]
	e.vocab.Sealed(text, func(start, end int) { p.sealed = append(p.sealed, stretch{start, end}) })
}

// inSealed reports whether a candidate lies in an envelope of ours. Candidates come
// in order.
func (p *plan) inSealed(c *candidate) bool {
	for len(p.sealed) > 0 && p.sealed[0].end <= c.Start {
		p.sealed = p.sealed[1:]
	}
	return len(p.sealed) > 0 && c.Start >= p.sealed[0].start && c.End <= p.sealed[0].end
}

// appendSealed appends the envelope of a value.
func (r *Redactor) appendSealed(dst []byte, detector string, value []byte) []byte {
	src := r.source()
	where := string(src.Kind)
	if name := cmp.Or(src.Path, src.Topic, src.Resource); name != "" {
		where = fmt.Sprintf("%s %s", where, name)
	}
	dst, err := r.e.seal.AppendValue(dst, detector, where, value)
	if err != nil {
		panic(err) // a marker is written instead of the text
	}
	return dst
}
