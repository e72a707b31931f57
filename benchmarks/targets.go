package main

import (
	"fmt"

	"github.com/stanch/stanch/match"
)

// A target is a bar: must is what has to hold, aim what is worked towards.
type target struct {
	what      string
	must, aim float64
	format    string
	atMost    bool // smaller is better
	// of returns the figure for a corpus, or for the generated texts when the
	// target has nothing to do with a corpus and perCorpus is false.
	perCorpus bool
	of        func(b *bench, corpus string) (float64, bool)
}

func (t *target) verdict(v float64) string {
	holds := func(bar float64) bool {
		if t.atMost {
			return v <= bar
		}
		return v >= bar
	}
	switch {
	case holds(t.aim):
		return "aim"
	case holds(t.must):
		return "must"
	}
	return "**misses**"
}

// bars are a pair of must and aim for one kernel.
type bars struct {
	kernel    match.Kernel
	must, aim float64
}

// faster makes targets for how many times the rate of one row is that of
// another. Rows are named without their corpus; the first one's kernel is
// appended.
func faster(what, row, than, format string, perCorpus bool, list ...bars) (targets []target) {
	for _, x := range list {
		targets = append(targets, target{
			what: fmt.Sprintf("%s, %v", what, x.kernel), must: x.must, aim: x.aim, format: format, perCorpus: perCorpus,
			of: func(b *bench, corpus string) (float64, bool) {
				return b.speedup(corpus+row+x.kernel.String(), corpus+than)
			},
		})
	}
	return targets
}

func targets() []target {
	var list []target
	add := func(t ...target) { list = append(list, t...) }
	add(faster("matching / cloudflare/ahocorasick, lowering included", "/match/", "/peer/cloudflare", "%.1f×", true,
		bars{match.VBMI, 30, 60}, bars{match.AVX2, 15, 25}, bars{match.Plain, 5, 8})...)
	add(faster("matching / Hyperscan", "/match/", "/peer/hyperscan", "%.2f×", true,
		bars{match.VBMI, 3, 5}, bars{match.AVX2, 1.5, 2.5})...)
	add(faster("redacting 64 KB chunks / copy", "/redact-64k/", "/copy", "%.3f", true,
		bars{match.VBMI, .20, .35}, bars{match.AVX2, .12, .20}, bars{match.Plain, .05, .08})...)
	perRecord := []bars{{match.VBMI, .09, .15}, {match.AVX2, .07, .10}, {match.Plain, .03, .04}}
	add(faster("redacting record by record / copy", "/redact-record/", "/copy", "%.3f", true, perRecord...)...)
	add(faster("redacting records in batches / copy", "/redact-batch/", "/copy", "%.3f", true, perRecord...)...)
	for _, x := range []bars{{match.VBMI, .03, .06}, {match.AVX2, .025, .05}, {match.Plain, .015, .03}} {
		add(target{what: fmt.Sprintf("redacting hot JSON in 64 KB chunks / copy, %v", x.kernel), must: x.must, aim: x.aim, format: "%.4f",
			of: func(b *bench, _ string) (float64, bool) {
				return b.speedup("hot/redact-64k/"+x.kernel.String(), "hot/copy")
			}})
	}
	for _, k := range match.Kernels() {
		add(target{what: fmt.Sprintf("scanning with a look for encoded text / without, where there is none, time, %v", k), must: 1.1, aim: 1.03, format: "%.2f×", atMost: true, perCorpus: true,
			of: func(b *bench, corpus string) (float64, bool) {
				return b.speedup(corpus+"/scan-no-decoding/"+k.String(), corpus+"/scan-decoding/"+k.String())
			}})
	}
	for _, x := range []struct {
		what, row string
		must, aim float64
	}{
		{"a hit that does not verify, shape, ns", shapeRow + falseHits, 60, 40},
		{"a hit that verifies, shape with exact end, ns", shapeRow + trueHits, 160, 100},
		{"a hit that does not verify, automaton, ns", ruleRow + falseHits, 60, 40},
		{"a hit that verifies, automaton with exact end, ns", ruleRow + trueHits, 160, 100},
	} {
		add(target{what: x.what, must: x.must, aim: x.aim, format: "%.0f", atMost: true,
			of: func(b *bench, _ string) (float64, bool) { return b.verdictCost(x.row) }})
	}
	for i, x := range []bars{{must: 1.6, aim: 1.2}, {must: 2.5, aim: 1.5}} {
		from, to := ruleCounts[i], ruleCounts[i+1]
		add(target{what: fmt.Sprintf("%d rules instead of %d, time", to, from), must: x.must, aim: x.aim, format: "%.2f×", atMost: true,
			of: func(b *bench, _ string) (float64, bool) { return b.speedup(scaleName(from), scaleName(to)) }})
	}
	add(target{what: "1000 rules imported from gitleaks instead of 222, time", must: 1.6, aim: 1.2, format: "%.2f×", atMost: true,
		of: func(b *bench, _ string) (float64, bool) {
			return b.speedup(importedName(importedCounts[0]), importedName(importedCounts[1]))
		}})
	add(target{what: "worst hostile text / clean", must: 1. / 50, aim: 1. / 20, format: "%.4f",
		of: func(b *bench, _ string) (float64, bool) {
			clean, worst := b.find(hostileClean), b.slowest(1)
			if clean == nil || len(worst) == 0 {
				return 0, false
			}
			return worst[0].rate / clean.rate(), true
		}})
	add(target{what: "twice a hostile text, time", must: 2.2, aim: 2.1, format: "%.2f×", atMost: true,
		of: func(b *bench, _ string) (worst float64, ok bool) {
			for _, h := range b.hostileFigures() {
				worst, ok = max(worst, h.growth), true
			}
			return worst, ok
		}})
	add(target{what: "redacting / gitleaks with go-re2, 64 KB chunks", must: 100, aim: 200, format: "%.0f×", perCorpus: true,
		of: func(b *bench, corpus string) (float64, bool) {
			p := corpus + "/gitleaks-go-re2/"
			return b.speedup(p+"stanch-64k", p+"64k")
		}})
	add(target{what: "redacting with 1000 imported rules / gitleaks with go-re2 and the same, 64 KB chunks", must: 100, aim: 200, format: "%.0f×", perCorpus: true,
		of: func(b *bench, corpus string) (float64, bool) {
			p := corpus + "/gitleaks-go-re2/"
			return b.speedup(p+"stanch-imported", p+"imported")
		}})
	add(target{what: "`stanch redact` of a file on one core / in memory", must: .5, aim: .8, format: "%.2f",
		of: func(b *bench, _ string) (float64, bool) { return b.speedup("command/one-core", "command/in-memory") }})
	for _, row := range []struct{ what, name string }{
		{"compiling the default engine, first in a process, ms", "startup/first-compile"},
		{"compiling the default engine again, ms", "startup/compile"},
	} {
		add(target{what: row.what, must: 100, aim: 20, format: "%.1f", atMost: true,
			of: func(b *bench, _ string) (float64, bool) {
				r := b.find(row.name)
				if r == nil {
					return 0, false
				}
				return float64(r.time().Nanoseconds()) / 1e6, true
			}})
	}
	return list
}
