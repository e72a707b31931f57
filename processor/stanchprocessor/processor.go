package stanchprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/pipeline/xpipeline"
	"go.opentelemetry.io/collector/processor"

	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/processor/stanchprocessor/internal/metadata"
	"github.com/stanch/stanch/record/otlp"
)

// stanch is the processor of one configuration for all its signals. It starts
// with the first of them and stops with the last.
type stanch struct {
	cfg    *Config
	set    component.TelemetrySettings
	counts *counts
	gone   func() // the factory forgets it

	mu    sync.Mutex
	users int
	own   *stanchextension.Extension // nil if the engine is somebody else's

	// From start to shutdown, by signal.
	logsBy, tracesBy, metricsBy, profilesBy *signal
}

// signal redacts the data of one.
type signal struct {
	*otlp.Redactor
	count *signalCounts
}

func newStanch(set processor.Settings, cfg *Config, gone func()) (*stanch, error) {
	if _, err := cfg.options(); err != nil {
		return nil, err
	}
	t, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &stanch{cfg: cfg, set: set.TelemetrySettings, counts: newCounts(t), gone: gone}, nil
}

func (p *stanch) capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: p.cfg.Mode != modes[1]}
}

// start finds the engine, or makes one.
func (p *stanch) start(ctx context.Context, host component.Host) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users++; p.users > 1 {
		return nil
	}
	x, err := p.extension(ctx, host)
	if err != nil {
		p.users--
		return err
	}
	o, err := p.cfg.options()
	if err != nil {
		return err
	}
	hub := x.Findings()
	o.OnFinding, o.Wanted, o.Silent = hub.Publish, hub.Wanted, hub.Own
	of := func(s pipeline.Signal) *signal {
		c := p.counts.of(s.String())
		o := o
		o.Observe = c.observe
		return &signal{otlp.New(x.Handle(), o), c}
	}
	p.logsBy, p.tracesBy, p.metricsBy, p.profilesBy = of(pipeline.SignalLogs), of(pipeline.SignalTraces), of(pipeline.SignalMetrics), of(xpipeline.SignalProfiles)
	return nil
}

// extension returns the extension of the host, or one of the processor's own where
// there is none.
func (p *stanch) extension(ctx context.Context, host component.Host) (*stanchextension.Extension, error) {
	if !p.cfg.owns() {
		var id *component.ID
		if p.cfg.Extension != "" {
			id = new(component.ID)
			if err := id.UnmarshalText([]byte(p.cfg.Extension)); err != nil {
				return nil, fmt.Errorf("extension: %w", err)
			}
		}
		if x, err := stanchextension.Find(host, id); x != nil || err != nil {
			return x, err
		}
	}
	x, err := stanchextension.New(p.cfg.engine(), p.set)
	if err != nil {
		return nil, err
	}
	if err := x.Start(ctx, host); err != nil {
		return nil, err
	}
	p.own = x
	return x, nil
}

func (p *stanch) shutdown(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users == 0 { // never started
		p.gone()
		return nil
	}
	if p.users--; p.users > 0 {
		return nil
	}
	p.gone()
	p.counts.close()
	if p.own != nil {
		return p.own.Shutdown(ctx)
	}
	return nil
}

func (p *stanch) logs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	begin := time.Now()
	res, err := p.logsBy.Logs(ld)
	return ld, p.logsBy.done(ctx, begin, res, err)
}

func (p *stanch) traces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	begin := time.Now()
	res, err := p.tracesBy.Traces(td)
	return td, p.tracesBy.done(ctx, begin, res, err)
}

func (p *stanch) metrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	begin := time.Now()
	res, err := p.metricsBy.Metrics(md)
	return md, p.metricsBy.done(ctx, begin, res, err)
}

func (p *stanch) profiles(ctx context.Context, pd pprofile.Profiles) (pprofile.Profiles, error) {
	begin := time.Now()
	res, err := p.profilesBy.Profiles(pd)
	return pd, p.profilesBy.done(ctx, begin, res, err)
}

// done counts what was done to a batch. A batch that is refused would be refused
// again, so that the error is permanent.
func (s *signal) done(ctx context.Context, begin time.Time, res otlp.Result, err error) error {
	s.count.batch(ctx, time.Since(begin), res, err)
	if err != nil {
		return consumererror.NewPermanent(err)
	}
	return nil
}
