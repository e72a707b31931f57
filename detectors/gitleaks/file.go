package gitleaks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

	path string
	from []int // lines of the rules
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
	maxDepth = 2 // files that extend one another
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
	return f, f.extend(o, depth)
}

// extend puts what the file extends before its own.
func (f *file) extend(o Options, depth int) error {
	e := &f.Extend
	path := ""
	switch {
	case e.URL != "":
		return fmt.Errorf("%s: extend.url is not followed: fetch the file and name it in extend.path", f.path)
	case e.UseDefault && e.Path != "":
		return fmt.Errorf("%s: extend.path and extend.useDefault exclude each other", f.path)
	case e.UseDefault && o.Default == "":
		return fmt.Errorf("%s: extend.useDefault needs the file of default rules, gitleaks.toml of gitleaks' repository", f.path)
	case e.UseDefault:
		path = o.Default
	case e.Path != "":
		path = e.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.path), path)
		}
	default:
		return nil
	}
	if depth >= maxDepth {
		return fmt.Errorf("%s: more than %d files extend one another", f.path, maxDepth)
	}
	base, err := read(path, o, depth+1)
	if err != nil {
		return fmt.Errorf("%s: extend: %w", f.path, err)
	}
	disabled := map[string]bool{}
	for _, id := range e.DisabledRules {
		disabled[id] = true
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
			f.Rules[i].inherit(&b)
			continue
		}
		rules = append(rules, b)
	}
	f.Rules = append(rules, f.Rules...)
	f.Allowlists = append(base.allowlists(), f.Allowlists...)
	return nil
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
	r.Allowlists = append(append([]allowlist(nil), b.allowlists()...), r.Allowlists...)
	r.Required = append(append([]required(nil), b.Required...), r.Required...)
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
