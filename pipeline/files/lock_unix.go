//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package files

import (
	"os"
	"syscall"
)

// lock waits until no other process writes to f. alone is false where the file
// system has no locks.
func lock(f *os.File) (release func(), alone bool) {
	for {
		switch syscall.Flock(int(f.Fd()), syscall.LOCK_EX) {
		case nil:
			return func() { syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }, true
		case syscall.EINTR:
		default:
			return func() {}, false
		}
	}
}
