package e2e

import (
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/stanch/stanch/detectors"
)

// TestReloadUnderTelemetrygen replaces the policy over and over, now and then by one that
// is refused, while the generator sends as fast as it can: every record arrives, and
// none in clear.
func TestReloadUnderTelemetrygen(t *testing.T) {
	binary(t)
	telemetrygen := program(t, "STANCH_TELEMETRYGEN")
	token, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 4711)
	if err != nil {
		t.Fatal(err)
	}
	c, grpc, _ := pair(t, "stanch", "version: 1\n", false)
	var done atomic.Bool
	swapped := make(chan int)
	go func() {
		n := 0
		for ; !done.Load(); n++ {
			text := []string{"version: 1\n", "version: 1\npolicy: [{detector: github-pat, action: remove}]\n", "version: 1\npolicy: [{confidence: low, action: mask}]\n", "version: 2\n"}[n%4]
			write(t, filepath.Join(c.dir, "policy.yaml"), text)
			time.Sleep(20 * time.Millisecond) // no answer is waited for: load, not order
		}
		swapped <- n
	}()
	must(t, exec.Command(telemetrygen, "logs", "--otlp-insecure", "--otlp-endpoint", grpc, "--rate", "2000", "--workers", "4", "--duration", "5s", "--body", "said token="+token+" and went on"))
	done.Store(true)
	n := <-swapped
	c.stop(t)
	c.holdNothing(t, token)
	came := strings.Count(read(t, filepath.Join(c.dir, "in-logs.json")), "and went on")
	went := strings.Count(read(t, filepath.Join(c.dir, "logs.json")), "and went on")
	if came == 0 || came != went {
		t.Errorf("%d records came, %d went", came, went)
	}
	applied, refused := strings.Count(c.log.String(), "policy in force")-1, strings.Count(c.log.String(), "policy refused")
	if applied < 3 || refused == 0 {
		t.Errorf("%d policies were written, %d applied", n, applied)
	}
	t.Logf("%d records; %d policies were written, %d applied, %d refused", went, n, applied, refused)
}

const dropIn = `
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP", max_request_body_size: 134217728}}}
processors:
  redaction: {allow_all_keys: true, blocked_values: ['ORD-[0-9]{9}', '[a-z]+@corp\.example', 'begin(?s:.*)finish'], blocked_key_patterns: ['^owner'], summary: debug}
exporters:
  file/logs: {path: DIR/logs.json, flush_interval: 10ms}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    logs: {receivers: [otlp], processors: [redaction], exporters: [file/logs]}
`

// TestRedactionHostile sends the drop-in what is large, deep, wide or broken: it lives,
// answers, keeps its memory and lets nothing through.
func TestRedactionHostile(t *testing.T) {
	c := run(t, t.TempDir(), dropIn)
	send := func(fill func(plog.LogRecord)) int {
		t.Helper()
		ld := plog.NewLogs()
		fill(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		b, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
		if err != nil {
			t.Fatal(err)
		}
		c.must(t, "/v1/logs", proto, b)
		return len(b)
	}
	const secret = "password=" + canary + " ORD-123456789 "
	send(func(r plog.LogRecord) { r.Body().SetStr("x") })
	idle := c.peak(t)
	most := 0
	for name, fill := range map[string]func(plog.LogRecord){
		"a large body":         func(r plog.LogRecord) { r.Body().SetStr(strings.Repeat(strings.Repeat("x ", 500)+secret, 64<<10)) },
		"a body without blank": func(r plog.LogRecord) { r.Body().SetStr(strings.Repeat("begin", 4<<20) + " " + secret) },
		"many attributes": func(r plog.LogRecord) {
			for i := range 10_000 {
				r.Attributes().PutStr("owner "+strings.Repeat("k", i%50)+string(rune('a'+i%26))+strings.Repeat("i", i/500), secret)
				r.Attributes().PutStr(strings.Repeat("n", i%97)+string(rune('a'+i%26)), secret)
			}
		},
		"a deep body": func(r plog.LogRecord) { deep(r.Body(), 90, secret) },
		"a deep attribute": func(r plog.LogRecord) {
			deep(r.Attributes().PutEmpty("deep"), 90, secret)
		},
	} {
		from := time.Now()
		n := send(fill)
		t.Logf("%s: %d MB in %v", name, n>>20, time.Since(from).Round(time.Millisecond))
		most = max(most, n)
		if !c.alive() {
			t.Fatalf("%s ends it", name)
		}
	}
	for _, body := range []string{"", "{", "\x0a\xff\xff\xff\xff\x0f", `{"resourceLogs": [{"scopeLogs": 5}]}`, strings.Repeat("[", 100_000)} {
		for _, kind := range []string{proto, jsonT} {
			status, answer, err := c.post(context.Background(), "/v1/logs", kind, []byte(body))
			if err != nil || body != "" && status < 400 && status != http.StatusOK || strings.Contains(answer, canary) {
				t.Errorf("%.20q as %s: %d %s %v", body, kind, status, answer, err)
			}
		}
	}
	// The receiver, the exporter and what waits each hold a request or its text.
	if peak := c.peak(t); idle > 0 && peak > idle+int64(12*most) {
		t.Errorf("memory rose from %d MB to %d MB on requests of %d MB", idle>>20, peak>>20, most>>20)
	} else {
		t.Logf("memory rose from %d MB to %d MB on requests of up to %d MB", idle>>20, peak>>20, most>>20)
	}
	send(func(r plog.LogRecord) { r.Body().SetStr("still there") })
	c.stop(t)
	c.holdNothing(t, canary, "ORD-123456789")
	if got := read(t, filepath.Join(c.dir, "logs.json")); !strings.Contains(got, "still there") {
		t.Error("what came last is not there")
	}
}

// deep puts a text into maps and lists in each other.
func deep(v pcommon.Value, depth int, text string) {
	for i := range depth {
		if i%2 == 0 {
			v = v.SetEmptyMap().PutEmpty("k")
		} else {
			v = v.SetEmptySlice().AppendEmpty()
		}
	}
	v.SetStr(text)
}
