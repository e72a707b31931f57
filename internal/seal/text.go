package seal

import (
	"bytes"
	"io"

	"github.com/stanch/stanch/internal/envelope"
)

// Place is where an envelope begins, in its text: 1 is the first line and the
// first byte of a line.
type Place struct{ Line, Column int64 }

// Found is an envelope in a text.
type Found struct {
	Place
	// Recipients is the id of those it was sealed for.
	Recipients string
	Detector   string
	// Value is what it held. Without Err it is whole.
	Value Value
	Err   error // ErrIdentity or ErrChanged
}

// Unseal copies a text with the values of its envelopes in their places, and calls
// each for every envelope. One that does not open stays as it is. An error is that
// of reading or writing. Memory is bounded, however long the lines are.
func (o *Opener) Unseal(w io.Writer, r io.Reader, each func(Found)) error {
	in := &unsealer{o: o, w: w, r: r, each: each, place: Place{1, 1}}
	for !in.done {
		if err := in.step(); err != nil {
			return err
		}
	}
	return nil
}

type unsealer struct {
	o     *Opener
	w     io.Writer
	r     io.Reader
	each  func(Found)
	buf   []byte
	eof   bool
	done  bool
	place Place // of buf
}

// chunk is how much is read at once.
const chunk = 64 << 10

var tag = []byte(envelope.SealedTag)

// step handles what is up to the end of the next envelope, as far as it is there.
func (u *unsealer) step() error {
	at := bytes.Index(u.buf, tag)
	if at < 0 {
		keep := len(tag) - 1
		if u.eof {
			keep, u.done = 0, true
		}
		if err := u.pass(max(len(u.buf)-keep, 0)); err != nil || u.eof {
			return err
		}
		return u.read()
	}
	if err := u.pass(at); err != nil {
		return err
	}
	e, rest, begun, whole := envelope.CutSealed(u.buf)
	if !whole && len(rest) == 0 && !u.eof && len(u.buf) < envelope.MaxSealed {
		return u.read()
	}
	if !begun {
		return u.pass(len(tag))
	}
	f := Found{Place: u.place, Recipients: string(e.Recipients), Detector: string(e.Detector), Err: ErrChanged}
	if whole {
		f.Value, f.Err = u.o.Value(&e)
	}
	u.each(f)
	if f.Err != nil {
		return u.pass(len(tag))
	}
	if _, err := u.w.Write(f.Value.Text); err != nil {
		return err
	}
	u.drop(len(u.buf) - len(rest))
	return nil
}

// pass copies the first n bytes of the buffer.
func (u *unsealer) pass(n int) error {
	if n == 0 {
		return nil
	}
	if _, err := u.w.Write(u.buf[:n]); err != nil {
		return err
	}
	u.drop(n)
	return nil
}

// drop takes n bytes off the front of the buffer.
func (u *unsealer) drop(n int) {
	b := u.buf[:n]
	if lines := bytes.Count(b, []byte("\n")); lines > 0 {
		u.place.Line += int64(lines)
		u.place.Column = int64(n - bytes.LastIndexByte(b, '\n'))
	} else {
		u.place.Column += int64(n)
	}
	u.buf = u.buf[n:]
}

// read adds what one Read gives to the buffer.
func (u *unsealer) read() error {
	b := make([]byte, len(u.buf)+chunk)
	n := copy(b, u.buf)
	m, err := u.r.Read(b[n:])
	u.buf = b[:n+m]
	if err == io.EOF {
		u.eof, err = true, nil
	}
	return err
}
