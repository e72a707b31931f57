package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var named = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")

// TestThreats: every section of the threat model but the last and the first names
// tests, and they are there.
func TestThreats(t *testing.T) {
	const file = "docs/threat-model.md"
	text, err := os.ReadFile(filepath.Join(top, file))
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(text), "\n## ")
	for _, s := range sections[2 : len(sections)-1] {
		title, _, _ := strings.Cut(s, "\n")
		if !named.MatchString(s) {
			t.Errorf("%s: %s names no test", file, title)
		}
	}
	for _, m := range named.FindAllStringSubmatch(string(text), -1) {
		files, err := filepath.Glob(filepath.Join(top, m[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(b), "\nfunc "+m[2]+"(")
		}
		if !found {
			t.Errorf("%s: there is no %s in %s", file, m[2], m[1])
		}
	}
}
