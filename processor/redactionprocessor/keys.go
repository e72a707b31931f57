package redactionprocessor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// said is what the configuration says of a key.
type said uint8

const (
	ignored said = 1 << iota // its value is left as it is
	removed                  // it is not among those allowed
	blocked                  // its value is masked
	summary                  // the processor's own
)

// keys knows what the configuration says of keys.
type keys struct {
	all            bool
	allowed        []string // sorted
	ignored        []string // sorted
	ignoredMatches []*regexp.Regexp
	blockedMatches []*regexp.Regexp
}

func newKeys(c *Config) (*keys, error) {
	k := &keys{all: c.AllowAllKeys, allowed: slices.Sorted(slices.Values(c.AllowedKeys)), ignored: slices.Sorted(slices.Values(c.IgnoredKeys))}
	var err error
	if k.ignoredMatches, err = compile("ignored_key_patterns", c.IgnoredKeyPatterns); err != nil {
		return nil, err
	}
	k.blockedMatches, err = compile("blocked_key_patterns", c.BlockedKeyPatterns)
	return k, err
}

// silent reports whether nothing is said of any key.
func (k *keys) silent() bool {
	return k.all && len(k.ignored)+len(k.ignoredMatches)+len(k.blockedMatches) == 0
}

// spares reports whether the values of some keys are left as they are.
func (k *keys) spares() bool { return len(k.ignored)+len(k.ignoredMatches) > 0 }

func compile(field string, patterns []string) ([]*regexp.Regexp, error) {
	var list []*regexp.Regexp
	for i, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", field, i, err)
		}
		list = append(list, re)
	}
	return list, nil
}

// of returns what is said of a key. It looks at every expression: see memory.
func (k *keys) of(key string) (s said) {
	if _, ok := slices.BinarySearch(k.ignored, key); ok || matchesAny(k.ignoredMatches, key) {
		s |= ignored
	}
	if !k.all {
		if _, ok := slices.BinarySearch(k.allowed, key); !ok {
			s |= removed
		}
	}
	if matchesAny(k.blockedMatches, key) {
		s |= blocked
	}
	if isSummary(key) {
		s |= summary
	}
	return s
}

func matchesAny(list []*regexp.Regexp, s string) bool {
	return slices.ContainsFunc(list, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}

const (
	// maxRemembered is how many keys are remembered, and maxRememberedKey how long one
	// may be. Whoever sends others all the time pays for the expressions.
	maxRemembered    = 4096
	maxRememberedKey = 128
)

// remembered returns what is said of a key, from memory where it came before.
func (w *worker) remembered(key string) said {
	if w.p.keys.silent() {
		if isSummary(key) {
			return summary
		}
		return 0
	}
	s, ok := w.known[key]
	if ok {
		return s
	}
	s = w.p.keys.of(key)
	if len(key) <= maxRememberedKey {
		if len(w.known) >= maxRemembered {
			clear(w.known)
		}
		w.known[strings.Clone(key)] = s
	}
	return s
}
