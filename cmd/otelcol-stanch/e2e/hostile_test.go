package e2e

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

const large = `
extensions:
  stanch: {}
receivers:
  otlp: {protocols: {http: {endpoint: "HTTP", max_request_body_size: 104857600}}}
processors:
  stanch: {MAX}
exporters:
  file: {path: DIR/logs.json}
service:
  telemetry: {metrics: {level: none}}
  extensions: [stanch]
  pipelines:
    logs: {receivers: [otlp], processors: [stanch], exporters: [file]}
`

func one(fill func(plog.LogRecord)) []byte {
	ld := plog.NewLogs()
	fill(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
	b, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
	if err != nil {
		panic(err)
	}
	return b
}

// still holds that the collector is there and redacts.
func (c *collector) still(t *testing.T) {
	t.Helper()
	c.must(t, "/v1/logs", proto, one(func(r plog.LogRecord) { r.Body().SetStr("still here, password=" + canary) }))
	if !c.alive() {
		t.Fatal("the collector is gone")
	}
}

// TestMalformed sends what is no OTLP. The answer says so, and nothing of it is kept.
func TestMalformed(t *testing.T) {
	c := run(t, t.TempDir(), toFiles)
	good := one(func(r plog.LogRecord) { r.Body().SetStr("password=" + canary) })
	rnd := rand.New(rand.NewPCG(1, 2))
	cases := map[string][2]string{
		"empty JSON":       {jsonT, ""},
		"cut JSON":         {jsonT, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"password=` + canary + `"`},
		"wrong types":      {jsonT, `{"resourceLogs":"password=` + canary + `"}`},
		"no JSON":          {jsonT, "password=" + canary},
		"cut protobuf":     {proto, string(good[:len(good)-3])},
		"text":             {proto, "password=" + canary},
		"another type":     {"text/plain", "password=" + canary},
		"deep JSON":        {jsonT, strings.Repeat(`{"resourceLogs":[`, 20000)},
		"deep groups":      {proto, strings.Repeat("\x0b", 1<<20)},
		"a length of 2^63": {proto, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},
	}
	for name, r := range cases {
		for _, path := range []string{"/v1/logs", "/v1/traces", "/v1/metrics", "/v1development/profiles"} {
			status, answer, err := c.post(context.Background(), path, r[0], []byte(r[1]))
			if err != nil || status >= 500 || r[0] == proto && status == 200 && name != "text" {
				t.Errorf("%s, %s: %d %s %v", name, path, status, answer, err)
			}
			// The receiver tells the sender of JSON which part of it is wrong.
			if strings.Contains(answer, canary) && r[0] != jsonT {
				t.Errorf("%s, %s: the answer quotes the request", name, path)
			}
		}
	}
	// Bytes changed at random: whatever still parses is redacted as it parses.
	for range 500 {
		b := bytes.Clone(good)
		for range 1 + rnd.IntN(3) {
			b[rnd.IntN(len(b)-len(canary)-20)] = byte(rnd.IntN(256))
		}
		if status, answer, err := c.post(context.Background(), "/v1/logs", proto, b); err != nil || status >= 500 {
			t.Fatalf("%x: %d %s %v", b, status, answer, err)
		}
	}
	c.still(t)
	c.stop(t)
	c.holdNothing(t, "password="+canary)
}

// TestLarge sends what is much: the memory stays within a small multiple of the request.
func TestLarge(t *testing.T) {
	for _, max := range []string{"", "max_value: 1000000"} {
		t.Run("processor "+max, func(t *testing.T) {
			c := run(t, t.TempDir(), strings.ReplaceAll(large, "MAX", max))
			c.still(t)
			before := c.peak(t)
			const size = 64 << 20
			line := strings.Repeat("GET /index.html 200 in 12 ms; ", 40) + "password=" + canary + "\n"
			for name, body := range map[string]string{
				"lines":    strings.Repeat(line, size/len(line)),
				"one line": strings.Repeat("x", size-len(canary)-12) + " password=" + canary,
				"hits":     strings.Repeat("password=", size/9),
			} {
				status, answer, err := c.post(context.Background(), "/v1/logs", proto, one(func(r plog.LogRecord) { r.Body().SetStr(body) }))
				if err != nil || status != http.StatusOK {
					t.Fatalf("%s: %d %s %v", name, status, answer, err)
				}
			}
			c.must(t, "/v1/logs", proto, one(func(r plog.LogRecord) {
				for i := range 10000 {
					r.Attributes().PutStr(fmt.Sprintf("attribute.%d", i), fmt.Sprintf("value %d", i))
				}
				r.Attributes().PutStr("password", canary)
			}))
			c.must(t, "/v1/logs", proto, one(func(r plog.LogRecord) {
				for i := range 10000 {
					r.Attributes().PutStr(fmt.Sprintf("user%d.password", i), canary)
				}
			}))
			c.must(t, "/v1/logs", proto, one(func(r plog.LogRecord) {
				m := r.Attributes()
				for range 100 {
					m = m.PutEmptyMap("level")
				}
				m.PutStr("password", canary)
				var deep func(v pcommon.Value, n int)
				deep = func(v pcommon.Value, n int) {
					if n == 0 {
						v.SetStr("password=" + canary)
						return
					}
					deep(v.SetEmptySlice().AppendEmpty(), n-1)
				}
				deep(r.Body(), 100)
			}))
			c.still(t)
			if peak := c.peak(t); peak > before+20*size {
				t.Errorf("%d MB of memory, %d MB before", peak>>20, before>>20)
			} else {
				t.Logf("%d MB of memory, %d MB before", peak>>20, before>>20)
			}
			c.stop(t)
			c.holdNothing(t, canary)
			if max == "" && strings.Count(read(t, filepath.Join(c.dir, "logs.json")), "REDACTED-password") < 10000 {
				t.Error("values are missing")
			}
		})
	}
}

// TestTooLarge sends more than the receiver takes by default.
func TestTooLarge(t *testing.T) {
	c := run(t, t.TempDir(), toFiles)
	status, answer, err := c.post(context.Background(), "/v1/logs", proto, one(func(r plog.LogRecord) {
		r.Body().SetStr(strings.Repeat("password="+canary+" ", 64<<20/25))
	}))
	if err == nil && (status < 400 || status >= 500 || strings.Contains(answer, canary)) {
		t.Errorf("%d %s", status, answer[:min(len(answer), 200)])
	}
	c.still(t)
	c.stop(t)
	c.holdNothing(t, canary)
}
