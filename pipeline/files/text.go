package files

import (
	"bufio"
	"errors"
	"io"

	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/internal/textenc"
)

// limits are those of stanch redact.
var limits = packed.Limits{Bytes: 16 << 30, Ratio: 350}

var errSwitches = errors.New("turns from single bytes to utf-16 in the middle; convert it to one encoding first")

// text is what a file holds: unpacked, and UTF-16 decoded.
type text struct {
	r       *bufio.Reader
	packed  *packed.Reader
	decoder *textenc.Decoder
	binary  bool
	rest    []byte
	block   []byte
	err     error
}

// newText looks at the beginning of r. Of something live it waits for a few bytes
// only, and takes it for what they say.
func newText(r io.Reader, live bool) (*text, error) {
	peek := func(b *bufio.Reader) ([]byte, error) {
		n := textenc.SampleSize
		if live {
			n = 4
		}
		head, err := b.Peek(n)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if more := b.Buffered(); live && more > len(head) {
			head, _ = b.Peek(more)
		}
		return head, nil
	}
	t := &text{r: bufio.NewReaderSize(r, 64<<10)}
	head, err := peek(t.r)
	if err != nil {
		return nil, err
	}
	f, err := packed.Detect(head)
	if err != nil {
		return nil, err
	}
	if f != packed.Plain {
		if t.packed, err = packed.NewReader(t.r, f, limits); err != nil {
			return nil, err
		}
		t.r = bufio.NewReaderSize(t.packed, 64<<10)
		if head, err = peek(t.r); err != nil {
			t.close()
			return nil, err
		}
	}
	enc, err := textenc.Detect(head)
	if err != nil {
		t.close()
		return nil, err
	}
	if enc != textenc.Bytes {
		t.decoder = textenc.NewDecoder(enc)
		t.block = make([]byte, 64<<10)
	}
	t.binary = textenc.Binary(head)
	return t, nil
}

func (t *text) Read(p []byte) (int, error) {
	if t.decoder == nil {
		n, err := t.r.Read(p)
		if !t.binary && textenc.Switches(p[:n]) {
			return 0, errSwitches
		}
		return n, err
	}
	for len(t.rest) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		var n int
		n, t.err = t.r.Read(t.block)
		t.rest = t.decoder.Append(t.rest[:0], t.block[:n])
		if t.err == io.EOF {
			t.rest = t.decoder.End(t.rest)
		}
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

func (t *text) close() {
	if t.packed != nil {
		t.packed.Close()
	}
}
