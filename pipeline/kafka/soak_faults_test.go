//go:build unix

package kafka

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stanch/stanch/finding"
)

// between returns a random duration.
func between(a, b time.Duration) time.Duration { return a + rand.N(b-a) }

// slowLink passes connections on to a broker, at times slowly and at times not at
// all.
type slowLink struct {
	ln     net.Listener
	ctx    context.Context
	stalls int // how often nothing passed; for who calls trouble

	mu    sync.Mutex
	to    string
	until time.Time // nothing passes before
	rate  int       // bytes a second and direction; 0 for as many as there are
}

func newSlowLink(t *testing.T) *slowLink {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &slowLink{ln: ln, ctx: t.Context()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { l.pass(c) })
		}
	})
	t.Cleanup(func() { ln.Close(); serving.Wait() })
	return l
}

func (l *slowLink) pass(near net.Conn) {
	defer near.Close()
	l.mu.Lock()
	to := l.to
	l.mu.Unlock()
	far, err := net.DialTimeout("tcp", to, time.Second)
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(l.ctx, func() { near.Close(); far.Close() })()
	var both sync.WaitGroup
	for _, d := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			l.copy(d[1], d[0])
			near.Close()
			far.Close()
		})
	}
	both.Wait()
}

func (l *slowLink) copy(to, from net.Conn) {
	buf := make([]byte, 8<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			l.wait(n)
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// wait waits until n bytes may pass.
func (l *slowLink) wait(n int) {
	l.mu.Lock()
	until, rate := l.until, l.rate
	l.mu.Unlock()
	pause(l.ctx, time.Until(until))
	if rate > 0 {
		pause(l.ctx, time.Duration(n)*time.Second/time.Duration(rate))
	}
}

func (l *slowLink) set(until time.Time, rate int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.rate = until, rate
}

// trouble stalls and throttles the link until ctx ends: mostly for less than a
// request may take, now and then for longer.
func (l *slowLink) trouble(ctx context.Context) {
	for pause(ctx, between(4*time.Second, 12*time.Second)); ctx.Err() == nil; pause(ctx, between(4*time.Second, 12*time.Second)) {
		switch rand.N(6) {
		case 0:
			l.set(time.Now().Add(between(11*time.Second, 14*time.Second)), 0)
			l.stalls++
		case 1, 2:
			l.set(time.Time{}, 200<<10)
			pause(ctx, between(time.Second, 4*time.Second))
			l.set(time.Time{}, 0)
		default:
			l.set(time.Now().Add(between(time.Second, 6*time.Second)), 0)
			l.stalls++
		}
	}
	l.set(time.Time{}, 0)
}

// place is where a record stood.
type place struct {
	partition int32
	offset    int64
}

// hook receives findings, at times late, and at times not at all.
type hook struct {
	server *httptest.Server
	leaks  *leaks
	stalls int // for who calls trouble

	mu    sync.Mutex
	until time.Time // nobody is answered before
	found map[place]bool
}

func newHook(t *testing.T, l *leaks) *hook {
	t.Helper()
	h := &hook{leaks: l, found: make(map[place]bool)}
	h.server = httptest.NewServer(h)
	t.Cleanup(h.server.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	h.leaks.look("webhook", body)
	h.mu.Lock()
	until := h.until
	h.mu.Unlock()
	if time.Now().Before(until) {
		switch rand.N(3) {
		case 0:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case 1:
			<-r.Context().Done() // never
			return
		}
		pause(r.Context(), time.Until(until))
	}
	var m struct {
		Data struct{ Findings []finding.Finding }
	}
	if err := json.Unmarshal(body, &m); err != nil || len(m.Data.Findings) == 0 {
		http.Error(w, "no findings", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range m.Data.Findings {
		h.found[place{f.Source.Partition, f.Source.Offset}] = true
	}
}

// trouble has the receiver not answer, again and again, until ctx ends.
func (h *hook) trouble(ctx context.Context) {
	for pause(ctx, between(5*time.Second, 15*time.Second)); ctx.Err() == nil; pause(ctx, between(5*time.Second, 15*time.Second)) {
		h.mu.Lock()
		h.until = time.Now().Add(between(time.Second, 8*time.Second))
		h.mu.Unlock()
		h.stalls++
	}
	h.mu.Lock()
	h.until = time.Time{}
	h.mu.Unlock()
}

// disk is a small file system of its own that is full at times.
type disk struct {
	dir    string
	own    bool // false where there is no right to mount one: it is never full
	spells int  // for who calls trouble
}

const diskBytes = 512 << 20

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{dir: t.TempDir()}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d,mode=0700", diskBytes), "tmpfs", d.dir).CombinedOutput(); err != nil {
		t.Logf("no disk will be full: %v: %s", err, bytes.TrimSpace(out))
		return d
	}
	d.own = true
	t.Cleanup(func() {
		if out, err := exec.Command("umount", d.dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return d
}

// fill leaves no room, until the function returned is called.
func (d *disk) fill(t *testing.T) (free func()) {
	name := filepath.Join(d.dir, "filler")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Error(err)
		return func() {}
	}
	block := make([]byte, 1<<20)
	for len(block) > 0 {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2] // up to the last byte
		} else if err != nil {
			t.Error(err)
			break
		}
	}
	return func() {
		f.Close()
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// trouble has the disk full, again and again, until ctx ends, and calls check at
// the end of each spell.
func (d *disk) trouble(ctx context.Context, t *testing.T, check func()) {
	if !d.own {
		return
	}
	for pause(ctx, between(8*time.Second, 20*time.Second)); ctx.Err() == nil; pause(ctx, between(8*time.Second, 20*time.Second)) {
		free := d.fill(t)
		pause(ctx, between(2*time.Second, 8*time.Second))
		check()
		free()
		d.spells++
	}
}
