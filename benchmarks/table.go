package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/stanch/stanch/match"
)

// commit is what was built; the Makefile sets it.
var commit = "unknown"

// A report is a run as Markdown.
type report struct {
	*bench
	w       io.Writer
	started string // load average then
	date    time.Time
}

func (r *report) printf(format string, args ...any) { fmt.Fprintf(r.w, format, args...) }

// row prints cells as a row of a table.
func (r *report) row(cells ...any) {
	for _, c := range cells {
		r.printf("| %v ", c)
	}
	r.printf("|\n")
}

// head prints the head of a table. Columns but the first stand to the right.
func (r *report) head(columns ...any) {
	r.printf("\n")
	r.row(columns...)
	r.printf("|---|%s\n", strings.Repeat("--:|", len(columns)-1))
}

func (r *report) write() {
	r.printf("# %s, %s\n\n", cpuName(), r.date.Format(time.DateOnly))
	r.printf("%s, %s/%s, commit %s, kernels %v, one core, corpora of %d MB, medians of %d rounds of processor time.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, cmp.Or(commit, "unknown"), match.Kernels(), r.size/1e6, r.rounds)
	r.printf("Load average %s before and %s after. Ratios are medians of ratios within a round.\n", r.started, loadAverage())
	if pattern := r.only.String(); pattern != "" {
		r.printf("Only rows that match `%s`: a worst case is the worst of these.\n", pattern)
	}
	r.targets()
	for _, c := range []string{"clean", "real", "hot"} {
		r.corpus(c)
	}
	r.hitCosts()
	r.scale()
	r.hostile()
	r.times("Starting", "startup/")
	r.corpusRows("The command", "command/", "command/in-memory")
	if len(r.bad) > 0 {
		r.printf("\n## Counts that are wrong\n\n")
		for _, s := range r.bad {
			r.printf("- %s\n", s)
		}
	}
}

func (r *report) targets() {
	r.printf("\n## Targets\n")
	r.head("", "must", "aim", "generated", "real", "")
	for _, t := range targets() {
		if !slices.ContainsFunc([]string{"clean", "real"}, func(c string) bool { _, ok := t.of(r.bench, c); return ok }) {
			continue
		}
		cells := []any{t.what, t.bar(t.must), t.bar(t.aim)}
		verdicts := []string{}
		for _, c := range []string{"clean", "real"} {
			v, ok := t.of(r.bench, c)
			if !ok || c == "real" && !t.perCorpus {
				cells = append(cells, "–")
				continue
			}
			cells = append(cells, fmt.Sprintf(t.format, v))
			if s := t.verdict(v); !slices.Contains(verdicts, s) {
				verdicts = append(verdicts, s)
			}
		}
		r.row(append(cells, strings.Join(verdicts, ", "))...)
	}
}

func (t *target) bar(v float64) string {
	sign := "≥ "
	if t.atMost {
		sign = "≤ "
	}
	return sign + fmt.Sprintf(t.format, v)
}

func (r *report) corpus(c string) {
	r.corpusRows("Text: "+c, c+"/", c+"/copy")
}

// corpusRows prints the rows whose names begin with prefix.
func (r *report) corpusRows(title, prefix, yardstick string) {
	printed := false
	for _, x := range r.results {
		name, ok := strings.CutPrefix(x.Name, prefix)
		if !ok {
			continue
		}
		if !printed {
			printed = true
			r.printf("\n## %s\n", title)
			r.head("", "MB", "MB/s", "share of "+strings.TrimPrefix(yardstick, prefix), "count", "")
		}
		share := "–"
		if s, ok := r.speedup(x.Name, yardstick); ok {
			share = fmt.Sprintf("%.4f", s)
		}
		r.row(name, fmt.Sprintf("%.1f", float64(x.Bytes)/1e6), megabytes(x.rate()), share, x.Count, x.Unit)
	}
}

func (r *report) hitCosts() {
	title := false
	for _, x := range r.results {
		of, ok := strings.CutPrefix(x.Name, "hit/")
		mix, kernel, cut := strings.Cut(of, "/scan/")
		if !ok || !cut {
			continue
		}
		ns, each, ok := r.hitCost(mix, kernel)
		if !ok {
			continue
		}
		if !title {
			title = true
			r.printf("\n## Hits in the whole engine\n\nVerifying, and for findings judging the value and ordering them, beyond the matcher's pass.\n")
			r.head("", "ns", "", "hits", "spans")
		}
		r.row(mix+", "+kernel, fmt.Sprintf("%.0f", ns), "per "+each, r.find("hit/"+mix+"/match/"+kernel).Count, x.Count)
	}
}

func (r *report) scale() {
	r.ruleRows("Rules", scaleName, ruleCounts)
	r.ruleRows("Rules imported from gitleaks", importedName, importedCounts)
}

func (r *report) ruleRows(head string, name func(int) string, counts []int) {
	title := false
	for _, n := range counts {
		x := r.find(name(n))
		if x == nil {
			continue
		}
		if !title {
			title = true
			r.printf("\n## %s\n", head)
			r.head("", "MB/s", "time, of "+fmt.Sprint(counts[0]), "findings")
		}
		s, _ := r.speedup(name(counts[0]), x.Name)
		r.row(n, megabytes(x.rate()), fmt.Sprintf("%.2f", s), x.Count)
	}
}

func (r *report) hostile() {
	list := r.hostileFigures()
	if len(list) == 0 {
		return
	}
	r.printf("\n## Hostile texts\n\n%d texts; these are the slowest, and those that grow most.\n", len(list))
	clean := r.find(hostileClean)
	r.head("", "MB/s", "share of clean", "time for twice the text")
	byGrowth := slices.Clone(list)
	slices.SortFunc(byGrowth, func(a, b hostileFigure) int { return cmp.Compare(b.growth, a.growth) })
	seen := map[string]bool{}
	for _, h := range append(slices.Clone(list[:min(20, len(list))]), byGrowth[:min(8, len(list))]...) {
		if seen[h.name] {
			continue
		}
		seen[h.name] = true
		r.row("`"+strings.ReplaceAll(h.name, "|", "\\|")+"`", megabytes(h.rate), fmt.Sprintf("%.4f", h.rate/clean.rate()), fmt.Sprintf("%.2f", h.growth))
	}
}

// times prints rows that have a time, but no bytes.
func (r *report) times(title, prefix string) {
	printed := false
	for _, x := range r.results {
		name, ok := strings.CutPrefix(x.Name, prefix)
		if !ok {
			continue
		}
		if !printed {
			printed = true
			r.printf("\n## %s\n", title)
			r.head("", "ms", "count", "")
		}
		r.row(name, fmt.Sprintf("%.2f", float64(x.time().Nanoseconds())/1e6), x.Count, x.Unit)
	}
}

// cpuName returns the processor's name, or the architecture where none is
// known.
func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^model name\s*:\s*(.*)$`).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return runtime.GOARCH
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}

// fileName returns where the results of this machine and day go.
func (r *report) fileName() string {
	slug := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(cpuName()), "-")
	return strings.Trim(slug, "-") + "-" + r.date.Format(time.DateOnly) + ".md"
}
