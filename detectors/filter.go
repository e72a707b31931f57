package detectors

import (
	"bytes"
	"regexp"
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
	// Required are expressions each of which must match on the line as well.
	Required []*regexp.Regexp
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

// Refuses reports whether a match, its secret part and its line, read from path
// if that is known, is none after all. The bytes are not kept.
func (f *Filter) Refuses(path string, line, match, secret []byte) bool {
	if f.Path != nil && path != "" && !f.Path.MatchString(path) {
		return true
	}
	if len(f.Keywords) > 0 && !holdsFold(line, f.Keywords) {
		return true
	}
	for _, r := range f.Required {
		if !r.Match(line) {
			return true
		}
	}
	for _, a := range f.Allow {
		if a.allows(path, line, match, secret) {
			return true
		}
	}
	return false
}

func (a *Allowlist) allows(path string, line, match, secret []byte) bool {
	target := secret
	switch a.Target {
	case TargetMatch:
		target = match
	case TargetLine:
		target = line
	}
	for _, test := range []struct{ given, holds bool }{
		{len(a.Paths) > 0, path != "" && anyMatch(a.Paths, []byte(path))},
		{len(a.Regexes) > 0, anyMatch(a.Regexes, target)},
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
