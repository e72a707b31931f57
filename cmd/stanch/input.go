package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/internal/textenc"
)

// blockSize is how much is read at once: a block should still be in the
// processor's second-level cache when it is scanned.
const blockSize = 256 << 10

// input is a file on its way in: unpacked and decoded to UTF-8, block by block.
type input struct {
	r       io.Reader
	live    bool // a pipe or terminal: what has come is not kept waiting for more
	format  packed.Format
	packed  *packed.Reader
	enc     textenc.Encoding
	decoder *textenc.Decoder
	binary  bool
	tar     bool

	block []byte
	head  int // bytes in block read to look at
	text  []byte
	ended bool // the decoder has been
	err   error
}

var (
	errSwitches = errors.New("turns from single bytes to utf-16 in the middle; convert it to one encoding first")
	errTwice    = errors.New("is compressed more than once; unpack it first")
)

// openInput looks at the first bytes of r and sets up decoding.
func openInput(r io.Reader, live bool, lim packed.Limits) (*input, error) {
	in := &input{r: r, live: live, block: make([]byte, blockSize)}
	if err := in.peek(); err != nil {
		return nil, err
	}
	var err error
	if in.format, err = packed.Detect(in.block[:in.head]); err != nil {
		return nil, err
	}
	if in.format != packed.Plain {
		head := bytes.Clone(in.block[:in.head])
		in.packed, err = packed.NewReader(io.MultiReader(bytes.NewReader(head), r), in.format, lim)
		if err != nil {
			return nil, err
		}
		in.r, in.head, in.err = in.packed, 0, nil
		if err := in.peek(); err != nil {
			in.close()
			return nil, err
		}
		f, err := packed.Detect(in.block[:in.head])
		if err == nil && f != packed.Plain {
			err = errTwice
		}
		if err != nil {
			in.close()
			return nil, err
		}
	}
	sample := in.block[:in.head]
	if in.enc, err = textenc.Detect(sample); err != nil {
		in.close()
		return nil, err
	}
	if in.enc != textenc.Bytes {
		in.decoder = textenc.NewDecoder(in.enc)
	} else {
		in.binary, in.tar = textenc.Binary(sample), packed.Tar(sample)
	}
	return in, nil
}

// peek fills the block: wholly, or from something live with as much as it takes
// to know the format.
func (in *input) peek() error {
	for in.head < len(in.block) {
		m, err := in.r.Read(in.block[in.head:])
		in.head += m
		if err != nil {
			in.err = err
			if err != io.EOF && in.head == 0 {
				return err
			}
			return nil
		}
		head := in.block[:in.head]
		line := in.head > 0 && head[0] >= '\t' && head[in.head-1] == '\n'
		if in.live && (line || in.head >= 4) && !packed.Undecided(head) {
			return nil
		}
	}
	return nil
}

// next returns the next block of text, valid until the call after. At the end
// it returns io.EOF, and before any other error what could still be read.
func (in *input) next() ([]byte, error) {
	for {
		n := in.head
		in.head = 0
		for n == 0 || !in.live && in.packed != nil && n < len(in.block) {
			if in.err != nil {
				break
			}
			var m int
			m, in.err = in.r.Read(in.block[n:])
			n += m
		}
		block := in.block[:n]
		if in.decoder == nil {
			if n == 0 {
				return nil, in.err
			}
			if !in.binary && textenc.Switches(block) {
				in.err = errSwitches
				return nil, in.err
			}
			return block, nil
		}
		in.text = in.decoder.Append(in.text[:0], block)
		if n == 0 && in.err == io.EOF {
			if !in.ended {
				in.ended = true
				in.text = in.decoder.End(in.text)
			}
			if len(in.text) == 0 {
				return nil, io.EOF
			}
			return in.text, nil
		}
		if n == 0 {
			return nil, in.err
		}
		if len(in.text) > 0 {
			return in.text, nil
		}
	}
}

// encoding says how the file is written: its text, behind how it is packed.
func (in *input) encoding() string {
	if in.format != packed.Plain {
		return in.format.String() + "+" + in.enc.String()
	}
	return in.enc.String()
}

func (in *input) close() {
	if in.packed != nil {
		in.packed.Close()
	}
}

// output is the way back: encoded and, if it is to be, packed as the input was.
type output struct {
	w    io.Writer
	enc  *textenc.Encoder
	pack io.WriteCloser
	in   *input
}

func newOutput(w io.Writer, in *input, pack bool) (*output, error) {
	o := &output{w: w, in: in}
	if pack && in.format != packed.Plain {
		z, err := packed.NewWriter(w, in.format, in.packed)
		if err != nil {
			return nil, err
		}
		o.pack, o.w = z, z
	}
	if in.decoder != nil {
		o.enc = textenc.NewEncoder(o.w, in.enc)
	}
	return o, nil
}

// Write may be called by one goroutine at a time.
func (o *output) Write(p []byte) (int, error) {
	if o.enc == nil {
		return len(p), writeAll(o.w, p)
	}
	n, err := o.enc.Write(p)
	if err == nil && o.in.live {
		err = o.enc.Flush()
	}
	return n, err
}

func (o *output) close() error {
	if o.enc != nil {
		if err := o.enc.Close(o.in.decoder); err != nil {
			return err
		}
	}
	if o.pack != nil {
		return o.pack.Close()
	}
	return nil
}

// counted counts the bytes read, for the progress shown.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// isLive reports whether a reader of f may have to wait for whoever writes it.
func isLive(f *os.File) bool {
	info, err := f.Stat()
	return err != nil || !info.Mode().IsRegular()
}

// interruptible reads on a goroutine of its own, so that a signal ends a read
// that waits.
type interruptible struct {
	ctx    context.Context
	blocks chan block
	free   chan []byte
	rest   []byte
	full   []byte
	err    error
}

type block struct {
	b   []byte
	n   int
	err error
}

func newInterruptible(ctx context.Context, r io.Reader) *interruptible {
	ir := &interruptible{ctx: ctx, blocks: make(chan block), free: make(chan []byte, 2)}
	ir.free <- make([]byte, blockSize)
	ir.free <- make([]byte, blockSize)
	go func() {
		for b := range ir.free {
			n, err := r.Read(b)
			select {
			case ir.blocks <- block{b, n, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return ir
}

func (ir *interruptible) Read(p []byte) (int, error) {
	for len(ir.rest) == 0 {
		if ir.err != nil {
			return 0, ir.err
		}
		if ir.full != nil {
			ir.free <- ir.full
			ir.full = nil
		}
		select {
		case b := <-ir.blocks:
			ir.full, ir.rest, ir.err = b.b, b.b[:b.n], b.err
		case <-ir.ctx.Done():
			return 0, context.Cause(ir.ctx)
		}
	}
	n := copy(p, ir.rest)
	ir.rest = ir.rest[n:]
	return n, nil
}
