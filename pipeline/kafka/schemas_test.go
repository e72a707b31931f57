package kafka

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/record/avro"
	"github.com/stanch/stanch/record/protobuf"
	"github.com/stanch/stanch/redact"
)

const event = `{"type":"record","name":"Event","fields":[
	{"name":"message","type":"string"},
	{"name":"user","type":{"type":"record","name":"User","fields":[{"name":"password","type":["null","string"]}]}},
	{"name":"labels","type":{"type":"map","values":"string"}}]}`

// written is an event as another implementation writes it, behind a frame.
func written(t testing.TB, id uint32, message, password, label string) []byte {
	t.Helper()
	c, err := goavro.NewCodec(event)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.BinaryFromNative(framing(id), map[string]any{"message": message, "user": map[string]any{"password": map[string]any{"string": password}}, "labels": map[string]any{label: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func framing(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{0}, id) }

func eventFormat(t testing.TB) Format {
	t.Helper()
	s, err := avro.Parse([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAvro(t *testing.T) {
	f := eventFormat(t)
	clean := written(t, 7, "all is well", "", "a")
	dirty := written(t, 7, "token ghp is none, password="+secret, secret, "password="+secret)
	want := func(redacted []byte, frame []byte) {
		t.Helper()
		if !bytes.HasPrefix(redacted, frame) || bytes.Contains(redacted, []byte(secret)) {
			t.Fatalf("%q", redacted)
		}
		c, _ := goavro.NewCodec(event)
		v, rest, err := c.NativeFromBinary(redacted[len(frame):])
		if err != nil || len(rest) > 0 {
			t.Fatalf("%q: %v", redacted, err)
		}
		m := v.(map[string]any)
		if m["message"] != "token ghp is none, password=REDACTED-password" || m["user"].(map[string]any)["password"].(map[string]any)["string"] != "REDACTED-password" || len(m["labels"].(map[string]any)) != 1 {
			t.Error(m)
		}
	}
	for _, c := range []struct {
		name  string
		route Route
		frame int
	}{
		{"by its id", Route{Payload: Framed, Schemas: Schemas{ByID: map[uint32]Format{7: f}}}, 5},
		{"auto", Route{Schemas: Schemas{ByID: map[uint32]Format{7: f}}}, 5},
		{"any id", Route{Payload: Framed, Schemas: Schemas{Other: f}}, 5},
		{"without a frame", Route{Payload: Avro, Schemas: Schemas{Other: f}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := [][]byte{clean[5-c.frame:], dirty[5-c.frame:], nil, clean[5-c.frame:], clean[5-c.frame : len(clean)-1]}
			j := transform(t, engine(), telemetryOptions(), c.route, in...)
			got, marked := outputs(t, j)
			if len(got) != 4 || marked != 1 || j.changed != 1 || len(j.cases) != 1 || j.failed[pipeline.Undecodable] != 1 {
				t.Fatalf("%d records, %d marked, %d changed, failed %v", len(got), marked, j.changed, j.failed)
			}
			if !bytes.Equal(got[0], in[0]) || got[2] != nil || !bytes.Equal(got[3], in[3]) {
				t.Error("a clean value is changed")
			}
			want(got[1], framing(7)[5-c.frame:])
			ids, paths := map[string]bool{}, map[string]bool{}
			for _, f := range j.findings {
				if s := f.Source; s.Kind != finding.Kafka || s.Topic != "logs" || s.Partition != 3 || s.Offset != 101 {
					t.Errorf("source %+v", s)
				}
				ids[f.ID], paths[f.Source.Path] = true, true
			}
			if len(ids) != 3 || !paths["message"] || !paths["user.password"] || !paths["labels#key"] {
				t.Errorf("%d ids, %v", len(ids), paths)
			}
			// A batch of clean records goes on as it came.
			if j := transform(t, engine(), telemetryOptions(), c.route, in[0], got[1]); j.raw != 1 {
				t.Error("clean values are written anew")
			}
		})
	}
}

func TestSchemaAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	route := Route{Payload: Framed, Schemas: Schemas{ByID: map[uint32]Format{7: eventFormat(t)}}}
	tr := transformer{scratch: new(scratch), route: &route, r: engine().NewRedactor(), j: new(job)}
	tr.recs[0].Value, tr.slots[0] = written(t, 7, "GET / took 15 ms", "", "a"), -1
	if n := allocations(100, func() { tr.structured(0) }); n >= 1 || len(tr.edits) > 0 {
		t.Errorf("%v allocations for a clean value", n)
	}
}

// TestOtherIDs: framed values without a schema are what they were without schemas.
func TestOtherIDs(t *testing.T) {
	schemas := Schemas{ByID: map[uint32]Format{7: eventFormat(t)}}
	avro, json := written(t, 8, "password="+secret, "", "a"), append(framing(8), `{"password":"`+secret+`"}`...)
	for _, c := range []struct {
		binary  Binary
		values  int
		changed int
	}{{RefuseBinary, 1, 1}, {DetectBinary, 1, 1}} {
		j := transform(t, engine(), telemetryOptions(), Route{Payload: Framed, Binary: c.binary, Schemas: schemas}, avro, json)
		got, _ := outputs(t, j)
		if len(got) != c.values || j.changed != c.changed || bytes.Contains(bytes.Join(got, nil), []byte(secret)) {
			t.Errorf("%v: %q", c.binary, got)
		}
	}
}

func TestSchemaFailures(t *testing.T) {
	fixed, err := avro.Parse([]byte(`{"type":"fixed","name":"F","size":30}`))
	if err != nil {
		t.Fatal(err)
	}
	route := Route{Payload: Avro, Schemas: Schemas{Other: fixed}}
	j := transform(t, engine(), telemetryOptions(), route, []byte("password="+secret), []byte("nothing that is secret at all.."))
	if got, _ := outputs(t, j); len(got) != 0 || j.failed[pipeline.UnknownFormat] != 1 || j.failed[pipeline.Undecodable] != 1 {
		t.Errorf("%q, %v", got, j.failed)
	}
	o := telemetryOptions()
	o.Failure = pipeline.RedactValue
	if got, _ := outputs(t, transform(t, engine(), o, route, []byte("password="+secret))); len(got) != 1 || !bytes.Equal(got[0], marker()) {
		t.Errorf("%q", got)
	}
	// The action drop takes the record.
	d, err := redact.ParseDocument("p.yaml", []byte("version: 1\npolicy: [{path: user.password, action: drop}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(d, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	f := eventFormat(t)
	route = Route{Payload: Framed, Schemas: Schemas{Other: f}}
	j = transform(t, e, telemetryOptions(), route, written(t, 7, "", secret, "a"), written(t, 7, "password="+secret, "", "a"))
	if got, _ := outputs(t, j); len(got) != 1 || j.changed != 1 || len(j.failed) != 0 {
		t.Errorf("%q, %v", got, j.failed)
	}
	if _, err := NewFlow(Options{Group: "g", Routes: []Route{{Payload: Avro}}}); err == nil {
		t.Error("a payload without its schema")
	}
}

// TestSchemaFlow moves framed values through a broker.
func TestSchemaFlow(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Routes[0].Payload = Framed
	_, indexed := structs(t)
	o.Routes[0].Schemas = Schemas{ByID: map[uint32]Format{7: eventFormat(t), 8: indexed}}
	const n = 200
	var recs []*kgo.Record
	for i := range n {
		v := written(t, 7, "GET /", "", "a")
		switch i % 10 {
		case 3:
			v = written(t, 7, "GET /?password="+secret, secret, "a")
		case 5:
			v = append(append(framing(8), 0), details(t, secret)...)
		case 7:
			v = written(t, 9, "password="+secret, "", "a") // of no schema that is known
		}
		recs = append(recs, &kgo.Record{Partition: int32(i % 4), Key: []byte{byte(i)}, Value: v, Timestamp: time.UnixMilli(1_700_000_000_000)})
	}
	w.produce(recs...)
	stop := w.start(o)
	c, err := goavro.NewCodec(event)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for _, r := range w.consume("clean.logs", n-n/10) {
		if bytes.HasPrefix(r.Value, framing(8)) {
			if !bytes.Equal(r.Value[6:], details(t, "REDACTED-password")) {
				t.Fatalf("%q", r.Value)
			}
		} else if _, rest, err := c.NativeFromBinary(r.Value[5:]); err != nil || len(rest) > 0 || !bytes.HasPrefix(r.Value, framing(7)) {
			t.Fatalf("%q: %v", r.Value, err)
		}
		if len(r.Headers) > 0 {
			changed++
		}
	}
	if changed != n/5 {
		t.Errorf("%d changed", changed)
	}
	w.caught("stanch", "logs")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := w.keep.quarantined(); len(got) != n/10 {
		t.Errorf("%d in the quarantine", len(got))
	}
}

// structs is the file of google.protobuf.Struct, and the format of framed values of it.
func structs(t testing.TB) (*protobuf.Files, *protobuf.Indexed) {
	t.Helper()
	file := protodesc.ToFileDescriptorProto(structpb.File_google_protobuf_struct_proto)
	set, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{file}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := protobuf.Parse(set)
	if err != nil {
		t.Fatal(err)
	}
	indexed, err := files.Indexed("", protobuf.Refuse)
	if err != nil {
		t.Fatal(err)
	}
	return files, indexed
}

// details is a google.protobuf.Struct with a password in it.
func details(t testing.TB, password string) []byte {
	t.Helper()
	s, err := structpb.NewStruct(map[string]any{"user": map[string]any{"password": password}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestProtobuf redacts messages behind a frame and their indexes.
func TestProtobuf(t *testing.T) {
	files, indexed := structs(t)
	message, err := files.Message("google.protobuf.Struct", protobuf.Refuse)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(v string) []byte { return details(t, v) }
	for _, c := range []struct {
		name   string
		route  Route
		prefix []byte
	}{
		{"with a frame", Route{Payload: Framed, Schemas: Schemas{ByID: map[uint32]Format{9: indexed}}}, append(framing(9), 0)},
		{"without", Route{Payload: Protobuf, Schemas: Schemas{Other: message}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := append(bytes.Clone(c.prefix), encode(secret)...)
			unknown := append(bytes.Clone(in), 0xf8, 0x06, 0x01)
			j := transform(t, engine(), telemetryOptions(), c.route, in, append(bytes.Clone(c.prefix), encode("")...), in[:len(in)-1], unknown)
			got, _ := outputs(t, j)
			if len(got) != 2 || j.changed != 1 || j.failed[pipeline.Undecodable] != 1 || j.failed[pipeline.UnknownFormat] != 1 {
				t.Fatalf("%q, failed %v", got, j.failed)
			}
			if want := append(bytes.Clone(c.prefix), encode("REDACTED-password")...); !bytes.Equal(got[0], want) {
				t.Errorf("%q\nwant %q", got[0], want)
			}
			if len(j.findings) != 1 || j.findings[0].Source.Path != "fields.user.fields.password" {
				t.Errorf("%+v", j.findings)
			}
		})
	}
}

// TestSchemaKeys: framed keys are redacted by their schemas, and stay equal to each other.
func TestSchemaKeys(t *testing.T) {
	text, err := avro.Parse([]byte(`"string"`))
	if err != nil {
		t.Fatal(err)
	}
	schemas := Schemas{ByID: map[uint32]Format{3: text}, Other: text}
	str := func(id uint32, s string) []byte {
		return append(binary.AppendVarint(framing(id), int64(len(s))), s...)
	}
	j := transformRecords(t, engine(), telemetryOptions(), Route{Payload: Framed, Schemas: schemas},
		batch.Record{Key: str(3, "plain"), Value: str(3, "x")},
		batch.Record{Key: str(3, "login password="+secret), Value: str(3, "x")},
		batch.Record{Key: str(3, "login password="+secret), Value: str(3, "x")},
		batch.Record{Key: str(3, "cut")[:7], Value: str(3, "x")},
		batch.Record{Key: []byte("login password=" + secret), Value: str(4, "x")})
	recs := outputRecords(t, j)
	if len(recs) != 4 || j.failed[pipeline.Undecodable] != 1 {
		t.Fatalf("%d records, %v", len(recs), j.failed)
	}
	c, err := goavro.NewCodec(`"string"`)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, r := range recs[:3] {
		k, rest, err := c.NativeFromBinary(r.Key[5:])
		if err != nil || len(rest) > 0 || !bytes.HasPrefix(r.Key, framing(3)) {
			t.Fatalf("%q: %v", r.Key, err)
		}
		keys = append(keys, k.(string))
	}
	if keys[0] != "plain" || keys[1] != keys[2] || !strings.HasPrefix(keys[1], "login password=") || strings.Contains(keys[1], secret) || bytes.Contains(recs[3].Key, []byte(secret)) {
		t.Errorf("%q, %q", keys, recs[3].Key)
	}
}

// TestUnscannableSides: what cannot be scanned beside a value goes nowhere, either.
func TestUnscannableSides(t *testing.T) {
	d, err := redact.ParseDocument("p.yaml", []byte("version: 1\nlimits: {max_candidates: 1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(d, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	o := telemetryOptions()
	o.Failure = pipeline.RedactValue
	two := []byte("password=" + secret + " password=" + secret + "2")
	headers := batch.AppendHeaders(nil, []batch.Header{{Key: []byte("a"), Value: two}})
	recs := outputRecords(t, transformRecords(t, e, o, Route{},
		batch.Record{Key: two, Value: []byte("x"), Headers: batch.AppendHeaders(nil, []batch.Header{{Key: []byte("password"), Value: []byte(secret)}})},
		batch.Record{Key: []byte("a"), Value: []byte("x"), Headers: headers}))
	if len(recs) != 2 {
		t.Fatal(len(recs))
	}
	for _, r := range recs {
		if bytes.Contains(r.Key, []byte(secret)) || bytes.Contains(r.Headers, []byte(secret)) || !bytes.Equal(r.Value, marker()) {
			t.Errorf("%q %q %q", r.Key, r.Value, r.Headers)
		}
	}
}

// transformRecords redacts records as one batch.
func transformRecords(t testing.TB, e *redact.Engine, o Options, route Route, recs ...batch.Record) *job {
	t.Helper()
	if err := o.defaults(); err != nil {
		t.Fatal(err)
	}
	var b batch.Builder
	for _, r := range recs {
		b.Append(&r, r.Key, r.Value, r.Headers)
	}
	raw, err := b.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		t.Fatal(err)
	}
	in, _, err := batch.Next(raw)
	if err != nil {
		t.Fatal(err)
	}
	j := &job{next: int64(len(recs)), batches: []batch.Batch{in}}
	tr := transformer{scratch: &scratch{dec: batch.NewDecoder(o.MaxBatchBytes)}, o: &o, route: &route, handle: redact.NewHandle(e), engine: e, r: e.NewRedactor(), j: j,
		topic: "logs", part: 3, bufs: make(buffers, 1)}
	tr.run()
	if j.err != nil {
		t.Fatal(j.err)
	}
	return j
}

// outputRecords reads the records that a job writes.
func outputRecords(t testing.TB, j *job) (recs []batch.Record) {
	t.Helper()
	for _, o := range j.outs {
		b, _, err := batch.Next(o.raw)
		if err != nil {
			t.Fatal(err)
		}
		records, err := batch.NewDecoder(1 << 24).Records(&b)
		if err != nil {
			t.Fatal(err)
		}
		var rec batch.Record
		for r := batch.NewReader(&b, records); r.Next(&rec); {
			recs = append(recs, batch.Record{Key: bytes.Clone(rec.Key), Value: bytes.Clone(rec.Value), Headers: bytes.Clone(rec.Headers)})
		}
	}
	return recs
}
