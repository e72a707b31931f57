package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"
	"time"
)

// A count is one cell of the table.
type count struct {
	full, partly, missed int
	negatives, flagged   int
	beyond               int // findings of a secret that reach beyond it
	beyondBytes          int
	stray                int // findings of nothing that was planted
	lost                 int // values the logger did not write
}

func (c *count) secrets() int { return c.full + c.partly + c.missed }

type hit struct {
	place
	detector, confidence string
}

// A miss is a line that was not read right.
type miss struct {
	Why      string `json:"why"`
	Logger   string `json:"logger"`
	Carrier  string `json:"carrier"`
	Class    string `json:"class"`
	Value    string `json:"value"`
	Found    string `json:"found,omitempty"`
	Detector string `json:"detector,omitempty"`
	Text     string `json:"text"`
}

type score struct {
	logger, carrier, class map[string]*count
	total                  count
	misses                 *json.Encoder
}

func runScore(args []string) error {
	fs := flag.NewFlagSet("score", flag.ExitOnError)
	stanch := fs.String("stanch", "stanch", "the program")
	planFile := fs.String("plan", "", "what was logged")
	dir := fs.String("lines", "", "directory of what the loggers wrote")
	out := fs.String("out", "", "directory for the table")
	misses := fs.String("misses", "", "file for lines that were not read right")
	fs.Parse(args)

	events, err := readPlan(*planFile)
	if err != nil {
		return err
	}
	s := &score{map[string]*count{}, map[string]*count{}, map[string]*count{}, count{}, json.NewEncoder(io.Discard)}
	if *misses != "" {
		f, err := os.Create(*misses)
		if err != nil {
			return err
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		defer w.Flush()
		s.misses = json.NewEncoder(w)
		s.misses.SetEscapeHTML(false)
	}
	files, err := filepath.Glob(filepath.Join(*dir, "*.jsonl"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no lines in %s", *dir)
	}
	for _, f := range files {
		if err := s.file(*stanch, f, events); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	report := s.report(planNote(*planFile, len(events)))
	fmt.Print(report)
	if *out == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(*out, "loggers-"+time.Now().Format("2006-01-02")+".md"), []byte(report), 0o644)
}

func planNote(file string, n int) string { return fmt.Sprintf("%d events", n) }

type plannedEvent struct {
	ID        int        `json:"id"`
	Carrier   string     `json:"carrier"`
	Secrets   []secret   `json:"secrets"`
	Negatives []negative `json:"negatives"`
}

func readPlan(name string) (map[int]plannedEvent, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	events := map[int]plannedEvent{}
	d := json.NewDecoder(f)
	for {
		var ev plannedEvent
		if err := d.Decode(&ev); err == io.EOF {
			return events, nil
		} else if err != nil {
			return nil, err
		}
		events[ev.ID] = ev
	}
}

// file scores what one logger wrote, scanned as one log.
func (s *score) file(stanch, name string, events map[int]plannedEvent) error {
	logger := strings.TrimSuffix(filepath.Base(name), ".jsonl")
	in, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	type line struct {
		Event int    `json:"event"`
		Text  string `json:"text"`
		start int
	}
	var lines []line
	var log bytes.Buffer
	for d := json.NewDecoder(bytes.NewReader(in)); ; {
		var l line
		if err := d.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		l.start = log.Len()
		log.WriteString(l.Text)
		if !strings.HasSuffix(l.Text, "\n") {
			log.WriteByte('\n')
		}
		lines = append(lines, l)
	}
	file := strings.TrimSuffix(name, ".jsonl") + ".log"
	if err := os.WriteFile(file, log.Bytes(), 0o600); err != nil {
		return err
	}
	hits, err := scanFile(stanch, file)
	if err != nil {
		return err
	}
	for _, l := range lines {
		var here []hit
		for len(hits) > 0 && hits[0].start < l.start+len(l.Text) {
			h := hits[0]
			h.start -= l.start
			h.end -= l.start
			here = append(here, h)
			hits = hits[1:]
		}
		s.event(logger, events[l.Event], l.Text, here)
	}
	return nil
}

func scanFile(stanch, file string) ([]hit, error) {
	cmd := exec.Command(stanch, "scan", "--format", "jsonl", file)
	cmd.Stderr = io.Discard
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, fmt.Errorf("scan: %w", err)
	}
	var hits []hit
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var f struct {
			Start      int    `json:"start"`
			End        int    `json:"end"`
			Detector   string `json:"detector"`
			Confidence string `json:"confidence"`
		}
		if err := d.Decode(&f); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		hits = append(hits, hit{place{f.Start, f.End}, f.Detector, f.Confidence})
	}
	sort.Slice(hits, func(i, j int) bool { return hits[i].start < hits[j].start })
	return hits, nil
}

func get(m map[string]*count, key string) *count {
	c := m[key]
	if c == nil {
		c = &count{}
		m[key] = c
	}
	return c
}

func (s *score) event(logger string, ev plannedEvent, text string, hits []hit) {
	each := func(class string, f func(*count)) {
		f(get(s.logger, logger))
		f(get(s.carrier, ev.Carrier))
		f(get(s.class, class))
		f(&s.total)
	}
	used := make([]bool, len(hits))
	var secrets []place
	for _, v := range ev.Secrets {
		places := find(text, v.Value)
		if len(places) == 0 {
			each(v.Class, func(c *count) { c.lost++ })
			s.misses.Encode(miss{Why: "lost", Logger: logger, Carrier: ev.Carrier, Class: v.Class, Value: v.Value, Text: text})
			continue
		}
		secrets = append(secrets, places...)
		got, want, beyond, bytes := 0, 0, 0, 0
		detectors := map[string]bool{}
		var found []string
		for _, p := range places {
			want += p.end - p.start
			at := p.start
			for i, h := range hits {
				if h.end <= p.start || h.start >= p.end {
					continue
				}
				used[i] = true
				if !detectors[h.detector] {
					detectors[h.detector] = true
				}
				found = append(found, text[max(h.start, 0):min(h.end, len(text))])
				if from := max(h.start, at); from < min(h.end, p.end) {
					got += min(h.end, p.end) - from
					at = h.end
				}
				if out := max(p.start-h.start, 0) + max(h.end-p.end, 0); out > 0 {
					beyond++
					bytes += out
				}
			}
		}
		why := ""
		each(v.Class, func(c *count) {
			switch {
			case got == want:
				c.full++
			case got > 0:
				c.partly++
				why = "partly"
			default:
				c.missed++
				why = "missed"
			}
			if beyond > 0 {
				c.beyond++
				c.beyondBytes += bytes
			}
		})
		if why == "" && beyond > 0 {
			why = "beyond"
		}
		if why != "" {
			s.misses.Encode(miss{why, logger, ev.Carrier, v.Class, v.Value, strings.Join(found, " | "), names(detectors), text})
		}
	}
	for _, n := range ev.Negatives {
		places := find(text, n.Value)
		if len(places) == 0 {
			continue
		}
		flagged := ""
		var d string
		for _, p := range places {
			for i, h := range hits {
				if h.start < p.end && p.start < h.end && !used[i] {
					used[i] = true
					flagged, d = text[max(h.start, 0):min(h.end, len(text))], h.detector
				}
			}
		}
		each("not: "+n.Class, func(c *count) {
			c.negatives++
			if flagged != "" {
				c.flagged++
			}
		})
		if flagged != "" {
			s.misses.Encode(miss{"flagged", logger, ev.Carrier, n.Class, n.Value, flagged, d, text})
		}
	}
	for i, h := range hits {
		if !used[i] {
			each("stray", func(c *count) { c.stray++ })
			s.misses.Encode(miss{"stray", logger, ev.Carrier, "", "", text[max(h.start, 0):min(h.end, len(text))], h.detector, text})
		}
	}
}

func names(m map[string]bool) string {
	var l []string
	for n := range m {
		l = append(l, n)
	}
	sort.Strings(l)
	return strings.Join(l, " ")
}

func (s *score) report(note string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Secrets in the lines of real loggers\n\n%s, each logged by %d loggers, %s.\n\n", note, len(s.logger), time.Now().Format("2006-01-02"))
	s.table(&b, "logger", s.logger, true)
	s.table(&b, "carrier", s.carrier, true)
	s.table(&b, "class", s.class, false)
	return b.String()
}

func (s *score) table(b *strings.Builder, head string, m map[string]*count, total bool) {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	w := tabwriter.NewWriter(b, 0, 0, 1, ' ', 0)
	fmt.Fprintf(w, "| %s\t| secrets\t| fully\t| partly\t| missed\t| covered\t| beyond\t| negatives\t| flagged\t|\t| stray\t| not written\t|\n", head)
	fmt.Fprintf(w, "|-\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|-:\t|\n")
	row := func(name string, c *count) {
		fmt.Fprintf(w, "| %s\t| %d\t| %d\t| %d\t| %d\t| %s\t| %d\t| %d\t| %d\t| %s\t| %d\t| %d\t|\n", name, c.secrets(), c.full, c.partly, c.missed,
			share(c.full, c.secrets()), c.beyond, c.negatives, c.flagged, share(c.flagged, c.negatives), c.stray, c.lost)
	}
	for _, k := range keys {
		row(k, m[k])
	}
	if total {
		row("**all**", &s.total)
	}
	w.Flush()
	b.WriteByte('\n')
}

func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}
