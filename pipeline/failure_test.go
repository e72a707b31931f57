package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/redact"
)

// failing returns records of which some cannot be scanned within the budget of
// the engine of failEnv.
func failing(t *testing.T) (in *given, secret string) {
	secret = token(t, 4)
	b := &Batch{Lane: Lane{Name: "a"}}
	for i := range 6 {
		text := fmt.Sprint(i)
		if i%3 == 1 {
			text += " token=" + secret + " password=winter-garden-9"
		}
		b.Records = append(b.Records, Record{Key: fmt.Append(nil, "k", i), Value: []byte(text), Time: time.Unix(5, 0).UTC(),
			Headers: []Header{{"h", []byte("v")}, {"null", nil}}, Source: finding.Source{Kind: finding.Kafka, Topic: "t", Offset: int64(i)}})
	}
	return &given{batches: []*Batch{b}}, secret
}

func failEnv(t *testing.T, out Output, to *seal.Sealer) *Env {
	doc := redact.DefaultDocument()
	doc.Limits.MaxCandidates = 1
	e, err := redact.New(doc, redact.Options{Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	env := testEnv(t)
	env.Engine = redact.NewHandle(e)
	env.Pool = NewPool(env.Engine, 1)
	if out != nil {
		env.Quarantine = NewQuarantine(out, env.Engine, to)
	}
	return env
}

func TestFailures(t *testing.T) {
	for f, want := range map[Failure]string{ToQuarantine: "0|2|3|5", DropRecord: "0|2|3|5", RedactValue: "0|REDACTED-unscanned|2|3|REDACTED-unscanned|5", Halt: ""} {
		t.Run(f.String(), func(t *testing.T) {
			in, secret := failing(t)
			out, q := &memory{}, &memory{}
			env := failEnv(t, q, nil)
			err := New(in, out, FlowOptions{Failure: f}).Run(t.Context(), env)
			if (f == Halt) != errors.Is(err, ErrHalt) {
				t.Errorf("error %v", err)
			}
			var got []string
			for _, r := range out.lanes["a"] {
				got = append(got, string(r.Value))
			}
			if s := strings.Join(got, "|"); s != want {
				t.Errorf("output %s\nwant %s", s, want)
			}
			if n := len(q.lanes["quarantine"]); (f == ToQuarantine) != (n == 2) {
				t.Errorf("%d in the quarantine", n)
			}
			if (len(in.acked) == 1 && in.acked[0] == nil) == (f == Halt) {
				t.Errorf("acknowledged: %v", in.acked)
			}
			name := map[Failure]string{ToQuarantine: "quarantined_records", DropRecord: "dropped_records", RedactValue: "masked_records", Halt: "halts"}[f]
			if n := counter(t, env.Metrics, "stanch_"+name+"_total"); n != 2 {
				t.Errorf("%v counted as %s", n, name)
			}
			for _, m := range []*memory{out, q} {
				for _, list := range m.lanes {
					for _, r := range list {
						if bytes.Contains(r.Value, []byte(secret)) {
							t.Errorf("a secret: %s", r.Value)
						}
					}
				}
			}
		})
	}
}

// TestQuarantineFirst holds that nothing is acknowledged before the quarantine is
// durable.
func TestQuarantineFirst(t *testing.T) {
	in, _ := failing(t)
	tries := 0
	q := &memory{fail: func(*Batch) error {
		tries++
		in.mu.Lock()
		defer in.mu.Unlock()
		if len(in.acked) > 0 {
			t.Error("acknowledged before the quarantine was written")
		}
		if tries < 3 {
			return errors.New("not now")
		}
		return nil
	}}
	out := &memory{fail: func(*Batch) error {
		if len(q.lanes) == 0 {
			t.Error("the output was written before the quarantine")
		}
		return nil
	}}
	if err := New(in, out, FlowOptions{}).Run(t.Context(), failEnv(t, q, nil)); err != nil || tries != 3 || len(in.acked) != 1 {
		t.Errorf("%v, %d tries", err, tries)
	}
}

// TestSealed opens what was sealed, and holds that nobody else can.
func TestSealed(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to, err := seal.ParseRecipient(id.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New([]seal.Recipient{to})
	if err != nil {
		t.Fatal(err)
	}
	opener, err := seal.NewOpener(strings.NewReader(id.String()))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../configs/quarantine.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	in, secret := failing(t)
	q := &memory{}
	if err := New(in, &memory{}, FlowOptions{}).Run(t.Context(), failEnv(t, q, sealer)); err != nil {
		t.Fatal(err)
	}
	for i, r := range q.lanes["quarantine"] {
		var e Entry
		if err := json.Unmarshal(r.Value, &e); err != nil {
			t.Fatal(err)
		}
		doc, _ := jsonschema.UnmarshalJSON(bytes.NewReader(r.Value))
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
		rec, err := e.Open(opener)
		if err != nil {
			t.Fatal(err)
		}
		want := in.batches[0].Records[1+3*i]
		if !bytes.Equal(rec.Value, want.Value) || !bytes.Contains(rec.Value, []byte(secret)) || !bytes.Equal(rec.Key, want.Key) || !rec.Time.Equal(want.Time) ||
			len(rec.Headers) != 2 || rec.Headers[1].Value != nil || rec.Headers[0].Value == nil || rec.Source != want.Source {
			t.Errorf("opened %+v\nwant %+v", rec, want)
		}
		if e.Bytes%sizeUnit != 0 || e.Reason != Unscanned || e.Input != "given" || e.ID != string(r.Key) {
			t.Errorf("entry %+v", e)
		}
		// Another entry's box does not open here.
		e.ID = strings.Repeat("0", 32)
		if _, err := e.Open(opener); err == nil {
			t.Error("opened under another id")
		}
	}
	if n := len(q.lanes["quarantine"]); n != 2 {
		t.Errorf("%d entries", n)
	}
}

// TestQuarantineLarge holds that an entry that is too large loses its record, and
// is there.
func TestQuarantineLarge(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to, err := seal.ParseRecipient(id.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New([]seal.Recipient{to})
	if err != nil {
		t.Fatal(err)
	}
	least := 100_000
	out := &memory{fail: func(b *Batch) error {
		no := &Rejected{Reason: TooLarge}
		for i, r := range b.Records {
			if len(r.Value) > least {
				no.Records = append(no.Records, i)
			}
		}
		if len(no.Records) == 0 {
			return nil
		}
		return no
	}}
	q := NewQuarantine(out, redact.NewHandle(testEngine()), sealer)
	record := func(n int) *Record { return &Record{Value: bytes.Repeat([]byte("x"), n)} }
	if err := q.Put(t.Context(), "in", []Case{{Unscanned, record(10)}, {TooLarge, record(1 << 20)}, {Unscanned, record(20)}}); err != nil {
		t.Fatal(err)
	}
	sealed := 0
	for _, r := range out.lanes["quarantine"] {
		if bytes.Contains(r.Value, []byte(`"sealed"`)) {
			sealed++
		}
	}
	if n := len(out.lanes["quarantine"]); n != 3 || sealed != 2 {
		t.Errorf("%d entries, %d with their record", n, sealed)
	}
	least = 0
	var no *Rejected
	if err := q.Put(t.Context(), "in", []Case{{Unscanned, record(1)}}); err == nil || errors.As(err, &no) {
		t.Errorf("an entry that was refused: %v", err)
	}
}

// TestRejected holds that a record that an output refuses fails by itself.
func TestRejected(t *testing.T) {
	refuse := func(b *Batch) error {
		var no Rejected
		for i, r := range b.Records {
			if len(r.Value) > 25 {
				no.Records = append(no.Records, i)
			}
		}
		if len(no.Records) == 0 {
			return nil
		}
		no.Reason = TooLarge
		return &no
	}
	for f, want := range map[Failure]string{ToQuarantine: "a|b", DropRecord: "a|b", RedactValue: "a|b|REDACTED-unscanned|REDACTED-unscanned", Halt: "a|b"} {
		in := &given{batches: []*Batch{{Lane: Lane{Name: "a"}, Records: []Record{
			{Value: []byte("a")}, {Value: []byte(strings.Repeat("x", 30))}, {Value: []byte("b")}, {Value: []byte(strings.Repeat("y", 30))}}}}}
		out, q := &memory{fail: refuse}, &memory{}
		env := testEnv(t)
		env.Quarantine = NewQuarantine(q, env.Engine, nil)
		err := New(in, out, FlowOptions{Failure: f}).Run(t.Context(), env)
		if (f == Halt) != (err != nil) {
			t.Errorf("%v: %v", f, err)
		}
		var got []string
		for _, r := range out.lanes["a"] {
			got = append(got, string(r.Value))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%v: %s, want %s", f, s, want)
		}
		if n := len(q.lanes["quarantine"]); (n == 2) != (f == ToQuarantine) {
			t.Errorf("%v: %d in the quarantine", f, n)
		}
	}
}

// TestGone holds that an output that is gone ends the flow.
func TestGone(t *testing.T) {
	in := &given{batches: []*Batch{{Lane: Lane{Name: "a"}, Records: []Record{{Value: []byte("a")}}}}, wait: true}
	out := &memory{fail: func(*Batch) error { return fmt.Errorf("%w: closed", ErrGone) }}
	if err := New(in, out, FlowOptions{}).Run(t.Context(), testEnv(t)); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}

func TestReasons(t *testing.T) {
	if got := Reasons(); len(got) != 6 || slices.Contains(got, "") {
		t.Errorf("%v", got)
	}
	for i := range failures {
		if f, err := ParseFailure(Failure(i).String()); err != nil || f != Failure(i) {
			t.Errorf("%v: %v", f, err)
		}
	}
	if _, err := ParseFailure("pass"); err == nil {
		t.Error("passing is no policy for failures")
	}
}
