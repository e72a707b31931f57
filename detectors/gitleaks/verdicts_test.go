package gitleaks

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// benchmarks/ compares the verdicts with those of gitleaks itself.
func TestScanner(t *testing.T) {
	s, err := NewScanner(write(t, "rules.toml", `
[[rules]]
id = "Acme_Key"
description = "key of Acme"
regex = '''(?i)acme[_-]key\s*=\s*"?([a-z0-9]{8,32})'''
keywords = ["ACME"]
entropy = 2.0
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''harmless''']
[[rules]]
id = "generic-key"
regex = '''key\s*=\s*"?(\w{4,})'''
[[rules]]
id = "block"
regex = '''(?s)BEGIN\n(.+?)\nEND'''
[[rules]]
id = "main"
regex = '''main-(\w+)'''
[[rules.required]]
id = "part"
withinLines = 1
[[rules]]
id = "part"
regex = '''part-\w+'''
skipReport = true
[[rules]]
id = "file"
path = '''\.pem$'''
[[allowlists]]
paths = ['''^vendor/''']
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, text, want string }{
		{"", "x\nacme_key = \"a1b2c3d4e5\" # gitleaks:allow", "Acme_Key 2:13 a1b2c3d4e5"},
		{"", "acme_key=aaaaaaaa", "generic-key 1:10 aaaaaaaa"},
		{"", "acme_key=a1b2c3d4 harmless", "generic-key 1:10 a1b2c3d4"},
		{"", "a BEGIN\none\ntwo\nEND", "block 2:1 one\ntwo"},
		{"", "main-a\npart-b", "main 1:6 a"},
		{"", "main-a\n\npart-b", ""},
		{"a/x.pem", "nothing", "file"},
		{"vendor/x.pem", "key=abcd", ""},
	} {
		var got []string
		err := s.ScanReader(iotest.OneByteReader(strings.NewReader(c.text)), c.path, func(f Finding) {
			if f.File {
				got = append(got, f.Rule)
				return
			}
			got = append(got, fmt.Sprintf("%s %d:%d %s", f.Rule, f.Line, f.Column, c.text[f.Start:f.End]))
		})
		if err != nil || strings.Join(got, "; ") != c.want {
			t.Errorf("%q: %q %v, want %q", c.text, got, err, c.want)
		}
	}
	var ids []string
	for id := range s.Rules {
		ids = append(ids, id)
	}
	if got := strings.Join(ids, " "); got != "Acme_Key generic-key block main file" {
		t.Error(got)
	}
}

func TestScanReaderFails(t *testing.T) {
	s, err := NewScanner(write(t, "rules.toml", "[[rules]]\nid = 'a'\nregex = 'x'\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "x\n", strings.Repeat("a\n", fragmentBytes)} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrClosedPipe))
		if err := s.ScanReader(r, "", func(Finding) {}); err != io.ErrClosedPipe {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}
