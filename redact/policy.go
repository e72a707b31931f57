package redact

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"regexp"
	"slices"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/scan"
)

// rule is a Rule with its patterns resolved.
type rule struct {
	detectors  []bool // by index; nil for all
	confidence finding.Confidence
	identifier *bool    // nil for both
	keys       []string // patterns over folded names; nil for any name
	paths      []string // patterns; nil for any
	sources    []finding.Kind
	action     Action
	kept       kept
}

// kept is how many characters a partial mask keeps of either end.
type kept struct{ first, last uint8 }

const (
	maxKept = 4
	// leastPartial is the shortest value of which something is kept, and keptShare
	// the part of it that is kept at most.
	leastPartial = 16
	keptShare    = 4
)

// of cuts the numbers down to what a value has that can be shown: characters
// that mean nothing to any notation.
func (k kept) of(value []byte) kept {
	if len(value) < leastPartial || int(k.first)+int(k.last) > len(value)/keptShare {
		return kept{}
	}
	first, last := 0, 0
	for first < int(k.first) && envelope.Unreserved(string(value[first:first+1])) {
		first++
	}
	for last < int(k.last) && envelope.Unreserved(string(value[len(value)-last-1:len(value)-last])) {
		last++
	}
	return kept{uint8(first), uint8(last)}
}

// compileRules resolves the document's rules and puts the defaults behind.
func (e *Engine) compileRules(rules []Rule, all []detectors.Detector) error {
	for i := range rules {
		r := &rules[i]
		for _, p := range r.Detectors {
			if err := p.fitsAny(all); err != nil {
				return err
			}
		}
		if (r.Action == Hash || r.Action == Token || r.Action == Format) && (e.ring == nil || e.ring.random) {
			return r.Pos.errorf("%w", errNoKey)
		}
		if r.Action == Seal && e.seal == nil {
			return r.Pos.errorf("%w", errNoRecipients)
		}
		if r.Action == Format {
			e.format = e.ring.formatters()
		}
		out := rule{confidence: r.Confidence, identifier: r.Identifier, action: r.Action, kept: kept{uint8(r.First), uint8(r.Last)}}
		if len(r.Detectors) > 0 || r.Severity > 0 {
			out.detectors = make([]bool, len(e.detectors))
			for j := range e.detectors {
				out.detectors[j] = r.fits(&e.detectors[j])
			}
		}
		for _, k := range r.Keys {
			out.keys = append(out.keys, string(foldKey(nil, []byte(k.Text))))
		}
		for _, x := range r.Paths {
			out.paths = append(out.paths, x.Text)
		}
		out.sources = r.Sources
		e.needKey = e.needKey || out.keys != nil
		e.rules = append(e.rules, out)
	}
	yes := true
	e.standard = len(e.rules) + 1
	e.rules = append(e.rules,
		rule{identifier: &yes, action: Keep},
		rule{confidence: finding.Likely, action: Mask},
		rule{action: Keep})
	return nil
}

func (r *Rule) fits(d *detector) bool {
	if d.severity < r.Severity {
		return false
	}
	if len(r.Detectors) == 0 {
		return true
	}
	for _, p := range r.Detectors {
		if glob(p.Text, []byte(d.id)) {
			return true
		}
	}
	return false
}

// action returns what the policy says of a candidate, and what a partial mask of
// it keeps. key is folded; other than Keep, fallback takes the place of the default.
func (e *Engine) action(c *candidate, key []byte, src *finding.Source, fallback Action) (Action, kept) {
	identifier := e.detectors[c.Detector].identifier || c.Evidence&scan.Identifier != 0
	for i := range e.rules {
		r := &e.rules[i]
		switch {
		case c.Confidence < r.confidence:
		case r.identifier != nil && *r.identifier != identifier:
		case r.detectors != nil && !r.detectors[c.Detector]:
		case r.keys != nil && !r.names(key):
		case r.paths != nil && !fitsAny(r.paths, src.Path):
		case r.sources != nil && !slices.Contains(r.sources, cmp.Or(src.Kind, finding.Stream)):
		case i == e.standard && fallback != Keep:
			return fallback, kept{}
		default:
			return r.action, r.kept
		}
	}
	return Mask, kept{}
}

func fitsAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return glob(p, []byte(path)) })
}

func (r *rule) names(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	for _, k := range r.keys {
		if glob(k, key) {
			return true
		}
	}
	return false
}

// allowlist is the values known to be harmless, each with the detectors it is
// allowed for; nil is all of them.
type allowlist struct {
	values map[string][]bool
	prints []printSet
	others []allowance // with more conditions than these
}

// allowance is an Allowance with its patterns resolved.
type allowance struct {
	on       []bool // detectors; nil for all
	value    string
	keyID    string // of the fingerprint sum; empty for none
	sum      [envelope.SumLen]byte
	pattern  *regexp.Regexp
	stopword []byte
	key      string // folded
	path     string
}

// printSet is the allowed fingerprints made with one key.
type printSet struct {
	keyID string
	key   []byte
	sums  map[[envelope.SumLen]byte][]bool
}

func (e *Engine) compileAllow(list []Allowance, all []detectors.Detector) error {
	for i := range list {
		a := &list[i]
		var on []bool
		if a.Detector != nil {
			if err := a.Detector.fitsAny(all); err != nil {
				return err
			}
			on = make([]bool, len(e.detectors))
			for j := range e.detectors {
				on[j] = glob(a.Detector.Text, []byte(e.detectors[j].id))
			}
		}
		elsewhere := a.Key != nil || a.Path != nil
		x := allowance{on: on, value: a.Value.text, pattern: a.Pattern, stopword: []byte(a.Stopword)}
		if a.Key != nil {
			x.key = string(foldKey(nil, []byte(a.Key.Text)))
			e.needKey = true
		}
		if a.Path != nil {
			x.path = a.Path.Text
		}
		if a.Fingerprint == "" && (elsewhere || a.Value.text == "") {
			e.allow.others = append(e.allow.others, x)
			continue
		}
		if a.Fingerprint == "" {
			if e.allow.values == nil {
				e.allow.values = make(map[string][]bool)
			}
			e.allow.values[a.Value.text] = join(e.allow.values, a.Value.text, on)
			continue
		}
		var sum [envelope.SumLen]byte
		if _, err := hex.Decode(sum[:], []byte(a.Fingerprint[envelope.KeyIDLen+1:])); err != nil {
			return a.Pos.errorf("fingerprint is not hexadecimal")
		}
		set := e.printSet(a.Fingerprint[:envelope.KeyIDLen])
		if set == nil {
			// It cannot be compared: what it allowed would be redacted again, and
			// whoever wrote it should know.
			return a.Pos.errorf("fingerprint was made with a key that is neither key.file nor in key.previous")
		}
		if elsewhere {
			x.keyID, x.sum = set.keyID, sum
			e.allow.others = append(e.allow.others, x)
			continue
		}
		set.sums[sum] = join(set.sums, sum, on)
	}
	return nil
}

// printSet returns the set of a key, nil if the key is not known.
func (e *Engine) printSet(keyID string) *printSet {
	for i := range e.allow.prints {
		if s := &e.allow.prints[i]; s.keyID == keyID {
			return s
		}
	}
	key := e.ring.fingerprintKey(keyID)
	if key == nil {
		return nil
	}
	e.allow.prints = append(e.allow.prints, printSet{keyID, key, make(map[[envelope.SumLen]byte][]bool)})
	return &e.allow.prints[len(e.allow.prints)-1]
}

// join adds the detectors on to those an entry already stands for.
func join[K comparable](m map[K][]bool, k K, on []bool) []bool {
	old, ok := m[k]
	if !ok {
		return on
	}
	if old == nil || on == nil {
		return nil
	}
	for i := range old {
		old[i] = old[i] || on[i]
	}
	return old
}

func allows(on []bool, ok bool, d int32) bool { return ok && (on == nil || on[d]) }

// lets reports whether one of the allowances with conditions lets a value pass.
func (r *Redactor) lets(c *candidate, text []byte) bool {
	value := text[c.Start:c.End]
	for i := range r.e.allow.others {
		a := &r.e.allow.others[i]
		switch {
		case a.on != nil && !a.on[c.Detector]:
		case a.key != "" && (len(r.fold) == 0 || !glob(a.key, r.fold)):
		case a.path != "" && !glob(a.path, []byte(r.Source.Path)):
		case a.value != "" && a.value != string(value):
		case a.keyID != "" && !r.hasSum(a, c, text):
		case len(a.stopword) > 0 && !bytes.Contains(bytes.ToLower(value), a.stopword):
		case a.pattern != nil && !a.pattern.Match(value):
		default:
			return true
		}
	}
	return false
}

func (r *Redactor) hasSum(a *allowance, c *candidate, text []byte) bool {
	for i := range r.e.allow.prints {
		if r.e.allow.prints[i].keyID == a.keyID {
			sum, ok := r.allowedSum(i, c, text)
			return ok && sum == a.sum
		}
	}
	return false
}

// allowedSum returns the fingerprint of a candidate's value under the key of the
// i-th set. Of what stands among other things in a carrier there is none: they would
// pass with it.
func (r *Redactor) allowedSum(i int, c *candidate, text []byte) (sum [envelope.SumLen]byte, ok bool) {
	value, alone := r.plain(c, text)
	if !alone {
		return sum, false
	}
	return [envelope.SumLen]byte(r.allowSum(i, value)[:envelope.SumLen]), true
}
