package inventory

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Format is what a file of secrets is written in.
type Format uint8

// The formats.
const (
	FormatLines      Format = iota // a value on every line; empty ones and those with # in front are left out
	FormatDotenv                   // NAME=value, with quotes, comments and export as in shells
	FormatYAML                     // YAML or JSON: every scalar, by the path of its names
	FormatKubernetes               // manifests: data and stringData of every Secret
)

// maxFile is how long a file of secrets may be.
const maxFile = 1 << 30

// A File is a file of secrets. Its entries are called Meta.ID, a slash and the
// name or line of the value, and have the rest of Meta in common.
type File struct {
	Path   string
	Format Format
	Meta   Meta
	// Names choose values by patterns over the last of their names, in which *
	// stands for any run of characters; none is all of them.
	Names []string
}

// Values implements Source.
func (f *File) Values(ctx context.Context, yield func(Value) error) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if len(text) > maxFile {
		return fmt.Errorf("%s: longer than %d bytes", f.Path, maxFile)
	}
	add := func(line int, name string, secret []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !chosen(f.Names, name[strings.LastIndexByte(name, '/')+1:]) || len(secret) == 0 {
			return nil
		}
		v := Value{Meta: f.Meta, Secret: secret, At: f.Path + ":" + strconv.Itoa(line)}
		v.ID += "/" + name
		return yield(v)
	}
	switch f.Format {
	case FormatLines:
		return lines(text, add)
	case FormatDotenv:
		return dotenv(f.Path, text, add)
	default:
		return f.documents(text, add)
	}
}

// chosen reports whether a pattern fits the name, or there is none.
func chosen(patterns []string, name string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(strings.ToLower(p), strings.ToLower(name)); ok {
			return true
		}
	}
	return len(patterns) == 0
}

func lines(text []byte, add func(line int, name string, secret []byte) error) error {
	for n := 1; len(text) > 0; n++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := add(n, strconv.Itoa(n), line); err != nil {
			return err
		}
	}
	return nil
}

// dotenv reads what the dotenv libraries of Ruby, Node and Python agree on.
func dotenv(file string, text []byte, add func(line int, name string, secret []byte) error) error {
	for n := 1; len(text) > 0; n++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		t := bytes.TrimSpace(line)
		t = bytes.TrimSpace(bytes.TrimPrefix(t, []byte("export ")))
		name, value, ok := bytes.Cut(t, []byte("="))
		name = bytes.TrimSpace(name)
		if len(t) == 0 || t[0] == '#' {
			text = rest
			continue
		}
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t'\"") {
			return fmt.Errorf("%s:%d: want NAME=value", file, n)
		}
		value = bytes.TrimSpace(value)
		at := n
		if len(value) > 0 && (value[0] == '"' || value[0] == '\'') {
			// A quoted value may go on over lines.
			from := bytes.IndexByte(text, '=') + 1
			from += bytes.IndexByte(text[from:], value[0]) + 1
			body, size, ok := quoted(text[from:], value[0])
			if !ok {
				return fmt.Errorf("%s:%d: a quote that nothing closes", file, n)
			}
			n += bytes.Count(text[from:from+size], []byte("\n"))
			_, rest, _ = bytes.Cut(text[from+size:], []byte("\n"))
			value = body
		} else if i := bytes.Index(value, []byte(" #")); i >= 0 {
			value = bytes.TrimSpace(value[:i])
		}
		text = rest
		if err := add(at, string(name), value); err != nil {
			return err
		}
	}
	return nil
}

// quoted returns the inside of a string up to its quote, and how long it was
// with escapes, which double quotes alone have.
func quoted(t []byte, q byte) (body []byte, size int, ok bool) {
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case c == q:
			return body, i, true
		case c == '\\' && q == '"' && i+1 < len(t):
			i++
			switch t[i] {
			case 'n':
				body = append(body, '\n')
			case 'r':
				body = append(body, '\r')
			case 't':
				body = append(body, '\t')
			default:
				body = append(body, t[i])
			}
		default:
			body = append(body, c)
		}
	}
	return nil, 0, false
}

// documents reads YAML, of which JSON is a part.
func (f *File) documents(text []byte, add func(line int, name string, secret []byte) error) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	for n := 0; ; n++ {
		var root yaml.Node
		err := d.Decode(&root)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: not valid YAML or JSON", f.Path) // the message may quote a value
		}
		prefix := ""
		if n > 0 {
			prefix = strconv.Itoa(n) + "/"
		}
		if f.Format == FormatKubernetes {
			err = f.secrets(root.Content[0], add)
		} else {
			err = f.scalars(root.Content[0], prefix, 0, add)
		}
		if err != nil {
			return err
		}
	}
}

const maxDepth = 100

// scalars hands on every scalar that is not null, a number or a truth value.
func (f *File) scalars(n *yaml.Node, name string, depth int, add func(line int, name string, secret []byte) error) error {
	if depth > maxDepth {
		return fmt.Errorf("%s:%d: nested deeper than %d", f.Path, n.Line, maxDepth)
	}
	join := func(part string) string {
		if name == "" || strings.HasSuffix(name, "/") {
			return name + part
		}
		return name + "/" + part
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := f.scalars(n.Content[i+1], join(n.Content[i].Value), depth+1, add); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, x := range n.Content {
			if err := f.scalars(x, join(strconv.Itoa(i)), depth+1, add); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		if n.Tag == "!!str" || n.Tag == "!!binary" || n.Tag == "!!int" {
			return add(n.Line, name, []byte(n.Value))
		}
	case yaml.AliasNode:
		return fmt.Errorf("%s:%d: aliases are not followed", f.Path, n.Line)
	}
	return nil
}

// secrets hands on the values of Secret manifests, List and plain ones
// (https://kubernetes.io/docs/concepts/configuration/secret/).
func (f *File) secrets(n *yaml.Node, add func(line int, name string, secret []byte) error) error {
	m := members(n)
	if items := m["items"]; items != nil && items.Kind == yaml.SequenceNode {
		for _, x := range items.Content {
			if err := f.secrets(x, add); err != nil {
				return err
			}
		}
		return nil
	}
	if k := m["kind"]; k == nil || k.Value != "Secret" {
		return nil
	}
	meta := members(m["metadata"])
	name := "secret"
	for _, part := range []string{"namespace", "name"} {
		if x := meta[part]; x != nil {
			if part == "namespace" {
				name = x.Value
			} else if meta["namespace"] != nil {
				name += "/" + x.Value
			} else {
				name = x.Value
			}
		}
	}
	for _, field := range []string{"data", "stringData"} {
		d := m[field]
		if d == nil || d.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(d.Content); i += 2 {
			k, v := d.Content[i], d.Content[i+1]
			secret := []byte(v.Value)
			if field == "data" {
				var err error
				if secret, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.Value), "")); err != nil {
					return fmt.Errorf("%s:%d: data of a Secret is not base64", f.Path, v.Line)
				}
			}
			if err := add(v.Line, name+"/"+k.Value, bytes.TrimRight(secret, "\r\n")); err != nil {
				return err
			}
		}
	}
	return nil
}

func members(n *yaml.Node) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	if n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = n.Content[i+1]
		}
	}
	return m
}
