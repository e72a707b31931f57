package detectors

import (
	"bytes"
	"regexp"
	"sort"

	"github.com/stanch/stanch/internal/judge"
)

// Filter is what an imported rule asks of a match beyond its expression. It is
// immutable and safe for concurrent use.
type Filter struct {
	// Keywords: when not empty, one of them must stand on the line. They are in
	// lower case and count in either.
	Keywords []string
	// Path must fit the path of what is scanned, where that is known; nil fits any.
	Path *regexp.Regexp
	// Allow lets matches through. An allowlist binds the rules it was imported
	// with and no others.
	Allow []*Allowlist
	// Required must each be found on the line as well.
	Required []*Required
}

// Required is a rule of which a match must stand on the line of another one's.
type Required struct {
	Regex   *regexp.Regexp
	Group   int     // as that of a Detector
	Entropy float64 // as that of a Detector
	Filter  *Filter // its path and its allowlists
	// Columns is how many bytes the two may begin from each other; negative for any
	// number.
	Columns int
}

// Allowlist exempts matches. Of its tests that are given one must hold, with All
// each of them.
type Allowlist struct {
	All       bool
	Paths     []*regexp.Regexp
	Regexes   []*regexp.Regexp
	Target    Target   // what Regexes look at
	Stopwords []string // in lower case: what the secret must hold one of, in either
}

// Target is a part of the text around a match.
type Target uint8

// The targets: the secret alone, all that the expression matched, the line.
const (
	TargetSecret Target = iota
	TargetMatch
	TargetLine
)

// Range is a part of a line: its bytes [Start, End).
type Range struct{ Start, End int }

// On is what a Filter says of one line, so that what is asked of a whole line is
// asked once, however many matches it has. It is for one goroutine.
type On struct {
	f       *Filter
	path    string
	line    []byte
	refused bool
	allowed []bool  // by allowlist: its expressions match the line
	starts  [][]int // by required rule: where its matches begin
}

// On looks at a line read from path, if that is known. Neither may change while
// the result is used.
func (f *Filter) On(path string, line []byte) *On {
	o := &On{f: f, path: path, line: line}
	o.refused = f.Path != nil && path != "" && !f.Path.MatchString(path) || len(f.Keywords) > 0 && !holdsFold(line, f.Keywords)
	if o.refused {
		return o
	}
	o.allowed = make([]bool, len(f.Allow))
	for i, a := range f.Allow {
		o.allowed[i] = a.Target == TargetLine && anyMatch(a.Regexes, line)
	}
	for _, r := range f.Required {
		starts := r.find(path, line)
		o.refused = o.refused || len(starts) == 0
		o.starts = append(o.starts, starts)
	}
	return o
}

// Refuses reports whether a match on the line, with the part of it that is the
// secret, is none after all.
func (o *On) Refuses(match, secret Range) bool {
	if o.refused {
		return true
	}
	for i, a := range o.f.Allow {
		if a.allows(o.path, o.allowed[i], o.line[match.Start:match.End], o.line[secret.Start:secret.End]) {
			return true
		}
	}
	for i, r := range o.f.Required {
		if r.Columns < 0 {
			continue
		}
		k := sort.SearchInts(o.starts[i], match.Start-r.Columns)
		if k == len(o.starts[i]) || o.starts[i][k] > match.Start+r.Columns {
			return true
		}
	}
	return false
}

// find returns where the matches of the rule begin that its own tests leave.
func (r *Required) find(path string, line []byte) (starts []int) {
	on := r.Filter.On(path, line)
	for _, m := range r.Regex.FindAllSubmatchIndex(line, -1) {
		match := Range{m[0], m[1]}
		secret := match
		for g := 1; 2*g+1 < len(m); g++ {
			if a, b := m[2*g], m[2*g+1]; g == r.Group && a >= 0 || r.Group == FirstGroup && b > a {
				secret = Range{a, b}
				break
			}
		}
		if judge.Entropy(line[secret.Start:secret.End]) >= r.Entropy && !on.Refuses(match, secret) {
			starts = append(starts, m[0])
		}
	}
	return starts
}

func (a *Allowlist) allows(path string, onLine bool, match, secret []byte) bool {
	regexes := onLine
	switch a.Target {
	case TargetSecret:
		regexes = anyMatch(a.Regexes, secret)
	case TargetMatch:
		regexes = anyMatch(a.Regexes, match)
	}
	for _, test := range []struct{ given, holds bool }{
		{len(a.Paths) > 0, path != "" && anyMatch(a.Paths, []byte(path))},
		{len(a.Regexes) > 0, regexes},
		{len(a.Stopwords) > 0, holdsFold(secret, a.Stopwords)},
	} {
		if test.given && test.holds != a.All {
			return test.holds
		}
	}
	return a.All
}

func anyMatch(list []*regexp.Regexp, b []byte) bool {
	for _, r := range list {
		if r.Match(b) {
			return true
		}
	}
	return false
}

func holdsFold(b []byte, words []string) bool {
	low := bytes.ToLower(b)
	for _, w := range words {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}
