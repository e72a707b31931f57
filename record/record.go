// Package record redacts the texts of a value whose schema says where they stand.
//
// Packages below it walk values of one format each, and tell a Texts where a text,
// a number or a length is. What becomes of them, and how the value is put together
// again, is decided here, the same for all formats.
package record

import (
	"errors"
	"unsafe"

	"github.com/stanch/stanch/redact"
)

// Errors of a value that must not be handed on. None says anything of the value.
var (
	// ErrMalformed: the value is not what its schema says.
	ErrMalformed = errors.New("the value is not in the format of its schema")
	// ErrUnknown: the value holds what its schema does not know.
	ErrUnknown = errors.New("the value holds what its schema does not know")
	// ErrFixed: a secret stands where its format lets no marker stand, in bytes
	// that are no text or of which there has to be a certain number.
	ErrFixed = errors.New("a secret stands where no marker can")
	// ErrUnscanned: a text could not be scanned.
	ErrUnscanned = errors.New("a text could not be scanned")
)

// MaxDepth is how many values may lie in each other.
const MaxDepth = 128

// Texts redacts the texts of one value at a time, for one goroutine. The zero value
// is ready.
//
// A value is walked once to see whether all of it is clean and in its format, which
// allocates nothing, and a second time only if it is not. What a walk finds wrong
// in the format it returns; nothing has been reported then.
type Texts struct {
	// Length appends the length that stands before n bytes.
	Length func(dst []byte, n int) []byte

	r       *redact.Redactor
	value   []byte
	err     error
	walk    walk
	suspect bool // something may have to change

	told  told
	sieve redact.Sieve
	items []item // what is in sieve
	path  []byte

	edits  []edit
	arena  []byte // what edits put in
	frames []frame
	open   int // frames from here on have no edit yet
	buf    []byte

	words  []word // of a command
	word   int    // the next one
	before walk   // what they are collected for
}

// walk is what a value is walked for.
type walk uint8

const (
	looking    walk = iota // the first walk
	editing                // the second
	collecting             // a part of it is walked once more before
)

// item is a text under its name.
type item struct{ key, text []byte }

// Redact redacts value, which walk walks by the methods below. What comes out is
// appended to dst if anything changed. Findings carry the paths of the texts in r.Source.
// With an error the value must not be handed on. A panic of walk becomes one.
func (t *Texts) Redact(r *redact.Redactor, dst, value []byte, walk func() error) (out []byte, changed bool, err error) {
	t.r, t.value, t.err, t.walk, t.suspect = r, value, nil, looking, false
	t.told.follow(r.Engine())
	source, usual, failed := r.Source.Path, r.Default, r.Failed()
	defer func() {
		if recover() != nil {
			out, changed, err = dst, false, ErrUnscanned
		}
		r.Source.Path, r.Default = source, usual
		t.end()
	}()
	if err = walk(); err != nil {
		return dst, false, err
	}
	if t.flush(); !t.suspect {
		return dst, false, nil
	}
	t.walk = editing
	t.path = append(t.path[:0], source...)
	switch err = walk(); {
	case err != nil:
		return dst, false, err
	case r.Failed() != failed:
		return dst, false, ErrUnscanned
	case t.err != nil:
		return dst, false, t.err
	case len(t.edits) == 0:
		return dst, false, nil
	}
	return t.splice(dst), true, nil
}

// maxKept is how many bytes of scratch space are kept from one value to the next.
const maxKept = 1 << 20

// end lets go of the value.
func (t *Texts) end() {
	t.r, t.value = nil, nil
	t.sieve.Reset()
	clear(t.items)
	t.items, t.edits, t.arena, t.frames, t.open = t.items[:0], t.edits[:0], t.arena[:0], t.frames[:0], 0
	t.words = t.words[:0]
	if cap(t.words) > maxKept/64 {
		t.words = nil
	}
	if cap(t.arena) > maxKept {
		t.arena = nil
	}
	if cap(t.buf) > maxKept {
		t.buf = nil
	}
	if cap(t.edits) > maxKept/64 {
		t.edits = nil
	}
}

// maxSifted is the length in bytes up to which texts are copied for one scan of many.
const maxSifted = 2 << 10

// look notes a text for the first walk.
func (t *Texts) look(key, text []byte) {
	switch {
	case t.suspect || len(text) == 0:
	case len(text) > maxSifted || t.Telling(key):
		t.suspect = !t.r.CleanValue(key, text)
	default:
		s := unsafe.String(&text[0], len(text))
		if !t.sieve.Add(s) {
			t.flush()
			t.sieve.Add(s)
		}
		t.items = append(t.items, item{key, text})
	}
}

// flush scans what waits.
func (t *Texts) flush() {
	if !t.suspect {
		for _, i := range t.r.Sift(&t.sieve) {
			x := &t.items[i]
			t.suspect = t.suspect || !t.r.CleanValue(x.key, x.text)
		}
	}
	t.sieve.Reset()
	clear(t.items)
	t.items = t.items[:0]
}

// Text takes a text under a name. It stands at value[start:end], its length at
// value[at:start].
func (t *Texts) Text(key []byte, at, start, end int) {
	text := t.value[start:end]
	switch t.walk {
	case looking:
		t.look(key, text)
		return
	case collecting:
		t.words = append(t.words, word{start: start, end: end})
		return
	}
	if len(text) == 0 || t.argument(at, start, end) || t.r.CleanValue(key, text) {
		return
	}
	from := len(t.arena)
	if t.redact(key, text) {
		t.change(edit{start: at, end: end, from: from, to: len(t.arena), measured: true})
	}
}

// redact appends to arena what a text becomes, if that is something else.
func (t *Texts) redact(key, text []byte) (changed bool) {
	t.r.Source.Path = string(t.path)
	t.arena, changed = t.r.RedactValue(t.arena, key, text)
	return changed
}

// Bytes is Text for bytes that need not be text. In others no secret may stand.
func (t *Texts) Bytes(key []byte, at, start, end int) {
	if IsText(t.value[start:end]) {
		t.Text(key, at, start, end)
		return
	}
	t.Fixed(key, start, end)
}

// Fixed takes bytes that have to stay what they are: a secret in them is ErrFixed.
func (t *Texts) Fixed(key []byte, start, end int) {
	b := t.value[start:end]
	binary := !IsText(b)
	if t.walk == looking {
		t.look(key, b)
		t.suspect = t.suspect || binary && Hidden(t.r, b)
	}
	if t.walk != editing || len(b) == 0 {
		return
	}
	if binary && Hidden(t.r, b) {
		t.err = ErrFixed
	}
	if t.r.CleanValue(key, b) {
		return
	}
	from := len(t.arena)
	if t.redact(key, b) {
		t.arena = t.arena[:from]
		t.err = ErrFixed
	}
}

// Number takes a number under a telling name, by the text that appendText appends.
// One that is to be hidden becomes zero, which the format writes as so many zero bytes.
func (t *Texts) Number(key []byte, start, end, zeros int, appendText func(dst []byte) []byte) {
	t.buf = appendText(t.buf[:0])
	if t.walk == looking {
		t.suspect = t.suspect || !t.r.CleanValue(key, t.buf)
	}
	if t.walk != editing || t.r.CleanValue(key, t.buf) {
		return
	}
	from := len(t.arena)
	if t.redact(key, t.buf) {
		t.arena = t.arena[:from]
		for range zeros {
			t.arena = append(t.arena, 0)
		}
		t.change(edit{start: start, end: end, from: from, to: len(t.arena)})
	}
}

// Remove takes what is to be left out.
func (t *Texts) Remove(start, end int) {
	t.suspect = true
	if t.walk == editing {
		t.change(edit{start: start, end: end})
	}
}

// Empty takes a part of the value whose contents are to be left out: what stands at
// value[at:end] becomes the length of nothing.
func (t *Texts) Empty(at, end int) {
	t.suspect = true
	if t.walk == editing {
		t.change(edit{start: at, end: end, measured: true})
	}
}

// Editing reports whether this is the second walk.
func (t *Texts) Editing() bool { return t.walk == editing }
