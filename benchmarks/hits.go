package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/scan"
)

// A mix is text whose lines come from the examples of all detectors.
type mix struct {
	name  string
	text  []byte
	lines int
}

// Kinds of line in a mix.
const (
	falseHits = "false" // a secret cut short: hits, and nothing found
	trueHits  = "true"  // one hit, and it is a finding
	findings  = "found" // whatever else the example hits, too
	// trueHits-KIND is trueHits of one kind of detector.
)

// hits measures what a hit costs beyond the matcher's pass: scanning a text
// less matching it, by the number of hits. Findings are told apart by line, so
// that the text of a mix has only what its name says.
func (b *bench) hits() {
	for _, k := range match.Kernels() {
		if k == match.Plain && len(match.Kernels()) > 1 {
			continue // verifying is the same code on all of them
		}
		e := newEngine(k, nil).Scan()
		m := newMatcher(k, e, true)
		for _, x := range exampleMixes(e, m, max(min(b.size/32, 4<<20), 64<<10)) {
			pieces := chunks(x.text)
			b.measure(2*b.rounds+1,
				matchText("hit/"+x.name+"/match/"+k.String(), m, pieces),
				scanText("hit/"+x.name+"/scan/"+k.String(), e, pieces))
		}
	}
}

func scanText(name string, e *scan.Engine, pieces [][]byte) subject {
	s := e.NewScanner()
	var spans []scan.Span
	return subject{name: name, bytes: total(pieces), unit: "spans", run: func() (n int) {
		for _, p := range pieces {
			spans = s.Text(spans[:0], p)
			n += len(spans)
		}
		return n
	}}
}

// hitCost returns the median nanoseconds beyond the pass for each of the hits,
// or for each of the spans if there are any.
func (b *bench) hitCost(mix, kernel string) (ns float64, each string, ok bool) {
	m, s := b.find("hit/"+mix+"/match/"+kernel), b.find("hit/"+mix+"/scan/"+kernel)
	if m == nil || s == nil || m.Count == 0 {
		return 0, "", false
	}
	n, each := m.Count, "hit"
	if s.Count > 0 {
		n, each = s.Count, "finding"
	}
	per := make([]float64, len(s.Times))
	for i := range per {
		per[i] = float64(s.Times[i]-m.Times[i]) / float64(n)
	}
	return median(per), each, true
}

// exampleMixes sorts expansions of the examples of all detectors, each in the
// middle of a line of log, by what is found in them.
func exampleMixes(e *scan.Engine, m *match.Matcher, size int) []mix {
	w := newWriter(4, 0)
	s := e.NewScanner()
	kinds := map[string][]string{}
	for _, d := range must(detectors.DefaultWithExamples()) {
		for _, x := range d.Examples {
			for range 2 {
				text, from, to, err := detectors.Expand(x.Template, w.Uint64())
				if err != nil || strings.ContainsAny(text, "\r\n") || len(text) > 300 {
					continue
				}
				for _, cut := range []bool{false, true} {
					body := text
					if cut { // two thirds of the secret, then a byte of none
						body = text[:from+(to-from)*2/3] + "!" + text[to:]
					}
					w.buf = w.buf[:0]
					w.expand("2026-03-%d %t.%0 INFO %m ")
					w.buf = append(w.buf, body...)
					w.expand(" %m")
					hits, found := len(m.Scan(nil, w.buf, nil)), s.Text(nil, w.buf)
					line := string(w.buf) + "\n"
					switch {
					case hits > 0 && len(found) == 0:
						kinds[falseHits] = append(kinds[falseHits], line)
					case cut:
					case hits == 1 && len(found) == 1:
						kinds[trueHits] = append(kinds[trueHits], line)
						of := trueHits + "-" + e.Detectors()[found[0].Detector].Kind.String()
						kinds[of] = append(kinds[of], line)
						kinds[findings] = append(kinds[findings], line)
					case len(found) > 0:
						kinds[findings] = append(kinds[findings], line)
					}
				}
			}
		}
	}
	var mixes []mix
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		lines := kinds[name]
		x := mix{name: name, lines: len(lines)}
		for len(x.text) < size {
			w.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			for _, l := range lines {
				x.text = append(x.text, l...)
			}
		}
		mixes = append(mixes, x)
	}
	return mixes
}
