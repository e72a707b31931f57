package main

import (
	"io"
	"sync"
)

// laneSize is how much of a file's output waits in memory for the files before it.
const laneSize = 4 << 20

// ordered writes what several goroutines produce one after the other: lane 0,
// then lane 1 … The lane whose turn it is writes through; the others collect up
// to laneSize bytes and then wait.
type ordered struct {
	mu   sync.Mutex
	cond sync.Cond
	w    io.Writer
	turn int
	err  error
}

func newOrdered(w io.Writer) *ordered {
	o := &ordered{w: w}
	o.cond.L = &o.mu
	return o
}

// lane returns the writer with number i. It must be closed, also after a failure.
func (o *ordered) lane(i int) *lane { return &lane{o: o, i: i} }

type lane struct {
	o   *ordered
	i   int
	buf []byte
}

func (l *lane) Write(p []byte) (int, error) {
	o := l.o
	o.mu.Lock()
	if o.err == nil && o.turn != l.i {
		if len(l.buf)+len(p) <= laneSize {
			l.buf = append(l.buf, p...)
			o.mu.Unlock()
			return len(p), nil
		}
		l.wait()
	}
	err := o.err
	o.mu.Unlock()
	if err == nil {
		err = l.put(p)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (l *lane) wait() {
	for l.o.turn != l.i && l.o.err == nil {
		l.o.cond.Wait()
	}
}

// put writes while it is the lane's turn, so without the lock.
func (l *lane) put(p []byte) error {
	for _, b := range [][]byte{l.buf, p} {
		if len(b) == 0 {
			continue
		}
		if err := writeAll(l.o.w, b); err != nil {
			l.o.mu.Lock()
			l.o.err = err
			l.o.cond.Broadcast()
			l.o.mu.Unlock()
			return err
		}
	}
	l.buf = nil
	return nil
}

// Close writes what was collected and lets the next lane write.
func (l *lane) Close() error {
	o := l.o
	o.mu.Lock()
	l.wait()
	err := o.err
	o.mu.Unlock()
	if err == nil {
		err = l.put(nil)
	}
	o.mu.Lock()
	o.turn = max(o.turn, l.i+1)
	o.cond.Broadcast()
	o.mu.Unlock()
	return err
}
