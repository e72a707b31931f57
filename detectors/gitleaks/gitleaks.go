// Package gitleaks reads the rules of gitleaks v8 (https://github.com/gitleaks/gitleaks,
// README, "Configuration") as detectors, and gives the verdicts that gitleaks
// itself gives with them.
//
// What gitleaks says of repositories means nothing for logs, and a stream has
// neither commits nor more than a line at a time. What does not apply is said, rule by
// rule, as a Note. A comment such as gitleaks:allow in the text is ignored:
// anyone who writes to a log could write it.
package gitleaks

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// Options say what a file alone does not.
type Options struct {
	// Default is the path of the rules that extend.useDefault stands for.
	Default string
	// Taken are ids that imported detectors must not have.
	Taken map[string]bool
	// Depth is how many times a Scanner decodes what looks encoded, as the flag
	// --max-decode-depth of gitleaks says. Its command does so five times.
	Depth int
}

// A Note says what of a rule does not apply, or does not mean what it may seem to.
type Note struct {
	File string
	Line int    // of the rule; 0 for the file
	Rule string // its id; empty for the file
	Text string
}

func (n Note) String() string {
	s := n.File
	if n.Line > 0 {
		s += fmt.Sprintf(":%d", n.Line)
	}
	if n.Rule != "" {
		s += ": rule " + n.Rule
	}
	return s + ": " + n.Text
}

// Load reads a file and those that it extends. The ids of detectors are those of
// the rules, in lower case, with hyphens for what ids cannot have, and
// "imported-" before one that is taken. Errors give file and line.
func Load(path string, o Options) ([]detectors.Detector, []Note, error) {
	f, err := read(path, o, 0)
	if err != nil {
		return nil, nil, err
	}
	l := loader{file: f, byID: map[string]*rule{}, taken: maps.Clone(o.Taken)}
	if l.taken == nil {
		l.taken = map[string]bool{}
	}
	l.notes = f.notes
	if err := l.checkAll(); err != nil {
		return nil, nil, err
	}
	if err := l.global(); err != nil {
		return nil, nil, err
	}
	for i := range f.Rules {
		if err := l.rule(&f.Rules[i]); err != nil {
			return nil, nil, err
		}
	}
	return l.out, l.notes, nil
}

type loader struct {
	file   *file
	byID   map[string]*rule
	taken  map[string]bool
	all    []*detectors.Allowlist            // that bind every rule
	target map[string][]*detectors.Allowlist // that bind the rule with an id
	out    []detectors.Detector
	notes  []Note
}

func (l *loader) note(r *rule, format string, args ...any) {
	n := Note{File: l.file.path, Text: fmt.Sprintf(format, args...)}
	if r != nil {
		n.File, n.Line, n.Rule = r.file, r.line, r.ID
	}
	if !slices.Contains(l.notes, n) {
		l.notes = append(l.notes, n)
	}
}

func (r *rule) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: rule %s: %w", r.file, max(r.line, 1), r.ID, fmt.Errorf(format, args...))
}

// checkAll refuses what makes no rules.
func (l *loader) checkAll() error {
	for i := range l.file.Rules {
		if err := l.check(&l.file.Rules[i]); err != nil {
			return err
		}
	}
	for _, a := range l.file.allowlists() {
		for _, id := range a.TargetRules {
			if l.byID[id] == nil {
				return fmt.Errorf("%s: allowlist: targetRules: no rule %s", l.file.path, id)
			}
		}
	}
	return nil
}

// compile compiles the expression of a rule.
func (r *rule) compile() (*regexp.Regexp, error) {
	re, err := regexp.Compile(r.Regex)
	if err != nil {
		return nil, r.errorf("regex: %w", err)
	}
	if r.SecretGroup > re.NumSubexp() || r.SecretGroup < 0 {
		return nil, r.errorf("secretGroup %d: the regex has %d groups", r.SecretGroup, re.NumSubexp())
	}
	return re, nil
}

// check refuses what makes no rule.
func (l *loader) check(r *rule) error {
	switch {
	case strings.TrimSpace(r.ID) == "":
		return fmt.Errorf("%s:%d: a rule without id", r.file, max(r.line, 1))
	case r.Regex == "" && r.Path == "":
		return r.errorf("neither regex nor path")
	}
	l.byID[r.ID] = r
	return nil
}

// global reads the allowlists of the file.
func (l *loader) global() error {
	l.target = map[string][]*detectors.Allowlist{}
	for _, a := range l.file.allowlists() {
		out, err := l.allowlist(nil, &a)
		if err != nil {
			return fmt.Errorf("%s: allowlist: %w", l.file.path, err)
		}
		if out == nil {
			continue
		}
		if len(a.TargetRules) == 0 {
			l.all = append(l.all, out)
		}
		for _, id := range a.TargetRules {
			l.target[id] = append(l.target[id], out)
		}
	}
	return nil
}

func (l *loader) rule(r *rule) error {
	if r.Regex == "" {
		l.note(r, "left out: it looks at paths only")
		return nil
	}
	if r.SkipReport {
		return nil // there for others to require
	}
	re, err := r.compile()
	if err != nil {
		return err
	}
	if spans(r.Regex) {
		l.note(r, "left out: it matches over several lines only")
		return nil
	}
	var keywords []string
	for _, k := range r.Keywords {
		if k != "" && !strings.ContainsAny(k, "\r\n") {
			keywords = append(keywords, strings.ToLower(k))
		}
	}
	if len(keywords) == 0 && len(r.Keywords) > 0 {
		l.note(r, "left out: none of its keywords can stand on a line")
		return nil
	}
	d := detectors.Detector{
		ID: l.id(r.ID), Title: title(r), Vendor: "imported", Severity: finding.High, Kind: detectors.Regex,
		Regex: r.Regex, Group: r.SecretGroup, Anywhere: true, Filter: &detectors.Filter{},
		File: r.file, Line: max(r.line, 1),
	}
	if d.Group == 0 && re.NumSubexp() > 0 {
		d.Group = detectors.FirstGroup
	}
	if r.Entropy != 0 {
		d.Entropy = math.Nextafter(r.Entropy, math.Inf(1)) // more than, not at least
	}
	if len(r.Path) > 0 {
		if d.Filter.Path, err = regexp.Compile(r.Path); err != nil {
			return r.errorf("path: %w", err)
		}
		l.note(r, "path counts for files only; a stream has none and is looked at whatever it is")
	}
	d.Filter.Keywords = keywords
	if several(r.Regex) {
		l.note(r, "the regex can match over several lines; it is tried on one line at a time")
	}
	if d.Filter.Allow, err = l.allow(r); err != nil {
		return err
	}
	for _, q := range r.Required {
		x, err := l.required(r, q)
		if err != nil {
			return err
		}
		d.Filter.Required = append(d.Filter.Required, x)
	}
	l.out = append(l.out, d)
	return nil
}

// required makes a rule that another one requires a test of its line. Nothing of
// what is required can be on another line: what comes is not there yet, and what
// was has gone.
func (l *loader) required(r *rule, q required) (*detectors.Required, error) {
	other := l.byID[q.ID]
	if other == nil || other.Regex == "" {
		return nil, r.errorf("required: no rule %s with a regex", q.ID)
	}
	if q.WithinLines == nil || *q.WithinLines > 0 {
		l.note(r, "required rule %s: it is looked for on the same line only", q.ID)
	}
	re, err := other.compile()
	if err != nil {
		return nil, err
	}
	x := &detectors.Required{Regex: re, Group: other.SecretGroup, Filter: &detectors.Filter{}, Columns: -1}
	if x.Group == 0 && re.NumSubexp() > 0 {
		x.Group = detectors.FirstGroup
	}
	if other.Entropy != 0 {
		x.Entropy = math.Nextafter(other.Entropy, math.Inf(1))
	}
	if q.WithinColumns != nil {
		x.Columns = max(*q.WithinColumns, 0)
	}
	if other.Path != "" {
		if x.Filter.Path, err = regexp.Compile(other.Path); err != nil {
			return nil, other.errorf("path: %w", err)
		}
	}
	x.Filter.Allow, err = l.allow(other)
	return x, err
}

// allow returns the allowlists that bind a rule.
func (l *loader) allow(r *rule) (list []*detectors.Allowlist, err error) {
	for _, a := range r.allowlists() {
		out, err := l.allowlist(r, &a)
		if err != nil {
			return nil, r.errorf("allowlist: %w", err)
		}
		if out != nil {
			list = append(list, out)
		}
	}
	return slices.Concat(list, l.target[r.ID], l.all), nil
}

func title(r *rule) string {
	if r.Description != "" {
		return r.Description
	}
	return r.ID
}

// id makes a detector's id of a rule's.
func (l *loader) id(s string) string {
	id := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 0x20
		}
		return '-'
	}, s)
	const most = 64 - len("imported-") - len("-99")
	id = strings.TrimLeft(id[:min(len(id), most)], "-")
	if id == "" {
		id = "rule"
	}
	if l.taken[id] {
		id = "imported-" + id
	}
	base := id
	for n := 2; l.taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	l.taken[id] = true
	return id
}

// several reports whether an expression can match a line end other than as white
// space at its end.
func several(source string) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return false
	}
	var newline func(re *syntax.Regexp) bool
	newline = func(re *syntax.Regexp) bool {
		switch re.Op {
		case syntax.OpLiteral:
			return slices.Contains(re.Rune, '\n')
		case syntax.OpAnyChar:
			return true
		}
		return slices.ContainsFunc(re.Sub, newline)
	}
	return newline(re.Simplify())
}

// spans reports whether every match of an expression holds a line end.
func spans(source string) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return false
	}
	var needs func(re *syntax.Regexp) bool
	needs = func(re *syntax.Regexp) bool {
		switch re.Op {
		case syntax.OpLiteral:
			return slices.Contains(re.Rune, '\n')
		case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
			return slices.ContainsFunc(re.Sub, needs)
		case syntax.OpAlternate:
			return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !needs(s) })
		}
		return false
	}
	return needs(re.Simplify())
}

// allowlist compiles an allowlist; nil if nothing of it applies.
func (l *loader) allowlist(r *rule, a *allowlist) (*detectors.Allowlist, error) {
	out := &detectors.Allowlist{}
	var err error
	if out.All, out.Target, err = a.modes(); err != nil {
		return nil, err
	}
	if out.Paths, err = compile(a.Paths); err != nil {
		return nil, fmt.Errorf("paths: %w", err)
	}
	if out.Regexes, err = compile(a.Regexes); err != nil {
		return nil, fmt.Errorf("regexes: %w", err)
	}
	for _, s := range a.StopWords {
		out.Stopwords = append(out.Stopwords, strings.ToLower(s))
	}
	if len(a.Commits) > 0 {
		l.note(r, "allowlist: commits mean nothing here")
		if out.All {
			return nil, nil // a test that never holds
		}
	}
	for _, s := range a.Regexes {
		if !anchored(s) {
			l.note(r, "allowlist: %q is not anchored: it exempts whatever holds a match", s)
		}
	}
	if len(out.Paths)+len(out.Regexes)+len(out.Stopwords) == 0 {
		return nil, nil
	}
	return out, nil
}

func compile(list []string) ([]*regexp.Regexp, error) {
	re, err := joined(list)
	if re == nil || err != nil {
		return nil, err
	}
	return []*regexp.Regexp{re}, nil
}

// anchored reports whether every way to match an expression goes from the
// beginning of the text to its end.
func anchored(source string) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	return err == nil && begins(re) && finishes(re)
}

func begins(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText:
		return true
	case syntax.OpConcat:
		return begins(re.Sub[0])
	case syntax.OpCapture:
		return begins(re.Sub[0])
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !begins(s) })
	}
	return false
}

func finishes(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEndText:
		return true
	case syntax.OpConcat:
		return finishes(re.Sub[len(re.Sub)-1])
	case syntax.OpCapture:
		return finishes(re.Sub[0])
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !finishes(s) })
	}
	return false
}
