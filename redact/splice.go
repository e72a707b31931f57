package redact

import (
	"github.com/stanch/stanch/internal/envelope"
)

// splice appends text with the plan's edits made: everything between them is
// copied as it is.
func (r *Redactor) splice(dst, text []byte) []byte {
	pos := 0
	joined := -1 // where the last envelope's edit ended
	for i := range r.plan.edits {
		e := &r.plan.edits[i]
		dst = append(dst, text[pos:e.start]...)
		pos = e.end
		if e.quote != nil {
			dst = append(dst, e.quote...)
			joined = -1
			continue
		}
		n := len(dst)
		if e.start == joined && e.action != Keep && e.action != Remove && e.action != Drop {
			dst = append(dst, envelope.Separator)
		}
		if dst = r.render(dst, text, e); len(dst) > n || joined == e.start {
			joined = e.end
		}
	}
	return append(dst, text[pos:]...)
}

// render appends what stands in the place of an edit's bytes.
func (r *Redactor) render(dst, text []byte, e *edit) []byte {
	if e.action == Keep || e.action == Remove || e.action == Drop {
		return dst
	}
	c := &r.plan.candidates[e.owner]
	switch e.action {
	case Mask:
		return r.e.appendMask(dst, c.Detector)
	case Partial:
		if k := c.kept; k != (kept{}) {
			dst = append(dst, text[c.Start:c.Start+int(k.first)]...)
			dst = r.e.appendMask(dst, c.Detector)
			if k.last > 0 {
				dst = append(append(dst, envelope.Separator), text[c.End-int(k.last):c.End]...)
			}
			return dst
		}
		dst = append(dst, r.prefix(c, text[c.Start:c.End])...)
		return r.e.appendMask(dst, c.Detector)
	case Hash:
		return envelope.AppendHash(dst, r.e.detectors[c.Detector].id, r.e.ring.id, r.hashSum(r.secret(c, text)))
	case Format:
		return r.e.format[0].append(dst, text[c.Start:c.End])
	case Seal:
		return r.appendSealed(dst, r.e.detectors[c.Detector].id, text[e.start:e.end])
	case Token:
		return envelope.AppendToken(dst, r.e.ring.id, r.tokenSum(r.secret(c, text)))
	}
	return envelope.AppendMask(dst, envelope.Unscanned)
}

// appendMask appends what stands for a masked value of a detector.
func (e *Engine) appendMask(dst []byte, detector int32) []byte {
	if e.mask != "" {
		return append(dst, e.mask...)
	}
	return envelope.AppendMask(dst, e.detectors[detector].id)
}
