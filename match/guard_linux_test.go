package match

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns size bytes of memory with an unreadable page before and
// after; reading one byte outside ends the test.
func guarded(t *testing.T, size int) []byte {
	t.Helper()
	page := os.Getpagesize()
	mem, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { unix.Munmap(mem) })
	for _, edge := range [][]byte{mem[:page], mem[page+size:]} {
		if err := unix.Mprotect(edge, unix.PROT_NONE); err != nil {
			t.Skip(err)
		}
	}
	return mem[page : page+size : page+size]
}

// TestStaysInside scans texts that end, or begin, at memory that cannot be
// read, in every length around the sizes of blocks and steps.
func TestStaysInside(t *testing.T) {
	page := os.Getpagesize()
	size := (step+2*block)/page*page + page
	mem := guarded(t, size)
	// Without short literals, short texts are gone through in one call.
	long := append(someLiterals(50), Literal{Text: "token", Gate: Gate{must("[a-z]"), 20}})
	short := append(long, Literal{Text: "x", Fold: true})
	text := hotText(size, short)
	var sizes []int
	for n := range 300 {
		sizes = append(sizes, n)
	}
	for n := recordMost - 3; n < recordMost+3; n++ {
		sizes = append(sizes, n)
	}
	for n := step - 3; n < step+2*block; n++ {
		sizes = append(sizes, n)
	}
	check := func(t *testing.T, m *Matcher) {
		for _, n := range sizes {
			if n > size {
				continue
			}
			want := m.Scan(nil, text[:n], nil)
			copy(mem, text[:n])
			same(t, "at the beginning", m.Scan(nil, mem[:n:n], nil), want)
			end := mem[size-n : size : size]
			copy(end, text[:n])
			same(t, "at the end", m.Scan(nil, end, nil), want)
		}
	}
	eachMatcher(t, short, check)
	eachMatcher(t, long, check)
}
