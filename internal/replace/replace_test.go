package replace

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func open(t *testing.T) (dir string, root *os.Root) {
	dir = t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, root
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// only fails the test if dir holds anything but the named files.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	if len(got) != len(names) {
		t.Errorf("directory holds %q, want %q", got, names)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReplace(t *testing.T) {
	dir, root := open(t)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "sub", "a.log")
	write(t, path, "old", 0o640)
	src, err := Open(root, filepath.Join("sub", "a.log"))
	if err != nil {
		t.Fatal(err)
	}
	tmp, err := Create(root, filepath.Join("sub", "a.log"))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := tmp.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("temporary file has mode %v, %v", info.Mode(), err)
	}
	if _, err := tmp.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if content(t, path) != "old" {
		t.Error("written before its time")
	}
	if err := tmp.Replace(src); err != nil {
		t.Fatal(err)
	}
	tmp.Abort()
	if got := content(t, path); got != "new" {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	only(t, filepath.Join(dir, "sub"), "a.log")
}

func TestChanged(t *testing.T) {
	changes := map[string]func(t *testing.T, path string){
		"grown": func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteString("more"); err != nil {
				t.Fatal(err)
			}
		},
		"cut":     func(t *testing.T, path string) { os.Truncate(path, 1) },
		"rotated": func(t *testing.T, path string) { os.Rename(path, path+".1"); write(t, path, "old", 0o600) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			dir, root := open(t)
			path := filepath.Join(dir, "a.log")
			write(t, path, "old", 0o600)
			src, err := Open(root, "a.log")
			if err != nil {
				t.Fatal(err)
			}
			tmp, err := Create(root, "a.log")
			if err != nil {
				t.Fatal(err)
			}
			change(t, path)
			want := content(t, path)
			if err := tmp.Replace(src); !errors.Is(err, ErrChanged) {
				t.Errorf("error %v", err)
			}
			if got := content(t, path); got != want {
				t.Errorf("holds %q, want %q", got, want)
			}
			if list, _ := filepath.Glob(filepath.Join(dir, ".stanch-*")); len(list) > 0 {
				t.Errorf("%q left behind", list)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	dir, root := open(t)
	write(t, filepath.Join(dir, "a"), "text", 0o600)
	if err := os.Link(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for name, want := range map[string]error{"a": ErrLinked, "link": ErrNotRegular, ".": ErrNotRegular, "none": os.ErrNotExist} {
		if _, err := Open(root, name); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

func TestCommit(t *testing.T) {
	dir, root := open(t)
	for _, text := range []string{"one", "two"} {
		tmp, err := Create(root, "out")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmp.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := tmp.Commit(0o604); err != nil {
			t.Fatal(err)
		}
		if got := content(t, filepath.Join(dir, "out")); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	tmp, err := Create(root, "out")
	if err != nil {
		t.Fatal(err)
	}
	tmp.Abort()
	only(t, dir, "out")
	if got := content(t, filepath.Join(dir, "out")); got != "two" {
		t.Errorf("got %q", got)
	}
}
