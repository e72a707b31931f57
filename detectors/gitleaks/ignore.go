package gitleaks

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Ignore is the findings that a file such as .gitleaksignore says not to report, each
// as file:rule:line or commit:file:rule:line. The latter are of commits, and hold
// for none here.
type Ignore struct{ entries map[string]bool }

// maxIgnore is the length, in bytes, of the longest file of them.
const maxIgnore = 16 << 20

// ReadIgnore reads such a file. Lines that are no entry come as notes.
func ReadIgnore(name string, r io.Reader) (*Ignore, []Note, error) {
	x := &Ignore{make(map[string]bool)}
	var notes []Note
	s := bufio.NewScanner(io.LimitReader(r, maxIgnore))
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, ":")
		switch len(parts) {
		case 3:
			parts[0] = strings.ReplaceAll(parts[0], `\`, "/")
			line = strings.Join(parts, ":")
		case 4: // of a commit; but gitleaks compares it as it stands, too
			parts[1] = strings.ReplaceAll(parts[1], `\`, "/")
			line = strings.Join(parts, ":")
		default:
			notes = append(notes, Note{File: name, Line: n, Text: "want file:rule:line or commit:file:rule:line"})
		}
		x.entries[line] = true
	}
	if err := s.Err(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return x, notes, nil
}

// Has reports whether a finding in the file of that path is one of them.
func (x *Ignore) Has(path string, f *Finding) bool {
	line := f.MatchLine
	if f.File {
		line = 0
	}
	return x != nil && x.entries[fmt.Sprintf("%s:%s:%d", filepath.ToSlash(filepath.Clean(path)), f.Rule, line)]
}
