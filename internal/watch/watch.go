// Package watch notices that files may have changed: by what the system says, by
// looking from time to time, and by a signal.
package watch

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

// Watcher notices that files may have changed. It watches their directories, since
// files are replaced more often than they are written to; where it cannot, it looks
// at the files from time to time. A nil Watcher does nothing. It is for one
// goroutine, which may call Set from within Run's reload.
type Watcher struct {
	log    *zap.Logger
	notify *fsnotify.Watcher // nil where the system offers none
	dirs   map[string]bool
	names  map[string]bool
	seen   map[string]os.FileInfo // by file, nil for one that is not there
}

// New returns a watcher of no files. Without notify nothing is asked of the system.
func New(notify bool, log *zap.Logger) *Watcher {
	w := &Watcher{log: log, dirs: map[string]bool{}}
	if !notify {
		return w
	}
	var err error
	if w.notify, err = fsnotify.NewWatcher(); err != nil {
		log.Warn("files are not watched, only looked at from time to time", zap.Error(err))
	}
	return w
}

// Close lets go of the system's resources.
func (w *Watcher) Close() {
	if w != nil && w.notify != nil {
		w.notify.Close()
	}
}

// Set replaces the files that are watched, and remembers how they are now.
func (w *Watcher) Set(files []string) {
	if w == nil {
		return
	}
	names, dirs := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		for _, name := range trail(f) {
			names[name] = true
			dirs[filepath.Dir(name)] = true
		}
	}
	w.names = names
	if w.notify != nil {
		for dir := range dirs {
			// A directory that was replaced has the same name and has to be added again.
			if err := w.notify.Add(dir); err != nil && !w.dirs[dir] {
				w.log.Warn("directory is not watched, only looked at from time to time", zap.String("directory", dir), zap.Error(err))
			}
		}
		for dir := range w.dirs {
			if !dirs[dir] {
				w.notify.Remove(dir) // fails if it is gone, and is not watched either way
			}
		}
	}
	w.dirs = dirs
	w.seen = map[string]os.FileInfo{}
	for _, f := range files {
		w.seen[f] = stat(f)
	}
}

func stat(file string) os.FileInfo {
	info, err := os.Stat(file)
	if err != nil {
		return nil
	}
	return info
}

// changed looks whether a file is another one than before, or was written to.
func (w *Watcher) changed() bool {
	for file, was := range w.seen {
		is := stat(file)
		switch {
		case is == nil && was == nil:
		case is == nil || was == nil:
			return true
		case !os.SameFile(is, was), is.Size() != was.Size(), !is.ModTime().Equal(was.ModTime()):
			return true
		}
	}
	return false
}

// patience is how many times the time to settle a reload waits for files that do not.
const patience = 10

// Options say when Run calls reload.
type Options struct {
	// Settle is how long files have to be left alone after a change.
	Settle time.Duration
	// Interval is how often files are looked at beside; 0 is never.
	Interval time.Duration
	// Signal asks for a reload; nil for none.
	Signal os.Signal
}

// Run calls reload whenever files may have changed or the signal comes, until ctx
// is done.
func (w *Watcher) Run(ctx context.Context, o Options, reload func()) {
	var events <-chan fsnotify.Event
	var errs <-chan error
	if w.notify != nil {
		events, errs = w.notify.Events, w.notify.Errors
	}
	var tick <-chan time.Time
	if o.Interval > 0 {
		t := time.NewTicker(o.Interval)
		defer t.Stop()
		tick = t.C
	}
	signals := make(chan os.Signal, 1)
	if o.Signal != nil {
		signal.Notify(signals, o.Signal)
		defer signal.Stop(signals)
	}
	var settle <-chan time.Time
	var since time.Time
	wait := func() {
		now := time.Now()
		if settle == nil {
			since = now
		}
		settle = time.After(min(o.Settle, max(0, since.Add(patience*o.Settle).Sub(now))))
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if w.names[filepath.Clean(e.Name)] {
				wait()
			}
		case err, ok := <-errs:
			if !ok {
				errs = nil
			} else {
				// Events may have been lost.
				w.log.Warn("watching files", zap.Error(err))
				wait()
			}
		case <-tick:
			if w.changed() {
				reload()
			}
		case <-settle:
			settle = nil
			reload()
		case <-signals:
			settle = nil
			reload()
		}
	}
}
