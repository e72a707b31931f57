//go:build unix

package stanchextension

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
)

func TestSignal(t *testing.T) {
	// One that nobody listens to would end the test.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGUSR2) // for good: the last one may come late
	f := start(t, func(c *Config) { c.Reload.Watch, c.Reload.Interval, c.Reload.Signal = false, 0, "SIGUSR2" }, "p.yaml", keepAll)
	f.write(t, "p.yaml", "version: 1\n")
	eventually(t, "the new policy", func() bool {
		// The first may come before the extension listens.
		if f.reloads(t, "applied") == 0 && !f.redacts(plain) {
			if err := syscall.Kill(syscall.Getpid(), syscall.SIGUSR2); err != nil {
				t.Fatal(err)
			}
		}
		return f.redacts(plain)
	})
}
