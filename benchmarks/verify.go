package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/automaton"
)

// A place is a hit in a line of log, and what verifying it there must give.
type place struct {
	line   []byte
	hs, he int // the literal
	end    int // of the match; -1 if there is none
	shape  *detectors.Detector
	rule   *automaton.Rule
	anchor int
}

// Names of the rows of verification.
const (
	shapeRow = "verify/shape/"
	ruleRow  = "verify/expression/"
)

// verify measures the verdict at a hit with the exact end of the match, and
// nothing else: no matching before and no judgement of the value after it. The
// detectors with a literal and a shape take part by their shapes; verifyRules of
// them also as the expression literal + shape, run by the automaton.
func (b *bench) verify() {
	places := verifyPlaces()
	for _, kind := range []string{falseHits, trueHits} {
		list := places[kind]
		ruled := slices.DeleteFunc(slices.Clone(list), func(p place) bool { return p.rule == nil })
		b.measure(2*b.rounds+1,
			subject{name: shapeRow + kind, bytes: verifyBytes(list), unit: "verdicts", run: func() int { return verifyAll(list, (*place).byShape) }},
			subject{name: ruleRow + kind, bytes: verifyBytes(ruled), unit: "verdicts", run: func() int { return verifyAll(ruled, (*place).byRule) }})
	}
}

const (
	verdicts    = 200_000 // in a run
	verifyRules = 222
)

// verifyAll returns how many of the verdicts were right.
func verifyAll(list []place, verdict func(*place) int) (right int) {
	for range verdicts / len(list) {
		for i := range list {
			if verdict(&list[i]) == list[i].end {
				right++
			}
		}
	}
	return right
}

// verifyBytes returns the bytes of the lines of a run.
func verifyBytes(list []place) (n int) {
	for i := range list {
		n += len(list[i].line)
	}
	return n * (verdicts / len(list))
}

func (p *place) byShape() int {
	if x := p.shape.Before; x != nil {
		if _, _, _, ok := x.MatchBackward(p.line, p.hs, 0); !ok {
			return -1
		}
	}
	end, _, _, ok, _ := p.shape.After.Match(p.line, p.he, len(p.line))
	if !ok {
		return -1
	}
	return end
}

func (p *place) byRule() int {
	_, end, ok, _ := p.rule.At(p.line, 0, len(p.line), p.anchor, p.hs, p.he)
	if !ok {
		return -1
	}
	return end
}

// verdictCost returns the median nanoseconds of a verdict.
func (b *bench) verdictCost(row string) (ns float64, ok bool) {
	r := b.find(row)
	if r == nil || r.Count == 0 {
		return 0, false
	}
	per := make([]float64, len(r.Times))
	for i := range per {
		per[i] = float64(r.Times[i]) / float64(r.Count)
	}
	return median(per), true
}

// verifyPlaces puts the examples of the detectors, whole and cut, into lines,
// in an order drawn from a seed.
func verifyPlaces() map[string][]place {
	w := newWriter(5, 0)
	set := automaton.NewSet(automaton.Options{})
	places := map[string][]place{}
	rules := 0
	for _, d := range must(detectors.DefaultWithExamples()) {
		if d.Kind != detectors.Prefix || d.After == nil {
			continue
		}
		var rule *automaton.Rule
		if rules < verifyRules {
			// Go's regexp refuses counts over 1,000: a few shapes stay out.
			if r, err := set.Add(d.ID, expression(&d)); err == nil && len(r.Anchors()) == 1 && r.Anchors()[0].Text == d.Literals[0] {
				rule = r
				rules++
			}
		}
		for _, x := range d.Examples {
			for range 4 {
				text, from, to, err := detectors.Expand(x.Template, w.Uint64())
				if err != nil || strings.ContainsAny(text, "\r\n") || len(text) > 300 {
					continue
				}
				for kind, body := range map[string]string{trueHits: text, falseHits: text[:from+(to-from)*2/3] + "!" + text[to:]} {
					w.buf = w.buf[:0]
					w.expand("2026-03-%d %t.%0 INFO %m ")
					w.buf = append(w.buf, body...)
					w.expand(" %m")
					if p, ok := placed(&d, rule, string(w.buf), kind == trueHits); ok {
						places[kind] = append(places[kind], p)
					}
				}
			}
		}
	}
	set.Freeze()
	for _, list := range places {
		w.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return places
}

// placed finds the first literal of d in a line where both ways of verifying
// agree that it matches, or that it does not.
func placed(d *detectors.Detector, rule *automaton.Rule, line string, want bool) (place, bool) {
	hs := strings.Index(line, d.Literals[0])
	if hs < 0 {
		return place{}, false
	}
	p := place{line: []byte(line), hs: hs, he: hs + len(d.Literals[0]), shape: d, rule: rule}
	p.end = p.byShape()
	return p, (p.end >= 0) == want && (rule == nil || p.byRule() == p.end)
}

// expression writes the first literal and the shapes around it in RE2 syntax,
// which theirs is part of.
func expression(d *detectors.Detector) string {
	source := regexp.QuoteMeta(d.Literals[0]) + d.After.Source
	if d.Before != nil {
		source = d.Before.Source + source
	}
	return source
}
