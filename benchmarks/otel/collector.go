//go:build unix

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// pipelines is the same configuration with and without redaction: OTLP in, OTLP out.
// Nothing is compressed, and a request is answered when its data has left.
const pipelines = `
extensions:
  stanch: {key: KEY}
receivers:
  otlp: {protocols: {http: {endpoint: "LISTEN"}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 1000}
  stanch:
exporters:
  otlp_http: {endpoint: "SINK", compression: none, sending_queue: {enabled: false}}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [EXTENSION]
  pipelines:
    logs: {receivers: [otlp], processors: [PROCESSORS], exporters: [otlp_http]}
    traces: {receivers: [otlp], processors: [PROCESSORS], exporters: [otlp_http]}
    metrics: {receivers: [otlp], processors: [PROCESSORS], exporters: [otlp_http]}
`

// process is a collector that runs on one processor.
type process struct {
	cmd    *exec.Cmd
	listen string
}

func startCollector(binary, dir, sink string, redact bool) (*process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{listen: l.Addr().String()}
	l.Close()
	extension, processors := "", "memory_limiter"
	if redact {
		extension, processors = "stanch", "memory_limiter, stanch"
	}
	key := make([]byte, 32)
	rand.Read(key)
	config := strings.NewReplacer("KEY", hex.EncodeToString(key), "LISTEN", p.listen, "SINK", sink,
		"EXTENSION", extension, "PROCESSORS", processors).Replace(pipelines)
	path := filepath.Join(dir, fmt.Sprintf("redact-%t.yaml", redact))
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	p.cmd = exec.Command(binary, "--config", path)
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	p.cmd.Stdout, p.cmd.Stderr = os.Stderr, os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", p.listen); err == nil {
			return p, c.Close()
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not listen", binary)
}

func (p *process) stop() {
	p.cmd.Process.Signal(os.Interrupt)
	p.cmd.Wait()
}

// cpu returns the processor time so far. proc_pid_stat(5): fields 14 and 15, in
// hundredths of a second.
func (p *process) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	must(err)
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var sum time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		must(err)
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}

// memory returns a field of proc_pid_status(5) in MB.
func (p *process) memory(field string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(err)
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, field+":"); ok {
			n, err := strconv.Atoi(strings.Fields(v)[0])
			must(err)
			return float64(n) / 1024
		}
	}
	return 0
}

func (p *process) post(path string, body []byte) {
	resp, err := http.Post("http://"+p.listen+path, "application/x-protobuf", bytes.NewReader(body))
	must(err)
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		must(fmt.Errorf("%s: %s", path, resp.Status))
	}
}

// least is how much processor time a round takes of a collector, many times what the
// system measures it by.
const least = 1500 * time.Millisecond

// compared returns the processor time that a request takes of two collectors. They take
// turns, so that what else the machine does falls on both.
func compared(a, b *process, path string, body []byte) (ofA, ofB time.Duration) {
	const turn = 50
	beginA, beginB := a.cpu(), b.cpu()
	for n := turn; ; n += turn {
		for range turn {
			a.post(path, body)
		}
		for range turn {
			b.post(path, body)
		}
		if ofA, ofB = a.cpu()-beginA, b.cpu()-beginB; min(ofA, ofB) >= least {
			return ofA / time.Duration(n), ofB / time.Duration(n)
		}
	}
}

// benchCollector compares a collector that redacts with one that does not.
func benchCollector(binary string, rounds int) {
	const records = 500
	var received, secrets atomic.Int64
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	sink := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		must(err)
		received.Add(int64(len(body)))
		if r.URL.Path == "/on/v1/logs" {
			secrets.Add(int64(bytes.Count(body, []byte(tokenStart))))
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	})}
	go sink.Serve(l)
	defer sink.Close()
	dir, err := os.MkdirTemp("", "stanch-collector-")
	must(err)
	defer os.RemoveAll(dir)
	off, err := startCollector(binary, dir, "http://"+l.Addr().String()+"/off", false)
	must(err)
	defer off.stop()
	on, err := startCollector(binary, dir, "http://"+l.Addr().String()+"/on", true)
	must(err)
	defer on.stop()
	idle := on.memory("VmRSS") - off.memory("VmRSS")

	logs := func(attrs, every int) []byte {
		b, err := new(plog.ProtoMarshaler).MarshalLogs(makeLogs(records, attrs, every))
		must(err)
		return b
	}
	spans, err := new(ptrace.ProtoMarshaler).MarshalTraces(makeTraces(records))
	must(err)
	points, err := new(pmetric.ProtoMarshaler).MarshalMetrics(makeMetrics(records))
	must(err)

	fmt.Printf("# The whole collector, %s\n\n%s, %s/%s, commit %s. OTLP over HTTP in and out, %d records in a request, nothing compressed, GOMAXPROCS=1. Processor time of the collector, medians of %d rounds, in which the one without redaction and the one with it take turns.\n\n",
		time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, commit, records, rounds)
	fmt.Println("| | must | reach for | throughput, against the same without the processor | with, MB/s of OTLP | without |")
	fmt.Println("|---|--:|--:|--:|--:|--:|")
	for _, r := range []struct {
		name, path string
		body       []byte
	}{
		{"logs of 296 bytes, clean", "/v1/logs", logs(0, 0)},
		{"logs, 10 attributes, clean", "/v1/logs", logs(10, 0)},
		{"logs, 10 attributes, a secret in 1 of 20 records", "/v1/logs", logs(10, 20)},
		{"spans with 10 attributes and an event", "/v1/traces", spans},
		{"data points with 6 attributes", "/v1/metrics", points},
	} {
		var shares []float64
		var with, without []time.Duration
		for round := -1; round < rounds; round++ {
			a, b := compared(off, on, r.path, r.body)
			if round >= 0 {
				shares = append(shares, float64(a)/float64(b))
				without, with = append(without, a), append(with, b)
			}
		}
		fmt.Printf("| %s | .85 | .95 | %.2f | %.0f | %.0f |\n", r.name, median(shares), rate(len(r.body), median(with)), rate(len(r.body), median(without)))
	}
	if received.Load() == 0 || secrets.Load() > 0 {
		must(fmt.Errorf("the collector let %d secrets through", secrets.Load()))
	}
	fmt.Printf("\n| memory of the process beside the same without the processor | must | reach for | MB |\n|---|--:|--:|--:|\n")
	fmt.Printf("| idle | 40 | 20 | %.0f |\n", idle)
	fmt.Printf("| after the rounds above | 40 | 20 | %.0f |\n", on.memory("VmRSS")-off.memory("VmRSS"))
	fmt.Printf("| the most it ever had | 40 | 20 | %.0f |\n", on.memory("VmHWM")-off.memory("VmHWM"))
}
