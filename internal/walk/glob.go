package walk

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Glob is a pattern over slash-separated paths: * and ? within a name, ** over
// names, [a-z] and {a,b}. One without a slash is matched against the last name.
type Glob struct {
	text string
	name bool // no slash: matches names
}

// ParseGlob checks a pattern.
func ParseGlob(s string) (Glob, error) {
	text := strings.TrimPrefix(strings.TrimSuffix(s, "/"), "./")
	if text == "" || !doublestar.ValidatePattern(text) {
		return Glob{}, fmt.Errorf("glob %q is malformed", s)
	}
	g := Glob{text: strings.TrimPrefix(text, "/")}
	g.name = !strings.Contains(text, "/")
	return g, nil
}

// Match reports whether the pattern fits p.
func (g Glob) Match(p string) bool {
	if g.name {
		p = path.Base(p)
	}
	return doublestar.MatchUnvalidated(g.text, p)
}

// Ignore is an ignore file: a glob per line, of which the last that fits
// decides. A ! in front takes files back in, a / behind means directories only;
// blank lines and those that begin with # say nothing.
type Ignore struct {
	Name  string
	rules []ignoreRule
}

type ignoreRule struct {
	Glob
	line    int
	not     bool
	dirOnly bool
}

// ParseIgnore reads an ignore file; errors name file and line.
func ParseIgnore(name string, r io.Reader) (*Ignore, error) {
	ig := &Ignore{Name: name}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimRight(lines.Text(), " \t\r")
		if text == "" || text[0] == '#' {
			continue
		}
		rule := ignoreRule{line: n}
		text, rule.not = strings.CutPrefix(text, "!")
		rule.dirOnly = strings.HasSuffix(text, "/")
		g, err := ParseGlob(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		rule.Glob = g
		ig.rules = append(ig.rules, rule)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ig, nil
}

// Match reports whether p is ignored, and by which line.
func (ig *Ignore) Match(p string, dir bool) (line int, ignored bool) {
	if ig == nil {
		return 0, false
	}
	for i := len(ig.rules) - 1; i >= 0; i-- {
		r := &ig.rules[i]
		if (dir || !r.dirOnly) && r.Glob.Match(p) {
			return r.line, !r.not
		}
	}
	return 0, false
}
