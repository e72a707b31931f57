package names

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cloudflare/ahocorasick"
)

// names.tsv: name in snake case, kind, class, match, strength. Match is exact
// (the whole name), suffix (the last words), contained (words anywhere) or
// literal (a program and its flag, as written).
//
//go:embed names.tsv
var namesTSV string

// benign.tsv: names, one a line, that hold no secret although they end in or
// contain a sensitive word. They count alone and as the last words of a name.
//
//go:embed benign.tsv
var benignTSV string

type tables struct {
	exact     [kinds]map[string]rule
	suffix    [kinds]map[string]rule
	benign    map[string]bool
	literal   map[string]rule
	contained map[string]rule // by snake case
}

// builtin returns the tables as shipped, read once.
var builtin = sync.OnceValue(func() *tables {
	t, err := parseTables(namesTSV, benignTSV)
	if err != nil {
		panic(err) // the embedded tables are wrong; a test reads them
	}
	return t
})

func parseTables(names, benign string) (*tables, error) {
	t := &tables{benign: map[string]bool{}, literal: map[string]rule{}, contained: map[string]rule{}}
	for k := range t.exact {
		t.exact[k] = map[string]rule{}
		t.suffix[k] = map[string]rule{}
	}
	line := 0
	for row := range strings.Lines(names) {
		line++
		row = strings.TrimRight(row, "\n")
		if row == "" || row[0] == '#' {
			continue
		}
		f := strings.Split(row, "\t")
		if len(f) != 5 {
			return nil, fmt.Errorf("names.tsv:%d: %d columns, want 5", line, len(f))
		}
		kind := slices.Index(kindNames[:], f[1])
		class := slices.Index(classes[:], f[2])
		strength := slices.Index(strengths[:], f[4])
		if kind < 0 || class < 0 || strength < 0 {
			return nil, fmt.Errorf("names.tsv:%d: unknown kind, class or strength", line)
		}
		r := rule{strength: Strength(strength), class: Class(class)}
		compact := strings.ReplaceAll(f[0], "_", "")
		switch f[3] {
		case "exact":
			t.exact[kind][compact] = r
		case "suffix":
			t.suffix[kind][compact] = r
		case "contained":
			t.contained[f[0]] = r
		case "literal":
			t.literal[f[0]] = r
		default:
			return nil, fmt.Errorf("names.tsv:%d: unknown match %q", line, f[3])
		}
	}
	for row := range strings.Lines(benign) {
		row = strings.TrimRight(row, "\n")
		if row != "" && row[0] != '#' {
			t.benign[strings.ReplaceAll(row, "_", "")] = true
		}
	}
	return t, nil
}

func (t *tables) clone() *tables {
	n := &tables{benign: maps.Clone(t.benign), literal: t.literal, contained: maps.Clone(t.contained)}
	for k := range t.exact {
		n.exact[k] = maps.Clone(t.exact[k])
		n.suffix[k] = maps.Clone(t.suffix[k])
	}
	return n
}

// forget takes a name out of every table.
func (t *tables) forget(compact string) {
	for k := range t.exact {
		delete(t.exact[k], compact)
		delete(t.suffix[k], compact)
	}
	delete(t.benign, compact)
	for words := range t.contained {
		if strings.ReplaceAll(words, "_", "") == compact {
			delete(t.contained, words)
		}
	}
}

// matcher compiles the contained words, each between underscores. Several
// words may also be written as one.
func (t *tables) matcher() (*ahocorasick.Matcher, []rule) {
	var texts []string
	var rules []rule
	for _, words := range slices.Sorted(maps.Keys(t.contained)) {
		r := t.contained[words]
		texts = append(texts, "_"+words+"_")
		rules = append(rules, r)
		if compact := strings.ReplaceAll(words, "_", ""); compact != words {
			texts = append(texts, "_"+compact+"_")
			rules = append(rules, r)
		}
	}
	return ahocorasick.NewStringMatcher(texts), rules
}
