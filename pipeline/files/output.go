package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/stanch/stanch/pipeline"
)

// Output appends to a file. Records become lines; pieces of streams are written
// as they are, and another lane begins a line of its own.
type Output struct {
	name string
	path string // empty for a stream that is there already
	sync bool

	mu   sync.Mutex
	f    *os.File
	open string // lane that has written half a line
	buf  []byte
}

// NewOutput returns an output that creates path if need be, readable to its owner
// alone. With sync it waits for the disk before it says that something is written.
func NewOutput(name, path string, sync bool) *Output {
	return &Output{name: name, path: path, sync: sync}
}

// NewStdout returns an output to a file that is open, which it does not close.
func NewStdout(name string, f *os.File) *Output { return &Output{name: name, f: f} }

// Name implements pipeline.Output.
func (o *Output) Name() string { return o.name }

// Plan implements pipeline.Output.
func (o *Output) Plan(context.Context) ([]string, error) {
	if o.path == "" {
		return []string{"writes to standard output"}, nil
	}
	_, err := os.Stat(o.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []string{"creates " + o.path}, nil
	case err != nil:
		return nil, err
	}
	return []string{"appends to " + o.path}, nil
}

// Write implements pipeline.Output. After an error half of a batch may be there.
func (o *Output) Write(_ context.Context, b *pipeline.Batch) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.f == nil {
		if err := o.create(); err != nil {
			return err
		}
	}
	if len(b.Records) == 1 && b.Lane.Stream && (o.open == "" || o.open == b.Lane.Name) {
		return o.write(b, b.Records[0].Value)
	}
	o.buf = o.buf[:0]
	if o.open != "" && o.open != b.Lane.Name {
		o.buf = append(o.buf, '\n')
	}
	for i := range b.Records {
		o.buf = append(o.buf, b.Records[i].Value...)
		if !b.Lane.Stream {
			o.buf = append(o.buf, '\n')
		}
	}
	err := o.write(b, o.buf)
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	return err
}

const keptBuffer = 4 << 20

func (o *Output) write(b *pipeline.Batch, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if _, err := o.f.Write(text); err != nil {
		// What has gone out of it nobody knows: the next line begins anew.
		o.open = "\x00"
		if errors.Is(err, syscall.EPIPE) {
			return fmt.Errorf("%w: %w", pipeline.ErrGone, syscall.EPIPE)
		}
		return plain(err)
	}
	o.open = ""
	if text[len(text)-1] != '\n' {
		o.open = b.Lane.Name
	}
	if o.sync && o.path != "" {
		return plain(o.f.Sync())
	}
	return nil
}

// create opens the file. A line that a crash has cut is ended: what it began with
// was not acknowledged and comes again.
func (o *Output) create() error {
	f, err := os.OpenFile(o.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	last := make([]byte, 1)
	if end, err := f.Seek(0, io.SeekEnd); err == nil && end > 0 {
		if _, err := f.ReadAt(last, end-1); err == nil && last[0] != '\n' {
			o.open = "\x00"
		}
	}
	o.f = f
	return nil
}

// Close implements pipeline.Output.
func (o *Output) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.f == nil || o.path == "" {
		return nil
	}
	err := o.f.Sync()
	if e := o.f.Close(); err == nil {
		err = e
	}
	o.f = nil
	return err
}

// Dir writes a file for each lane that is a file, under its path.
type Dir struct {
	name, dir string
	sync      bool

	mu    sync.Mutex
	lanes map[string]*Output
}

// NewDir returns an output to a directory, which is created if need be.
func NewDir(name, dir string, sync bool) *Dir {
	return &Dir{name: name, dir: dir, sync: sync, lanes: make(map[string]*Output)}
}

// Name implements pipeline.Output.
func (d *Dir) Name() string { return d.name }

// Plan implements pipeline.Output.
func (d *Dir) Plan(context.Context) ([]string, error) {
	return []string{"appends to files under " + d.dir}, nil
}

// Write implements pipeline.Output.
func (d *Dir) Write(ctx context.Context, b *pipeline.Batch) error {
	o, err := d.lane(b.Lane.Name)
	if err != nil {
		return err
	}
	return o.Write(ctx, b)
}

func (d *Dir) lane(name string) (*Output, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if o := d.lanes[name]; o != nil {
		return o, nil
	}
	if len(d.lanes) >= maxOpen {
		// Which it is makes no difference: it is opened again.
		for k, o := range d.lanes {
			if err := o.Close(); err != nil {
				return nil, err
			}
			delete(d.lanes, k)
			break
		}
	}
	path, err := under(d.dir, name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	o := NewOutput(d.name, path, d.sync)
	d.lanes[name] = o
	return o, nil
}

// maxOpen is how many files are open at a time.
const maxOpen = 64

// under returns where a file of a name goes: below dir, whatever the name is. A
// suffix of compression goes, since what is written is plain.
func under(dir, name string) (string, error) {
	name = strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), filepath.ToSlash(filepath.VolumeName(name)))
	for _, suffix := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, suffix)
	}
	var parts []string
	for _, p := range strings.Split(name, "/") {
		if p != "" && p != "." && p != ".." {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return "", fmt.Errorf("no name for a file")
	}
	return filepath.Join(append([]string{dir}, parts...)...), nil
}

// Close implements pipeline.Output.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, o := range d.lanes {
		errs = append(errs, o.Close())
	}
	clear(d.lanes)
	return errors.Join(errs...)
}
