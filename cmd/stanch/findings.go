package main

import (
	"bytes"
	"io"
)

// findings writes what many files hold in the order of the files.
type findings struct {
	fmt   format
	order *ordered
	some  bool // a finding was written
}

func newFindings(w io.Writer, f format) *findings {
	fs := &findings{fmt: f}
	fs.order = newOrdered(separated{w, fs})
	return fs
}

// separated puts what stands between findings in front of each but the first.
// Lanes hand on whole findings, each behind a mark.
type separated struct {
	w  io.Writer
	fs *findings
}

// mark stands before a finding on its way through a lane. No format writes it.
const mark = 0

func (s separated) Write(p []byte) (int, error) {
	var out []byte
	for one := range bytes.SplitSeq(p, []byte{mark}) {
		if len(one) == 0 {
			continue
		}
		if s.fs.some {
			out = append(out, s.fs.fmt.between...)
		}
		s.fs.some = true
		out = append(out, one...)
	}
	return len(p), writeAll(s.w, out)
}

// of returns what takes the findings of file i; it must be closed.
func (fs *findings) of(i int) *fileFindings { return &fileFindings{fs.fmt, fs.order.lane(i), nil, nil} }

type fileFindings struct {
	fmt  format
	lane *lane
	buf  []byte
	err  error
}

func (ff *fileFindings) add(f *found) {
	ff.buf = ff.fmt.appendOne(append(ff.buf, mark), f)
}

// explained adds what is said in place of findings.
func (ff *fileFindings) explained(one []byte) {
	ff.buf = append(append(ff.buf, mark), one...)
}

// flush hands on what was added.
func (ff *fileFindings) flush() error {
	if len(ff.buf) > 0 && ff.err == nil {
		_, ff.err = ff.lane.Write(ff.buf)
	}
	ff.buf = ff.buf[:0]
	return ff.err
}

func (ff *fileFindings) Close() error {
	err := ff.flush()
	if e := ff.lane.Close(); err == nil {
		err = e
	}
	return err
}
