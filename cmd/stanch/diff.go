package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

const (
	diffContext = 3
	// diffWindow is how many lines are looked at for the next that did not change.
	diffWindow  = 1024
	maxDiffLine = 1 << 20
)

// masked stands for a secret on the side of a diff that would show it.
const masked = "********"

func (j *redaction) toDiff(ctx context.Context, f *walk.File, w io.Writer, report *fileFindings) error {
	in, file, err := j.open(ctx, f)
	if err != nil {
		return err
	}
	defer in.close()
	if file != nil {
		defer file.Close()
	}
	d := &differ{w: w, r: j.engine.NewRedactor(), ours: j.engine.IsEnvelope, colour: colours(j.cli.stdout)}
	d.name = safely(d.r, shownPath(f.Path))
	onMatch, hand := matches(in, report)
	stats, err := j.run(ctx, f, pass{
		in: in, out: &d.out, onBlock: func(b []byte) { d.in.Write(b) }, onMatch: onMatch,
		after: func() error {
			if err := hand(); err != nil {
				return err
			}
			return d.step(false)
		},
	})
	if err == nil {
		err = d.step(true)
	}
	j.sum.done(f.Path, stats, in.binary)
	return err
}

// lines is a queue of lines.
type lines struct {
	rest []byte
	list [][]byte
}

func (l *lines) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			l.rest = append(l.rest, p...)
			return n, nil
		}
		l.list = append(l.list, append(l.rest, p[:i+1]...))
		l.rest = nil
		p = p[i+1:]
	}
}

func (l *lines) end() {
	if len(l.rest) > 0 {
		l.list = append(l.list, l.rest)
		l.rest = nil
	}
}

// differ writes a unified diff of a text and its redaction while they come.
// The old text is only compared, never written: where it differs, the old side
// shows the new line with its markers masked.
type differ struct {
	w      io.Writer
	r      *redact.Redactor
	ours   func([]byte) bool
	name   string
	colour bool

	in, out lines
	spans   []redact.Match

	oldLine, newLine int // lines passed
	before           [][]byte
	hunk             []byte
	oldAt, newAt     int
	oldN, newN       int
	after            [][]byte // unchanged lines behind the hunk
	begun            bool
}

func (d *differ) step(end bool) error {
	if end {
		d.in.end()
		d.out.end()
	} else if len(d.in.rest) > maxDiffLine {
		return fmt.Errorf("has a line of more than %d bytes, which --diff does not show", maxDiffLine)
	}
	for len(d.in.list) > 0 && len(d.out.list) > 0 || end && len(d.in.list)+len(d.out.list) > 0 {
		if len(d.in.list) > 0 && len(d.out.list) > 0 && bytes.Equal(d.in.list[0], d.out.list[0]) {
			if err := d.same(d.out.list[0]); err != nil {
				return err
			}
			d.in.list, d.out.list = d.in.list[1:], d.out.list[1:]
			continue
		}
		n, m, ok := d.resync()
		if !ok && !end && len(d.out.list) < diffWindow {
			return nil
		}
		if !ok {
			n, m = min(len(d.in.list), diffWindow), min(len(d.out.list), diffWindow)
			if !end {
				n = min(n, m)
			}
		}
		if err := d.changed(n, m); err != nil {
			return err
		}
		d.in.list, d.out.list = d.in.list[n:], d.out.list[m:]
	}
	if end && d.hunk != nil {
		d.context(d.after[:min(len(d.after), diffContext)])
		return d.flush()
	}
	return nil
}

// resync finds the next line that did not change. Redaction takes lines away
// (those of a key) but never adds one.
func (d *differ) resync() (n, m int, ok bool) {
	for n := 1; n < min(len(d.in.list), diffWindow); n++ {
		for m := min(n, len(d.out.list)-1); m >= 0; m-- {
			if bytes.Equal(d.in.list[n], d.out.list[m]) {
				return n, m, true
			}
		}
	}
	return 0, 0, false
}

func (d *differ) same(line []byte) error {
	d.oldLine++
	d.newLine++
	if d.hunk == nil {
		if len(d.before) == diffContext {
			d.before = d.before[1:]
		}
		d.before = append(d.before, line)
		return nil
	}
	if d.after = append(d.after, line); len(d.after) <= 2*diffContext {
		return nil
	}
	d.before = d.after[len(d.after)-diffContext:]
	d.context(d.after[:diffContext])
	return d.flush()
}

// context adds unchanged lines to the hunk.
func (d *differ) context(list [][]byte) {
	for _, l := range list {
		d.add(' ', show(d.r, trimEnd(l), &d.spans))
	}
	d.oldN += len(list)
	d.newN += len(list)
	d.after = nil
}

func (d *differ) changed(n, m int) error {
	if d.hunk == nil {
		k := len(d.before)
		d.hunk = []byte{}
		d.oldAt, d.newAt = d.oldLine-k+1, d.newLine-k+1
		d.oldN, d.newN = 0, 0
		d.context(d.before)
		d.before = nil
	}
	d.context(d.after)
	for i := range n {
		old := masked
		if i < m {
			old = d.mask(show(d.r, trimEnd(d.out.list[i]), &d.spans))
		}
		d.add('-', old)
	}
	for i := range m {
		d.add('+', show(d.r, trimEnd(d.out.list[i]), &d.spans))
	}
	d.oldLine += n
	d.newLine += m
	d.oldN += n
	d.newN += m
	if len(d.hunk) > laneSize {
		return d.flush()
	}
	return nil
}

func trimEnd(line []byte) []byte { return bytes.TrimSuffix(line, []byte("\n")) }

// mask replaces the markers in a line.
func (d *differ) mask(line string) string {
	var out []byte
	for rest := []byte(line); len(rest) > 0; {
		n := 0
		for n < len(rest) && unreserved(rest[n]) {
			n++
		}
		if n == 0 {
			out, rest = append(out, rest[0]), rest[1:]
			continue
		}
		if d.ours(rest[:n]) {
			out = append(out, masked...)
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return string(out)
}

// unreserved are the characters markers are made of (RFC 3986, 2.3).
func unreserved(c byte) bool {
	return c-'0' < 10 || c|0x20-'a' < 26 || c == '-' || c == '.' || c == '_' || c == '~'
}

func (d *differ) add(sign byte, text string) {
	code := map[byte]string{'-': "31", '+': "32"}[sign]
	if d.colour && code != "" {
		d.hunk = fmt.Appendf(d.hunk, "\x1b[%sm%c%s\x1b[0m\n", code, sign, text)
		return
	}
	d.hunk = append(append(append(d.hunk, sign), text...), '\n')
}

// flush writes the hunk.
func (d *differ) flush() error {
	if d.hunk == nil {
		return nil
	}
	var b []byte
	if !d.begun {
		d.begun = true
		b = fmt.Appendf(b, "--- %s\n+++ %s (redacted)\n", d.name, d.name)
	}
	b = fmt.Appendf(b, "@@ -%d,%d +%d,%d @@\n", d.oldAt, d.oldN, d.newAt, d.newN)
	b = append(b, d.hunk...)
	d.hunk, d.after = nil, nil
	return writeAll(d.w, b)
}
