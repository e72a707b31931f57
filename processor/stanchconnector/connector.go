package stanchconnector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/stanch/stanch/processor/internal/findings"
	"github.com/stanch/stanch/processor/stanchconnector/internal/metadata"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/record/otlp"
)

// redactor redacts logs for some pipelines and queues what it finds for others. The
// two have nothing to do with each other but the queue.
type redactor struct {
	cfg       *Config
	set       component.TelemetrySettings
	telemetry *metadata.TelemetryBuilder
	clean     consumer.Logs
	route     consumer.Logs // of findings
	hub       *findings.Hub

	// From Start on.
	logs    *otlp.Redactor
	emitter *findings.Emitter
}

func newRedactor(cfg *Config, set component.TelemetrySettings, next consumer.Logs) (*redactor, error) {
	router, ok := next.(connector.LogsRouterAndConsumer)
	if !ok {
		return nil, errors.New("the connector needs pipelines to choose from")
	}
	ids, err := cfg.pipelines()
	if err != nil {
		return nil, err
	}
	var others []pipeline.ID
	for _, id := range router.PipelineIDs() {
		if !slices.Contains(ids, id) {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		return nil, errors.New("all pipelines of the connector get findings, and none the logs")
	}
	c := &redactor{cfg: cfg, set: set}
	if c.route, err = router.Consumer(ids...); err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	if c.clean, err = router.Consumer(others...); err != nil {
		return nil, err
	}
	if c.telemetry, err = metadata.NewTelemetryBuilder(set); err != nil {
		return nil, err
	}
	dropped := c.count("dropped")
	c.hub = findings.NewHub(func() {}, func(findings.Reason) { dropped(1) })
	return c, nil
}

func (c *redactor) count(outcome string) func(int) {
	with := metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", outcome)))
	return func(n int) { c.telemetry.StanchFindingsRouted.Add(context.Background(), int64(n), with) }
}

// Capabilities implements consumer.Logs.
func (c *redactor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

var errNoExtension = errors.New("there is no stanch extension whose engine to use")

// Start implements component.Component.
func (c *redactor) Start(_ context.Context, host component.Host) error {
	x, err := stanchextension.FindByName(host, c.cfg.Extension)
	if err != nil {
		return err
	}
	if x == nil {
		return errNoExtension
	}
	onError, err := c.cfg.onError()
	if err != nil {
		return err
	}
	c.logs = otlp.New(x.Handle(), otlp.Options{OnError: onError, MaxValue: c.cfg.MaxValue, OnFinding: c.hub.Publish})
	c.emitter = findings.StartEmitter(c.hub, c.cfg.QueueSize, c.route, findings.EmitterOptions{
		Batch:     c.cfg.BatchSize,
		Interval:  c.cfg.FlushInterval,
		Retry:     c.cfg.RetryFor,
		Resource:  c.set.Resource,
		Log:       c.set.Logger,
		Delivered: c.count("accepted"),
		Failed:    c.count("failed"),
	})
	return nil
}

// Shutdown implements component.Component. It sends the findings that wait.
func (c *redactor) Shutdown(ctx context.Context) error {
	var err error
	if c.emitter != nil {
		err = c.emitter.Stop(ctx)
		c.emitter = nil
	}
	c.telemetry.Shutdown()
	return err
}

// ConsumeLogs implements consumer.Logs. Its error is that of the pipelines of the
// logs. A batch that is refused would be refused again, so that the error is permanent.
func (c *redactor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	res, err := c.logs.Logs(ld)
	add := func(to metric.Int64Counter, n int64) {
		if n > 0 {
			to.Add(ctx, n)
		}
	}
	add(c.telemetry.StanchScanned, res.Bytes)
	add(c.telemetry.StanchRedactedValues, res.Changed)
	add(c.telemetry.StanchDroppedRecords, res.Dropped)
	add(c.telemetry.StanchFailures, res.Failed)
	if err != nil {
		return consumererror.NewPermanent(err)
	}
	if res.Dropped > 0 && ld.LogRecordCount() == 0 {
		return nil
	}
	return c.clean.ConsumeLogs(ctx, ld)
}
