//go:build linux || darwin

package replace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFlags keep an open from waiting for the other end of a pipe that took the
// file's place, and from following a link that did.
const openFlags = unix.O_NONBLOCK | unix.O_NOFOLLOW

func links(_ *os.File, info fs.FileInfo) (uint64, error) {
	return uint64(info.Sys().(*syscall.Stat_t).Nlink), nil
}

func copyMeta(dst, src *os.File, info fs.FileInfo) error {
	want := info.Sys().(*syscall.Stat_t)
	have, err := dst.Stat()
	if err != nil {
		return err
	}
	if st := have.Sys().(*syscall.Stat_t); st.Uid != want.Uid || st.Gid != want.Gid {
		if err := dst.Chown(int(want.Uid), int(want.Gid)); err != nil {
			return fmt.Errorf("cannot keep the owner: %w", bare(err))
		}
	}
	// Attributes before the mode: an access list rewrites the group's bits.
	// The mode after the owner: a change of owner clears set-id bits.
	if err := copyAttrs(int(dst.Fd()), int(src.Fd())); err != nil {
		return err
	}
	return dst.Chmod(info.Mode())
}

func copyAttrs(dst, src int) error {
	names, err := list(func(b []byte) (int, error) { return unix.Flistxattr(src, b) })
	if errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot keep extended attributes: %w", err)
	}
	for name := range strings.SplitSeq(string(names), "\x00") {
		if name == "" {
			continue
		}
		value, err := list(func(b []byte) (int, error) { return unix.Fgetxattr(src, name, b) })
		if err == nil {
			err = unix.Fsetxattr(dst, name, value, 0)
		}
		if err == nil {
			continue
		}
		// Labels a security module sets itself cannot be written, and need not be.
		if have, e := list(func(b []byte) (int, error) { return unix.Fgetxattr(dst, name, b) }); e != nil || !bytes.Equal(have, value) {
			return fmt.Errorf("cannot keep the extended attribute %q: %w", name, err)
		}
	}
	return nil
}

// list calls f with a buffer that is large enough.
func list(f func([]byte) (int, error)) ([]byte, error) {
	for {
		n, err := f(nil)
		if err != nil || n == 0 {
			return nil, err
		}
		b := make([]byte, n)
		n, err = f(b)
		if errors.Is(err, unix.ERANGE) {
			continue
		}
		return b[:max(n, 0)], err
	}
}

func syncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return bare(err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOTSUP) {
		return bare(err)
	}
	return nil
}
