//go:build unix

// Otel measures the redaction of OpenTelemetry data against contrib's
// redactionprocessor with 50 patterns and against decoding the same batches. It
// writes a table.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/record/otlp"
)

var commit string

func main() {
	rounds := flag.Int("rounds", 7, "rounds to take medians of")
	records := flag.Int("records", 2000, "log records, spans and data points in a batch")
	work := flag.Duration("work", 100*time.Millisecond, "how long a fast subject is repeated in a round")
	profile := flag.String("profile", "", "write a `file` with a processor profile of our own side")
	collector := flag.String("collector", "", "measure this `program`, a collector, instead")
	flag.Parse()
	if *collector != "" {
		benchCollector(*collector, *rounds)
		return
	}
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	debug.SetGCPercent(400)
	m := &measurer{rounds: *rounds, work: *work}
	ours, theirs := newOurs(), newTheirs()
	ctx := context.Background()

	fmt.Printf("# OpenTelemetry, %s\n\n%s, %s/%s, commit %s, redactionprocessor %s with %d patterns, stanch with its %d detectors. Processor time on one core, medians of ratios within %d rounds.\n\n",
		time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, commit, theirVersion(), len(patterns), ours.detectors, *rounds)

	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
		m.only = true
	}

	for _, n := range []int{0, 10} {
		ld := makeLogs(*records, n, 0)
		encoded, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		must(err)
		name := fmt.Sprintf("logs of 296 bytes, %d attributes, clean", n)
		m.compare(row{
			name: name, bytes: textOfLogs(ld), encoded: len(encoded), must: []float64{200, 100}[n/10], aim: []float64{400, 200}[n/10],
			ours:   func() { must(ours.logs.ConsumeLogs(ctx, ld)) },
			theirs: func() { must(theirs.logs.ConsumeLogs(ctx, ld)) },
			decode: func() { _, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(encoded); must(err) },
			allocs: func() { res, err := ours.redactor.Logs(ld); must(err); all(res, textOfLogs(ld)) },
			check:  func() int { return leaks(ld) },
		})
	}
	for _, n := range []int{0, 10} {
		hot := makeLogs(*records, n, 20)
		m.compare(row{
			name: fmt.Sprintf("logs, %d attributes, a secret in 1 of 20 records", n), bytes: textOfLogs(hot), must: 60, aim: 150,
			fresh: func() (func(bool), func() int) {
				ld := plog.NewLogs()
				hot.CopyTo(ld)
				return func(mine bool) {
					if mine {
						must(ours.logs.ConsumeLogs(ctx, ld))
					} else {
						must(theirs.logs.ConsumeLogs(ctx, ld))
					}
				}, func() int { return leaks(ld) }
			},
			secrets: leaks(hot),
		})
	}
	td := makeTraces(*records)
	tenc, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	must(err)
	m.compare(row{
		name: "spans with 10 attributes and an event, clean", bytes: textOfTraces(td), encoded: len(tenc), must: 60, aim: 150,
		ours:   func() { must(ours.traces.ConsumeTraces(ctx, td)) },
		theirs: func() { must(theirs.traces.ConsumeTraces(ctx, td)) },
		decode: func() { _, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(tenc); must(err) },
		allocs: func() { res, err := ours.redactor.Traces(td); must(err); all(res, textOfTraces(td)) },
	})
	md := makeMetrics(*records)
	menc, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
	must(err)
	m.compare(row{
		name: "data points with 6 attributes, clean", bytes: textOfMetrics(md), encoded: len(menc), must: 60, aim: 150,
		ours:   func() { must(ours.metrics.ConsumeMetrics(ctx, md)) },
		theirs: func() { must(theirs.metrics.ConsumeMetrics(ctx, md)) },
		decode: func() { _, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(menc); must(err) },
		allocs: func() { res, err := ours.redactor.Metrics(md); must(err); all(res, textOfMetrics(md)) },
	})
	if m.only {
		return
	}
	m.table()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// all holds that clean text was looked at, all of it, and is clean.
func all(res otlp.Result, bytes int) {
	if res.Bytes < int64(bytes) || res.Findings > 0 || res.Changed > 0 {
		panic(fmt.Sprintf("of %d bytes: %+v", bytes, res))
	}
}

// row is one comparison. fresh, if there is one, makes a batch for a single use, and
// returns what runs one of the two, and what then counts the secrets that are left.
type row struct {
	name           string
	bytes, encoded int
	must, aim      float64
	ours, theirs   func()
	decode, allocs func()
	check          func() int
	fresh          func() (run func(ours bool), left func() int)
	secrets        int
}

type measured struct {
	row
	ours, theirs, decode time.Duration // of one batch
	ratio, overDecode    float64
	allocated            float64
	left, theyLeft       int
}

type measurer struct {
	rounds int
	work   time.Duration
	only   bool // ours, for a profile
	rows   []measured
}

// timed returns the processor time of one call, of as many as fill the time given.
func (m *measurer) timed(f func(), least time.Duration) time.Duration {
	n := 0
	begin := cpuTime()
	for {
		f()
		n++
		if d := cpuTime() - begin; d >= least {
			return d / time.Duration(n)
		}
	}
}

func (m *measurer) compare(r row) {
	x := measured{row: r, left: -1, theyLeft: -1}
	var own []time.Duration
	var ratios, over []float64
	var a, b, c []time.Duration
	for round := -1; round < m.rounds; round++ {
		var mine, other, decode time.Duration
		if r.fresh != nil {
			mine, x.left = m.freshly(r.fresh, true)
			if m.only {
				own = append(own, mine)
				continue
			}
			other, x.theyLeft = m.freshly(r.fresh, false)
		} else {
			mine = m.timed(r.ours, m.work)
			if m.only {
				own = append(own, mine)
				continue
			}
			other = m.timed(r.theirs, m.work)
			decode = m.timed(r.decode, m.work)
		}
		if round < 0 {
			continue
		}
		a, b, c = append(a, mine), append(b, other), append(c, decode)
		ratios = append(ratios, float64(other)/float64(mine))
		over = append(over, float64(decode)/float64(mine))
	}
	if m.only {
		fmt.Fprintf(os.Stderr, "%s: %.0f MB/s\n", r.name, rate(r.bytes, slices.Min(own)))
		return
	}
	x.ours, x.theirs, x.decode = median(a), median(b), median(c)
	x.ratio, x.overDecode = median(ratios), median(over)
	if r.allocs != nil {
		x.allocated = testing.AllocsPerRun(50, r.allocs)
	}
	m.rows = append(m.rows, x)
	fmt.Fprintf(os.Stderr, "%s: %.0f×\n", r.name, x.ratio)
}

// freshly times batches that are redacted once each; making them is not timed.
func (m *measurer) freshly(fresh func() (func(bool), func() int), ours bool) (each time.Duration, left int) {
	n := 1
	if ours {
		n = 20
	}
	var sum time.Duration
	for range n {
		run, count := fresh()
		runtime.GC()
		begin := cpuTime()
		run(ours)
		sum += cpuTime() - begin
		left = count()
	}
	return sum / time.Duration(n), left
}

func (m *measurer) table() {
	fmt.Println("| | must | reach for | times as fast as redactionprocessor | MB/s of text | theirs | times as fast as decoding it | allocations per batch | secrets: planted, left, left by them |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range m.rows {
		over, allocs, secrets := "–", "–", "–"
		if r.decode > 0 {
			over = fmt.Sprintf("%.1f×", r.overDecode)
			allocs = fmt.Sprint(r.allocated)
		}
		if r.fresh != nil {
			secrets = fmt.Sprintf("%d, %d, %d", r.secrets, r.left, r.theyLeft)
		}
		verdict := ""
		switch {
		case r.ratio < r.must:
			verdict = ", **misses**"
		case r.ratio < r.aim:
			verdict = ", must"
		}
		fmt.Printf("| %s | %.0f× | %.0f× | %.0f×%s | %.0f | %.2f | %s | %s | %s |\n", r.name, r.must, r.aim, r.ratio, verdict, rate(r.bytes, r.ours), rate(r.bytes, r.theirs), over, allocs, secrets)
	}
}

func rate(bytes int, d time.Duration) float64 { return float64(bytes) / 1e6 / d.Seconds() }

func median[T float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// cpuTime returns the processor time of the process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
