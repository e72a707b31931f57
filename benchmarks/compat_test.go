package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
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

// depth is how many times both decode.
func newBoth(t *testing.T, rules string, depth int) both {
	t.Helper()
	logging.Logger = zerolog.Nop()
	path := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, err := gitleaks.NewScanner(path, gitleaks.Options{Depth: depth})
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
	theirs.MaxDecodeDepth = depth
	return both{theirs, ours}
}

// verdicts are written as rule, line and secret, in order; of what was decoded as
// rule, line and column of what it is encoded in, and how often.
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
		if i := slices.IndexFunc(f.Tags, func(tag string) bool { return strings.HasPrefix(tag, "decode-depth:") }); i >= 0 {
			out = append(out, fmt.Sprintf("%s:%d:%d:%s", f.RuleID, f.StartLine, f.StartColumn, f.Tags[i]))
			continue
		}
		out = append(out, fmt.Sprintf("%s:%d:%q", f.RuleID, f.StartLine, f.Secret))
	}
	slices.Sort(out)
	return out
}

func writtenOurs(f gitleaks.Finding, text string) string {
	if f.File {
		return fmt.Sprintf("%s:0:%q", f.Rule, "")
	}
	if f.Passes > 0 {
		return fmt.Sprintf("%s:%d:%d:decode-depth:%d", f.Rule, f.MatchLine, f.MatchColumn, f.Passes)
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
	b, decoding := newBoth(t, config.DefaultConfig, 0), newBoth(t, config.DefaultConfig, 5)
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
		more, ours := decoding.verdicts(c.Text, c.Path)
		if !slices.Equal(theirs, more) {
			decoded++
		}
		if !slices.Equal(more, ours) {
			differ++
			t.Errorf("case %d, of %s, decoding: gitleaks has %d findings, Stanch %d, or others", cases, c.Rule, len(more), len(ours))
		}
	}
	t.Logf("%d cases, %d findings: %d cases differ; decoding makes a difference to %d", cases, findings, differ, decoded)
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
	b := newBoth(t, featureRules, 0)
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
	b := newBoth(t, config.DefaultConfig, 0)
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

// TestVerdictsDecoded compares what is found in text that is encoded, also twice, in
// pieces, next to what is not, and broken.
func TestVerdictsDecoded(t *testing.T) {
	lines := []string{
		"acme_key = \"a1b2c3d4e5f6\"", "key: abcdefghij", "token=h4rml355zz harmless", "# quiet acme_key=q8w7e6r5t4", "key=abcdefghij1",
		"pair-1234-abcd", "main-abc part-abc", "   main-xyz", "col-1", "feed", "conf=s3cr3t", "x end-of", "öäü token=\"u1v2w3x4y5\"", "plain words only", "%",
	}
	w := newWriter(13, 0)
	escape := func(s string, format string) string {
		var out strings.Builder
		for _, c := range s {
			fmt.Fprintf(&out, format, c)
		}
		return out.String()
	}
	encode := func(s string) string {
		switch w.IntN(9) {
		case 0:
			return base64.StdEncoding.EncodeToString([]byte(s))
		case 1:
			return base64.RawURLEncoding.EncodeToString([]byte(s))
		case 2:
			return hex.EncodeToString([]byte(s))
		case 3:
			return url.QueryEscape(s)
		case 4:
			return escape(s, "%%%02X")
		case 5:
			return escape(s, "\\u%04x")
		case 6:
			return escape(s, "\\\\U%04X")
		case 7:
			return escape(s, "U+%04x ")
		}
		return s
	}
	for _, depth := range []int{1, 2, 5} {
		b := newBoth(t, featureRules, depth)
		decoded := 0
		for range 3000 {
			var text strings.Builder
			for range 1 + w.IntN(5) {
				line := lines[w.IntN(len(lines))]
				for range w.IntN(4) {
					if k := w.IntN(len(line) + 1); w.IntN(3) == 0 {
						line = line[:k] + encode(line[k:])
					} else {
						line = encode(line)
					}
				}
				if w.IntN(8) == 0 {
					line = line[:w.IntN(len(line)+1)]
				}
				text.WriteString(line)
				text.WriteString([]string{"\n", "\n", "\r\n", " ", "", "=", "\n\n"}[w.IntN(7)])
			}
			s := text.String()
			if s == "" {
				continue
			}
			path := []string{"", "a.conf", "README.md", "key.pem"}[w.IntN(4)]
			theirs, ours := b.verdicts(s, path)
			if !slices.Equal(theirs, ours) {
				t.Fatalf("%d passes, %q in %q:\ngitleaks %s\nStanch   %s", depth, s, path, theirs, ours)
			}
			if strings.Contains(strings.Join(theirs, " "), "decode-depth") {
				decoded++
			}
		}
		if decoded < 300 {
			t.Errorf("%d texts of 3000 hold something that is decoded", decoded)
		}
	}
}

// TestVerdictsIgnored compares what files of ignored findings leave.
func TestVerdictsIgnored(t *testing.T) {
	b := newBoth(t, featureRules, 5)
	dir := t.TempDir()
	t.Chdir(dir)
	text := "acme_key = \"a1b2c3d4e5f6\"\nkey: abcdefghij\n" + base64.StdEncoding.EncodeToString([]byte("pair-1234-abcd pair-0000-abcd")) + "\ncol-1\nend-of"
	for _, name := range []string{"a.log", "b.conf", filepath.Join("deep", "c.log"), filepath.Join("deep", "key.pem")} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const ignored = "# known\n\na.log:acme-key:1\n a.log:my-generic:2 \ndeep\\c.log:second-group:3\nb.conf:column:3\nc0ffee:b.conf:column:4\nb.conf\ndeep/key.pem:files:0\nx:b.conf:column:4:5\n"
	ignore := filepath.Join(t.TempDir(), ".gitleaksignore")
	if err := os.WriteFile(ignore, []byte(ignored), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.theirs.AddGitleaksIgnore(ignore); err != nil {
		t.Fatal(err)
	}
	found, err := b.theirs.DetectSource(t.Context(), &sources.Files{Config: &b.theirs.Config, Path: ".", Sema: b.theirs.Sema})
	if err != nil {
		t.Fatal(err)
	}
	var theirs, ours []string
	for _, f := range found {
		theirs = append(theirs, fmt.Sprintf("%s:%s:%d", filepath.ToSlash(f.File), f.RuleID, f.StartLine))
	}
	x, notes, err := gitleaks.ReadIgnore(ignore, strings.NewReader(ignored))
	if err != nil || len(notes) != 2 || notes[0].Line != 8 || notes[1].Line != 10 {
		t.Errorf("%v, %v", notes, err)
	}
	left := 0
	for _, name := range []string{"a.log", "b.conf", "deep/c.log", "deep/key.pem"} {
		if err := b.ours.ScanReader(strings.NewReader(text), name, func(f gitleaks.Finding) {
			line := f.MatchLine
			if f.File {
				line = 0
			}
			if x.Has("./"+name, &f) {
				left++
				return
			}
			ours = append(ours, fmt.Sprintf("%s:%s:%d", name, f.Rule, line))
		}); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(theirs)
	slices.Sort(ours)
	if left != 3 || !slices.Equal(theirs, ours) {
		t.Errorf("%d left out\ngitleaks %s\nStanch   %s", left, theirs, ours)
	}
}
