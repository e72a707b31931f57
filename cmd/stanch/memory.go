package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// boundMemory has garbage collected before the process takes more than two
// engines, of which one may be new, and twice the records in flight.
func boundMemory(inFlight int64) {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		return
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(2*int64(m.HeapAlloc) + 2*inFlight)
}
