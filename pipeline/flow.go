package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/redact"
)

// FlowOptions tune a flow of New.
type FlowOptions struct {
	Failure Failure
	// Lines makes a record of every line of a stream, for outputs that take
	// records.
	Lines bool
	// Hold is how long the start of a line of a live stream waits for its end;
	// then what is undecided of it is redacted. 0 is 2 s.
	Hold time.Duration
}

const (
	defaultHold = 2 * time.Second
	// ahead is how many batches of a lane may be under way: one is written while
	// others are redacted.
	ahead = 4
	// keptText is the capacity of the largest buffer that is used again.
	keptText = 1 << 20
	// firstPause and lastPause are those between tries to write, doubled each time.
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// New returns a flow from in to out.
func New(in Input, out Output, o FlowOptions) Flow {
	if o.Hold == 0 {
		o.Hold = defaultHold
	}
	return &flow{in: in, out: out, o: o}
}

type flow struct {
	in  Input
	out Output
	o   FlowOptions
}

func (f *flow) Name() string { return f.in.Name() }

func (f *flow) Plan(ctx context.Context) ([]string, error) {
	lines, err := f.in.Plan(ctx)
	if err != nil {
		return nil, err
	}
	out, err := f.out.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return append(append(lines, out...), "a record that fails: "+f.o.Failure.String()), nil
}

// Run implements Flow.
func (f *flow) Run(ctx context.Context, env *Env) error {
	r := &run{flow: f, env: env, lanes: make(map[string]*lane)}
	// work outlives ctx: it is for what has been read.
	var work context.Context
	work, r.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	r.work = work
	defer r.cancel(nil)
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	// A failure ends the reading, too; and being stopped gives the work a deadline.
	defer context.AfterFunc(work, stopReading)()
	defer context.AfterFunc(ctx, func() {
		if env.Drain > 0 {
			time.AfterFunc(env.Drain, func() { r.cancel(errDrain) })
		}
	})()

	err := f.in.Read(reading, r.emit)
	if err != nil && (ctx.Err() != nil || work.Err() != nil) {
		err = nil // being stopped is no error, and what failed is told below
	}
	r.finish()
	if work.Err() != nil {
		err = errors.Join(err, context.Cause(work))
	}
	return errors.Join(err, f.in.Close())
}

var errDrain = errors.New("what was under way was not finished in time; it will be read again")

// run is one run of a flow.
type run struct {
	*flow
	env    *Env
	work   context.Context // ends with the first failure, or when draining takes too long
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	lanes  map[string]*lane
	writer sync.WaitGroup
}

// emit takes a batch from the input.
func (r *run) emit(b *Batch) error {
	size := b.Size()
	if err := r.env.Budget.Acquire(r.work, size); err != nil {
		b.ack(err)
		return err
	}
	j := &job{batch: b, size: size, done: make(chan struct{})}
	return r.lane(b).push(j)
}

func (r *run) lane(b *Batch) *lane {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.lanes[b.Lane.Name]
	if l == nil {
		topic, partition := "", int32(-1)
		var src finding.Source
		if len(b.Records) > 0 {
			if src = b.Records[0].Source; src.Kind == finding.Kafka {
				topic, partition = src.Topic, src.Partition
			}
		}
		l = &lane{run: r, Lane: b.Lane, jobs: make(chan *job, ahead), metrics: r.env.Metrics.Lane(r.in.Name(), topic, partition)}
		if l.Stream {
			l.stream(src)
		}
		r.lanes[b.Lane.Name] = l
		r.writer.Go(l.write)
	}
	if b.Last {
		delete(r.lanes, b.Lane.Name)
	}
	return l
}

// finish ends all lanes and waits for them. Of a stream that its input has not
// ended itself, what is undecided is left to be read again.
func (r *run) finish() {
	r.mu.Lock()
	left := r.lanes
	r.lanes = nil
	r.mu.Unlock()
	for _, l := range left {
		l.push(&job{batch: &Batch{Lane: l.Lane, Last: true}, abandon: true, done: make(chan struct{})})
	}
	r.writer.Wait()
}

// lane keeps the order of its batches: they are redacted ahead of each other
// where they have nothing to do with each other, and written one by one.
type lane struct {
	*run
	Lane
	jobs    chan *job
	metrics *LaneMetrics

	mu   sync.Mutex // for push
	prev chan struct{}
	seq  int64 // of the last batch pushed
	over bool

	writer   *redact.Writer // of a stream; used by one job at a time
	text     []byte         // what writer wrote in this job
	free     chan []byte    // for text, when it has been written
	tail     []byte         // the start of a line, where lines are records
	findings []finding.Finding
	changed  bool
}

// job is a batch on its way.
type job struct {
	batch   *Batch
	size    int64
	seq     int64
	flush   bool          // of a stream, unless another batch came since that of seq
	abandon bool          // of a stream: it is not ended, only left
	done    chan struct{} // redacted
	out     Batch
	changed int
	failed  []Case // those that go into the quarantine
	counted map[Reason]int
	err     error

	findings []finding.Finding
	text     []byte // what out holds, to be used again
	settled  bool   // everything up to here may be acknowledged
}

// push puts a job behind those of its lane and begins to redact it.
func (l *lane) push(j *job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || j.flush && j.seq != l.seq {
		return nil
	}
	if !j.flush {
		l.seq++
		j.seq = l.seq
	}
	l.over = j.batch.Last
	prev := l.prev
	l.prev = j.done
	select {
	case l.jobs <- j:
	case <-l.work.Done():
		l.over = true
		close(l.jobs)
		close(j.done)
		l.drop(j, context.Cause(l.work))
		return context.Cause(l.work)
	}
	if l.over {
		close(l.jobs)
	}
	go func() {
		defer close(j.done)
		if l.Stream && prev != nil {
			<-prev
		}
		defer func() {
			if recover() != nil {
				j.err = errors.New("internal error while redacting")
			}
		}()
		if err := l.env.Pool.Do(l.work, func(r *redact.Redactor) { l.redact(r, j) }); err != nil {
			j.err = err
		}
	}()
	return nil
}

// drop ends a job that is not written.
func (l *lane) drop(j *job, err error) {
	l.env.Budget.Release(j.size)
	j.batch.ack(err)
}

// write writes the jobs of a lane in order.
func (l *lane) write() {
	defer l.metrics.Close()
	done := make(chan doneWith, ahead)
	var telling sync.WaitGroup
	telling.Go(func() { l.tell(done) })
	defer telling.Wait()
	defer close(done)
	var waiting []*Batch // written, but state of their stream goes on
	for j := range l.jobs {
		<-j.done
		err := j.err
		if l.work.Err() != nil {
			err = context.Cause(l.work)
		}
		if err == nil {
			err = l.deliver(j)
		}
		if err != nil {
			l.cancel(err)
			done <- doneWith{append(waiting, j.batch), err, j.size}
			waiting = nil
			continue
		}
		if cap(j.text) > 0 && cap(j.text) <= keptText {
			select {
			case l.free <- j.text[:0]:
			default:
			}
		}
		waiting = append(waiting, j.batch)
		if j.settled {
			done <- doneWith{waiting, nil, j.size}
			waiting = nil
		} else {
			l.env.Budget.Release(j.size) // what it waits for must not wait for it
		}
	}
	done <- doneWith{waiting, errUnfinished, 0}
}

// doneWith is batches that nothing is left to do for, or that err was in the way of.
type doneWith struct {
	batches []*Batch
	err     error
	size    int64 // in the budget
}

// tell tells the input of batches, in order. What was found in them is delivered
// before, as they may never be read again: where work ends before, they are not
// done.
func (l *lane) tell(ch <-chan doneWith) {
	var list []doneWith
	for d := range ch {
		list = append(list[:0], d)
	more:
		for len(list) < cap(ch) {
			select {
			case d, ok := <-ch:
				if !ok {
					break more
				}
				list = append(list, d)
			default:
				break more
			}
		}
		late := l.env.Findings.Flush(l.work)
		for _, d := range list {
			if d.err == nil && late != nil {
				d.err = context.Cause(l.work)
			}
			for _, b := range d.batches {
				b.ack(d.err)
			}
			l.env.Budget.Release(d.size)
		}
	}
}

var errUnfinished = errors.New("the stream was left before the end of a line, or of a key; this will be read again")

// deliver makes what came of a job durable: first the quarantine, then the output.
func (l *lane) deliver(j *job) error {
	m := l.metrics
	m.Writing(true)
	defer m.Writing(false)
	m.Batches.Inc()
	m.RecordsIn.Add(float64(len(j.batch.Records)))
	m.BytesIn.Add(float64(j.size))
	if err := l.settle(j.counted, j.failed); err != nil {
		return err
	}
	for len(j.out.Records) > 0 {
		start := time.Now()
		err := l.try("write", func() error { return l.out.Write(l.work, &j.out) })
		m.Write.Observe(time.Since(start).Seconds())
		var no *Rejected
		if !errors.As(err, &no) {
			if err != nil {
				return err
			}
			break
		}
		if err := l.refused(&j.out, no); err != nil {
			return err
		}
		if l.o.Failure != RedactValue {
			break
		}
	}
	m.RecordsOut.Add(float64(len(j.out.Records)))
	m.BytesOut.Add(float64(j.out.Size()))
	m.Changed.Add(float64(j.changed))
	if j.changed == 0 {
		m.Unchanged.Inc()
	}
	return l.env.Findings.Report(l.work, j.findings...)
}

// settle counts the records that failed and quarantines them.
func (l *lane) settle(counted map[Reason]int, cases []Case) error {
	for reason, n := range counted {
		l.metrics.Failed(l.o.Failure, reason, n)
	}
	if l.o.Failure == Halt {
		for reason := range counted {
			return fmt.Errorf("%w: %s, in %s", ErrHalt, reason, l.Name)
		}
	}
	if len(cases) == 0 {
		return nil
	}
	if l.env.Quarantine == nil {
		return errors.New("a record failed and there is no quarantine")
	}
	return l.try("quarantine", func() error { return l.env.Quarantine.Put(l.work, l.in.Name(), cases) })
}

// refused takes the records out of b that the output will never take. What it
// saw is redacted already, and so is what goes into the quarantine.
func (l *lane) refused(b *Batch, no *Rejected) error {
	counted := map[Reason]int{no.Reason: len(no.Records)}
	var cases []Case
	var left []Record
	next := 0
	for i := range b.Records {
		if next == len(no.Records) || no.Records[next] != i {
			left = append(left, b.Records[i])
			continue
		}
		next++
		if l.o.Failure == ToQuarantine {
			cases = append(cases, Case{no.Reason, &b.Records[i]})
		}
	}
	if l.o.Failure == RedactValue {
		// The others are there. A marker in the place of each takes their part.
		l.metrics.RecordsOut.Add(float64(len(left)))
		left = nil
		for _, i := range no.Records {
			rec := Record{Value: marker(), Time: b.Records[i].Time, Source: b.Records[i].Source}
			if len(b.Records[i].Value) <= len(rec.Value) {
				return fmt.Errorf("%s refuses even a marker: %w", l.out.Name(), ErrHalt)
			}
			left = append(left, rec)
		}
	}
	if err := l.settle(counted, cases); err != nil {
		return err
	}
	b.Records = left
	return nil
}

func marker() []byte { return envelope.AppendMask(nil, envelope.Unscanned) }

// try repeats an operation until it succeeds, a record is refused or work ends.
// The lane is parked meanwhile, visibly: nothing is skipped.
func (l *lane) try(what string, f func() error) error {
	defer l.metrics.Parked(false)
	pause := firstPause
	for {
		err := f()
		var no *Rejected
		if err == nil || errors.As(err, &no) || errors.Is(err, ErrGone) {
			return err
		}
		if l.work.Err() != nil {
			return context.Cause(l.work)
		}
		l.metrics.Parked(true)
		l.metrics.Retry(what, "error")
		l.env.Log.Warn("trying again", zap.String("input", l.in.Name()), zap.String("lane", l.Name), zap.String("operation", what), zap.Duration("pause", pause), zap.Error(err))
		select {
		case <-l.work.Done():
			return context.Cause(l.work)
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// redact does a job's work on a processor.
func (l *lane) redact(r *redact.Redactor, j *job) {
	j.counted = make(map[Reason]int)
	j.out = Batch{Lane: j.batch.Lane}
	if l.Stream {
		l.redactStream(j)
		return
	}
	j.settled = true
	one := recordRedactor{r: r, j: j, failure: l.o.Failure}
	one.batch()
}

// stream prepares for a lane that is one text.
func (l *lane) stream(src finding.Source) {
	base := src.Offset
	l.free = make(chan []byte, ahead)
	l.writer = l.env.Engine.NewWriter(collect{l}, redact.WriterOptions{
		Source: src,
		OnFinding: func(f finding.Finding) {
			f.Source.Offset += base
			l.changed = true
			l.findings = append(l.findings, f)
		},
	})
}

// collect takes what the writer of a lane writes.
type collect struct{ l *lane }

func (c collect) Write(p []byte) (int, error) {
	c.l.text = append(c.l.text, p...)
	return len(p), nil
}

func (l *lane) redactStream(j *job) {
	if j.abandon {
		return
	}
	select {
	case l.text = <-l.free:
	default:
		l.text = nil
	}
	l.findings, l.changed = nil, false
	failed := l.writer.Failed()
	var err error
	for i := range j.batch.Records {
		if _, err = l.writer.Write(j.batch.Records[i].Value); err != nil {
			break
		}
	}
	switch {
	case err != nil:
	case j.batch.Last:
		err = l.writer.Close()
	case j.flush:
		err = l.writer.Flush()
	}
	// The writer fails for good where it lost track inside a key.
	j.err = err
	j.settled = l.writer.Settled() || j.batch.Last
	j.findings = l.findings
	if n := int(l.writer.Failed() - failed); n > 0 {
		// The marker of the line stays where it stood. The quarantine gets the piece.
		j.counted[Unscanned] = n
		if l.o.Failure == ToQuarantine {
			for i := range j.batch.Records {
				j.failed = append(j.failed, Case{Unscanned, &j.batch.Records[i]})
			}
		}
		l.changed = true
	}
	if l.changed {
		j.changed = 1
	}
	l.await(j)
	var rec Record
	if len(j.batch.Records) > 0 {
		rec.Source, rec.Time = j.batch.Records[0].Source, j.batch.Records[0].Time
	}
	if l.o.Lines {
		l.lines(j, rec)
		return
	}
	j.text = l.text
	if len(l.text) > 0 {
		rec.Value = l.text
		j.out.Records = []Record{rec}
	}
}

// lines cuts what came out into records.
func (l *lane) lines(j *job, rec Record) {
	j.out.Lane.Stream = false
	text := append(l.tail, l.text...)
	for {
		line, rest, ok := bytes.Cut(text, []byte{'\n'})
		if !ok {
			break
		}
		rec.Value = bytes.TrimSuffix(line, []byte{'\r'})
		j.out.Records = append(j.out.Records, rec)
		text = rest
	}
	l.tail = append([]byte(nil), text...)
	if j.batch.Last && len(l.tail) > 0 {
		rec.Value = l.tail
		j.out.Records = append(j.out.Records, rec)
	}
	j.settled = j.settled && (len(l.tail) == 0 || j.batch.Last)
}

// await sees to it that the start of a line of a live stream does not wait for
// its end for ever.
func (l *lane) await(j *job) {
	if !l.Live || j.settled || j.flush {
		return
	}
	time.AfterFunc(l.o.Hold, func() {
		l.push(&job{batch: &Batch{Lane: l.Lane}, seq: j.seq, flush: true, done: make(chan struct{})})
	})
}

// recordRedactor redacts the records of a job, each by itself.
type recordRedactor struct {
	r       *redact.Redactor
	j       *job
	failure Failure
	buf     []byte // redacted bytes; records keep slices of what it was

	from []*Record // what the records of the job's output were

	rec     Record
	changed bool
	dropped bool
}

func (x *recordRedactor) batch() {
	in := x.j.batch.Records
	if len(in) == 0 {
		return
	}
	x.j.out.Records = make([]Record, 0, len(in))
	x.buf = []byte{} // a part of nil would be null where it has to be empty
	x.r.OnFinding = func(f finding.Finding) {
		x.dropped = x.dropped || f.Action == redact.Drop.String()
		x.j.findings = append(x.j.findings, f)
	}
	values := make([][]byte, len(in))
	for i := range in {
		values[i] = in[i].Value
	}
	failed := x.r.Failed()
	x.r.Source = in[0].Source
	x.r.Batch(values, func(i int, value []byte) {
		x.rec, x.changed = in[i], false
		if len(value) != len(in[i].Value) || len(value) > 0 && &value[0] != &in[i].Value[0] {
			n := len(x.buf)
			x.rec.Value = x.keep(nil, append(x.buf, value...), n, true)
		}
		// Batch reads Source where it reports, so that it is set for one record at a time.
		x.finish(&in[i], x.r.Failed() > failed)
		failed = x.r.Failed()
		x.dropped = false
		if i+1 < len(in) {
			x.r.Source = in[i+1].Source
		}
	})
	// Keys and headers cannot be redacted while Batch runs.
	x.sides()
}

// finish decides what becomes of a record whose value has been redacted.
func (x *recordRedactor) finish(in *Record, failed bool) {
	if failed && !x.failed(in) || x.dropped {
		return
	}
	if x.changed {
		x.j.changed++
	}
	x.j.out.Records = append(x.j.out.Records, x.rec)
	x.from = append(x.from, in)
}

// failed counts a record that failed and reports whether it is forwarded.
func (x *recordRedactor) failed(in *Record) bool {
	x.j.counted[Unscanned]++
	if x.failure == ToQuarantine {
		x.j.failed = append(x.j.failed, Case{Unscanned, in})
	}
	return x.failure == RedactValue
}

// sides redacts the keys and headers of the records that are left.
func (x *recordRedactor) sides() {
	out := x.j.out.Records
	left := out[:0]
	for i := range out {
		in := x.from[i]
		x.rec, x.changed, x.dropped = out[i], false, false
		if len(in.Key) > 0 || len(in.Headers) > 0 {
			x.r.Source = in.Source
			failed := x.r.Failed()
			x.rec.Key = x.text(in.Key)
			for i := range in.Headers {
				x.header(in, i)
			}
			if x.r.Failed() > failed && !x.failed(in) || x.dropped {
				continue
			}
			if x.changed {
				x.j.changed++
			}
		}
		left = append(left, x.rec)
	}
	x.j.out.Records = left
}

func (x *recordRedactor) text(b []byte) []byte {
	n := len(x.buf)
	out, changed := x.r.Redact(x.buf, b)
	return x.keep(b, out, n, changed)
}

// keep returns what stands for b: itself, or what was appended to buf.
func (x *recordRedactor) keep(b, out []byte, n int, changed bool) []byte {
	if !changed {
		return b
	}
	x.buf, x.changed = out, true
	return out[n:len(out):len(out)]
}

func (x *recordRedactor) header(in *Record, i int) {
	h := in.Headers[i]
	value := h.Value
	n := len(x.buf)
	out, changed := x.r.RedactValue(x.buf, []byte(h.Name), value)
	value = x.keep(value, out, n, changed)
	name := x.text([]byte(h.Name))
	if !changed && string(name) == h.Name {
		return
	}
	if len(x.rec.Headers) > 0 && &x.rec.Headers[0] == &in.Headers[0] {
		x.rec.Headers = append([]Header(nil), in.Headers...)
	}
	x.rec.Headers[i] = Header{string(name), value}
}
