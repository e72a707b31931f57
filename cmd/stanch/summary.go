package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

// summary is what is said on standard error about a run. It is safe for
// concurrent use.
type summary struct {
	mu      sync.Mutex
	w       io.Writer
	quiet   bool
	verbose bool
	bar     *bar // cleared before anything is written
	r       *redact.Redactor

	files    int
	with     int // files that hold secrets
	stats    redact.Stats
	skipped  []walk.Skipped
	binaries []string
	errors   int
	notes    []string
}

func newSummary(w *os.File, e *redact.Engine, quiet, verbose bool) *summary {
	s := &summary{w: w, quiet: quiet, verbose: verbose, r: e.NewRedactor()}
	if !quiet {
		s.bar = newBar(w)
	}
	return s
}

// shownPath is a path in words: "-" is the standard input.
func shownPath(p string) string {
	if p == walk.Stdin {
		return "(standard input)"
	}
	return p
}

// failed reports a file that could not be read or written, at once.
func (s *summary) failed(path string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errors++
	s.bar.clear()
	fmt.Fprintf(s.w, "stanch: %s\n", safely(s.r, shownPath(path)+": "+readError(err).Error()))
}

// note says something once, unless the run is quiet.
func (s *summary) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if s.quiet || slices.Contains(s.notes, text) {
		return
	}
	s.notes = append(s.notes, text)
	s.bar.clear()
	fmt.Fprintf(s.w, "stanch: %s\n", text)
}

// done counts a file.
func (s *summary) done(path string, stats redact.Stats, binary bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files++
	if stats.Redacted+stats.Failed > 0 {
		s.with++
	}
	s.stats.Add(stats)
	if binary {
		s.binaries = append(s.binaries, path)
	}
}

// code is the exit code as far as errors go.
func (s *summary) failedAny() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.errors > 0
}

// print writes the summary; verb is what was done to the secrets.
func (s *summary) print(verb string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bar.clear()
	if s.quiet {
		return
	}
	fmt.Fprintf(s.w, "stanch: %s %s in %s of %s\n", verb, count(s.stats.Redacted, "secret"), fmt.Sprint(s.with), count(int64(s.files), "file"))
	ids := slices.SortedFunc(maps.Keys(s.stats.Detector), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.stats.Detector[b], s.stats.Detector[a]), cmp.Compare(a, b))
	})
	for _, id := range ids {
		fmt.Fprintf(s.w, "%8d  %s\n", s.stats.Detector[id], id)
	}
	if n := s.stats.Failed; n > 0 {
		fmt.Fprintf(s.w, "stanch: %s could not be scanned and became a marker\n", count(n, "line"))
	}
	if n := s.stats.Shadow; n > 0 {
		fmt.Fprintf(s.w, "stanch: %s left in clear by a shadow rule\n", count(n, "value"))
	}
	if n := s.stats.Allowed; n > 0 {
		fmt.Fprintf(s.w, "stanch: %s left in clear by the allow list\n", count(n, "value"))
	}
	s.printSkipped()
	slices.Sort(s.binaries)
	s.list("binary", s.binaries)
}

// listed is how many paths of one kind are written without --verbose.
const listed = 20

func (s *summary) list(what string, paths []string) {
	if len(paths) == 0 {
		return
	}
	fmt.Fprintf(s.w, "stanch: %s, %s:\n", count(int64(len(paths)), "file"), safely(s.r, what))
	for i, p := range paths {
		if i == listed && !s.verbose {
			fmt.Fprintf(s.w, "          and %d more; --verbose lists them\n", len(paths)-i)
			return
		}
		fmt.Fprintf(s.w, "          %s\n", safely(s.r, shownPath(p)))
	}
}

// printSkipped groups the skipped paths by reason.
func (s *summary) printSkipped() {
	by := make(map[string][]string)
	for _, sk := range s.skipped {
		by[sk.Reason] = append(by[sk.Reason], sk.Path)
	}
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		s.list("skipped, "+reason, by[reason])
	}
}

// count writes a number and its noun.
func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
