package gitleaks

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/stanch/stanch/internal/automaton"
	"github.com/stanch/stanch/match"
)

// Scanner gives the verdicts of gitleaks v8 under its own rules: over several
// lines at once, rule by rule, without the detectors and without the grammar
// of Stanch. It is for comparing and for moving over; for streams there is Load.
//
// Comments in the text (gitleaks:allow) are ignored here too. A Scanner is immutable and safe for concurrent use.
type Scanner struct {
	path     string
	depth    int // passes of decoding
	rules    []applied
	global   []exemption
	always   []int // rules without keywords
	keywords *match.Matcher
	leads    [][]int // by keyword: rules
}

// applied is a rule as gitleaks applies it.
type applied struct {
	id, title string
	re, path  *regexp.Regexp  // nil if not given
	filter    *automaton.Rule // whether re matches at all; nil if it is too large
	group     int
	entropy   float64
	allow     []exemption
	required  []requirement
	silent    bool
}

type requirement struct {
	rule           int
	lines, columns *int
}

// Finding is a secret, or a file, that a rule of gitleaks reports.
type Finding struct {
	Rule        string
	Description string
	Start, End  int64 // of the secret in the text, bytes from 0
	Line        int64 // of the secret, from 1
	Column      int64 // of the secret, bytes from 1
	MatchLine   int64 // of the whole match, from 1: what gitleaks calls the line
	MatchColumn int64 // of the whole match, as gitleaks counts: from 1, on the first line from 0
	// Passes is how many times was decoded before it was found; Start and End are
	// then those of what is encoded. 0 for what stands in the text.
	Passes int
	File   bool // the path alone is reported; there is no place in the text
}

// NewScanner reads a file of rules as Load does.
func NewScanner(path string, o Options) (*Scanner, error) {
	f, err := read(path, o, 0)
	if err != nil {
		return nil, err
	}
	l := loader{file: f, byID: map[string]*rule{}}
	if err := l.checkAll(); err != nil {
		return nil, err
	}
	s := &Scanner{path: path, depth: o.Depth}
	var target map[string][]exemption
	if s.global, target, err = f.exemptions(); err != nil {
		return nil, err
	}
	set := automaton.NewSet(automaton.Options{})
	index := map[string]int{}
	for i := range f.Rules {
		index[f.Rules[i].ID] = i
	}
	var lits []match.Literal
	literal := map[string]int{}
	for i := range f.Rules {
		r := &f.Rules[i]
		a, err := r.apply(set)
		if err != nil {
			return nil, err
		}
		a.allow = append(a.allow, target[r.ID]...)
		for _, q := range r.Required {
			n, ok := index[q.ID]
			if !ok {
				return nil, r.errorf("required: no rule %s", q.ID)
			}
			a.required = append(a.required, requirement{n, q.WithinLines, q.WithinColumns})
		}
		s.rules = append(s.rules, a)
		if len(r.Keywords) == 0 {
			s.always = append(s.always, i)
		}
		for _, k := range r.Keywords {
			k = strings.ToLower(k)
			if k == "" {
				continue // stands nowhere, to gitleaks
			}
			n, ok := literal[k]
			if !ok {
				n = len(lits)
				literal[k] = n
				lits = append(lits, match.Literal{Text: k})
				s.leads = append(s.leads, nil)
			}
			s.leads[n] = append(s.leads[n], i)
		}
	}
	set.Freeze()
	if len(lits) > 0 {
		if s.keywords, err = match.Compile(lits); err != nil {
			return nil, fmt.Errorf("%s: keywords: %w", path, err)
		}
	}
	return s, nil
}

func (r *rule) apply(set *automaton.Set) (a applied, err error) {
	a = applied{id: r.ID, title: title(r), group: r.SecretGroup, entropy: r.Entropy, silent: r.SkipReport}
	if r.Regex != "" {
		if a.re, err = r.compile(); err != nil {
			return a, err
		}
		// A rule that is too large is left to package regexp alone.
		a.filter, _ = set.Add(r.ID, r.Regex)
	}
	if r.Path != "" {
		if a.path, err = regexp.Compile(r.Path); err != nil {
			return a, r.errorf("path: %w", err)
		}
	}
	for _, w := range r.allowlists() {
		x, err := w.exemption()
		if err != nil {
			return a, r.errorf("allowlist: %w", err)
		}
		a.allow = append(a.allow, x)
	}
	return a, nil
}

// Rules calls yield for the id and description of each rule that can report.
func (s *Scanner) Rules(yield func(id, description string) bool) {
	for i := range s.rules {
		if r := &s.rules[i]; !r.silent && !yield(r.id, r.title) {
			return
		}
	}
}

// verdict is a match of a rule in a text.
type verdict struct {
	rule       int
	start, end int // of the secret, or of what it is encoded in
	secret     []byte
	passes     int
	place      place
	file       bool
}

// Scan returns what gitleaks finds in a text that it looks at as one, read from
// path; empty if it has none. Findings are in the order of their places.
func (s *Scanner) Scan(text []byte, path string) []Finding {
	if path != "" && (path == s.path || allowsPath(s.global, path)) {
		return nil
	}
	var found []verdict
	t := &fragment{text: text, path: path, now: text}
	for {
		for _, i := range s.candidates(t.now) {
			if !s.rules[i].silent {
				found = append(found, s.apply(t, i)...)
			}
		}
		if t.passes == s.depth || !t.decode() {
			break
		}
	}
	return s.findings(t, s.resolve(t, found))
}

// candidates returns the rules of which a keyword stands in the text, in order.
func (s *Scanner) candidates(text []byte) []int {
	list := slices.Clone(s.always)
	if s.keywords != nil {
		seen := make([]bool, len(s.leads))
		for _, h := range s.keywords.Scan(nil, bytes.ToLower(text), nil) {
			if !seen[h.ID] {
				seen[h.ID] = true
				list = append(list, s.leads[h.ID]...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// apply returns the matches of a rule that count, with what it requires.
func (s *Scanner) apply(t *fragment, i int) []verdict {
	r := &s.rules[i]
	list := s.matches(t, i)
	if len(list) == 0 || len(r.required) == 0 {
		return list
	}
	others := make([][]verdict, len(r.required))
	for k, q := range r.required {
		others[k] = s.matches(t, q.rule)
	}
	return slices.DeleteFunc(list, func(v verdict) bool {
		for k, q := range r.required {
			if !slices.ContainsFunc(others[k], func(o verdict) bool { return q.near(v.place, o.place) }) {
				return true
			}
		}
		return false
	})
}

func (q requirement) near(a, b place) bool {
	within := func(most *int, a, b int) bool { return most == nil || max(a-b, b-a) <= *most }
	return within(q.lines, a.line, b.line) && within(q.columns, a.column, b.column)
}

// matches returns the matches of a rule that its tests leave.
func (s *Scanner) matches(t *fragment, i int) (list []verdict) {
	r := &s.rules[i]
	switch {
	case t.path != "" && allowsPath(r.allow, t.path):
		return nil
	case r.path != nil && !r.path.MatchString(t.path):
		return nil
	case r.re == nil && r.path != nil && t.passes == 0:
		return []verdict{{rule: i, file: true}}
	case r.re == nil:
		return nil
	}
	if r.filter != nil {
		if _, _, ok := r.filter.Find(t.now, 0, len(t.now)); !ok {
			return nil
		}
	}
	for _, m := range r.re.FindAllIndex(t.now, -1) {
		// Line feeds at both ends do not belong to the match, which still begins
		// where it did.
		whole := t.now[m[0]:m[1]]
		body := bytes.Trim(whole, "\n")
		at := m[0] + len(whole) - len(bytes.TrimLeft(whole, "\n"))
		v := verdict{rule: i, passes: t.passes}
		var line []byte
		if t.passes == 0 {
			v.place, line = t.locate(m[0], m[0]+len(body))
		} else {
			segments := t.pass.touching(span{m[0], m[1]})
			if len(segments) == 0 {
				continue // it was found before
			}
			// Gitleaks looks for the place through these pieces alone.
			o := (&pass{segments: segments, before: t.pass.before}).original(span{m[0], m[1]})
			v.place, _ = t.locate(o.start, o.end)
			v.start, v.end = o.start, o.end
			line = []byte(t.pass.line(segments))
		}
		from, to := r.secret(body)
		secret := body[from:to]
		if r.entropy != 0 && entropy(secret) <= r.entropy {
			continue
		}
		x := subject{t.path, secret, body, line}
		if x.exempt(s.global) || x.exempt(r.allow) {
			continue
		}
		if v.secret = secret; v.passes == 0 {
			v.start, v.end = at+from, at+to
		}
		list = append(list, v)
	}
	return list
}

// secret returns the part of a match that is the secret. As in gitleaks the
// expression is tried on the match by itself, where it may end elsewhere.
func (r *applied) secret(body []byte) (from, to int) {
	groups := r.re.FindSubmatchIndex(body)
	if len(groups) < 4 {
		return 0, len(body)
	}
	if g := r.group; g > 0 {
		if groups[2*g] < 0 {
			return 0, 0
		}
		return groups[2*g], groups[2*g+1]
	}
	for g := 2; g < len(groups); g += 2 {
		if groups[g+1] > groups[g] {
			return groups[g], groups[g+1]
		}
	}
	return 0, len(body)
}

// entropy is Shannon's of the runes, in bits, over the length in bytes.
func entropy(secret []byte) (bits float64) {
	counts := map[rune]int{}
	for _, c := range string(secret) {
		counts[c]++
	}
	for _, n := range counts {
		p := float64(n) / float64(len(secret))
		bits -= p * math.Log2(p)
	}
	return bits
}

// resolve is all that gitleaks does between rules: where a rule that calls
// itself generic finds part of what another one finds on the same line, the
// other one counts.
func (s *Scanner) resolve(t *fragment, list []verdict) []verdict {
	generic := func(v *verdict) bool { return strings.Contains(strings.ToLower(s.rules[v.rule].id), "generic") }
	special := map[int][][]byte{} // secrets by line
	for i := range list {
		if v := &list[i]; !generic(v) {
			special[v.place.line] = append(special[v.place.line], v.secret)
		}
	}
	return slices.DeleteFunc(list, func(v verdict) bool {
		return generic(&v) && slices.ContainsFunc(special[v.place.line], func(b []byte) bool { return bytes.Contains(b, v.secret) })
	})
}

func (s *Scanner) findings(t *fragment, list []verdict) []Finding {
	slices.SortStableFunc(list, func(a, b verdict) int { return a.start - b.start })
	var out []Finding
	for _, v := range list {
		f := Finding{Rule: s.rules[v.rule].id, Description: s.rules[v.rule].title, File: v.file, Line: 1, Column: 1, MatchLine: 1}
		if !v.file {
			line, begin := t.line(v.start)
			f.Start, f.End = int64(v.start), int64(v.end)
			f.Line, f.Column = int64(line+1), int64(v.start-begin+1)
			f.MatchLine, f.MatchColumn, f.Passes = int64(v.place.line+1), int64(v.place.column), v.passes
		}
		out = append(out, f)
	}
	return out
}
