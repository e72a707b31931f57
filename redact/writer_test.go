package redact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stanch/stanch/finding"
)

// logText is a stream with secrets in it, one of several lines among them.
func logText() string {
	var b strings.Builder
	for i := range 400 {
		switch i % 8 {
		case 1:
			fmt.Fprintf(&b, "%d token %s end\n", i, token(i))
		case 3:
			fmt.Fprintf(&b, `{"n":%d,"password":"%s"}`+"\r\n", i, token(i)[4:])
		case 5:
			b.WriteString("-----BEGIN " + "RSA PRIVATE KEY-----\n" + strings.Repeat(strings.Repeat("MIIEvQIBADANBgkq", 4)+"\n", 5) + "-----END " + "RSA PRIVATE KEY-----\n")
		case 6:
			b.WriteString("\n\xff\x00bytes of no character set\r")
		default:
			fmt.Fprintf(&b, "%d nothing to see\n", i)
		}
	}
	b.WriteString("the last line has no end " + token(9))
	return b.String()
}

func builtin(t testing.TB, o Options) *Engine {
	t.Helper()
	if o.Key == nil {
		o.Key = testKey("built-in")
	}
	o.Detectors = append(demoEngine(t, "", Options{}).scan.Detectors()[:4:4], defaultDetectors(t)...)
	e, err := New(DefaultDocument(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestWriterCuts: however a stream is cut, output and findings are the same,
// and the same as those of the whole text.
func TestWriterCuts(t *testing.T) {
	e := builtin(t, Options{})
	text := []byte(logText())
	type place struct{ offset, line, column int64 }
	var places []place
	see := func(f finding.Finding) {
		places = append(places, place{f.Source.Offset, f.Source.Line, f.Source.Column})
	}
	r := e.NewRedactor()
	r.OnFinding = see
	want := r.Append(nil, text)
	wantPlaces := places
	if len(places) != 151 {
		t.Errorf("%d findings", len(places))
	}
	for _, p := range places {
		if got := int64(bytes.Count(text[:p.offset], []byte("\n")) + 1); got != p.line {
			t.Fatalf("finding at %d is on line %d, not %d", p.offset, got, p.line)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{1, 2, 7, 100, 4096, 70000} {
		places = nil
		var got bytes.Buffer
		w := e.NewWriter(&got, WriterOptions{OnFinding: see})
		for rest := text; len(rest) > 0; {
			n := min(rng.IntN(most)+1, len(rest))
			if m, err := w.Write(rest[:n]); m != n || err != nil {
				t.Fatal(m, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("chunks of up to %d bytes give another output", most)
		}
		if fmt.Sprint(places) != fmt.Sprint(wantPlaces) {
			t.Errorf("chunks of up to %d bytes give other findings:\n%v\n%v", most, places, wantPlaces)
		}
		if s := w.Stats(); s.Redacted != 151 || s.Failed != 0 {
			t.Errorf("%+v", s)
		}
	}
}

func TestWriterHold(t *testing.T) {
	e := demoEngine(t, "", Options{})
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		w := e.NewWriter(&out, WriterOptions{Hold: time.Second})
		expect := func(want string) {
			t.Helper()
			synctest.Wait()
			w.mu.Lock()
			defer w.mu.Unlock()
			if got := out.String(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		write := func(s string) {
			t.Helper()
			if _, err := io.WriteString(w, s); err != nil {
				t.Fatal(err)
			}
		}
		write("one\npassword? ")
		expect("one\n")
		time.Sleep(999 * time.Millisecond)
		expect("one\n")
		time.Sleep(time.Millisecond)
		expect("one\npassword? ")
		write("tok " + token(1)[:10])
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w.mu.Lock()
		if got := out.String(); strings.Contains(got, token(1)[4:10]) {
			t.Errorf("the open part came out in clear: %q", got)
		}
		w.mu.Unlock()
		write(token(1)[10:] + " x\n")
		if got := out.String(); strings.Contains(got, token(1)[4:10]) || strings.Contains(got, token(1)[10:]) {
			t.Errorf("a token cut by the time-out came out: %q", got)
		}
		n := out.Len()
		write("two")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := out.String()[n:]; got != "two" {
			t.Errorf("after Close: %q", got)
		}
		time.Sleep(time.Minute) // no timer is left
		if _, err := w.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
	})
}

func TestWriterFlush(t *testing.T) {
	var out bytes.Buffer
	w := demoEngine(t, "", Options{}).NewWriter(&out, WriterOptions{})
	io.WriteString(w, "prompt> ")
	if out.Len() != 0 {
		t.Errorf("not held: %q", out.String())
	}
	if err := w.Flush(); err != nil || out.String() != "prompt> " {
		t.Errorf("%q, %v", out.String(), err)
	}
	io.WriteString(w, token(1)+"\n")
	if got := out.String(); got != "prompt> REDACTED-demo-token\n" {
		t.Errorf("%q", got)
	}
}

type badWriter struct {
	room int
	err  error
}

func (b *badWriter) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, b.err
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, size := range []int{10, outSize + 1} {
		w := demoEngine(t, "", Options{}).NewWriter(&badWriter{room: 5, err: broken}, WriterOptions{})
		line := []byte(strings.Repeat("a", size) + "\n")
		for range 2 {
			if n, err := w.Write(line); n != 0 || !errors.Is(err, broken) {
				t.Errorf("Write: %d, %v", n, err)
			}
		}
		for range 2 {
			if err := w.Close(); !errors.Is(err, broken) {
				t.Errorf("Close: %v", err)
			}
		}
	}
	w := demoEngine(t, "", Options{}).NewWriter(&badWriter{room: 0, err: broken}, WriterOptions{})
	io.WriteString(w, "held")
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("Close: %v", err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("Close again: %v", err)
	}
}

// TestWriterSwap: a replaced engine takes over at the end of a line, and not
// inside a secret of several lines.
func TestWriterSwap(t *testing.T) {
	a := builtin(t, Options{})
	b, err := New(mustParse(t, "policy: [{detector: private-key, action: keep}, {detector: demo-token, action: remove}]"),
		Options{Detectors: a.scan.Detectors(), Key: testKey("b")})
	if err != nil {
		t.Fatal(err)
	}
	h := NewHandle(a)
	var out bytes.Buffer
	w := h.NewWriter(&out, WriterOptions{})
	step := func(in, want string) {
		t.Helper()
		out.Reset()
		if _, err := io.WriteString(w, in); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("Write(%q) gives %q, want %q", in, got, want)
		}
	}
	step("a "+token(1)+"\nb "+token(2)[:9], "a REDACTED-demo-token\n")
	h.Store(b)
	step(token(2)[9:]+"\nc "+token(3)+"\n", "b REDACTED-demo-token\nc REDACTED-demo-token\n")
	step("d "+token(4)+"\n", "d \n")
	h.Store(a)
	step("e "+token(5)+"\n", "e REDACTED-demo-token\n")

	body := strings.Repeat("MIIEvQIBADANBgkq", 4) + "\n"
	step("-----BEGIN "+"PRIVATE KEY-----\n"+body, "REDACTED-private-key")
	h.Store(b)
	step(body, "")
	step(body+"-----END "+"PRIVATE KEY-----\n", "\n")
	step("f\n", "f\n")
	step("g "+token(6)+"\n", "g \n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := w.Stats().Redacted; n != 7 {
		t.Errorf("%d redactions counted over three engines, want 7", n)
	}
}

// TestWriterPanic: what a stream lost with its state is marked; what follows
// its line is scanned anew. Inside a key block nothing follows.
func TestWriterPanic(t *testing.T) {
	e := builtin(t, Options{})
	var out bytes.Buffer
	w := e.NewWriter(&out, WriterOptions{})
	step := func(in, want string, fault bool) error {
		t.Helper()
		out.Reset()
		w.r.fault = nil
		if fault {
			w.r.fault = func(stage) { panic("canary") }
		}
		_, err := io.WriteString(w, in)
		if got := out.String(); got != want {
			t.Errorf("Write(%q) gives %q, want %q", in, got, want)
		}
		return err
	}
	step("one\n"+token(1)[:9], "one\n", false)
	step(token(1)[9:12], failed, true)
	step(token(1)[12:], "", false)
	step(" rest of the line\ntwo\n", "\ntwo\n", false)
	step("three\nfour\n", failed+"\n", true)
	step("five "+token(2)+"\n", "five REDACTED-demo-token\n", false)

	body := strings.Repeat("MIIEvQIBADANBgkq", 4) + "\n"
	step("-----BEGIN "+"PRIVATE KEY-----\n"+body, "REDACTED-private-key", false)
	if err := step(body, failed, true); !errors.Is(err, errLost) {
		t.Errorf("inside a block: %v", err)
	}
	if err := step(body, "", false); !errors.Is(err, errLost) {
		t.Errorf("after it: %v", err)
	}
	if err := w.Close(); !errors.Is(err, errLost) {
		t.Errorf("Close: %v", err)
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("mine") }

// TestWriterPanicBelow: a panic of the underlying writer is its own.
func TestWriterPanicBelow(t *testing.T) {
	for _, size := range []int{10, outSize + 1} {
		w := demoEngine(t, "", Options{}).NewWriter(panicWriter{}, WriterOptions{})
		func() {
			defer func() {
				if recover() != "mine" {
					t.Error("the panic did not come through")
				}
			}()
			w.Write([]byte(strings.Repeat("a", size) + "\n"))
		}()
	}
}

// TestWriterConcurrent is for the race detector.
func TestWriterConcurrent(t *testing.T) {
	e := demoEngine(t, "", Options{})
	h := NewHandle(e)
	w := h.NewWriter(io.Discard, WriterOptions{Hold: time.Microsecond, OnFinding: func(finding.Finding) {}})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 200 {
				io.WriteString(w, "a "+token(j)[:i*5+3])
				io.WriteString(w, " b\n")
				if j%50 == 0 {
					h.Store(demoEngine(t, "", Options{}))
				}
			}
		})
	}
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func mustParse(t testing.TB, doc string) *Document {
	t.Helper()
	d, err := ParseDocument("p.yaml", []byte("version: 1\n"+doc))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
