package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"runtime/pprof"
	"slices"
	"time"
)

// A subject is something to time. run does the work once and returns a count
// that proves it: hits, findings, or bytes.
type subject struct {
	name  string
	bytes int // that one run works on
	unit  string
	run   func() int
	wall  bool // time on the wall counts, not that of processors
}

// A result is what a subject took, in the order of the rounds.
type result struct {
	Name  string
	Bytes int
	Unit  string
	Count int
	Times []time.Duration
}

// A bench collects results.
type bench struct {
	only    *regexp.Regexp
	rounds  int
	size    int // of a corpus
	log     io.Writer
	results []*result
	bad     []string // counts that ought to be equal and are not
}

// wants reports whether any of the names is to be measured.
func (b *bench) wants(names ...string) bool {
	return slices.ContainsFunc(names, b.only.MatchString)
}

// measure times the subjects that are wanted, one after the other in every
// round, so that whatever slows the machine down slows all of them down. The
// first subject is what the others are compared with; it is always timed. A
// round before the first fills caches and is not counted.
func (b *bench) measure(rounds int, subjects ...subject) {
	var timed []subject
	var results []*result
	for i, s := range subjects {
		if b.wants(s.name) || i == 0 && slices.ContainsFunc(subjects, func(s subject) bool { return b.wants(s.name) }) {
			timed = append(timed, s)
			results = append(results, &result{Name: s.name, Bytes: s.bytes, Unit: s.unit})
		}
	}
	for round := -1; round < rounds; round++ {
		for i, s := range timed {
			count, took := s.timed()
			r := results[i]
			if round < 0 {
				r.Count = count
				continue
			}
			if count != r.Count {
				b.fail("%s: count %d, before %d", s.name, count, r.Count)
			}
			r.Times = append(r.Times, took)
		}
	}
	for _, r := range results {
		fmt.Fprintln(b.log, r)
	}
	b.results = append(b.results, results...)
}

// timed runs s once. Profiles tell rows apart by their label.
func (s *subject) timed() (count int, took time.Duration) {
	pprof.Do(context.Background(), pprof.Labels("row", s.name), func(context.Context) {
		wall, cpu := time.Now(), cpuTime()
		count = s.run()
		took = cpuTime() - cpu
		if s.wall {
			took = time.Since(wall)
		}
	})
	return count, took
}

func (b *bench) fail(format string, args ...any) {
	b.bad = append(b.bad, fmt.Sprintf(format, args...))
}

// find returns the result of that name, or nil.
func (b *bench) find(name string) *result {
	for _, r := range b.results {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// same notes a failure unless all the results that exist have the same count.
func (b *bench) same(names ...string) {
	var first *result
	for _, n := range names {
		switch r := b.find(n); {
		case r == nil:
		case first == nil:
			first = r
		case r.Count != first.Count:
			b.fail("%s: %d %s, but %s: %d", r.Name, r.Count, r.Unit, first.Name, first.Count)
		}
	}
}

// speedup returns how many times the rate of one result is that of another:
// the median over the rounds of one measurement. ok is false if one is
// missing.
func (b *bench) speedup(of, over string) (ratio float64, ok bool) {
	x, y := b.find(of), b.find(over)
	if x == nil || y == nil || len(x.Times) != len(y.Times) || len(x.Times) == 0 {
		return 0, false
	}
	per := make([]float64, len(x.Times))
	for i := range per {
		per[i] = y.perByte(i) / x.perByte(i)
	}
	return median(per), true
}

// String is a line for those who watch.
func (r *result) String() string {
	if r.Bytes == 0 {
		return fmt.Sprintf("%-44s %10v  %d %s", r.Name, r.time().Round(time.Microsecond), r.Count, r.Unit)
	}
	return fmt.Sprintf("%-44s %10s MB/s  %d %s", r.Name, megabytes(r.rate()), r.Count, r.Unit)
}

// megabytes writes a rate with three digits at least.
func megabytes(rate float64) string {
	if rate >= 100 {
		return fmt.Sprintf("%.0f", rate)
	}
	return fmt.Sprintf("%.3g", rate)
}

func (r *result) perByte(round int) float64 {
	return float64(max(r.Times[round], time.Microsecond)) / float64(max(r.Bytes, 1))
}

// time returns the median time of a run.
func (r *result) time() time.Duration { return median(r.Times) }

// rate returns the median of MB/s, a MB being 10⁶ bytes.
func (r *result) rate() float64 {
	return float64(r.Bytes) / 1e6 / max(r.time(), time.Microsecond).Seconds()
}

func median[T float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
