// Buildkite measures the replacer of github.com/buildkite/agent/v3, which redacts the
// output of its jobs. The package is internal there, so that no other module can
// import it: it is copied beside this file, as it is, where this is built.
//
//	buildkite VALUES TEXT ROUNDS
//
// VALUES has a value on each line. It prints, in ns of processor time, what making a
// replacer takes, the medians of redacting the text and of copying it, and the bytes
// of the replacer.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"

	"buildkite/replacer"
)

const chunk = 64 << 10

func main() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	values, err := os.ReadFile(os.Args[1])
	check(err)
	text, err := os.ReadFile(os.Args[2])
	check(err)
	rounds, err := strconv.Atoi(os.Args[3])
	check(err)
	var list []string
	for _, v := range bytes.Split(bytes.TrimSpace(values), []byte("\n")) {
		list = append(list, string(v))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := cpu()
	found := false
	r := replacer.New(io.Discard, list, func([]byte) []byte { found = true; return nil })
	build := cpu() - start
	runtime.GC()
	runtime.ReadMemStats(&after)

	// It finds a value, and has nothing left of it.
	r.Write([]byte("x " + list[0] + " y\n"))
	check(r.Flush())
	if !found {
		panic("a value is not found")
	}
	var redacting, copying []int64
	buf := make([]byte, len(text))
	for range rounds {
		start := cpu()
		copy(buf, text)
		copying = append(copying, cpu()-start)
		start = cpu()
		for rest := text; len(rest) > 0; {
			n := min(chunk, len(rest))
			r.Write(rest[:n])
			rest = rest[n:]
		}
		check(r.Flush())
		redacting = append(redacting, cpu()-start)
	}
	slices.Sort(redacting)
	slices.Sort(copying)
	fmt.Println(build, redacting[rounds/2], copying[rounds/2], int64(after.HeapAlloc)-int64(before.HeapAlloc))
}

func cpu() int64 {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u.Utime.Nano() + u.Stime.Nano()
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
