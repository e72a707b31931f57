package finding

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func sample(s Source) Finding {
	return Finding{
		Schema: SchemaVersion, ID: s.EventID("demo"), Detector: "demo", Version: "0123abcd", Title: "Demo token",
		Severity: High, Confidence: Certain, Action: "mask", Source: s, Key: "token",
		Fingerprint: "0123abcd-00112233445566778899aabbccddeeff",
		Time:        time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Count: 1,
	}
}

var sources = []Source{
	{Kind: Stream},
	{Kind: File, Path: "/var/log/app.log", Offset: 12, Line: 2, Column: 7},
	{Kind: Kafka, Topic: "logs", Offset: 0, Line: 1, Column: 1},
	{Kind: Kafka, Topic: "logs", Partition: 3, Offset: 99, Path: "value"},
	{Kind: OTLP, Signal: "logs", Resource: "checkout", Path: "body"},
}

func TestJSON(t *testing.T) {
	schema := compile(t)
	for _, s := range sources {
		f := sample(s)
		a, err := f.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := f.AppendJSON(nil)
		if !bytes.Equal(a, b) {
			t.Errorf("two encodings differ:\n%s\n%s", a, b)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(a))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", a, err)
		}
		var back Finding
		if err := json.Unmarshal(a, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f, back); d != "" {
			t.Errorf("%s", d)
		}
	}
}

func TestJSONText(t *testing.T) {
	f := sample(sources[1])
	f.ID = "00112233445566778899aabbccddeeff"
	got, err := f.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":1,"id":"00112233445566778899aabbccddeeff","detector":"demo","version":"0123abcd","title":"Demo token",` +
		`"severity":"high","confidence":"high","action":"mask",` +
		`"source":{"kind":"file","path":"/var/log/app.log","offset":12,"line":2,"column":7},` +
		`"key":"token","fingerprint":"0123abcd-00112233445566778899aabbccddeeff","time":"2026-01-02T03:04:05.000006Z","count":1}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compile(t)
	for name, spoil := range map[string]func(m map[string]any){
		"unknown field":     func(m map[string]any) { m["value"] = "x" },
		"no detector":       func(m map[string]any) { delete(m, "detector") },
		"other version":     func(m map[string]any) { m["schema"] = 2 },
		"bare hash":         func(m map[string]any) { m["fingerprint"] = "00112233445566778899aabbccddeeff" },
		"unknown severity":  func(m map[string]any) { m["severity"] = "urgent" },
		"file without path": func(m map[string]any) { delete(m["source"].(map[string]any), "path") },
		"file with a topic": func(m map[string]any) { m["source"].(map[string]any)["topic"] = "x" },
		"line from 0":       func(m map[string]any) { m["source"].(map[string]any)["line"] = 0 },
	} {
		f := sample(sources[1])
		b, err := f.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		spoil(m)
		b, _ = json.Marshal(m)
		v, _ := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if schema.Validate(v) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUnknownKind(t *testing.T) {
	f := sample(Source{Kind: "carrier-pigeon"})
	if _, err := f.AppendJSON(nil); err == nil {
		t.Error("encoded")
	}
}

func TestEventID(t *testing.T) {
	k := Source{Kind: Kafka, Topic: "t", Partition: 1, Offset: 2, Line: 1, Column: 3}
	if a, b := k.EventID("demo"), k.EventID("demo"); a != b {
		t.Errorf("the same place in Kafka: %s and %s", a, b)
	}
	other := k
	other.Offset++
	if k.EventID("demo") == other.EventID("demo") || k.EventID("demo") == k.EventID("other") {
		t.Error("different events have one id")
	}
	f := Source{Kind: File, Path: "p"}
	if a, b := f.EventID("demo"), f.EventID("demo"); a == b {
		t.Error("a file's place gave the same id twice")
	}
}

func TestParseNames(t *testing.T) {
	for s := Low; s <= Critical; s++ {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	for c := Doubtful; c <= Certain; c++ {
		if got, err := ParseConfidence(c.String()); err != nil || got != c {
			t.Errorf("%v: %v, %v", c, got, err)
		}
	}
	if _, err := ParseSeverity("urgent"); err == nil {
		t.Error("severity urgent accepted")
	}
	if _, err := ParseConfidence("sure"); err == nil {
		t.Error("confidence sure accepted")
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	b, err := os.Open("../configs/finding.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	doc, err := jsonschema.UnmarshalJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("finding.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("finding.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
