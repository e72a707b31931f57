package findings

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/findinglog"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

const testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

func whole(s finding.Source) finding.Finding {
	return finding.Finding{
		Schema: finding.SchemaVersion, ID: "00112233445566778899aabbccddeeff", Detector: "demo", Version: "0123abcd", Title: "Demo token",
		Severity: finding.High, Confidence: finding.Certain, Action: "mask", Source: s, Key: "user_token",
		Fingerprint: "0123abcd-00112233445566778899aabbccddeeff", Inventory: "vault/db", Owner: "team-a", Encoding: "base64",
		Time: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Count: 2,
	}
}

// back makes the JSON of a finding from the attributes of its record.
func back(r plog.LogRecord) map[string]any {
	m := map[string]any{}
	source := map[string]any{}
	for k, v := range r.Attributes().AsRaw() {
		if n, ok := v.(int64); ok {
			v = float64(n) // as JSON has it
		}
		k, ours := strings.CutPrefix(k, "stanch.")
		if name, ok := strings.CutPrefix(k, "source."); ok && ours {
			source[name] = v
		} else if ours {
			m[k] = v
		}
	}
	m["source"] = source
	m["time"] = r.Timestamp().AsTime().Format(time.RFC3339Nano)
	return m
}

// TestRecord holds that a record says all that the finding's JSON says.
func TestRecord(t *testing.T) {
	list := []finding.Finding{
		whole(finding.Source{Kind: finding.OTLP, Signal: "logs", Resource: "checkout", Path: "body", Line: 2, Column: 7}),
		whole(finding.Source{Kind: finding.File, Path: "/var/log/app.log", Offset: 12, Line: 2, Column: 7}),
		whole(finding.Source{Kind: finding.Kafka, Topic: "logs", Partition: 3, Offset: 99, Path: "value"}),
		whole(finding.Source{Kind: finding.Stream}),
	}
	resource := pcommon.NewResource()
	resource.Attributes().PutStr("service.name", "otelcol")
	var c counts
	h := c.hub()
	ld := Logs(h, resource, list)
	rl := ld.ResourceLogs().At(0)
	if d := cmp.Diff(resource.Attributes().AsRaw(), rl.Resource().Attributes().AsRaw()); d != "" {
		t.Error(d)
	}
	sl := rl.ScopeLogs().At(0)
	if !h.Own(sl.Scope()) || sl.Scope().Name() != findinglog.ScopeName {
		t.Error("the scope is not marked")
	}
	for i := range list {
		r := sl.LogRecords().At(i)
		text, err := list[i].AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, back(r)); d != "" {
			t.Errorf("%s: %s", list[i].Source.Kind, d)
		}
		if r.EventName() != findinglog.EventName || r.SeverityNumber() != plog.SeverityNumberError || r.SeverityText() != "high" || r.Body().Str() != "Demo token" {
			t.Errorf("%s %v %s %s", r.EventName(), r.SeverityNumber(), r.SeverityText(), r.Body().Str())
		}
	}
}

// TestRecordIsClean holds that nothing in a record of any detector looks like a secret:
// a processor in the findings' pipeline leaves them as they are.
func TestRecordIsClean(t *testing.T) {
	key, err := redact.ParseKey([]byte(testKey))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	all, err := detectors.Default()
	if err != nil {
		t.Fatal(err)
	}
	var list []finding.Finding
	for i := range all {
		for _, key := range []string{"password", "api_key", "Authorization", "user_token", ""} {
			f := whole(finding.Source{Kind: finding.OTLP, Signal: "logs", Resource: "checkout", Path: "attributes." + key, Line: 1, Column: 1})
			f.Detector, f.Title, f.Severity, f.Key = all[i].ID, all[i].Title, all[i].Severity, key
			list = append(list, f)
		}
	}
	var c counts
	ld := Logs(c.hub(), pcommon.NewResource(), list)
	res, err := otlp.New(redact.NewHandle(e), otlp.Options{}).Logs(ld)
	if err != nil {
		t.Fatal(err)
	}
	if res.Findings > 0 {
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			for k, v := range r.Attributes().All() {
				if strings.Contains(v.Str(), "REDACTED") {
					t.Errorf("%s: %s", k, v.Str())
				}
			}
		}
		t.Errorf("%d findings in findings", res.Findings)
	}
}
