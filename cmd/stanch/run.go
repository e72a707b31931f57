package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

// defaultHold is the longest time the start of a line waits for its end when
// it comes through a pipe.
const defaultHold = 2 * time.Second

// batch reads many files at once, each by one of the workers.
type batch struct {
	*cli
	engine *redact.Engine
	limits packed.Limits
	files  *walk.Result
	sum    *summary
	hold   time.Duration
	read   atomic.Int64
	left   atomic.Int64
}

// newBatch finds the files. stdin says whether no path at all means standard input.
func (c *cli) newBatch(paths []string, ff *fileFlags, pf *policyFlags, not string) (*batch, error) {
	lim, err := ff.limits()
	if err != nil {
		return nil, err
	}
	o, err := ff.walkOptions()
	if err != nil {
		return nil, err
	}
	if not != "" {
		if info, err := os.Stat(not); err == nil && info.IsDir() {
			o.Not = info
		}
	}
	e, err := pf.engine(c, nil)
	if err != nil {
		return nil, err
	}
	seen := false
	for _, p := range paths {
		if p == walk.Stdin && seen {
			return nil, errors.New("standard input is given twice")
		}
		seen = seen || p == walk.Stdin
	}
	b := &batch{cli: c, engine: e, limits: lim, hold: defaultHold, sum: newSummary(c.stderr, e, ff.quiet, ff.verbose)}
	b.files = walk.Paths(paths, o)
	for _, err := range b.files.Errors {
		b.sum.failed(err.Path, err.Err)
	}
	b.sum.skipped = b.files.Skipped
	return b, nil
}

// each calls work for every file, from as many goroutines as there are
// processors and in the order of the files. An error of the file's own is
// reported and the others go on; fatal says which errors end everything.
func (b *batch) each(ctx context.Context, work func(ctx context.Context, i int, f *walk.File) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := b.progress(ctx)
	files := b.files.Files
	b.left.Store(int64(len(files)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) || ctx.Err() != nil {
					return
				}
				err := guarded(func() error { return work(ctx, i, &files[i]) })
				b.left.Add(-1)
				var f *fatalError
				switch {
				case err == nil:
				case errors.As(err, &f):
					cancel(f.err)
					return
				case ctx.Err() != nil:
					return
				default:
					b.sum.failed(files[i].Path, err)
				}
			}
		})
	}
	wg.Wait()
	stop()
	if ctx.Err() != nil {
		err := context.Cause(ctx)
		if errors.Is(err, context.Canceled) {
			err = errors.New("interrupted")
		}
		return err
	}
	return nil
}

// guarded turns a panic into an error that ends everything.
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &fatalError{panicError(v)}
		}
	}()
	return f()
}

// fatalError ends the run: an output that all files share cannot be written.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// shared marks the errors of a writer that all files share.
type shared struct {
	w    io.Writer
	name string
}

func (s shared) Write(p []byte) (int, error) {
	if err := writeAll(s.w, p); err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return 0, &fatalError{fmt.Errorf("%s: %w", s.name, err)}
	}
	return len(p), nil
}

// open opens a file and looks at what it is.
func (b *batch) open(ctx context.Context, f *walk.File) (in *input, file *os.File, err error) {
	if f.Path == walk.Stdin {
		in, err = b.decode(ctx, b.stdin)
		return in, nil, err
	}
	if file, err = f.Open(); err != nil {
		return nil, nil, err
	}
	if in, err = b.decode(ctx, file); err != nil {
		file.Close()
		return nil, nil, err
	}
	return in, file, nil
}

// decode sets up reading from a file. A read that may wait can be interrupted.
func (b *batch) decode(ctx context.Context, file *os.File) (*input, error) {
	var r io.Reader = file
	live := isLive(file)
	if live {
		r = newInterruptible(ctx, file)
	}
	in, err := openInput(counted{r, &b.read}, live, b.limits)
	return in, readError(err)
}

// readError takes path and operation from an error; the path is printed in
// front of it anyway.
func readError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// pass is what becomes of one file. Its functions are called one at a time.
type pass struct {
	in      *input
	out     io.Writer    // takes the redacted text in UTF-8
	onBlock func([]byte) // called before a block is redacted
	after   func() error // called when a block has been
	onMatch func(redact.Match, finding.Finding)
	all     bool
	explain func(redact.Explanation)
}

// run redacts a whole file. The statistics are those up to an error.
func (b *batch) run(ctx context.Context, f *walk.File, p pass) (redact.Stats, error) {
	o := redact.WriterOptions{All: p.all, Source: source(f)}
	out := &serial{w: p.out}
	if p.onMatch != nil {
		o.OnMatch = func(m redact.Match, f finding.Finding) {
			out.mu.Lock()
			defer out.mu.Unlock()
			p.onMatch(m, f)
		}
	}
	if p.explain != nil {
		o.OnExplain = func(x redact.Explanation) {
			out.mu.Lock()
			defer out.mu.Unlock()
			p.explain(x)
		}
	}
	if p.in.live {
		o.Hold = b.hold
	}
	w := b.engine.NewWriter(out, o)
	after := func() error {
		out.mu.Lock()
		defer out.mu.Unlock()
		if p.after == nil {
			return nil
		}
		return p.after()
	}
	for {
		block, err := p.in.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			// What was read is written as far as it is decided: the rest of a line
			// that could not be read whole is redacted rather than released.
			w.Flush()
			w.Close()
			after()
			return w.Stats(), readError(err)
		}
		if p.onBlock != nil {
			out.mu.Lock()
			p.onBlock(block)
			out.mu.Unlock()
		}
		if _, err := w.Write(block); err != nil {
			return w.Stats(), err
		}
		if err := after(); err != nil {
			return w.Stats(), err
		}
	}
	err := w.Close()
	if err == nil {
		err = after()
	}
	return w.Stats(), err
}

// serial lets one goroutine at a time write: a Writer that holds a line back
// writes it from a timer.
type serial struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

func source(f *walk.File) finding.Source {
	if f.Path == walk.Stdin {
		return finding.Source{Kind: finding.Stream, Line: 1, Column: 1}
	}
	return finding.Source{Kind: finding.File, Path: f.Path, Line: 1, Column: 1}
}
