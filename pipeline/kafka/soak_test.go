//go:build unix

package kafka

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
	"github.com/stanch/stanch/redact"
)

// What a soak is made of.
const (
	soakPartitions     = 6
	soakWorkers        = 3
	soakRate           = 3000 // records a second
	soakMaxUncommitted = 500
	soakFetchBytes     = 64 << 10
	soakRecord         = 120 // bytes of a record, about
)

// TestMain makes a worker of the test's binary where a soak asks for one.
func TestMain(m *testing.M) {
	if mode := os.Getenv("STANCH_SOAK_WORKER"); mode != "" {
		if err := soakWorker(mode); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// soakWorker is a process that runs the flow until it is told to stop.
func soakWorker(mode string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	connect := cluster.Config{Brokers: []string{os.Getenv("STANCH_SOAK_BROKER")}, ClientID: "soak", Timeout: 5 * time.Second}
	open := func(topic string) (*Output, error) {
		return NewOutput(OutputOptions{Name: topic, To: connect, Topic: topic})
	}
	h := redact.NewHandle(engine())
	m := pipeline.NewMetrics()
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(os.Stderr), zapcore.InfoLevel)
	log := zap.New(core)
	q, err := open("dlq-" + mode)
	if err != nil {
		return err
	}
	found, err := open("found-" + mode)
	if err != nil {
		return err
	}
	env := &pipeline.Env{Engine: h, Pool: pipeline.NewPool(h, 2), Budget: pipeline.NewBudget(16 << 20), Metrics: m, Log: log, Drain: 5 * time.Second,
		Quarantine: pipeline.NewQuarantine(q, h, nil), Findings: pipeline.NewFindings(pipeline.FindingOptions{Rate: 1 << 20}, m, log, pipeline.NewRecordSink(found))}
	route, err := ParseRoute("in-"+mode, "out-"+mode)
	if err != nil {
		return err
	}
	f, err := NewFlow(Options{Name: "soak", From: connect, Group: mode, Routes: []Route{route}, OutOfRange: cluster.Earliest, Header: DefaultHeader, Version: "soak",
		FetchBytes: soakFetchBytes, MaxUncommitted: soakMaxUncommitted, MaxWait: 100 * time.Millisecond, CommitInterval: 200 * time.Millisecond,
		Heartbeat: 200 * time.Millisecond, SessionTimeout: 3 * time.Second, RebalanceTimeout: 5 * time.Second,
		ExactlyOnce: mode == "exactly", QuarantineTopic: "dlq-" + mode, TransactionTimeout: 10 * time.Second})
	if err != nil {
		return err
	}
	go func() {
		for ctx.Err() == nil {
			pause(ctx, time.Second)
			fs, err := m.Registry().Gather()
			if err != nil {
				continue
			}
			var text bytes.Buffer
			for _, f := range fs {
				expfmt.MetricFamilyToText(&text, f)
			}
			os.WriteFile(os.Getenv("STANCH_SOAK_METRICS"), text.Bytes(), 0o600)
		}
	}()
	err = f.Run(ctx, env)
	closing, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	env.Findings.Close(closing)
	return err
}

// TestSoak kills, stops and pauses workers and restarts the broker for as many
// minutes as STANCH_SOAK says, half of them for each kind of delivery.
func TestSoak(t *testing.T) {
	minutes, err := strconv.ParseFloat(os.Getenv("STANCH_SOAK"), 64)
	if err != nil {
		t.Skip("STANCH_SOAK does not say for how many minutes")
	}
	t.Setenv("STANCH_KAFKA", "1")
	w, b, _ := apache(t)
	var table strings.Builder
	table.WriteString("| delivery | minutes | killed | terminated | paused | broker restarts | records | lost | again | longest replay | may be | out of order | quarantined | secrets seen |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, mode := range []string{"least", "exactly"} {
		s := &soak{world: w, mode: mode, dir: t.TempDir(), addr: b.Addr}
		for _, topic := range []string{"in-", "out-", "dlq-", "found-"} {
			w.create(topic+mode, soakPartitions, nil)
		}
		s.run(time.Duration(minutes*float64(time.Minute)/2), func() {
			b.Kill()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			if err := b.Run(ctx); err != nil {
				t.Fatal(err)
			}
		})
		s.verify()
		fmt.Fprintf(&table, "| %s once | %.1f | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", map[string]string{"least": "at least", "exactly": "exactly"}[mode],
			minutes/2, s.killed, s.terminated, s.paused, s.restarts, s.sent, s.lost, s.again, s.replay, s.mayReplay(), s.disorder, s.quarantined, s.secrets)
	}
	t.Log("\n" + table.String())
	if file := os.Getenv("STANCH_SOAK_OUT"); file != "" {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

type soak struct {
	*world
	mode, dir, addr string
	workers         [soakWorkers]*exec.Cmd

	killed, terminated, paused, restarts int
	sent, lost, again, replay, disorder  int
	quarantined, secrets                 int
	next                                 [soakPartitions]int
}

// mayReplay is how many records of a partition may come again: what is not
// committed, and one fetch.
func (s *soak) mayReplay() int {
	if s.mode == "exactly" {
		return 0
	}
	return soakMaxUncommitted + soakFetchBytes/soakRecord
}

func (s *soak) spawn(i int) {
	s.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, fmt.Sprintf("worker-%d.log", i)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STANCH_SOAK_WORKER="+s.mode, "STANCH_SOAK_BROKER="+s.addr, "STANCH_SOAK_METRICS="+filepath.Join(s.dir, fmt.Sprintf("metrics-%d", i)))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.workers[i] = cmd
}

func (s *soak) run(d time.Duration, restart func()) {
	for i := range s.workers {
		s.spawn(i)
	}
	defer func() {
		for _, c := range s.workers {
			c.Process.Kill()
			c.Wait()
		}
	}()
	stop := make(chan struct{})
	var producing sync.WaitGroup
	producing.Go(func() { s.produce(stop) })
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	lastRestart := time.Now()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(time.Second + time.Duration(rng.Int64N(int64(time.Second))))
		i := rng.IntN(soakWorkers)
		c := s.workers[i]
		switch x := rng.IntN(10); {
		case x < 6:
			c.Process.Kill()
			c.Wait()
			s.spawn(i)
			s.killed++
		case x < 8:
			c.Process.Signal(syscall.SIGTERM)
			done := make(chan struct{})
			go func() { c.Wait(); close(done) }()
			select {
			case <-done:
			case <-time.After(30 * time.Second):
				s.Error("a worker did not end")
				c.Process.Kill()
				<-done
			}
			s.spawn(i)
			s.terminated++
		case x < 9:
			// Longer than its session lasts, so that others have its partitions.
			c.Process.Signal(syscall.SIGSTOP)
			time.Sleep(time.Second + time.Duration(rng.Int64N(int64(4*time.Second))))
			c.Process.Signal(syscall.SIGCONT)
			s.paused++
		default:
			if time.Since(lastRestart) > 20*time.Second {
				restart()
				lastRestart = time.Now()
				s.restarts++
			}
		}
	}
	close(stop)
	producing.Wait()
	s.drain()
}

// produce writes numbered records: most clean, some with a secret, a few binary.
func (s *soak) produce(stop <-chan struct{}) {
	c := s.dial(kgo.ProducerLinger(5*time.Millisecond), kgo.RecordRetries(1<<30), kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.MaxBufferedRecords(1<<20))
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			if err := c.Flush(context.Background()); err != nil {
				s.Error(err)
			}
			return
		case <-ticker.C:
		}
		for range soakRate / 100 {
			p := s.sent % soakPartitions
			n := s.next[p]
			v := fmt.Sprintf("p%d seq %d %s", p, n, strings.Repeat("x", soakRecord-40))
			switch {
			case n%500 == 499:
				v = fmt.Sprintf("p%d seq %d \x00\x01 %s", p, n, secret)
			case n%10 == 3:
				v += " password=" + secret
			}
			s.next[p]++
			s.sent++
			c.Produce(context.Background(), &kgo.Record{Topic: "in-" + s.mode, Partition: int32(p), Value: []byte(v)}, func(_ *kgo.Record, err error) {
				if err != nil {
					s.Error(err)
				}
			})
		}
	}
}

// drain waits until the group has committed all there is.
func (s *soak) drain() {
	for range 1200 {
		got, err := s.admin.FetchOffsets(s.Context(), s.mode)
		if err == nil {
			left := 0
			for p, n := range s.next {
				at, _ := got.Lookup("in-"+s.mode, int32(p))
				left += max(n-int(at.At), 0)
			}
			if left == 0 {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.Error("the workers did not finish")
}

func (s *soak) verify() {
	seen := make([]map[int]bool, soakPartitions)
	for p := range seen {
		seen[p] = make(map[int]bool)
	}
	out := s.all("out-" + s.mode)
	binary := func(n int) bool { return n%500 == 499 }
	for p := range int32(soakPartitions) {
		run := 0 // of records that came again, one behind the other
		for _, r := range out[p] {
			var at int32
			var n int
			if bytes.Contains(r.Value, []byte(secret)) {
				s.secrets++
			}
			if _, err := fmt.Sscanf(string(r.Value), "p%d seq %d ", &at, &n); err != nil || at != p {
				s.Errorf("partition %d: %.80q", p, r.Value)
				continue
			}
			if seen[p][n] {
				s.again++
			} else if before := n - 1; n > 0 && !seen[p][before] && !(binary(before) && (before == 0 || seen[p][before-1])) {
				s.disorder++
			}
			if run++; !seen[p][n] {
				run = 0
			}
			s.replay = max(s.replay, run)
			seen[p][n] = true
		}
	}
	for _, rs := range s.all("dlq-" + s.mode) {
		for _, r := range rs {
			if bytes.Contains(r.Value, []byte(secret)) {
				s.secrets++
			}
			var e pipeline.Entry
			if err := json.Unmarshal(r.Value, &e); err != nil || e.Source.Kind != finding.Kafka {
				s.Errorf("quarantine: %v", err)
				continue
			}
			p, n := e.Source.Partition, int(e.Source.Offset)
			if seen[p][n] {
				s.again++
			}
			seen[p][n] = true
			s.quarantined++
		}
	}
	for _, rs := range s.all("found-" + s.mode) {
		for _, r := range rs {
			if bytes.Contains(r.Value, []byte(secret)) || bytes.Contains(r.Key, []byte(secret)) {
				s.secrets++
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "*"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			s.Error(err)
		}
		if bytes.Contains(text, []byte(secret)) {
			s.secrets++
		}
	}
	for p, n := range s.next {
		for i := range n {
			if !seen[p][i] {
				s.lost++
			}
		}
	}
	if s.lost > 0 || s.disorder > 0 || s.secrets > 0 || s.replay > s.mayReplay() || s.mode == "exactly" && s.again > 0 {
		s.Errorf("%s: %d lost, %d out of order, %d secrets seen, longest replay %d, %d again", s.mode, s.lost, s.disorder, s.secrets, s.replay, s.again)
	}
}
