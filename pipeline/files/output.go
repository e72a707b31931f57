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
// as they are, and another lane begins a line of its own. A file is written to by
// one process at a time, where the system has locks, so that several may share it.
type Output struct {
	name string
	path string // empty for a stream that is there already
	sync bool

	mu      sync.Mutex
	f       *os.File
	regular bool   // f has an end that can be looked at and taken back
	open    string // lane that has written half a line
	buf     []byte
}

// torn stands for a lane that nobody goes on with.
const torn = "\x00"

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
		if _, err := os.Stat(filepath.Dir(o.path)); err != nil {
			return nil, err // it would wait until somebody makes the directory
		}
		return []string{"creates " + o.path}, nil
	case err != nil:
		return nil, err
	}
	return []string{"appends to " + o.path}, nil
}

// Write implements pipeline.Output. What an error leaves of a batch in a file is
// taken back; where that cannot be done, the next line begins anew, and the piece
// of one before it is no record.
func (o *Output) Write(_ context.Context, b *pipeline.Batch) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.f == nil {
		if err := o.create(); err != nil {
			return err
		}
	}
	if !o.regular {
		_, err := o.write(b)
		return err
	}
	before, at, n, err := o.append(b)
	if err == nil && o.sync && n > 0 {
		if err = plain(o.f.Sync()); err != nil {
			o.unwrite(at, n, before)
			// The system has forgotten what it could not write, and would say nothing
			// of it a second time. The file as it is says more.
			o.f.Close()
			o.f = nil
		}
	}
	return err
}

// append writes a batch at the end of a file, of n bytes at an offset. before is
// what o.open was.
func (o *Output) append(b *pipeline.Batch) (before string, at int64, n int, err error) {
	release, alone := lock(o.f)
	defer release()
	if at, err = o.end(); err != nil {
		return "", 0, 0, plain(err)
	}
	before = o.open
	if n, err = o.write(b); err != nil {
		o.takeBack(alone, at, n, before)
	}
	return before, at, n, err
}

// end returns where the file ends. Half a line there that is none of ours was cut
// by a crash or a full disk: what it began with was not acknowledged and comes again.
func (o *Output) end() (int64, error) {
	at, err := o.f.Seek(0, io.SeekEnd)
	if err != nil || at == 0 {
		o.open = ""
		return at, err
	}
	var last [1]byte
	if _, err := o.f.ReadAt(last[:], at-1); err != nil {
		return at, err
	}
	switch {
	case last[0] == '\n':
		o.open = ""
	case o.open == "":
		o.open = torn
	}
	return at, nil
}

// unwrite takes back what was written at an offset.
func (o *Output) unwrite(at int64, n int, before string) {
	release, alone := lock(o.f)
	defer release()
	o.takeBack(alone, at, n, before)
}

// takeBack cuts n bytes off that were written at an offset, unless somebody else
// may have written behind them.
func (o *Output) takeBack(alone bool, at int64, n int, before string) {
	end, err := o.f.Seek(0, io.SeekEnd)
	if alone && err == nil && end == at+int64(n) && (n == 0 || o.f.Truncate(at) == nil) {
		o.open = before
	} else {
		o.open = torn
	}
}

const keptBuffer = 4 << 20

// write writes a batch, and returns how many bytes of it are there, even after an
// error.
func (o *Output) write(b *pipeline.Batch) (n int, err error) {
	text := o.text(b)
	if len(text) == 0 {
		return 0, nil
	}
	if n, err = o.f.Write(text); err != nil {
		o.open = torn
		if errors.Is(err, syscall.EPIPE) {
			return n, fmt.Errorf("%w: %w", pipeline.ErrGone, syscall.EPIPE)
		}
		return n, plain(err)
	}
	o.open = ""
	if text[len(text)-1] != '\n' {
		o.open = b.Lane.Name
	}
	return n, nil
}

// text returns what a batch looks like behind what is there.
func (o *Output) text(b *pipeline.Batch) []byte {
	begin := o.open != "" && o.open != b.Lane.Name
	if len(b.Records) == 1 && b.Lane.Stream && !begin {
		return b.Records[0].Value
	}
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	o.buf = o.buf[:0]
	if begin {
		o.buf = append(o.buf, '\n')
	}
	for i := range b.Records {
		o.buf = append(o.buf, b.Records[i].Value...)
		if !b.Lane.Stream {
			o.buf = append(o.buf, '\n')
		}
	}
	return o.buf
}

func (o *Output) create() error {
	f, err := os.OpenFile(o.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return plain(err)
	}
	o.f, o.regular = f, info.Mode().IsRegular()
	if o.sync && o.regular && info.Size() == 0 {
		syncDir(filepath.Dir(o.path))
	}
	return nil
}

// syncDir has the disk know that a file of the directory is there, on systems that
// let one ask for that.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
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
