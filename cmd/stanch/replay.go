package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/pipeline"
)

// maxEntry is the length, in bytes, of the longest entry of a quarantine that is
// read.
const maxEntry = 512 << 20

// replay redacts the records of a quarantine and writes them to the outputs of
// their inputs.
func (c *cli) replay(ctx context.Context, p *assembled, f *runFlags) error {
	if len(f.identities) == 0 {
		return errors.New("--replay-quarantine needs --identity")
	}
	var keys []io.Reader
	for _, name := range f.identities {
		b, err := readSmall(name, maxDocument)
		if err != nil {
			return err
		}
		keys = append(keys, strings.NewReader(string(b)+"\n"))
	}
	opener, err := seal.NewOpener(io.MultiReader(keys...))
	if err != nil {
		return fmt.Errorf("--identity: %w", err)
	}
	var entries io.Reader = c.stdin
	if f.replay != walk.Stdin {
		file, err := os.Open(f.replay)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		entries = file
		if info.Mode().IsRegular() {
			// What fails again may be appended to this very file.
			entries = io.LimitReader(file, info.Size())
		}
	}
	var flows []pipeline.Flow
	r := &replay{opener: opener, flows: make(map[string]*replayed)}
	for i := range p.loaded.doc.Inputs {
		in := &p.loaded.doc.Inputs[i]
		from := &replayed{name: in.Name, batches: make(chan *pipeline.Batch)}
		flow, err := c.flow(p, in, from)
		if err != nil {
			return err
		}
		r.flows[in.Name], flows = from, append(flows, flow)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reading := make(chan error, 1)
	go func() {
		err := r.read(ctx, entries)
		for _, in := range r.flows {
			close(in.batches)
		}
		reading <- err
	}()
	err = pipeline.Run(ctx, p.env, flows...)
	cancel()
	if e := <-reading; err == nil {
		err = e
	}
	done, failed := 0, 0
	for _, in := range r.flows {
		done += in.done
		failed += in.failed
	}
	fmt.Fprintf(c.stderr, "stanch: replayed %s, %d left: not kept, or not to be opened\n", count(int64(done), "record"), r.left)
	if failed > 0 && err == nil {
		err = fmt.Errorf("%s could not be written", count(int64(failed), "record"))
	}
	if r.torn > 0 {
		fmt.Fprintf(c.stderr, "stanch: %s of the quarantine: no entry, cut by a crash, or another file\n", count(int64(r.torn), "line"))
	}
	if err == nil && r.left+r.torn > 0 {
		return exitStatus(exitError)
	}
	return err
}

// replay hands the entries of a quarantine to the flows that they came from.
type replay struct {
	opener *seal.Opener
	flows  map[string]*replayed
	left   int
	torn   int // lines that are no entries
}

func (r *replay) read(ctx context.Context, file io.Reader) error {
	s := bufio.NewScanner(file)
	s.Buffer(make([]byte, 0, 64<<10), maxEntry)
	for line := 1; s.Scan(); line++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		var e pipeline.Entry
		if json.Unmarshal(s.Bytes(), &e) != nil || e.Schema != 1 {
			// A crash has cut it. Its record was not acknowledged, and has an entry of
			// its own further down.
			r.torn++
			continue
		}
		in := r.flows[e.Input]
		if in == nil {
			return fmt.Errorf("quarantine: line %d: the configuration has no such input", line)
		}
		rec, err := e.Open(r.opener)
		if err != nil {
			r.left++
			continue
		}
		lane := pipeline.Lane{Name: e.ID, Stream: rec.Source.Topic == "" && rec.Key == nil && len(rec.Headers) == 0}
		if !lane.Stream {
			lane.Name = fmt.Sprintf("%s/%d", rec.Source.Topic, rec.Source.Partition)
		}
		b := &pipeline.Batch{Lane: lane, Records: []pipeline.Record{*rec}, Last: lane.Stream, Ack: in.ack}
		select {
		case in.batches <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

// replayed is an input of the records that were one's.
type replayed struct {
	name    string
	batches chan *pipeline.Batch

	mu           sync.Mutex
	done, failed int
}

func (r *replayed) ack(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.done++
	} else {
		r.failed++
	}
}

func (r *replayed) Name() string                           { return r.name }
func (r *replayed) Plan(context.Context) ([]string, error) { return nil, nil }
func (r *replayed) Close() error                           { return nil }

func (r *replayed) Read(ctx context.Context, emit func(*pipeline.Batch) error) error {
	for {
		select {
		case b, ok := <-r.batches:
			if !ok {
				return nil
			}
			if err := emit(b); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}
