package rulecheck

import (
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/automaton"
)

const (
	leastLiteral = 3 // bytes of a literal that narrow the search enough
	gateRun      = 8 // bytes of a run behind a literal that narrow it further
	fewest       = 2 // different bytes of a literal
	longRun      = 8 // bytes of a literal of one byte repeated that is rare all the same
)

// ordinary are words of which every log is full. A literal among them leads to
// a look at nearly every line.
var ordinary = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(`
		the and for with from not was this that are has
		info warn warning error debug trace fatal notice log level message msg
		http https www com org get post put delete request response header query
		user name host port path url uri file line time date status code type value data id
		true false null none server client service system process thread main start stop`) {
		words[w] = true
	}
	return words
})

// literals reports literals that occur too often to be looked for.
func (c *checker) literals(d *detectors.Detector) {
	gated := d.Kind == detectors.Prefix && d.After != nil && len(d.After.Items) > 0 && d.After.Items[0].Min >= gateRun
	for _, l := range d.Literals {
		n := len(l)
		if gated {
			n++ // the run behind it discriminates as well
		}
		switch {
		case n < leastLiteral:
			c.problem(d, 0, false, "literal %q does not discriminate: it has fewer than %d bytes", l, leastLiteral)
		case len(l) < longRun && distinct(l) < fewest:
			c.problem(d, 0, false, "literal %q does not discriminate: it is one byte over and over", l)
		case !gated && ordinary()[strings.ToLower(strings.Trim(l, " =:"))]:
			c.problem(d, 0, false, "literal %q does not discriminate: it is a word of every log", l)
		}
	}
}

func distinct(s string) (n int) {
	for i := range len(s) {
		if strings.IndexByte(s[:i], s[i]) < 0 {
			n++
		}
	}
	return n
}

// bounds reports expressions without a bound, or without a literal that would
// say where to look. Shapes have both, the loader sees to that.
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
		c.problem(d, 0, true, "the expression has no bound: it goes over the whole line")
	}
	if r, err := automaton.NewSet(automaton.Options{}).Add(d.ID, d.Regex); err == nil && len(r.Anchors()) == 0 {
		c.problem(d, 0, true, "the expression requires no literal: it is tried on every line")
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
