//go:build unix

package walk

import "golang.org/x/sys/unix"

// openFlags keep an open from waiting for the other end of a pipe that took a
// file's place, and from following a link that did.
const openFlags = unix.O_NONBLOCK | unix.O_NOFOLLOW
