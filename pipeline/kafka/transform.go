package kafka

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

const (
	// groupSize is how many records are read and redacted at a time: enough for
	// one scan of many, few enough to stay in the L2 cache.
	groupSize = 256
	// A batch smaller than these is put together with its neighbours, because a
	// request takes one batch and a partition one request at a time. Compressing
	// again costs more than copying.
	smallPlain      = 128 << 10
	smallCompressed = 8 << 10
	// looseFactor is how much larger than the largest message a batch may grow
	// before it is compressed.
	looseFactor = 4
)

// scratch is what redacting a job needs, kept from one to the next.
type scratch struct {
	dec     *batch.Decoder
	enc     batch.Encoder
	builder batch.Builder
	offsets []int64

	recs   [groupSize]batch.Record
	values [groupSize][]byte
	forms  [groupSize]form
	slots  [groupSize]int32 // of edits; -1 for none

	edits []edit
	arena []byte
	// Keys and headers that are clean. What is clean as one may not be as the other.
	keys, blocks seen
	otlp         *telemetry // nil until there is some
}

// edit is what becomes of a record that does not stay as it was.
type edit struct {
	at         int32 // number of the record in its batch
	drop       bool
	key, value []byte
	headers    batch.Headers
}

// transformer redacts one job with one redactor.
type transformer struct {
	*scratch
	o      *Options
	route  *Route
	handle *redact.Handle
	engine *redact.Engine // the one in force, or one before
	by     []byte         // value of the header of changed records, once it is needed
	r      *redact.Redactor
	j      *job
	topic  string
	part   int32
	bufs   buffers

	codec   batch.Codec // of what is in builder
	group   int         // records in recs
	first   int32       // number of the first of them in its batch
	found   int         // findings when the record in hand was begun
	dropped bool        // the policy says that the record in hand goes
	fails   int64       // failures of the redactor before it
}

// run redacts the job.
func (t *transformer) run() {
	defer func() {
		if recover() != nil {
			t.j.err = errors.New("internal error while redacting")
			t.scratch.builder.Reset()
		}
	}()
	t.keys.follow(t.engine)
	t.blocks.follow(t.engine)
	t.r.OnFinding = func(f finding.Finding) {
		t.dropped = t.dropped || f.Action == redact.Drop.String()
		t.j.findings = append(t.j.findings, f)
	}
	if t.arena = t.arena[:0]; t.arena == nil {
		t.arena = []byte{} // what becomes empty is not null
	}
	for i := range t.j.batches {
		if err := t.batch(&t.j.batches[i], len(t.j.batches) > 1); err != nil {
			t.j.err = err
			return
		}
	}
	t.j.err = t.flush()
	if s := t.j.streams; s != nil {
		t.j.holds, t.j.open, t.j.lost = s.holds(t.j.next), len(s.open), s.lost
		s.lost = 0
	}
}

// batch redacts a batch. An error is the encoder's and ends the job.
func (t *transformer) batch(b *batch.Batch, several bool) error {
	j := t.j
	records, err := t.dec.Records(b)
	if err != nil {
		return t.undecodable(b, err)
	}
	t.edits = t.edits[:0]
	findings, cases, failed := len(j.findings), len(j.cases), len(j.failed)
	part := b.BaseOffset < j.from
	read := 0
	r := batch.NewReader(b, records)
	for t.first = 0; ; t.first += groupSize {
		t.group = 0
		for t.group < groupSize && r.Next(&t.recs[t.group]) {
			t.group++
		}
		if t.group == 0 {
			break
		}
		read += t.redact()
		if t.group < groupSize {
			break
		}
	}
	if r.Next(&t.recs[0]) || r.Err() != nil {
		// What was found in the part that could be read is not to be counted.
		j.findings, j.cases = j.findings[:findings], j.cases[:cases]
		if failed == 0 {
			j.failed = nil
		}
		return t.undecodable(b, r.Err())
	}
	j.records += read
	codec := b.Attributes.Codec()
	if t.o.Lines != nil {
		codec = batch.None
	}
	small := smallPlain
	if codec != batch.None {
		small = smallCompressed
	}
	if len(t.edits) == 0 && !part && b.Dense() && !b.Attributes.LogAppendTime() && !b.Attributes.DeleteHorizon() &&
		len(b.Raw) <= t.o.MaxMessageBytes && !(several && len(b.Raw) < small) {
		if err := t.flush(); err != nil {
			return err
		}
		batch.Stamp(b.Raw, batch.Anonymous)
		j.outs = append(j.outs, out{raw: b.Raw, count: b.Count, base: b.BaseOffset})
		j.written += int(b.Count)
		j.raw++
		return nil
	}
	return t.rewrite(b, records, codec)
}

// rewrite appends the records of a batch, with edits, to the builder.
func (t *transformer) rewrite(b *batch.Batch, records []byte, codec batch.Codec) error {
	if codec != t.codec {
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.codec = codec
	most := t.o.MaxMessageBytes
	if codec != batch.None {
		most *= looseFactor
	}
	var rec batch.Record
	// Keys, headers and what is no text are looked at behind the values of a group.
	slices.SortFunc(t.edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
	edits := t.edits
	r := batch.NewReader(b, records)
	for at := int32(0); r.Next(&rec); at++ {
		var e *edit
		if len(edits) > 0 && edits[0].at == at {
			e, edits = &edits[0], edits[1:]
			if e.drop {
				continue
			}
		}
		if rec.Offset < t.j.from {
			continue
		}
		// What stands before a record's key takes no more than this.
		const frame = 32
		size := frame + rec.Size()
		if e != nil {
			size = frame + len(e.key) + len(e.value) + len(e.headers)
		}
		if t.builder.Len() > 0 && t.builder.Size()+size > most {
			if err := t.flush(); err != nil {
				return err
			}
		}
		if e != nil {
			t.j.changed++
			t.builder.Append(&rec, e.key, e.value, e.headers)
		} else {
			t.builder.Copy(&rec)
		}
		t.offsets = append(t.offsets, rec.Offset)
	}
	return nil
}

// flush ends the batch in the builder.
func (t *transformer) flush() error {
	n := t.builder.Len()
	if n == 0 {
		return nil
	}
	raw, err := t.builder.Finish(t.bufs.get(0), &t.enc, t.codec)
	if err != nil {
		return err
	}
	o := out{raw: raw, count: int32(n), base: t.offsets[0], owned: true}
	o.offsets = append([]int64(nil), t.offsets...)
	t.offsets = t.offsets[:0]
	t.j.written += n
	return t.fit(o)
}

// fit appends o to the outputs, in as many parts as it takes to be no larger
// than the output takes it.
func (t *transformer) fit(o out) error {
	if len(o.raw) <= t.o.MaxMessageBytes || o.count == 1 {
		// One record that is too large is left to the broker to refuse: whether it
		// is depends on more than its length.
		t.j.outs = append(t.j.outs, o)
		return nil
	}
	first, second, err := batch.Halve(o.raw, t.dec, &t.enc)
	if err != nil {
		return err
	}
	half := int(o.count / 2)
	if err := t.fit(o.slice(first, 0, half)); err != nil {
		return err
	}
	return t.fit(o.slice(second, half, int(o.count)-half))
}

// undecodable deals with a batch that is whole, but whose records cannot be
// read: it counts as one record that failed.
func (t *transformer) undecodable(b *batch.Batch, err error) error {
	reason := pipeline.Corrupt
	if errors.Is(err, batch.ErrTooLarge) {
		reason = pipeline.TooLarge
	}
	t.j.records++
	t.j.fail(reason)
	if t.o.Failure == pipeline.ToQuarantine {
		t.j.cases = append(t.j.cases, pipeline.Case{Reason: reason, Record: &pipeline.Record{
			Value: bytes.Clone(b.Raw), Time: time.UnixMilli(b.MaxTimestamp),
			Source: finding.Source{Kind: finding.Kafka, Topic: t.topic, Partition: t.part, Offset: b.BaseOffset},
		}})
	}
	if t.o.Failure == pipeline.RedactValue {
		return t.stand(b)
	}
	return nil
}

// stand puts a marker in the place of a batch that cannot be read.
func (t *transformer) stand(b *batch.Batch) error {
	if err := t.flush(); err != nil {
		return err
	}
	t.codec = batch.None
	rec := batch.Record{Timestamp: b.MaxTimestamp}
	t.builder.Append(&rec, nil, marker(), t.mark(nil))
	t.offsets = append(t.offsets, b.BaseOffset)
	t.j.changed++
	return t.flush()
}

func marker() []byte { return envelope.AppendMask(nil, envelope.Unscanned) }

// redact redacts the records in recs and notes what changes. It returns how many
// of them are wanted.
func (t *transformer) redact() (wanted int) {
	route := t.route
	special := false
	for i := range t.recs[:t.group] {
		rec := &t.recs[i]
		t.slots[i], t.values[i] = -1, nil
		if rec.Offset < t.j.from {
			continue
		}
		wanted++
		if len(rec.Value) == 0 {
			t.forms[i] = plain
			continue
		}
		if f, _ := route.format(rec.Value); f != nil {
			t.forms[i], special = schemed, true
			continue
		}
		t.forms[i], t.values[i] = classify(rec.Value, route.Payload, route.Binary)
		if t.o.Lines != nil && !t.forms[i].text(route.Payload) {
			t.forms[i], t.values[i] = unknown, nil
		}
		special = special || t.forms[i] == unknown || t.forms[i] == batched || t.forms[i] == detected
	}
	if t.j.streams != nil {
		t.follow()
	} else {
		t.begin(0)
		t.r.Batch(t.values[:t.group], t.value)
	}
	for i := range t.recs[:t.group] {
		rec := &t.recs[i]
		if rec.Offset < t.j.from {
			continue
		}
		if special {
			switch t.forms[i] {
			case unknown:
				t.failed(i, pipeline.UnknownFormat)
			case detected:
				if t.slots[i] < 0 && record.Hidden(t.r, rec.Value) {
					t.failed(i, pipeline.UnknownFormat)
				}
			case batched:
				t.otlp(i)
			case schemed:
				t.structured(i)
			}
		}
		t.sides(i)
	}
	return wanted
}

// begin makes the redactor ready for a record.
func (t *transformer) begin(i int) {
	t.r.Source = finding.Source{Kind: finding.Kafka, Topic: t.topic, Partition: t.part, Offset: t.recs[i].Offset}
	t.found, t.dropped, t.fails = len(t.j.findings), false, t.r.Failed()
}

// value takes what became of a value, and begins the next.
func (t *transformer) value(i int, redacted []byte) {
	t.take(i, redacted)
	if i+1 < t.group {
		t.begin(i + 1)
	}
}

// take takes what became of a value.
func (t *transformer) take(i int, redacted []byte) {
	in := t.values[i]
	changed := len(redacted) != len(in) || len(in) > 0 && &redacted[0] != &in[0]
	switch {
	case t.r.Failed() != t.fails:
		t.failed(i, pipeline.Unscanned)
	case t.dropped || changed && t.r.Dropped():
		t.edit(i).drop = true
	case changed && t.forms[i] == detected:
		t.failed(i, pipeline.UnknownFormat)
	case changed:
		e := t.edit(i)
		n := len(t.arena)
		if t.forms[i] == framed {
			t.arena = append(t.arena, t.recs[i].Value[:frameSize]...)
		}
		t.arena = append(t.arena, redacted...)
		e.value = t.arena[n:len(t.arena):len(t.arena)]
	}
}

// edit returns the edit of a record, a new one if it has none.
func (t *transformer) edit(i int) *edit {
	if t.slots[i] < 0 {
		t.slots[i] = int32(len(t.edits))
		rec := &t.recs[i]
		t.edits = append(t.edits, edit{at: t.first + int32(i), key: rec.Key, value: rec.Value, headers: t.mark(rec.Headers)})
	}
	return &t.edits[t.slots[i]]
}

// failed applies the policy for failures to a record.
func (t *transformer) failed(i int, reason pipeline.Reason) {
	e := t.edit(i)
	if e.drop {
		return
	}
	rec := &t.recs[i]
	t.j.fail(reason)
	if t.o.Failure == pipeline.RedactValue {
		e.value = marker()
		return
	}
	e.drop = true
	if t.o.Failure == pipeline.ToQuarantine {
		t.j.cases = append(t.j.cases, pipeline.Case{Reason: reason, Record: t.record(rec)})
	}
}

// record copies a record as it was read.
func (t *transformer) record(rec *batch.Record) *pipeline.Record {
	out := &pipeline.Record{Key: bytes.Clone(rec.Key), Value: bytes.Clone(rec.Value), Time: time.UnixMilli(rec.Timestamp),
		Source: finding.Source{Kind: finding.Kafka, Topic: t.topic, Partition: t.part, Offset: rec.Offset}}
	for h := range rec.Headers.All {
		out.Headers = append(out.Headers, pipeline.Header{Name: string(h.Key), Value: bytes.Clone(h.Value)})
	}
	return out
}

// sides redacts the key and the headers of a record.
func (t *transformer) sides(i int) {
	rec := &t.recs[i]
	if len(rec.Key) == 0 && len(rec.Headers) <= 1 {
		return
	}
	if len(rec.Key) > 0 && !t.goes(i) {
		t.key(i)
	}
	if len(rec.Headers) > 1 && !t.goes(i) && !t.blocks.has(rec.Headers) {
		t.headers(i)
	}
}

// goes reports whether a record is left out.
func (t *transformer) goes(i int) bool { return t.slots[i] >= 0 && t.edits[t.slots[i]].drop }

// key redacts the key of a record. Equal keys stay equal, so that compaction and joins
// survive.
func (t *transformer) key(i int) {
	key := t.recs[i].Key
	f, frame := t.route.keyFormat(key)
	if f == nil && t.keys.has(key) {
		return
	}
	t.begin(i)
	out, n := t.arena, len(t.arena)
	var changed bool
	var err error
	t.r.Default = redact.Token
	if f != nil {
		out, changed, err = t.byFormat(f, key, frame)
	} else {
		out, changed = t.r.Redact(out, key)
	}
	t.r.Default = redact.Keep
	if err != nil {
		t.failed(i, reasonOf(err))
	}
	switch {
	case err != nil || !t.settled(i):
		t.edit(i).key = marker() // in case that the record goes on
	case changed:
		t.arena = out
		t.edit(i).key = out[n:len(out):len(out)]
	case f == nil && len(t.j.findings) == t.found:
		t.keys.add(key)
	}
}

// settled reports whether the record in hand goes on, after a part of it was
// redacted.
func (t *transformer) settled(i int) bool {
	switch {
	case t.r.Failed() != t.fails:
		t.failed(i, pipeline.Unscanned)
		return false
	case t.dropped:
		t.edit(i).drop = true
		return false
	}
	return true
}

func (t *transformer) headers(i int) {
	rec := &t.recs[i]
	t.begin(i)
	var headers []batch.Header
	any := false
	for h := range rec.Headers.All {
		n := len(t.arena)
		if out, changed := t.r.RedactValue(t.arena, h.Key, h.Value); changed && h.Value != nil {
			any, t.arena = true, out
			h.Value = out[n:len(out):len(out)]
		}
		n = len(t.arena)
		if out, changed := t.r.Redact(t.arena, h.Key); changed {
			any, t.arena = true, out
			h.Key = out[n:len(out):len(out)]
		}
		headers = append(headers, h)
	}
	switch {
	case !t.settled(i):
		t.edit(i).headers = t.mark(nil) // in case that the record goes on
	case any:
		t.edit(i).headers = t.mark(batch.AppendHeaders(nil, headers))
	case len(t.j.findings) == t.found:
		t.blocks.add(rec.Headers)
	}
}

// mark returns headers with that of changed records behind them.
func (t *transformer) mark(h batch.Headers) batch.Headers {
	if len(h) == 0 {
		h = batch.Headers{0}
	}
	if t.o.Header == "" {
		return h
	}
	if t.by == nil {
		t.by = []byte(t.o.Version)
		if v := t.engine.Version(); v != "" {
			t.by = append(append(t.by, " policy/"...), v...)
		}
	}
	return h.With(batch.Header{Key: []byte(t.o.Header), Value: t.by})
}
