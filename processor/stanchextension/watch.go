package stanchextension

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

// watcher notices that files may have changed. It watches their directories, since
// files are replaced more often than they are written to; where it cannot, it looks
// at the files from time to time. A nil watcher does nothing.
type watcher struct {
	log    *zap.Logger
	notify *fsnotify.Watcher // nil where the system offers none
	dirs   map[string]bool
	names  map[string]bool
	seen   map[string]os.FileInfo // by file, nil for one that is not there
}

func newWatcher(notify bool, log *zap.Logger) *watcher {
	w := &watcher{log: log, dirs: map[string]bool{}}
	if !notify {
		return w
	}
	var err error
	if w.notify, err = fsnotify.NewWatcher(); err != nil {
		log.Warn("files are not watched, only looked at from time to time", zap.Error(err))
	}
	return w
}

func (w *watcher) close() {
	if w != nil && w.notify != nil {
		w.notify.Close()
	}
}

// watch replaces the files that are watched, and remembers how they are now.
func (w *watcher) watch(files []string) {
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
func (w *watcher) changed() bool {
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

// run calls reload whenever files may have changed or the signal comes, until ctx
// is done.
func (w *watcher) run(ctx context.Context, c *Reload, sig os.Signal, reload func()) {
	var events <-chan fsnotify.Event
	var errs <-chan error
	if w.notify != nil {
		events, errs = w.notify.Events, w.notify.Errors
	}
	var tick <-chan time.Time
	if c.Interval > 0 {
		t := time.NewTicker(c.Interval)
		defer t.Stop()
		tick = t.C
	}
	signals := make(chan os.Signal, 1)
	if sig != nil {
		signal.Notify(signals, sig)
		defer signal.Stop(signals)
	}
	var settle <-chan time.Time
	var since time.Time
	wait := func() {
		now := time.Now()
		if settle == nil {
			since = now
		}
		settle = time.After(min(c.Settle, max(0, since.Add(patience*c.Settle).Sub(now))))
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
