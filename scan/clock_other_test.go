//go:build !linux

package scan_test

import "time"

// clock measures time.
type clock struct{ start time.Time }

func startClock() clock { return clock{time.Now()} }

func (c clock) stop() time.Duration { return time.Since(c.start) }
