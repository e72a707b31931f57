package main

import (
	"fmt"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// ruleCounts are the sizes of rule sets: that of a widely used one, and what
// organisations make of it.
var ruleCounts = []int{222, 1000, 5000}

// scaleName names the row of a rule set.
func scaleName(rules int) string { return fmt.Sprintf("scale/%d", rules) }

// scale measures redacting clean text with more and more rules of the two
// styles in which most are published: a prefix of the vendor's with a run
// behind it, and the vendor's name, an assignment and a value.
func (b *bench) scale(c *corpus) {
	pieces := chunks(c.text)
	var subjects []subject
	rules := makeRules(ruleCounts[len(ruleCounts)-1])
	for _, n := range ruleCounts {
		if b.wants(scaleName(n)) {
			subjects = append(subjects, redactEach(scaleName(n), newEngine(match.Kernels()[0], rules[:n]), pieces))
		}
	}
	b.measure(b.rounds, subjects...)
	for _, n := range ruleCounts {
		if r := b.find(scaleName(n)); r != nil && r.Count < c.planted {
			b.fail("%s: %d findings, but %d secrets were planted", r.Name, r.Count, c.planted)
		}
	}
}

// makeRules makes n rules. The first ones do not depend on n.
func makeRules(n int) []detectors.Detector {
	w := newWriter(5, 0)
	values := []string{`[0-9a-f]{32}`, `[a-z0-9]{40}`, `[A-Za-z0-9_-]{32,64}`, `[A-Z0-9]{20}`, `[A-Za-z0-9=_-]{24,}`}
	seen := map[string]bool{}
	// The first one finds what is planted in the corpora.
	rules := []detectors.Detector{{
		ID: "planted", Vendor: "planted", Severity: finding.High, Kind: detectors.Regex,
		Literals: []string{"ghp_"}, Regex: `\bghp_[A-Za-z0-9]{36}\b`,
	}}
	for len(rules) < n {
		vendor := vendorName(w)
		if seen[vendor] {
			continue
		}
		seen[vendor] = true
		value := values[w.IntN(len(values))]
		d := detectors.Detector{
			ID: fmt.Sprintf("rule-%d", len(rules)), Vendor: vendor, Severity: finding.High, Kind: detectors.Regex,
			Literals: []string{vendor}, Fold: true, Group: 1,
			Regex: fmt.Sprintf(`(?i)[\w.-]{0,40}%s[ \t\w.-]{0,20}['"]?[ \t]{0,3}(?:=|:=|=>|:)[ \t]{0,3}['"]?(%s)(?:['"\s;,]|$)`, vendor, value),
		}
		if len(rules)%3 == 0 {
			prefix := vendor[:min(len(vendor), 3+w.IntN(3))] + []string{"_", "-", "_live_", "pat-"}[w.IntN(4)]
			d.Literals, d.Fold, d.Group = []string{prefix}, false, 0
			d.Regex = `\b` + prefix + `[A-Za-z0-9]{24,40}\b`
		}
		rules = append(rules, d)
	}
	return rules
}

// vendorName makes up a name that can be spoken.
func vendorName(w *writer) string {
	var b strings.Builder
	for range 2 + w.IntN(2) {
		b.WriteString([]string{"b", "br", "c", "cl", "d", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s", "sn", "st", "t", "tr", "v", "w", "z"}[w.IntN(27)])
		b.WriteString([]string{"a", "e", "i", "o", "u", "ai", "oo", "y"}[w.IntN(8)])
	}
	b.WriteString([]string{"", "n", "r", "x", "ly", "ops", "hub", "pay", "io", "stack", "base", "ql"}[w.IntN(12)])
	return b.String()
}
