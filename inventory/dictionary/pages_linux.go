package dictionary

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// leastHuge is from how many bytes on large pages are asked for.
const leastHuge = 4 << 20

// hugePages asks for memory in pages of 2 MB, of which a look-up needs one translation
// where it needs thousands of 4 KB. It is advice, and nothing depends on it.
func hugePages(words []uint64) {
	const page = 4 << 10
	if len(words)*8 < leastHuge {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(words)*8)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % page
	b = b[skip:]
	unix.Madvise(b[:len(b)/page*page], unix.MADV_HUGEPAGE)
}
