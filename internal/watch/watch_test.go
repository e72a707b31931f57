package watch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTrail(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(at("..1/sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("..1/p.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link("..1", "..data")
	link("..data/p.yaml", "p.yaml")
	link(at("..data"), "absolute")
	link("round", "about")
	link("about", "round")
	for _, c := range []struct {
		path string
		want []string
	}{
		{"none.yaml", []string{"none.yaml"}},
		{"..1/p.yaml", []string{"..1/p.yaml"}},
		{"p.yaml", []string{"p.yaml", "..data/p.yaml", "..data", "..1/p.yaml"}},
		{"absolute/p.yaml", []string{"absolute/p.yaml", "absolute", "..data/p.yaml", "..data", "..1/p.yaml"}},
		{"..1/sub/../p.yaml", []string{"..1/p.yaml"}},
	} {
		var want []string
		for _, w := range c.want {
			want = append(want, at(w))
		}
		if d := cmp.Diff(want, trail(at(c.path))); d != "" {
			t.Errorf("%s: %s", c.path, d)
		}
	}
	if n := len(trail(at("round/p.yaml"))); n > 2*maxLinks+1 {
		t.Errorf("a circle of links gave %d names", n)
	}
}
