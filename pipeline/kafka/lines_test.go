package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// page is an output of lines.
type page struct {
	mu    sync.Mutex
	lines map[string][]string // by lane
	fail  int                 // times to fail, after half of a batch
	gone  bool
}

func (*page) Name() string                           { return "page" }
func (*page) Plan(context.Context) ([]string, error) { return []string{"writes a page"}, nil }
func (*page) Close() error                           { return nil }
func (p *page) Write(_ context.Context, b *pipeline.Batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return fmt.Errorf("%w: %w", pipeline.ErrGone, syscall.EPIPE)
	}
	if p.lines == nil {
		p.lines = make(map[string][]string)
	}
	for i, r := range b.Records {
		if p.fail > 0 && i == len(b.Records)/2 {
			p.fail--
			return io.ErrShortWrite
		}
		p.lines[b.Lane.Name] = append(p.lines[b.Lane.Name], string(r.Value))
	}
	return nil
}

func (w *world) toLines(p *page) Options {
	o := w.options()
	o.Lines, o.Routes[0].To, o.CreateTopics, o.Header = p, "", false, ""
	return o
}

func TestLines(t *testing.T) {
	for name, codec := range codecOpts() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, kfake.SeedTopics(1, "json"))
			w.client = w.dial(kgo.ProducerBatchCompression(codec))
			p := &page{}
			o := w.toLines(p)
			r, err := ParseRoute("json", "")
			if err != nil {
				t.Fatal(err)
			}
			r.Payload = OTLPLogsJSON
			o.Routes = append(o.Routes, r)
			data := samples(t, "password="+secret)[1]
			w.produce(&kgo.Record{Topic: "json", Value: data.value})
			frame := "\x00\x00\x00\x00\x0a" // its last byte is a line feed
			var want []string
			for i, c := range [][2]string{
				{"one", "one"},
				{"", ""},
				{"two\nthree\r\nfour\n", `two\nthree\r\nfour\n`},
				{frame + `{"password":"` + secret + `"}`, `{"password":"REDACTED-password"}`},
				{"password=" + secret + "\ndone", `password=REDACTED-password\ndone`},
				{"\x00\x01 binary " + secret, "-"},
				{`back \n slash`, `back \n slash`},
			} {
				w.produce(&kgo.Record{Partition: 2, Key: []byte("token=" + secret), Value: []byte(c[0])}, &kgo.Record{Partition: 2, Key: []byte("gone")},
					&kgo.Record{Partition: 3, Value: fmt.Append(nil, "clean ", i)})
				if c[1] != "-" {
					want = append(want, c[1])
				}
			}
			f, err := NewFlow(o)
			if err != nil {
				t.Fatal(err)
			}
			if plan, err := f.Plan(t.Context()); err != nil || !strings.Contains(strings.Join(plan, "\n"), "logs (4 partitions) to lines") || !strings.Contains(strings.Join(plan, "\n"), "writes a page") {
				t.Errorf("%q, %v", plan, err)
			}
			stop := w.start(o)
			w.caught("stanch", "logs", "json")
			if err := stop(); err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(want, p.lines["logs/2"]); d != "" {
				t.Error(d)
			}
			if got := strings.Join(p.lines["logs/3"], ","); got != "clean 0,clean 1,clean 2,clean 3,clean 4,clean 5,clean 6" {
				t.Error(got)
			}
			if got := p.lines["json/0"]; len(got) != 1 || strings.Contains(got[0], secret) || data.undecodable([]byte(got[0])) != nil {
				t.Errorf("%q", got)
			}
			if q := w.keep.quarantined(); len(q) != 1 || !strings.Contains(q[0], `"unknown_format"`) {
				t.Errorf("quarantine: %q", q)
			}
			if w.budget.Used() != 0 {
				t.Errorf("%d bytes are still counted", w.budget.Used())
			}
		})
	}
}

// TestLinesAgain: lines that were not written are written again, and nothing is
// committed before.
func TestLinesAgain(t *testing.T) {
	w := newWorld(t)
	p := &page{fail: 5}
	w.numbered(0, 100)
	stop := w.start(w.toLines(p))
	w.caught("stanch", "logs")
	if err := stop(); err != nil {
		t.Error(err)
	}
	for lane, lines := range p.lines {
		next := 0
		for _, line := range lines {
			var part, n int
			if _, err := fmt.Sscanf(line, "p%d seq %d password=REDACTED-password", &part, &n); err != nil || n > next {
				t.Fatalf("%s: %q, want %d", lane, line, next)
			}
			if n == next {
				next++
			}
		}
		if next != 100 {
			t.Errorf("%s: %d lines", lane, next)
		}
	}
	if len(p.lines) != 4 {
		t.Errorf("%d lanes", len(p.lines))
	}
}

// TestLinesGone: an output that nobody reads any more ends the run.
func TestLinesGone(t *testing.T) {
	w := newWorld(t)
	w.numbered(0, 1)
	f, err := NewFlow(w.toLines(&page{gone: true}))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), w.env); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("%v", err)
	}
	w.committed(map[int32]int64{})
}

// TestLinesRefused: what cannot be written as lines is refused before anything is
// read.
func TestLinesRefused(t *testing.T) {
	w := newWorld(t)
	for name, set := range map[string]func(*Options){
		"a topic":      func(o *Options) { o.Routes[0].To = "x" },
		"no output":    func(o *Options) { o.Lines = nil },
		"protobuf":     func(o *Options) { o.Routes[0].Payload = OTLPTraces },
		"binary":       func(o *Options) { o.Routes[0].Binary = DetectBinary },
		"transactions": func(o *Options) { o.ExactlyOnce = true },
		"headers":      func(o *Options) { o.Header = "h" },
	} {
		o := w.toLines(&page{})
		set(&o)
		if _, err := NewFlow(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestLinesGrow: a value may grow beyond the largest batch that is read.
func TestLinesGrow(t *testing.T) {
	w := newWorld(t)
	p := &page{}
	o := w.toLines(p)
	o.MaxBatchBytes = 2000
	value := strings.Repeat("password=tr0ub4-7\n", 90)
	w.produce(&kgo.Record{Value: []byte(value)})
	stop := w.start(o)
	w.caught("stanch", "logs")
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := p.lines["logs/0"]; len(got) != 1 || got[0] != strings.Repeat(`password=REDACTED-password\n`, 90) || len(got[0])+batch.HeaderSize < 2000 {
		t.Errorf("%q", got)
	}
}

// TestLinesStreams: a key that goes over several records is in no line, though other
// logs stand between.
func TestLinesStreams(t *testing.T) {
	s := newStreamed(t)
	p := &page{}
	o := s.toLines(p)
	var err error
	if o.Routes[0].StreamBy, err = ParseStreamBy("key"); err != nil {
		t.Fatal(err)
	}
	first, second := s.key("a", 1)
	s.write(false, append(slices.Clip(first), line{"b", "other 1"})...)
	stop := s.start(o)
	s.write(true, append(second, line{"b", "other 2"}, line{"a", "clean"})...)
	s.caught("stanch", "logs")
	if err := stop(); err != nil {
		t.Error(err)
	}
	text := strings.Join(p.lines["logs/0"], "\n")
	for _, secret := range s.secrets {
		if strings.Contains(text, secret) {
			t.Fatalf("a line of the key: %s", text)
		}
	}
	for _, want := range []string{"other 1", "other 2", "clean", "REDACTED-"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if n := len(p.lines["logs/0"]); n != int(s.next) {
		t.Errorf("%d lines of %d records", n, s.next)
	}
}

// TestLinesReplay: records of the quarantine become lines, and no broker is asked.
func TestLinesReplay(t *testing.T) {
	w := newWorld(t)
	p := &page{fail: 1}
	o := w.toLines(p)
	o.From.Brokers = []string{"127.0.0.1:1"}
	in := &kept{}
	in.add("logs", 2, 7, []byte("k"), []byte("password="+secret+"\nend"))
	in.add("logs", 2, 8, nil, nil)
	f, err := NewReplay(o, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), w.env); err != nil {
		t.Fatal(err)
	}
	if got := p.lines["logs/2"]; len(got) != 1 || got[0] != `password=REDACTED-password\nend` {
		t.Errorf("%q", got)
	}
}
