package walk

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	tests := []struct {
		glob, path string
		want       bool
	}{
		{"*.log", "a.log", true},
		{"*.log", "deep/er/a.log", true},
		{"*.log", "a.log.gz", false},
		{"logs/*.log", "logs/a.log", true},
		{"logs/*.log", "logs/old/a.log", false},
		{"logs/**/*.log", "logs/old/a.log", true},
		{"logs/**", "logs/old/a.log", true},
		{"/a.log", "a.log", true},
		{"/a.log", "logs/a.log", false},
		{"./logs/a.log", "logs/a.log", true},
		{"*.{log,txt}", "x/a.txt", true},
		{"[ab].log", "b.log", true},
		{"node", "x/node", true},
	}
	for _, test := range tests {
		g, err := ParseGlob(test.glob)
		if err != nil {
			t.Errorf("%s: %v", test.glob, err)
		} else if got := g.Match(test.path); got != test.want {
			t.Errorf("%s fits %s: %v", test.glob, test.path, got)
		}
	}
	for _, bad := range []string{"", "/", "[a", "{a"} {
		if _, err := ParseGlob(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestIgnore(t *testing.T) {
	ig, err := ParseIgnore("f", strings.NewReader("# old\n*.gz\n!keep.gz\n\nbuild/\nlogs/*.tmp \r\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path string
		dir  bool
		line int
		want bool
	}{
		{"a.gz", false, 2, true},
		{"x/keep.gz", false, 3, false},
		{"build", true, 5, true},
		{"build", false, 0, false},
		{"logs/a.tmp", false, 6, true},
		{"a.tmp", false, 0, false},
	}
	for _, test := range tests {
		if line, got := ig.Match(test.path, test.dir); got != test.want || line != test.line {
			t.Errorf("%s: %v by line %d", test.path, got, line)
		}
	}
	if _, err := ParseIgnore("f", strings.NewReader("a\n[x\n")); err == nil || !strings.HasPrefix(err.Error(), "f:2: ") {
		t.Errorf("error %v", err)
	}
}

func tree(t *testing.T, paths ...string) string {
	dir := t.TempDir()
	for _, p := range paths {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(p), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPaths(t *testing.T) {
	dir := tree(t, "a.log", "b.txt", "sub/c.log", "sub/.stanchignore", "out/a.log", "skip/d.log")
	outside := tree(t, "secret")
	if err := os.Symlink(outside, filepath.Join(dir, "away")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(".", filepath.Join(dir, "sub", "loop")); err != nil {
		t.Skip(err)
	}
	ignore, err := ParseIgnore(".stanchignore", strings.NewReader("skip/\n"))
	if err != nil {
		t.Fatal(err)
	}
	not, err := os.Stat(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	txt, _ := ParseGlob("*.txt")
	res := Paths([]string{filepath.Join(dir, "b.txt"), dir, Stdin, filepath.Join(dir, "none")}, Options{Exclude: []Glob{txt}, Ignore: ignore, Dir: dir, Not: not})
	defer res.Close()
	var files, skipped []string
	for i := range res.Files {
		f := &res.Files[i]
		files = append(files, f.Rel)
		if f.Path == Stdin {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != f.Rel {
			t.Errorf("%s holds %q, %v", f.Rel, b, err)
		}
		r.Close()
	}
	for _, s := range res.Skipped {
		rel, _ := filepath.Rel(dir, s.Path)
		skipped = append(skipped, filepath.ToSlash(rel)+": "+s.Reason)
	}
	if want := []string{"b.txt", "a.log", "sub/.stanchignore", "sub/c.log", "-"}; !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	if want := []string{"away: symbolic link", "b.txt: excluded", "out: holds the output",
		"skip: ignored by .stanchignore:1", "sub/loop: symbolic link"}; !slices.Equal(skipped, want) {
		t.Errorf("skipped %q, want %q", skipped, want)
	}
	if len(res.Errors) != 1 || !os.IsNotExist(res.Errors[0].Err) {
		t.Errorf("errors %v", res.Errors)
	}
}

func TestExchanged(t *testing.T) {
	dir := tree(t, "a/x")
	outside := tree(t, "x")
	res := Paths([]string{dir}, Options{})
	defer res.Close()
	if err := os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "a")); err != nil {
		t.Skip(err)
	}
	if f, err := res.Files[0].Open(); err == nil {
		f.Close()
		t.Error("a file outside the tree was opened")
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.gz\n!a/**/b\n", "a/b")
	f.Fuzz(func(t *testing.T, text, path string) {
		ig, err := ParseIgnore("f", strings.NewReader(text))
		if err != nil {
			return
		}
		ig.Match(path, false)
		ig.Match(path, true)
	})
}
