// Package stanchzap redacts what go.uber.org/zap logs.
//
//	r, err := stanch.New(nil)
//	…
//	log := zap.New(stanchzap.NewCore(core, r))
//
// or, around a logger there is:
//
//	log = log.WithOptions(zap.WrapCore(stanchzap.Wrap(r)))
package stanchzap

import (
	"encoding/json"
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/stanch/stanch"
)

// NewCore returns a core that redacts messages, stack traces, keys and fields
// before next encodes them. A field that is an object, an array or any other
// Go value is replaced, where it has a secret, by its redacted members.
func NewCore(next zapcore.Core, r *stanch.Redactor) zapcore.Core { return &core{next, r} }

// Wrap returns NewCore as zap.WrapCore wants it.
func Wrap(r *stanch.Redactor) func(zapcore.Core) zapcore.Core {
	return func(next zapcore.Core) zapcore.Core { return NewCore(next, r) }
}

type core struct {
	next zapcore.Core
	r    *stanch.Redactor
}

func (c *core) Enabled(l zapcore.Level) bool { return c.next.Enabled(l) }

func (c *core) With(fields []zapcore.Field) zapcore.Core {
	return &core{c.next.With(c.fields(fields, nil)), c.r}
}

func (c *core) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.next.Enabled(e.Level) {
		return ce.AddCore(e, c)
	}
	return ce
}

func (c *core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	var buf [2 * 16]string
	simple := append(buf[:0], "", e.LoggerName, "", e.Stack)
	for i := range fields {
		if v, ok := plain(&fields[i]); ok {
			simple = append(simple, fields[i].Key, v)
		}
	}
	if c.r.Clean(e.Message, simple...) {
		return c.next.Write(e, c.fields(fields, plain))
	}
	e.Message = c.r.RedactString(e.Message)
	e.LoggerName = c.r.RedactString(e.LoggerName)
	e.Stack = c.r.RedactString(e.Stack)
	return c.next.Write(e, c.fields(fields, nil))
}

// plain returns the text of a field that has a simple one. Numbers and the like
// have none that could be a secret, unless their key says so.
func plain(f *zapcore.Field) (text string, ok bool) {
	switch f.Type {
	case zapcore.StringType:
		return f.String, true
	case zapcore.BoolType, zapcore.DurationType, zapcore.TimeType, zapcore.TimeFullType, zapcore.Float64Type, zapcore.Float32Type,
		zapcore.Int64Type, zapcore.Int32Type, zapcore.Int16Type, zapcore.Int8Type, zapcore.Uint64Type, zapcore.Uint32Type,
		zapcore.Uint16Type, zapcore.Uint8Type, zapcore.NamespaceType, zapcore.SkipType:
		return "", true
	}
	return "", false
}

func (c *core) Sync() error { return c.next.Sync() }

// fields returns the fields redacted, the slice itself if nothing changes. Those
// that clean accepts are known to be clean.
func (c *core) fields(fields []zapcore.Field, clean func(*zapcore.Field) (string, bool)) []zapcore.Field {
	out := fields
	for i := range fields {
		if clean != nil {
			if _, ok := clean(&fields[i]); ok {
				continue
			}
		}
		f, changed := c.field(fields[i])
		if !changed {
			continue
		}
		if &out[0] == &fields[0] {
			out = append([]zapcore.Field(nil), fields...)
		}
		out[i] = f
	}
	return out
}

func (c *core) field(f zapcore.Field) (zapcore.Field, bool) {
	key := f.Key
	f.Key = c.r.RedactString(key)
	changed := f.Key != key
	switch f.Type {
	case zapcore.StringType:
		v := c.r.RedactValue(key, f.String)
		changed = changed || v != f.String
		f.String = v
	case zapcore.ByteStringType, zapcore.BinaryType:
		b, _ := f.Interface.([]byte)
		if v := c.r.RedactValue(key, string(b)); v != string(b) {
			return zap.String(f.Key, v), true
		}
	case zapcore.ErrorType:
		// Encoders print more than Error: the causes, and what %+v has.
		err, _ := f.Interface.(error)
		if v, ok := c.members(key, zap.Field{Key: key, Type: f.Type, Interface: err}); ok {
			return zap.Any(f.Key, v), true
		}
	case zapcore.StringerType, zapcore.ReflectType, zapcore.ObjectMarshalerType, zapcore.ArrayMarshalerType, zapcore.InlineMarshalerType:
		v, ok := c.members(key, f)
		switch {
		case !ok:
		case f.Type == zapcore.InlineMarshalerType:
			m, _ := v.(map[string]any)
			return zap.Inline(members(m)), true
		default:
			return zap.Any(f.Key, v), true
		}
	case zapcore.Int64Type, zapcore.Uint64Type, zapcore.Int32Type, zapcore.Uint32Type:
		// A PIN, or a number that nobody should know.
		if s := fmt.Sprint(f.Integer); c.r.RedactValue(key, s) != s {
			return zap.String(f.Key, c.r.RedactValue(key, s)), true
		}
	}
	return f, changed
}

// members is a map that is an object for encoders.
type members map[string]any

func (m members) MarshalLogObject(e zapcore.ObjectEncoder) error {
	for k, v := range m {
		zap.Any(k, v).AddTo(e)
	}
	return nil
}

// members encodes a field, redacts what came of it, and reports whether that
// changed anything.
func (c *core) members(key string, f zapcore.Field) (any, bool) {
	e := zapcore.NewMapObjectEncoder()
	f.AddTo(e)
	if f.Type == zapcore.InlineMarshalerType {
		out, changed := c.value("", map[string]any(e.Fields))
		return out, changed
	}
	if f.Type == zapcore.ErrorType {
		// The error and its details are fields of their own: only the first has
		// the key.
		out, changed := c.value("", map[string]any(e.Fields))
		if !changed {
			return nil, false
		}
		v, _ := out.(map[string]any)
		return v[c.r.RedactString(key)], true
	}
	return c.value(key, e.Fields[key])
}

// value redacts what a map encoder holds, at any depth.
func (c *core) value(key string, v any) (any, bool) {
	switch v := v.(type) {
	case string:
		out := c.r.RedactValue(key, v)
		return out, out != v
	case []byte:
		out := c.r.RedactValue(key, string(v))
		return out, out != string(v)
	case map[string]any:
		changed := false
		out := make(map[string]any, len(v))
		for k, x := range v {
			y, c1 := c.value(k, x)
			name := c.r.RedactString(k)
			changed = changed || c1 || name != k
			out[name] = y
		}
		return out, changed
	case []any:
		changed := false
		out := make([]any, len(v))
		for i, x := range v {
			var c1 bool
			out[i], c1 = c.value(key, x)
			changed = changed || c1
		}
		return out, changed
	case nil, bool:
		return v, false
	}
	text, err := json.Marshal(v)
	if err != nil {
		text = fmt.Appendf(nil, "%+v", v)
	}
	out := c.r.RedactValue(key, string(text))
	return out, out != string(text)
}
