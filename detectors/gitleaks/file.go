package gitleaks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// file is a configuration of gitleaks v8, as its README describes it. What
// concerns repositories and reports only is not read.
type file struct {
	Extend struct {
		Path          string
		URL           string
		UseDefault    bool
		DisabledRules []string
	}
	Rules      []rule
	Allowlists []allowlist
	Allowlist  *allowlist // the older form

	path  string
	from  []int // lines of the rules
	notes []Note
}

type rule struct {
	ID          string
	Description string
	Regex       string
	Path        string
	SecretGroup int
	Entropy     float64
	Keywords    []string
	SkipReport  bool
	Allowlists  []allowlist
	Allowlist   *allowlist // the older form
	Required    []required

	file string
	line int
}

type allowlist struct {
	Description string
	Condition   string
	Commits     []string
	Paths       []string
	Regexes     []string
	RegexTarget string
	StopWords   []string
	TargetRules []string
}

type required struct {
	ID            string
	WithinLines   *int
	WithinColumns *int
}

const (
	maxFile  = 16 << 20
	maxDepth = 2 // files that extend one another; gitleaks follows no more
)

// read reads a file and those that it extends, whose rules come first. Errors
// give file and line.
func read(path string, o Options, depth int) (*file, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: longer than %d bytes", path, maxFile)
	}
	f := &file{path: path, from: ruleLines(string(text))}
	if err := toml.Unmarshal(text, f); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return nil, fmt.Errorf("%s:%d:%d: %s", path, line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i := range f.Rules {
		f.Rules[i].file = path
		if i < len(f.from) {
			f.Rules[i].line = f.from[i]
		}
	}
	f.once()
	return f, f.extend(o, depth)
}

// extend puts what the file extends before its own. What becomes of rules and
// allowlists that both have is what gitleaks makes of them.
func (f *file) extend(o Options, depth int) error {
	path, err := f.base(o)
	if path == "" || err != nil {
		return err
	}
	if depth >= maxDepth {
		f.note("extend is not followed any further: gitleaks follows %d", maxDepth)
		return nil
	}
	base, err := read(path, o, depth+1)
	if err != nil {
		return fmt.Errorf("%s: extend: %w", f.path, err)
	}
	f.notes = append(base.notes, f.notes...)
	disabled := map[string]bool{}
	for _, id := range f.Extend.DisabledRules {
		disabled[id] = true
		if !slices.ContainsFunc(base.Rules, func(b rule) bool { return b.ID == id }) {
			f.note("extend: the rule %s that is disabled is not in %s", id, base.path)
		}
	}
	own := map[string]int{}
	for i := range f.Rules {
		own[f.Rules[i].ID] = i
	}
	var rules []rule
	for _, b := range base.Rules {
		if disabled[b.ID] {
			continue
		}
		if i, ok := own[b.ID]; ok {
			if len(f.Rules[i].Required) > 0 {
				f.note("rule %s: required rules do not count where a rule is extended: those of %s do", b.ID, base.path)
			}
			f.Rules[i].inherit(&b)
			continue
		}
		rules = append(rules, b)
	}
	f.Rules = append(rules, f.Rules...)
	for _, a := range base.allowlists() {
		if len(a.TargetRules) > 0 {
			f.note("extend: an allowlist of %s for single rules does not count: targetRules are for the file that extends", base.path)
			continue
		}
		f.Allowlists = append(f.Allowlists, a)
	}
	return nil
}

func (f *file) note(format string, args ...any) {
	f.notes = append(f.notes, Note{File: f.path, Text: fmt.Sprintf(format, args...)})
}

// base returns the path of the file that is extended; empty without one.
func (f *file) base(o Options) (string, error) {
	e := &f.Extend
	switch {
	case e.URL != "":
		return "", fmt.Errorf("%s: extend.url is not followed: fetch the file and name it in extend.path", f.path)
	case e.UseDefault && e.Path != "":
		return "", fmt.Errorf("%s: extend.path and extend.useDefault exclude each other", f.path)
	case e.UseDefault && o.Default == "":
		return "", fmt.Errorf("%s: extend.useDefault needs the file of default rules, gitleaks.toml of gitleaks' repository", f.path)
	case e.UseDefault:
		return o.Default, nil
	case e.Path == "" || filepath.IsAbs(e.Path):
		return e.Path, nil
	}
	// Beside the file, or where gitleaks looks: in the working directory.
	beside := filepath.Join(filepath.Dir(f.path), e.Path)
	if _, err := os.Stat(beside); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(e.Path); err == nil {
			return e.Path, nil
		}
	}
	return beside, nil
}

// once leaves the last of several rules with one id, as gitleaks does.
func (f *file) once() {
	last := map[string]int{}
	for i := range f.Rules {
		last[f.Rules[i].ID] = i
	}
	var rules []rule
	for i := range f.Rules {
		r := &f.Rules[i]
		if last[r.ID] == i || strings.TrimSpace(r.ID) == "" {
			rules = append(rules, *r)
			continue
		}
		f.notes = append(f.notes, Note{r.file, r.line, r.ID, fmt.Sprintf("left out: line %d has another rule with this id, and the last one counts", f.Rules[last[r.ID]].line)})
	}
	f.Rules = rules
}

// inherit fills what r leaves out from the rule that it extends.
func (r *rule) inherit(b *rule) {
	for _, s := range []struct{ to, from *string }{{&r.Description, &b.Description}, {&r.Regex, &b.Regex}, {&r.Path, &b.Path}} {
		if *s.to == "" {
			*s.to = *s.from
		}
	}
	if r.Entropy == 0 {
		r.Entropy = b.Entropy
	}
	if r.SecretGroup == 0 {
		r.SecretGroup = b.SecretGroup
	}
	r.Keywords = append(append([]string(nil), b.Keywords...), r.Keywords...)
	r.Allowlists = append(append([]allowlist(nil), b.allowlists()...), r.allowlists()...)
	r.Allowlist = nil
	r.Required, r.SkipReport = b.Required, b.SkipReport
}

// allowlists returns both forms.
func (r *rule) allowlists() []allowlist {
	if r.Allowlist != nil {
		return append(r.Allowlists, *r.Allowlist)
	}
	return r.Allowlists
}

func (f *file) allowlists() []allowlist {
	if f.Allowlist != nil {
		return append(f.Allowlists, *f.Allowlist)
	}
	return f.Allowlists
}

// ruleLines returns the lines on which the rules of a file begin. The decoder
// does not tell.
func ruleLines(text string) (lines []int) {
	n, inside := 0, "" // the quotes of a string over several lines
	for line := range strings.Lines(text) {
		n++
		if t := strings.TrimSpace(line); inside == "" && strings.HasPrefix(t, "[[rules]]") {
			lines = append(lines, n)
		}
		for i := 0; i+3 <= len(line); i++ {
			switch q := line[i : i+3]; {
			case q != `"""` && q != "'''":
			case inside == "":
				inside = q
				i += 2
			case inside == q:
				inside = ""
				i += 2
			}
		}
	}
	return lines
}
