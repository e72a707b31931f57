package scan

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
)

// linesPerTemplate is how many lines are drawn from each.
const linesPerTemplate = 6

var choice = regexp.MustCompile(`\[\[([^\[\]|]*(?:\|[^\[\]|]*)+)\]\]`)

// draw writes lines of a kind, the same for the same seed.
func (l *lookalike) draw(t testing.TB, seed uint64) (lines []string) {
	t.Helper()
	for _, template := range l.lines {
		h := fnv.New64a()
		h.Write([]byte(template))
		for i := range uint64(linesPerTemplate) {
			r := rand.New(rand.NewPCG(h.Sum64(), seed+i))
			chosen := choice.ReplaceAllStringFunc(template, func(m string) string {
				of := strings.Split(m[2:len(m)-2], "|")
				return of[r.IntN(len(of))]
			})
			text, _, _ := expand(t, chosen, r.Uint64())
			lines = append(lines, text)
		}
	}
	return lines
}

// inMessage puts a line where loggers do.
var inMessage = []struct {
	name string
	wrap func(string) string
}{
	{"bare", func(s string) string { return s }},
	{"prefixed", func(s string) string { return "2026-03-02T09:14:07.123Z INFO  [main] app.worker - " + s }},
	{"json", func(s string) string {
		q, _ := json.Marshal(s)
		return `{"time":"2026-03-02T09:14:07Z","level":"info","msg":` + string(q) + `,"logger":"app"}`
	}},
	{"json in json", func(s string) string {
		q, _ := json.Marshal(s)
		q, _ = json.Marshal(`{"msg":` + string(q) + `}`)
		return `{"log":` + string(q) + `,"stream":"stdout"}`
	}},
	{"logfmt", func(s string) string {
		q, _ := json.Marshal(s)
		return "ts=2026-03-02T09:14:07Z level=info msg=" + string(q) + " caller=main.go:12"
	}},
}

// TestLookalikes holds the rate of false findings at default confidence, in
// every sort of message, against one in a hundred.
func TestLookalikes(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	total, kinds := 0, len(lookalikes)
	for _, in := range inMessage {
		n, flagged := 0, 0
		var all []byte
		for i := range lookalikes {
			l := &lookalikes[i]
			bad := 0
			for _, line := range l.draw(t, 1) {
				n++
				line = in.wrap(line)
				all = append(append(all, line...), '\n')
				spans := confident(s.Text(nil, []byte(line)))
				if len(spans) == 0 {
					continue
				}
				if bad++; bad <= 3 || testing.Verbose() {
					t.Logf("%s, %s: %s", in.name, l.kind, show(e, line, spans))
				}
			}
			if flagged += bad; bad > 0 {
				t.Logf("%s, %s: %d of %d flagged", in.name, l.kind, bad, linesPerTemplate*len(l.lines))
			}
		}
		t.Logf("%s: %d of %d flagged (%.2f %%)", in.name, flagged, n, 100*float64(flagged)/float64(n))
		if flagged*100 > n {
			t.Errorf("%s: more than 1 %% of look-alikes are flagged", in.name)
		}
		total += n
		if in.name == "bare" && flagged > 0 {
			continue // key blocks and cuts are compared where nothing is found
		}
		// Lines together, in one text and cut, hold no more than each alone.
		whole := confident(s.Text(nil, all))
		cut := 0
		st := e.NewStream(func(p Piece) error {
			cut += len(confident(p.Spans))
			return nil
		})
		for rest := all; len(rest) > 0; rest = rest[min(1009, len(rest)):] {
			st.Write(rest[:min(1009, len(rest))])
		}
		st.Close()
		if len(whole) != cut || bytes.Count(all, []byte{'\n'}) != n {
			t.Errorf("%s: %d spans in one text, %d in chunks", in.name, len(whole), cut)
		}
	}
	if total < 3000*len(inMessage) || kinds < 40 {
		t.Errorf("%d lines of %d kinds", total/len(inMessage), kinds)
	}
}

// confident leaves out what is found with low confidence or only names somebody:
// what is left in clear.
func confident(spans []Span) []Span {
	kept := spans[:0]
	for _, x := range spans {
		if x.Confidence >= finding.Likely && x.Evidence&Identifier == 0 {
			kept = append(kept, x)
		}
	}
	return kept
}
