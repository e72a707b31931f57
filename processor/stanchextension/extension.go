package stanchextension

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/stanch/stanch/internal/watch"
	"github.com/stanch/stanch/processor/internal/findings"
	"github.com/stanch/stanch/processor/stanchextension/internal/metadata"
	"github.com/stanch/stanch/redact"
)

// Extension owns an engine and a hub of findings. Between Start and Shutdown it
// follows the files of its policy.
type Extension struct {
	cfg       *Config
	log       *zap.Logger
	telemetry *metadata.TelemetryBuilder
	handle    *redact.Handle // nil before Start
	hub       *findings.Hub
	version   atomic.Pointer[string]
	lateOnes  atomic.Int64

	cancel context.CancelFunc
	done   chan struct{}
}

// New returns an extension, for a component that found none and has to be its own.
// Its owner starts it and shuts it down.
func New(cfg *Config, set component.TelemetrySettings) (*Extension, error) {
	t, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	x := &Extension{cfg: cfg, log: set.Logger, telemetry: t}
	ctx := context.Background()
	isFull := metric.WithAttributeSet(attribute.NewSet(attribute.String("reason", string(findings.Full))))
	isLate := metric.WithAttributeSet(attribute.NewSet(attribute.String("reason", string(findings.Late))))
	x.hub = findings.NewHub(
		func() { t.StanchFindingsPublished.Add(ctx, 1) },
		func(reason findings.Reason) {
			if reason == findings.Late {
				x.lateOnes.Add(1)
				t.StanchFindingsDropped.Add(ctx, 1, isLate)
			} else {
				t.StanchFindingsDropped.Add(ctx, 1, isFull)
			}
		})
	return x, nil
}

// Find returns the extension of a host: the one with an id, or where that is nil the
// only one there is; nil if there is none. It is called from a component's Start.
func Find(host component.Host, id *component.ID) (*Extension, error) {
	var found *Extension
	for at, c := range host.GetExtensions() {
		x, ok := c.(*Extension)
		switch {
		case id != nil && at == *id && ok:
			return x, nil
		case id != nil && at == *id:
			return nil, fmt.Errorf("extension %s is none of type %s", id, metadata.Type)
		case id == nil && ok && found != nil:
			return nil, fmt.Errorf("there are several extensions of type %s: say which", metadata.Type)
		case id == nil && ok:
			found = x
		}
	}
	if id != nil {
		return nil, fmt.Errorf("there is no extension %s: it has to be among service::extensions", id)
	}
	return found, nil
}

// FindByName is Find for an id as configurations have it, empty for none.
func FindByName(host component.Host, name string) (*Extension, error) {
	id, err := ParseName(name)
	if err != nil {
		return nil, err
	}
	return Find(host, id)
}

// ParseName returns the id that a setting names an extension by, nil if it is empty.
func ParseName(name string) (*component.ID, error) {
	if name == "" {
		return nil, nil
	}
	id := new(component.ID)
	if err := id.UnmarshalText([]byte(name)); err != nil {
		return nil, fmt.Errorf("extension: %w", err)
	}
	return id, nil
}

// Handle returns the handle of the engine. There is one from Start on; it stays the
// same when the engine is replaced.
func (x *Extension) Handle() *redact.Handle { return x.handle }

// Findings returns the hub.
func (x *Extension) Findings() *findings.Hub { return x.hub }

// Start implements component.Component. It fails if the policy is wrong or there is
// no key.
func (x *Extension) Start(context.Context, component.Host) error {
	sig, err := signalOf(x.cfg.Reload.Signal)
	if err != nil {
		return err
	}
	err = x.telemetry.RegisterStanchPolicyInfoCallback(func(_ context.Context, o metric.Int64Observer) error {
		if v := x.version.Load(); v != nil {
			o.Observe(1, metric.WithAttributes(attribute.String("version", *v)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	var w *watch.Watcher // stays nil where nothing is followed
	if x.cfg.Reload.Watch || x.cfg.Reload.Interval > 0 || sig != nil {
		w = watch.New(x.cfg.Reload.Watch, x.log)
	}
	if err := x.load(w); err != nil {
		w.Close()
		return err
	}
	if w == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	x.cancel, x.done = cancel, make(chan struct{})
	go func() {
		defer close(x.done)
		defer w.Close()
		w.Run(ctx, watch.Options{Settle: x.cfg.Reload.Settle, Interval: x.cfg.Reload.Interval, Signal: sig}, func() { x.reload(w) })
	}()
	return nil
}

// Shutdown implements component.Component.
func (x *Extension) Shutdown(ctx context.Context) error {
	if x.cancel != nil {
		x.cancel()
		select {
		case <-x.done:
		case <-ctx.Done():
			return errors.New("still reading the policy")
		}
	}
	if n := x.lateOnes.Swap(0); n > 0 {
		x.log.Warn("findings came after those who take them had stopped", zap.Int64("findings", n))
	}
	x.telemetry.Shutdown()
	return nil
}

// load puts the engine of the files as they are in force.
func (x *Extension) load(w *watch.Watcher) error {
	// Files are watched before they are read, so that no change falls in between.
	if x.cfg.Policy != "" {
		w.Set([]string{x.cfg.Policy})
	}
	doc, err := x.cfg.document()
	if err != nil {
		return err
	}
	w.Set(x.cfg.files(doc))
	version := x.cfg.version(doc)
	e, err := x.cfg.compile(doc)
	if err != nil {
		return err
	}
	if x.handle == nil {
		x.handle = redact.NewHandle(e)
	} else {
		x.handle.Store(e)
	}
	x.version.Store(&version)
	key, _ := e.KeyID()
	x.log.Info("policy in force", zap.String("policy", x.cfg.Policy), zap.String("version", version), zap.String("key_id", key))
	for _, n := range e.Notes() {
		x.log.Warn("does not apply", zap.String("rule", n))
	}
	for _, r := range e.Refused() {
		// Place and reason stay apart: a place may end in a sensitive name.
		x.log.Warn("known secret is not looked for", zap.String("place", r.At), zap.String("reason", r.Why.Error()))
	}
	return nil
}

// reload is load for a running collector: where it fails everything stays as it is.
func (x *Extension) reload(w *watch.Watcher) {
	err := x.load(w)
	result := "applied"
	if err != nil {
		result = "refused"
		x.log.Error("policy refused, the old one stays in force", zap.Error(err))
	}
	x.telemetry.StanchReloads.Add(context.Background(), 1, metric.WithAttributes(attribute.String("result", result)))
}
