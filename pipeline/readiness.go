package pipeline

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// readiness is whether records can be moved.
type readiness struct {
	mu      sync.Mutex
	started bool
	waiting map[string]bool // inputs
}

// SetReady says whether the pipeline has started and is not stopping.
func (m *Metrics) SetReady(on bool) {
	m.readiness.mu.Lock()
	defer m.readiness.mu.Unlock()
	m.readiness.started = on
}

// Waiting says whether an input cannot read at all, because it is not a member of
// its group, or has nothing that it could read.
func (m *Metrics) Waiting(input string, on bool) {
	r := &m.readiness
	r.mu.Lock()
	defer r.mu.Unlock()
	if !on {
		delete(r.waiting, input)
		return
	}
	if r.waiting == nil {
		r.waiting = make(map[string]bool)
	}
	r.waiting[input] = true
}

// Ready reports whether the pipeline has started, is not stopping, no input waits, and
// of the partitions, if there are any, one at least is not parked.
func (m *Metrics) Ready() bool {
	m.readiness.mu.Lock()
	ok := m.readiness.started && len(m.readiness.waiting) == 0
	m.readiness.mu.Unlock()
	return ok && !m.lanes.parked()
}

func (m *Metrics) readyGauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stanch_ready", Help: "1 while /ready says so."}, func() float64 {
		if m.Ready() {
			return 1
		}
		return 0
	})
}
