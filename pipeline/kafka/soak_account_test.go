//go:build unix

package kafka

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/apachekafka"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/pipeline"
)

// account is what became of the records.
type account struct {
	out, lost, again, replay, disorder int
	quarantined, torn                  int // torn lines of files
	unreported                         int // secrets that an output for findings has not heard of
	findings, findingsAgain            int // in the topic
}

// verify accounts for every record, and looks into everything that was written.
func (s *soak) verify() {
	s.Helper()
	var seen [soakPartitions]map[int]bool
	for p := range seen {
		seen[p] = make(map[int]bool)
	}
	// A replay is what comes again after a step back: up to the next one, which is of
	// another crash, or to what is new.
	var newest, last, replayed [soakPartitions]int
	for p := range newest {
		newest[p], last[p] = -1, -1
	}
	s.read("out-"+s.mode, func(r *kgo.Record) {
		s.out++
		p := int(r.Partition)
		n, ok := number(r)
		switch {
		case !ok || n >= s.next[p]:
			s.Errorf("partition %d: a record that nobody wrote", p)
		case seen[p][n]:
			s.again++
			if replayed[p]++; n <= last[p] {
				replayed[p] = 1
			}
			s.replay = max(s.replay, replayed[p])
		default:
			replayed[p] = 0
			if n < newest[p] {
				s.disorder++
			}
			newest[p] = n
			seen[p][n] = true
		}
		last[p] = n
	})
	quarantine := s.entries(filepath.Join(s.disk.dir, "quarantine.jsonl"), true)
	for at := range quarantine {
		if seen[at.partition][int(at.offset)] {
			s.Errorf("record %d of partition %d is in the output and in the quarantine", at.offset, at.partition)
		}
		seen[at.partition][int(at.offset)] = true
		s.quarantined++
	}
	topic := make(map[place]bool)
	ids := make(map[string]bool)
	s.read("found-"+s.mode, func(r *kgo.Record) {
		var f finding.Finding
		if err := json.Unmarshal(r.Value, &f); err != nil {
			s.Errorf("findings: %v", err)
		}
		s.findings++
		if ids[f.ID] {
			s.findingsAgain++
		}
		ids[f.ID] = true
		topic[place{f.Source.Partition, f.Source.Offset}] = true
	})
	file := make(map[place]bool)
	s.lines(filepath.Join(s.disk.dir, "findings.jsonl"), func(line []byte) bool {
		var f finding.Finding
		ok := json.Unmarshal(line, &f) == nil && f.Schema == finding.SchemaVersion
		if ok {
			file[place{f.Source.Partition, f.Source.Offset}] = true
		}
		return ok
	})
	logs, _ := filepath.Glob(filepath.Join(s.dir, "*.log"))
	for _, name := range logs {
		s.lines(name, nil)
	}
	for p, end := range s.next {
		for n := range end {
			if !seen[p][n] {
				s.lost++
			}
			if !withSecret(n) {
				continue
			}
			for _, sink := range []map[place]bool{topic, file, s.hook.found} {
				if !sink[place{int32(p), int64(n)}] {
					s.unreported++
				}
			}
		}
	}
	for what, n := range map[string]int{"records lost": s.lost, "first deliveries out of order": s.disorder, "texts with a secret": s.leaks.found(),
		"commits past what is not in the quarantine": s.early, "secrets that nobody was told of": s.unreported,
		"records replayed beyond the bound": max(0, s.replay-s.mayReplay()), "kilobytes of memory too many": max(0, s.peak-soakMemory>>10)} {
		if n > 0 {
			s.Errorf("%s: %d %s", s.mode, n, what)
		}
	}
	for place, n := range s.leaks.seen {
		s.Errorf("%s: secrets in %d texts of %s", s.mode, n, place)
	}
	if s.mode == "exactly" && s.again+s.findingsAgain > 0 {
		s.Errorf("%s: %d records and %d findings are there twice", s.mode, s.again, s.findingsAgain)
	}
	if s.parked == 0 {
		s.Errorf("%s: no partition was ever seen to wait", s.mode)
	}
}

// number is which record it is that became r.
func number(r *kgo.Record) (n int, ok bool) {
	for _, h := range r.Headers {
		if h.Key == "seq" {
			n, err := strconv.Atoi(string(h.Value))
			return n, err == nil
		}
	}
	var p int32
	_, err := fmt.Sscanf(string(r.Value), "p%d seq %d ", &p, &n)
	return n, err == nil && p == r.Partition
}

// read reads the committed records of a topic up to its end.
func (s *soak) read(topic string, each func(*kgo.Record)) {
	s.Helper()
	ends, err := s.admin.ListCommittedOffsets(s.Context(), topic)
	if err != nil || ends.Error() != nil {
		s.Fatal(err, ends.Error())
	}
	left := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			left[o.Partition] = o.Offset
		}
	})
	c := s.dial(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())
	defer c.Close()
	ctx, cancel := context.WithTimeout(s.Context(), 5*time.Minute)
	defer cancel()
	for len(left) > 0 {
		fs := c.PollFetches(ctx)
		if ctx.Err() != nil {
			s.Fatalf("%s: %v left, %v", topic, left, fs.Errors())
		}
		fs.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				texts := [][]byte{r.Key, r.Value}
				for _, h := range r.Headers {
					texts = append(texts, []byte(h.Key), h.Value)
				}
				s.leaks.look(strings.TrimSuffix(topic, "-"+s.mode)+" topic", texts...)
				each(r)
			}
			if r.Offset+1 >= left[r.Partition] {
				delete(left, r.Partition)
			}
		})
	}
}

// lines looks at the lines of a file, and counts those that take does not want.
func (s *soak) lines(name string, take func(line []byte) bool) {
	s.Helper()
	f, err := os.Open(name)
	if err != nil {
		s.Error(err)
		return
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		s.leaks.look(filepath.Base(name), in.Bytes())
		if take != nil && !take(in.Bytes()) {
			s.torn++
		}
	}
	if in.Err() != nil {
		s.Error(in.Err())
	}
}

// entries returns the places of the records in the quarantine. At the end of a run
// they are opened, too: each has to hold what was written.
func (s *soak) entries(name string, open bool) map[place]bool {
	s.Helper()
	in := make(map[place]bool)
	if !open {
		text, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			s.Error(err)
		}
		for line := range bytes.Lines(text) {
			var e pipeline.Entry
			if json.Unmarshal(line, &e) == nil {
				in[place{e.Source.Partition, e.Source.Offset}] = true
			}
		}
		return in
	}
	opener, err := seal.NewOpener(strings.NewReader(s.identity.String()))
	if err != nil {
		s.Fatal(err)
	}
	take := func(line []byte) bool {
		var e pipeline.Entry
		if json.Unmarshal(line, &e) != nil {
			return false
		}
		at := place{e.Source.Partition, e.Source.Offset}
		rec, err := e.Open(opener)
		if err != nil || !isBinary(int(at.offset)) || !bytes.Equal(rec.Value, value(int(at.partition), int(at.offset))) {
			s.Errorf("quarantine: record %d of partition %d is not what was written: %v", at.offset, at.partition, err)
		}
		in[at] = true
		return true
	}
	if s.mode == "least" {
		s.lines(name, take)
		return in
	}
	s.read("dlq-exactly", func(r *kgo.Record) {
		n := len(in)
		if !take(r.Value) || len(in) == n {
			s.Errorf("quarantine: no entry, or a record is there twice")
		}
	})
	return in
}

// soakTable is what is committed of a run: a column for each kind of delivery.
type soakTable struct {
	heads []string
	names []string
	cells map[string][]string
}

func (t *soakTable) add(s *soak, minutes float64) {
	if t.cells == nil {
		t.cells = make(map[string][]string)
	}
	t.heads = append(t.heads, map[string]string{"least": "at least once", "exactly": "exactly once"}[s.mode])
	row := func(name string, format string, args ...any) {
		if _, ok := t.cells[name]; !ok {
			t.names = append(t.names, name)
		}
		t.cells[name] = append(t.cells[name], fmt.Sprintf(format, args...))
	}
	row("minutes", "%.1f", minutes)
	row("workers killed (-9)", "%d", s.killed)
	row("workers terminated", "%d", s.terminated)
	row("workers paused", "%d", s.paused)
	row("broker killed and restarted", "%d", s.restarts)
	row("times the broker's connections stalled", "%d", s.link.stalls)
	row("times the webhook did not answer", "%d", s.hook.stalls)
	row("times the disk was full", "%d", s.disk.spells)
	row("records written", "%d", s.sent)
	row("private keys among them, a row in each record", "%d", s.planted)
	row("keys under way at kills", "%d", s.cut)
	row("records in the output", "%d", s.out)
	row("records in the quarantine, opened and compared", "%d", s.quarantined)
	row("**records lost**", "**%d**", s.lost)
	row("records that came again", "%d", s.again)
	row("longest replay of a partition, and what it may be", "%d of %d", s.replay, s.mayReplay())
	row("**first deliveries out of order**", "**%d**", s.disorder)
	row("**commits past a record that waits for the quarantine**", "**%d**", s.early)
	row("findings in the topic, of these again", "%d, %d", s.findings, s.findingsAgain)
	row("**secrets that topic, file or webhook were not told of**", "**%d**", s.unreported)
	texts := 0
	for _, n := range s.leaks.texts {
		texts += n
	}
	row("records, lines, requests and scrapes searched", "%d, %d MB", texts, s.leaks.bytes>>20)
	row("**secrets, or parts of keys, seen in them**", "**%d**", s.leaks.found())
	row("lines of files that a kill has cut", "%d", s.torn)
	row("scrapes, and those with a partition parked", "%d, %d", s.scrapes, s.parked)
	row("most memory of a worker (resident)", "%d MB", s.peak>>10)
}

func (t *soakTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Soak, %s

Made by `+"`make soak`"+`. Apache Kafka %s, %d workers (`+"`stanch run`"+`), %d partitions, %d records a
second: one in ten with a password, one in 500 binary, and, again and again, up to %d private keys
at a time in a partition, each cut into a record for each row under a record key of its own, plain
or as Docker writes lines. Every one to two seconds a worker is killed (-9), told to end (TERM) or
stopped for one to five seconds, or the broker is killed and started again. Meanwhile connections
to the broker stall for one to fourteen seconds or pass 200 KB/s, the webhook for findings does not
answer or answers with 503, and the disk that holds the file of findings (at least once: and the
quarantine) is full up to the last byte for two to eight seconds. Secrets are looked for in all
that workers wrote: output, quarantine, findings (topic, file, webhook), logs, metrics; of keys any
16 characters of a row count. `+"`max_uncommitted`"+` is %d, a fetch 64 KiB, `+"`max_wait`"+` of findings a
minute.

`, time.Now().Format(time.DateOnly), apachekafka.Version, soakWorkers, soakPartitions, soakRate, soakStreams, soakMaxUncommitted)
	fmt.Fprintf(&b, "| | %s |\n|---|%s\n", strings.Join(t.heads, " | "), strings.Repeat("---:|", len(t.heads)))
	for _, name := range t.names {
		fmt.Fprintf(&b, "| %s | %s |\n", name, strings.Join(t.cells[name], " | "))
	}
	return b.String()
}
