package gitleaks

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/stanch/stanch/detectors"
)

// exemption is an allowlist as gitleaks applies it.
type exemption struct {
	all       bool
	commits   bool // there are some; none ever holds here
	paths     *regexp.Regexp
	regexes   *regexp.Regexp
	target    detectors.Target
	stopwords [][]byte // in lower case
}

// exemptions returns the allowlists of the file: those for all rules, and those
// for single ones.
func (f *file) exemptions() (all []exemption, target map[string][]exemption, err error) {
	target = map[string][]exemption{}
	for _, a := range f.allowlists() {
		x, err := a.exemption()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: allowlist: %w", f.path, err)
		}
		if len(a.TargetRules) == 0 {
			all = append(all, x)
		}
		for _, id := range a.TargetRules {
			target[id] = append(target[id], x)
		}
	}
	return all, target, nil
}

func (a *allowlist) exemption() (x exemption, err error) {
	if x.all, x.target, err = a.modes(); err != nil {
		return x, err
	}
	if x.paths, err = joined(a.Paths); err != nil {
		return x, fmt.Errorf("paths: %w", err)
	}
	if x.regexes, err = joined(a.Regexes); err != nil {
		return x, fmt.Errorf("regexes: %w", err)
	}
	x.commits = len(a.Commits) > 0
	for _, w := range a.StopWords {
		x.stopwords = append(x.stopwords, []byte(strings.ToLower(w)))
	}
	return x, nil
}

// modes reads how the tests of an allowlist are put together and what its
// expressions look at.
func (a *allowlist) modes() (all bool, target detectors.Target, err error) {
	switch strings.ToUpper(a.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		all = true
	default:
		return false, 0, fmt.Errorf("condition %q: want AND or OR", a.Condition)
	}
	switch a.RegexTarget {
	case "", "secret":
	case "match":
		target = detectors.TargetMatch
	case "line":
		target = detectors.TargetLine
	default:
		return false, 0, fmt.Errorf("regexTarget %q: want secret, match or line", a.RegexTarget)
	}
	if len(a.Commits)+len(a.Paths)+len(a.Regexes)+len(a.StopWords) == 0 {
		return false, 0, fmt.Errorf("no commits, paths, regexes or stopwords")
	}
	return all, target, nil
}

// joined makes one expression of several, as gitleaks does: a flag such as (?i)
// in one of them holds for those behind it, too.
func joined(list []string) (*regexp.Regexp, error) {
	for _, s := range list {
		if _, err := regexp.Compile(s); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return regexp.Compile("(?:" + strings.Join(list, "|") + ")")
}

// allowsPath reports whether one of the allowlists exempts a whole file.
func allowsPath(list []exemption, path string) bool {
	return slices.ContainsFunc(list, func(x exemption) bool {
		if x.paths == nil || !x.paths.MatchString(path) {
			return false
		}
		return !x.all || !x.commits && x.regexes == nil && len(x.stopwords) == 0
	})
}

// subject is what allowlists look at.
type subject struct {
	path                string
	secret, match, line []byte
}

func (s *subject) exempt(list []exemption) bool {
	return slices.ContainsFunc(list, func(x exemption) bool {
		target := s.secret
		switch x.target {
		case detectors.TargetMatch:
			target = s.match
		case detectors.TargetLine:
			target = s.line
		}
		regexes := x.regexes != nil && len(target) > 0 && x.regexes.Match(target)
		stopword := len(x.stopwords) > 0 && holdsOne(bytes.ToLower(s.secret), x.stopwords)
		if !x.all {
			return regexes || stopword
		}
		return !x.commits &&
			(x.paths == nil || s.path != "" && x.paths.MatchString(s.path)) &&
			(x.regexes == nil || regexes) &&
			(len(x.stopwords) == 0 || stopword)
	})
}

func holdsOne(b []byte, words [][]byte) bool {
	return slices.ContainsFunc(words, func(w []byte) bool { return len(w) > 0 && bytes.Contains(b, w) })
}
