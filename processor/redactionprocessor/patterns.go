package redactionprocessor

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/stanch/stanch/internal/automaton"
	"github.com/stanch/stanch/match"
)

// patterns is a list of expressions. Which of them match a text at all is told by one
// look for the literals that they require, and by automata for those whose literal
// is there; package regexp, which is exact and slow, is left with the texts that match.
type patterns struct {
	list     []pattern
	literals []use          // by id of the matcher
	matcher  *match.Matcher // nil without literals
	bare     []int          // patterns without literals
}

type pattern struct {
	re   *regexp.Regexp
	rule *automaton.Rule
}

// use says whose anchor a literal is. A pattern of everyFold is none of them: the
// literal is a letter that only folding makes an ASCII one, which anchors do not know.
type use struct{ pattern, anchor int }

const everyFold = -1

// How much of a text a pattern has to match.
const (
	anywhere = "%s"
	whole    = `\A(?:%s)\z`
)

// newPatterns compiles a list. Errors name the field and the place in the list.
func newPatterns(field string, exprs []string, form string) (*patterns, error) {
	p := new(patterns)
	set := automaton.NewSet(automaton.Options{MaxProgram: 30_000})
	var literals []match.Literal
	fold := false
	for i, x := range exprs {
		if _, err := regexp.Compile(x); err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", field, i, err)
		}
		if form != anywhere {
			x = fmt.Sprintf(form, x)
		}
		re, err := regexp.Compile(x)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", field, i, err)
		}
		rule, err := set.Add(fmt.Sprintf("%s[%d]", field, i), x)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %s", field, i, strings.TrimPrefix(err.Error(), fmt.Sprintf("rule %s[%d]: ", field, i)))
		}
		p.list = append(p.list, pattern{re, rule})
		anchors := rule.Anchors()
		if len(anchors) == 0 {
			p.bare = append(p.bare, i)
		}
		for k, a := range anchors {
			fold = fold || a.Fold
			literals = append(literals, match.Literal{Text: a.Text, Fold: a.Fold, Gate: a.Gate})
			p.literals = append(p.literals, use{i, k})
		}
	}
	set.Freeze()
	if len(literals) == 0 {
		return p, nil
	}
	if fold {
		for _, letter := range []string{"\u212a", "\u017f"} { // Kelvin sign, long s
			literals = append(literals, match.Literal{Text: letter})
			p.literals = append(p.literals, use{everyFold, 0})
		}
	}
	var err error
	if p.matcher, err = match.Compile(literals); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	return p, nil
}

// looks is the scratch space of one goroutine.
type looks struct {
	scratch match.Scratch
	hits    []match.Hit
	state   []look // by pattern
}

type look uint8

const (
	unseen look = iota
	misses
	matches
)

// missReach is how far behind a literal it is looked whether a match goes through it at
// all, before the whole text is gone through.
const missReach = 64

// find reports whether any pattern matches text; l.state then says which.
func (p *patterns) find(l *looks, text []byte) (any bool) {
	if len(p.list) == 0 {
		return false
	}
	fresh := false
	try := func(i int) {
		if !fresh {
			fresh = true
			if len(l.state) < len(p.list) {
				l.state = make([]look, len(p.list))
			}
			clear(l.state)
		}
		if l.state[i] == unseen {
			l.state[i] = misses
			if _, _, ok := p.list[i].rule.Find(text, 0, len(text)); ok {
				l.state[i], any = matches, true
			}
		}
	}
	if p.matcher != nil {
		l.hits = p.matcher.Scan(l.hits[:0], text, &l.scratch)
		for _, h := range l.hits {
			u := p.literals[h.ID]
			if u.pattern == everyFold {
				for i := range p.list {
					try(i)
				}
				continue
			}
			if fresh && l.state[u.pattern] != unseen {
				continue
			}
			end := int(h.End)
			if !p.list[u.pattern].rule.Misses(text, 0, min(len(text), end+missReach), u.anchor, int(h.Start), end) {
				try(u.pattern)
			}
		}
	}
	for _, i := range p.bare {
		if p.list[i].rule.Possible(text) {
			try(i)
		}
	}
	return any
}

// replace puts what hide returns in the place of every match, one pattern after the
// other, each in what the ones before it have left. l is that of find.
func (p *patterns) replace(l *looks, text string, hide func(string) string) string {
	for i := range p.list {
		if l.state[i] != matches {
			continue
		}
		out := p.list[i].re.ReplaceAllStringFunc(text, hide)
		if out != text && i+1 < len(p.list) {
			clear(l.state)
			p.find(l, view(out))
		}
		text = out
	}
	return text
}
