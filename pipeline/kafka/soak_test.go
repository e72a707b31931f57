//go:build unix

package kafka

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/internal/apachekafka"
)

// What a soak is made of.
const (
	soakPartitions     = 6
	soakWorkers        = 3
	soakRate           = 2000 // records a second
	soakMaxUncommitted = 2000
	soakFetchBytes     = 64 << 10
	soakBatchBytes     = 32 << 10  // of the producer
	soakRecord         = 70        // bytes of the smallest record, about
	soakStreams        = 3         // of a partition, that keys are planted in at a time
	soakMemory         = 256 << 20 // that a worker may take
)

// TestSoak runs the program for as many minutes as STANCH_SOAK says, half of them
// for each kind of delivery. Workers are killed, told to end and paused, the broker
// is restarted, its connections stall, receivers of findings do not answer, and the
// disk is full. Then it accounts for every record, and looks for what was planted
// in all that was written.
func TestSoak(t *testing.T) {
	minutes, err := strconv.ParseFloat(os.Getenv("STANCH_SOAK"), 64)
	if err != nil {
		t.Skip("STANCH_SOAK does not say for how many minutes")
	}
	program := filepath.Join(t.TempDir(), "stanch")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/stanch/stanch/cmd/stanch").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	link := newSlowLink(t)
	starting, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	b, err := apachekafka.Start(starting, apachekafka.Options{Dir: t.TempDir(), Front: link.ln.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Kill)
	link.to = b.BehindAddr
	var table soakTable
	for _, mode := range []string{"least", "exactly"} {
		t.Run(mode, func(t *testing.T) {
			w := &world{T: t, addrs: []string{b.Addr}}
			w.client = w.dial()
			w.admin = kadm.NewClient(w.client)
			s := newSoak(w, mode, program, b, link)
			s.run(time.Duration(minutes * float64(time.Minute) / 2))
			s.verify()
			table.add(s, minutes/2)
		})
	}
	t.Log("\n" + table.String())
	if file := os.Getenv("STANCH_SOAK_OUT"); file != "" {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// soak is a run with one kind of delivery.
type soak struct {
	*world
	mode, program, dir string
	broker             *apachekafka.Broker
	link               *slowLink
	hook               *hook
	disk               *disk
	leaks              *leaks
	keys               [][]string
	identity           *age.X25519Identity
	environ            []string

	mu      sync.Mutex // for workers, which the watcher looks at too
	workers [soakWorkers]*worker

	killed, terminated, paused, restarts int
	cut                                  int // keys under way at a kill
	early                                int // commits past a record that is not in the quarantine yet
	parked, scrapes, peak                int // sightings; kilobytes

	producing sync.Mutex // for what follows
	sent      int
	next      [soakPartitions]int
	planted   int
	streams   [soakPartitions][soakStreams]planting
	quiet     [soakPartitions]int // records of streams until keys are planted again

	account
}

// worker is a process.
type worker struct {
	cmd    *exec.Cmd
	config string
	listen string
	done   chan struct{}
}

// planting is a key on its way, a row in each record.
type planting struct {
	rows    []string
	wrapped bool
}

func newSoak(w *world, mode, program string, b *apachekafka.Broker, link *slowLink) *soak {
	w.Helper()
	keys := privateKeys(w.T, 40)
	s := &soak{world: w, mode: mode, program: program, dir: w.TempDir(), broker: b, link: link, disk: newDisk(w.T), leaks: newLeaks(keys), keys: keys}
	s.hook = newHook(w.T, s.leaks)
	s.link.stalls = 0
	var err error
	if s.identity, err = age.GenerateX25519Identity(); err != nil {
		w.Fatal(err)
	}
	shared := make([]byte, 32)
	rand.Read(shared)
	s.environ = append(os.Environ(), "STANCH_KEY="+hex.EncodeToString(testKey()), "STANCH_SOAK_HOOK=whsec_"+base64.StdEncoding.EncodeToString(shared))
	for _, topic := range []string{"in-", "out-", "dlq-", "found-"} {
		w.create(topic+mode, soakPartitions, nil)
	}
	for i := range s.workers {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		s.workers[i] = &worker{listen: ln.Addr().String(), config: filepath.Join(s.dir, fmt.Sprintf("worker-%d.yaml", i))}
		ln.Close()
		if err := os.WriteFile(s.workers[i].config, []byte(s.document(s.workers[i].listen)), 0o600); err != nil {
			w.Fatal(err)
		}
	}
	return s
}

// document is the configuration of a worker. With at-least-once delivery only the
// output is behind the slow link, and the quarantine is a file on the disk that
// fills; with exactly-once delivery everything is on one cluster behind the link.
func (s *soak) document(listen string) string {
	in, to, delivery := s.broker.Addr, "{brokers: ["+s.link.ln.Addr().String()+"]}", "at_least_once"
	quarantine := fmt.Sprintf("file: {path: %q}", filepath.Join(s.disk.dir, "quarantine.jsonl"))
	if s.mode == "exactly" {
		in, to, delivery = s.link.ln.Addr().String(), "{}", "exactly_once"
		quarantine = "kafka: {topic: dlq-exactly}"
	}
	return fmt.Sprintf(`version: 1
inputs:
  - name: soak
    kafka:
      brokers: [%q]
      group: %s
      topics: [{from: in-%[2]s, to: out-%[2]s, stream_by: key}]
      stream_hold: 5m
      header: %[3]s
      delivery: %s
      fetch_bytes: %d
      max_uncommitted: %d
      max_wait: 100ms
      commit_interval: 200ms
      heartbeat: 200ms
      session_timeout: 3s
      rebalance_timeout: 5s
      transaction_timeout: 2m
outputs:
  - kafka: %s
quarantine:
  %s
  recipients: [%s]
findings:
  max_wait: 1m
  tries: 100
  rate: 1000000
  outputs:
    - kafka: {topic: found-%s}
    - file: {path: %q}
    - webhook: {url: %q, secret: {env: STANCH_SOAK_HOOK}, allow_private: true, timeout: 2s}
metrics: {listen: %q}
workers: 2
max_in_flight: 16MiB
drain: 5s
`, in, s.mode, DefaultHeader, delivery, soakFetchBytes, soakMaxUncommitted, to, quarantine, s.identity.Recipient(),
		s.mode, filepath.Join(s.disk.dir, "findings.jsonl"), s.hook.server.URL, listen)
}

func (s *soak) spawn(i int) {
	s.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, fmt.Sprintf("worker-%d.log", i)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &worker{listen: s.workers[i].listen, config: s.workers[i].config, done: make(chan struct{})}
	w.cmd = exec.Command(s.program, "run", "--config", w.config)
	w.cmd.Env = s.environ
	w.cmd.Stdout, w.cmd.Stderr = log, log
	if err := w.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func() {
		w.cmd.Wait()
		close(w.done)
	}()
	s.workers[i] = w
}

// end tells a worker to end and waits until it has.
func (s *soak) end(i int, signal os.Signal) {
	w := s.workers[i]
	select {
	case <-w.done:
		s.Fatalf("a worker ended by itself: %v:\n%s", w.cmd.ProcessState, s.tail(i))
	default:
	}
	w.cmd.Process.Signal(signal)
	select {
	case <-w.done:
	case <-time.After(time.Minute):
		s.Errorf("a worker did not end")
		w.cmd.Process.Kill()
		<-w.done
	}
}

// tail is the end of a worker's log, which is searched before it is shown.
func (s *soak) tail(i int) []byte {
	text, _ := os.ReadFile(filepath.Join(s.dir, fmt.Sprintf("worker-%d.log", i)))
	return text[max(0, len(text)-2000):]
}

func (s *soak) run(d time.Duration) {
	for i := range s.workers {
		s.spawn(i)
	}
	s.Cleanup(func() {
		for _, w := range s.workers {
			w.cmd.Process.Kill()
			<-w.done
		}
	})
	trouble, calm := context.WithCancel(s.Context())
	watching, stop := context.WithCancel(s.Context())
	var producing, troubling, watcher sync.WaitGroup
	producing.Go(func() { s.produce(trouble) })
	troubling.Go(func() { s.link.trouble(trouble) })
	troubling.Go(func() { s.hook.trouble(trouble) })
	troubling.Go(func() { s.disk.trouble(trouble, s.T, s.held) })
	watcher.Go(func() { s.watch(watching) })
	lastRestart := time.Now()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(between(time.Second, 2*time.Second))
		i := mathrand.IntN(soakWorkers)
		switch x := mathrand.IntN(10); {
		case x < 6:
			s.cut += s.open()
			s.end(i, syscall.SIGKILL)
			s.spawn(i)
			s.killed++
		case x < 8:
			s.end(i, syscall.SIGTERM)
			s.spawn(i)
			s.terminated++
		case x < 9:
			// Mostly longer than its session lasts, so that others have its partitions.
			s.workers[i].cmd.Process.Signal(syscall.SIGSTOP)
			time.Sleep(between(time.Second, 5*time.Second))
			s.workers[i].cmd.Process.Signal(syscall.SIGCONT)
			s.paused++
		case time.Since(lastRestart) > 20*time.Second:
			s.restart()
			lastRestart = time.Now()
			s.restarts++
		}
	}
	calm()
	producing.Wait()
	troubling.Wait()
	s.drain()
	for i := range s.workers {
		s.end(i, syscall.SIGTERM)
	}
	stop()
	watcher.Wait()
}

func (s *soak) restart() {
	s.Helper()
	s.broker.Kill()
	ctx, cancel := context.WithTimeout(s.Context(), 2*time.Minute)
	defer cancel()
	if err := s.broker.Run(ctx); err != nil {
		s.Fatal(err)
	}
}

// produce writes numbered records: most clean, some with a secret, a few binary, and
// rows of keys, several keys at a time.
func (s *soak) produce(ctx context.Context) {
	c := s.dial(kgo.ProducerLinger(5*time.Millisecond), kgo.RecordRetries(1<<30), kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.MaxBufferedRecords(1<<20), kgo.ProducerBatchMaxBytes(soakBatchBytes))
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			for p := range s.next { // keys come to their end
				for s.openIn(p) > 0 {
					c.Produce(context.Background(), s.record(p, true), nil)
				}
			}
			if err := c.Flush(context.Background()); err != nil {
				s.Error(err)
			}
			return
		case <-ticker.C:
		}
		for range soakRate / 100 {
			c.Produce(context.Background(), s.record(s.sent%soakPartitions, false), func(_ *kgo.Record, err error) {
				if err != nil {
					s.Error(err)
				}
			})
		}
	}
}

// record returns the next record of a partition. Those with a row of a key have
// their number in a header.
func (s *soak) record(p int, last bool) *kgo.Record {
	s.producing.Lock()
	defer s.producing.Unlock()
	n := s.next[p]
	s.next[p]++
	s.sent++
	r := &kgo.Record{Topic: "in-" + s.mode, Partition: int32(p), Value: value(p, n)}
	if n%7 != 5 || isBinary(n) || withSecret(n) {
		return r
	}
	i := mathrand.IntN(soakStreams)
	r.Key = fmt.Appendf(nil, "pod-%d-%d", p, i)
	if s.inPartition(p) == 0 && !last {
		if s.quiet[p]--; s.quiet[p] < 0 {
			s.quiet[p] = 20 + mathrand.IntN(40)
			for i := range 1 + mathrand.IntN(soakStreams) {
				s.streams[p][i] = planting{rows: s.keys[mathrand.IntN(len(s.keys))], wrapped: mathrand.IntN(2) == 0}
				s.planted++
			}
		}
	}
	at := &s.streams[p][i]
	if len(at.rows) == 0 {
		return r
	}
	line := at.rows[0]
	at.rows = at.rows[1:]
	if at.wrapped {
		line = docker(line)
	}
	r.Value = []byte(line)
	r.Headers = []kgo.RecordHeader{{Key: "seq", Value: strconv.AppendInt(nil, int64(n), 10)}}
	return r
}

// open is how many keys are under way.
func (s *soak) open() (n int) {
	for p := range s.next {
		n += s.openIn(p)
	}
	return n
}

func (s *soak) openIn(p int) int {
	s.producing.Lock()
	defer s.producing.Unlock()
	return s.inPartition(p)
}

func (s *soak) inPartition(p int) (n int) {
	for _, at := range s.streams[p] {
		if len(at.rows) > 0 {
			n++
		}
	}
	return n
}

func isBinary(n int) bool   { return n%500 == 499 }
func withSecret(n int) bool { return n%10 == 3 }

// value is what a numbered record holds.
func value(p, n int) []byte {
	if isBinary(n) {
		return fmt.Appendf(nil, "p%d seq %d \x00\x01 %s", p, n, secret)
	}
	v := fmt.Sprintf("p%d seq %d %s", p, n, strings.Repeat("x", 80))
	if withSecret(n) {
		v += " password=" + secret
	}
	return []byte(v)
}

// committed returns the offsets of the group.
func (s *soak) offsets() (at [soakPartitions]int, err error) {
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
	defer cancel()
	got, err := s.admin.FetchOffsets(ctx, s.mode)
	if err == nil {
		err = got.Error()
	}
	for p := range at {
		o, _ := got.Lookup("in-"+s.mode, int32(p))
		at[p] = max(int(o.At), 0)
	}
	return at, err
}

// drain waits until the group has committed all there is.
func (s *soak) drain() {
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if at, err := s.offsets(); err == nil && at == s.next {
			return
		}
	}
	at, err := s.offsets()
	s.Errorf("the workers did not finish: they are at %v of %v (%v)", at, s.next, err)
}

// held sees to it that nothing is committed past a record that belongs into the
// quarantine and is not there yet.
func (s *soak) held() {
	if s.mode == "exactly" {
		return
	}
	at, err := s.offsets()
	if err != nil {
		return // the broker is being restarted
	}
	in := s.entries(filepath.Join(s.disk.dir, "quarantine.jsonl"), false)
	for p, end := range at {
		for n := range end {
			if isBinary(n) && !in[place{int32(p), int64(n)}] {
				s.early++
			}
		}
	}
}

var metricLine = regexp.MustCompile(`(?m)^(stanch_parked|stanch_findings_lost_total)\{[^}]*\} ([1-9].*)$`)

// watch reads the workers' metrics, and how much memory they have.
func (s *soak) watch(ctx context.Context) {
	client := &http.Client{Timeout: time.Second}
	for ; ctx.Err() == nil; pause(ctx, 500*time.Millisecond) {
		for i := range s.workers {
			s.mu.Lock()
			w := s.workers[i]
			s.mu.Unlock()
			s.peak = max(s.peak, residentPeak(w.cmd.Process.Pid))
			res, err := client.Get("http://" + w.listen + "/metrics")
			if err != nil {
				continue
			}
			text, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				continue
			}
			s.leaks.look("metrics", text)
			s.scrapes++
			waits := false
			for _, m := range metricLine.FindAllSubmatch(text, -1) {
				if string(m[1]) == "stanch_parked" {
					waits = true
				} else {
					s.Errorf("%s", m[0])
				}
			}
			if waits {
				s.parked++
			}
		}
	}
}

// residentPeak is the most memory that a process had, in kilobytes; 0 where the
// system does not say (proc(5)).
func residentPeak(pid int) (kb int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, after, ok := bytes.Cut(text, []byte("VmHWM:")); ok {
		fmt.Sscan(string(after), &kb)
	}
	return kb
}

// mayReplay is how many records of a partition may come again: what is not
// committed, and one fetch.
func (s *soak) mayReplay() int {
	if s.mode == "exactly" {
		return 0
	}
	return soakMaxUncommitted + soakFetchBytes/soakRecord
}
