package redact

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/scan"
)

// The detectors of most tests: their spans are made by hand, so what they look
// for does not matter.
const demoDetectors = `
vendor: Demo
detectors:
  - id: demo-token
    title: Demo token
    severity: critical
    references: [https://example.com/tokens]
    kind: prefix
    literals: [dmo_]
    after: '[A-Za-z0-9]{20}'
    examples: ['dmo_{alnum:20}']
  - id: demo-secret
    title: Demo secret
    severity: high
    references: [https://example.com/secrets]
    kind: prefix
    literals: ['dms:']
    after: '[A-Za-z0-9]{20}'
    examples: ['dms:{alnum:20}']
  - id: demo-block
    title: Demo block
    severity: critical
    references: [https://example.com/blocks]
    kind: prefix
    literals: [dmb_]
    after: '[A-Za-z0-9]{20}'
    examples: ['dmb_{alnum:20}']
  - id: demo-id
    title: Demo client id
    severity: low
    references: [https://example.com/ids]
    kind: prefix
    literals: [dmi_]
    after: '[A-Za-z0-9]{20}'
    identifier: true
    examples: ['dmi_{alnum:20}']
  - id: demo-password
    title: Demo password field
    severity: high
    kind: structure
    structure: field-password
    examples: ['password=<<{alnum:16}>>']
`

const (
	demoToken = iota
	demoSecret
	demoBlock
	demoID
	demoPassword
)

// testKey is 32 bytes that look random and are not.
func testKey(seed string) []byte {
	k := sha256.Sum256([]byte(seed))
	return k[:]
}

func demoEngine(t testing.TB, doc string, o Options) *Engine {
	t.Helper()
	ds, err := detectors.Load("demo.yaml", []byte(demoDetectors))
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDocument("policy.yaml", []byte("version: 1\n"+doc))
	if err != nil {
		t.Fatal(err)
	}
	if o.Detectors == nil {
		o.Detectors = ds
	}
	if o.Key == nil && !o.RandomKey {
		o.Key = testKey("demo")
	}
	e, err := New(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// redactSpans redacts text as if a scan had found spans.
func redactSpans(r *Redactor, text string, spans ...scan.Span) string {
	r.begin()
	out, changed := r.apply(nil, []byte(text), nil, spans)
	if !changed {
		return text
	}
	return string(out)
}

// mark finds secrets written as «…» and returns the text without the marks and
// a span of the given detector for each.
func mark(marked string, spans ...scan.Span) (string, []scan.Span) {
	var text []byte
	var open []int
	for i := 0; marked != ""; {
		if rest, ok := strings.CutPrefix(marked, "«"); ok {
			open = append(open, i)
			spans[i].Start = len(text)
			i++
			marked = rest
		} else if rest, ok := strings.CutPrefix(marked, "»"); ok {
			spans[open[len(open)-1]].End = len(text)
			open = open[:len(open)-1]
			marked = rest
		} else {
			text = append(text, marked[0])
			marked = marked[1:]
		}
	}
	return string(text), spans
}

func defaultDetectors(t testing.TB) []detectors.Detector {
	t.Helper()
	ds, err := detectors.Default()
	if err != nil {
		t.Fatal(err)
	}
	return ds
}
