package avro

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

// Redact redacts a value: every string, key of a map and byte string that is text, each
// under the name of its field or its key. The redacted value is appended to dst if
// anything changed; dst and value must not overlap. A clean value costs no
// allocation. Errors are those of package record; with one the value must not be
// handed on.
//
// The number that hides a number is 0. Blocks of arrays and maps that say how long they
// are go on saying so.
func (s *Schema) Redact(r *redact.Redactor, dst, value []byte) (out []byte, changed bool, err error) {
	w, _ := s.free.Get().(*walker)
	if w == nil {
		w = &walker{s: s}
		w.texts.Length = appendLength
		w.walk = w.whole
	}
	w.value = value
	out, changed, err = w.texts.Redact(r, dst, value, w.walk)
	w.value, w.text = nil, nil
	s.free.Put(w)
	return out, changed, err
}

// appendLength appends n as a long (Binary Encoding: variable-length zig-zag).
func appendLength(dst []byte, n int) []byte { return binary.AppendVarint(dst, int64(n)) }

// walker walks one value at a time.
type walker struct {
	s     *Schema
	texts record.Texts
	walk  func() error
	value []byte
	at    int
	text  []byte // the last string
}

// whole walks the value, behind which nothing may stand.
func (w *walker) whole() error {
	w.at = 0
	if err := w.node(w.s.root, nil, record.MaxDepth); err != nil {
		return err
	}
	if w.at != len(w.value) {
		return record.ErrMalformed
	}
	return nil
}

// long reads a number of variable length.
func (w *walker) long() (int64, error) {
	v, n := binary.Varint(w.value[w.at:])
	if n <= 0 {
		return 0, record.ErrMalformed
	}
	w.at += n
	return v, nil
}

// take goes over n bytes.
func (w *walker) take(n int64) (start, end int, err error) {
	if n < 0 || n > int64(len(w.value)-w.at) {
		return 0, 0, record.ErrMalformed
	}
	start = w.at
	w.at += int(n)
	return start, w.at, nil
}

// sized goes over a length and as many bytes.
func (w *walker) sized() (start, end int, err error) {
	n, err := w.long()
	if err != nil {
		return 0, 0, err
	}
	return w.take(n)
}

// node walks a value of a type, which stands under a name. What lies deeper than
// depth is refused.
func (w *walker) node(n *node, key []byte, depth int) error {
	begun := w.at
	switch n.kind {
	case null:
		return nil
	case boolean:
		if w.at == len(w.value) || w.value[w.at] > 1 {
			return record.ErrMalformed
		}
		w.at++
		return nil
	case integer, long:
		v, err := w.long()
		if err != nil || n.kind == integer && v != int64(int32(v)) {
			return record.ErrMalformed
		}
		if w.texts.Telling(key) {
			w.texts.Number(key, begun, w.at, 1, func(b []byte) []byte { return strconv.AppendInt(b, v, 10) })
		}
		return nil
	case float, double:
		return w.float(n, key)
	case enum:
		v, err := w.long()
		if err != nil || v < 0 || v >= int64(n.size) {
			return record.ErrMalformed
		}
		return nil
	case fixed:
		start, end, err := w.take(int64(n.size))
		if err == nil {
			w.texts.Fixed(key, start, end)
		}
		return err
	case letters, octets:
		start, end, err := w.sized()
		if err != nil {
			return err
		}
		if n.kind == octets {
			w.texts.Bytes(key, begun, start, end)
			return nil
		}
		w.text = w.value[start:end]
		w.texts.Text(key, begun, start, end)
		return nil
	case union:
		v, err := w.long()
		if err != nil || v < 0 || v >= int64(len(n.options)) {
			return record.ErrMalformed
		}
		return w.node(n.options[v], key, depth)
	}
	if depth == 0 {
		return record.ErrMalformed
	}
	switch {
	case n.kind == structure:
		return w.structure(n, depth-1)
	case n.kind == array && (n.item.kind == letters || n.item.kind == union) && w.texts.Collect(key):
		at := w.at
		err := w.blocks(n, key, depth-1)
		w.at = at
		if w.texts.Collected(); err != nil {
			return err
		}
	}
	return w.blocks(n, key, depth-1)
}

func (w *walker) float(n *node, key []byte) error {
	start, end, err := w.take(int64(n.least))
	if err != nil || !w.texts.Telling(key) {
		return err
	}
	v, bits := 0.0, 32
	if b := w.value[start:end]; n.kind == double {
		v, bits = math.Float64frombits(binary.LittleEndian.Uint64(b)), 64
	} else {
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	w.texts.Number(key, start, end, n.least, func(b []byte) []byte { return strconv.AppendFloat(b, v, 'f', -1, bits) })
	return nil
}

// structure walks a record.
func (w *walker) structure(n *node, depth int) error {
	var name []byte
	for i := range n.fields {
		f := &n.fields[i]
		key := f.name
		if n.pair {
			if i == n.name {
				w.text = nil
			}
			if i == n.value && w.texts.Telling(name) {
				key = name
			}
		}
		m := w.texts.Down(f.name)
		if err := w.node(f.node, key, depth); err != nil {
			return err
		}
		w.texts.Up(m)
		if n.pair && i == n.name {
			name = w.text
		}
	}
	return nil
}

// blocks walks an array or a map: blocks of so many items, up to one of none. A
// negative count says that the length of the block in bytes follows.
func (w *walker) blocks(n *node, key []byte, depth int) error {
	var names record.Names
	for i := 0; ; {
		count, err := w.long()
		if err != nil || count == math.MinInt64 {
			return record.ErrMalformed
		}
		if count == 0 {
			return nil
		}
		at, limit, sized := w.at, len(w.value), count < 0
		if sized {
			count = -count
			size, err := w.long()
			if err != nil || size < 0 || size > int64(len(w.value)-w.at) {
				return record.ErrMalformed
			}
			limit = w.at + int(size)
			w.texts.Enter(at, w.at)
		}
		least := n.item.least
		if n.kind == dictionary {
			least++
		}
		// Items that take no bytes may be any number.
		if least > 0 {
			if count > int64(limit-w.at)/int64(least) {
				return record.ErrMalformed
			}
			for ; count > 0; count-- {
				if err := w.item(n, key, &names, i, depth); err != nil {
					return err
				}
				i++
			}
		}
		if sized {
			if w.at != limit {
				return record.ErrMalformed
			}
			w.texts.Leave(limit)
		}
	}
}

// item walks an item of an array or an entry of a map.
func (w *walker) item(n *node, key []byte, names *record.Names, i, depth int) error {
	if n.kind == array {
		m := w.texts.Item(i)
		err := w.node(n.item, key, depth)
		w.texts.Up(m)
		return err
	}
	at := w.at
	start, end, err := w.sized()
	if err != nil {
		return err
	}
	w.texts.Key(names, at, start, end)
	key = w.value[start:end]
	m := w.texts.Down(key)
	err = w.node(n.item, key, depth)
	w.texts.Up(m)
	return err
}
