package gitleaks

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sort"
)

// Gitleaks reads a file in fragments: so many bytes, and up to so many more
// until an empty line ends one.
const (
	fragmentBytes = 100_000
	fragmentMore  = 25_000
)

// ScanReader reads a file as gitleaks does, in fragments by themselves, and
// reports what Scan finds in each, with offsets and lines of the whole. What is
// reported of the path alone comes once.
func (s *Scanner) ScanReader(r io.Reader, path string, report func(Finding)) error {
	in := bufio.NewReader(whole{r})
	buf := make([]byte, fragmentBytes, fragmentBytes+fragmentMore)
	var offset, lines int64
	for {
		n, err := in.Read(buf[:fragmentBytes])
		if n == 0 {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return err
		}
		text, err := readOn(in, buf[:n])
		for _, f := range s.Scan(text, path) {
			switch {
			case !f.File:
				f.Start += offset
				f.End += offset
				f.Line += lines
				f.MatchLine += lines
				report(f)
			case offset == 0:
				report(f)
			}
		}
		if err != nil {
			return err
		}
		offset += int64(len(text))
		lines += int64(bytes.Count(text, []byte("\n")))
	}
}

// whole fills what it is given, as files do and other readers need not.
type whole struct{ r io.Reader }

func (w whole) Read(p []byte) (int, error) {
	n, err := io.ReadFull(w.r, p)
	if n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// readOn goes on to the end of the next empty line, or not at all if the text
// ends with one.
func readOn(in *bufio.Reader, text []byte) ([]byte, error) {
	feeds := 0
	for i := len(text) - 1; i >= 0 && blank(text[i]); i-- {
		if text[i] == '\n' {
			feeds++
		}
		if feeds == 2 {
			return text, nil
		}
	}
	feeds = 0
	for n := len(text); ; {
		switch c := text[len(text)-1]; {
		case c == '\n':
			feeds++
		case !blank(c):
			feeds = 0
		}
		if feeds == 2 || len(text)-n >= fragmentMore {
			return text, nil
		}
		c, err := in.ReadByte()
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return text, err
		}
		text = append(text, c)
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// fragment is a text that is looked at as one.
type fragment struct {
	text   []byte
	path   string
	now    []byte // text with what is encoded decoded
	passes int    // how many times
	pass   *pass  // the last one
	feeds  []int  // offsets of line feeds
	looked bool
}

// decode goes on to the next pass and reports whether there is one.
func (t *fragment) decode() bool {
	if t.pass == nil {
		t.pass = &pass{text: string(t.text)}
	}
	next := t.pass.decode()
	if next == nil {
		return false
	}
	t.pass, t.now = next, []byte(next.text)
	t.passes++
	return true
}

// place is where gitleaks says that a match begins: lines from 0, columns from
// the line feed before, which only the first line has not.
type place struct{ line, column int }

// line returns the line of an offset, from 0, and where it begins.
func (t *fragment) line(at int) (n, begin int) {
	t.look()
	n = sort.SearchInts(t.feeds, at)
	if n > 0 {
		begin = t.feeds[n-1] + 1
	}
	return n, begin
}

func (t *fragment) look() {
	if t.looked {
		return
	}
	t.looked = true
	for i, c := range t.text {
		if c == '\n' {
			t.feeds = append(t.feeds, i)
		}
	}
}

// locate returns the place of a match and what allowlists for lines look at.
// Both are what gitleaks takes them to be: a line begins with the line feed
// before it, and a last line without one is the whole text up to its end.
func (t *fragment) locate(start, end int) (p place, line []byte) {
	t.look()
	// A match that begins with a line feed is on the line behind it.
	n := sort.SearchInts(t.feeds, start+1)
	before := 0
	if n > 0 {
		before = t.feeds[n-1]
	}
	p = place{n, start - before + 1}
	if n == len(t.feeds) && (n > 0 || start >= len(t.text)) {
		if n == 0 {
			p.line = 1 // an empty match at the end of a text of one line
		}
		to := end
		for to < len(t.text) && t.text[to] != '\n' && t.text[to] != '\r' {
			to++
		}
		return p, t.text[:to]
	}
	to := len(t.text)
	if n < len(t.feeds) {
		to = t.feeds[n]
	}
	if k := sort.SearchInts(t.feeds, end); k > n && k < len(t.feeds) && end > t.feeds[k-1] {
		to = t.feeds[k] // of the line of the match's end
	}
	return p, t.text[before:max(to, end)]
}
