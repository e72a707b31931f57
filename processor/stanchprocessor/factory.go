package stanchprocessor

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/collector/processor/processorhelper/xprocessorhelper"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/stanch/stanch/processor/stanchprocessor/internal/metadata"
)

// NewFactory returns the factory of the processor.
func NewFactory() processor.Factory {
	f := &factory{shared: make(map[component.Config]*stanch)}
	return xprocessor.NewFactory(metadata.Type, createDefaultConfig,
		xprocessor.WithLogs(f.logs, metadata.LogsStability),
		xprocessor.WithTraces(f.traces, metadata.TracesStability),
		xprocessor.WithMetrics(f.metrics, metadata.MetricsStability),
		xprocessor.WithProfiles(f.profiles, metadata.ProfilesStability))
}

// factory makes one processor of a configuration for all its signals, so that
// there is one engine.
type factory struct {
	mu     sync.Mutex
	shared map[component.Config]*stanch
}

func (f *factory) of(set processor.Settings, cfg component.Config) (*stanch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.shared[cfg]; p != nil {
		return p, nil
	}
	p, err := newStanch(set, cfg.(*Config), func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.shared, cfg)
	})
	if err != nil {
		return nil, err
	}
	f.shared[cfg] = p
	return p, nil
}

func (f *factory) logs(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	p, err := f.of(set, cfg)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewLogs(ctx, set, cfg, next, p.logs,
		processorhelper.WithCapabilities(p.capabilities()), processorhelper.WithStart(p.start), processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) traces(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	p, err := f.of(set, cfg)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewTraces(ctx, set, cfg, next, p.traces,
		processorhelper.WithCapabilities(p.capabilities()), processorhelper.WithStart(p.start), processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) metrics(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	p, err := f.of(set, cfg)
	if err != nil {
		return nil, err
	}
	return processorhelper.NewMetrics(ctx, set, cfg, next, p.metrics,
		processorhelper.WithCapabilities(p.capabilities()), processorhelper.WithStart(p.start), processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) profiles(ctx context.Context, set processor.Settings, cfg component.Config, next xconsumer.Profiles) (xprocessor.Profiles, error) {
	p, err := f.of(set, cfg)
	if err != nil {
		return nil, err
	}
	return xprocessorhelper.NewProfiles(ctx, set, cfg, next, p.profiles,
		xprocessorhelper.WithCapabilities(p.capabilities()), xprocessorhelper.WithStart(p.start), xprocessorhelper.WithShutdown(p.shutdown))
}
