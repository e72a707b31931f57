package stanchprocessor

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stanch/stanch/processor/stanchextension"
	"github.com/stanch/stanch/record/otlp"
)

// The values of settings that are one of a few, in the order of what they stand for.
var (
	modes     = []string{"redact", "detect"}
	onErrors  = []string{"redact_value", "drop_record", "refuse", "pass"}
	numbers   = []string{"judge", "keep"}
	maps      = []string{"own_names", "inherit", "redact"}
	oversizes = []string{"cut", "drop"}
	summaries = []string{"silent", "info", "debug"}
)

// Validate checks the settings and compiles the policy, if there is one.
func (c *Config) Validate() error {
	if _, err := c.options(); err != nil {
		return err
	}
	if c.Extension != "" && c.owns() {
		return errors.New("extension: the engine is the extension's, so that policy and key belong there")
	}
	if _, err := stanchextension.ParseName(c.Extension); err != nil {
		return err
	}
	if c.owns() {
		return c.engine().Validate()
	}
	return nil
}

// owns reports whether the processor is to make an engine of its own, whatever
// extensions there are.
func (c *Config) owns() bool { return c.Policy != "" || c.Key != "" }

// engine returns the configuration of that engine. Its files are followed as the
// extension would.
func (c *Config) engine() *stanchextension.Config {
	x := stanchextension.NewFactory().CreateDefaultConfig().(*stanchextension.Config)
	x.Policy, x.Key = c.Policy, c.Key
	return x
}

// options are the settings that concern the data.
func (c *Config) options() (o otlp.Options, err error) {
	choose := func(name, value string, from []string) int {
		for i, v := range from {
			if v == value {
				return i
			}
		}
		if err == nil {
			err = fmt.Errorf("%s: want %s", name, strings.Join(from, ", "))
		}
		return 0
	}
	o.Detect = choose("mode", c.Mode, modes) == 1
	o.OnError = otlp.OnError(choose("on_error", c.OnError, onErrors))
	o.Numbers = otlp.Numbers(choose("numbers", c.Numbers, numbers))
	o.Maps = otlp.Maps(choose("maps", c.Maps, maps))
	o.Oversize = otlp.Oversize(choose("oversize", c.Oversize, oversizes))
	o.Summary = otlp.Summary(choose("summary", c.Summary, summaries))
	o.MaxDepth, o.MaxValue = c.MaxDepth, c.MaxValue
	switch {
	case err != nil:
	case c.MaxDepth < 1 || c.MaxDepth > deepest:
		err = fmt.Errorf("max_depth: want 1 to %d", deepest)
	case c.MaxValue < 0:
		err = errors.New("max_value: must not be negative")
	case o.OnError == otlp.Pass && !c.AllowCleartext:
		err = errors.New("on_error: pass lets secrets through: set allow_cleartext as well if that is meant")
	}
	return o, err
}

// deepest bounds the calls in each other that a value may ask for.
const deepest = 1000
