// Package otlp redacts OpenTelemetry data in place: every string, byte string,
// attribute value and attribute key of logs, traces, metrics and profiles.
//
// Keys give the context to their values, bytes are scanned as text, and maps and
// lists are followed to any depth that is allowed. What goes into one scan
// together never decides what comes out, with one exception: the bodies of the
// log records of one scope are the lines of one log, so that a private key is
// found that was cut into records. Nothing is kept from one batch to the next.
package otlp

import (
	"errors"
	"runtime"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// Options say what is done where the policy of the engine has no say. The zero
// value is the default.
type Options struct {
	// Detect reports what would be redacted and changes nothing: batches may be
	// shared with others.
	Detect bool
	// OnError is what happens where a value cannot be redacted.
	OnError OnError
	// Numbers says what becomes of numbers and truth values under a sensitive name.
	Numbers Numbers
	// Maps says what becomes of maps under a sensitive name.
	Maps Maps
	// MaxDepth is how many maps and lists may lie in each other; 0 is 128. What lies
	// deeper cannot be redacted.
	MaxDepth int
	// MaxValue is the length in bytes from which a string is oversize; 0 is none.
	MaxValue int
	// Oversize says what becomes of such strings.
	Oversize Oversize
	// Summary adds attributes that say how much was redacted beside them.
	Summary Summary
	// Observe takes every match with its position. It is called from the goroutines
	// of all callers, as the functions below.
	Observe func(Position, redact.Match)
	// OnFinding takes the findings, which cost more than the matches; nil for the
	// function of the engine. Wanted says at the beginning of a batch whether anybody
	// wants them; nil is yes.
	OnFinding func(finding.Finding)
	Wanted    func() bool
	// Silent says of a scope that what is found in it is redacted and observed, but
	// no finding; nil for no scope.
	Silent func(pcommon.InstrumentationScope) bool
	// Hooks let another component have its say.
	Hooks Hooks
}

// OnError is what happens where a value cannot be redacted: scanning it failed,
// or it lies too deep.
type OnError uint8

const (
	// RedactValue puts a marker in the place of the value.
	RedactValue OnError = iota
	// DropRecord leaves out the log record, span or data point; of what belongs to
	// none of them, the value.
	DropRecord
	// Refuse makes the call return ErrRefused. The value has its marker.
	Refuse
	// Pass leaves the value in clear.
	Pass
)

// Numbers says what becomes of numbers and truth values under a sensitive name.
type Numbers uint8

const (
	// JudgeNumbers treats a number as its digits.
	JudgeNumbers Numbers = iota
	// KeepNumbers leaves them.
	KeepNumbers
)

// Maps says what becomes of maps under a sensitive name. Lists are always lists
// of such values.
type Maps uint8

const (
	// OwnNames: the names in the map decide.
	OwnNames Maps = iota
	// InheritName: where they do not, the name of the map does.
	InheritName
	// RedactMaps puts a marker in the place of the map.
	RedactMaps
)

// Oversize says what becomes of strings that are too long.
type Oversize uint8

const (
	// Cut keeps their beginning, redacted.
	Cut Oversize = iota
	// DropOversize puts a marker in their place.
	DropOversize
)

// ErrRefused says that a batch must not be handed on.
var ErrRefused = errors.New("otlp: a value could not be redacted")

// errLost says that a batch was left half way.
var errLost = errors.New("otlp: redacting a batch failed")

// Result is what was done to a batch.
type Result struct {
	Bytes    int64 // of text that was looked at
	Findings int64
	Changed  int64 // values
	Keys     int64 // keys
	Dropped  int64 // log records, spans, data points and profiles
	Oversize int64 // values
	Failed   int64 // values that could not be redacted
	Passed   int64 // of these, left in clear
}

// Redactor redacts batches. It is safe for concurrent use.
type Redactor struct {
	handle *redact.Handle
	o      Options

	mu   sync.Mutex
	free []*worker
}

// New returns a redactor that takes a replaced engine with its next batch.
func New(h *redact.Handle, o Options) *Redactor {
	if o.MaxDepth == 0 {
		o.MaxDepth = 128
	}
	return &Redactor{handle: h, o: o}
}

// Logs redacts a batch of log records. With an error the batch must not be
// handed on.
func (r *Redactor) Logs(ld plog.Logs) (Result, error) {
	return r.run(logs, func(w *worker) { w.logs(ld) })
}

// Traces redacts a batch of spans. Errors are as in Logs.
func (r *Redactor) Traces(td ptrace.Traces) (Result, error) {
	return r.run(traces, func(w *worker) { w.traces(td) })
}

// Metrics redacts a batch of metrics. Names of metrics and attributes of data
// points become tokens where the policy has no rule for them, so that series stay
// apart. Errors are as in Logs.
func (r *Redactor) Metrics(md pmetric.Metrics) (Result, error) {
	return r.run(metrics, func(w *worker) { w.metrics(md) })
}

// Profiles redacts a batch of profiles. Errors are as in Logs.
func (r *Redactor) Profiles(pd pprofile.Profiles) (Result, error) {
	return r.run(profiles, func(w *worker) { w.profiles(pd) })
}

// The signals, as findings name them.
const (
	logs     = "logs"
	traces   = "traces"
	metrics  = "metrics"
	profiles = "profiles"
)

// run lends a worker to visit. A panic, which only data can cause that was not
// made by its own package, makes the batch one that must not be handed on, unless
// clear text may be.
func (r *Redactor) run(signal string, visit func(*worker)) (res Result, err error) {
	w := r.take()
	defer func() {
		if recover() != nil {
			res, err = w.res, errLost
			if res.Failed++; r.o.Detect || r.o.OnError == Pass {
				res.Passed++
				err = nil
			}
		}
	}()
	w.begin(signal)
	visit(w)
	res, err = w.res, w.err
	r.put(w)
	return res, err
}

// take returns a worker with the engine in force.
func (r *Redactor) take() *worker {
	e := r.handle.Load()
	r.mu.Lock()
	var w *worker
	for w == nil && len(r.free) > 0 {
		w = r.free[len(r.free)-1]
		r.free = r.free[:len(r.free)-1]
		if w.e != e {
			w = nil
		}
	}
	r.mu.Unlock()
	if w == nil {
		w = newWorker(e, &r.o)
	}
	return w
}

func (r *Redactor) put(w *worker) {
	w.end()
	r.mu.Lock()
	if len(r.free) < runtime.GOMAXPROCS(0) {
		r.free = append(r.free, w)
	}
	r.mu.Unlock()
}
