// Package architecture holds the map of the packages in DESIGN.md against
// their imports.
package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stanch/stanch/"

// generators make committed files and are not part of the program.
var generators = []string{"/genlayout", "/genmodel", "/train"}

// heavy modules stay out of the packages that everybody links.
var heavy = []string{"github.com/spf13/", "github.com/klauspost/", "github.com/santhosh-tekuri/"}

var (
	row    = regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\|[^|]*\\|([^|]*)\\|$")
	quoted = regexp.MustCompile("`([a-z0-9/]+)`")
)

// readMap reads the table: for each package the others that it may import.
func readMap(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "| Package | What it knows | May import |")
	if !ok {
		t.Fatal("DESIGN.md has no table of packages")
	}
	may := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		may[m[1]] = []string{}
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			may[m[1]] = append(may[m[1]], q[1])
		}
	}
	return may
}

// metadata is what mdatagen makes of a component's metadata.yaml, for that component.
var metadata = regexp.MustCompile(`/internal/metadata(test)?$`)

type pkg struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) (list []pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports", module+"...")
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

// own returns the name in the table of a package of the module. The package at
// its root goes by its own name.
func own(path string) (name string, ok bool) {
	if path+"/" == module {
		return "stanch", true
	}
	return strings.CutPrefix(path, module)
}

func TestImports(t *testing.T) {
	may := readMap(t)
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name, _ := own(p.ImportPath)
		if len(p.GoFiles) == 0 || slices.ContainsFunc(generators, func(g string) bool { return strings.HasSuffix(name, g) }) {
			continue
		}
		if metadata.MatchString(name) {
			continue
		}
		seen[name] = true
		allowed, ok := may[name]
		if !ok {
			t.Errorf("%s is not in the table of packages in DESIGN.md", name)
			continue
		}
		for _, i := range p.Imports {
			if other, ok := own(i); ok && !slices.Contains(allowed, other) && metadata.ReplaceAllString(other, "") != name {
				t.Errorf("%s imports %s", name, other)
			}
			for _, h := range heavy {
				if strings.HasPrefix(i, h) && !strings.HasPrefix(name, "cmd/") && name != "internal/packed" && name != "pipeline/kafka/batch" {
					t.Errorf("%s imports %s", name, i)
				}
			}
		}
	}
	for name := range may {
		if !seen[name] {
			t.Errorf("DESIGN.md lists %s, which is gone", name)
		}
	}
}

// TestOneWay holds that the table has no circle.
func TestOneWay(t *testing.T) {
	may := readMap(t)
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Fatalf("the table goes in a circle: %v", append(path, name))
		}
		for _, next := range may[name] {
			visit(next, append(path, name))
		}
	}
	for name := range may {
		visit(name, nil)
	}
}
