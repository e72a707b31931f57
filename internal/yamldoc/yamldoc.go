// Package yamldoc walks documents of YAML by hand, which gives every error its
// file, line and column. Unknown and repeated fields, aliases and tags are
// refused, and no error quotes a value: it may be secret.
package yamldoc

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Parse returns the root of the one document in b, of at most so many bytes.
func Parse(name string, b []byte, most int) (*yaml.Node, error) {
	at := func(line int, format string, args ...any) error {
		return fmt.Errorf("%s:%d:1: %w", name, max(line, 1), fmt.Errorf(format, args...))
	}
	if len(b) > most {
		return nil, at(1, "longer than %d bytes", most)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var root yaml.Node
	if err := dec.Decode(&root); err == io.EOF {
		return nil, at(1, "empty document: want version: 1")
	} else if err != nil {
		return nil, syntaxError(at, err)
	}
	if err := dec.Decode(new(yaml.Node)); err == nil {
		return nil, at(bytes.Count(b[:secondDocument(b)], []byte("\n"))+1, "more than one document")
	} else if err != io.EOF {
		return nil, syntaxError(at, err)
	}
	return root.Content[0], nil
}

// secondDocument returns where the separator before the second document is.
func secondDocument(b []byte) int {
	content := false
	for off := 0; off < len(b); {
		line, _, _ := bytes.Cut(b[off:], []byte("\n"))
		t := bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte("---")) && content {
			return off
		}
		content = content || len(t) > 0 && t[0] != '#' && t[0] != '%'
		off += len(line) + 1
	}
	return 0
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError turns an error of the YAML parser into one of ours. The library
// gives a line at most, and its text for a bad scalar may quote the input, so
// only messages known to be free of it are handed on.
func syntaxError(at func(int, string, ...any) error, err error) error {
	line := 1
	m := yamlLine.FindStringSubmatch(err.Error())
	if m != nil && m[1] != "" {
		fmt.Sscan(m[1], &line)
	}
	text := "not valid YAML"
	for _, s := range syntaxTexts {
		if strings.Contains(err.Error(), s) {
			text += ": " + s
			break
		}
	}
	return at(line, "%s", text)
}

var syntaxTexts = []string{
	"mapping values are not allowed in this context",
	"found character that cannot start any token",
	"found a tab character that violates indentation",
	"did not find expected key",
	"did not find expected ',' or '}'",
	"did not find expected ',' or ']'",
	"did not find expected '-' indicator",
	"did not find expected node content",
	"could not find expected ':'",
	"found unexpected end of stream",
	"found unknown escape character",
	"control characters are not allowed",
	"invalid leading UTF-8 octet",
	"invalid trailing UTF-8 octet",
	"exceeded max depth",
}

// Parser reads the nodes of a file.
type Parser struct {
	File string
}

// Errorf returns an error at a node.
func (p Parser) Errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %w", p.File, n.Line, n.Column, fmt.Errorf(format, args...))
}

// Fields calls set for the value of every field of a mapping.
func (p Parser) Fields(n *yaml.Node, what string, names []string, set func(name string, v *yaml.Node) error) error {
	if n.Kind == yaml.AliasNode {
		return p.Errorf(n, "aliases are not supported")
	}
	if n.Kind != yaml.MappingNode {
		return p.Errorf(n, "%s: want a mapping", what)
	}
	if err := p.Plain(n); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || k.ShortTag() != "!!str" || !slices.Contains(names, k.Value) {
			return p.Errorf(k, "unknown field in %s: want %s", what, OneOf(names))
		}
		if seen[k.Value] {
			return p.Errorf(k, "field %s is given twice", k.Value)
		}
		seen[k.Value] = true
		if err := p.Plain(k); err != nil {
			return err
		}
		if err := set(k.Value, v); err != nil {
			return err
		}
	}
	return nil
}

// Plain refuses anchors and explicit tags.
func (p Parser) Plain(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return p.Errorf(n, "aliases are not supported")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return p.Errorf(n, "tags are not supported")
	}
	return nil
}

// Scalar refuses everything but a scalar with a tag; want is said of it.
func (p Parser) Scalar(n *yaml.Node, what, tag, want string) error {
	if err := p.Plain(n); err != nil {
		return err
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != tag {
		return p.Errorf(n, "%s: want %s", what, want)
	}
	return nil
}

// String reads a string that is not empty.
func (p Parser) String(n *yaml.Node, what string) (string, error) {
	if err := p.Scalar(n, what, "!!str", "a string"); err != nil {
		return "", err
	}
	if n.Value == "" {
		return "", p.Errorf(n, "%s: empty", what)
	}
	return n.Value, nil
}

// Int reads a whole number from low to high.
func (p Parser) Int(n *yaml.Node, what string, low, high int) (int, error) {
	if err := p.Scalar(n, what, "!!int", "a whole number"); err != nil {
		return 0, err
	}
	var v int
	if err := n.Decode(&v); err != nil || v < low || v > high {
		return 0, p.Errorf(n, "%s: want a whole number from %d to %d", what, low, high)
	}
	return v, nil
}

// Bool reads true or false.
func (p Parser) Bool(n *yaml.Node, what string) (v bool, err error) {
	if err = p.Scalar(n, what, "!!bool", "true or false"); err == nil {
		err = n.Decode(&v)
	}
	return v, err
}

// Duration reads a time such as 500ms, 30s or 5m, from low to high.
func (p Parser) Duration(n *yaml.Node, what string, low, high time.Duration) (time.Duration, error) {
	if err := p.Plain(n); err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || err != nil || d < low || d > high {
		return 0, p.Errorf(n, "%s: want a time from %v to %v, such as 500ms, 30s or 5m", what, low, high)
	}
	return d, nil
}

// Size reads a number of bytes from low to high, such as 64KiB or 1MB.
func (p Parser) Size(n *yaml.Node, what string, low, high int64) (int64, error) {
	if err := p.Plain(n); err != nil {
		return 0, err
	}
	v, err := ParseSize(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
		return 0, p.Errorf(n, "%s: want a size from %d to %d bytes, such as 512KiB or 8MiB", what, low, high)
	}
	return v, nil
}

// ParseSize reads a number of bytes: 100, 64KiB, 10MB, 1G. K, M, G and T are
// powers of 1024, with B behind them of 1000.
func ParseSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "BKMGTiabcdefghjklmnopqrstuvwxyz ")
	n, err := strconv.ParseInt(digits, 10, 64)
	units := map[string]int64{"": 1, "B": 1}
	for i, u := range []string{"K", "M", "G", "T"} {
		binary := int64(1) << (10 * (i + 1))
		decimal := int64(1)
		for range i + 1 {
			decimal *= 1000
		}
		units[u], units[u+"iB"], units[u+"B"] = binary, binary, decimal
	}
	unit, ok := units[strings.TrimSpace(s[len(digits):])]
	if err != nil || n < 0 || !ok || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("%q is no size; want one like 64MiB or 10GB", s)
	}
	return n * unit, nil
}

// List reads a sequence that is not empty.
func (p Parser) List(n *yaml.Node, what string, each func(*yaml.Node) error) error {
	if err := p.Plain(n); err != nil {
		return err
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return p.Errorf(n, "%s: want a list that is not empty", what)
	}
	for _, c := range n.Content {
		if err := each(c); err != nil {
			return err
		}
	}
	return nil
}

// Strings reads a string or a list of strings.
func (p Parser) Strings(n *yaml.Node, what string) (out []string, err error) {
	add := func(n *yaml.Node) error {
		s, err := p.String(n, what)
		out = append(out, s)
		return err
	}
	if n.Kind == yaml.ScalarNode {
		return out, add(n)
	}
	err = p.List(n, what, add)
	return out, err
}

// Word reads one of a few words.
func (p Parser) Word(n *yaml.Node, what string, words []string) (string, error) {
	s, err := p.String(n, what)
	if err == nil && !slices.Contains(words, s) {
		err = p.Errorf(n, "%s: want %s", what, OneOf(words))
	}
	return s, err
}

// OneOf writes a choice: a, b or c.
func OneOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
