package redact

import "github.com/stanch/stanch/scan"

// Log is what the records of one log so far leave for those to come: a key block
// that is open, a name whose value is on the next line. The zero Log leaves nothing.
// A Log may go from one Redactor to another, and on to one with another engine.
type Log struct {
	state   scan.State
	of      *Engine
	open    bool
	actions []logAction
}

// logAction is what happens to a secret of a detector that may go on.
type logAction struct {
	detector int
	action   Action
}

// Idle reports whether nothing is left: the next record comes to the same in a log
// of its own.
func (g *Log) Idle() bool { return g.state.Idle() }

// Held returns how many bytes of records it holds: those of a line that a container
// runtime has cut into several records.
func (g *Log) Held() int { return g.state.Held() }

func (g *Log) forget() {
	g.state.Forget()
	g.of, g.open, g.actions = nil, false, g.actions[:0]
}

// Follow is Lines for records that go on with a log, and leaves in it what those
// have to know that come next. However the records of a log are cut into calls, they
// become the same; but of a line that a runtime has cut into records, what is
// undecided at the end of a call is redacted. since is the first record that what is
// left depends on, or one before it: len(records) if nothing is left, and -1 if it was
// in an earlier call.
func (r *Redactor) Follow(log *Log, records [][]byte, out func(i int, redacted []byte)) (since int) {
	r.follow(log, records, out)
	if log.Idle() {
		return len(records)
	}
	return r.lines.since
}

// Alone is Batch for records each of which belongs to some log in which nothing is
// open. It stops where one may leave something for the next of its log: those from
// done on, to the number of rest, are for Follow, each with its log.
func (r *Redactor) Alone(records [][]byte, out func(i int, redacted []byte)) (done, rest int) {
	r.plan.drop.unit = dropAll
	defer func() { r.plan.drop.unit = dropLines }()
	for done < len(records) {
		n := r.gather(records[done:])
		if n == 0 {
			return done, 1
		}
		spans, ok := r.scanArena()
		if r.scanner.Leaves() {
			return done, n
		}
		r.group(spans, ok, records[done:done+n], done, out)
		done += n
	}
	return done, 0
}

// Dropped reports, for a record that changed, whether the policy leaves it out. It may
// be one in which a secret only goes on, of which no finding tells.
func (r *Redactor) Dropped() bool { return r.plan.drop.left }

// resume begins a stream that goes on with a log.
func (r *Redactor) resume(log *Log) {
	l := &r.lines
	l.stream.Resume(&log.state)
	l.open, l.since = log.open, len(l.records)
	if log.Idle() {
		return
	}
	l.since = -1
	if log.of != r.e {
		return // its policy decides anew
	}
	p := &r.plan
	if p.carried == nil {
		p.carried = make([]carry, len(r.e.detectors))
	}
	for _, a := range log.actions {
		p.carried[a.detector] = carry{run: p.run, action: a.action}
	}
}

// mark takes note of whether something is left by the records from i on.
func (l *lines) mark(i int) {
	switch {
	case l.stream.Idle():
		l.since = len(l.records)
	case l.since == len(l.records):
		l.since = i
	}
}

// suspend ends the stream and leaves in log what it has to know.
func (r *Redactor) suspend(log *Log) {
	l := &r.lines
	l.stream.Suspend(&log.state)
	log.of, log.open, log.actions = r.e, l.open, log.actions[:0]
	if log.Idle() {
		return
	}
	for d := range r.plan.carried {
		if c := &r.plan.carried[d]; c.run == r.plan.run {
			log.actions = append(log.actions, logAction{d, c.action})
		}
	}
}
