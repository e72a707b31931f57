//go:build unix

// Known measures inventories of many secrets: what building them takes, what they
// weigh, and how fast text is passed over with them. It writes a table.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cloudflare/ahocorasick"

	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/inventory/dictionary"
	"github.com/stanch/stanch/redact"
)

const chunk = 64 << 10

var commit string

func main() {
	size := flag.Int("size", 64<<20, "`bytes` of text")
	rounds := flag.Int("rounds", 5, "rounds to take medians of")
	most := flag.Int("most", 1_000_000, "the largest `number` of values")
	logs := flag.String("logs", os.Getenv("STANCH_CORPORA"), "`directory` with loghub/*.log; without it lines are made up")
	peers := flag.Bool("peers", true, "measure cloudflare/ahocorasick with 10,000 values, which takes 1.5 GB")
	buildkite := flag.String("buildkite", "", "`program` that measures Buildkite's replacer (see known/_buildkite)")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	m := &measurer{out: os.Stdout, rounds: *rounds}
	var what string
	m.chunks, what = text(*logs, *size)
	m.begin(what)
	for n := 10_000; n <= *most; n *= 10 {
		m.size(n, false)
	}
	m.size(min(*most, 100_000), true)
	if *most >= 1_000_000 {
		m.size(1_000_000, true)
	}
	if *peers {
		m.alone(min(*most, 10_000))
		m.peer(min(*most, 10_000))
	}
	if *buildkite != "" {
		m.buildkite(*buildkite, min(*most, 10_000))
	}
	m.echo()
}

// values are tokens of 20 to 40 characters; three in ten have signs that the forms
// write in several ways.
type values struct {
	list   [][]byte
	id, at []string // made beforehand: they are no part of building
}

func draw(n int) (v values) {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	const signs = plain + `/+=&"$!-_.:%~@#*`
	r := rand.New(rand.NewPCG(5, 5))
	for i := range n {
		from := plain
		if i%10 < 3 {
			from = signs
		}
		b := make([]byte, 20+r.IntN(21))
		for k := range b {
			b[k] = from[r.IntN(len(from))]
		}
		v.list = append(v.list, b)
		v.id, v.at = append(v.id, fmt.Sprint(i)), append(v.at, fmt.Sprint("value ", i))
	}
	return v
}

func (v values) Values(_ context.Context, yield func(inventory.Value) error) error {
	for i, b := range v.list {
		if err := yield(inventory.Value{Meta: inventory.Meta{ID: v.id[i]}, Secret: b, At: v.at[i]}); err != nil {
			return err
		}
	}
	return nil
}

// text returns chunks of whole lines.
func text(dir string, size int) (chunks [][]byte, what string) {
	var all []byte
	files, _ := filepath.Glob(filepath.Join(dir, "loghub", "*.log"))
	what = fmt.Sprintf("the logs of %d systems", len(files))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			panic(err)
		}
		all = append(append(all, b...), '\n')
	}
	if len(all) == 0 {
		what = "lines made up"
		r := rand.New(rand.NewPCG(1, 1))
		for i := range 10_000 {
			all = fmt.Appendf(all, "2026-03-02T09:14:%02d.%03dZ INFO [worker-%d] org.example.shop.OrderService: order %d of 10.0.%d.%d stored in %d ms, block blk_%d\n",
				i%60, r.IntN(1000), r.IntN(32), r.IntN(1<<30), r.IntN(256), r.IntN(256), r.IntN(900), r.Int64())
		}
	}
	one := len(all)
	for len(all) < size {
		all = append(all, all[:min(one, size-len(all))]...)
	}
	for len(all) > chunk {
		n := slices.Index(all[chunk:], '\n') + 1
		if n == 0 {
			break
		}
		chunks = append(chunks, all[:chunk+n])
		all = all[chunk+n:]
	}
	return chunks, what
}

type measurer struct {
	out    io.Writer
	rounds int
	chunks [][]byte
	buf    []byte
	clean  *redact.Engine
	copied time.Duration
	bytes  int
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// median times work, in rounds by turns with copying, and returns the time and the
// share of copy: the median of the ratios within a round.
func (m *measurer) median(work func()) (took time.Duration, share float64) {
	var times []time.Duration
	var shares []float64
	for round := -1; round < m.rounds; round++ {
		start := cpu()
		m.copy()
		copied := cpu() - start
		start = cpu()
		work()
		took := cpu() - start
		if round >= 0 {
			times, shares = append(times, took), append(shares, float64(copied)/float64(took))
		}
	}
	slices.Sort(times)
	slices.Sort(shares)
	return times[len(times)/2], shares[len(shares)/2]
}

func (m *measurer) copy() {
	at := 0
	for _, c := range m.chunks {
		at += copy(m.buf[at:], c)
	}
}

func (m *measurer) redact(e *redact.Engine) func() {
	r := e.NewRedactor()
	var out []byte
	return func() {
		for _, c := range m.chunks {
			out = r.Append(out[:0], c)
		}
	}
}

func (m *measurer) begin(what string) {
	for _, c := range m.chunks {
		m.bytes += len(c)
	}
	m.buf = make([]byte, m.bytes)
	e, err := redact.New(redact.DefaultDocument(), redact.Options{RandomKey: true})
	if err != nil {
		panic(err)
	}
	m.clean = e
	fmt.Fprintf(m.out, `# Known secrets, %s

%s, %s/%s, %s, commit %s, one core; %d MB of %s in chunks of 64 KB, medians of %d rounds of
processor time. Values have 20 to 40 characters, three in ten with signs; a form is a way to
write one. "copy" is copying the text. Plain: values kept; blind: keyed digests of them.
Load average when it began: %s.

`, time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, model(), cmp.Or(commit, "unknown"), m.bytes>>20, what, m.rounds, load())
	took, share := m.median(m.redact(e))
	fmt.Fprintf(m.out, "Redacting without an inventory: %.0f MB/s, %.3f of copy.\n\n", m.rate(took), share)
	fmt.Fprint(m.out, `|  | values | forms | build, s | s per million forms | B a form | B a value | pass, MB/s | of copy | redacting, MB/s | of copy | order for pauses, s |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`)
}

func (m *measurer) rate(took time.Duration) float64 { return float64(m.bytes) / 1e6 / took.Seconds() }

func load() string {
	b, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(b), " ")
	return cmp.Or(first, "unknown")
}

func model() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(v)
		}
	}
	return runtime.GOARCH
}

// size measures an inventory of n values.
func (m *measurer) size(n int, blind bool) {
	v := draw(n)
	o := inventory.Options{}
	name := "plain"
	if blind {
		name = "blind"
		o.Blind = &inventory.Key{ID: "0a1b2c3d", Bytes: []byte("0123456789abcdefghijklmnopqrstuv")}
	}
	debug.FreeOSMemory()
	start := cpu()
	inv, err := inventory.New(context.Background(), o, v)
	if inv == nil {
		panic(err)
	}
	n = inv.Len() // a few look like no secret, and are refused
	build := cpu() - start
	start = cpu()
	inv.Tail([]byte("a"))
	order := cpu() - start

	// Every hundredth value is found, and nothing in the logs is.
	var s inventory.Scratch
	var hits []inventory.Hit
	found := 0
	for i := 0; i < len(v.list); i += 100 {
		if hits = inv.Scan(hits[:0], v.list[i], &s); len(hits) > 0 && inv.Entry(hits[0].Entry).ID == fmt.Sprint(i) {
			found++
		}
	}
	if found < len(v.list)/100*98/100 {
		panic("values are not found")
	}
	pass, passShare := m.median(func() {
		for _, c := range m.chunks {
			if hits = inv.Scan(hits[:0], c, &s); len(hits) > 0 {
				panic("something is found that is not there")
			}
		}
	})
	whole, wholeShare := m.median(m.redact(m.clean.WithInventory(inv)))
	forms := float64(inv.Patterns())
	fmt.Fprintf(m.out, "| %s | %d | %d | %.2f | %.2f | %.0f | %.0f | %.0f | %.3f | %.0f | %.3f | %.2f |\n", name, n, inv.Patterns(), build.Seconds(), build.Seconds()/forms*1e6,
		float64(inv.Memory())/forms, float64(inv.Memory())/float64(n), m.rate(pass), passShare, m.rate(whole), wholeShare, order.Seconds())
}

// buildkite has the replacer of Buildkite's agent look for the values alone, in the
// beginning of the text.
func (m *measurer) buildkite(program string, n int) {
	dir, err := os.MkdirTemp("", "known-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	var text []byte
	for _, c := range m.chunks[:min(len(m.chunks), 64)] {
		text = append(text, c...)
	}
	values, corpus := filepath.Join(dir, "values"), filepath.Join(dir, "text")
	if err := errors.Join(os.WriteFile(values, bytes.Join(draw(n).list, []byte("\n")), 0o600), os.WriteFile(corpus, text, 0o600)); err != nil {
		panic(err)
	}
	cmd := exec.Command(program, values, corpus, fmt.Sprint(m.rounds))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		panic(err)
	}
	var build, took, copied, memory int64
	if _, err := fmt.Sscan(string(out), &build, &took, &copied, &memory); err != nil {
		panic(err)
	}
	fmt.Fprintf(m.out, "| Buildkite's replacer, the values alone | %d | %d | %.2f | %.2f | %.0f | %.0f | – | – | %.2f | %.5f | – |\n", n, n, float64(build)/1e9, float64(build)/float64(n)/1e3,
		float64(memory)/float64(n), float64(memory)/float64(n), float64(len(text))/float64(took)*1e3, float64(copied)/float64(took))
}

// echo measures streams that remember what they have redacted.
func (m *measurer) echo() {
	fmt.Fprint(m.out, "\nStreams with echo:\n\n| values remembered | redacting, MB/s | of copy | cost |\n|--:|--:|--:|--:|\n")
	var without time.Duration
	v := draw(1000)
	for _, n := range []int{-1, 0, 10, 100, 1000} {
		doc := redact.DefaultDocument()
		if n >= 0 {
			doc.Echo = redact.Echo{TTL: 24 * time.Hour, Max: 1000}
		}
		e, err := redact.New(doc, redact.Options{RandomKey: true})
		if err != nil {
			panic(err)
		}
		w := e.NewWriter(io.Discard, redact.WriterOptions{})
		for i := range n {
			fmt.Fprintf(w, "{\"password\":\"%s\"}\n", bytes.Map(alnum, v.list[i]))
		}
		took, share := m.median(func() {
			for _, c := range m.chunks {
				w.Write(c)
			}
		})
		name := "echo is off"
		if n < 0 {
			without = took
		} else {
			name = fmt.Sprint(n)
		}
		fmt.Fprintf(m.out, "| %s | %.0f | %.3f | %.2f |\n", name, m.rate(took), share, float64(took)/float64(without))
	}
}

// alnum makes a letter of what is none, for values that are remembered.
func alnum(r rune) rune {
	if r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' {
		return r
	}
	return 'x'
}

// alone looks for the values alone, as peers do.
func (m *measurer) alone(n int) {
	v := draw(n)
	debug.FreeOSMemory()
	start := cpu()
	var b dictionary.Builder
	for i, p := range v.list {
		if err := b.Add(p, uint32(i)); err != nil {
			panic(err)
		}
	}
	d := b.Build()
	build := cpu() - start
	var s dictionary.Scratch
	var hits []dictionary.Hit
	took, share := m.median(func() {
		for _, c := range m.chunks {
			if hits = d.Scan(hits[:0], c, &s); len(hits) > 0 {
				panic("something is found that is not there")
			}
		}
	})
	memory := float64(d.Memory()) / float64(n)
	fmt.Fprintf(m.out, "| Stanch, the values alone | %d | %d | %.2f | %.2f | %.0f | %.0f | %.0f | %.3f | – | – | – |\n", n, n, build.Seconds(), build.Seconds()/float64(n)*1e6, memory, memory, m.rate(took), share)
}

// peer looks for the values alone, not their forms, with another library.
func (m *measurer) peer(n int) {
	v := draw(n)
	list := make([]string, n)
	for i := range list {
		list[i] = string(v.list[i])
	}
	debug.FreeOSMemory()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := cpu()
	matcher := ahocorasick.NewStringMatcher(list)
	build := cpu() - start
	runtime.GC()
	runtime.ReadMemStats(&after)
	took, share := m.median(func() {
		for _, c := range m.chunks {
			if len(matcher.Match(c)) > 0 {
				panic("something is found that is not there")
			}
		}
	})
	fmt.Fprintf(m.out, "| cloudflare/ahocorasick, the values alone | %d | %d | %.2f | %.2f | %.0f | %.0f | %.0f | %.3f | – | – | – |\n", n, n, build.Seconds(), build.Seconds()/float64(n)*1e6,
		float64(after.HeapAlloc-before.HeapAlloc)/float64(n), float64(after.HeapAlloc-before.HeapAlloc)/float64(n), m.rate(took), share)
}
