package files

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
)

// Stdin reads a stream, such as standard input, as it comes.
type Stdin struct {
	name string
	r    io.Reader
	live bool

	blocks sync.Pool // of *[blockSize]byte
}

// NewStdin returns an input of a file, which it does not close.
func NewStdin(name string, f *os.File) *Stdin {
	info, err := f.Stat()
	return &Stdin{name: name, r: f, live: err != nil || !info.Mode().IsRegular()}
}

// Name implements pipeline.Input.
func (s *Stdin) Name() string { return s.name }

// Plan implements pipeline.Input.
func (s *Stdin) Plan(context.Context) ([]string, error) {
	return []string{"reads standard input; what is under way is lost to a crash, as nobody could ask for it again"}, nil
}

// Read implements pipeline.Input. A read that waits is left alone when ctx ends.
func (s *Stdin) Read(ctx context.Context, emit func(*pipeline.Batch) error) error {
	type piece struct {
		b    []byte
		from *[blockSize]byte // nil if b is a copy
		err  error
	}
	pieces := make(chan piece)
	go func() {
		send := func(p piece) bool {
			select {
			case pieces <- p:
				return p.err == nil
			case <-ctx.Done():
				return false
			}
		}
		t, err := newText(s.r, s.live)
		if err != nil {
			send(piece{err: err})
			return
		}
		defer t.close()
		for {
			whole, _ := s.blocks.Get().(*[blockSize]byte)
			if whole == nil {
				whole = new([blockSize]byte)
			}
			n, err := t.Read(whole[:])
			p := piece{whole[:n], whole, err}
			if n < blockSize/4 {
				p.b, p.from = append([]byte(nil), p.b...), nil
				s.blocks.Put(whole)
			}
			if !send(p) {
				return
			}
		}
	}()
	pos := mark{Line: 1, Column: 1}
	lane := pipeline.Lane{Name: s.name, Stream: true, Live: s.live}
	for {
		select {
		case <-ctx.Done():
			return s.emit(lane, &pos, nil, nil, true, emit)
		case p := <-pieces:
			if p.err != nil && p.err != io.EOF {
				return errors.Join(s.emit(lane, &pos, p.b, p.from, true, emit), p.err)
			}
			if err := s.emit(lane, &pos, p.b, p.from, p.err == io.EOF, emit); err != nil || p.err == io.EOF {
				return err
			}
		}
	}
}

func (s *Stdin) emit(lane pipeline.Lane, pos *mark, b []byte, from *[blockSize]byte, last bool, emit func(*pipeline.Batch) error) error {
	batch := &pipeline.Batch{Lane: lane, Last: last}
	if from != nil {
		batch.Ack = func(error) { s.blocks.Put(from) }
	}
	if len(b) > 0 {
		batch.Records = []pipeline.Record{{Value: b, Source: finding.Source{Kind: finding.Stream, Offset: pos.Offset, Line: pos.Line, Column: pos.Column}}}
	}
	pos.advance(b)
	return emit(batch)
}

// Close implements pipeline.Input.
func (s *Stdin) Close() error { return nil }
