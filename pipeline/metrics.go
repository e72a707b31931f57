package pipeline

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what an operator sees of a pipeline. Counters are per input and
// topic; what moves with a partition is per lane and goes away with it.
type Metrics struct {
	reg   *prometheus.Registry
	lanes lanes

	recordsIn, bytesIn, recordsOut, bytesOut *prometheus.CounterVec
	changed, batches, fast                   *prometheus.CounterVec
	gaps, corrupt, lostStreams               *prometheus.CounterVec
	quarantined, dropped, halted, masked     *prometheus.CounterVec
	retries, generations                     *prometheus.CounterVec
	fetch, write, commit                     *prometheus.HistogramVec
	findings                                 *prometheus.CounterVec
	delivered, lost, merged                  *prometheus.CounterVec
	reloads                                  *prometheus.CounterVec
	reloaded                                 *prometheus.GaugeVec
	config                                   *prometheus.GaugeVec
	readiness                                readiness
}

// buckets of seconds: from what a batch takes on one machine up to a broker
// that is being restarted.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// NewMetrics returns metrics in a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{reg: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stanch_" + name, Help: help}, labels)
		m.reg.MustRegister(v)
		return v
	}
	histogram := func(name, help string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "stanch_" + name, Help: help, Buckets: buckets}, []string{"input"})
		m.reg.MustRegister(v)
		return v
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "stanch_" + name, Help: help}, labels)
		m.reg.MustRegister(v)
		return v
	}
	m.recordsIn = counter("records_in_total", "Records read; pieces of streams count as one.", "input", "topic")
	m.bytesIn = counter("bytes_in_total", "Bytes of records read.", "input", "topic")
	m.recordsOut = counter("records_out_total", "Records written and acknowledged by the output.", "input", "topic")
	m.bytesOut = counter("bytes_out_total", "Bytes of records written.", "input", "topic")
	m.changed = counter("records_changed_total", "Records in which something was redacted.", "input", "topic")
	m.batches = counter("batches_total", "Batches processed.", "input", "topic")
	m.fast = counter("batches_unchanged_total", "Batches forwarded as they came.", "input", "topic")
	m.gaps = counter("retention_gap_records_total", "Records that retention had deleted before they were read.", "input", "topic")
	m.corrupt = counter("crc_errors_total", "Batches whose checksum was wrong.", "input", "topic")
	m.lostStreams = counter("streams_lost_total", "Streams of records that were open and given up, because there were too many.", "input", "topic")
	m.quarantined = counter("quarantined_records_total", "Records put into the quarantine, by reason.", "input", "reason")
	m.dropped = counter("dropped_records_total", "Records left out because the policy for failures says so, by reason.", "input", "reason")
	m.masked = counter("masked_records_total", "Records forwarded with a marker in the place of their value, by reason.", "input", "reason")
	m.halted = counter("halts_total", "Failures that ended the pipeline, by reason.", "input", "reason")
	m.retries = counter("retries_total", "Operations tried again, by operation and error.", "input", "operation", "error")
	m.generations = counter("generations_total", "Generations of the consumer group joined.", "input")
	m.fetch = histogram("fetch_seconds", "How long reading a batch took.")
	m.write = histogram("write_seconds", "How long writing a batch took, up to its acknowledgement.")
	m.commit = histogram("commit_seconds", "How long a commit took.")
	m.findings = counter("findings_total", "Findings, by detector, severity and what was done.", "detector", "severity", "action")
	m.delivered = counter("findings_delivered_total", "Findings delivered, by output.", "output")
	m.lost = counter("findings_lost_total", "Findings that could not be delivered in time, by output.", "output")
	m.merged = counter("findings_merged_total", "Findings above the rate, which were counted in another one.")
	m.reloads = counter("config_reloads_total", "Reloads of the configuration, by result.", "result")
	m.reloaded = gauge("config_last_reload_success_timestamp_seconds", "When the configuration in force was loaded.")
	m.config = gauge("config_info", "The versions in force; the value is 1.", "version", "policy", "engine", "key_id")
	m.reg.MustRegister(m.readyGauge(), &m.lanes, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registry returns where the metrics are registered.
func (m *Metrics) Registry() *prometheus.Registry { return m.reg }

// WatchBudget adds the bytes in flight.
func (m *Metrics) WatchBudget(b *Budget) {
	m.reg.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stanch_inflight_bytes", Help: "Bytes of records in flight."}, func() float64 { return float64(b.Used()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stanch_inflight_limit_bytes", Help: "The most bytes that may be in flight."}, func() float64 { return float64(b.Size()) }),
	)
}

// Loaded says which configuration is in force: the version of the document, that
// of its policy, the program's, and the id of the key.
func (m *Metrics) Loaded(document, policy, engine, key string) {
	m.config.Reset()
	m.config.WithLabelValues(document, policy, engine, key).Set(1)
	m.reloaded.WithLabelValues().SetToCurrentTime()
}

// Reload counts a try to load another configuration.
func (m *Metrics) Reload(ok bool) {
	result := "success"
	if !ok {
		result = "failure"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// Handler serves /metrics, /ready (503 while Ready does not hold) and /live.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "live\n") })
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !m.Ready() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "ready\n")
	})
	return mux
}

// Generation counts a generation of a consumer group.
func (m *Metrics) Generation(input string) { m.generations.WithLabelValues(input).Inc() }

// Delivered counts findings that an output took by another way than Findings.
func (m *Metrics) Delivered(output string, findings int) {
	m.delivered.WithLabelValues(output).Add(float64(findings))
}

// Retry counts an operation of an input that is not a lane's, tried again.
func (m *Metrics) Retry(input, operation, err string) {
	m.retries.WithLabelValues(input, operation, err).Inc()
}

// LaneMetrics are what a lane counts. Its methods are safe for concurrent use;
// counting is per batch, not per record.
type LaneMetrics struct {
	RecordsIn, BytesIn   prometheus.Counter
	RecordsOut, BytesOut prometheus.Counter
	Changed              prometheus.Counter // records
	Batches, Unchanged   prometheus.Counter
	GapRecords           prometheus.Counter
	CRCErrors            prometheus.Counter
	StreamsLost          prometheus.Counter
	Fetch, Write, Commit prometheus.Observer // seconds

	m                *Metrics
	input, topic     string
	partition        string
	lag, uncommitted atomic.Int64
	streams          atomic.Int64 // -1 where records have none
	at, since        atomic.Int64 // Unix nanoseconds
	parked           atomic.Bool
	writing          atomic.Int64 // since when, in Unix nanoseconds; 0 for not at all
}

// Lane returns the metrics of a lane. topic is empty and partition -1 where
// there are none. Close ends those that are the lane's own.
func (m *Metrics) Lane(input, topic string, partition int32) *LaneMetrics {
	l := &LaneMetrics{
		RecordsIn:   m.recordsIn.WithLabelValues(input, topic),
		BytesIn:     m.bytesIn.WithLabelValues(input, topic),
		RecordsOut:  m.recordsOut.WithLabelValues(input, topic),
		BytesOut:    m.bytesOut.WithLabelValues(input, topic),
		Changed:     m.changed.WithLabelValues(input, topic),
		Batches:     m.batches.WithLabelValues(input, topic),
		Unchanged:   m.fast.WithLabelValues(input, topic),
		GapRecords:  m.gaps.WithLabelValues(input, topic),
		CRCErrors:   m.corrupt.WithLabelValues(input, topic),
		StreamsLost: m.lostStreams.WithLabelValues(input, topic),
		Fetch:       m.fetch.WithLabelValues(input),
		Write:       m.write.WithLabelValues(input),
		Commit:      m.commit.WithLabelValues(input),
		m:           m, input: input, topic: topic,
	}
	l.streams.Store(-1)
	if partition >= 0 {
		l.partition = strconv.Itoa(int(partition))
		m.lanes.add(l)
	}
	return l
}

// Lag says how many records up to the end of the partition are not done, and what
// time the last one has that is.
func (l *LaneMetrics) Lag(records int64, last time.Time) {
	l.lag.Store(max(records, 0))
	l.at.Store(last.UnixNano())
}

// Behind is Lag while records are under way. first is the time of the first of
// them, which counts where there was nothing to do before.
func (l *LaneMetrics) Behind(records int64, first time.Time) {
	if l.lag.Swap(max(records, 0)) == 0 {
		l.at.Store(first.UnixNano())
	}
}

// Uncommitted says how many records have been read and not committed, and when
// the oldest of them was read.
func (l *LaneMetrics) Uncommitted(records int64, since time.Time) {
	l.uncommitted.Store(records)
	l.since.Store(since.UnixNano())
}

// OpenStreams says in how many streams of records something is open.
func (l *LaneMetrics) OpenStreams(n int) { l.streams.Store(int64(n)) }

// moment is how long a batch may take to be written before something must be wrong.
const moment = 5 * time.Second

// Writing says that a batch is being written, or that it has been. While that takes
// longer than a moment the lane counts as parked.
func (l *LaneMetrics) Writing(on bool) {
	var since int64
	if on {
		since = time.Now().UnixNano()
	}
	l.writing.Store(since)
}

// Parked says whether the lane waits for what goes wrong to end.
func (l *LaneMetrics) Parked(on bool) { l.parked.Store(on) }

// Retry counts an operation tried again. Both words come from closed sets.
func (l *LaneMetrics) Retry(operation, err string) { l.m.Retry(l.input, operation, err) }

// Failed counts records that failed, by what was done with them.
func (l *LaneMetrics) Failed(f Failure, r Reason, records int) {
	v := l.m.quarantined
	switch f {
	case RedactValue:
		v = l.m.masked
	case DropRecord:
		v = l.m.dropped
	case Halt:
		v = l.m.halted
	}
	v.WithLabelValues(l.input, string(r)).Add(float64(records))
}

// Close takes away what is the lane's own.
func (l *LaneMetrics) Close() { l.m.lanes.remove(l) }

// lanes collects the gauges of the lanes that are there, as they are when they
// are asked for: the age of what waits grows while nothing happens.
type lanes struct {
	mu  sync.Mutex
	set map[*LaneMetrics]bool
}

func (ls *lanes) add(l *LaneMetrics) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.set == nil {
		ls.set = make(map[*LaneMetrics]bool)
	}
	// A lane that comes back before its last one is gone would be there twice.
	for o := range ls.set {
		if o.input == l.input && o.topic == l.topic && o.partition == l.partition {
			delete(ls.set, o)
		}
	}
	ls.set[l] = true
}

func (ls *lanes) remove(l *LaneMetrics) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.set, l)
}

var laneLabels = []string{"input", "topic", "partition"}

var (
	lagRecords         = prometheus.NewDesc("stanch_lag_records", "Records up to the end of the partition that are not written yet.", laneLabels, nil)
	lagSeconds         = prometheus.NewDesc("stanch_lag_seconds", "Age of the record last written, or of the first that waits; 0 at the end of the partition.", laneLabels, nil)
	uncommittedRecords = prometheus.NewDesc("stanch_uncommitted_records", "Records read and not committed.", laneLabels, nil)
	uncommittedSeconds = prometheus.NewDesc("stanch_uncommitted_seconds", "How long the oldest record that is not committed has been so.", laneLabels, nil)
	openStreams        = prometheus.NewDesc("stanch_open_streams", "Streams of records in which something is open, such as a key.", laneLabels, nil)
	parkedLanes        = prometheus.NewDesc("stanch_parked", "1 while the partition waits for its output, the quarantine or a commit.", laneLabels, nil)
)

// Describe implements prometheus.Collector.
func (ls *lanes) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagRecords, lagSeconds, uncommittedRecords, uncommittedSeconds, openStreams, parkedLanes} {
		ch <- d
	}
}

// waits reports whether the lane is parked, at a time in Unix nanoseconds.
func (l *LaneMetrics) waits(now int64) bool {
	since := l.writing.Load()
	return l.parked.Load() || since > 0 && now-since > moment.Nanoseconds()
}

// parked reports whether all lanes are, and there are some.
func (ls *lanes) parked() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	now := time.Now().UnixNano()
	for l := range ls.set {
		if !l.waits(now) {
			return false
		}
	}
	return len(ls.set) > 0
}

// Collect implements prometheus.Collector.
func (ls *lanes) Collect(ch chan<- prometheus.Metric) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	now := time.Now().UnixNano()
	for l := range ls.set {
		send := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, l.input, l.topic, l.partition)
		}
		age := func(n int64, since int64) float64 {
			if n == 0 || since <= 0 {
				return 0
			}
			return max(float64(now-since)/1e9, 0)
		}
		lag, open := l.lag.Load(), l.uncommitted.Load()
		send(lagRecords, float64(lag))
		send(lagSeconds, age(lag, l.at.Load()))
		send(uncommittedRecords, float64(open))
		send(uncommittedSeconds, age(open, l.since.Load()))
		if n := l.streams.Load(); n >= 0 {
			send(openStreams, float64(n))
		}
		parked := 0.0
		if l.waits(now) {
			parked = 1
		}
		send(parkedLanes, parked)
	}
}
