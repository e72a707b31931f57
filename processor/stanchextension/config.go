package stanchextension

import (
	"errors"
	"fmt"

	"github.com/stanch/stanch/redact"
)

// Validate compiles the policy with all that it names.
func (c *Config) Validate() error {
	if c.Reload.Settle < 0 || c.Reload.Interval < 0 {
		return errors.New("reload: settle and interval must not be negative")
	}
	if _, err := signalOf(c.Reload.Signal); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	if c.Key != "" {
		if _, err := redact.ParseKey([]byte(c.Key)); err != nil {
			return fmt.Errorf("key: %w", err)
		}
	}
	doc, err := c.document()
	if err != nil {
		return err
	}
	_, err = c.compile(doc)
	return err
}
