package files

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/stanch/stanch/pipeline"
)

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// read reads an input, acknowledging batch after batch, until stop says so.
func read(t *testing.T, in *Input, stop func(text []byte) bool) []byte {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var text []byte
	err := in.Read(ctx, func(b *pipeline.Batch) error {
		for _, r := range b.Records {
			text = append(text, r.Value...)
		}
		if stop != nil && stop(text) {
			cancel() // killed before this one was acknowledged
			b.Ack(errors.New("killed"))
			return nil
		}
		b.Ack(nil)
		return nil
	})
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	return text
}

// TestResume stops reading at every block and goes on with another input: what
// was acknowledged is not read again, and nothing is left out.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	var text []byte
	for i := range 40_000 {
		text = fmt.Appendf(text, "line %d of a file\n", i)
	}
	text = append(text, "without an end"...)
	plain := filepath.Join(dir, "a.log")
	write(t, plain, text)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text)
	z.Close()
	gz := filepath.Join(dir, "b.log.gz")
	write(t, gz, packed.Bytes())
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + string(text))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	w16 := filepath.Join(dir, "c.log")
	write(t, w16, wide)
	for _, path := range []string{plain, gz, w16} {
		state := filepath.Join(dir, filepath.Base(path)+".state")
		var got []byte
		for n := 0; ; n++ {
			in, err := NewInput(InputOptions{Name: "f", Paths: []string{path}, State: state})
			if err != nil {
				t.Fatal(err)
			}
			blocks, first := 0, 0
			part := read(t, in, func(text []byte) bool {
				if blocks++; blocks == 1 {
					first = len(text)
				}
				return blocks == 2
			})
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
			if blocks == 2 {
				part = part[:first] // the second was not acknowledged
			}
			got = append(got, part...)
			if blocks < 2 {
				break
			}
			if n > 100 {
				t.Fatal("it does not come to an end")
			}
		}
		want := string(text)
		if path == w16 {
			want = "\ufeff" + want
		}
		if string(got) != want {
			t.Errorf("%s: %d bytes, want %d", path, len(got), len(want))
		}
		b, err := os.ReadFile(state)
		if err != nil || !bytes.Contains(b, []byte(`"done":true`)) || bytes.Contains(b, []byte(".log")) {
			t.Errorf("state %s: %v", b, err)
		}
		if info, err := os.Stat(state); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("state: %v", err)
		}
	}
	write(t, filepath.Join(dir, "x.state"), []byte("{}"))
	if _, err := NewInput(InputOptions{Paths: []string{plain}, State: filepath.Join(dir, "x.state")}); err == nil {
		t.Error("took another file for a state")
	}
	if _, err := NewInput(InputOptions{Paths: []string{plain}, Include: []string{"[a"}}); err == nil {
		t.Error("took a glob that is wrong")
	}
}

func TestInputErrors(t *testing.T) {
	dir := t.TempDir()
	in, err := NewInput(InputOptions{Name: "f", Paths: []string{filepath.Join(dir, "none")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Read(t.Context(), func(*pipeline.Batch) error { return nil }); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := in.Plan(t.Context()); err == nil {
		t.Error("a file that is not there is planned")
	}
}

func batch(lane string, stream bool, values ...string) *pipeline.Batch {
	b := &pipeline.Batch{Lane: pipeline.Lane{Name: lane, Stream: stream}}
	for _, v := range values {
		b.Records = append(b.Records, pipeline.Record{Value: []byte(v)})
	}
	return b
}

func put(t *testing.T, o pipeline.Output, b *pipeline.Batch) {
	t.Helper()
	if err := o.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	o := NewOutput("o", path, true)
	put(t, o, batch("r", false, "a", "", "b"))
	put(t, o, batch("s", true, "x\ny"))
	put(t, o, batch("s", true, "z"))
	put(t, o, batch("t", true, "other\n"))
	put(t, o, batch("s", true))
	if got := content(t, path); got != "a\n\nb\nx\nyz\nother\n" {
		t.Errorf("%q", got)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	// A crash has cut a line: the next begins anew.
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString("half a li")
	f.Close()
	o = NewOutput("o", path, false)
	put(t, o, batch("s", true, "half a line\n"))
	o.Close()
	if got := content(t, path); !strings.HasSuffix(got, "other\nhalf a li\nhalf a line\n") {
		t.Errorf("%q", got)
	}
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	o = NewOutput("o", filepath.Join(path, "below"), false)
	if err := o.Write(t.Context(), batch("s", true, "x")); err == nil {
		t.Error("wrote below a file")
	}
}

func TestPipeGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("other errors")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	if err := NewStdout("o", w).Write(t.Context(), batch("s", true, "x\n")); !errors.Is(err, pipeline.ErrGone) || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("%v", err)
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	d := NewDir("d", dir, false)
	for i := range maxOpen + 10 {
		put(t, d, batch(fmt.Sprintf("in/%d.log", i), true, "a"))
	}
	for i := range maxOpen + 10 {
		put(t, d, batch(fmt.Sprintf("in/%d.log", i), true, "b"))
	}
	put(t, d, batch("../../up/x.log.gz", true, "c\n"))
	put(t, d, batch("/etc/passwd", true, "d\n"))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"up/x.log": "c\n", "etc/passwd": "d\n"} {
		if got := content(t, filepath.Join(dir, name)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	// One that was opened again begins a line of its own: nobody knows whether the
	// last was whole.
	for i := range maxOpen + 10 {
		if got := content(t, filepath.Join(dir, "in", fmt.Sprintf("%d.log", i))); got != "ab" && got != "a\nb" {
			t.Errorf("%d: %q", i, got)
		}
	}
	if _, err := under(dir, "/../"); err == nil {
		t.Error("a file without a name")
	}
}

// TestStdin reads a pipe as it comes, and ends with it or with its context.
func TestStdin(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewStdin("stdin", r)
	got := make(chan *pipeline.Batch)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- s.Read(ctx, func(b *pipeline.Batch) error { got <- b; return nil })
	}()
	w.WriteString("one\n")
	if b := <-got; string(b.Records[0].Value) != "one\n" || !b.Lane.Live || b.Records[0].Source.Line != 1 {
		t.Errorf("%+v", b)
	}
	w.WriteString("two")
	if b := <-got; string(b.Records[0].Value) != "two" || b.Records[0].Source.Offset != 4 || b.Records[0].Source.Line != 2 {
		t.Errorf("%+v", b)
	}
	w.Close()
	if b := <-got; !b.Last {
		t.Errorf("%+v", b)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}

	r2, w2, _ := os.Pipe()
	defer r2.Close()
	defer w2.Close()
	ctx, cancel = context.WithCancel(t.Context())
	go func() {
		done <- NewStdin("stdin", r2).Read(ctx, func(b *pipeline.Batch) error { got <- b; return nil })
	}()
	cancel()
	if b := <-got; !b.Last {
		t.Errorf("%+v", b)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
