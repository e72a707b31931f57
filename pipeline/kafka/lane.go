package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
	"github.com/stanch/stanch/redact"
)

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
	// crcTries is how often a batch with a wrong checksum is fetched again before
	// its partition parks: it may have been the wire, or it is the broker's disk.
	crcTries = 3
)

// lane is the work on one partition in one generation.
type lane struct {
	*run
	gen     *cluster.Generation
	commits *committer
	in, out cluster.Partition
	pair    pairing
	metrics *pipeline.LaneMetrics
	log     *zap.Logger

	// topic is the one that is read, by its id; zero where brokers have none.
	topic cluster.TopicID
	// reached is how far the lane has written, and committed the offset that the group
	// knows.
	reached   atomic.Pointer[progress]
	committed atomic.Int64
	since     atomic.Int64 // when the first record between was written
	wanted    atomic.Int64 // offset behind the job that waits to be written
	underWay  atomic.Int64 // jobs that were read and are not written
	room      chan struct{}
	gapped    int64 // offset up to which records that were deleted have been counted
	givenUp   bool  // a request of the job in hand was, and may go on
	// gone is set while the topic is: it may be another one when it is back, and
	// nothing is committed.
	gone atomic.Bool
	anew bool // the topic took the place of one that was read

	// Of exactly-once delivery, and of the transaction under way.
	tx    *cluster.Transactor
	begun time.Time        // zero if there is none
	due   <-chan time.Time // when it has to end although a stream is open
	found int              // findings written in it
}

func newLane(r *run, gen *cluster.Generation, c *committer, in cluster.Partition, pair pairing, start cluster.Place) *lane {
	l := &lane{run: r, gen: gen, commits: c, in: in, out: cluster.Partition{Topic: pair.out, ID: in.ID}, pair: pair, topic: start.Topic,
		metrics: r.env.Metrics.Lane(r.o.Name, in.Topic, in.ID), room: make(chan struct{}, 1)}
	l.log = r.log().With(zap.String("topic", in.Topic), zap.Int32("partition", in.ID))
	l.committed.Store(start.Offset)
	l.reach(start.Offset, nil)
	return l
}

// work works until live ends. Whatever goes wrong parks the lane, visibly, and is
// tried again.
func (l *lane) work(live context.Context) {
	defer l.metrics.Close()
	wait := firstPause
	for live.Err() == nil {
		begun := l.acked()
		err := l.session(live)
		if err == nil || live.Err() != nil {
			return
		}
		if errors.Is(err, pipeline.ErrHalt) || errors.Is(err, pipeline.ErrGone) {
			l.halted(fmt.Errorf("%v at offset %d: %w", l.in, l.acked(), err))
			return
		}
		if l.acked() != begun {
			wait = firstPause
		}
		l.park("session", err)
		pause(live, wait)
		wait = min(2*wait, lastPause)
	}
}

// park tells that the lane waits.
func (l *lane) park(what string, err error) {
	l.metrics.Parked(true)
	l.metrics.Retry(what, cluster.Class(err))
	l.log.Warn("partition waits", zap.String("operation", what), zap.Error(err))
}

// session reads, redacts and writes until live ends or something fails that
// cannot be tried again in its place.
func (l *lane) session(live context.Context) error {
	ctx, cancel := context.WithCancel(live)
	if err := l.prepare(ctx, l.pair, l.out.ID); err != nil {
		cancel()
		return err
	}
	at, err := l.begin(ctx)
	if err != nil {
		cancel()
		return err
	}
	var s *streams
	if by := l.pair.route.StreamBy; by != nil {
		s = newStreams(by)
	}
	jobs := make(chan *job, l.o.Prefetch-1)
	var reader sync.WaitGroup
	var failed error
	reader.Go(func() {
		defer close(jobs)
		failed = l.read(ctx, at, s, jobs)
	})
	var ahead *job // taken while the one before it was worked on
	for more := true; more || ahead != nil; {
		j := ahead
		if ahead = nil; j == nil {
			select {
			case j, more = <-jobs:
				if !more {
					continue
				}
			case <-l.due:
				if err == nil {
					err = l.endDue(ctx)
				}
			}
		}
		if j != nil {
			<-j.done
			select {
			case ahead, more = <-jobs:
			default:
			}
			if err == nil {
				err = l.write(ctx, j, ahead.ready())
			}
			l.release(j)
			l.underWay.Add(-1)
		}
		if err != nil {
			cancel() // what was read ahead is read again
		}
	}
	reader.Wait()
	cancel()
	if err == nil {
		err = failed
	}
	if live.Err() != nil {
		l.abort()
	}
	return err
}

// begin returns the offset to read from.
func (l *lane) begin(ctx context.Context) (int64, error) {
	l.wanted.Store(0)
	if l.o.ExactlyOnce {
		// First every earlier owner is shut out; only then the offset that it has
		// committed is final.
		id := fmt.Sprintf("%s-%s-%s-%d", l.o.TransactionalID, l.o.Group, l.in.Topic, l.in.ID)
		tx, err := l.from.Transact(ctx, id, l.o.TransactionTimeout)
		if err != nil {
			return 0, err
		}
		l.tx, l.begun, l.due, l.found = tx, time.Time{}, nil, 0
	}
	if err := l.identify(ctx); err != nil {
		return 0, err
	}
	if at := l.again(); at >= 0 {
		l.reach(at, nil)
		return at, nil
	}
	where := l.o.Start
	if l.anew {
		where = cluster.Earliest
	}
	at, err := l.from.Offset(ctx, l.in, where)
	if err != nil {
		return 0, err
	}
	// The place is committed before anything is read from it. Otherwise the next
	// owner might begin at a later "latest".
	if err := l.commits.settle(ctx, l.in, cluster.Place{Offset: at, Topic: l.topic}); err != nil {
		return 0, err
	}
	l.committed.Store(at)
	l.reach(at, nil)
	return at, nil
}

// identify finds out which topic has the name that the lane reads, and whether the
// lane's place is one in it. A topic that was deleted and made anew has another id, and
// is to be read from its beginning. Where topics have no ids, the group's offsets tell:
// with a topic they are deleted.
func (l *lane) identify(ctx context.Context) error {
	id, err := l.from.TopicID(ctx, l.in)
	if err != nil {
		return err
	}
	none, at := cluster.TopicID{}, cluster.Place{Offset: l.acked(), Topic: l.topic}
	// What the group has is final where every earlier owner is shut out.
	ask := l.o.ExactlyOnce || id == none && l.gone.Load()
	if ask {
		got, err := l.from.Committed(ctx, l.o.Group, []cluster.Partition{l.in})
		if err != nil {
			return err
		}
		var ok bool
		if at, ok = got[l.in]; !ok {
			at.Offset = -1
		}
	}
	other := at.Topic != none && id != none && at.Topic != id
	if other {
		at.Offset = -1
	}
	if other || id == none && at.Offset < 0 && l.acked() >= 0 {
		l.log.Warn("the topic was made anew")
		l.anew, l.gapped = true, 0
	}
	if l.topic = at.Topic; id != none {
		l.topic = id
	}
	if ask || other {
		l.committed.Store(at.Offset)
		l.reach(at.Offset, nil)
	}
	l.gone.Store(false)
	return nil
}

// read fetches from an offset on and has jobs redacted, in order. Those that follow
// streams are redacted one after the other.
func (l *lane) read(ctx context.Context, at int64, s *streams, jobs chan<- *job) error {
	var last chan struct{}
	var txns aborted
	wait, corrupt := firstPause, 0
	req := &cluster.Fetch{
		Partition: l.in, Topic: l.topic, MinBytes: 1, MaxBytes: int32(l.o.FetchBytes), MaxWaitMs: int32(l.o.MaxWait.Milliseconds()),
		ReadCommitted: !l.o.ReadUncommitted,
		Reserve: func(ctx context.Context, n int) ([]byte, error) {
			// As much again for what comes of it.
			if err := l.env.Budget.Acquire(ctx, 2*int64(n)); err != nil {
				return nil, err
			}
			return l.fetched.get(n), nil
		},
		Release: l.giveBack,
	}
	for ctx.Err() == nil {
		req.Offset = at
		begun := time.Now()
		got, err := l.fetch(ctx, req)
		if ctx.Err() != nil {
			if err == nil {
				l.giveBack(got.Buf)
			}
			return nil
		}
		var j *job
		if err == nil {
			j, err = l.cut(got, at, &txns)
		}
		switch {
		case errors.Is(err, cluster.OffsetOutOfRange):
			if at, err = l.outOfRange(ctx, at); err != nil {
				return err
			}
			continue
		case cluster.Gone(err):
			l.gone.Store(true)
			return fmt.Errorf("offset %d: %w", at, err)
		case errors.Is(err, batch.ErrCRC):
			l.metrics.CRCErrors.Inc()
			if corrupt++; corrupt > crcTries {
				return fmt.Errorf("offset %d: %w", at, err)
			}
			fallthrough
		case err != nil:
			l.park("fetch", err)
			pause(ctx, wait)
			wait = min(2*wait, lastPause)
			continue
		}
		wait, corrupt = firstPause, 0
		if j == nil {
			if l.underWay.Load() == 0 {
				l.metrics.Parked(false) // there is nothing to wait with
			}
			continue
		}
		l.metrics.Fetch.Observe(time.Since(begun).Seconds())
		at = j.next
		l.underWay.Add(1)
		l.metrics.Behind(j.next+j.lag-l.acked(), j.first)
		if s != nil {
			j.streams, j.after = s, last
			last = j.done
		}
		go l.redact(j)
		jobs <- j // the writer takes all of them, whatever happens
	}
	return nil
}

// fetch asks for records, for as long as a request may take.
func (l *lane) fetch(ctx context.Context, req *cluster.Fetch) (*cluster.Fetched, error) {
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(ctx, l.o.MaxWait+patience)
	defer cancel()
	return l.from.Fetch(ctx, req)
}

func (l *lane) giveBack(buf []byte) {
	l.env.Budget.Release(2 * int64(len(buf)))
	l.fetched.put(buf)
}

// cut makes a job of what was fetched: its whole batches, but for markers and
// those of aborted transactions. It is nil if there was nothing.
func (l *lane) cut(got *cluster.Fetched, at int64, txns *aborted) (j *job, err error) {
	defer func() {
		if j == nil {
			l.giveBack(got.Buf)
		}
	}()
	txns.add(got.Aborted)
	found := &job{from: at, next: at, buf: got.Buf, fetched: time.Now(), done: make(chan struct{})}
	for p := got.Records; len(p) > 0; {
		b, rest, err := batch.Next(p)
		if errors.Is(err, batch.ErrPartial) {
			break
		}
		if err != nil {
			if found.next > at {
				break // first what is good
			}
			return nil, err
		}
		p = rest
		if b.NextOffset() <= found.next {
			continue
		}
		if found.next == at {
			found.first = time.UnixMilli(b.BaseTimestamp)
		}
		found.next = b.NextOffset()
		found.latest = time.UnixMilli(b.MaxTimestamp)
		skip, err := txns.skip(&b, l.o.ReadUncommitted)
		if err != nil {
			return nil, err
		}
		if !skip && b.Count > 0 {
			found.batches = append(found.batches, b)
		}
	}
	if found.next == at {
		if len(got.Records) > 0 {
			return nil, fmt.Errorf("offset %d: %w", at, batch.ErrPartial)
		}
		if l.underWay.Load() == 0 {
			l.metrics.Lag(got.HighWatermark-at, time.Now())
		} else {
			l.metrics.Behind(got.HighWatermark-l.acked(), time.Now())
		}
		return nil, nil
	}
	found.lag = got.HighWatermark - found.next
	return found, nil
}

func (l *lane) gap(from, to int64) {
	// After an error it is come upon again.
	if from = max(from, l.gapped); from >= to {
		return
	}
	l.gapped = to
	l.metrics.GapRecords.Add(float64(to - from))
	l.log.Warn("records were deleted before they were read", zap.Int64("from", from), zap.Int64("to", to))
}

// outOfRange returns where to go on when an offset is gone.
func (l *lane) outOfRange(ctx context.Context, at int64) (int64, error) {
	if l.o.OutOfRange == 0 {
		return 0, fmt.Errorf("offset %d: %w", at, cluster.OffsetOutOfRange)
	}
	next, err := l.from.Offset(ctx, l.in, l.o.OutOfRange)
	if err != nil {
		return 0, err
	}
	if next > at {
		l.gap(at, next)
	} else {
		// The partition is shorter than it was: it was made anew, or lost its end.
		l.log.Warn("the partition ends before the committed offset", zap.Int64("committed", at), zap.Int64("next", next))
	}
	return next, nil
}

// redact has a job redacted on the pool.
func (l *lane) redact(j *job) {
	defer close(j.done)
	if j.after != nil {
		<-j.after
	}
	// Whoever has a redactor has a processor, and there is a scratch for each.
	err := l.env.Pool.Do(context.Background(), func(r *redact.Redactor) {
		s := <-l.scratch
		defer func() { l.scratch <- s }()
		t := transformer{scratch: s, o: &l.o, route: l.pair.route, handle: l.env.Engine, engine: l.env.Engine.Load(), r: r, j: j, topic: l.in.Topic, part: l.in.ID, bufs: l.built}
		t.run()
	})
	if err != nil {
		j.err = err
	}
}

// release gives back what a job held.
func (l *lane) release(j *job) {
	for i := range j.outs {
		if j.outs[i].owned {
			l.built.put(j.outs[i].raw)
		}
	}
	if j.buf != nil {
		l.giveBack(j.buf)
		j.buf = nil
	}
}

// write makes what came of a job durable, first the quarantine, then the output. It is
// told whether the next job is ready.
func (l *lane) write(ctx context.Context, j *job, next bool) error {
	if j.err != nil {
		return j.err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m := l.metrics
	if len(j.failed) > 0 && l.o.Failure == pipeline.Halt {
		l.failed(j)
		return pipeline.ErrHalt
	}
	begun := time.Now()
	m.Writing(true)
	defer m.Writing(false)
	var err error
	if l.o.ExactlyOnce {
		err = l.transact(ctx, j, next)
	} else {
		err = l.deliver(ctx, j)
	}
	if err != nil {
		l.abandon(j)
		return fmt.Errorf("offsets %d to %d: %w", j.from, j.next-1, err)
	}
	if l.givenUp {
		l.abandon(j)
	}
	l.failed(j) // once, however often it was tried
	m.Parked(false)
	m.Write.Observe(time.Since(begun).Seconds())
	m.Batches.Add(float64(len(j.batches)))
	m.RecordsIn.Add(float64(j.records))
	m.RecordsOut.Add(float64(j.written))
	m.Changed.Add(float64(j.changed))
	size := 0
	for i := range j.batches {
		size += len(j.batches[i].Raw)
	}
	m.BytesIn.Add(float64(size))
	for i := range j.outs {
		m.BytesOut.Add(float64(len(j.outs[i].raw)))
	}
	m.Unchanged.Add(float64(j.raw))
	m.Lag(j.lag, j.latest)
	if l.acked() == l.committed.Load() {
		l.since.Store(j.fetched.UnixNano())
	}
	l.reach(j.next, j.holds)
	if l.pair.route.StreamBy != nil {
		m.OpenStreams(j.open)
		m.StreamsLost.Add(float64(j.lost))
	}
	if l.o.ExactlyOnce && l.begun.IsZero() {
		l.commit(j.next)
		return nil
	}
	m.Uncommitted(j.next-l.committed.Load(), time.Unix(0, l.since.Load()))
	return nil
}

// failed counts the records of a job that failed.
func (l *lane) failed(j *job) {
	for reason, n := range j.failed {
		l.metrics.Failed(l.o.Failure, reason, n)
	}
}

// abandon takes a job's buffers out of use, because a request that was given up
// may still be reading them: what is put there later would go out with it. The
// garbage collector has them in the end.
func (l *lane) abandon(j *job) {
	l.givenUp = false
	l.env.Budget.Release(2 * int64(len(j.buf)))
	j.buf = nil
	for i := range j.outs {
		j.outs[i].owned = false
	}
}

// commit takes note of a committed offset.
func (l *lane) commit(at int64) {
	l.committed.Store(at)
	l.since.Store(time.Now().UnixNano())
	l.metrics.Uncommitted(l.acked()-at, time.Unix(0, l.since.Load()))
	select {
	case l.room <- struct{}{}:
	default:
	}
}

// throttle waits until no more than MaxUncommitted offsets are written and not
// committed once those up to next are, or none at all.
func (l *lane) throttle(ctx context.Context, next int64) {
	l.wanted.Store(next)
	for l.acked() > l.committed.Load() && next-l.committed.Load() > l.o.MaxUncommitted && ctx.Err() == nil {
		l.commits.soon()
		select {
		case <-ctx.Done():
		case <-l.room:
		case <-time.After(firstPause): // the last try failed
		}
	}
}

var errFenced = errors.New("the generation may be over")

// deliver writes a job at least once.
func (l *lane) deliver(ctx context.Context, j *job) error {
	l.throttle(ctx, j.next)
	if err := l.quarantine(ctx, j.cases); err != nil {
		return err
	}
	for i := range j.outs {
		if l.commits.fenced(l) {
			return errFenced
		}
		if err := l.put(ctx, &j.outs[i]); err != nil {
			return err
		}
	}
	return l.env.Findings.Report(ctx, j.findings...)
}

func (l *lane) quarantine(ctx context.Context, cases []pipeline.Case) error {
	if len(cases) == 0 {
		return nil
	}
	return l.try(ctx, "quarantine", func() error { return l.env.Quarantine.Put(ctx, l.o.Name, cases) })
}

// put writes a batch. Should the broker refuse it for what it holds, it is cut in
// half until those records are alone that it does not take.
func (l *lane) put(ctx context.Context, o *out) error {
	if l.o.Lines != nil {
		return l.try(ctx, "write", func() error { return l.lines(ctx, o) })
	}
	err := l.try(ctx, "produce", func() error { return l.produce(o) })
	if !cluster.OfRecord(err) {
		return err
	}
	return l.bisect(o, err, func(part *out) error { return l.put(ctx, part) }, func(c []pipeline.Case) error { return l.quarantine(ctx, c) })
}

// produce writes a batch, for as long as a request may take, even if the
// generation ends meanwhile.
func (l *lane) produce(o *out) error {
	err := l.to.Produce(context.Background(), l.out, "", o.raw)
	var answer cluster.Error
	if err != nil && !errors.As(err, &answer) {
		l.givenUp = true
	}
	return err
}

// bisect deals with a batch that the broker refused.
func (l *lane) bisect(o *out, why error, put func(*out) error, quarantine func([]pipeline.Case) error) error {
	if o.count > 1 {
		first, second, err := batch.Halve(o.raw, batch.NewDecoder(l.o.MaxBatchBytes), new(batch.Encoder))
		if err != nil {
			return err
		}
		half := int(o.count / 2)
		a, b := o.slice(first, 0, half), o.slice(second, half, int(o.count)-half)
		if err := put(&a); err != nil {
			return err
		}
		return put(&b)
	}
	reason := pipeline.Refused
	if errors.Is(why, cluster.MessageTooLarge) || errors.Is(why, cluster.RecordListTooLarge) {
		reason = pipeline.TooLarge
	}
	l.log.Warn("the output refused a record", zap.Int64("offset", o.offset(0)), zap.String("reason", string(reason)), zap.Error(why))
	l.metrics.Failed(l.o.Failure, reason, 1)
	switch l.o.Failure {
	case pipeline.Halt:
		return fmt.Errorf("offset %d: %w", o.offset(0), pipeline.ErrHalt)
	case pipeline.DropRecord:
		return nil
	}
	c, err := l.refused(o, reason)
	if err != nil {
		return err
	}
	if l.o.Failure == pipeline.RedactValue {
		return l.replace(c, put)
	}
	return quarantine([]pipeline.Case{c})
}

// refused returns the one record of a batch, which is redacted already.
func (l *lane) refused(o *out, reason pipeline.Reason) (pipeline.Case, error) {
	b, _, err := batch.Next(o.raw)
	if err != nil {
		return pipeline.Case{}, err
	}
	records, err := batch.NewDecoder(l.o.MaxBatchBytes).Records(&b)
	if err != nil {
		return pipeline.Case{}, err
	}
	var rec batch.Record
	r := batch.NewReader(&b, records)
	if !r.Next(&rec) {
		return pipeline.Case{}, r.Err()
	}
	t := transformer{topic: l.in.Topic, part: l.in.ID}
	c := pipeline.Case{Reason: reason, Record: t.record(&rec)}
	c.Record.Source.Offset = o.offset(0)
	return c, nil
}

// replace writes a marker in the place of a refused record.
func (l *lane) replace(c pipeline.Case, put func(*out) error) error {
	if len(c.Record.Value) <= len(marker()) && len(c.Record.Headers) == 0 {
		return fmt.Errorf("the output refuses even a marker: %w", pipeline.ErrHalt)
	}
	var b batch.Builder
	b.Append(&batch.Record{Timestamp: c.Record.Time.UnixMilli()}, c.Record.Key, marker(), nil)
	raw, err := b.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		return err
	}
	return put(&out{raw: raw, count: 1, base: c.Record.Source.Offset, owned: true})
}

// try repeats an operation until it succeeds, is refused for what a record
// holds, or ctx ends.
func (l *lane) try(ctx context.Context, what string, f func() error) error {
	wait := firstPause
	for tries := 0; ; tries++ {
		if ctx.Err() != nil {
			return ctx.Err() // nothing is begun after the generation has ended
		}
		err := f()
		// A checksum may have been damaged on the way: once more.
		if err == nil || errors.Is(err, pipeline.ErrGone) || cluster.OfRecord(err) && (tries > 0 || !errors.Is(err, cluster.CorruptMessage)) {
			return err
		}
		l.park(what, err)
		pause(ctx, wait)
		wait = min(2*wait, lastPause)
	}
}
