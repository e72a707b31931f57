package inventory

import (
	"context"
	"os"
	"strings"
)

// Environment takes the values of variables whose names fit a pattern, as in
// File.Names. Its entries are called Meta.ID, a slash and the name.
type Environment struct {
	Names []string
	Meta  Meta
	// Environ is the environment, as os.Environ gives it; nil is that of the process.
	Environ []string
}

// Values implements Source.
func (e *Environment) Values(_ context.Context, yield func(Value) error) error {
	environ := e.Environ
	if environ == nil {
		environ = os.Environ()
	}
	for _, x := range environ {
		name, value, ok := strings.Cut(x, "=")
		if !ok || value == "" || len(e.Names) == 0 || !chosen(e.Names, name) {
			continue
		}
		v := Value{Meta: e.Meta, Secret: []byte(value), At: "environment: " + name}
		v.ID += "/" + name
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}
