// Package replace writes files so that each is at any moment either the old one
// or the new one, whole: into a temporary file beside the target, which takes
// the target's name once everything is on disk.
package replace

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Reasons a file is not replaced; errors wrap them.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrLinked     = errors.New("has more than one name (hard links); a new file would have only one of them")
	ErrChanged    = errors.New("changed while it was read; left as it was")
)

// Source is an opened file that is to be replaced. It is for one goroutine.
type Source struct {
	*os.File
	root *os.Root
	name string
	info fs.FileInfo
}

// Open opens the file name of root for reading. It refuses what cannot be
// replaced by a new file without a loss: links of either kind, devices, pipes.
func Open(root *os.Root, name string) (*Source, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, bare(err)
	}
	if before.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("is a symbolic link, %w; give the file it points to", ErrNotRegular)
	}
	if !before.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, bare(err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !os.SameFile(before, info) || !info.Mode().IsRegular():
		err = ErrChanged
	default:
		var n uint64
		if n, err = links(f, info); err == nil && n > 1 {
			err = ErrLinked
		}
	}
	if err != nil {
		f.Close()
		return nil, bare(err)
	}
	return &Source{File: f, root: root, name: name, info: info}, nil
}

// Unchanged returns an error wrapping ErrChanged if the file was written to,
// cut, or given to another name since Open.
func (s *Source) Unchanged() error {
	now, err := s.Stat()
	if err != nil {
		return bare(err)
	}
	named, err := s.root.Lstat(s.name)
	if err != nil {
		return bare(err)
	}
	if now.Size() != s.info.Size() || !now.ModTime().Equal(s.info.ModTime()) || !sameChange(now, s.info) ||
		!os.SameFile(now, named) {
		return ErrChanged
	}
	return nil
}

// Temp is a file being written. It is for one goroutine.
type Temp struct {
	*os.File
	root *os.Root
	name string
	path string // of the temporary file
	done bool
}

// Create begins a file that will be name of root. Until Commit it has another
// name in the same directory and only its owner can read it.
func Create(root *os.Root, name string) (*Temp, error) {
	path := filepath.Join(filepath.Dir(name), ".stanch-"+rand.Text()[:16]+".tmp")
	f, err := root.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, bare(err)
	}
	return &Temp{File: f, root: root, name: name, path: path}, nil
}

// Abort removes the temporary file; after Commit it does nothing.
func (t *Temp) Abort() {
	if t.done {
		return
	}
	t.done = true
	t.Close()
	t.root.Remove(t.path)
}

// Commit gives the file its name and the permissions mode. A file that had the
// name is replaced.
func (t *Temp) Commit(mode fs.FileMode) error {
	defer t.Abort()
	if err := t.Chmod(mode); err != nil {
		return bare(err)
	}
	return t.rename()
}

// Replace lets the file take the place of s with the same owner, mode and
// extended attributes. Its modification time is new, since its content is. It
// fails, and leaves s as it was, when s changed meanwhile. s is closed.
func (t *Temp) Replace(s *Source) error {
	defer t.Abort()
	defer s.Close()
	if err := copyMeta(t.File, s.File, s.info); err != nil {
		return bare(err)
	}
	if err := t.Sync(); err != nil {
		return bare(err)
	}
	if err := s.Unchanged(); err != nil {
		return err
	}
	s.Close() // an open file cannot be replaced on Windows
	return t.rename()
}

func (t *Temp) rename() error {
	if err := t.Sync(); err != nil {
		return bare(err)
	}
	if err := t.Close(); err != nil {
		return bare(err)
	}
	if err := t.root.Rename(t.path, t.name); err != nil {
		return bare(err)
	}
	t.done = true
	return syncDir(t.root, filepath.Dir(t.name))
}

// bare takes operation and path from an error: whoever asked knows the path,
// and that of a temporary file says nothing.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
