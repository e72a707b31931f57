package redactionprocessor

import (
	"context"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"

	"github.com/stanch/stanch/processor/redactionprocessor/internal/metadata"
)

// NewFactory returns the factory of the processor. The processors of the three signals
// of one configuration share what is made of it.
func NewFactory() processor.Factory {
	f := &factory{made: make(map[*Config]*rules)}
	return processor.NewFactory(metadata.Type, createDefaultConfig,
		processor.WithTraces(f.traces, metadata.TracesStability),
		processor.WithLogs(f.logs, metadata.LogsStability),
		processor.WithMetrics(f.metrics, metadata.MetricsStability))
}

type factory struct {
	mu   sync.Mutex
	made map[*Config]*rules
}

// processor returns a processor for a signal, and what its helper needs.
func (f *factory) processor(set *processor.Settings, cfg component.Config, logs bool) (*redactor, []processorhelper.Option, error) {
	c := cfg.(*Config)
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.made[c]
	if r == nil {
		var err error
		if r, err = newRules(c); err != nil {
			return nil, nil, fmt.Errorf("redaction processor: %w", err)
		}
		f.made[c] = r
	}
	r.users++
	p := &redactor{rules: r, db: newDatabases(&c.DBSanitizer, logs), log: set.Logger, release: func() { f.release(c) }}
	return p, []processorhelper.Option{
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown),
	}, nil
}

func (f *factory) release(c *Config) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.made[c]; r != nil {
		if r.users--; r.users == 0 {
			delete(f.made, c)
		}
	}
}

func (f *factory) logs(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	p, options, err := f.processor(&set, cfg, true)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewLogs(ctx, set, cfg, next, p.logs, options...)
}

func (f *factory) traces(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	p, options, err := f.processor(&set, cfg, false)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewTraces(ctx, set, cfg, next, p.traces, options...)
}

func (f *factory) metrics(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	p, options, err := f.processor(&set, cfg, false)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewMetrics(ctx, set, cfg, next, p.metrics, options...)
}
