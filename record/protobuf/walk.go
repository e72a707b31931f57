package protobuf

import (
	"bytes"
	"math"
	"strconv"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

// Unknown says what becomes of fields that a message does not have, and of messages in
// a google.protobuf.Any whose type is not known.
type Unknown uint8

const (
	// Refuse makes them an error.
	Refuse Unknown = iota
	// Detect lets them stay if nothing is found in them; else they are an error.
	Detect
	// Remove leaves them out.
	Remove
)

// Message is the format of values that are messages of a type. It is safe for concurrent
// use.
type Message struct {
	files   *Files
	root    *message
	unknown Unknown
	free    sync.Pool // of walkers
}

// Redact redacts a value: every string, key of a map and byte string that is text, each
// under the name of its field or its key. The redacted value is appended to dst if
// anything changed; dst and value must not overlap. A clean value costs no allocation.
// Errors are those of package record; with one the value must not be handed on.
//
// The number that hides a number is 0.
func (m *Message) Redact(r *redact.Redactor, dst, value []byte) (out []byte, changed bool, err error) {
	return m.redact(r, dst, value, 0)
}

// redact redacts a value that begins with so many bytes of something else.
func (m *Message) redact(r *redact.Redactor, dst, value []byte, begin int) (out []byte, changed bool, err error) {
	w, _ := m.free.Get().(*walker)
	if w == nil {
		w = &walker{m: m}
		w.texts.Length = appendLength
		w.walk = w.whole
	}
	w.value, w.begin = value, begin
	out, changed, err = w.texts.Redact(r, dst, value, w.walk)
	w.value = nil
	m.free.Put(w)
	return out, changed, err
}

func appendLength(dst []byte, n int) []byte { return protowire.AppendVarint(dst, uint64(n)) }

// walker walks one value at a time.
type walker struct {
	m     *Message
	texts record.Texts
	walk  func() error
	value []byte
	begin int                        // of the message
	stack [record.MaxDepth + 1]frame // by depth
}

func (w *walker) whole() error {
	_, err := w.message(frame{m: w.m.root, at: w.begin, end: len(w.value), depth: record.MaxDepth})
	return err
}

// frame is a message on the way to a value.
type frame struct {
	m       *message
	at, end int
	group   protowire.Number // whose end ends it; 0 for none
	key     []byte           // under which it stands
	keyed   bool             // it is an entry of a map, and key is its key
	names   *record.Names    // of that map
	depth   int              // how many messages may lie in it
	done    uint64           // fields whose arguments were taken together
	held    *message         // the type in it, if it is a google.protobuf.Any

	// How often a field came, and the keys of its entries; only where values change.
	counts map[*field]int
	keys   map[*field]*record.Names
}

// message walks a message and returns where it ends.
func (w *walker) message(in frame) (end int, err error) {
	if in.depth == 0 {
		return 0, record.ErrMalformed
	}
	f := &w.stack[in.depth]
	*f = in
	end, err = w.fields(f)
	*f = frame{}
	return end, err
}

func (w *walker) fields(f *frame) (end int, err error) {
	if f.m.any {
		if err := w.resolve(f); err != nil {
			return 0, err
		}
	}
	var name []byte
	if f.m.name != nil {
		start, end, err := w.last(f, f.m.name.number)
		if err != nil {
			return 0, err
		}
		if w.texts.Telling(w.value[start:end]) {
			name = w.value[start:end]
		}
	}
	for at := f.at; at < f.end; {
		num, typ, n := protowire.ConsumeTag(w.value[at:f.end])
		switch {
		case n < 0:
			return 0, record.ErrMalformed
		case typ == protowire.EndGroupType:
			if num != f.group {
				return 0, record.ErrMalformed
			}
			return at + n, nil
		}
		x := f.m.field(num)
		var err error
		if x == nil || !x.takes(typ) {
			at, err = w.strange(num, typ, at, at+n, f.end)
		} else {
			key := x.name
			switch {
			case f.m.carries, f.m.entry:
				key = f.key
			case name != nil && x == f.m.value:
				key = name
			}
			at, err = w.field(f, x, typ, key, at+n)
		}
		if err != nil {
			return 0, err
		}
	}
	if f.group != 0 {
		return 0, record.ErrMalformed
	}
	return f.end, nil
}

// last returns the contents of the last field of a number in a message, whose type is
// one with a length.
func (w *walker) last(f *frame, want protowire.Number) (start, end int, err error) {
	err = w.each(f, want, func(from, to int) { start, end = from, to })
	return start, end, err
}

// each calls do for the contents of all such fields.
func (w *walker) each(f *frame, want protowire.Number, do func(start, end int)) error {
	for at := f.at; at < f.end; {
		num, typ, n := protowire.ConsumeTag(w.value[at:f.end])
		if n < 0 {
			return record.ErrMalformed
		}
		if typ == protowire.EndGroupType {
			break
		}
		at += n
		if n = protowire.ConsumeFieldValue(num, typ, w.value[at:f.end]); n < 0 {
			return record.ErrMalformed
		}
		if num == want && typ == protowire.BytesType {
			_, size := protowire.ConsumeVarint(w.value[at:])
			do(at+size, at+n)
		}
		at += n
	}
	return nil
}

// takes reports whether a field may be written with a type. Others are unknown fields
// to every reader.
func (x *field) takes(typ protowire.Type) bool {
	switch x.kind {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return typ == protowire.BytesType
	case protoreflect.GroupKind:
		return typ == protowire.StartGroupType
	}
	return typ == x.written() || typ == protowire.BytesType && x.list
}

// written is the type that a number is written with.
func (x *field) written() protowire.Type {
	switch x.kind {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	}
	return protowire.VarintType
}

// field walks what a field of a message holds, which begins at, and returns where it ends.
func (w *walker) field(f *frame, x *field, typ protowire.Type, key []byte, at int) (int, error) {
	start, end := at, at
	if typ == protowire.BytesType {
		size, n := protowire.ConsumeVarint(w.value[at:f.end])
		if n < 0 || size > uint64(f.end-at-n) {
			return 0, record.ErrMalformed
		}
		start, end = at+n, at+n+int(size)
	}
	if x.command&^f.done != 0 {
		f.done |= x.command
		if err := w.arguments(f, x); err != nil {
			return 0, err
		}
	}
	m := w.down(f, x)
	defer w.texts.Up(m)
	switch x.kind {
	case protoreflect.StringKind:
		if f.m.entry && x.number == 1 {
			w.texts.Key(f.names, at, start, end)
		} else {
			w.texts.Text(key, at, start, end)
		}
		return end, nil
	case protoreflect.BytesKind:
		if f.m.any {
			return end, w.any(f, at, start, end)
		}
		w.texts.Bytes(key, at, start, end)
		if w.guessed(start, end) {
			return end, w.inside(start, end, maxGuessed)
		}
		return end, nil
	case protoreflect.GroupKind:
		return w.message(frame{m: x.message, at: at, end: f.end, group: x.number, key: key, depth: f.depth - 1})
	case protoreflect.MessageKind:
		in := frame{m: x.message, at: start, end: end, key: key, depth: f.depth - 1}
		if x.dict {
			if err := w.entry(f, x, &in); err != nil {
				return 0, err
			}
		}
		return end, w.within(in, at)
	}
	telling := x.kind != protoreflect.BoolKind && x.kind != protoreflect.EnumKind && w.texts.Telling(key)
	if typ != protowire.BytesType {
		return w.number(x, key, telling, at, f.end)
	}
	w.texts.Enter(at, start)
	for start < end {
		var err error
		if start, err = w.number(x, key, telling, start, end); err != nil {
			return 0, err
		}
	}
	w.texts.Leave(end)
	return end, nil
}

// arguments takes all texts of a field together.
func (w *walker) arguments(f *frame, x *field) error {
	m := w.texts.Down(x.name)
	defer w.texts.Up(m)
	if !w.texts.Collect(x.name) {
		return nil
	}
	defer w.texts.Collected()
	return w.each(f, x.number, func(start, end int) { w.texts.Text(x.name, start, start, end) })
}

// within walks a message whose length stands at.
func (w *walker) within(f frame, at int) error {
	w.texts.Enter(at, f.at)
	_, err := w.message(f)
	w.texts.Leave(f.end)
	return err
}

// down goes to a field in the path. What carries a value, or is an entry of a map, is no
// step of its own.
func (w *walker) down(f *frame, x *field) record.Mark {
	m := w.texts.Here()
	if !w.texts.Editing() {
		return m
	}
	switch {
	case f.keyed && x.number == 2:
		w.texts.Down(f.key)
	case !f.m.carries && !f.m.entry:
		w.texts.Down(x.name)
	}
	if x.list || x.dict && !x.keyed {
		if f.counts == nil {
			f.counts = make(map[*field]int)
		}
		w.texts.Item(f.counts[x])
		f.counts[x]++
	}
	return m
}

// entry makes the frame of an entry ready: what stands in it, stands under its key.
func (w *walker) entry(f *frame, x *field, in *frame) error {
	if x.keyed {
		from, to, err := w.last(in, 1)
		if err != nil {
			return err
		}
		in.key, in.keyed = w.value[from:to], true
	}
	if !w.texts.Editing() {
		return nil
	}
	if f.keys == nil {
		f.keys = make(map[*field]*record.Names)
	}
	if f.keys[x] == nil {
		f.keys[x] = new(record.Names)
	}
	in.names = f.keys[x]
	return nil
}

// resolve finds the type in a google.protobuf.Any, which is the end of its URL
// (google/protobuf/any.proto).
func (w *walker) resolve(f *frame) error {
	from, to, err := w.last(f, 1)
	if err != nil {
		return err
	}
	url := w.value[from:to]
	f.held = w.m.files.messages[protoreflect.FullName(url[bytes.LastIndexByte(url, '/')+1:])]
	return nil
}

// any walks the message in a google.protobuf.Any.
func (w *walker) any(f *frame, at, start, end int) error {
	if f.held != nil {
		return w.within(frame{m: f.held, at: start, end: end, key: f.key, depth: f.depth - 1}, at)
	}
	switch {
	case start == end:
		return nil
	case w.m.unknown == Refuse:
		return record.ErrUnknown
	case w.m.unknown == Remove:
		w.texts.Empty(at, end)
		return nil
	}
	return w.detect(start, end, maxGuessed)
}

// number walks a number and returns where it ends.
func (w *walker) number(x *field, key []byte, telling bool, at, end int) (int, error) {
	var v uint64
	n, zeros := 0, 1
	switch x.written() {
	case protowire.Fixed32Type:
		var u uint32
		u, n = protowire.ConsumeFixed32(w.value[at:end])
		v, zeros = uint64(u), 4
	case protowire.Fixed64Type:
		v, n = protowire.ConsumeFixed64(w.value[at:end])
		zeros = 8
	default:
		v, n = protowire.ConsumeVarint(w.value[at:end])
	}
	if n < 0 {
		return 0, record.ErrMalformed
	}
	if telling {
		w.texts.Number(key, at, at+n, zeros, func(b []byte) []byte { return x.appendText(b, v) })
	}
	return at + n, nil
}

// appendText appends a number as it is read.
func (x *field) appendText(b []byte, v uint64) []byte {
	switch x.kind {
	case protoreflect.Int32Kind, protoreflect.Sfixed32Kind:
		return strconv.AppendInt(b, int64(int32(v)), 10)
	case protoreflect.Int64Kind, protoreflect.Sfixed64Kind:
		return strconv.AppendInt(b, int64(v), 10)
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return strconv.AppendInt(b, protowire.DecodeZigZag(v), 10)
	case protoreflect.FloatKind:
		return strconv.AppendFloat(b, float64(math.Float32frombits(uint32(v))), 'f', -1, 32)
	case protoreflect.DoubleKind:
		return strconv.AppendFloat(b, math.Float64frombits(v), 'f', -1, 64)
	}
	return strconv.AppendUint(b, v, 10)
}
