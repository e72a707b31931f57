// Package walk turns the paths a user gives into files: directories are walked
// in the order of names, without following links and without ever leaving the
// tree. Nothing inside a tree says what of it is read.
package walk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Options say which files of a walked directory count. A path that is itself
// given always counts.
type Options struct {
	Include, Exclude []Glob // Include empty is everything; Exclude wins
	Ignore           *Ignore
	// Dir is where Ignore, Include and Exclude count from; paths outside it count
	// from the directory given.
	Dir string
	// Not is a directory that is not walked into: the one output goes to.
	Not fs.FileInfo
}

// File is something to read.
type File struct {
	Path string // as the user would write it
	// Rel is the slash-separated path below the directory given, or the last name
	// of a file given.
	Rel string
	// Root holds the directory the file was found in, and nil for a path that was
	// given itself.
	Root *os.Root
	Size int64 // when walked; 0 for what has none
}

// Open opens the file for reading. A walked file is opened below its directory,
// and only if it is still a regular one.
func (f *File) Open() (*os.File, error) {
	if f.Root == nil {
		file, err := os.Open(f.Path)
		if err != nil {
			return nil, bare(err)
		}
		if info, err := file.Stat(); err == nil && info.IsDir() {
			file.Close()
			return nil, errors.New("is a directory")
		}
		return file, nil
	}
	file, err := f.Root.OpenFile(filepath.FromSlash(f.Rel), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, bare(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no longer a regular file")
	}
	if err != nil {
		file.Close()
		return nil, bare(err)
	}
	return file, nil
}

// Skipped is a path that is not read.
type Skipped struct {
	Path   string
	Reason string
}

// Error is a path that could not be looked at.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Result is what Paths found.
type Result struct {
	Files   []File
	Skipped []Skipped
	Errors  []*Error
	roots   []*os.Root
}

// Close closes the directories; no walked file can be opened after it.
func (r *Result) Close() {
	for _, root := range r.roots {
		root.Close()
	}
}

// Stdin is the path of the standard input.
const Stdin = "-"

// Paths looks at every path given, in order.
func Paths(paths []string, o Options) *Result {
	res := new(Result)
	for _, p := range paths {
		if p == Stdin {
			res.Files = append(res.Files, File{Path: Stdin, Rel: Stdin})
			continue
		}
		info, err := os.Stat(p)
		switch {
		case err != nil:
			res.Errors = append(res.Errors, &Error{p, bare(err)})
		case info.IsDir():
			res.walk(p, &o)
		default:
			f := File{Path: p, Rel: filepath.Base(p)}
			if info.Mode().IsRegular() {
				f.Size = info.Size()
			}
			res.Files = append(res.Files, f)
		}
	}
	return res
}

func (res *Result) walk(dir string, o *Options) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		res.Errors = append(res.Errors, &Error{dir, bare(err)})
		return
	}
	res.roots = append(res.roots, root)
	below := belowDir(o.Dir, dir)
	err = fs.WalkDir(root.FS(), ".", func(rel string, d fs.DirEntry, err error) error {
		shown := filepath.Join(dir, filepath.FromSlash(rel))
		if err != nil {
			res.Errors = append(res.Errors, &Error{shown, bare(err)})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if rel == "." {
			return nil
		}
		key := path.Join(below, rel)
		reason := ""
		if line, ignored := o.Ignore.Match(key, d.IsDir()); ignored {
			reason = fmt.Sprintf("ignored by %s:%d", o.Ignore.Name, line)
		} else {
			reason = o.skip(key, rel, root, d)
		}
		if reason != "" {
			res.Skipped = append(res.Skipped, Skipped{shown, reason})
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			res.Errors = append(res.Errors, &Error{shown, bare(err)})
			return nil
		}
		res.Files = append(res.Files, File{Path: shown, Rel: rel, Root: root, Size: info.Size()})
		return nil
	})
	if err != nil {
		res.Errors = append(res.Errors, &Error{dir, bare(err)})
	}
}

// skip returns why something found in a tree is not read, or nothing.
func (o *Options) skip(key, rel string, root *os.Root, d fs.DirEntry) string {
	for _, g := range o.Exclude {
		if g.Match(key) {
			return "excluded"
		}
	}
	switch {
	case d.IsDir():
		if o.Not != nil {
			if info, err := root.Stat(rel); err == nil && os.SameFile(info, o.Not) {
				return "holds the output"
			}
		}
		return ""
	case d.Type()&fs.ModeSymlink != 0:
		return "symbolic link"
	case !d.Type().IsRegular():
		return "not a regular file"
	case len(o.Include) == 0:
		return ""
	}
	for _, g := range o.Include {
		if g.Match(key) {
			return ""
		}
	}
	return "not included"
}

// belowDir returns the slash-separated path from base to dir, and "" when dir
// does not lie below it.
func belowDir(base, dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(base, abs)
	if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// bare takes operation and path from an error; whoever prints it names the path.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
