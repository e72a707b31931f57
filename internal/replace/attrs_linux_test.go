package replace

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAttributes(t *testing.T) {
	dir, root := open(t)
	path := filepath.Join(dir, "a")
	write(t, path, "old", 0o600)
	if err := unix.Setxattr(path, "user.origin", []byte("host-7"), 0); err != nil {
		t.Skip(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 12, 34); err != nil {
			t.Fatal(err)
		}
	}
	write(t, path, "old", 0o640)
	var want unix.Stat_t
	if err := unix.Stat(path, &want); err != nil {
		t.Fatal(err)
	}
	src, err := Open(root, "a")
	if err != nil {
		t.Fatal(err)
	}
	tmp, err := Create(root, "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := tmp.Replace(src); err != nil {
		t.Fatal(err)
	}
	var got unix.Stat_t
	if err := unix.Stat(path, &got); err != nil {
		t.Fatal(err)
	}
	if got.Uid != want.Uid || got.Gid != want.Gid || got.Mode != want.Mode {
		t.Errorf("owner %d:%d mode %o, want %d:%d %o", got.Uid, got.Gid, got.Mode, want.Uid, want.Gid, want.Mode)
	}
	value := make([]byte, 20)
	n, err := unix.Getxattr(path, "user.origin", value)
	if err != nil || string(value[:n]) != "host-7" {
		t.Errorf("attribute %q, %v", value[:max(n, 0)], err)
	}
}
