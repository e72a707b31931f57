package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"
	leaks "github.com/zricethezav/gitleaks/v8/report"
	"github.com/zricethezav/gitleaks/v8/sources"

	"github.com/stanch/stanch/detectors/gitleaks"
)

// both are gitleaks itself and the scanner that gives its verdicts, with the
// same file of rules.
type both struct {
	theirs *detect.Detector
	ours   *gitleaks.Scanner
}

func newBoth(t *testing.T, rules string) both {
	t.Helper()
	logging.Logger = zerolog.Nop()
	path := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, err := gitleaks.NewScanner(path, gitleaks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := viper.New()
	v.SetConfigFile(path)
	if err := v.ReadInConfig(); err != nil {
		t.Fatal(err)
	}
	var vc config.ViperConfig
	if err := v.Unmarshal(&vc); err != nil {
		t.Fatal(err)
	}
	c, err := vc.Translate()
	if err != nil {
		t.Fatal(err)
	}
	theirs := detect.NewDetector(c)
	theirs.IgnoreGitleaksAllow = true
	return both{theirs, ours}
}

// verdicts are written as rule, line and secret, in order.
func (b both) verdicts(text, path string) (theirs, ours []string) {
	theirs = written(b.theirs.Detect(detect.Fragment{Raw: text, FilePath: path, StartLine: 1}))
	for _, f := range b.ours.Scan([]byte(text), path) {
		ours = append(ours, writtenOurs(f, text))
	}
	slices.Sort(ours)
	return theirs, ours
}

func written(list []leaks.Finding) (out []string) {
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s:%d:%q", f.RuleID, f.StartLine, f.Secret))
	}
	slices.Sort(out)
	return out
}

func writtenOurs(f gitleaks.Finding, text string) string {
	if f.File {
		return fmt.Sprintf("%s:0:%q", f.Rule, "")
	}
	return fmt.Sprintf("%s:%d:%q", f.Rule, f.MatchLine, text[f.Start:f.End])
}

// TestVerdictsOfGitleaks compares the verdicts on gitleaks' own cases, under its
// own rules. A failure names the case by its number, never its text.
func TestVerdictsOfGitleaks(t *testing.T) {
	dir := os.Getenv("STANCH_CORPORA")
	f, err := os.Open(filepath.Join(dir, "cases", "gitleaks_cases.jsonl"))
	if dir == "" || err != nil {
		t.Skip("STANCH_CORPORA names no directory with cases/gitleaks_cases.jsonl")
	}
	defer f.Close()
	b := newBoth(t, config.DefaultConfig)
	decoding := newBoth(t, config.DefaultConfig).theirs
	decoding.MaxDecodeDepth = 5
	cases, findings, differ, decoded := 0, 0, 0, 0
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c struct{ Rule, Text, Path string }
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases++
		theirs, ours := b.verdicts(c.Text, c.Path)
		findings += len(theirs)
		if !slices.Equal(theirs, ours) {
			differ++
			t.Errorf("case %d, of %s: gitleaks has %d findings, Stanch %d, or others", cases, c.Rule, len(theirs), len(ours))
		}
		more := written(decoding.Detect(detect.Fragment{Raw: c.Text, FilePath: c.Path, StartLine: 1}))
		if !slices.Equal(theirs, more) {
			decoded++
		}
	}
	t.Logf("%d cases, %d findings: %d cases differ; %d more would if gitleaks decoded, as its command does", cases, findings, differ, decoded)
}

// What rules can say, and text on which it matters how gitleaks takes it.
const featureRules = `
[[rules]]
id = "acme-key"
regex = '''(?i)\bacme[_-]?(?:key|token)\s*[:=]\s*"?([a-z0-9]{8,32})"?(?:\s|$)'''
keywords = ["ACME"]
entropy = 2.5
[[rules.allowlists]]
stopwords = ["Example"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''^\n?#''', '''quiet''']
paths = ['''\.md$''']
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''harmless''']

[[rules]]
id = "second-group"
regex = '''(pair)-([0-9]{4})-([a-z]{4})'''
secretGroup = 3
[[rules]]
id = "my-generic"
regex = '''(?:key|token)[:= ]+(\w{6,})'''
[[rules]]
id = "blocks"
regex = '''(?s)BEGIN BLOCK\n(.+?)END BLOCK\n*'''
keywords = ["block"]
[[rules]]
id = "feeds"
regex = '''\n+feed([a-z]*)\n+'''
[[rules]]
id = "needs"
regex = '''main-([a-z]{3})'''
[[rules.required]]
id = "part"
withinLines = 1
[[rules.required]]
id = "column"
withinColumns = 4
[[rules]]
id = "part"
regex = '''part-([a-z]{3})'''
skipReport = true
[[rules.allowlists]]
regexes = ['''^bad$''']
[[rules]]
id = "column"
regex = '''col-[0-9]'''
[[rules]]
id = "files"
path = '''\.pem$'''
[[rules]]
id = "in-conf"
path = '''\.conf$'''
regex = '''conf=(\S+)'''
[[rules]]
id = "ends"
regex = '''\bend-?(\w+)$'''
keywords = [""]
[[rules]]
id = "kelvin"
regex = '''(?i)kelvin=(\w+)'''
keywords = ["Kelvin"]

[[allowlists]]
description = "flags go on"
regexes = ['''(?i)^nothing$''', '''^ABCDEFGH''']
[[allowlists]]
targetRules = ["second-group"]
regexTarget = "match"
regexes = ['''pair-0000''']
[[allowlists]]
paths = ['''^skipped/''']
[[allowlists]]
condition = "AND"
commits = ["abc"]
stopwords = ["zz"]
`

func TestVerdictsOnFeatures(t *testing.T) {
	b := newBoth(t, featureRules)
	lines := []string{
		"acme_key = \"a1b2c3d4e5f6\"", "ACME-TOKEN: aaaaaaaaaaaa", "acme_key=exampl3example9", "# quiet acme_key=q8w7e6r5t4",
		"acme_token=h4rml355zz harmless", "key: abcdefghij", "token  nothing", "key= ABCDEFGHIJK", "key=abcdefghij1",
		"pair-1234-abcd pair-0000-abcd", "BEGIN BLOCK\nline one\nline two\nEND BLOCK\n\n", "feed", "\n\nfeedme\n\n",
		"main-abc part-abc", "col-1", "   main-xyz", "part-bad", "conf=s3cr3t", "x end-of", "ende", "\u212aelvin=abc kelvin=abc",
		"\xff\xfe acme_key=b1n4ry8yt3s", "", "gitleaks:allow key=abcdefghij2", "öäü acme-key=\"u1v2w3x4y5\"",
	}
	w := newWriter(11, 0)
	for range 4000 {
		var text strings.Builder
		for range 1 + w.IntN(6) {
			text.WriteString(lines[w.IntN(len(lines))])
			text.WriteString([]string{"\n", "\n", "\r\n", " ", "\n\n"}[w.IntN(5)])
		}
		s := text.String()
		if w.IntN(2) == 0 {
			s = strings.TrimRight(s, "\r\n ")
		}
		if s == "" {
			continue
		}
		path := []string{"", "a.conf", "README.md", "key.pem", "skipped/a.conf", "docs/x.md"}[w.IntN(6)]
		if theirs, ours := b.verdicts(s, path); !slices.Equal(theirs, ours) {
			t.Fatalf("%q in %q:\ngitleaks %s\nStanch   %s", s, path, theirs, ours)
		}
	}
}

// TestVerdictsOfFiles compares whole files, which gitleaks reads in fragments.
func TestVerdictsOfFiles(t *testing.T) {
	b := newBoth(t, config.DefaultConfig)
	w := newWriter(12, 0)
	for _, size := range []int{1, 3000, 99_999, 100_000, 100_001, 104_096, 126_000, 700_000} {
		w.buf = w.buf[:0]
		for len(w.buf) < size {
			switch w.IntN(40) {
			case 0:
				w.buf = append(w.buf, "\n \n"...)
			case 1:
				w.expand("api_key = \"%X%x\"\n")
			case 2:
				w.buf = append(w.buf, "ghp_"...)
				for range 36 {
					w.buf = append(w.buf, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"[w.IntN(46)])
				}
				w.buf = append(w.buf, '\n')
			default:
				w.expand("2026-03-%d %t.%0 INFO %c %m\n")
			}
		}
		text := w.buf[:size]
		var theirs []leaks.Finding
		src := &sources.File{Content: bytes.NewReader(text), Path: "app.log", Config: &b.theirs.Config}
		err := src.Fragments(context.Background(), func(f sources.Fragment, err error) error {
			theirs = append(theirs, b.theirs.Detect(detect.Fragment(f))...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var ours []string
		if err := b.ours.ScanReader(bytes.NewReader(text), "app.log", func(f gitleaks.Finding) { ours = append(ours, writtenOurs(f, string(text))) }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(ours)
		if !slices.Equal(written(theirs), ours) {
			t.Errorf("%d bytes: gitleaks has %d findings, Stanch %d, or others", size, len(theirs), len(ours))
		}
		t.Logf("%d bytes: %d findings", size, len(ours))
	}
}
