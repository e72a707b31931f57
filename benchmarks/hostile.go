package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
	"github.com/stanch/stanch/scan"
)

const (
	hostileBytes = 512 << 10
	literalBytes = 128 << 10
	trialBytes   = 16 << 10
	longLine     = 32 << 20
	// unsteady is the growth from which a text is measured again: short
	// measurements are easily disturbed.
	unsteady = 2.1
	// suspects are how many of the slowest texts are measured again: the slowest of
	// thousands of short measurements is mostly one that was disturbed.
	suspects = 60
	// tooSlow is the time of a trial from which a text is measured at the
	// trial's length: it has shown enough.
	tooSlow = 5 * time.Millisecond
)

// A hostile text is one unit repeated, in lines or in one.
type hostileText struct {
	name string
	unit string
	size int // bytes; twice as many are measured as well
	line int // bytes of a line, 0 for a single one
}

func (h hostileText) make(size int) []byte {
	text := bytes.Repeat([]byte(h.unit), size/len(h.unit)+1)[:size:size]
	if h.line > 0 {
		for i := h.line; i < size; i += h.line {
			text[i] = '\n'
		}
	}
	return text
}

// hostileTexts are made to keep a scanner busy: everything that begins a
// secret, or ends a value, again and again.
func hostileTexts(e *scan.Engine, size int) []hostileText {
	w := newWriter(6, 0)
	w.buf = w.buf[:0]
	for range 512 {
		w.hex(2 * (8 + w.IntN(40)))
		w.buf = append(w.buf, " \t,;:="[w.IntN(6)])
	}
	units := map[string]string{
		"quotes":               `"`,
		"single-quotes":        `'`,
		"backslashes":          `\`,
		"backslash-quotes":     `\"`,
		"equals":               `=`,
		"colons":               `: `,
		"base64":               `QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw`,
		"hex-runs":             string(w.buf),
		"nested-assignments":   `key=(key=(`,
		"open-assignments":     `password=`,
		"open-json":            `{"password":`,
		"open-strings":         `"token":"`,
		"nested-quotes":        `"secret":"\"secret\":\"\\\"secret\\\":\\\"`,
		"userinfo":             `://a:b/`,
		"open-userinfo":        `https://user:`,
		"at-signs":             `://u:p@`,
		"jwt-heads":            `eyJ`,
		"jwt-dots":             `eyJhbGciOiJIUzI1NiJ9.`,
		"pem-heads":            `-----BEGIN RSA PRIVATE KEY-----`,
		"authorization":        `Authorization: Basic `,
		"authorization-quoted": `"authorization":"Bearer `,
		"cookies":              `Cookie: a=b; `,
		"query":                `?access_token=&`,
		"brackets":             `[[({<`,
		"name-value-objects":   `{"name":"password","value":`,
		"xml":                  `<password>`,
		"escapes":              `\u0022\x22%22\n`,
		"words":                `apiKeySecretTokenPassword`,
		"underscores":          `_password_`,
		"nul":                  "\x00",
		"carriage-returns":     "token=\r",
		"high-bytes":           "\xff\xfe\xc3",
		"cut-secrets":          cutSecrets(w, " "),
		"cut-secrets-joined":   cutSecrets(w, ""),
		"secrets":              wholeSecrets(w),
	}
	var list []hostileText
	for name, unit := range units {
		list = append(list,
			hostileText{name, unit, min(hostileBytes, size), 0},
			hostileText{name + "-lines", unit, min(hostileBytes, size), 997})
	}
	step := 1
	if size < hostileBytes {
		step = 50 // a sample is enough to see that this code works
	}
	for i := 0; i < len(e.Literals()); i += step {
		l := e.Literals()[i]
		list = append(list,
			hostileText{fmt.Sprintf("literal %q", l.Text), l.Text, min(literalBytes, size/4), 0},
			hostileText{fmt.Sprintf("literal %q", l.Text+" "), l.Text + " ", min(literalBytes, size/4), 0})
	}
	slices.SortFunc(list, func(a, b hostileText) int { return strings.Compare(a.name, b.name) })
	return slices.CompactFunc(list, func(a, b hostileText) bool { return a.name == b.name })
}

// cutSecrets are the examples of all detectors, each without its end.
func cutSecrets(w *writer, sep string) string {
	var b strings.Builder
	for _, d := range must(detectors.DefaultWithExamples()) {
		for _, x := range d.Examples {
			if text, _, to, err := detectors.Expand(x.Template, w.Uint64()); err == nil {
				b.WriteString(strings.NewReplacer("\n", " ", "\r", " ").Replace(text[:to-1-(to-1)/8]))
				b.WriteString(sep)
			}
		}
	}
	return b.String()
}

// wholeSecrets are the examples of all detectors.
func wholeSecrets(w *writer) string {
	var b strings.Builder
	for _, d := range must(detectors.DefaultWithExamples()) {
		for _, x := range d.Examples {
			if text, _, _, err := detectors.Expand(x.Template, w.Uint64()); err == nil {
				b.WriteString(text + "\n")
			}
		}
	}
	return b.String()
}

const hostileClean = "hostile/clean"

// hostile measures redacting hostile texts, each at two lengths, against
// redacting clean text.
func (b *bench) hostile(c *corpus) {
	k := match.Kernels()[0]
	e := newEngine(k, nil)
	texts := hostileTexts(e.Scan(), min(hostileBytes, b.size/8))
	long := bytes.ReplaceAll(c.head(2*longLine), []byte("\n"), []byte(" "))
	texts = append(texts, hostileText{"long line of clean text", string(long), len(long) / 2, 0})

	texts = slices.DeleteFunc(texts, func(t hostileText) bool {
		return !b.wants(hostileName(t.name, "x1"), hostileName(t.name, "x2"))
	})
	if len(texts) == 0 {
		return
	}
	all := *b
	all.only = regexp.MustCompile("")
	all.measure(b.rounds, redactEach(hostileClean, e, chunks(c.head(peerBytes))))
	b.results = all.results
	quiet := all
	quiet.log, quiet.results = io.Discard, nil
	byName := make(map[string]hostileText, len(texts))
	for _, t := range texts {
		if redactTime(e, t.make(trialBytes)) > tooSlow {
			t.size = trialBytes
		}
		byName[t.name] = t
		quiet.pair(e, t, 3)
		if g, ok := quiet.growth(t.name); ok && g > unsteady {
			quiet.pair(e, t, 9)
		}
	}
	for _, h := range quiet.slowest(suspects) {
		quiet.pair(e, byName[h.name], 9)
	}
	b.results = append(b.results, quiet.results...)
	b.bad = quiet.bad
	for _, h := range b.slowest(12) {
		fmt.Fprintf(b.log, "%-44s %10s MB/s  growth %.2f\n", h.name, megabytes(h.rate), h.growth)
	}
}

func redactTime(e *redact.Engine, text []byte) time.Duration {
	start := cpuTime()
	e.NewRedactor().Append(nil, text)
	return cpuTime() - start
}

func hostileName(text, length string) string { return "hostile/" + text + "/" + length }

// pair measures a hostile text at both lengths, in place of what was measured
// before.
func (b *bench) pair(e *redact.Engine, t hostileText, rounds int) {
	one, two := hostileName(t.name, "x1"), hostileName(t.name, "x2")
	b.results = slices.DeleteFunc(b.results, func(r *result) bool { return r.Name == one || r.Name == two })
	b.measure(rounds,
		redactEach(two, e, [][]byte{t.make(2 * t.size)}),
		redactEach(one, e, [][]byte{t.make(t.size)}))
}

// growth returns the time for twice the text as a multiple of that for once.
func (b *bench) growth(text string) (ratio float64, ok bool) {
	s, ok := b.speedup(hostileName(text, "x1"), hostileName(text, "x2"))
	return 2 * s, ok
}

// A hostileFigure is what came of a hostile text.
type hostileFigure struct {
	name         string
	rate, growth float64
}

// hostileFigures returns all hostile texts, slowest first.
func (b *bench) hostileFigures() (list []hostileFigure) {
	for _, r := range b.results {
		text, ok := strings.CutSuffix(r.Name, "/x2")
		name, of := strings.CutPrefix(text, "hostile/")
		if !ok || !of {
			continue
		}
		if g, ok := b.growth(name); ok {
			list = append(list, hostileFigure{name: name, rate: r.rate(), growth: g})
		}
	}
	slices.SortFunc(list, func(a, b hostileFigure) int { return cmp.Compare(a.rate, b.rate) })
	return list
}

func (b *bench) slowest(n int) []hostileFigure {
	list := b.hostileFigures()
	return list[:min(n, len(list))]
}
