package stanchreceiver

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/stanch/stanch/processor/internal/findings"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/processor/stanchreceiver/internal/metadata"
)

// findingsReceiver sends what the hub of an extension has to its pipeline.
type findingsReceiver struct {
	cfg       *Config
	set       component.TelemetrySettings
	telemetry *metadata.TelemetryBuilder
	next      consumer.Logs
	emitter   *findings.Emitter // nil before Start
}

var errNoExtension = errors.New("there is no stanch extension whose findings to receive")

// Start implements component.Component.
func (r *findingsReceiver) Start(_ context.Context, host component.Host) error {
	x, err := stanchextension.FindByName(host, r.cfg.Extension)
	if err != nil {
		return err
	}
	if x == nil {
		return errNoExtension
	}
	count := func(outcome string) func(int) {
		with := metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", outcome)))
		return func(n int) { r.telemetry.StanchFindingsReceived.Add(context.Background(), int64(n), with) }
	}
	r.emitter = findings.StartEmitter(x.Findings(), r.cfg.QueueSize, r.next, findings.EmitterOptions{
		Batch:     r.cfg.BatchSize,
		Interval:  r.cfg.FlushInterval,
		Retry:     r.cfg.RetryFor,
		Resource:  r.set.Resource,
		Log:       r.set.Logger,
		Delivered: count("accepted"),
		Failed:    count("failed"),
	})
	return nil
}

// Shutdown implements component.Component. It sends what waits.
func (r *findingsReceiver) Shutdown(ctx context.Context) error {
	var err error
	if r.emitter != nil {
		err = r.emitter.Stop(ctx)
		r.emitter = nil
	}
	r.telemetry.Shutdown()
	return err
}
