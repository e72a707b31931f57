package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestOrdered(t *testing.T) {
	const lanes, lines = 40, 50
	big := bytes.Repeat([]byte{'x'}, laneSize/30) // lanes come to wait
	var got, want bytes.Buffer
	o := newOrdered(&got)
	next := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range next {
				l := o.lane(i)
				for n := range lines {
					fmt.Fprintf(l, "%d %d\n", i, n)
					if i%5 == 0 {
						l.Write(big)
					}
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range lanes {
		next <- i
		for n := range lines {
			fmt.Fprintf(&want, "%d %d\n", i, n)
			if i%5 == 0 {
				want.Write(big)
			}
		}
	}
	close(next)
	wg.Wait()
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes, want %d", got.Len(), want.Len())
	}
}

type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("full")
	}
	return len(p), nil
}

func TestOrderedFails(t *testing.T) {
	o := newOrdered(&failing{1000 + rand.IntN(1000)})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			l := o.lane(i)
			for range 100 {
				l.Write(make([]byte, 100))
			}
			l.Close()
		})
	}
	wg.Wait() // nobody waits for ever
	if o.err == nil {
		t.Error("no error")
	}
}
