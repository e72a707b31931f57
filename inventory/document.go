package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Document describes an inventory, version 1: where its values come from and
// what is known of them. It holds none. configs/inventory.schema.json describes
// its YAML.
type Document struct {
	// UnderKey is Options.UnderKey.
	UnderKey bool
	Sources  []Source
	// Saved are the files of blind inventories to load.
	Saved []string
}

const maxDocument = 1 << 20 // bytes

// ParseDocument reads a document of YAML. Paths in it are relative to the
// directory of name. Errors give name, line and column.
func ParseDocument(name string, text []byte) (*Document, error) {
	p := &parser{name: name}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("%s:1:1: longer than %d bytes", name, maxDocument)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	switch err := d.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s:1:1: empty document: want version: 1", name)
	case err != nil:
		return nil, fmt.Errorf("%s: not valid YAML", name)
	}
	if d.Decode(new(yaml.Node)) != io.EOF {
		return nil, fmt.Errorf("%s: more than one document", name)
	}
	return p.document(root.Content[0])
}

type parser struct{ name string }

func (p *parser) errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", p.name, n.Line, n.Column, fmt.Sprintf(format, args...))
}

// fields calls set for every field of a mapping, each name once.
func (p *parser) fields(n *yaml.Node, what string, set func(key string, v *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return p.errorf(n, "%s: want a mapping", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if seen[k.Value] {
			return p.errorf(k, "%s: %s is given twice", what, k.Value)
		}
		seen[k.Value] = true
		if v.Kind == yaml.AliasNode {
			return p.errorf(v, "%s: no aliases", what)
		}
		if err := set(k.Value, v); err != nil {
			if errors.Is(err, errField) {
				return p.errorf(k, "%s: unknown field %s", what, k.Value)
			}
			return err
		}
	}
	return nil
}

var errField = errors.New("unknown field")

func (p *parser) document(n *yaml.Node) (*Document, error) {
	d := &Document{}
	version := false
	err := p.fields(n, "document", func(key string, v *yaml.Node) error {
		switch key {
		case "version":
			version = true
			if v.Value != "1" {
				return p.errorf(v, "version: want 1")
			}
		case "weak":
			switch v.Value {
			case "refuse":
			case "under-key":
				d.UnderKey = true
			default:
				return p.errorf(v, "weak: want refuse or under-key")
			}
		case "sources":
			if v.Kind != yaml.SequenceNode {
				return p.errorf(v, "sources: want a list")
			}
			for _, s := range v.Content {
				if err := p.source(d, s); err != nil {
					return err
				}
			}
		default:
			return errField
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case !version:
		return nil, p.errorf(n, "version is missing: want version: 1")
	case len(d.Sources)+len(d.Saved) == 0:
		return nil, p.errorf(n, "no sources")
	}
	return d, nil
}

var formats = map[string]Format{
	"lines": FormatLines, "dotenv": FormatDotenv, "json": FormatYAML, "yaml": FormatYAML, "kubernetes": FormatKubernetes,
}

// formatOf guesses the format of a file by its name.
func formatOf(path string) Format {
	switch base := filepath.Base(path); {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return FormatDotenv
	case strings.HasSuffix(base, ".json"), strings.HasSuffix(base, ".yaml"), strings.HasSuffix(base, ".yml"):
		return FormatYAML
	}
	return FormatLines
}

func (p *parser) source(d *Document, n *yaml.Node) error {
	var file, saved string
	var env, names []string
	var meta Meta
	var format *Format
	err := p.fields(n, "source", func(key string, v *yaml.Node) error {
		text := func(to *string) error {
			if v.Kind != yaml.ScalarNode || v.Value == "" {
				return p.errorf(v, "%s: want a text", key)
			}
			*to = v.Value
			return nil
		}
		switch key {
		case "file":
			return text(&file)
		case "saved":
			return text(&saved)
		case "env":
			return p.patterns(v, key, &env)
		case "names":
			return p.patterns(v, key, &names)
		case "format":
			f, ok := formats[v.Value]
			if !ok {
				return p.errorf(v, "format: want lines, dotenv, json, yaml or kubernetes")
			}
			format = &f
		case "id":
			return text(&meta.ID)
		case "owner":
			return text(&meta.Owner)
		case "purpose":
			return text(&meta.Purpose)
		case "stored-in":
			return text(&meta.StoredIn)
		case "rotation":
			return text(&meta.Rotation)
		case "last-rotated":
			var err error
			if meta.LastRotated, err = time.Parse(time.DateOnly, v.Value); err != nil {
				return p.errorf(v, "last-rotated: want a date like 2026-01-31")
			}
		default:
			return errField
		}
		return nil
	})
	if err != nil {
		return err
	}
	given := 0
	for _, is := range []bool{file != "", saved != "", env != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return p.errorf(n, "source: want one of file, env and saved")
	case file == "" && (format != nil || names != nil):
		return p.errorf(n, "source: format and names are for files")
	case saved != "" && meta != Meta{}:
		return p.errorf(n, "source: a saved inventory has the owners and ids of its own entries")
	case saved != "":
		d.Saved = append(d.Saved, p.path(saved))
	case env != nil:
		if meta.ID == "" {
			meta.ID = "env"
		}
		d.Sources = append(d.Sources, &Environment{Names: env, Meta: meta})
	default:
		f := &File{Path: p.path(file), Format: formatOf(file), Names: names, Meta: meta}
		if format != nil {
			f.Format = *format
		}
		if f.Meta.ID == "" {
			f.Meta.ID = filepath.Base(file)
		}
		d.Sources = append(d.Sources, f)
	}
	return nil
}

// path makes a path of the document one of the process.
func (p *parser) path(s string) string {
	if filepath.IsAbs(s) {
		return s
	}
	return filepath.Join(filepath.Dir(p.name), s)
}

func (p *parser) patterns(n *yaml.Node, what string, to *[]string) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return p.errorf(n, "%s: want a list of patterns such as *_TOKEN", what)
	}
	for _, x := range n.Content {
		if _, err := filepath.Match(x.Value, ""); err != nil || x.Value == "" || x.Kind != yaml.ScalarNode {
			return p.errorf(x, "%s: not a pattern", what)
		}
		*to = append(*to, x.Value)
	}
	return nil
}

// Open builds the inventory that a document describes. The first of the keys makes the
// digests of a blind one, and with any of them saved ones were made; with blind, all
// values are kept as digests. As for New, refused values come as an error beside the inventory.
func (d *Document) Open(ctx context.Context, keys []Key, blind bool) (*Inventory, error) {
	o := Options{UnderKey: d.UnderKey}
	if blind {
		if len(keys) == 0 {
			return nil, errors.New("a blind inventory needs a key")
		}
		o.Blind = &keys[0]
	}
	c, err := collect(ctx, o, d.Sources)
	if err != nil {
		return nil, err
	}
	for _, path := range d.Saved {
		if len(keys) == 0 {
			return nil, fmt.Errorf("%s: a saved inventory needs its key", path)
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		err = c.load(f, keys)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return c.inventory(), c.refusals()
}
