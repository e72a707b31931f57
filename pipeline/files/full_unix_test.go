//go:build linux || darwin

package files

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// elsewhere runs a test in a process of its own, since limits hold for all of one.
// It reports whether it did: then there is nothing left to do.
func elsewhere(t *testing.T) bool {
	t.Helper()
	const mark = "STANCH_TEST_ELSEWHERE"
	if os.Getenv(mark) != "" {
		return false
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), mark+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return true
}

// full lets no file grow beyond so many bytes until the function returned is
// called, as a disk does that is full.
func full(t *testing.T, bytes int64) (free func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	small := old
	small.Cur = uint64(bytes)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	free = sync.OnceFunc(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
	t.Cleanup(free)
	return free
}

// Of what does not fit nothing stays, and nothing of what was written is lost.
func TestFullDisk(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for _, c := range []struct {
		name   string
		room   int64
		before string
		whole  string
	}{
		{name: "a record in the middle", room: 10, before: "first\n", whole: "first\nsecond\nthird\n"},
		{name: "at the end of a record", room: 13, before: "first\n", whole: "first\nsecond\nthird\n"},
		{name: "nothing more", room: 6, before: "first\n", whole: "first\nsecond\nthird\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out")
			o := NewOutput("o", path, true)
			put(t, o, batch("r", false, "first"))
			free := full(t, c.room)
			for range 3 {
				err := o.Write(t.Context(), batch("r", false, "second", "third"))
				if !errors.Is(err, syscall.EFBIG) || strings.Contains(err.Error(), path) {
					t.Fatalf("a full disk: %v", err)
				}
				if got := content(t, path); got != c.before {
					t.Errorf("while it is full: %q, want %q", got, c.before)
				}
			}
			free()
			put(t, o, batch("r", false, "second", "third"))
			if got := content(t, path); got != c.whole {
				t.Errorf("%q, want %q", got, c.whole)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A stream goes on in the middle of the line in which it had no room.
func TestFullDiskStream(t *testing.T) {
	if elsewhere(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "out")
	o := NewOutput("o", path, true)
	put(t, o, batch("s", true, "half "))
	free := full(t, 8)
	if err := o.Write(t.Context(), batch("s", true, "a line\n")); !errors.Is(err, syscall.EFBIG) {
		t.Fatal(err)
	}
	free()
	put(t, o, batch("s", true, "a line\n"))
	if got := content(t, path); got != "half a line\n" {
		t.Errorf("%q", got)
	}
}

// What another has written stays, whatever becomes of one's own, and a line that
// another has left unfinished is no part of one's own.
func TestSharedFile(t *testing.T) {
	if elsewhere(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "out")
	a, b := NewOutput("a", path, true), NewOutput("b", path, true)
	put(t, a, batch("r", false, "a1"))
	put(t, b, batch("r", false, "b1"))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("killed in the mid")
	f.Close()
	put(t, a, batch("r", false, "a2"))
	free := full(t, int64(len(content(t, path)))+2)
	if err := b.Write(t.Context(), batch("r", false, "b2")); err == nil {
		t.Error("wrote to a full disk")
	}
	free()
	put(t, a, batch("r", false, "a3"))
	put(t, b, batch("r", false, "b2"))
	if got, want := content(t, path), "a1\nb1\nkilled in the mid\na2\na3\nb2\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Many that write to one file, which is full again and again, leave whole lines.
func TestSharedFullDisk(t *testing.T) {
	if elsewhere(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "out")
	var writing sync.WaitGroup
	for w := range 4 {
		o := NewOutput("o", path, false)
		writing.Go(func() {
			for i := 0; i < 300; {
				if o.Write(t.Context(), batch("r", false, fmt.Sprintf("writer %d line %d", w, i))) == nil {
					i++
				}
			}
			o.Close()
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	for room := int64(1); ; room += 501 {
		free := full(t, room)
		// Until one of them finds it full.
		for range 100 {
			if info, err := os.Stat(path); err == nil && info.Size() > room-30 {
				break
			}
			if _, err := os.ReadFile(path); err != nil && !os.IsNotExist(err) {
				t.Error(err)
			}
		}
		free()
		select {
		case <-done:
		default:
			continue
		}
		break
	}
	next := map[int]int{}
	for line := range bytes.Lines([]byte(content(t, path))) {
		var w, i int
		if _, err := fmt.Sscanf(string(line), "writer %d line %d\n", &w, &i); err != nil || i != next[w] {
			t.Fatalf("%q, want line %d of writer %d: %v", line, next[w], w, err)
		}
		next[w]++
	}
	if len(next) != 4 || next[0] != 300 || next[3] != 300 {
		t.Errorf("lines: %v", next)
	}
}
