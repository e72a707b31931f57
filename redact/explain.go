package redact

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/scan"
)

// Explanation is why a candidate was taken or not. It holds nothing of a value
// but its length and the classes of its characters, and is fit to be shown.
type Explanation struct {
	// Source is the place of the value, name or literal.
	Source finding.Source
	Length int
	// Classes of the characters of the value; empty where no value was reached.
	Classes []string
	// Detector is empty where a name led to none.
	Detector, Title string
	// Literal is what the detector was looked for by, where no more than that was
	// found of it; Shape is what should stand around it or in the value, and Fits
	// the number of bytes behind the literal that do.
	Literal, Shape string
	Fits           int
	// Key is the name the value stood under, or that led to no value; empty
	// without one. Unspoken says that there was one that may be a secret itself.
	Key      string
	Unspoken bool
	Strength string // of the name: weak, medium, strong

	// Redacted is what the policy makes of the value. A value that was taken but
	// passes in clear has an Action that says why.
	Taken, Redacted bool
	Action          Action
	Allowed         bool // by the allow list
	Confidence      finding.Confidence
	Evidence        []string

	// Reason is why it was not taken or, of what was, what lowered the
	// confidence. ID is its short form, for programs.
	ReasonID, Reason string
	// By is the detector whose redaction covers what this one left.
	By string
}

// reason is the short and the long form of a scan.Reason.
type reason struct{ id, text string }

var reasonTexts = map[scan.Reason]reason{
	scan.NoValue:      {"no-value", "nothing behind it assigns a value (no =, :, quote or tag)"},
	scan.HarmlessName: {"benign-name", "the name is known to say something about a secret, not to hold one"},
	scan.OtherName:    {"other-name", "the name announces no secret"},
	scan.DetectorOff:  {"detector-off", "the detector for names of this kind is switched off"},
	scan.NestedValue:  {"nested-value", "the value is an object; its members have names of their own"},
	scan.EmptyValue:   {"empty", "the value is empty: what follows belongs to something else"},
	scan.NotAValue:    {"empty", "the value is empty, null or a boolean"},
	scan.Masked:       {"mask", "the value is a mask"},
	scan.PartlyMasked: {"partial-mask", "the value is a partial mask, and the name is not a strong one"},
	scan.Placeholder:  {"placeholder", "the value is a placeholder, an interpolation or a reference"},
	scan.Ours:         {"already-redacted", "the value is the marker or hash of an earlier redaction"},
	scan.TooShort:     {"too-short", "the value is too short for a secret under this name"},
	scan.NotAHeader:   {"no-header", "words, and the name is no header for certain"},
	scan.NotFlagged:   {"no-assignment", "a blank alone assigns a value only to flags and strong names"},
	scan.Harmless:     {"benign-value", "the value is known to be data"},
	scan.Plain:        {"not-random", "the value looks like text: too few classes of characters, or not random"},
	scan.Directory:    {"benign-value", "the value is a directory"},
	scan.Counter:      {"countable", "a number or a plain word, and the name also counts things or names states"},
	scan.Weak:         {"weak-name", "the name is weak and the value does not look random"},
	scan.ShortWord:    {"short-word", "a short word behind a blank"},
	scan.NotACode:     {"no-code", "the value has not the form of a code"},
	scan.ShapeFails:   {"shape", "the bytes do not have the detector's shape"},
	scan.ShapeGoesOn:  {"shape-goes-on", "the bytes have the detector's shape and go on beyond it"},
	scan.WordGoesOn:   {"inside-word", "the literal stands in the middle of a word"},
	scan.NoKeyword:    {"keyword", "none of the detector's keywords stands before it on the line"},
	scan.LowEntropy:   {"entropy", "less random than the detector asks"},
	scan.CheckFails:   {"checksum", "the checksum that the detector requires does not match"},
	scan.NoConstruct:  {"construct", "the construct is not complete, or holds no secret"},
	scan.NoExpression: {"expression", "the detector's expression does not match here"},
	scan.Covered:      {"covered", "lies in what another detector found"},
	scan.BetterKnown:  {"better-known", "another detector found the same bytes and knows more of them"},
	scan.Budget:       {"budget", "the line has cost too much for a closer look"},
}

// explain hands on why the piece's candidates were taken or not. The plan, if
// planned, is the piece's.
func (r *Redactor) explain(p scan.Piece, planned bool, on func(Explanation)) {
	var list []Explanation
	said := make([]bool, len(p.Decisions))
	var spans []candidate
	if planned {
		spans = r.plan.candidates
	}
	for i := range spans {
		c := &spans[i]
		if c.Continued || c.action == unscanned {
			continue
		}
		x := r.explanation(p.Text, c.Start, c.End, c.KeyStart, c.KeyEnd, c.Detector)
		x.Taken, x.Action, x.Allowed, x.Confidence = true, c.action, c.allowed, c.Confidence
		x.Redacted = c.action.Redacts() && !c.own
		x.Evidence = evidence(c.Evidence)
		for j := range p.Decisions {
			d := &p.Decisions[j]
			if d.Start == c.Start && d.End == c.End && d.Detector == c.Detector && (d.Reason.Doubtful() || d.Reason == scan.Budget) {
				said[j] = true
				x.because(d)
				if s := strength(d.Name); s != "" {
					x.Strength = s
				}
			}
		}
		if c.own {
			x.because(&scan.Decision{Reason: scan.Ours})
		}
		list = append(list, x)
	}
	for j := range p.Decisions {
		d := &p.Decisions[j]
		if said[j] {
			continue
		}
		x := r.explanation(p.Text, d.Start, d.End, d.KeyStart, d.KeyEnd, d.Detector)
		x.because(d)
		x.at(p.Text, d, r.e.scan.Detectors())
		if s := strength(d.Name); s != "" {
			x.Strength = s
		}
		if d.By >= 0 {
			x.By = r.e.detectors[d.By].id
		}
		for i := range spans {
			if c := &spans[i]; x.By == "" && c.Start <= d.Start && d.End <= c.End && c.action.Redacts() && c.action != unscanned {
				x.By = r.e.detectors[c.Detector].id
			}
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b Explanation) int { return int(a.Source.Offset - b.Source.Offset) })
	line, column, pos := max(r.Source.Line, 1), max(r.Source.Column, 1), 0
	for i := range list {
		at := int(list[i].Source.Offset - r.Source.Offset)
		line, column = advance(p.Text[pos:at], line, column)
		pos = at
		list[i].Source.Line, list[i].Source.Column = line, column
		on(list[i])
	}
}

func (r *Redactor) explanation(text []byte, start, end, keyStart, keyEnd int, d int32) Explanation {
	x := Explanation{Source: r.source(), Length: end - start, Classes: classes(text[start:end])}
	x.Source.Offset += int64(start)
	if d >= 0 {
		x.Detector, x.Title = r.e.detectors[d].id, r.e.detectors[d].title
	}
	if keyStart < keyEnd {
		key := text[keyStart:keyEnd]
		x.Strength = strength(r.e.scan.Name(key))
		if spoken(key) {
			x.Key = r.show(key)
		} else {
			x.Unspoken = true
		}
	}
	return x
}

// spoken reports whether a name can be shown: it is made of words.
func spoken(key []byte) bool {
	if len(key) > 64 || judge.Credential(key) {
		return false
	}
	for _, w := range bytes.FieldsFunc(key, func(c rune) bool { return c == '_' || c == '-' || c == '.' }) {
		if len(w) >= 8 && (judge.Random(w) > 0.5 || judge.Credential(w)) {
			return false
		}
	}
	return true
}

func (x *Explanation) because(d *scan.Decision) {
	t := reasonTexts[d.Reason]
	x.ReasonID, x.Reason = t.id, t.text
	if d.Detail != "" {
		x.Reason += ": " + d.Detail
	}
}

// at says what the detector was looked for by, if the decision is about that
// rather than about a value.
func (x *Explanation) at(text []byte, d *scan.Decision, all []detectors.Detector) {
	if d.Start == d.KeyStart && d.End == d.KeyEnd {
		x.Classes = nil
		return
	}
	if d.Detector < 0 {
		return
	}
	def := &all[d.Detector]
	if def.After != nil && (d.Reason == scan.ShapeFails || d.Reason == scan.ShapeGoesOn) {
		x.Shape = def.After.Source
	}
	switch d.Reason {
	case scan.ShapeFails, scan.WordGoesOn, scan.NoConstruct, scan.NoExpression, scan.NoValue:
		for _, l := range def.Literals {
			if strings.EqualFold(l, string(text[d.Start:d.End])) {
				x.Literal, x.Classes = l, nil
			}
		}
		if x.Literal != "" && d.Reason == scan.ShapeFails && def.After != nil && def.Kind == detectors.Prefix {
			for i := d.End; i < len(text) && def.After.Items[0].Class.Has(text[i]); i++ {
				x.Fits++
			}
		}
		if d.Reason == scan.NoExpression {
			x.Classes = nil
		}
	case scan.LowEntropy:
		x.Reason += " (" + strconv.FormatFloat(def.Entropy, 'g', 3, 64) + " bits per byte)"
	case scan.CheckFails:
		x.Reason += ": " + def.Check.Name
	case scan.NoKeyword:
		x.Reason += ": " + strings.Join(def.Keywords, ", ")
	}
}

func strength(v names.Verdict) string {
	if v.Strength == names.None {
		return ""
	}
	return v.Strength.String()
}

// classes names the classes of characters in v.
func classes(v []byte) (list []string) {
	var lower, upper, digit, blank, other, wide bool
	for _, c := range v {
		switch {
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= '0' && c <= '9':
			digit = true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			blank = true
		case c < 0x80:
			other = true
		default:
			wide = true
		}
	}
	for _, c := range []struct {
		is   bool
		name string
	}{{lower, "lower"}, {upper, "upper"}, {digit, "digit"}, {other, "sign"}, {blank, "blank"}, {wide, "non-ascii"}} {
		if c.is {
			list = append(list, c.name)
		}
	}
	return list
}

func evidence(ev scan.Evidence) (list []string) {
	for _, e := range []struct {
		is   scan.Evidence
		name string
	}{{scan.ByInventory, "known"}, {scan.ByShape, "shape"}, {scan.ByChecksum, "checksum"}, {scan.BadChecksum, "failed checksum"}, {scan.ByKey, "name"},
		{scan.ByConstruct, "construct"}, {scan.ByEntropy, "random"}, {scan.Identifier, "identifier"}, {scan.Unclosed, "unclosed"}} {
		if ev&e.is != 0 {
			list = append(list, e.name)
		}
	}
	return list
}
