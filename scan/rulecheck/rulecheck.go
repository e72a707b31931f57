// Package rulecheck holds detectors against their own examples: the whole
// engine runs over every example, expanded from several seeds and embedded in
// several carriers, and must report exactly the marked part under exactly the
// detector's id.
package rulecheck

import (
	"fmt"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/scan"
)

// Problem is something wrong with a detector.
type Problem struct {
	File    string
	Line    int
	ID      string
	Message string
	// Warning marks what makes a detector slow or weak rather than wrong.
	Warning bool
}

func (p Problem) String() string {
	kind := ""
	if p.Warning {
		kind = "warning: "
	}
	return fmt.Sprintf("%s:%d: %s%s: %s", p.File, p.Line, kind, p.ID, p.Message)
}

// Check compiles all and holds those of them that subject accepts against
// their examples, each drawn from so many seeds beginning with seed. An error
// means that the detectors do not compile together.
func Check(all []detectors.Detector, subject func(*detectors.Detector) bool, seed uint64, seeds int) ([]Problem, error) {
	e, err := scan.Compile(all, scan.Options{})
	if err != nil {
		return nil, err
	}
	c := checker{s: e.NewScanner(), all: all, rivals: rivals{all: all, seed: seed, seeds: min(seeds, 2)}}
	for i := range all {
		d := &all[i]
		if !subject(d) {
			continue
		}
		c.literals(d)
		c.bounds(d)
		c.examples(int32(i), d, seed, seeds)
		twins, err := c.rivals.twins(int32(i))
		if err != nil {
			return nil, err
		}
		for _, j := range twins {
			if other := &all[j]; int(j) > i || !subject(other) {
				c.problem(d, 0, false, "does the work of %s: each reports every example of the other", other.ID)
			}
		}
	}
	return c.problems, nil
}

type checker struct {
	s        *scan.Scanner
	all      []detectors.Detector
	rivals   rivals
	spans    []scan.Span
	problems []Problem
}

func (c *checker) problem(d *detectors.Detector, line int, warning bool, format string, args ...any) {
	if line == 0 {
		line = d.Line
	}
	c.problems = append(c.problems, Problem{d.File, line, d.ID, fmt.Sprintf(format, args...), warning})
}

// examples runs every example in every carrier.
func (c *checker) examples(i int32, d *detectors.Detector, seed uint64, seeds int) {
	for _, x := range d.Examples {
		for k := range uint64(seeds) {
			text, from, to, err := detectors.Expand(x.Template, seed+k)
			if err != nil {
				c.problem(d, x.Line, false, "example: %v", err)
				break
			}
			bad := false
			for n, carrier := range carriers {
				if n > 0 && byLines(d.Structure) {
					break
				}
				in, a, b, ok := carrier.embed(text, from, to)
				if ok && !c.holds(i, d, x, carrier.name, in, a, b) {
					bad = true
				}
			}
			if bad {
				break
			}
		}
	}
	for _, x := range d.Negatives {
		for k := range uint64(seeds) {
			if !c.negative(i, d, x, seed+k) {
				break
			}
		}
	}
}

// negative reports a template the detector must not find, and whether it did not.
func (c *checker) negative(i int32, d *detectors.Detector, x detectors.Example, seed uint64) bool {
	text, _, _, err := detectors.Expand(x.Template, seed)
	if err != nil {
		c.problem(d, x.Line, false, "negative: %v", err)
		return false
	}
	c.spans = c.s.Text(c.spans[:0], []byte(text))
	for _, s := range c.spans {
		if s.Detector == i && s.Confidence > finding.Doubtful {
			c.problem(d, x.Line, false, "negative example is reported at %d-%d of %d bytes", s.Start, s.End, len(text))
			return false
		}
	}
	return true
}

// holds scans one carrier and reports what differs.
func (c *checker) holds(i int32, d *detectors.Detector, x detectors.Example, carrier, text string, from, to int) bool {
	c.spans = c.s.Text(c.spans[:0], []byte(text))
	other := ""
	near := ""
	for _, s := range c.spans {
		switch {
		case s.Detector == i && s.Start == from && s.End == to:
			return true
		case s.Detector == i:
			near = fmt.Sprintf("; its span is %d-%d", s.Start, s.End)
		case s.Start <= from && s.End >= to:
			other = "; " + c.all[s.Detector].ID + " has it"
		}
	}
	c.problem(d, x.Line, false, "example in %s: want span %d-%d of %d bytes%s%s", carrier, from, to, len(text), near, other)
	return false
}
