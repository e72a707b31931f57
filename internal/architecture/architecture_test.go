// Package architecture holds the map of the packages against their imports.
package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stanch/stanch/"

// may says which packages of ours a package may import besides those of
// internal that it names. A package that is missing here may not exist.
var may = map[string][]string{
	"match":              {},
	"finding":            {},
	"detectors":          {"match", "finding"},
	"scan":               {"match", "finding", "detectors", "internal/automaton", "internal/envelope", "internal/judge", "internal/names"},
	"scan/rulecheck":     {"match", "finding", "detectors", "scan"},
	"redact":             {"match", "finding", "detectors", "scan", "internal/envelope", "internal/judge", "internal/names"},
	"cmd/stanch":         {"finding", "detectors", "scan", "scan/rulecheck", "redact", "internal/packed", "internal/replace", "internal/textenc", "internal/walk"},
	"internal/automaton": {"match"},
	"internal/envelope":  {},
	"internal/judge":     {},
	"internal/names":     {},
	"internal/packed":    {},
	"internal/replace":   {},
	"internal/textenc":   {},
	"internal/walk":      {},
}

// generators make committed files and are not part of the program.
var generators = []string{"/genlayout", "/genmodel", "/train", "/genwords", "/gen"}

// heavy modules stay out of the packages that everybody links.
var heavy = []string{"github.com/spf13/", "github.com/klauspost/", "github.com/santhosh-tekuri/"}

type pkg struct {
	ImportPath string
	Name       string
	Imports    []string
}

func packages(t *testing.T) (list []pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Imports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if name == "internal/architecture" || slices.ContainsFunc(generators, func(g string) bool { return strings.Contains(name, g) }) {
			continue
		}
		allowed, ok := may[name]
		if !ok {
			t.Errorf("%s is on no map: add it to this test and to DESIGN.md", name)
			continue
		}
		for _, i := range p.Imports {
			if own, ok := strings.CutPrefix(i, module); ok && !slices.Contains(allowed, own) && !strings.HasPrefix(own, name+"/internal/") {
				t.Errorf("%s imports %s", name, own)
			}
			for _, h := range heavy {
				if strings.HasPrefix(i, h) && !strings.HasPrefix(name, "cmd/") && name != "internal/packed" {
					t.Errorf("%s imports %s", name, i)
				}
			}
		}
	}
}
