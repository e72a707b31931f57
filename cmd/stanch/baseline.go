package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// baseline is the findings of an earlier scan that somebody has accepted. Like a
// finding it holds no value: a fingerprint tells one from another, and what can
// have none is counted by file and detector.
type baseline struct {
	mu    sync.Mutex
	left  map[accepted]int // that may still come
	found map[accepted]int // nil unless they are to be written
	out   int              // left out
}

// accepted is what one finding has in common with that of an earlier scan.
type accepted struct {
	Path        string `json:"path"`
	Detector    string `json:"detector"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// baselineJSON is a baseline as it is written.
type baselineJSON struct {
	Version  int           `json:"version"`
	Key      string        `json:"key"` // id of the key of the fingerprints
	Findings []countedJSON `json:"findings"`
}

type countedJSON struct {
	accepted
	Count int `json:"count"`
}

const maxBaseline = 256 << 20 // bytes

// readBaseline reads what write has written, with the key that has the id.
func readBaseline(name, keyID string) (map[accepted]int, error) {
	b, err := readSmall(name, maxBaseline)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var j baselineJSON
	switch err := d.Decode(&j); {
	case err != nil || d.Decode(new(any)) != io.EOF:
		return nil, fmt.Errorf("%s: not a baseline", name)
	case j.Version != 1:
		return nil, fmt.Errorf("%s: version %d of baselines: want 1", name, j.Version)
	case j.Key != keyID:
		return nil, fmt.Errorf("%s: made with key %.8q, not %s", name, j.Key, keyID)
	}
	list := map[accepted]int{}
	for _, f := range j.Findings {
		list[f.accepted] += f.Count
	}
	return list, nil
}

// knows counts a finding and reports whether it has been accepted.
func (l *baseline) knows(f *found) bool {
	if l == nil {
		return false
	}
	a := accepted{Path: f.Path, Detector: f.Detector}
	if f.Fingerprint != nil {
		a.Fingerprint = *f.Fingerprint
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found != nil {
		l.found[a]++
	}
	if l.left[a] == 0 {
		return false
	}
	l.left[a]--
	l.out++
	return true
}

func (l *baseline) write(name, keyID string) error {
	j := baselineJSON{Version: 1, Key: keyID, Findings: []countedJSON{}}
	for a, n := range l.found {
		j.Findings = append(j.Findings, countedJSON{a, n})
	}
	slices.SortFunc(j.Findings, func(a, b countedJSON) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Detector, b.Detector), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return replaceFile(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(j)
	})
}

var errBaselineKey = errors.New("a baseline needs a key that lasts, for its fingerprints: set STANCH_KEY, or key.file of a policy")

// baseline returns that of the flags, nil if they name none.
func (b *batch) baseline(s *scanFlags) (*baseline, error) {
	if s.baseline == "" && s.writeBaseline == "" {
		return nil, nil
	}
	id, random := b.engine.KeyID()
	if random || id == "" {
		return nil, errBaselineKey
	}
	l := new(baseline)
	if s.writeBaseline != "" {
		l.found = map[accepted]int{}
	}
	var err error
	if s.baseline != "" {
		l.left, err = readBaseline(s.baseline, id)
	}
	return l, err
}
