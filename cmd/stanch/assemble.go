package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/stanch/stanch"
	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/pipeline/files"
	"github.com/stanch/stanch/pipeline/kafka"
	"github.com/stanch/stanch/pipeline/notify"
	"github.com/stanch/stanch/redact"
	"github.com/stanch/stanch/stanchzap"
)

// loaded is a configuration and the engine of its policy.
type loaded struct {
	doc     *config.Document
	engine  *redact.Engine
	version string // of the document
	policy  string // of the policy and its rules, whether it stands in the document or not
}

// errNoKey: what is written today is compared with what is written tomorrow, and by
// others.
var errNoKey = errors.New("no key: set key.file of the policy or STANCH_KEY to at least 32 random bytes, in hexadecimal or base64")

// errEcho: a record that is worked on again has to become what it was before.
var errEcho = errors.New("exactly_once: the policy has echo, which makes of a record what depends on those before it")

func loadPipeline(name string) (*loaded, error) {
	b, err := readSmall(name, maxDocument)
	if err != nil {
		return nil, err
	}
	l := &loaded{version: digest(b)}
	if l.doc, err = config.Parse(name, b); err != nil {
		return nil, err
	}
	l.policy = l.version
	if l.doc.Policy != "" {
		text, err := readSmall(l.doc.Policy, maxDocument)
		if err != nil {
			return nil, err
		}
		l.policy = digest(text)
	}
	// What rules say is part of the policy; whether they can be read is told below.
	for _, r := range l.doc.Redaction.Rules {
		for _, name := range []string{r.Path, r.Default} {
			if text, err := readSmall(name, maxDocument); name != "" && err == nil {
				l.policy = digest(append([]byte(l.policy), text...))
			}
		}
	}
	if l.engine, err = redact.New(l.doc.Redaction, redact.Options{Version: l.policy}); err != nil {
		return nil, err
	}
	if id, _ := l.engine.KeyID(); id == "" {
		return nil, fmt.Errorf("%s: %w", name, errNoKey)
	}
	for i := range l.doc.Inputs {
		if in := &l.doc.Inputs[i]; l.engine.Echo() && in.Kafka != nil && in.Kafka.ExactlyOnce {
			return nil, at(in.Pos, errEcho)
		}
	}
	return l, nil
}

// digest names a version of a document.
func digest(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:4])
}

func (l *loaded) summary() []string {
	n := 0
	for _, d := range l.engine.Scan().Detectors() {
		if d.Kind != detectors.Known {
			n++
		}
	}
	from := "the document's own policy"
	if l.doc.Policy != "" {
		from = "policy " + l.doc.Policy
	}
	id, _ := l.engine.KeyID()
	lines := []string{fmt.Sprintf("%s, %s of engine %s, key %s", from, count(int64(n), "detector"), versionOf().Version, id)}
	if inv := l.engine.Inventory(); inv != nil {
		lines = append(lines, count(int64(inv.Len()), "known secret"))
	}
	return lines
}

// assembled is a pipeline that is ready to run.
type assembled struct {
	loaded *loaded
	env    *pipeline.Env
	flows  []pipeline.Flow
	sinks  []*sharedSink
	// without are findings for inputs that write them to one of the outputs, by its
	// name, themselves.
	without map[string]*pipeline.Findings
	outputs map[string]pipeline.Output
}

// assemble makes a pipeline ready. One that replays reads no inputs.
func (c *cli) assemble(l *loaded, replay bool) (p *assembled, err error) {
	log, err := c.logger(&l.doc.Log)
	if err != nil {
		return nil, err
	}
	h := redact.NewHandle(l.engine)
	m := pipeline.NewMetrics()
	p = &assembled{loaded: l, outputs: make(map[string]pipeline.Output), without: make(map[string]*pipeline.Findings)}
	p.env = &pipeline.Env{Engine: h, Pool: pipeline.NewPool(h, l.doc.Workers), Budget: pipeline.NewBudget(l.doc.InFlight), Metrics: m, Log: log, Drain: l.doc.Drain}
	m.WatchBudget(p.env.Budget)
	boundMemory(l.doc.InFlight)
	p.told(l)
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	for i := range l.doc.Findings.Outputs {
		if k := l.doc.Findings.Outputs[i].Kafka; k != nil && !replay && inTransactions(l.doc, k) {
			continue // the inputs write them themselves
		}
		s, err := c.sink(l.doc, &l.doc.Findings.Outputs[i])
		if err != nil {
			return p, err
		}
		p.sinks = append(p.sinks, &sharedSink{Sink: s})
	}
	p.env.Findings = pipeline.NewFindings(l.doc.Findings.FindingOptions, m, log, p.sinksBut("")...)
	if q := &l.doc.Quarantine; q.Set() {
		sealer, err := sealer(q)
		if err != nil {
			return p, err
		}
		var out pipeline.Output
		if q.File != nil {
			out = files.NewOutput("quarantine", q.File.Path, q.File.Sync)
		} else if out, err = kafkaOutput(l.doc, "quarantine", q.Kafka, creates(l.doc, q.Kafka, kafka.ForQuarantine())); err != nil {
			return p, err
		}
		p.env.Quarantine = pipeline.NewQuarantine(out, h, sealer)
	}
	for i := range l.doc.Inputs {
		if replay {
			break
		}
		in := &l.doc.Inputs[i]
		f, err := c.flow(p, in, nil)
		if err != nil {
			return p, err
		}
		p.flows = append(p.flows, f)
	}
	return p, nil
}

// findingsWithout returns findings that go to all outputs but the one of that name.
func (p *assembled) findingsWithout(name string) *pipeline.Findings {
	f := p.without[name]
	if f == nil {
		f = pipeline.NewFindings(p.loaded.doc.Findings.FindingOptions, p.env.Metrics, p.env.Log, p.sinksBut(name)...)
		p.without[name] = f
	}
	return f
}

func (p *assembled) sinksBut(name string) (list []pipeline.Sink) {
	for _, s := range p.sinks {
		if s.Name() != name {
			list = append(list, s)
		}
	}
	return list
}

// sharedSink is a sink of several Findings. Whoever has made it closes it.
type sharedSink struct {
	pipeline.Sink
	mu sync.Mutex
}

func (s *sharedSink) Deliver(ctx context.Context, fs []finding.Finding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Sink.Deliver(ctx, fs)
}

func (*sharedSink) Close() error { return nil }

// told tells the metrics which versions are in force.
func (p *assembled) told(l *loaded) {
	key, _ := l.engine.KeyID()
	p.env.Metrics.Loaded(l.version, l.policy, versionOf().Version, key)
}

func (p *assembled) close() error {
	var errs []error
	if p.env.Findings != nil {
		ctx, cancel := context.WithTimeout(context.Background(), p.env.Drain)
		defer cancel()
		errs = append(errs, p.env.Findings.Close(ctx))
		for _, f := range p.without {
			errs = append(errs, f.Close(ctx))
		}
	}
	for _, s := range p.sinks {
		errs = append(errs, s.Sink.Close())
	}
	for _, o := range p.outputs {
		errs = append(errs, o.Close())
	}
	if p.env.Quarantine != nil {
		errs = append(errs, p.env.Quarantine.Close())
	}
	p.env.Log.Sync()
	return errors.Join(errs...)
}

// flow is the flow of an input. What a quarantine keeps of its records is read instead of
// it if there is a replayed one.
func (c *cli) flow(p *assembled, in *config.Input, again pipeline.Input) (pipeline.Flow, error) {
	to := outputOf(p.loaded.doc, in)
	if in.Kafka != nil {
		o, err := c.kafkaOptions(p, in, to, again != nil)
		if err != nil {
			return nil, err
		}
		var f pipeline.Flow
		if again != nil {
			f, err = kafka.NewReplay(o, again)
		} else {
			f, err = kafka.NewFlow(o)
		}
		if err != nil {
			return nil, at(in.Pos, err)
		}
		return f, nil
	}
	out, err := c.output(p, to)
	if err != nil {
		return nil, err
	}
	input := again
	switch {
	case again != nil:
	case in.Stdin:
		input = files.NewStdin(in.Name, c.stdin)
	default:
		if input, err = files.NewInput(files.InputOptions{Name: in.Name, Paths: in.File.Paths, Include: in.File.Include, Exclude: in.File.Exclude, State: in.File.State}); err != nil {
			return nil, err
		}
	}
	return pipeline.New(input, out, pipeline.FlowOptions{Failure: in.Failure, Lines: to.Kafka != nil}), nil
}

// outputOf returns where an input leads.
func outputOf(doc *config.Document, in *config.Input) *config.Output {
	i := slices.IndexFunc(doc.Outputs, func(o config.Output) bool { return o.Name == in.Output })
	return &doc.Outputs[i]
}

// output returns the output of a name, which inputs share.
func (c *cli) output(p *assembled, o *config.Output) (out pipeline.Output, err error) {
	if out := p.outputs[o.Name]; out != nil {
		return out, nil
	}
	switch {
	case o.Stdout:
		out = files.NewStdout(o.Name, c.stdout)
	case o.File != nil && o.File.Dir != "":
		out = files.NewDir(o.Name, o.File.Dir, o.File.Sync)
	case o.File != nil:
		out = files.NewOutput(o.Name, o.File.Path, o.File.Sync)
	default:
		if out, err = kafkaOutput(p.loaded.doc, o.Name, o.Kafka, nil); err != nil {
			return nil, err
		}
	}
	p.outputs[o.Name] = out
	return out, nil
}

func (c *cli) sink(doc *config.Document, o *config.FindingsOutput) (pipeline.Sink, error) {
	switch {
	case o.Stdout:
		return pipeline.NewRecordSink(files.NewStdout(o.Name, c.stdout)), nil
	case o.File != nil:
		return pipeline.NewRecordSink(files.NewOutput(o.Name, o.File.Path, o.File.Sync)), nil
	case o.Kafka != nil:
		out, err := kafkaOutput(doc, o.Name, o.Kafka, creates(doc, o.Kafka, kafka.ForFindings()))
		if err != nil {
			return nil, err
		}
		return pipeline.NewRecordSink(out), nil
	case o.OTLP != nil:
		t, err := tlsConfig(o.OTLP.TLS)
		if err != nil {
			return nil, err
		}
		headers := make(map[string]string)
		for k, s := range o.OTLP.Headers {
			if headers[k], err = s.Read(); err != nil {
				return nil, err
			}
		}
		return notify.NewOTLP(o.Name, o.OTLP.Endpoint, headers, notify.ClientOptions{TLS: t, Timeout: o.OTLP.Timeout})
	}
	w := o.Webhook
	t, err := tlsConfig(w.TLS)
	if err != nil {
		return nil, err
	}
	opts := notify.WebhookOptions{Hosts: w.Hosts, Client: notify.ClientOptions{TLS: t, Timeout: w.Timeout, Public: !w.AllowPrivate}}
	if opts.URL, err = w.URL.Read(); err != nil {
		return nil, err
	}
	if opts.Secret, err = w.Secret.Read(); err != nil {
		return nil, err
	}
	if !w.AllowHTTP && !w.AllowPrivate && strings.HasPrefix(opts.URL, "http:") {
		return nil, at(w.Pos, errors.New("webhook: http needs allow_http"))
	}
	return notify.NewWebhook(o.Name, opts)
}

// at puts a place in the document before an error.
func at(pos config.Position, err error) error {
	return fmt.Errorf("%s:%d:%d: %w", pos.File, pos.Line, pos.Column, err)
}

func sealer(q *config.Quarantine) (*seal.Sealer, error) {
	var to []seal.Recipient
	for _, t := range q.Recipients {
		r, err := seal.ParseRecipient(t.Text)
		if err != nil {
			return nil, at(t.Pos, fmt.Errorf("recipients: %w", err))
		}
		to = append(to, r)
	}
	if t := q.RecipientsFile; t.Text != "" {
		f, err := os.Open(t.Text)
		if err != nil {
			return nil, at(t.Pos, fmt.Errorf("recipients_file: %w", err))
		}
		defer f.Close()
		list, err := seal.ReadRecipients(f)
		if err != nil {
			return nil, at(t.Pos, fmt.Errorf("recipients_file: %s: %w", t.Text, err))
		}
		to = append(to, list...)
	}
	if len(to) == 0 {
		return nil, nil
	}
	s, err := seal.New(to)
	if err != nil {
		return nil, at(q.Pos, fmt.Errorf("quarantine: %w", err))
	}
	return s, nil
}

func tlsConfig(t *config.TLS) (*tls.Config, error) {
	if t == nil {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CA != "" {
		pem, err := readSmall(t.CA, maxDocument)
		if err != nil {
			return nil, at(t.Pos, fmt.Errorf("ca: %w", err))
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, at(t.Pos, fmt.Errorf("ca: there is no certificate in %s", t.CA))
		}
	}
	if t.Cert != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, at(t.Pos, errors.New("cert and key: they cannot be read, or do not belong together"))
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Of the same message so many are logged each time, and one in so many of the rest.
const (
	logEvery = 10 * time.Second
	logFirst = 20
	logNth   = 1000
)

// logger writes to standard error, behind a core that redacts.
func (c *cli) logger(l *config.Log) (*zap.Logger, error) {
	r, err := stanch.New(nil)
	if err != nil {
		return nil, err
	}
	level, err := zapcore.ParseLevel(l.Level)
	if err != nil {
		return nil, err
	}
	ec := zap.NewProductionEncoderConfig()
	ec.TimeKey, ec.EncodeTime = "time", zapcore.RFC3339NanoTimeEncoder
	enc := zapcore.NewJSONEncoder(ec)
	if l.Format == "console" {
		enc = zapcore.NewConsoleEncoder(ec)
	}
	core := stanchzap.NewCore(zapcore.NewCore(enc, zapcore.Lock(c.stderr), level), r)
	// A broker that is gone is a message from each partition, again and again.
	return zap.New(zapcore.NewSamplerWithOptions(core, logEvery, logFirst, logNth)), nil
}
