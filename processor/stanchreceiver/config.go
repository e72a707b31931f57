package stanchreceiver

import (
	"github.com/stanch/stanch/processor/internal/findings"
	"github.com/stanch/stanch/processor/stanchextension"
)

func validate(c *Config) error {
	if err := findings.CheckQueue(c.QueueSize, c.BatchSize, c.FlushInterval, c.RetryFor); err != nil {
		return err
	}
	_, err := stanchextension.ParseName(c.Extension)
	return err
}
