package config

import (
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/internal/yamldoc"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/redact"
)

// maxDocument is the longest document, in bytes.
const maxDocument = 1 << 20

// Bounds of options, and what holds where they are not given.
const (
	defaultInFlight = 64 << 20
	defaultDrain    = 20 * time.Second
	second          = time.Second
	forever         = 24 * time.Hour
)

// Is reports whether a document is one of stanch run rather than a policy: it has
// inputs or outputs.
func Is(name string, b []byte) bool {
	n, err := yamldoc.Parse(name, b, maxDocument)
	if err != nil || n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i].Value; k == "inputs" || k == "outputs" {
			return true
		}
	}
	return false
}

// Parse reads a document. Every error gives name, line and column; none quotes a
// value. The policy is read, too, if it is a file.
func Parse(name string, b []byte) (*Document, error) {
	root, err := yamldoc.Parse(name, b, maxDocument)
	if err != nil {
		return nil, err
	}
	d := &Document{Redaction: redact.DefaultDocument(), InFlight: defaultInFlight, Drain: defaultDrain, Log: Log{Level: "info", Format: "json"}}
	p := &parser{yamldoc.Parser{File: name}}
	if err := p.document(d, root); err != nil {
		return nil, err
	}
	return d, nil
}

type parser struct{ yamldoc.Parser }

func (p *parser) pos(n *yaml.Node) Position {
	return Position{File: p.File, Line: n.Line, Column: n.Column}
}

func (p *parser) document(d *Document, n *yaml.Node) error {
	version := false
	err := p.Fields(n, "document", []string{"version", "redaction", "inputs", "outputs", "findings", "quarantine", "metrics", "log", "workers", "max_in_flight", "drain"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "version":
			version = true
			_, err = p.Int(v, name, 1, 1)
		case "redaction":
			err = p.redaction(d, v)
		case "inputs":
			err = p.List(v, name, func(n *yaml.Node) error {
				in, err := p.input(n)
				d.Inputs = append(d.Inputs, in)
				return err
			})
		case "outputs":
			err = p.List(v, name, func(n *yaml.Node) error {
				out, err := p.output(n)
				d.Outputs = append(d.Outputs, out)
				return err
			})
		case "findings":
			err = p.findings(&d.Findings, v)
		case "quarantine":
			err = p.quarantine(&d.Quarantine, v)
		case "metrics":
			err = p.metrics(&d.Metrics, v)
		case "log":
			err = p.log(&d.Log, v)
		case "workers":
			d.Workers, err = p.Int(v, name, 1, 1024)
		case "max_in_flight":
			d.InFlight, err = p.Size(v, name, 1<<20, 64<<30)
		case "drain":
			d.Drain, err = p.Duration(v, name, 100*time.Millisecond, time.Hour)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !version:
		return p.Errorf(n, "version is missing: want version: 1")
	case len(d.Inputs) == 0:
		return p.Errorf(n, "inputs are missing")
	case len(d.Outputs) == 0:
		return p.Errorf(n, "outputs are missing")
	}
	return d.check()
}

// check holds what no field says by itself.
func (d *Document) check() error {
	at := func(pos Position, format string, args ...any) error {
		return (yamldoc.Parser{File: pos.File}).Errorf(&yaml.Node{Line: pos.Line, Column: pos.Column}, format, args...)
	}
	names := map[string]bool{}
	outputs := map[string]*Output{}
	stdout := 0
	for i := range d.Outputs {
		o := &d.Outputs[i]
		if outputs[o.Name] != nil {
			return at(o.Pos, "output: name: there are two of it")
		}
		outputs[o.Name] = o
		if o.Stdout {
			stdout++
		}
	}
	stdin := 0
	for i := range d.Inputs {
		in := &d.Inputs[i]
		if names[in.Name] {
			return at(in.Pos, "input: name: there are two of it")
		}
		names[in.Name] = true
		if in.Stdin {
			stdin++
		}
		if in.Output == "" {
			if len(d.Outputs) > 1 {
				return at(in.Pos, "input: output is missing, and there is more than one")
			}
			in.Output = d.Outputs[0].Name
		}
		out := outputs[in.Output]
		switch {
		case out == nil:
			return at(in.Pos, "input: %w", errNoOutput)
		case in.Failure == pipeline.ToQuarantine && !d.Quarantine.Set():
			return at(in.Pos, "input: records that fail go to the quarantine, and there is none: add one, or choose another on_failure")
		case out.Kafka != nil && in.Kafka == nil && out.Kafka.Topic == "":
			return at(out.Pos, "output: kafka: topic is missing, and the input has none")
		case out.Kafka != nil && in.Kafka == nil && len(out.Kafka.Brokers) == 0:
			return at(out.Pos, "output: kafka: brokers are missing")
		case in.Kafka != nil && in.Kafka.ExactlyOnce && (out.Kafka == nil || len(out.Kafka.Brokers) > 0):
			return at(in.Pos, "input: kafka: delivery exactly_once needs an output on the same cluster")
		case in.Kafka != nil && out.Kafka == nil:
			if err := in.Kafka.lines(at); err != nil {
				return err
			}
		case in.Kafka != nil:
			for _, r := range in.Kafka.Topics {
				if r.To == "" {
					return at(r.Pos, "topics: to is missing")
				}
			}
		}
	}
	findings := map[string]bool{}
	for i := range d.Findings.Outputs {
		o := &d.Findings.Outputs[i]
		if findings[o.Name] {
			return at(o.Pos, "findings: there are two of one kind: give them names")
		}
		findings[o.Name] = true
		if o.Stdout {
			stdout++
		}
		if o.Kafka != nil && len(o.Kafka.Brokers) == 0 && d.cluster() == nil {
			return at(o.Pos, "findings: kafka: brokers are missing")
		}
	}
	if k := d.Quarantine.Kafka; k != nil && len(k.Brokers) == 0 && d.cluster() == nil {
		return at(d.Quarantine.Pos, "quarantine: kafka: brokers are missing")
	}
	switch {
	case stdin > 1:
		return at(d.Inputs[0].Pos, "inputs: standard input is there twice")
	case stdout > 1:
		return at(d.Outputs[0].Pos, "outputs: standard output is there twice")
	}
	return nil
}

// cluster returns the cluster that a Kafka output without brokers is on: that of
// the first Kafka input.
func (d *Document) cluster() *Cluster {
	for i := range d.Inputs {
		if k := d.Inputs[i].Kafka; k != nil {
			return &k.Cluster
		}
	}
	return nil
}

// ClusterOf returns how to reach the cluster of a Kafka output: its own, or that
// of the first Kafka input.
func (d *Document) ClusterOf(k *KafkaOutput) *Cluster {
	if len(k.Brokers) > 0 {
		return &k.Cluster
	}
	return d.cluster()
}

func (p *parser) redaction(d *Document, n *yaml.Node) (err error) {
	if n.Kind != yaml.ScalarNode {
		d.Redaction, err = redact.ParseNode(p.File, n)
		if err == nil {
			d.Redaction.Version = 1
		}
		return err
	}
	if d.Policy, err = p.String(n, "redaction"); err != nil {
		return err
	}
	b, err := os.ReadFile(d.Policy)
	if err != nil {
		return p.Errorf(n, "redaction: %w", err)
	}
	d.Redaction, err = redact.ParseDocument(d.Policy, b)
	return err
}

// kinds reads a mapping of which exactly one field of kinds is given.
func (p *parser) kinds(n *yaml.Node, what string, kinds, others []string, set func(name string, v *yaml.Node) error) error {
	kind := ""
	err := p.Fields(n, what, append(append([]string{}, others...), kinds...), func(name string, v *yaml.Node) error {
		for _, k := range kinds {
			if k == name && kind != "" {
				return p.Errorf(v, "%s: %s and %s do not go together", what, kind, name)
			} else if k == name {
				kind = name
			}
		}
		return set(name, v)
	})
	if err == nil && kind == "" {
		err = p.Errorf(n, "%s: want one of %s", what, yamldoc.OneOf(kinds))
	}
	return err
}

func (p *parser) name(n *yaml.Node, what string) (string, error) {
	s, err := p.String(n, what)
	if err == nil && !namePattern.MatchString(s) {
		err = p.Errorf(n, "%s: want up to 63 of a-z, 0-9, _ and -", what)
	}
	return s, err
}

// empty reads a mapping without fields, or nothing.
func (p *parser) empty(n *yaml.Node, what string) error {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" || n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		return p.Plain(n)
	}
	return p.Errorf(n, "%s: want {}", what)
}

func (p *parser) input(n *yaml.Node) (in Input, err error) {
	in.Pos = p.pos(n)
	kind := ""
	err = p.kinds(n, "input", []string{"stdin", "file", "kafka"}, []string{"name", "output", "on_failure"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "name":
			in.Name, err = p.name(v, name)
		case "output":
			in.Output, err = p.name(v, name)
		case "on_failure":
			var s string
			if s, err = p.String(v, name); err == nil {
				if in.Failure, err = pipeline.ParseFailure(s); err != nil {
					err = p.Errorf(v, "on_failure: %w", err)
				}
			}
		case "stdin":
			kind, in.Stdin = name, true
			err = p.empty(v, name)
		case "file":
			kind = name
			in.File, err = p.fileInput(v)
		case "kafka":
			kind = name
			in.Kafka, err = p.kafkaInput(v)
		}
		return err
	})
	if in.Name == "" {
		in.Name = kind
	}
	return in, err
}

func (p *parser) fileInput(n *yaml.Node) (*FileInput, error) {
	f := &FileInput{Pos: p.pos(n)}
	err := p.Fields(n, "file", []string{"paths", "include", "exclude", "state"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "paths":
			f.Paths, err = p.Strings(v, name)
		case "include":
			f.Include, err = p.Strings(v, name)
		case "exclude":
			f.Exclude, err = p.Strings(v, name)
		case "state":
			f.State, err = p.String(v, name)
		}
		return err
	})
	if err == nil && len(f.Paths) == 0 {
		err = p.Errorf(n, "file: paths are missing")
	}
	return f, err
}

func (p *parser) output(n *yaml.Node) (out Output, err error) {
	out.Pos = p.pos(n)
	kind := ""
	err = p.kinds(n, "output", []string{"stdout", "file", "kafka"}, []string{"name"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "name":
			out.Name, err = p.name(v, name)
		case "stdout":
			kind, out.Stdout = name, true
			err = p.empty(v, name)
		case "file":
			kind = name
			out.File, err = p.fileOutput(v, true)
		case "kafka":
			kind = name
			out.Kafka, err = p.kafkaOutput(v)
		}
		return err
	})
	if out.Name == "" {
		out.Name = kind
	}
	return out, err
}

func (p *parser) fileOutput(n *yaml.Node, dirs bool) (*FileOutput, error) {
	f := &FileOutput{Pos: p.pos(n), Sync: true}
	fields := []string{"path", "sync"}
	if dirs {
		fields = append(fields, "dir")
	}
	err := p.Fields(n, "file", fields, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "path":
			f.Path, err = p.String(v, name)
		case "dir":
			f.Dir, err = p.String(v, name)
		case "sync":
			f.Sync, err = p.Bool(v, name)
		}
		return err
	})
	if err == nil && (f.Path == "") == (f.Dir == "") {
		err = p.Errorf(n, "file: want %s", yamldoc.OneOf([]string{"path", "dir"}[:len(fields)-1]))
	}
	return f, err
}

func (p *parser) findings(f *Findings, n *yaml.Node) error {
	return p.Fields(n, "findings", []string{"outputs", "rate", "interval", "queue", "max_wait", "tries"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "outputs":
			err = p.List(v, name, func(n *yaml.Node) error {
				o, err := p.findingsOutput(n)
				f.Outputs = append(f.Outputs, o)
				return err
			})
		case "rate":
			f.Rate, err = p.Int(v, name, 1, 1_000_000)
		case "interval":
			f.Interval, err = p.Duration(v, name, second, time.Hour)
		case "queue":
			f.Queue, err = p.Int(v, name, 1, 1_000_000)
		case "max_wait":
			f.Wait, err = p.Duration(v, name, time.Millisecond, time.Minute)
		case "tries":
			f.Tries, err = p.Int(v, name, 1, 100)
		}
		return err
	})
}

func (p *parser) findingsOutput(n *yaml.Node) (out FindingsOutput, err error) {
	out.Pos = p.pos(n)
	kind := ""
	err = p.kinds(n, "findings output", []string{"stdout", "file", "kafka", "otlp", "webhook"}, []string{"name"}, func(name string, v *yaml.Node) (err error) {
		if name != "name" {
			kind = name
		}
		switch name {
		case "name":
			out.Name, err = p.name(v, name)
		case "stdout":
			out.Stdout = true
			err = p.empty(v, name)
		case "file":
			out.File, err = p.fileOutput(v, false)
		case "kafka":
			out.Kafka, err = p.topic(v)
		case "otlp":
			out.OTLP, err = p.otlp(v)
		case "webhook":
			out.Webhook, err = p.webhook(v)
		}
		return err
	})
	if out.Name == "" {
		out.Name = kind
	}
	return out, err
}

// endpoint reads an http or https URL without userinfo.
func (p *parser) endpoint(n *yaml.Node, what string) (string, error) {
	s, err := p.String(n, what)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
		return "", p.Errorf(n, "%s: want a URL of http or https", what)
	}
	if u.User != nil {
		return "", p.Errorf(n, "%s: no user or password in it", what)
	}
	return s, nil
}

// secure refuses http to other machines unless it is allowed.
func (p *parser) secure(n *yaml.Node, what, endpoint string, allowed bool) error {
	u, err := url.Parse(endpoint)
	if err != nil || endpoint == "" || u.Scheme == "https" || allowed {
		return nil
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return p.Errorf(n, "%s: http to another machine: use https, or set allow_http", what)
}

func (p *parser) otlp(n *yaml.Node) (*OTLP, error) {
	o := &OTLP{Pos: p.pos(n)}
	err := p.Fields(n, "otlp", []string{"endpoint", "headers", "tls", "timeout", "allow_http"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "endpoint":
			o.Endpoint, err = p.endpoint(v, name)
		case "headers":
			err = p.headers(o, v)
		case "tls":
			o.TLS, err = p.tls(v)
		case "timeout":
			o.Timeout, err = p.Duration(v, name, time.Millisecond, time.Minute)
		case "allow_http":
			o.AllowHTTP, err = p.Bool(v, name)
		}
		return err
	})
	if err == nil && o.Endpoint == "" {
		err = p.Errorf(n, "otlp: endpoint is missing")
	}
	if err == nil {
		err = p.secure(n, "otlp", o.Endpoint, o.AllowHTTP)
	}
	return o, err
}

const maxHeaders = 32

func (p *parser) headers(o *OTLP, n *yaml.Node) error {
	if err := p.Plain(n); err != nil {
		return err
	}
	if n.Kind != yaml.MappingNode || len(n.Content) > 2*maxHeaders {
		return p.Errorf(n, "headers: want a mapping of at most %d", maxHeaders)
	}
	o.Headers = make(map[string]Secret)
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		name, err := p.String(k, "headers")
		if err != nil {
			return err
		}
		if strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return p.Errorf(k, "headers: not the name of a header")
		}
		s, err := p.secret(n.Content[i+1], "headers", false)
		if err != nil {
			return err
		}
		o.Headers[name] = s
	}
	return nil
}

func (p *parser) webhook(n *yaml.Node) (*Webhook, error) {
	w := &Webhook{Pos: p.pos(n)}
	err := p.Fields(n, "webhook", []string{"url", "secret", "hosts", "tls", "timeout", "allow_http", "allow_private"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "url":
			if v.Kind == yaml.ScalarNode {
				w.URL.Pos = p.pos(v)
				w.URL.text, err = p.endpoint(v, name)
			} else {
				w.URL, err = p.secret(v, name, false)
			}
		case "secret":
			w.Secret, err = p.secret(v, name, false)
		case "hosts":
			w.Hosts, err = p.Strings(v, name)
		case "tls":
			w.TLS, err = p.tls(v)
		case "timeout":
			w.Timeout, err = p.Duration(v, name, time.Millisecond, time.Minute)
		case "allow_http":
			w.AllowHTTP, err = p.Bool(v, name)
		case "allow_private":
			w.AllowPrivate, err = p.Bool(v, name)
		}
		return err
	})
	switch {
	case err != nil:
	case !w.URL.Set():
		err = p.Errorf(n, "webhook: url is missing")
	case !w.Secret.Set():
		err = p.Errorf(n, "webhook: secret is missing")
	case w.URL.text == "" && len(w.Hosts) == 0:
		err = p.Errorf(n, "webhook: hosts are missing: a URL that is a secret needs them")
	default:
		err = p.secure(n, "webhook", w.URL.text, w.AllowHTTP)
	}
	return w, err
}

// secret reads where a secret comes from; plain says whether it may be given as
// it is.
func (p *parser) secret(n *yaml.Node, what string, plain bool) (Secret, error) {
	s := Secret{Pos: p.pos(n)}
	if n.Kind == yaml.ScalarNode {
		text, err := p.String(n, what)
		if err == nil && !plain {
			err = p.Errorf(n, "no secrets here, only where they are: want file or env of %s", what)
		}
		s.text = text
		return s, err
	}
	err := p.kinds(n, what, []string{"file", "env"}, nil, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "file":
			s.File, err = p.String(v, name)
		case "env":
			if s.Env, err = p.String(v, name); err == nil && !envPattern.MatchString(s.Env) {
				err = p.Errorf(v, "env: want a name of STANCH_ and capitals")
			}
		}
		return err
	})
	return s, err
}

func (p *parser) quarantine(q *Quarantine, n *yaml.Node) error {
	q.Pos = p.pos(n)
	return p.kinds(n, "quarantine", []string{"file", "kafka"}, []string{"recipients", "recipients_file"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "file":
			q.File, err = p.fileOutput(v, false)
		case "kafka":
			q.Kafka, err = p.topic(v)
		case "recipients":
			err = p.List(v, name, func(n *yaml.Node) error {
				s, err := p.String(n, name)
				q.Recipients = append(q.Recipients, Text{p.pos(n), s})
				return err
			})
		case "recipients_file":
			q.RecipientsFile.Pos = p.pos(v)
			q.RecipientsFile.Text, err = p.String(v, name)
		}
		return err
	})
}

func (p *parser) metrics(m *Metrics, n *yaml.Node) error {
	m.Pos = p.pos(n)
	return p.Fields(n, "metrics", []string{"listen"}, func(name string, v *yaml.Node) (err error) {
		m.Listen, err = p.address(v, name)
		return err
	})
}

// address reads host:port.
func (p *parser) address(n *yaml.Node, what string) (string, error) {
	s, err := p.String(n, what)
	if err != nil {
		return "", err
	}
	if _, port, err := net.SplitHostPort(s); err != nil || port == "" {
		return "", p.Errorf(n, "%s: want host:port", what)
	}
	return s, nil
}

func (p *parser) log(l *Log, n *yaml.Node) error {
	return p.Fields(n, "log", []string{"level", "format"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "level":
			l.Level, err = p.Word(v, name, []string{"debug", "info", "warn", "error"})
		case "format":
			l.Format, err = p.Word(v, name, []string{"json", "console"})
		}
		return err
	})
}
