package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// TestValidate holds that every example is a valid configuration.
func TestValidate(t *testing.T) {
	bin := binary(t)
	examples, err := filepath.Glob("../../../configs/otelcol*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range examples {
		cmd := exec.Command(bin, "validate", "--config", path)
		cmd.Env = append(os.Environ(), "STANCH_KEY="+testKey, "STANCH_STATE="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
		if strings.HasSuffix(path, "-redaction.yaml") {
			continue // needs none, as contrib's processor does not
		}
		cmd = exec.Command(bin, "validate", "--config", path)
		cmd.Env = append(os.Environ(), "STANCH_KEY=", "STANCH_STATE="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "no key") {
			t.Errorf("%s: valid without a key: %v\n%s", path, err, out)
		}
	}
}

const toFiles = `
extensions:
  stanch: {}
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP"}}}
  stanch: {flush_interval: 10ms}
processors:
  stanch:
exporters:
  file/logs: {path: DIR/logs.json, flush_interval: 10ms}
  file/traces: {path: DIR/traces.json}
  file/metrics: {path: DIR/metrics.json}
  file/profiles: {path: DIR/profiles.json}
  file/findings: {path: DIR/findings.json}
  debug: {verbosity: detailed}
service:
  telemetry: {metrics: {level: none}}
  extensions: [stanch]
  pipelines:
    logs: {receivers: [otlp], processors: [stanch], exporters: [file/logs, debug]}
    traces: {receivers: [otlp], processors: [stanch], exporters: [file/traces, debug]}
    metrics: {receivers: [otlp], processors: [stanch], exporters: [file/metrics, debug]}
    profiles: {receivers: [otlp], processors: [stanch], exporters: [file/profiles, debug]}
    logs/findings: {receivers: [stanch], processors: [stanch], exporters: [file/findings]}
`

const canary = "winter-garden-9"

// TestSmoke sends a secret in each signal, in protobuf and in JSON.
func TestSmoke(t *testing.T) {
	c := run(t, t.TempDir(), toFiles)
	const text = "said password=" + canary + " and went on"

	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(text)
	logs := plogotlp.NewExportRequestFromLogs(ld)

	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetName(text)
	s.Attributes().PutStr("password", canary)
	traces := ptraceotlp.NewExportRequestFromTraces(td)

	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("requests")
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetIntValue(1)
	p.Attributes().PutStr("password", canary)
	p.Attributes().PutStr("note", "and went on")
	metrics := pmetricotlp.NewExportRequestFromMetrics(md)

	pd := pprofile.NewProfiles()
	pd.Dictionary().StringTable().Append("", text)
	pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples().AppendEmpty().Values().Append(1)
	profiles := pprofileotlp.NewExportRequestFromProfiles(pd)

	for _, r := range []struct {
		path string
		body interface {
			MarshalProto() ([]byte, error)
			MarshalJSON() ([]byte, error)
		}
	}{{"/v1/logs", logs}, {"/v1/traces", traces}, {"/v1/metrics", metrics}, {"/v1development/profiles", profiles}} {
		b, err := r.body.MarshalProto()
		if err != nil {
			t.Fatal(err)
		}
		c.must(t, r.path, proto, b)
		if b, err = r.body.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		c.must(t, r.path, jsonT, b)
	}
	c.stop(t)
	c.holdNothing(t, canary)
	for _, name := range []string{"logs", "traces", "metrics", "profiles"} {
		got := read(t, filepath.Join(c.dir, name+".json"))
		if strings.Count(got, "\n") != 2 || !strings.Contains(got, "and went on") {
			t.Errorf("%s: %s", name, got)
		}
		if name != "metrics" && !strings.Contains(got, "REDACTED-password") {
			t.Errorf("%s: %s", name, got)
		}
		if !strings.Contains(read(t, filepath.Join(c.dir, "findings.json")), `{"key":"stanch.source.signal","value":{"stringValue":"`+name+`"}}`) {
			t.Errorf("no finding of %s", name)
		}
	}
}
