package replace

import (
	"io/fs"
	"syscall"
)

// sameChange compares the time of the last change to the inode, which nobody can set back.
func sameChange(a, b fs.FileInfo) bool {
	return a.Sys().(*syscall.Stat_t).Ctim == b.Sys().(*syscall.Stat_t).Ctim
}
