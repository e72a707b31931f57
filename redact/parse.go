package redact

import (
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/internal/yamldoc"
)

// ParseDocument reads a document of YAML 1.2 (or JSON). Every error gives
// name, line and column of what is wrong; unknown and repeated fields, aliases
// and tags are refused. No error quotes a value that may be secret.
func ParseDocument(name string, b []byte) (*Document, error) {
	root, err := yamldoc.Parse(name, b, maxDocument)
	if err != nil {
		return nil, err
	}
	d, err := ParseNode(name, root)
	if err == nil && d.Version == 0 {
		err = (&parser{yamldoc.Parser{File: name}}).errorf(root, "version is missing: want version: 1")
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// ParseNode is ParseDocument for a policy that is a part of another document,
// which may leave out its version. It then is 0.
func ParseNode(name string, n *yaml.Node) (*Document, error) {
	d := DefaultDocument()
	d.Version = 0
	if err := (&parser{yamldoc.Parser{File: name}}).document(d, n); err != nil {
		return nil, err
	}
	return d, nil
}

// parser reads the fields of a policy.
type parser struct {
	yamldoc.Parser
}

func (p *parser) pos(n *yaml.Node) Position { return Position{p.File, n.Line, n.Column} }

func (p *parser) errorf(n *yaml.Node, format string, args ...any) error {
	return p.Errorf(n, format, args...)
}

func (p *parser) fields(n *yaml.Node, what string, names []string, set func(name string, v *yaml.Node) error) error {
	return p.Fields(n, what, names, set)
}

func (p *parser) scalar(n *yaml.Node, what, tag, want string) error {
	return p.Scalar(n, what, tag, want)
}

func (p *parser) str(n *yaml.Node, what string) (string, error) { return p.String(n, what) }

func (p *parser) int(n *yaml.Node, what string, low, high int) (int, error) {
	return p.Int(n, what, low, high)
}

func (p *parser) list(n *yaml.Node, what string, each func(*yaml.Node) error) error {
	return p.List(n, what, each)
}

// words reads one string or a list of them.
func (p *parser) words(n *yaml.Node, what string, word func(n *yaml.Node, what string) (Pattern, error)) (out []Pattern, err error) {
	add := func(n *yaml.Node) error {
		w, err := word(n, what)
		out = append(out, w)
		return err
	}
	if n.Kind == yaml.ScalarNode {
		return out, add(n)
	}
	err = p.list(n, what, add)
	return out, err
}

var (
	idPattern  = regexp.MustCompile(`^[a-z0-9*][a-z0-9*-]{0,63}$`)
	fieldName  = regexp.MustCompile(`^[A-Za-z0-9_. -]*[A-Za-z0-9][A-Za-z0-9_. -]*$`)
	keyPattern = regexp.MustCompile(`^[^\x00-\x1f]{1,128}$`)
	printName  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{32}$`)
)

func (p *parser) id(n *yaml.Node, what string) (Pattern, error) {
	s, err := p.str(n, what)
	if err == nil && !idPattern.MatchString(s) {
		err = p.errorf(n, "%s: want a detector id of [a-z0-9-], in which * stands for any characters", what)
	}
	return Pattern{s, p.pos(n)}, err
}

func (p *parser) name(n *yaml.Node, what string) (Pattern, error) {
	s, err := p.str(n, what)
	if err == nil && (len(s) > 64 || !fieldName.MatchString(s)) {
		err = p.errorf(n, "%s: want a field name of 1 to 64 letters, digits and _ . - or blanks", what)
	}
	return Pattern{s, p.pos(n)}, err
}

func (p *parser) key(n *yaml.Node, what string) (Pattern, error) {
	s, err := p.str(n, what)
	if err == nil && (!keyPattern.MatchString(s) || len(foldKey(nil, []byte(s))) == 0) {
		err = p.errorf(n, "%s: want a name of 1 to 128 characters, in which * stands for any characters", what)
	}
	return Pattern{s, p.pos(n)}, err
}

func (p *parser) path(n *yaml.Node, what string) (Pattern, error) {
	s, err := p.str(n, what)
	if err == nil && len(s) > 1024 {
		err = p.errorf(n, "%s: longer than 1024 bytes", what)
	}
	return Pattern{s, p.pos(n)}, err
}

var sourceKinds = []string{string(finding.Stream), string(finding.File), string(finding.Kafka), string(finding.OTLP)}

func (p *parser) kind(n *yaml.Node, what string) (Pattern, error) {
	s, err := p.oneOf(n, what, sourceKinds)
	return Pattern{s, p.pos(n)}, err
}

// maxPattern bounds the expressions of allowances, and leastStopword the words.
const (
	maxPattern    = 1024
	leastStopword = 4
)

// pattern reads an expression and anchors it at both ends: one that stands in a
// value somewhere says nothing of the rest of it.
func (p *parser) pattern(n *yaml.Node, what string) (*regexp.Regexp, error) {
	s, err := p.str(n, what)
	if err != nil {
		return nil, err
	}
	if len(s) > maxPattern {
		return nil, p.errorf(n, "%s: longer than %d bytes", what, maxPattern)
	}
	re, err := regexp.Compile(`\A(?:` + s + `)\z`)
	if err != nil {
		return nil, p.errorf(n, "%s: not a regular expression (RE2)", what)
	}
	for _, any := range anyValues {
		if !re.MatchString(any) {
			return re, nil
		}
	}
	return nil, p.errorf(n, "%s: it fits every value", what)
}

// anyValues have nothing in common: what fits all of them is no condition.
var anyValues = []string{"k7Rw2mZ9qX4tB8vN1cL5pD3s", "hunter-2 & sons", "83920175640385", "~!@#"}

func (p *parser) document(d *Document, n *yaml.Node) error {
	err := p.fields(n, "document", []string{"version", "rules", "detectors", "names", "policy", "allow", "key", "limits", "inventory", "seal", "echo", "mode"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "version":
			d.Version, err = p.int(v, "version", 1, 1)
		case "rules":
			err = p.list(v, "rules", func(n *yaml.Node) error {
				f, err := p.ruleFile(n)
				d.Rules = append(d.Rules, f)
				return err
			})
		case "detectors":
			err = p.selection(&d.Detectors, v)
		case "names":
			err = p.names(&d.Names, v)
		case "policy":
			err = p.list(v, "policy", func(n *yaml.Node) error {
				r, err := p.rule(n)
				d.Policy = append(d.Policy, r)
				return err
			})
		case "allow":
			err = p.list(v, "allow", func(n *yaml.Node) error {
				a, err := p.allowance(n)
				d.Allow = append(d.Allow, a)
				return err
			})
		case "key":
			err = p.keyFiles(&d.Key, v)
		case "limits":
			err = p.limits(&d.Limits, v)
		case "echo":
			d.Echo, err = p.echo(v)
		case "mode":
			var mode string
			mode, err = p.oneOf(v, "mode", []string{"redact", "shadow"})
			d.Shadow = mode == "shadow"
		case "inventory":
			d.Inventory, err = p.inventoryFile(v)
		case "seal":
			d.Seal, err = p.recipients(v)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range d.Policy[:max(len(d.Policy)-1, 0)] {
		if r := &d.Policy[i]; r.always() {
			return d.Policy[i+1].Pos.errorf("this rule is never reached: the one on line %d has no condition", r.Pos.Line)
		}
	}
	return nil
}

func (p *parser) ruleFile(n *yaml.Node) (f RuleFile, err error) {
	f.Pos = p.pos(n)
	if n.Kind == yaml.ScalarNode {
		f.Path, err = p.str(n, "rules")
		return f, err
	}
	err = p.fields(n, "rules", []string{"file", "default"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "file":
			f.Path, err = p.str(v, name)
		case "default":
			f.Default, err = p.str(v, name)
		}
		return err
	})
	if err == nil && f.Path == "" {
		err = p.errorf(n, "rules: want a file")
	}
	return f, err
}

func (p *parser) inventoryFile(n *yaml.Node) (f InventoryFile, err error) {
	f.Pos = p.pos(n)
	if n.Kind == yaml.ScalarNode {
		f.Path, err = p.str(n, "inventory")
		return f, err
	}
	err = p.fields(n, "inventory", []string{"file", "blind"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "file":
			f.Path, err = p.str(v, name)
		case "blind":
			if err = p.scalar(v, name, "!!bool", "true or false"); err == nil {
				err = v.Decode(&f.Blind)
			}
		}
		return err
	})
	if err == nil && f.Path == "" {
		err = p.errorf(n, "inventory: want a file")
	}
	return f, err
}

// duration is how long something lasts: a whole number of seconds, minutes or hours.
var duration = regexp.MustCompile(`^[1-9][0-9]{0,5}[smh]$`)

func (p *parser) echo(n *yaml.Node) (Echo, error) {
	e := Echo{defaultEchoTTL, defaultEchoMax}
	err := p.fields(n, "echo", []string{"ttl", "max"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "ttl":
			var s string
			if s, err = p.str(v, name); err != nil {
				return err
			}
			if !duration.MatchString(s) {
				return p.errorf(v, "ttl: want a duration such as 90s, 10m or 2h")
			}
			e.TTL, err = time.ParseDuration(s)
		case "max":
			e.Max, err = p.int(v, name, 1, 1<<20)
		}
		return err
	})
	return e, err
}

// recipientsID is what an envelope calls a set of recipients.
var recipientsID = regexp.MustCompile(`^[0-9a-f]{8}$`)

func (p *parser) recipients(n *yaml.Node) (r Recipients, err error) {
	r.Pos = p.pos(n)
	err = p.fields(n, "seal", []string{"recipients", "recipients_file", "previous"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "recipients":
			r.Keys, err = p.words(v, name, func(n *yaml.Node, what string) (Pattern, error) {
				s, err := p.str(n, what)
				return Pattern{s, p.pos(n)}, err
			})
		case "recipients_file":
			r.File.Text, err = p.str(v, name)
			r.File.Pos = p.pos(v)
		case "previous":
			err = p.list(v, name, func(n *yaml.Node) error {
				id, err := p.str(n, name)
				if err == nil && !recipientsID.MatchString(id) {
					err = p.errorf(n, "previous: want the %d hexadecimal digits in front of the first ~ of an envelope", envelope.RecipientsIDLen)
				}
				r.Previous = append(r.Previous, id)
				return err
			})
		}
		return err
	})
	if err == nil && len(r.Keys) == 0 && r.File.Text == "" {
		err = p.errorf(n, "seal: want recipients or recipients_file")
	}
	return r, err
}

func (p *parser) selection(s *Selection, n *yaml.Node) error {
	return p.fields(n, "detectors", []string{"only", "skip"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "only":
			s.Only, err = p.words(v, "only", p.id)
		case "skip":
			s.Skip, err = p.words(v, "skip", p.id)
		}
		return err
	})
}

func (p *parser) names(f *Names, n *yaml.Node) error {
	return p.fields(n, "names", []string{"secret", "harmless"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "secret":
			f.Secret, err = p.secretNames(v)
		case "harmless":
			f.Harmless, err = p.words(v, "harmless", p.name)
		}
		return err
	})
}

// secretNames reads one name or a list of them. A name is a string, or a mapping
// that says more of it.
func (p *parser) secretNames(n *yaml.Node) (out []SecretName, err error) {
	add := func(n *yaml.Node) error {
		s, err := p.secretName(n)
		out = append(out, s)
		return err
	}
	if n.Kind == yaml.ScalarNode || n.Kind == yaml.MappingNode {
		return out, add(n)
	}
	err = p.list(n, "secret", add)
	return out, err
}

func (p *parser) secretName(n *yaml.Node) (SecretName, error) {
	s := SecretName{Pos: p.pos(n)}
	set := func(v *yaml.Node) error {
		name, err := p.name(v, "secret")
		s.Text = name.Text
		return err
	}
	if n.Kind != yaml.MappingNode {
		return s, set(n)
	}
	err := p.fields(n, "secret", []string{"name", "class", "strength"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "name":
			return set(v)
		case "class":
			s.Class, err = p.oneOf(v, name, names.Classes())
		case "strength":
			s.Strength, err = p.oneOf(v, name, []string{"strong", "medium", "weak"})
		}
		return err
	})
	if err == nil && s.Text == "" {
		err = p.errorf(n, "secret: name is missing")
	}
	return s, err
}

// oneOf reads one of a few words.
func (p *parser) oneOf(n *yaml.Node, what string, words []string) (string, error) {
	return p.Word(n, what, words)
}

func (p *parser) rule(n *yaml.Node) (Rule, error) {
	r := Rule{Pos: p.pos(n)}
	action := false
	err := p.fields(n, "rule", []string{"detector", "severity", "confidence", "identifier", "key", "path", "source", "action", "first", "last"}, func(name string, v *yaml.Node) (err error) {
		var s string
		switch name {
		case "detector":
			r.Detectors, err = p.words(v, name, p.id)
		case "key":
			r.Keys, err = p.words(v, name, p.key)
		case "path":
			r.Paths, err = p.words(v, name, p.path)
		case "source":
			var kinds []Pattern
			kinds, err = p.words(v, name, p.kind)
			for _, k := range kinds {
				r.Sources = append(r.Sources, finding.Kind(k.Text))
			}
		case "identifier":
			if err = p.scalar(v, name, "!!bool", "true or false"); err == nil {
				err = v.Decode(&r.Identifier)
			}
		case "severity":
			if s, err = p.str(v, name); err == nil {
				if r.Severity, err = finding.ParseSeverity(s); err != nil {
					err = p.errorf(v, "severity: want low, medium, high or critical")
				}
			}
		case "confidence":
			if s, err = p.str(v, name); err == nil {
				if r.Confidence, err = finding.ParseConfidence(s); err != nil {
					err = p.errorf(v, "confidence: want low, medium or high")
				}
			}
		case "first":
			r.First, err = p.int(v, name, 1, maxKept)
		case "last":
			r.Last, err = p.int(v, name, 1, maxKept)
		case "action":
			action = true
			if s, err = p.str(v, name); err == nil {
				if r.Action, err = ParseAction(s); err != nil {
					err = p.errorf(v, "action: want %s", oneOf(actions[:]))
				}
			}
		}
		return err
	})
	switch {
	case err != nil:
	case !action:
		err = p.errorf(n, "rule without an action")
	case r.First+r.Last > 0 && r.Action != Partial:
		err = p.errorf(n, "first and last are for the action partial")
	case r.Action == Keep && r.nearlyAlways():
		err = p.errorf(n, "a rule that keeps needs a condition that not everything meets")
	}
	return r, err
}

func (p *parser) allowance(n *yaml.Node) (Allowance, error) {
	a := Allowance{Pos: p.pos(n)}
	err := p.fields(n, "allowance", []string{"value", "fingerprint", "pattern", "stopword", "detector", "key", "path", "reason"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "value":
			a.Value.text, err = p.str(v, name)
		case "fingerprint":
			if a.Fingerprint, err = p.str(v, name); err == nil && !printName.MatchString(a.Fingerprint) {
				err = p.errorf(v, "fingerprint: want %d and %d hexadecimal digits with - between, as in a finding", envelope.KeyIDLen, 2*envelope.SumLen)
			}
		case "pattern":
			a.Pattern, err = p.pattern(v, name)
		case "stopword":
			if a.Stopword, err = p.str(v, name); err == nil && len(a.Stopword) < leastStopword {
				err = p.errorf(v, "stopword: shorter than %d bytes", leastStopword)
			}
			a.Stopword = strings.ToLower(a.Stopword)
		case "detector":
			a.Detector, err = one(p.id(v, name))
		case "key":
			a.Key, err = one(p.key(v, name))
		case "path":
			a.Path, err = one(p.path(v, name))
		case "reason":
			a.Reason, err = p.str(v, name)
		}
		return err
	})
	which := 0
	for _, is := range []bool{a.Value.text != "", a.Fingerprint != "", a.Pattern != nil, a.Stopword != ""} {
		if is {
			which++
		}
	}
	switch {
	case err != nil:
	case which > 1:
		err = p.errorf(n, "allowance: want one of value, fingerprint, pattern and stopword")
	case which == 0 && a.everywhere():
		err = p.errorf(n, "allowance: want a value, fingerprint, pattern or stopword, or a detector, key or path that not everything fits")
	case a.Reason == "":
		err = p.errorf(n, "allowance without a reason")
	}
	return a, err
}

func one(x Pattern, err error) (*Pattern, error) { return &x, err }

// everywhere reports whether an allowance says nothing of where.
func (a *Allowance) everywhere() bool {
	for _, x := range []*Pattern{a.Detector, a.Key, a.Path} {
		if x != nil && !anything([]Pattern{*x}) {
			return false
		}
	}
	return true
}

func (p *parser) keyFiles(k *KeyFiles, n *yaml.Node) error {
	err := p.fields(n, "key", []string{"file", "previous"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "file":
			k.File, err = p.str(v, name)
		case "previous":
			err = p.list(v, name, func(n *yaml.Node) error {
				s, err := p.str(n, name)
				k.Previous = append(k.Previous, s)
				return err
			})
		}
		return err
	})
	return err
}

func (p *parser) limits(l *Limits, n *yaml.Node) error {
	return p.fields(n, "limits", []string{"max_line", "max_candidates"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "max_line":
			l.MaxLine, err = p.int(v, name, 64<<10, 64<<20)
		case "max_candidates":
			l.MaxCandidates, err = p.int(v, name, 1, 1<<20)
		}
		return err
	})
}

func oneOf(names []string) string { return yamldoc.OneOf(names) }
