package stanchreceiver

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
)

// maxQueue bounds what findings may take of the memory: some 2 KB each, or 100 MB.
const maxQueue = 50_000

func validate(c *Config) error {
	switch {
	case c.QueueSize < 1 || c.QueueSize > maxQueue:
		return fmt.Errorf("queue_size: want 1 to %d", maxQueue)
	case c.BatchSize < 1 || c.BatchSize > c.QueueSize:
		return errors.New("batch_size: want at least 1 and at most queue_size")
	case c.FlushInterval < 0 || c.RetryFor < 0:
		return errors.New("flush_interval and retry_for must not be negative")
	}
	if c.Extension == "" {
		return nil
	}
	if err := new(component.ID).UnmarshalText([]byte(c.Extension)); err != nil {
		return fmt.Errorf("extension: %w", err)
	}
	return nil
}
