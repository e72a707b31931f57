package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxNesting is how deep a schema's JSON may nest.
const maxNesting = 512

// doc is a value of JSON and where it begins.
type doc struct {
	line, column int
	kind         byte     // one of { [ " 0 t n
	text         string   // of a string or number
	names        []string // of members
	values       []*doc   // of members or items
}

// errorf is an error at the place of d.
func (d *doc) errorf(format string, args ...any) error {
	return fmt.Errorf("%d:%d: %w", d.line, d.column, fmt.Errorf(format, args...))
}

// member returns a member of an object, nil if it has none of that name.
func (d *doc) member(name string) *doc {
	for i, n := range d.names {
		if n == name {
			return d.values[i]
		}
	}
	return nil
}

// reader reads JSON and keeps count of lines.
type reader struct {
	text         []byte
	dec          *json.Decoder
	read         int // bytes that line and column count
	line, column int
}

func readJSON(text []byte) (*doc, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := &reader{text: text, dec: json.NewDecoder(bytes.NewReader(text)), line: 1, column: 1}
	r.dec.UseNumber()
	d, err := r.value(maxNesting)
	if err != nil {
		return nil, err
	}
	r.skip()
	if r.read < len(text) {
		return nil, r.here().errorf("there is something behind the schema")
	}
	return d, nil
}

// skip goes to the next token.
func (r *reader) skip() {
	r.forward(int(r.dec.InputOffset()))
	for r.read < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[r.read]) >= 0 {
		r.forward(r.read + 1)
	}
}

func (r *reader) forward(to int) {
	for ; r.read < to; r.read++ {
		r.column++
		if r.text[r.read] == '\n' {
			r.line, r.column = r.line+1, 1
		}
	}
}

func (r *reader) here() *doc { return &doc{line: r.line, column: r.column} }

func (r *reader) token(at *doc) (json.Token, error) {
	t, err := r.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, at.errorf("the schema ends too early")
	case errors.As(err, &syntax):
		r.forward(min(max(r.read, int(syntax.Offset)-1), len(r.text)))
		return nil, r.here().errorf("not JSON")
	case err != nil:
		return nil, at.errorf("not JSON")
	}
	return t, nil
}

func (r *reader) value(depth int) (*doc, error) {
	r.skip()
	d := r.here()
	if depth == 0 {
		return nil, d.errorf("nested too deep")
	}
	t, err := r.token(d)
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case string:
		d.kind, d.text = '"', t
	case json.Number:
		d.kind, d.text = '0', t.String()
	case bool:
		d.kind = 't'
	case nil:
		d.kind = 'n'
	case json.Delim:
		return d, r.inside(d, byte(t), depth)
	}
	return d, nil
}

// inside reads what is in an object or array, and its end.
func (r *reader) inside(d *doc, kind byte, depth int) error {
	d.kind = kind
	var seen map[string]bool
	for r.dec.More() {
		if kind == '{' {
			k, err := r.value(depth)
			if err != nil {
				return err
			}
			if seen[k.text] {
				return k.errorf("%q is there twice", k.text)
			}
			if seen == nil {
				seen = make(map[string]bool)
			}
			seen[k.text] = true
			d.names = append(d.names, k.text)
		}
		v, err := r.value(depth - 1)
		if err != nil {
			return err
		}
		d.values = append(d.values, v)
	}
	_, err := r.token(d)
	return err
}
