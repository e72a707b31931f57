package watch

import (
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links Linux follows (path_resolution(7)).
const maxLinks = 40

// trail returns every name whose change can change what a path leads to: the path,
// the symbolic links in it, and where they lead. A volume of Kubernetes has
// policy.yaml -> ..data/policy.yaml and ..data -> ..2026_01_31, and replaces ..data.
func trail(path string) []string {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	names := []string{path}
	for range maxLinks {
		next, link := follow(path)
		if link == "" {
			break
		}
		if link != path {
			names = append(names, link)
		}
		names = append(names, next)
		path = next
	}
	return names
}

// follow replaces the first symbolic link in an absolute path. link is empty if
// there is none.
func follow(path string) (next, link string) {
	root := filepath.VolumeName(path) + string(filepath.Separator)
	dir, rest := root, strings.TrimPrefix(path, root)
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, string(filepath.Separator))
		at := filepath.Join(dir, part)
		info, err := os.Lstat(at)
		if err != nil {
			return "", ""
		}
		if info.Mode()&os.ModeSymlink == 0 {
			dir = at
			continue
		}
		to, err := os.Readlink(at)
		if err != nil {
			return "", ""
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		return filepath.Join(to, rest), at
	}
	return "", ""
}
