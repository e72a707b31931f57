package scan_test

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// clock measures the processor time of its goroutine, which holds its thread
// until stop: other work on the machine does not count.
type clock struct{ start time.Duration }

func startClock() clock {
	runtime.LockOSThread()
	return clock{threadTime()}
}

func (c clock) stop() time.Duration {
	d := threadTime() - c.start
	runtime.UnlockOSThread()
	return d
}

func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
