package stanchconnector

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pipeline"

	"github.com/stanch/stanch/processor/internal/findings"
	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/record/otlp"
)

// onErrors are the values of on_error, in the order of what they stand for.
var onErrors = []string{"redact_value", "drop_record", "refuse"}

func (c *Config) onError() (otlp.OnError, error) {
	i := slices.Index(onErrors, c.OnError)
	if i < 0 {
		return 0, fmt.Errorf("on_error: want %s", strings.Join(onErrors, ", "))
	}
	return otlp.OnError(i), nil
}

// pipelines returns those that get the findings.
func (c *Config) pipelines() ([]pipeline.ID, error) {
	var list []pipeline.ID
	for _, name := range c.Findings {
		var id pipeline.ID
		if err := id.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("findings: %w", err)
		}
		switch {
		case id.Signal() != pipeline.SignalLogs:
			return nil, fmt.Errorf("findings: %s is no pipeline of logs", id)
		case slices.Contains(list, id):
			return nil, fmt.Errorf("findings: %s is there twice", id)
		}
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, errors.New("findings: no pipeline; where findings have no pipeline of their own the processor does")
	}
	return list, nil
}

func validate(c *Config) error {
	if _, err := c.pipelines(); err != nil {
		return err
	}
	if _, err := c.onError(); err != nil {
		return err
	}
	if c.MaxValue < 0 {
		return errors.New("max_value must not be negative")
	}
	if err := findings.CheckQueue(c.QueueSize, c.BatchSize, c.FlushInterval, c.RetryFor); err != nil {
		return err
	}
	_, err := stanchextension.ParseName(c.Extension)
	return err
}
