package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/stanch/stanch/detectors"
)

const (
	chunkSize = 64 << 10
	// plantEvery is how far apart the secrets are that are put into every
	// corpus: far enough to cost nothing, and proof that the text was read.
	plantEvery = 1 << 20
	firstPlant = 32 << 10
)

// A corpus is text of whole lines.
type corpus struct {
	name    string
	text    []byte
	planted int
	lines   [][]byte // without their ends
}

// generate makes a corpus of at least size bytes from lines that write appends.
func generate(name string, seed uint64, size int, write func(*writer)) *corpus {
	w := newWriter(seed, size+4096)
	c := &corpus{name: name}
	next := firstPlant
	for len(w.buf) < size {
		if len(w.buf) >= next {
			w.buf = append(w.buf, c.plant()...)
			next += plantEvery
		}
		write(w)
		w.buf = append(w.buf, '\n')
	}
	c.text = w.buf
	c.split()
	return c
}

// plant returns the next line with a secret in it.
func (c *corpus) plant() string {
	token, _, _, err := detectors.Expand(`ghp_{alnum:30}{crc32-base62:6}`, uint64(c.planted))
	if err != nil {
		panic(err)
	}
	c.planted++
	return "fetching https://" + token + "@github.com/example/repository.git\n"
}

// readLogs makes a corpus of at least size bytes from the logs in
// dir/loghub: blocks of their lines in random order, repeated.
func readLogs(dir string, size int) (*corpus, error) {
	files, err := filepath.Glob(filepath.Join(dir, "loghub", "*.log"))
	if err != nil {
		return nil, err
	}
	const blockLines = 20
	var blocks [][]byte
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		for len(text) > 0 {
			end := 0
			for n := 0; n < blockLines && end < len(text); n++ {
				i := bytes.IndexByte(text[end:], '\n')
				if i < 0 {
					text = append(text, '\n')
					i = len(text) - 1 - end
				}
				end += i + 1
			}
			blocks = append(blocks, text[:end])
			text = text[end:]
		}
	}
	if len(blocks) == 0 {
		return nil, fmt.Errorf("no loghub/*.log in %s", dir)
	}
	c := &corpus{name: "real", text: make([]byte, 0, size+1<<16)}
	r := rand.New(rand.NewPCG(3, 0))
	next := firstPlant
	for len(c.text) < size {
		r.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		for _, b := range blocks {
			if len(c.text) >= next {
				c.text = append(c.text, c.plant()...)
				next += plantEvery
			}
			if c.text = append(c.text, b...); len(c.text) >= size {
				break
			}
		}
	}
	c.split()
	return c, nil
}

func (c *corpus) split() {
	c.lines = make([][]byte, 0, len(c.text)/100)
	for line := range bytes.Lines(c.text) {
		c.lines = append(c.lines, bytes.TrimRight(line, "\r\n"))
	}
}

// head returns the whole lines within the first n bytes, or all.
func (c *corpus) head(n int) []byte {
	if n >= len(c.text) {
		return c.text
	}
	return c.text[:bytes.LastIndexByte(c.text[:n], '\n')+1]
}

// chunks cuts text at line ends into pieces of at most chunkSize bytes; a
// longer line is a piece of its own.
func chunks(text []byte) [][]byte {
	list := make([][]byte, 0, len(text)/chunkSize*9/8+1)
	for len(text) > 0 {
		n := len(text)
		if n > chunkSize {
			if n = bytes.LastIndexByte(text[:chunkSize], '\n') + 1; n == 0 {
				if n = bytes.IndexByte(text, '\n') + 1; n == 0 {
					n = len(text)
				}
			}
		}
		list = append(list, text[:n])
		text = text[n:]
	}
	return list
}

// total returns the length of all pieces.
func total(pieces [][]byte) (n int) {
	for _, p := range pieces {
		n += len(p)
	}
	return n
}
