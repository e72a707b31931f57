package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/redact"
)

// Case is a record that failed, and why.
type Case struct {
	Reason Reason
	Record *Record // as it was read; it is stored sealed or not at all
}

// Quarantine keeps records that could not be redacted or written: what is known
// of them in clear, their bytes only sealed to the recipients. It is safe for
// concurrent use.
type Quarantine struct {
	out    Output
	sealer *seal.Sealer
	engine *redact.Handle
}

// NewQuarantine returns a quarantine that is written to out. Records are sealed
// by sealer, or for the recipients that the policy in force names where it is
// nil. Where there is neither no bytes of a record are kept.
func NewQuarantine(out Output, engine *redact.Handle, sealer *seal.Sealer) *Quarantine {
	return &Quarantine{out, sealer, engine}
}

func (q *Quarantine) seals() *seal.Sealer {
	if q.sealer != nil {
		return q.sealer
	}
	return q.engine.Load().Sealer()
}

// Entry is a line of the quarantine, version 1. configs/quarantine.schema.json
// describes its JSON.
type Entry struct {
	Schema  int            `json:"schema"`
	ID      string         `json:"id"` // of the event, as in a finding
	Input   string         `json:"input"`
	Reason  Reason         `json:"reason"`
	Source  finding.Source `json:"source"`
	Bytes   int64          `json:"bytes"` // of key, headers and value; rounded up to 256
	Headers int            `json:"headers"`
	Time    time.Time      `json:"time"`
	// Sealed is the record as JSON in a box of the package seal with the label
	// sealLabel and ID, Key the wrapped key of the box. Both are empty where no
	// recipient is configured.
	Key    []byte `json:"key,omitempty"`
	Sealed []byte `json:"sealed,omitempty"`
}

const sealLabel = "stanch v1 quarantine "

// sizeUnit is what sizes are rounded up to: the length of a short secret says
// something about it.
const sizeUnit = 256

// Encode returns the line of a case without its line feed, and the key it is
// written under. An error means that it could not be sealed.
func (q *Quarantine) Encode(input string, c Case) (key, line []byte, err error) {
	return q.encode(input, c, q.seals())
}

// EncodeBare is Encode without the record, for an output that the whole is too large
// for.
func (q *Quarantine) EncodeBare(input string, c Case) (key, line []byte, err error) {
	return q.encode(input, c, nil)
}

func (q *Quarantine) encode(input string, c Case, to *seal.Sealer) (key, line []byte, err error) {
	e := Entry{Schema: 1, Input: input, Reason: c.Reason, Source: placed(c.Record.Source), Headers: len(c.Record.Headers), Time: time.Now().UTC()}
	e.ID = e.Source.EventID("quarantine-" + string(c.Reason))
	e.Bytes = (c.Record.Size() + sizeUnit - 1) / sizeUnit * sizeUnit
	r := q.engine.Load().NewRedactor()
	e.Source.Path = string(r.Append(nil, []byte(e.Source.Path)))
	e.Source.Topic = string(r.Append(nil, []byte(e.Source.Topic)))
	e.Source.Resource = string(r.Append(nil, []byte(e.Source.Resource)))
	if to != nil {
		text, err := json.Marshal(pack(c.Record))
		if err != nil {
			return nil, nil, err
		}
		if e.Key, e.Sealed, err = to.Seal(sealLabel+e.ID, text); err != nil {
			return nil, nil, err
		}
	}
	line, err = json.Marshal(&e)
	return []byte(e.ID), line, err
}

// Put writes cases and returns when they are durable. The records' source must
// not be acknowledged before. An entry that is too large for the output is
// written without its record.
func (q *Quarantine) Put(ctx context.Context, input string, cases []Case) error {
	err := q.put(ctx, input, cases, q.seals())
	if no := new(Rejected); errors.As(err, &no) {
		large := make([]Case, len(no.Records))
		for i, at := range no.Records {
			large[i] = cases[at]
		}
		if err = q.put(ctx, input, large, nil); errors.As(err, &no) {
			// Not the error of a record: nothing may pass without its entry.
			err = errors.New("the output refuses entries")
		}
	}
	if err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

func (q *Quarantine) put(ctx context.Context, input string, cases []Case, to *seal.Sealer) error {
	b := Batch{Lane: Lane{Name: "quarantine"}}
	for _, c := range cases {
		key, line, err := q.encode(input, c, to)
		if err != nil {
			return err
		}
		b.Records = append(b.Records, Record{Key: key, Value: line, Time: time.Now()})
	}
	return q.out.Write(ctx, &b)
}

// Plan says where the quarantine is and whether it keeps records.
func (q *Quarantine) Plan(ctx context.Context) ([]string, error) {
	lines, err := q.out.Plan(ctx)
	if to := q.seals(); to != nil {
		return append(lines, "records are sealed for the recipients "+to.ID()), err
	}
	return append(lines, "no bytes of records are kept: there is no recipient"), err
}

// Close closes the output.
func (q *Quarantine) Close() error { return q.out.Close() }

// placed returns a source that can be encoded. One of no kind is a stream.
func placed(s finding.Source) finding.Source {
	if s.Kind == "" {
		s.Kind = finding.Stream
	}
	return s
}

// sealed is what stands in Entry.Sealed. Its JSON tells null from empty.
type sealed struct {
	Key     []byte         `json:"key"`
	Value   []byte         `json:"value"`
	Headers []sealedHeader `json:"headers,omitempty"`
	Time    time.Time      `json:"time"`
	Source  finding.Source `json:"source"`
}

type sealedHeader struct {
	Name  []byte `json:"name"` // any bytes
	Value []byte `json:"value"`
}

func pack(r *Record) *sealed {
	s := &sealed{Key: r.Key, Value: r.Value, Time: r.Time, Source: placed(r.Source)}
	for _, h := range r.Headers {
		s.Headers = append(s.Headers, sealedHeader{[]byte(h.Name), h.Value})
	}
	return s
}

// Open returns the record of an entry.
func (e *Entry) Open(o *seal.Opener) (*Record, error) {
	if len(e.Sealed) == 0 {
		return nil, fmt.Errorf("quarantine %s: its record was not kept", e.ID)
	}
	text, err := o.Open(sealLabel+e.ID, e.Key, e.Sealed)
	if err != nil {
		return nil, fmt.Errorf("quarantine %s: %w", e.ID, err)
	}
	var s sealed
	if json.Unmarshal(text, &s) != nil {
		return nil, fmt.Errorf("quarantine %s: not a record", e.ID)
	}
	rec := &Record{Key: s.Key, Value: s.Value, Time: s.Time, Source: s.Source}
	for _, h := range s.Headers {
		rec.Headers = append(rec.Headers, Header{string(h.Name), h.Value})
	}
	return rec, nil
}

// FindingKey returns the key that a finding is written under: its fingerprint,
// or a hash of detector and source where it has none.
func FindingKey(f *finding.Finding) []byte {
	if f.Fingerprint != "" {
		return []byte(f.Fingerprint)
	}
	s := f.Source
	h := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%d\x00%s\x00%s", f.Detector, s.Kind, s.Path, s.Topic, s.Partition, s.Signal, s.Resource))
	return []byte(f.Detector + "-" + hex.EncodeToString(h[:8]))
}
