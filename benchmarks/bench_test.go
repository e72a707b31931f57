package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
)

const small = 256 << 10

func TestGeneratedTextIsTheSameEveryTime(t *testing.T) {
	for name, write := range map[string]func(*writer){"clean": writeClean, "hot": writeHot} {
		a, b := generate(name, 1, small, write), generate(name, 1, small, write)
		if !bytes.Equal(a.text, b.text) {
			t.Errorf("%s: the same seed gave other text", name)
		}
		if c := generate(name, 2, small, write); bytes.Equal(a.text, c.text) {
			t.Errorf("%s: another seed gave the same text", name)
		}
		mean := len(a.text) / len(a.lines)
		if name == "clean" && (mean < 110 || mean > 170) {
			t.Errorf("lines of %d bytes on the average", mean)
		}
	}
}

// Whatever else were found would cost time that the text is meant not to cost.
func TestNothingButWhatIsPlantedIsFound(t *testing.T) {
	for name, write := range map[string]func(*writer){"clean": writeClean, "hot": writeHot} {
		c := generate(name, 7, 4<<20, write)
		r := newEngine(match.Auto, nil).NewRedactor()
		for _, line := range c.lines {
			before := r.Stats().Redacted
			out := r.Append(nil, line)
			if n := r.Stats().Redacted - before; n > 0 && !bytes.Contains(line, []byte("ghp_")) {
				t.Fatalf("%s: %d findings in %s, which became %s", name, n, line, out)
			}
		}
		if n := r.Stats().Redacted; n != int64(c.planted) || n == 0 {
			t.Errorf("%s: %d findings, %d planted", name, n, c.planted)
		}
	}
}

func TestChunksAreWholeLines(t *testing.T) {
	c := generate("clean", 1, small, writeClean)
	list := chunks(c.text)
	if !bytes.Equal(bytes.Join(list, nil), c.text) {
		t.Fatal("chunks do not add up to the text")
	}
	for i, p := range list {
		if len(p) > chunkSize || p[len(p)-1] != '\n' {
			t.Errorf("chunk %d has %d bytes and ends with %q", i, len(p), p[len(p)-1])
		}
	}
	if got := chunks([]byte(strings.Repeat("x", 3*chunkSize))); len(got) != 1 {
		t.Errorf("one long line became %d chunks", len(got))
	}
}

func TestRealLogs(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "loghub"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "loghub", "A.log"), bytes.Repeat([]byte("one\r\ntwo\n"), 100), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := readLogs(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.text) < small || c.planted == 0 || string(c.lines[0]) != "one" && string(c.lines[0]) != "two" {
		t.Errorf("%d bytes, %d planted, first line %q", len(c.text), c.planted, c.lines[0])
	}
	if _, err := readLogs(t.TempDir(), small); err == nil {
		t.Error("no error for a directory without logs")
	}
}

func TestRulesCompile(t *testing.T) {
	rules := makeRules(300)
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Detectors: rules})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(e.Scan().Detectors()); n != 300 {
		t.Errorf("%d detectors", n)
	}
	for i, r := range makeRules(200) {
		if r.Regex != rules[i].Regex {
			t.Fatalf("rule %d depends on how many there are", i)
		}
	}
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	ms := func(list ...int) (times []time.Duration) {
		for _, n := range list {
			times = append(times, time.Duration(n)*time.Millisecond)
		}
		return times
	}
	b := &bench{results: []*result{
		{Name: "fast", Bytes: 2000, Times: ms(1, 10, 1)}, // disturbed in the second round, as is the other
		{Name: "slow", Bytes: 1000, Times: ms(2, 20, 3)},
	}}
	if got, ok := b.speedup("fast", "slow"); !ok || got != 4 {
		t.Errorf("speedup %v, %v; want 4", got, ok)
	}
	if _, ok := b.speedup("fast", "none"); ok {
		t.Error("a ratio to nothing")
	}
}

func TestCountsThatDiffer(t *testing.T) {
	b := &bench{results: []*result{{Name: "a", Count: 1}, {Name: "b", Count: 1}, {Name: "c", Count: 2}}}
	if b.same("a", "b", "none"); len(b.bad) != 0 {
		t.Error(b.bad)
	}
	if b.same("a", "c"); len(b.bad) != 1 {
		t.Error(b.bad)
	}
	n := 0
	b = &bench{only: regexp.MustCompile(""), log: io.Discard}
	b.measure(2, subject{name: "drifts", run: func() int { n++; return n }})
	if len(b.bad) == 0 {
		t.Error("a count that changes goes unnoticed")
	}
}

func TestVerdicts(t *testing.T) {
	more, less := target{must: 3, aim: 5}, target{must: 60, aim: 40, atMost: true}
	for _, c := range []struct {
		t    target
		v    float64
		want string
	}{
		{more, 5, "aim"}, {more, 4, "must"}, {more, 2.9, "**misses**"},
		{less, 40, "aim"}, {less, 50, "must"}, {less, 61, "**misses**"},
	} {
		if got := c.t.verdict(c.v); got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	s := settings{only: `copy|/redact-64k/|^startup/compile`, size: small, rounds: 1, out: t.TempDir()}
	var w bytes.Buffer
	if err := s.run(&w, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## Targets", "## Text: clean", "## Text: hot", "redact-64k/plain", "compiling the default engine again"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %q in the report", want)
		}
	}
	files, err := filepath.Glob(filepath.Join(s.out, "*.md"))
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int{"7": 7, "256KB": 256 << 10, "64MB": 64 << 20, "1GB": 1 << 30} {
		if got, err := parseSize(in); err != nil || got != want {
			t.Errorf("%s: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "MB", "-1MB", "1TB"} {
		if _, err := parseSize(in); err == nil {
			t.Errorf("%q is accepted", in)
		}
	}
}
