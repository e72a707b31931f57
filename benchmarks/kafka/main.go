// Command kafka measures what it costs to consume, redact and produce, beside
// programs that only copy. Each program is a process of its own, which counts its
// own processor time; they run in turns against the same broker: kfake, which
// costs little, or Apache Kafka.
//
//	go run ./kafka -broker kfake|apache -n 2000000 -rounds 3
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/internal/apachekafka"
)

var (
	role    = flag.String("role", "", "what this process is: empty for the one that measures")
	kind    = flag.String("broker", "kfake", "kfake or apache")
	addr    = flag.String("addr", "", "of the broker, for a worker")
	in      = flag.String("in", "", "topic to read, for a worker")
	out     = flag.String("out", "", "topic to write, for a worker")
	n       = flag.Int("n", 3_000_000, "records of 200 bytes; of 1 KB a fifth as many")
	rounds  = flag.Int("rounds", 5, "how often each is measured; the median counts")
	only    = flag.String("only", "", "run rows that hold this")
	verify  = flag.Bool("verify", true, "compare what came out")
	profile = flag.String("profile", "", "file for the worker's processor profile")
)

func main() {
	flag.Parse()
	var err error
	switch *role {
	case "":
		err = measure()
	case "kfake":
		err = fakeBroker()
	default:
		err = work(*role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kafka:", err)
		os.Exit(1)
	}
}

// result is what a worker says of itself.
type result struct {
	Records int
	CPU     time.Duration
	Wall    time.Duration
	RSS     int64 // bytes, the most
}

func fakeBroker() error {
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "4000000"}))
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Println(c.ListenAddrs()[0])
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGTERM, os.Interrupt)
	<-ch
	return nil
}

// broker starts a broker and returns its address and process.
func broker(ctx context.Context) (string, func(), error) {
	if *kind == "apache" {
		dir, err := os.MkdirTemp("", "stanch-bench")
		if err != nil {
			return "", nil, err
		}
		b, err := apachekafka.Start(ctx, apachekafka.Options{Dir: dir, Heap: "2g"})
		if err != nil {
			os.RemoveAll(dir)
			return "", nil, err
		}
		return b.Addr, func() {
			b.Kill()
			os.RemoveAll(dir)
		}, nil
	}
	cmd := exec.Command(os.Args[0], "-role", "kfake")
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	var a string
	if _, err := fmt.Fscanln(pipe, &a); err != nil {
		return "", nil, err
	}
	return a, func() {
		cmd.Process.Kill()
		cmd.Wait()
	}, nil
}

// row is a comparison on one set of records.
type row struct {
	name       string
	set        set
	ours, peer string
	must, want string
}

// set is a topic full of records.
type set struct {
	topic       string
	size, every int // length of a value, and one in how many holds a secret
	codec       string
	partitions  int32
}

var (
	small   = set{"clean-200", 200, 0, "none", 8}
	changed = set{"changed-200", 200, 20, "none", 8}
	big     = set{"zstd-1024", 1024, 0, "zstd", 8}
	wide    = set{"wide-1024", 1024, 20, "lz4", 64}
)

var rows = []row{
	{"200 B, clean", small, "stanch", "franz", "CPU ≤ 0.6, rate ≥ 1.3", "CPU ≤ 0.4, rate ≥ 2"},
	{"200 B, 1 in 20 changed", changed, "stanch", "franz", "CPU ≤ 0.9", "CPU ≤ 0.6"},
	{"1 KB zstd, clean", big, "stanch", "franz", "CPU ≤ 0.5", "CPU ≤ 0.3"},
	{"200 B, exactly once", small, "stanch-eos", "franz-eos", "rate ≥ 1.2", "rate ≥ 1.8"},
	{"64 partitions, 1 KB lz4, 1 in 20 changed", wide, "stanch", "franz", "≤ 256 MB", ""},
}

func measure() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	a, stop, err := broker(ctx)
	if err != nil {
		return err
	}
	defer stop()
	cl, err := kgo.NewClient(kgo.SeedBrokers(a))
	if err != nil {
		return err
	}
	defer cl.Close()
	admin := kadm.NewClient(cl)
	fmt.Printf("| %s | ours: µs CPU, records/s, MB | peer: µs CPU, records/s, MB | CPU, ours to peer | rate, ours to peer | must | reach for |\n|---|---|---|---|---|---|---|\n", *kind)
	loaded := map[string]bool{}
	outs := 0
	for _, r := range rows {
		if !strings.Contains(r.name, *only) {
			continue
		}
		count := *n * 200 / r.set.size
		if !loaded[r.set.topic] {
			if err := load(ctx, a, admin, r.set, count); err != nil {
				return err
			}
			loaded[r.set.topic] = true
		}
		var all [2][]result
		for range *rounds {
			for i, who := range []string{r.ours, r.peer} {
				outs++
				topic := fmt.Sprintf("out-%d", outs)
				if _, err := admin.CreateTopic(ctx, r.set.partitions, 1, nil, topic); err != nil {
					return err
				}
				time.Sleep(300 * time.Millisecond)
				res, err := spawn(ctx, who, a, r.set, topic, count)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", r.name, who, err)
				}
				all[i] = append(all[i], res)
				if *verify {
					if err := check(ctx, a, r.set.topic, topic, count, r.set.every, who); err != nil {
						return fmt.Errorf("%s, %s: %w", r.name, who, err)
					}
				}
				if _, err := admin.DeleteTopic(ctx, topic); err != nil {
					return err
				}
			}
		}
		ours, peer := median(all[0]), median(all[1])
		fmt.Printf("| %s | %.3f, %.0fk, %d | %.3f, %.0fk, %d | %.2f | %.2f | %s | %s |\n", r.name,
			ours.cost(), ours.rate()/1000, ours.RSS>>20, peer.cost(), peer.rate()/1000, peer.RSS>>20,
			ours.cost()/peer.cost(), ours.rate()/peer.rate(), r.must, r.want)
	}
	if strings.Contains("latency", *only) {
		return latency(ctx, a, admin)
	}
	return nil
}

func (r result) cost() float64 { return float64(r.CPU.Nanoseconds()) / 1000 / float64(r.Records) }
func (r result) rate() float64 { return float64(r.Records) / r.Wall.Seconds() }

// median takes each figure by itself.
func median(rs []result) (m result) {
	m = rs[0]
	slices.SortFunc(rs, func(a, b result) int { return int(a.CPU - b.CPU) })
	m.CPU = rs[len(rs)/2].CPU
	slices.SortFunc(rs, func(a, b result) int { return int(a.Wall - b.Wall) })
	m.Wall = rs[len(rs)/2].Wall
	for _, r := range rs {
		m.RSS = max(m.RSS, r.RSS)
	}
	return m
}

func spawn(ctx context.Context, who, a string, s set, topic string, count int) (result, error) {
	args := []string{"-role", who, "-addr", a, "-in", s.topic, "-out", topic, "-n", fmt.Sprint(count)}
	if *profile != "" && strings.HasPrefix(who, "stanch") {
		args = append(args, "-profile", *profile)
	}
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "BENCH_CODEC="+s.codec)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return result{}, err
	}
	var r result
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%w: %q", err, text)
	}
	return r, nil
}
