//go:build !unix

package stanchextension

import (
	"errors"
	"os"
)

// signalOf returns a signal by its name, nil for none.
func signalOf(name string) (os.Signal, error) {
	if name != "" {
		return nil, errors.New("signal: this system has none to reload on")
	}
	return nil, nil
}
