// Bench measures Stanch and its peers and prints a table of ratios.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"
)

// settings are the flags.
type settings struct {
	only, re2, stanch, out string
	size, rounds           int
}

func main() {
	s := settings{size: 256 << 20, rounds: 5}
	sized := false
	flag.StringVar(&s.only, "only", "", "measure the rows that match this `regexp` alone")
	flag.Func("size", "`bytes` of each corpus, such as 64MB (default 256MB)", func(v string) (err error) {
		s.size, err = parseSize(v)
		sized = true
		return err
	})
	quick := flag.Bool("quick", false, "corpora of 16 MB and three rounds")
	rounds := flag.Int("rounds", 0, "rounds to take medians of (default 5, quick 3)")
	flag.StringVar(&s.re2, "re2", "", "`path` of this command built with the tag gore2regex")
	flag.StringVar(&s.stanch, "stanch", "", "`path` of stanch")
	flag.StringVar(&s.out, "out", "", "`directory` that the results are written to")
	profile := flag.String("cpuprofile", "", "`file` for a profile of this process")
	child := flag.String("child", "", "internal: what to do in a process of its own")
	flag.Parse()
	if *quick {
		s.rounds = 3
		if !sized {
			s.size = 16 << 20
		}
	}
	if *rounds > 0 {
		s.rounds = *rounds
	}

	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	if *profile != "" {
		f := must(os.Create(*profile))
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			panic(err)
		}
		defer pprof.StopCPUProfile()
	}
	switch *child {
	case "":
		if err := s.run(os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			defer os.Exit(1)
		}
	case "compile":
		compileOnce()
	case "nothing":
	case "gitleaks":
		b := s.bench(os.Stderr)
		for _, c := range s.gitleaksCorpora() {
			b.gitleaks(c)
		}
		json.NewEncoder(os.Stdout).Encode(b.results)
	default:
		fmt.Fprintln(os.Stderr, "bench: no child", *child)
		os.Exit(2)
	}
}

func (s settings) bench(log io.Writer) *bench {
	return &bench{only: regexp.MustCompile(s.only), rounds: s.rounds, size: s.size, log: log}
}

// run measures everything and writes the report.
func (s settings) run(w, log io.Writer) error {
	if _, err := regexp.Compile(s.only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	r := &report{bench: s.bench(log), started: loadAverage(), date: time.Now().UTC()}
	if err := s.measure(r.bench); err != nil {
		return err
	}
	var text bytes.Buffer
	r.w = &text
	r.write()
	if _, err := w.Write(text.Bytes()); err != nil {
		return err
	}
	if s.out != "" {
		if err := os.MkdirAll(s.out, 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.out, r.fileName()), text.Bytes(), 0o666); err != nil {
			return err
		}
	}
	if len(r.bad) > 0 {
		return fmt.Errorf("%d counts are wrong: %s", len(r.bad), strings.Join(r.bad, "; "))
	}
	return nil
}

func (s settings) measure(b *bench) error {
	b.startup(s.stanch)
	b.verify()
	b.hits()
	clean := s.clean()
	b.text(clean)
	b.scale(clean)
	b.imported(clean)
	b.hostile(clean)
	b.command(s.stanch, clean)
	clean = nil
	b.text(generate("hot", 2, s.size/2, writeHot))
	real, err := s.real()
	if err != nil {
		return err
	}
	if real != nil {
		b.text(real)
		real = nil
	}
	for _, c := range s.gitleaksCorpora() {
		b.gitleaks(c)
	}
	return s.gitleaksRE2(b)
}

func (s settings) clean() *corpus { return generate("clean", 1, s.size, writeClean) }

// real returns the corpus of the logs in $STANCH_CORPORA, nil without any.
func (s settings) real() (*corpus, error) {
	dir := os.Getenv("STANCH_CORPORA")
	if dir == "" {
		return nil, nil
	}
	return readLogs(dir, s.size)
}

// gitleaksCorpora are no longer than Stanch needs for a steady rate.
func (s settings) gitleaksCorpora() (list []*corpus) {
	s.size = min(s.size, peerBytes)
	list = append(list, s.clean())
	if real, err := s.real(); err == nil && real != nil {
		list = append(list, real)
	}
	return list
}

// gitleaksRE2 adds the results of the process in which gitleaks has go-re2.
func (s settings) gitleaksRE2(b *bench) error {
	if s.re2 == "" {
		return nil
	}
	cmd := exec.Command(s.re2, "-child", "gitleaks", "-only", s.only, "-size", strconv.Itoa(s.size), "-rounds", strconv.Itoa(s.rounds))
	cmd.Stderr = b.log
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", s.re2, err)
	}
	var results []*result
	if err := json.Unmarshal(out, &results); err != nil {
		return fmt.Errorf("%s: %w", s.re2, err)
	}
	b.results = append(b.results, results...)
	return nil
}

// parseSize reads bytes with an optional KB, MB or GB, powers of 1024.
func parseSize(v string) (int, error) {
	digits, shift := v, 0
	for i, unit := range []string{"KB", "MB", "GB"} {
		if d, ok := strings.CutSuffix(v, unit); ok {
			digits, shift = d, 10*(i+1)
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no size", v)
	}
	return n << shift, nil
}
