//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/detectors"
)

// TestRunKafkaToFileKilled kills runs that write topics to a file, while records
// come. In the end every record is a line, the first of each in order.
func TestRunKafkaToFileKilled(t *testing.T) {
	const partitions, rounds, each = 3, 6, 200
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(100*time.Millisecond), kfake.SeedTopics(partitions, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	cl, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	secret, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 9)
	dir := t.TempDir()
	write(t, dir, "run.yaml", fmt.Sprintf(`version: 1
inputs:
  - kafka:
      brokers: [%q]
      group: g
      topics: [{from: logs}]
      fetch_bytes: 4KiB
      max_uncommitted: 100
      max_wait: 20ms
      commit_interval: 50ms
      heartbeat: 50ms
      session_timeout: 500ms
    on_failure: drop
outputs:
  - file: {path: out.log}
`, broker.ListenAddrs()[0]))
	produce := func(round int) {
		t.Helper()
		var recs []*kgo.Record
		for i := range each {
			for p := range int32(partitions) {
				text := fmt.Sprintf("p%d seq %d\nend", p, round*each+i)
				if i%10 == 0 {
					text += " token=" + secret
				}
				recs = append(recs, &kgo.Record{Topic: "logs", Partition: p, Value: []byte(text)})
			}
		}
		if err := cl.ProduceSync(t.Context(), recs...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out.log")
	for round := range rounds {
		produce(round)
		cmd := startRun(t, dir)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go newLines(stderr).drain()
		// Killed in the middle of it, or behind a commit.
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if now, _ := os.ReadFile(out); len(now) > len(before) {
				break
			}
		}
		time.Sleep(time.Duration(round*20) * time.Millisecond)
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
	}
	cmd := startRun(t, dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := newLines(stderr)
	log.until(t, `"msg":"running"`)
	go log.drain()
	adm := kadm.NewClient(cl)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		at, err := adm.FetchOffsets(t.Context(), "g")
		done := 0
		at.Each(func(o kadm.OffsetResponse) {
			if o.At == rounds*each {
				done++
			}
		})
		if err == nil && done == partitions {
			break
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			t.Fatalf("not committed: %v, %v", at, err)
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), secret) {
		t.Error("a secret in the lines")
	}
	var next [partitions]int
	again, cut := 0, 0
	for line := range strings.Lines(string(text)) {
		var p, i int
		rest := ""
		if n, _ := fmt.Sscanf(line, `p%d seq %d\nend%s`, &p, &i, &rest); n < 2 || !strings.HasPrefix(line, fmt.Sprintf(`p%d seq %d\nend`, p, i)) {
			cut++ // by a kill: the line comes again
			continue
		}
		if i%10 == 0 && !strings.HasSuffix(line, " token=REDACTED-github-pat\n") {
			cut++
			continue
		}
		switch {
		case i == next[p]:
			next[p]++
		case i < next[p]:
			again++
		default:
			t.Fatalf("partition %d: %d instead of %d", p, i, next[p])
		}
	}
	if next != [partitions]int{rounds * each, rounds * each, rounds * each} || cut > rounds {
		t.Errorf("%v lines arrived, %d are cut", next, cut)
	}
	t.Logf("%d lines again, %d cut", again, cut)
}
