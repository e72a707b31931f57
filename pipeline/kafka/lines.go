package kafka

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// lines writes the values of a batch to Options.Lines, each a line, and returns
// when they are durable. Records without a value, tombstones, are left out.
func (l *lane) lines(ctx context.Context, o *out) error {
	b, _, err := batch.Next(o.raw)
	if err != nil {
		return err
	}
	records, err := batch.NewDecoder(math.MaxInt32).Records(&b) // this lane has made it, or read it whole
	if err != nil {
		return err
	}
	to := pipeline.Batch{Lane: pipeline.Lane{Name: l.in.String()}, Records: make([]pipeline.Record, 0, b.Count)}
	var rec batch.Record
	r := batch.NewReader(&b, records)
	for i := 0; r.Next(&rec); i++ {
		if rec.Value == nil {
			continue
		}
		to.Records = append(to.Records, pipeline.Record{Value: asLine(l.unframed(rec.Value)), Time: time.UnixMilli(rec.Timestamp),
			Source: finding.Source{Kind: finding.Kafka, Topic: l.in.Topic, Partition: l.in.ID, Offset: o.offset(i)}})
	}
	if r.Err() != nil || len(to.Records) == 0 {
		return r.Err()
	}
	return l.o.Lines.Write(ctx, &to)
}

// unframed returns what stands behind the frame of a value, if it has one.
func (l *lane) unframed(v []byte) []byte {
	if l.pair.route.Payload != Text && len(v) > frameSize && v[0] == 0 {
		return v[frameSize:]
	}
	return v
}

// asLine returns v without ends of lines: \n and \r stand in their place.
func asLine(v []byte) []byte {
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return v
	}
	line := make([]byte, 0, len(v)+16)
	for _, c := range v {
		switch c {
		case '\n':
			line = append(line, `\n`...)
		case '\r':
			line = append(line, `\r`...)
		default:
			line = append(line, c)
		}
	}
	return line
}

// text reports whether values that are treated like this are lines of text, or
// become such without their frame.
func (f form) text(p Payload) bool { return f == plain || f == framed || f == batched && p.json() }

// checkLines refuses what cannot be where values become lines.
func (o *Options) checkLines() error {
	for i := range o.Routes {
		r := &o.Routes[i]
		switch {
		case (r.To == "") != (o.Lines != nil):
			return fmt.Errorf("kafka: topics %s: a topic to go to is for an output that has topics, and needed there", r.From)
		case o.Lines != nil && (r.Binary != RefuseBinary || r.Schemas.Other != nil || r.Schemas.ByID != nil || r.Payload.OTLP() && !r.Payload.json()):
			return fmt.Errorf("kafka: topics %s: binary values are no lines", r.From)
		}
	}
	if o.Lines != nil && (o.ExactlyOnce || o.CreateTopics || o.Header != "" || o.To != nil) {
		return fmt.Errorf("kafka: exactly-once delivery, headers and new topics are for an output that has topics")
	}
	return nil
}
