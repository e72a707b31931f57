package detectors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/finding"
)

// Load reads the detectors of one YAML document. name stands in front of the
// line number in every error and becomes Detector.File. Unknown and repeated
// fields, aliases and values of another type are refused, as is whatever could
// not work: all that is wrong comes back in one joined error.
//
// Load accepts what schema.json accepts, and further checks what a schema
// cannot say: shapes, expressions, names of checks and templates.
func Load(name string, data []byte) ([]Detector, error) {
	l := &loader{file: name}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:1: no detectors", name)
		}
		return nil, yamlError(name, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, yamlError(name, err)
		}
		return nil, fmt.Errorf("%s: more than one YAML document", name)
	}
	ds := l.vendorFile(doc.Content[0])
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return ds, nil
}

// Merge puts lists of detectors together and refuses two with the same id.
func Merge(lists ...[]Detector) ([]Detector, error) {
	var all []Detector
	var errs []error
	first := make(map[string]*Detector)
	for _, list := range lists {
		for i := range list {
			d := &list[i]
			if f := first[d.ID]; f != nil {
				errs = append(errs, fmt.Errorf("%s:%d: detector %s: the id is taken by %s:%d", d.File, d.Line, d.ID, f.File, f.Line))
				continue
			}
			first[d.ID] = d
		}
		all = append(all, list...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// yamlError turns "yaml: line 3: …" into "name:3: …".
func yamlError(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if line, why, ok := strings.Cut(rest, ": "); ok {
			return fmt.Errorf("%s:%s: %s", name, line, why)
		}
	}
	return fmt.Errorf("%s: %s", name, text)
}

// loader reads nodes and collects what is wrong with them.
type loader struct {
	file string
	errs []error
}

func (l *loader) errorf(n *yaml.Node, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s:%d: %s", l.file, n.Line, fmt.Sprintf(format, args...)))
}

// mapping calls the function of each field that n has, once, and reports
// fields that are unknown or repeated. It returns the values by name.
func (l *loader) mapping(n *yaml.Node, what string, fields map[string]func(*yaml.Node)) map[string]*yaml.Node {
	have := make(map[string]*yaml.Node)
	if n.Kind != yaml.MappingNode {
		l.errorf(n, "%s must be a mapping", what)
		return have
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		read := fields[k.Value]
		switch {
		case k.Kind != yaml.ScalarNode || read == nil:
			l.errorf(k, "unknown field %q in %s", k.Value, what)
		case have[k.Value] != nil:
			l.errorf(k, "field %s is given twice", k.Value)
		default:
			have[k.Value] = v
			read(v)
		}
	}
	return have
}

func (l *loader) sequence(n *yaml.Node, what string, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		l.errorf(n, "%s must be a list", what)
		return
	}
	if len(n.Content) == 0 {
		l.errorf(n, "%s is an empty list", what)
	}
	for _, c := range n.Content {
		read(c)
	}
}

func (l *loader) text(n *yaml.Node, what string) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		l.errorf(n, "%s must be a string", what)
	case n.Tag != "!!str":
		l.errorf(n, "%s: %s is not a string for YAML; put it in quotes", what, n.Value)
	case n.Value == "":
		l.errorf(n, "%s is empty", what)
	}
	return n.Value
}

func (l *loader) texts(n *yaml.Node, what string) (list []string) {
	l.sequence(n, what, func(c *yaml.Node) {
		s := l.text(c, what)
		if slices.Contains(list, s) {
			l.errorf(c, "%s: %q is listed twice", what, s)
		}
		list = append(list, s)
	})
	return list
}

func (l *loader) flag(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		l.errorf(n, "%s must be true or false", what)
		return false
	}
	v, err := strconv.ParseBool(n.Value)
	if err != nil {
		l.errorf(n, "%s must be true or false", what)
	}
	return v
}

func (l *loader) vendorFile(n *yaml.Node) (ds []Detector) {
	vendor := ""
	have := l.mapping(n, "the file", map[string]func(*yaml.Node){
		"vendor": func(v *yaml.Node) { vendor = l.text(v, "vendor") },
		"detectors": func(v *yaml.Node) {
			l.sequence(v, "detectors", func(c *yaml.Node) { ds = append(ds, l.detector(c)) })
		},
	})
	for _, name := range []string{"vendor", "detectors"} {
		if have[name] == nil {
			l.errorf(n, "%s is missing", name)
		}
	}
	for i := range ds {
		if ds[i].Vendor == "" {
			ds[i].Vendor = vendor
		}
	}
	if _, err := Merge(ds); err != nil {
		l.errs = append(l.errs, err)
	}
	return ds
}

func (l *loader) detector(n *yaml.Node) Detector {
	d := Detector{File: l.file, Line: n.Line}
	shape := func(dst **Shape, what string) func(*yaml.Node) {
		return func(v *yaml.Node) {
			s, err := ParseShape(l.text(v, what))
			if err != nil {
				l.errorf(v, "%s: %v", what, err)
			}
			*dst = s
		}
	}
	text := func(dst *string, what string) func(*yaml.Node) {
		return func(v *yaml.Node) { *dst = l.text(v, what) }
	}
	texts := func(dst *[]string, what string) func(*yaml.Node) {
		return func(v *yaml.Node) { *dst = l.texts(v, what) }
	}
	flag := func(dst *bool, what string) func(*yaml.Node) {
		return func(v *yaml.Node) { *dst = l.flag(v, what) }
	}
	examples := func(dst *[]Example, what string) func(*yaml.Node) {
		return func(v *yaml.Node) { *dst = l.examples(v, what) }
	}
	have := l.mapping(n, "the detector", map[string]func(*yaml.Node){
		"id":     text(&d.ID, "id"),
		"title":  text(&d.Title, "title"),
		"vendor": text(&d.Vendor, "vendor"),
		"severity": func(v *yaml.Node) {
			var err error
			if d.Severity, err = finding.ParseSeverity(l.text(v, "severity")); err != nil {
				l.errorf(v, "%v", err)
			}
		},
		"references": texts(&d.References, "references"),
		"kind": func(v *yaml.Node) {
			var err error
			if d.Kind, err = ParseKind(l.text(v, "kind")); err != nil {
				l.errorf(v, "%v", err)
			}
		},
		"literals":   texts(&d.Literals, "literals"),
		"fold":       flag(&d.Fold, "fold"),
		"before":     shape(&d.Before, "before"),
		"after":      shape(&d.After, "after"),
		"keywords":   texts(&d.Keywords, "keywords"),
		"loose":      flag(&d.Loose, "loose"),
		"anywhere":   flag(&d.Anywhere, "anywhere"),
		"entropy":    func(v *yaml.Node) { d.Entropy = l.entropy(v) },
		"check":      func(v *yaml.Node) { d.Check = l.check(v) },
		"identifier": flag(&d.Identifier, "identifier"),
		"structure":  text(&d.Structure, "structure"),
		"regex":      text(&d.Regex, "regex"),
		"group":      func(v *yaml.Node) { d.Group = l.group(v) },
		"examples":   examples(&d.Examples, "examples"),
		"negatives":  examples(&d.Negatives, "negatives"),
	})
	complete := true
	for _, name := range []string{"id", "title", "severity", "kind"} {
		if have[name] == nil {
			l.errorf(n, "%s is missing", name)
			complete = false
		}
	}
	if complete {
		l.judge(&d, n, have)
	}
	return d
}

func (l *loader) entropy(n *yaml.Node) float64 {
	f, err := strconv.ParseFloat(n.Value, 64)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!float" && n.Tag != "!!int" || err != nil || !(f > 0 && f <= 8) {
		l.errorf(n, "entropy must be a number over 0, at most 8 (bits per byte)")
	}
	return f
}

func (l *loader) group(n *yaml.Node) int {
	g, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || g < 0 || g > 99 {
		l.errorf(n, "group must be a number from 0 to 99")
	}
	return g
}

// check reads a name or {name: x, required: true}.
func (l *loader) check(n *yaml.Node) *Check {
	name, required, at := "", false, n
	if n.Kind == yaml.MappingNode {
		have := l.mapping(n, "check", map[string]func(*yaml.Node){
			"name":     func(v *yaml.Node) { name, at = l.text(v, "check"), v },
			"required": func(v *yaml.Node) { required = l.flag(v, "required") },
		})
		if have["name"] == nil {
			l.errorf(n, "check: name is missing")
			return nil
		}
	} else {
		name = l.text(n, "check")
	}
	c := checkNamed(name)
	if c == nil {
		l.errorf(at, "unknown check %q", name)
		return nil
	}
	return &Check{Name: name, Func: c.test, Required: required}
}

func (l *loader) examples(n *yaml.Node, what string) (list []Example) {
	l.sequence(n, what, func(c *yaml.Node) {
		e := Example{Template: l.text(c, what), Line: c.Line}
		if _, _, _, err := Expand(e.Template, 0); err != nil {
			l.errorf(c, "%s: %v", what, err)
		}
		list = append(list, e)
	})
	return list
}

// fieldKinds names the kinds in which a field means something; those not
// listed mean something in every kind.
var fieldKinds = map[string][]Kind{
	"before":    {Prefix},
	"after":     {Prefix, Keyed, Field},
	"loose":     {Prefix},
	"anywhere":  {Prefix, Regex},
	"keywords":  {Prefix, Keyed, Regex},
	"entropy":   {Prefix, Keyed, Field, Regex},
	"check":     {Prefix, Keyed, Regex},
	"structure": {Structure},
	"regex":     {Regex},
	"group":     {Regex},
}

// judge reports fields that do not fit together. have holds the nodes of the fields given.
func (l *loader) judge(d *Detector, n *yaml.Node, have map[string]*yaml.Node) {
	if !validID(d.ID) {
		l.errorf(have["id"], "id %q: want [a-z0-9][a-z0-9-]{0,63}", d.ID)
	}
	for name, kinds := range fieldKinds {
		if v := have[name]; v != nil && !slices.Contains(kinds, d.Kind) {
			l.errorf(v, "%s means nothing in a detector of kind %s", name, d.Kind)
		}
	}
	if have["literals"] == nil && d.Kind != Structure {
		l.errorf(n, "a detector of kind %s needs literals", d.Kind)
	}
	switch d.Kind {
	case Prefix:
		l.judgeShapes(d, n, have)
	case Keyed:
		if have["after"] == nil {
			l.errorf(n, "a detector of kind keyed needs after, the shape of the value")
		}
	case Structure:
		if have["structure"] == nil {
			l.errorf(n, "a detector of kind structure needs structure, the name of its parser")
		}
	case Regex:
		l.judgeRegex(d, n, have)
	}
	if d.Identifier && d.Severity != finding.Low {
		l.errorf(have["severity"], "an identifier has severity low")
	}
}

func (l *loader) judgeShapes(d *Detector, n *yaml.Node, have map[string]*yaml.Node) {
	if have["before"] == nil && have["after"] == nil {
		l.errorf(n, "a detector of kind prefix needs after or before")
	}
	if d.Loose && have["after"] == nil {
		l.errorf(have["loose"], "loose needs after")
	}
	if d.Before == nil {
		return
	}
	if err := d.Before.deterministicBackward(); err != nil {
		l.errorf(have["before"], "before: %v", err)
	}
	if d.After != nil && d.Before.SecretTo > 0 && d.After.SecretTo > 0 {
		l.errorf(have["after"], "before and after both mark the secret")
	}
}

func (l *loader) judgeRegex(d *Detector, n *yaml.Node, have map[string]*yaml.Node) {
	if have["regex"] == nil {
		l.errorf(n, "a detector of kind regex needs regex")
		return
	}
	re, err := syntax.Parse(d.Regex, syntax.Perl)
	if err != nil {
		l.errorf(have["regex"], "regex: %v", err)
		return
	}
	if d.Group > re.MaxCap() {
		l.errorf(have["group"], "regex has %d groups", re.MaxCap())
	}
}

func validID(id string) bool {
	for i := range len(id) {
		b := id[i]
		if !(b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' && i > 0) {
			return false
		}
	}
	return id != "" && len(id) <= 64
}
