package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/pipeline"
)

// blockSize is how much is read at once and how much is acknowledged at once.
const blockSize = 256 << 10

// InputOptions say which files are read.
type InputOptions struct {
	Name             string
	Paths            []string // files and directories, which are walked
	Include, Exclude []string // globs, for walked directories
	// State is a file that remembers how far the files have been read, so that a
	// program that was killed goes on there; empty for none.
	State string
}

// Input reads files once, one after the other. Compressed files and UTF-16 are
// read as the text that they hold.
type Input struct {
	o    InputOptions
	walk walk.Options

	state  *state
	blocks sync.Pool // of *[blockSize]byte
}

// NewInput returns an input. It opens nothing but the file with the state.
func NewInput(o InputOptions) (*Input, error) {
	in := &Input{o: o}
	for _, l := range []struct {
		from []string
		to   *[]walk.Glob
	}{{o.Include, &in.walk.Include}, {o.Exclude, &in.walk.Exclude}} {
		for _, s := range l.from {
			g, err := walk.ParseGlob(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", o.Name, err)
			}
			*l.to = append(*l.to, g)
		}
	}
	var err error
	if in.walk.Dir, err = os.Getwd(); err != nil {
		return nil, err
	}
	in.state, err = readState(o.State)
	return in, err
}

// Name implements pipeline.Input.
func (in *Input) Name() string { return in.o.Name }

func (in *Input) files() ([]walk.File, error) {
	r := walk.Paths(in.o.Paths, in.walk)
	var errs []error
	for _, e := range r.Errors {
		errs = append(errs, fmt.Errorf("%s: %w", e.Path, e.Err))
	}
	return r.Files, errors.Join(errs...)
}

// Plan implements pipeline.Input.
func (in *Input) Plan(context.Context) ([]string, error) {
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	var list []string
	for i, f := range files {
		if i == listed {
			list = append(list, fmt.Sprintf("reads %d more files", len(files)-i))
			break
		}
		line := "reads " + f.Path
		if m := in.state.of(f.Path); m.Done {
			line = "has read " + f.Path
		} else if m.Offset > 0 {
			line += fmt.Sprintf(" from byte %d on", m.Offset)
		}
		list = append(list, line)
	}
	if in.o.State != "" {
		return append(list, "remembers its place in "+in.o.State), nil
	}
	return append(list, "remembers no place: all is read again after a crash"), nil
}

// listed is how many files a plan names.
const listed = 20

// Read implements pipeline.Input.
func (in *Input) Read(ctx context.Context, emit func(*pipeline.Batch) error) error {
	files, err := in.files()
	if err != nil {
		return err
	}
	for i := range files {
		if err := in.read(ctx, &files[i], emit); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("%s: %w", files[i].Path, plain(err))
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

// plain takes operation and path from an error.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// read emits the blocks of a file, and waits until the last has been acknowledged:
// the next file comes behind it, in whatever it is written to.
func (in *Input) read(ctx context.Context, f *walk.File, emit func(*pipeline.Batch) error) error {
	from := in.state.of(f.Path)
	if from.Done {
		return nil
	}
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	t, err := newText(file, false)
	if err != nil {
		return err
	}
	defer t.close()
	pos := mark{Line: 1, Column: 1}
	lane := pipeline.Lane{Name: f.Path, Stream: true}
	var wg sync.WaitGroup
	var failed error
	for ctx.Err() == nil {
		whole, _ := in.blocks.Get().(*[blockSize]byte)
		if whole == nil {
			whole = new([blockSize]byte)
		}
		block := whole[:]
		n, err := io.ReadFull(t, block)
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		block = block[:n]
		if skip := from.Offset - pos.Offset; skip > 0 {
			// What was acknowledged before.
			n := min(skip, int64(len(block)))
			pos.advance(block[:n])
			if block = block[n:]; len(block) == 0 && !last {
				continue
			}
		}
		start := pos
		pos.advance(block)
		end := pos
		end.Done = last
		wg.Add(1)
		b := &pipeline.Batch{Lane: lane, Last: last, Ack: func(err error) {
			defer wg.Done()
			in.blocks.Put(whole)
			if err == nil {
				in.state.set(f.Path, end)
			} else {
				failed = err
			}
		}}
		if len(block) > 0 {
			b.Records = []pipeline.Record{{Value: block, Source: finding.Source{Kind: finding.File, Path: f.Path, Offset: start.Offset, Line: start.Line, Column: start.Column}}}
		}
		if err := emit(b); err != nil {
			return err
		}
		if last {
			wg.Wait()
			return failed
		}
	}
	return nil
}

// Close implements pipeline.Input.
func (in *Input) Close() error { return in.state.close() }
