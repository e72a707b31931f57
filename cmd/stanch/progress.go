package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// bar is a line on a terminal that is written over and over. A nil bar shows nothing.
type bar struct {
	w     *os.File
	shown bool
}

func newBar(f *os.File) *bar {
	if f == nil || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &bar{w: f}
}

func (b *bar) clear() {
	if b != nil && b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.shown = false
	}
}

func (b *bar) show(done, total int64, rate float64, files int64) {
	width, _, err := term.GetSize(int(b.w.Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	line := fmt.Sprintf("%s, %s/s, %s left", bytesOf(done), bytesOf(int64(rate)), count(files, "file"))
	if total > 0 {
		const cells = 20
		n := int(min(done, total) * cells / total)
		line = fmt.Sprintf("[%s%s] %3d%%  %s", strings.Repeat("=", n), strings.Repeat(" ", cells-n), min(done, total)*100/total, line)
	}
	fmt.Fprint(b.w, "\r\x1b[K"+line[:min(len(line), width-1)])
	b.shown = true
}

// progress shows how far the batch is once it has worked for a second. The
// function returned ends it.
func (b *batch) progress(ctx context.Context) (stop func()) {
	if b.sum.bar == nil {
		return func() {}
	}
	var total int64
	for i := range b.files.Files {
		total += b.files.Files[i].Size
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		start := time.Now()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			since := time.Since(start)
			if since < time.Second {
				continue
			}
			b.sum.mu.Lock()
			b.sum.bar.show(b.read.Load(), total, float64(b.read.Load())/since.Seconds(), b.left.Load())
			b.sum.mu.Unlock()
		}
	})
	return func() {
		cancel()
		wg.Wait()
		b.sum.mu.Lock()
		b.sum.bar.clear()
		b.sum.mu.Unlock()
	}
}

// bytesOf writes a number of bytes in the unit that fits.
func bytesOf(n int64) string {
	f, units := float64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for f >= 1000 && i < len(units)-1 {
		f /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// colours reports whether f is a terminal whose user wants colours
// (https://no-color.org).
func colours(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
