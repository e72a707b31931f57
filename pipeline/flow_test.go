package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// token is a secret that every policy finds.
func token(t testing.TB, seed uint64) string {
	t.Helper()
	text, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", seed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var testKey = []byte("0123456789abcdefghijklmnopqrstuv")

var testEngine = sync.OnceValue(func() *redact.Engine {
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: testKey})
	if err != nil {
		panic(err)
	}
	return e
})

func testEnv(t testing.TB, sinks ...Sink) *Env {
	h := redact.NewHandle(testEngine())
	m := NewMetrics()
	env := &Env{Engine: h, Pool: NewPool(h, 2), Budget: NewBudget(1 << 20), Metrics: m, Log: zap.NewNop(), Drain: time.Minute}
	env.Findings = NewFindings(FindingOptions{}, m, env.Log, sinks...)
	t.Cleanup(func() { env.Findings.Close(context.Background()) })
	return env
}

// given is an input of batches that are there from the start.
type given struct {
	batches []*Batch
	wait    bool          // until it is stopped, at the end
	end     chan struct{} // nil, or closed when all of them have been emitted

	mu    sync.Mutex
	acked []error // in the order of the calls
	order []int
}

func (g *given) Name() string                           { return "given" }
func (g *given) Plan(context.Context) ([]string, error) { return nil, nil }
func (g *given) Close() error                           { return nil }
func (g *given) Read(ctx context.Context, emit func(*Batch) error) error {
	for i, b := range g.batches {
		b.Ack = func(err error) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.acked = append(g.acked, err)
			g.order = append(g.order, i)
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	if g.end != nil {
		close(g.end)
	}
	if g.wait {
		<-ctx.Done()
	}
	return nil
}

// memory is an output that keeps what it was given.
type memory struct {
	mu    sync.Mutex
	lanes map[string][]Record
	fail  func(b *Batch) error // called first
}

func (m *memory) Name() string                           { return "memory" }
func (m *memory) Plan(context.Context) ([]string, error) { return nil, nil }
func (m *memory) Close() error                           { return nil }
func (m *memory) Write(_ context.Context, b *Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	if m.fail != nil {
		err = m.fail(b)
	}
	var no *Rejected
	if err != nil && !errors.As(err, &no) {
		return err
	}
	if m.lanes == nil {
		m.lanes = make(map[string][]Record)
	}
	for i, r := range b.Records {
		if no != nil && len(no.Records) > 0 && no.Records[0] == i {
			no = &Rejected{no.Records[1:], no.Reason}
			continue
		}
		r.Value, r.Key = bytes.Clone(r.Value), bytes.Clone(r.Key)
		m.lanes[b.Lane.Name] = append(m.lanes[b.Lane.Name], r)
	}
	return err
}

func (m *memory) text(lane string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var s strings.Builder
	for _, r := range m.lanes[lane] {
		s.Write(r.Value)
	}
	return s.String()
}

// TestOrder holds that many lanes keep their order and hear of each batch once.
func TestOrder(t *testing.T) {
	secret := token(t, 1)
	in := &given{}
	for i := range 200 {
		b := &Batch{Lane: Lane{Name: fmt.Sprint(i % 3)}}
		for k := range 5 {
			text := fmt.Sprintf("%d/%d;", i, k)
			if k == 3 {
				text = "token=" + secret + " " + text
			}
			b.Records = append(b.Records, Record{Value: []byte(text), Key: []byte("k"), Headers: []Header{{"password", []byte("hunter-2-" + text)}}})
		}
		in.batches = append(in.batches, b)
	}
	out := &memory{}
	env := testEnv(t)
	if err := New(in, out, FlowOptions{}).Run(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	for lane := range 3 {
		want := ""
		for i := lane; i < 200; i += 3 {
			for k := range 5 {
				if k == 3 {
					want += "token=REDACTED-github-pat "
				}
				want += fmt.Sprintf("%d/%d;", i, k)
			}
		}
		if got := out.text(fmt.Sprint(lane)); got != want {
			t.Errorf("lane %d: got %.300s\nwant %.300s", lane, got, want)
		}
		for _, r := range out.lanes[fmt.Sprint(lane)] {
			if string(r.Key) != "k" || len(r.Headers) != 1 || !bytes.HasPrefix(r.Headers[0].Value, []byte("REDACTED-")) {
				t.Fatalf("record %+v", r)
			}
		}
	}
	if len(in.acked) != 200 || errors.Join(in.acked...) != nil {
		t.Errorf("%d acknowledgements: %v", len(in.acked), errors.Join(in.acked...))
	}
	last := map[int]int{}
	for _, i := range in.order {
		if i < last[i%3] {
			t.Fatalf("batch %d acknowledged behind %d", i, last[i%3])
		}
		last[i%3] = i
	}
	if n := env.Budget.Used(); n != 0 {
		t.Errorf("%d bytes still in flight", n)
	}
}

// TestStream holds that a text comes out the same however it is cut, and is not
// acknowledged inside a key.
func TestStream(t *testing.T) {
	secret := token(t, 2)
	begin, _, _, _ := detectors.Expand("-----BEGIN RSA "+"PRIVATE KEY-----\n{base64:64}\n{base64:64}\n", 3)
	text := "one\ntoken=" + secret + "\n" + begin + "-----END RSA PRIVATE KEY-----\nlast line"
	want := string(testEngine().NewRedactor().Append(nil, []byte(text)))
	for cut := 1; cut < len(text); cut += 7 {
		in := &given{}
		lane := Lane{Name: "s", Stream: true}
		for at := 0; at < len(text); at += cut {
			in.batches = append(in.batches, &Batch{Lane: lane, Records: []Record{{Value: []byte(text[at:min(at+cut, len(text))]), Source: finding.Source{Kind: finding.Stream, Offset: int64(at)}}}})
		}
		in.batches[len(in.batches)-1].Last = true
		out := &memory{}
		if err := New(in, out, FlowOptions{}).Run(t.Context(), testEnv(t)); err != nil {
			t.Fatal(err)
		}
		if got := out.text("s"); got != want {
			t.Fatalf("cut %d: got %q\nwant %q", cut, got, want)
		}
		if len(in.acked) != len(in.batches) || errors.Join(in.acked...) != nil {
			t.Fatalf("cut %d: %d of %d acknowledged", cut, len(in.acked), len(in.batches))
		}
	}
	// The half of a key is not acknowledged while the rest is to come.
	in := &given{wait: true, batches: []*Batch{
		{Lane: Lane{Name: "s", Stream: true}, Records: []Record{{Value: []byte("a\n")}}},
		{Lane: Lane{Name: "s", Stream: true}, Records: []Record{{Value: []byte(begin)}}},
	}}
	ctx, cancel := context.WithCancel(t.Context())
	out := &memory{}
	done := make(chan error)
	go func() { done <- New(in, out, FlowOptions{}).Run(ctx, testEnv(t)) }()
	for out.text("s") == "" || !strings.Contains(out.text("s"), "REDACTED") {
		time.Sleep(time.Millisecond)
	}
	acked := func() int {
		in.mu.Lock()
		defer in.mu.Unlock()
		return len(in.acked)
	}
	for end := time.Now().Add(30 * time.Second); acked() < 1 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := acked(); n != 1 {
		t.Errorf("%d batches acknowledged inside a key", n)
	}
	// Stopped there, it has not been read as far as its input is concerned.
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(in.acked) != 2 || in.acked[0] != nil || in.acked[1] == nil {
		t.Errorf("acknowledged %v", in.acked)
	}
}

// TestRetry holds that nothing is skipped while an output fails, and that the
// drain ends when it takes too long.
func TestRetry(t *testing.T) {
	batches := func() (list []*Batch) {
		for i := range 4 {
			list = append(list, &Batch{Lane: Lane{Name: "a"}, Records: []Record{{Value: fmt.Append(nil, i)}}})
		}
		return list
	}
	tries := 0
	out := &memory{fail: func(*Batch) error {
		if tries++; tries < 3 {
			return errors.New("not now")
		}
		return nil
	}}
	in := &given{batches: batches()}
	if err := New(in, out, FlowOptions{}).Run(t.Context(), testEnv(t)); err != nil {
		t.Fatal(err)
	}
	if got := out.text("a"); got != "0123" || errors.Join(in.acked...) != nil {
		t.Errorf("got %q, acknowledged %v", got, in.acked)
	}

	in = &given{batches: batches(), wait: true, end: make(chan struct{})}
	out = &memory{fail: func(*Batch) error { return errors.New("never") }}
	env := testEnv(t)
	env.Drain = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-in.end
		cancel()
	}()
	if err := New(in, out, FlowOptions{}).Run(ctx, env); !errors.Is(err, errDrain) {
		t.Errorf("error %v", err)
	}
	if len(in.acked) != 4 {
		t.Errorf("%d batches heard of their end", len(in.acked))
	}
	for _, err := range in.acked {
		if err == nil {
			t.Error("a batch that was not written is acknowledged")
		}
	}
	if n := env.Budget.Used(); n != 0 {
		t.Errorf("%d bytes still in flight", n)
	}
}

func TestBudget(t *testing.T) {
	b := NewBudget(10)
	ctx := t.Context()
	if err := b.Acquire(ctx, 8); err != nil {
		t.Fatal(err)
	}
	if b.TryAcquire(3) {
		t.Error("more than there is")
	}
	got := make(chan int64, 2)
	wait := func(n int64) {
		if b.Acquire(ctx, n) == nil {
			got <- n
		}
	}
	go wait(100) // the whole
	for b.waiting() < 1 {
		time.Sleep(time.Millisecond)
	}
	if b.TryAcquire(1) {
		t.Error("overtook the one that waits")
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.Acquire(stopped, 1); err == nil {
		t.Error("a context that has ended takes bytes")
	}
	b.Release(8)
	if n := <-got; n != 100 || b.Used() != 10 {
		t.Errorf("%d taken, %d used", n, b.Used())
	}
	b.Release(100)
	if b.Used() != 0 {
		t.Errorf("%d used", b.Used())
	}
}

func (b *Budget) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.queue)
}

// TestLive holds that the start of a line does not wait for ever for its end, and
// that what is undecided of it is redacted rather than released.
func TestLive(t *testing.T) {
	lane := Lane{Name: "s", Stream: true, Live: true}
	in := &given{wait: true, batches: []*Batch{{Lane: lane, Records: []Record{{Value: []byte("login: ")}}}, {Lane: lane, Records: []Record{{Value: []byte("bob password=winter-gar")}}}}}
	out := &memory{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- New(in, out, FlowOptions{Hold: 10 * time.Millisecond}).Run(ctx, testEnv(t)) }()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(out.text("s"), "REDACTED") && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if got := out.text("s"); got != "login: bob password=REDACTED-password" {
		t.Errorf("%q", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestEmptied: a value of which nothing is left is empty and not null.
func TestEmptied(t *testing.T) {
	doc, err := redact.ParseDocument("p", []byte("version: 1\npolicy: [{action: remove}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	env := testEnv(t)
	env.Engine.Store(e)
	var got []Record
	out := &memory{fail: func(b *Batch) error { got = append(got, b.Records...); return nil }}
	in := &given{batches: []*Batch{{Lane: Lane{Name: "a"}, Records: []Record{{Value: []byte(token(t, 1))}, {Value: nil}}}}}
	if err := New(in, out, FlowOptions{}).Run(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Value == nil || len(got[0].Value) != 0 || got[1].Value != nil {
		t.Errorf("%#v", got)
	}
}
