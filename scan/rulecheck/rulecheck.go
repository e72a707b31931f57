// Package rulecheck holds detectors against their own examples: the whole
// engine runs over every example, expanded from several seeds and embedded in
// several carriers, and must report exactly the marked part under exactly the
// detector's id.
package rulecheck

import (
	"fmt"
	"regexp/syntax"

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
	c := checker{s: e.NewScanner(), all: all}
	for i := range all {
		if d := &all[i]; subject(d) {
			c.literals(d)
			c.bounds(d)
			c.examples(int32(i), d, seed, seeds)
		}
	}
	return c.problems, nil
}

type checker struct {
	s        *scan.Scanner
	all      []detectors.Detector
	spans    []scan.Span
	problems []Problem
}

func (c *checker) problem(d *detectors.Detector, line int, warning bool, format string, args ...any) {
	if line == 0 {
		line = d.Line
	}
	c.problems = append(c.problems, Problem{d.File, line, d.ID, fmt.Sprintf(format, args...), warning})
}

// literals reports literals that occur too often to be looked for.
func (c *checker) literals(d *detectors.Detector) {
	for _, l := range d.Literals {
		n := len(l)
		if d.After != nil && d.Kind == detectors.Prefix && len(d.After.Items) > 0 && d.After.Items[0].Min >= 8 {
			n++ // the run behind it discriminates as well
		}
		if n < 3 {
			c.problem(d, 0, false, "literal %q does not discriminate: it has fewer than 3 bytes", l)
		}
	}
}

// bounds reports expressions without a bound or a literal.
func (c *checker) bounds(d *detectors.Detector) {
	if d.Kind != detectors.Regex {
		return
	}
	re, err := syntax.Parse(d.Regex, syntax.Perl)
	if err != nil {
		c.problem(d, 0, false, "%v", err)
		return
	}
	if unbounded(re) {
		c.problem(d, 0, true, "the expression has no bound: it is cut off at a fixed window")
	}
}

func unbounded(re *syntax.Regexp) bool {
	if re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max < 0 {
		return true
	}
	for _, sub := range re.Sub {
		if unbounded(sub) {
			return true
		}
	}
	return false
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
			for _, carrier := range carriers {
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
			text, _, _, err := detectors.Expand(x.Template, seed+k)
			if err != nil {
				c.problem(d, x.Line, false, "negative: %v", err)
				break
			}
			c.spans = c.s.Text(c.spans[:0], []byte(text))
			for _, s := range c.spans {
				if s.Detector == i && s.Confidence > finding.Doubtful {
					c.problem(d, x.Line, false, "negative example is reported at %d-%d of %d bytes", s.Start, s.End, len(text))
				}
			}
		}
	}
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
