package redactionprocessor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// rules are what is made of a configuration. They are immutable.
type rules struct {
	users    int // of the factory
	keys     *keys
	blocked  *patterns
	allowed  *patterns
	url      *urls
	allTypes bool
	summary  string
	odd      bool // the summary is a word that nobody knows
	handle   *redact.Handle
}

func newRules(c *Config) (*rules, error) {
	r := &rules{allTypes: c.RedactAllTypes, summary: c.Summary}
	switch c.Summary {
	case summaryDebug, summaryInfo, summarySilent:
	default:
		// Contrib's processor takes any other word for silent.
		r.summary, r.odd = summarySilent, c.Summary != ""
	}
	var err error
	if r.keys, err = newKeys(c); err != nil {
		return nil, err
	}
	if r.blocked, err = newPatterns("blocked_values", c.BlockedValues, anywhere); err != nil {
		return nil, err
	}
	if r.allowed, err = newPatterns("allowed_values", c.AllowedValues, whole); err != nil {
		return nil, err
	}
	if r.url, err = newURLs(&c.URLSanitizer); err != nil {
		return nil, fmt.Errorf("url_sanitizer: %w", err)
	}
	e, err := newEngine(c)
	if err != nil {
		return nil, err
	}
	r.handle = redact.NewHandle(e)
	return r, nil
}

// newEngine returns the engine that redacts what the configuration does not speak of:
// as it hides what is blocked.
func newEngine(c *Config) (*redact.Engine, error) {
	all, err := detectors.Default()
	if err != nil {
		return nil, err
	}
	all = append(all[:len(all):len(all)],
		detectors.Detector{ID: blockedValue, Title: "Value that the configuration blocks", Severity: finding.Medium, Kind: detectors.Known, File: "configuration"},
		detectors.Detector{ID: blockedKey, Title: "Value of a key that the configuration blocks", Severity: finding.Medium, Kind: detectors.Known, File: "configuration"})
	doc := redact.DefaultDocument()
	secret := false
	rule := redact.Rule{Confidence: finding.Likely, Identifier: &secret, Action: redact.Mask}
	if c.HashFunction != noHash {
		rule.Action = redact.Hash
	}
	doc.Policy = []redact.Rule{rule}
	for i, x := range c.AllowedValues {
		re, err := regexp.Compile(fmt.Sprintf(whole, x))
		if err != nil {
			return nil, fmt.Errorf("allowed_values[%d]: %w", i, err)
		}
		doc.Allow = append(doc.Allow, redact.Allowance{Pattern: re})
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	if key != nil {
		key = redact.DeriveKey(key, "stanch v1 redaction hmac_key")
	}
	if c.HashFunction != noHash && key == nil && os.Getenv("STANCH_KEY") == "" {
		return nil, errors.New("hash_function: hashes are keyed: set hmac_key or STANCH_KEY")
	}
	return redact.New(doc, redact.Options{Key: key, Detectors: all, Mask: mask})
}

// redactor is the processor of one signal.
type redactor struct {
	*rules
	db      *databases
	log     *zap.Logger
	release func()
	ext     atomic.Pointer[stanchextension.Extension]

	mu   sync.Mutex
	free []*worker
}

// start looks for an extension whose findings ours join.
func (p *redactor) start(_ context.Context, host component.Host) error {
	if p.odd {
		p.log.Warn("summary is none of debug, info and silent: taken for silent")
	}
	x, err := stanchextension.Find(host, nil)
	if err != nil {
		p.log.Warn("findings are not reported", zap.Error(err))
		return nil
	}
	p.ext.Store(x)
	return nil
}

func (p *redactor) shutdown(context.Context) error {
	p.mu.Lock()
	p.free = nil
	p.mu.Unlock()
	p.release()
	return nil
}

// wanted reports whether the extension has somebody to take findings.
func (p *redactor) wanted() bool {
	x := p.ext.Load()
	return x != nil && x.Findings().Wanted()
}

// report hands a finding to the extension.
func (p *redactor) report(f finding.Finding) {
	if x := p.ext.Load(); x != nil {
		x.Findings().Publish(f)
	}
}

func (p *redactor) logs(_ context.Context, ld plog.Logs) (plog.Logs, error) {
	return ld, p.run("logs", func(w *worker) { w.logs(ld) }, func(w *worker) (otlp.Result, error) { return w.engine.Logs(ld) })
}

func (p *redactor) traces(_ context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	return td, p.run("traces", func(w *worker) { w.traces(td) }, func(w *worker) (otlp.Result, error) { return w.engine.Traces(td) })
}

func (p *redactor) metrics(_ context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	return md, p.run("metrics", func(w *worker) { w.metrics(md) }, func(w *worker) (otlp.Result, error) { return w.engine.Metrics(md) })
}

// errLost says that a batch was left half way. It must not be handed on.
var errLost = errors.New("redacting a batch failed")

// run applies the configuration, then the engine, and tells what they did. A panic
// makes the batch one that is not handed on.
func (p *redactor) run(signal string, configured func(*worker), engine func(*worker) (otlp.Result, error)) (err error) {
	w := p.take(signal)
	defer func() {
		if recover() != nil {
			err = errLost // and the worker is not used again
		}
	}()
	configured(w)
	if _, err = engine(w); err != nil {
		return err
	}
	w.tell()
	w.rest()
	p.put(w)
	return nil
}

// take lends a worker.
func (p *redactor) take(signal string) *worker {
	p.mu.Lock()
	var w *worker
	if n := len(p.free); n > 0 {
		w, p.free = p.free[n-1], p.free[:n-1]
	}
	p.mu.Unlock()
	if w == nil {
		w = p.newWorker()
	}
	w.r.Source = finding.Source{Kind: finding.OTLP, Signal: signal}
	w.reports(p.wanted())
	return w
}

// maxFree is how many workers wait for the next batch.
const maxFree = 16

func (p *redactor) put(w *worker) {
	p.mu.Lock()
	if len(p.free) < maxFree {
		p.free = append(p.free, w)
	}
	p.mu.Unlock()
}
