package rulecheck

import (
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// Every built-in detector holds its examples, and there is nothing to warn of either.
func TestBuiltIn(t *testing.T) {
	all, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := Check(all, func(*detectors.Detector) bool { return true }, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// good is a detector without a problem; the bad ones below differ from it in one thing each.
const good = `
  - id: acme-token
    title: Acme token
    severity: high
    kind: prefix
    literals: [acme_]
    after: '[A-Za-z0-9]{32}'
    examples:
      - 'acme_{alnum:32}'
      - 'token=<<acme_{alnum:32}>> ok'
    negatives:
      - 'acme_{alnum:8}'
`

func TestProblems(t *testing.T) {
	for _, tc := range []struct {
		name      string
		detectors string
		want      []string // parts of the problems, in order
		warning   bool
	}{
		{name: "none", detectors: good},
		{
			name:      "a literal of two bytes",
			detectors: swap("literals: [acme_]", "literals: [ac]", "'[A-Za-z0-9]{32}'", "'me_[A-Za-z0-9]{32}'"),
			want:      []string{`literal "ac" does not discriminate: it has fewer than 3 bytes`},
		},
		{
			name: "a literal of two bytes and a run",
			detectors: swap("literals: [acme_]", "literals: [a_]", "'acme_{alnum:32}'", "'a_{alnum:32}'",
				"<<acme_{", "<<a_{", "'acme_{alnum:8}'", "'a_{alnum:8}'"),
		},
		{
			name: "a literal of one byte repeated",
			detectors: swap("literals: [acme_]", "literals: ['----']", "'acme_{alnum:32}'", "'----{alnum:32}'",
				"<<acme_{", "<<----{", "'acme_{alnum:8}'", "'----{alnum:8}'"),
			want: []string{`literal "----" does not discriminate: it is one byte over and over`},
		},
		{
			name: "a word of every log",
			detectors: swap("kind: prefix", "kind: keyed\n    fold: true", "literals: [acme_]", "literals: [acme, Server]",
				"'acme_{alnum:32}'", "'acme_token=<<{alnum:32}>>'", "token=<<acme_{alnum:32}>> ok", "acme: <<{alnum:32}>> ok"),
			want: []string{`literal "Server" does not discriminate: it is a word of every log`},
		},
		{
			name:      "an expression without a bound",
			detectors: swap("kind: prefix", "kind: regex", "literals: [acme_]", "literals: [acme_]\n    regex: 'acme_[a-z0-9]+'", "    after: '[A-Za-z0-9]{32}'\n", "", "{alnum:32}", "{lownum:32}", "{alnum:32}", "{lownum:32}", "'acme_{alnum:8}'", "'acme-{alnum:8}'"),
			want:      []string{"the expression has no bound"},
			warning:   true,
		},
		{
			name:      "an expression without a literal",
			detectors: swap("kind: prefix", "kind: regex", "literals: [acme_]", "literals: [acme_]\n    regex: '[a-z]{8}[0-9]{8}[A-F]{16}'", "    after: '[A-Za-z0-9]{32}'\n", "", "'acme_{alnum:32}'", "'{lower:8}{digit:8}{of:[A-F]:16}'", "acme_{alnum:32}", "{lower:8}{digit:8}{of:[A-F]:16}"),
			want:      []string{"the expression requires no literal"},
			warning:   true,
		},
		{
			name:      "an example with the wrong marks",
			detectors: swap("<<acme_{", "acme_<<{"),
			want:      []string{"example in bare text: want span 11-43 of 46 bytes; its span is 6-43", "a log line", "a JSON string", "JSON in a JSON string", "logfmt", "prose"},
		},
		{
			name:      "an example that is not found",
			detectors: swap("'acme_{alnum:32}'", "'acme_{alnum:31}'"),
			want:      []string{"example in bare text: want span 0-36 of 36 bytes", "a log line", "a JSON string", "JSON in a JSON string", "logfmt", "a URL query", "prose"},
		},
		{
			name:      "a negative that is found",
			detectors: swap("'acme_{alnum:8}'", "'[acme_{alnum:32}]'"),
			want:      []string{"negative example is reported at 1-38 of 39 bytes"},
		},
		{
			name:      "an example that another detector has",
			detectors: good + strings.ReplaceAll(swap("id: acme-token", "id: acme-test-token", "{32}'\n    examples", "{30,32}'\n    examples"), "[acme_]", "[acme_t]"),
			want:      []string{"example in bare text: want span 0-37 of 37 bytes; acme-token has it", "", "", "", "", "", "", "", "", "", "", "", ""},
		},
		{
			name:      "two detectors for one token",
			detectors: good + swap("id: acme-token", "id: acme-key", "[acme_]", "[cme_]", "after: '", "before: 'a'\n    after: '"),
			want: []string{"does the work of acme-key",
				"acme-token has it", "", "", "", "", "", "", "", "", "", "", "", ""},
		},
		{
			name:      "a special case of another detector",
			detectors: good + strings.ReplaceAll(swap("id: acme-token", "id: acme-live-token", "[acme_]", "[acme_LV]", "{32}'\n    examples", "{30}'\n    examples"), "acme_{alnum:32}", "acme_LV{alnum:30}"),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := detectors.Load("acme.yaml", []byte("vendor: Acme\ndetectors:"+tc.detectors))
			if err != nil {
				t.Fatal(err)
			}
			problems, err := Check(all, func(*detectors.Detector) bool { return true }, 1, 4)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range problems {
				if i >= len(tc.want) || !strings.Contains(p.Message, tc.want[i]) || p.Warning != tc.warning || p.File != "acme.yaml" || p.Line < 3 {
					t.Errorf("unexpected: %+v", p)
				}
			}
			if len(problems) < len(tc.want) {
				t.Errorf("%d problems, want %d", len(problems), len(tc.want))
			}
		})
	}
}

// swap returns the good detector with each old text replaced, once, by the one after it.
func swap(pairs ...string) string {
	s := good
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("no " + pairs[i])
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return s
}
