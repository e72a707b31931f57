package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// mark is a place in the text of a file.
type mark struct {
	Offset int64 `json:"offset"`
	Line   int64 `json:"line"`
	Column int64 `json:"column"`
	Done   bool  `json:"done,omitempty"`
}

func (m *mark) advance(b []byte) {
	m.Offset += int64(len(b))
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		m.Line += int64(bytes.Count(b, []byte{'\n'}))
		m.Column = 1
		b = b[i+1:]
	}
	m.Column += int64(len(b))
}

// state is how far files have been acknowledged. A file goes by a hash of its
// path, since paths may hold secrets. A nil path keeps it in memory.
type state struct {
	path string

	mu    sync.Mutex
	Files map[string]mark `json:"files"`
	saved time.Time
	since int64 // bytes acknowledged since then
	err   error
}

const (
	stateVersion = 1
	maxState     = 64 << 20
	// The state is written when the last time is this long ago, or when this many
	// bytes more have been acknowledged: what a crash has read again is no more.
	stateTime  = time.Second
	stateBytes = 4 << 20
)

type stateFile struct {
	Version int             `json:"version"`
	Files   map[string]mark `json:"files"`
}

func readState(path string) (*state, error) {
	s := &state{path: path, Files: make(map[string]mark)}
	if path == "" {
		return s, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxState))
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	var sf stateFile
	if json.Unmarshal(b, &sf) != nil || sf.Version != stateVersion {
		return nil, fmt.Errorf("state: %s is no state of this program; remove it to read everything again", path)
	}
	if sf.Files != nil {
		s.Files = sf.Files
	}
	return s, nil
}

func fileKey(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	h := sha256.Sum256([]byte("stanch file state\x00" + path))
	return hex.EncodeToString(h[:16])
}

func (s *state) of(path string) mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Files[fileKey(path)]
}

// set remembers a place, on the disk too if that was last done some time ago.
func (s *state) set(path string, m mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := fileKey(path)
	s.since += m.Offset - s.Files[key].Offset
	s.Files[key] = m
	if now := time.Now(); s.path != "" && (m.Done || s.since >= stateBytes || now.Sub(s.saved) >= stateTime) {
		s.saved, s.since = now, 0
		s.save()
	}
}

// save replaces the file. A failure is told at the end: nothing is lost by it but
// that more is read again after a crash.
func (s *state) save() {
	b, err := json.Marshal(stateFile{stateVersion, s.Files})
	if err == nil {
		err = writeFile(s.path, b)
	}
	s.err = err
}

func (s *state) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path == "" {
		return nil
	}
	s.save()
	if s.err != nil {
		return fmt.Errorf("state: %w", s.err)
	}
	return nil
}

// writeFile replaces a file whole, and durably.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp*") // 0600, exclusive
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
