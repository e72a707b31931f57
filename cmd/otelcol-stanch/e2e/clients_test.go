package e2e

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// Two pipelines get the same data from one receiver: what one redacts, the other writes
// down as it came, so that it can be told what had to change and what had not to.
const both = `
extensions:
  stanch: {policy: DIR/policy.yaml, reload: {settle: 5ms}}
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP"}, grpc: {endpoint: "GRPC", max_recv_msg_size_mib: 128}}}
processors:
  stanch: {summary: debug}
  redaction: {allow_all_keys: true, blocked_values: ['ORD-[0-9]{9}'], summary: debug}
exporters:
  file/logs: {path: DIR/logs.json, flush_interval: 10ms}
  file/traces: {path: DIR/traces.json, flush_interval: 10ms}
  file/metrics: {path: DIR/metrics.json, flush_interval: 10ms}
  file/in-logs: {path: DIR/in-logs.json, flush_interval: 10ms}
  file/in-traces: {path: DIR/in-traces.json, flush_interval: 10ms}
  file/in-metrics: {path: DIR/in-metrics.json, flush_interval: 10ms}
service:
  telemetry: {metrics: {level: none}}
  extensions: [stanch]
  pipelines:
    logs: {receivers: [otlp], processors: [PROCESSOR], exporters: [file/logs]}
    traces: {receivers: [otlp], processors: [PROCESSOR], exporters: [file/traces]}
    metrics: {receivers: [otlp], processors: [PROCESSOR], exporters: [file/metrics]}
    logs/in: {receivers: [otlp], exporters: [file/in-logs]}
    traces/in: {receivers: [otlp], exporters: [file/in-traces]}
    metrics/in: {receivers: [otlp], exporters: [file/in-metrics]}
`

// forward sends on what it gets as JSON.
const forward = `
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP"}, grpc: {endpoint: "GRPC"}}}
exporters:
  otlp_http: {endpoint: "http://TO", encoding: json, compression: none, sending_queue: {enabled: false}}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    logs: {receivers: [otlp], exporters: [otlp_http]}
    traces: {receivers: [otlp], exporters: [otlp_http]}
    metrics: {receivers: [otlp], exporters: [otlp_http]}
`

var signals = []string{"logs", "traces", "metrics"}

// forms are ways in which a secret is written, each with what is searched for.
var forms = []struct {
	name string
	of   func(token string) (text string, marks []string)
}{
	{"plain", func(s string) (string, []string) { return "said token=" + s + " and went on", []string{s} }},
	{"alone", func(s string) (string, []string) { return s, []string{s} }},
	{"base64", func(s string) (string, []string) {
		b := base64.StdEncoding.EncodeToString([]byte(`{"password":"` + s + `"}`))
		return "payload " + b, []string{s, b[8 : len(b)-8]}
	}},
	{"hex", func(s string) (string, []string) {
		h := hex.EncodeToString([]byte("password=" + s))
		return "dump " + h, []string{s, h[20:]}
	}},
	{"percent", func(s string) (string, []string) {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
		return "callback?password%3D" + b.String(), []string{s, b.String()}
	}},
	{"escaped", func(s string) (string, []string) {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, `\u%04x`, s[i])
		}
		return `{"password":"` + b.String() + `"}`, []string{s, b.String(), strings.ReplaceAll(b.String(), `\`, `\\`)}
	}},
}

// positions are where emit.py puts texts.
var positions = []string{
	"resource attribute", "command argument", "schema url", "scope name", "scope version", "scope attribute",
	"severity text", "event name", "body", "body lines", "body map", "body key", "body list", "body bytes",
	"attribute", "attribute list", "attribute bytes", "attribute map", "attribute key",
	"trace state", "span name", "link attribute", "span attribute", "span list", "password", "span event name", "span event attribute", "status message",
	"metric unit", "metric description", "datapoint attribute", "histogram attribute",
}

// plan writes a plan for emit.py in which every position has a secret of its own.
func plan(t *testing.T, dir string, form int, seed uint64) (path string, marks []string) {
	t.Helper()
	say := map[string]string{}
	for i, p := range positions {
		token, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", seed+uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		switch p {
		case "trace state", "command argument", "password", "metric unit", "scope version":
			// What these may hold is short and has a grammar.
			say[p], found = token, []string{token}
		case "body lines":
			var text string
			text, found = forms[form].of(token)
			say[p] = "first line\n" + text + "\nlast line"
		case "schema url":
			say[p], found = "https://schemas.example/"+token, []string{token}
		default:
			say[p], found = forms[form].of(token)
		}
		marks = append(marks, found...)
	}
	b, err := json.Marshal(map[string]any{"say": say, "times": 2})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "in-plan.json")
	write(t, path, string(b))
	return path, marks
}

func program(t *testing.T, env string) string {
	t.Helper()
	path := os.Getenv(env)
	if path == "" {
		t.Skipf("%s names no program: make test-otel-e2e", env)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Env = append(os.Environ(), "OTEL_RESOURCE_ATTRIBUTES=", "NO_PROXY=*")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(cmd.Path), err, tail(string(out)))
	}
}

// pair starts a collector of both pipelines, and one that sends JSON to it if asked.
func pair(t *testing.T, processor, policy string, asJSON bool) (c *collector, grpc, http string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "policy.yaml"), policy)
	grpc = free(t)
	c = run(t, dir, strings.NewReplacer("GRPC", grpc, "PROCESSOR", processor).Replace(both))
	http = c.http
	if asJSON {
		grpc = free(t)
		f := run(t, t.TempDir(), strings.NewReplacer("GRPC", grpc, "TO", c.http).Replace(forward))
		http = f.http
	}
	return c, grpc, http
}

// TestPythonSDK: logs, traces and metrics of the SDK for Python, with a secret in every
// position that it can fill, in several forms and over each way of sending.
func TestPythonSDK(t *testing.T) {
	binary(t)
	python := program(t, "STANCH_PYTHON")
	script, err := filepath.Abs("clients/emit.py")
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(1000)
	for _, processor := range []string{"stanch", "redaction"} {
		for _, way := range []string{"grpc", "http", "json"} {
			t.Run(processor+" "+way, func(t *testing.T) {
				c, grpc, http := pair(t, processor, "version: 1\n", way == "json")
				var marks []string
				for i := range forms {
					seed += 1000
					path, found := plan(t, c.dir, i, seed)
					marks = append(marks, found...)
					if way == "grpc" {
						must(t, exec.Command(python, script, path, grpc, "grpc"))
					} else {
						must(t, exec.Command(python, script, path, http, "http"))
					}
				}
				c.stop(t)
				c.holdNothing(t, marks...)
				for _, s := range signals {
					compareFiles(t, c.dir, s, marks)
				}
			})
		}
	}
}

// TestTelemetrygen: the same with the generator of the Collector's makers.
func TestTelemetrygen(t *testing.T) {
	binary(t)
	telemetrygen := program(t, "STANCH_TELEMETRYGEN")
	for _, processor := range []string{"stanch", "redaction"} {
		for _, way := range []string{"grpc", "http", "json"} {
			t.Run(processor+" "+way, func(t *testing.T) {
				c, grpc, http := pair(t, processor, "version: 1\n", way == "json")
				var marks []string
				for i := range forms {
					token, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 77+uint64(i))
					if err != nil {
						t.Fatal(err)
					}
					text, found := forms[i].of(token)
					marks = append(marks, found...)
					for _, s := range signals {
						args := []string{s, "--otlp-insecure", "--rate", "0", "--workers", "1", "--otlp-endpoint", grpc,
							"--telemetry-attributes", `note="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`,
							"--telemetry-attributes", "count=5",
							"--otlp-attributes", `owner="` + token + `"`, "--service", "shop"}
						if way != "grpc" {
							args = append(args, "--otlp-http", "--otlp-endpoint", http)
						}
						switch s {
						case "logs":
							args = append(args, "--logs", "250", "--body", text)
						case "traces":
							args = append(args, "--traces", "50", "--child-spans", "2")
						case "metrics":
							args = append(args, "--metrics", "50", "--otlp-metric-name", "orders.count")
						}
						must(t, exec.Command(telemetrygen, args...))
					}
				}
				c.stop(t)
				c.holdNothing(t, marks...)
				for _, s := range signals {
					compareFiles(t, c.dir, s, marks)
				}
			})
		}
	}
}

// compareFiles compares what came with what went: nothing is lost, what has a secret
// differs, and nothing else does.
func compareFiles(t *testing.T, dir, signal string, marks []string) {
	t.Helper()
	in, out := documents(t, filepath.Join(dir, "in-"+signal+".json")), documents(t, filepath.Join(dir, signal+".json"))
	if len(in) == 0 || len(in) != len(out) {
		t.Fatalf("%s: %d batches came, %d went", signal, len(in), len(out))
	}
	d := difference{t: t, marks: marks, left: 20}
	for i := range in {
		d.compare(signal, in[i], out[i])
	}
	if d.changed == 0 || d.same == 0 {
		t.Errorf("%s: %d values changed, %d did not", signal, d.changed, d.same)
	}
	t.Logf("%s: %d batches, %d values redacted, %d as they came", signal, len(in), d.changed, d.same)
}

func documents(t *testing.T, path string) (list []any) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewReader(f); ; {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var v any
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			list = append(list, v)
		}
		if err != nil {
			return list
		}
	}
}

type difference struct {
	t             *testing.T
	marks         []string
	changed, same int
	left          int // complaints
}

func (d *difference) complain(format string, args ...any) {
	d.t.Helper()
	if d.left > 0 {
		d.t.Errorf(format, args...)
	}
	d.left--
}

// dirty reports whether a text, or the bytes that it is base64 of, has a secret.
func (d *difference) dirty(s string) bool {
	raw, _ := base64.StdEncoding.DecodeString(s)
	for _, m := range d.marks {
		if strings.Contains(s, m) || strings.Contains(string(raw), m) {
			return true
		}
	}
	return false
}

func (d *difference) compare(path string, in, out any) {
	switch a := in.(type) {
	case map[string]any:
		b, ok := out.(map[string]any)
		if !ok {
			d.complain("%s: %v became %v", path, in, out)
			return
		}
		for k, v := range a {
			if w, ok := b[k]; ok {
				d.compare(path+"."+k, v, w)
			} else if s, isText := v.(string); !isText || !d.dirty(s) {
				d.complain("%s.%s is gone", path, k)
			}
		}
		for k := range b {
			if _, ok := a[k]; !ok && !onlySummary(b[k]) {
				d.complain("%s.%s is new: %v", path, k, b[k])
			}
		}
	case []any:
		b, ok := out.([]any)
		if !ok {
			d.complain("%s: %v became %v", path, in, out)
			return
		}
		a, b = d.entries(path, a, b)
		if len(a) != len(b) {
			d.complain("%s: %d items became %d: %v", path, len(a), len(b), b)
			return
		}
		for i := range a {
			d.compare(fmt.Sprintf("%s[%d]", path, i), a[i], b[i])
		}
	case string:
		b, ok := out.(string)
		switch dirty := d.dirty(a); {
		case !ok || dirty != (a != b):
			d.complain("%s: %q became %v", path, a, out)
		case dirty:
			d.changed++
		default:
			d.same++
		}
	default:
		if in != out {
			d.complain("%s: %v became %v", path, in, out)
		}
		d.same++
	}
}

// onlySummary reports whether attributes tell what was redacted, and nothing else.
func onlySummary(attributes any) bool {
	list, ok := attributes.([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		k, _ := m["key"].(string)
		ok = ok && strings.HasPrefix(k, "redaction.")
	}
	return ok
}

// entries pairs the entries of a map by their keys, and those whose keys had a secret by
// what is left. Summaries are left out.
func (d *difference) entries(path string, a, b []any) (x, y []any) {
	key := func(v any) (string, bool) {
		m, _ := v.(map[string]any)
		k, ok := m["key"].(string)
		return k, ok && m["value"] != nil
	}
	if len(a) == 0 || len(b) == 0 {
		return a, b
	}
	if _, ok := key(a[0]); !ok {
		return a, b
	}
	at := map[string]any{}
	for _, v := range b {
		if k, _ := key(v); !strings.HasPrefix(k, "redaction.") {
			at[k] = v
		}
	}
	var rest []any
	for _, v := range a {
		k, _ := key(v)
		if w, ok := at[k]; ok {
			x, y = append(x, v), append(y, w)
			delete(at, k)
		} else if d.dirty(k) {
			rest = append(rest, v)
		} else {
			d.complain("%s: %s is gone", path, k)
		}
	}
	if len(rest) != len(at) {
		d.complain("%s: %d keys had secrets, %d are new: %v", path, len(rest), len(at), at)
	}
	d.changed += len(rest)
	return x, y
}
