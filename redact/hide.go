package redact

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/scan"
)

// Hide appends what the policy puts in the place of a value that the caller knows
// to be secret, by means of its own: a mask, or another action that leaves nothing
// of it. detector is the id of a detector of the engine, which counts and reports
// the value; one of kind Known serves for this alone. key is the name the value
// stands under, if any. Of a policy that would let the value pass, or of an unknown
// detector, comes the mask.
func (r *Redactor) Hide(dst []byte, detector string, key, value []byte) (out []byte) {
	r.begin()
	defer func() {
		if recover() != nil {
			out = r.fail(dst, nil)
		}
	}()
	d := int32(-1)
	for i := range r.e.detectors {
		if r.e.detectors[i].id == detector {
			d = int32(i)
		}
	}
	if d < 0 {
		panic("redact: unknown detector")
	}
	c := candidate{Span: scan.Span{End: len(value), Detector: d, Confidence: finding.Certain}}
	if r.e.needKey {
		r.fold = foldKey(r.fold[:0], key)
	}
	c.action, _ = r.e.action(&c, r.fold, &r.Source, r.Default)
	switch c.action {
	case Hash, Token:
		if !r.hashable(&c, value) {
			c.action = Mask
		}
	case Seal:
		if len(value) > seal.MaxValue {
			c.action = Mask
		}
	case Remove, Drop:
	default:
		c.action = Mask
	}
	p := &r.plan
	p.candidates = append(p.candidates[:0], c)
	p.edits = append(p.edits[:0], edit{end: len(value), action: c.action})
	p.matches = append(p.matches[:0], Match{End: len(value), Action: c.action, Confidence: c.Confidence, owner: c})
	r.count()
	dst = r.splice(dst, value)
	r.report(value, key)
	return dst
}
