package stanch

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Handler returns a handler that redacts messages, keys and values before next
// sees them. Values of other types than slog's own are looked at as the JSON
// or text that they would be logged as, and replaced by it where that has a secret.
func (r *Redactor) Handler(next slog.Handler) slog.Handler { return &handler{r, next} }

type handler struct {
	r    *Redactor
	next slog.Handler
}

func (h *handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	var buf [2 * 16]string
	simple, all := buf[:0], true
	rec.Attrs(func(a slog.Attr) bool {
		v, ok := plain(a.Value)
		simple = append(simple, a.Key, v)
		all = all && ok
		return all
	})
	if all && h.r.Clean(rec.Message, simple...) {
		return h.next.Handle(ctx, rec)
	}
	out := slog.NewRecord(rec.Time, rec.Level, h.r.RedactString(rec.Message), rec.PC)
	changed := out.Message != rec.Message
	rec.Attrs(func(a slog.Attr) bool {
		b, c := h.attr(a)
		out.AddAttrs(b)
		changed = changed || c
		return true
	})
	if changed {
		rec = out
	}
	return h.next.Handle(ctx, rec)
}

// plain returns the text of a value that has a simple one. Numbers and the like
// have none that could be a secret, unless their key says so.
func plain(v slog.Value) (text string, ok bool) {
	switch v.Kind() {
	case slog.KindString:
		return v.String(), true
	case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
		return "", false
	}
	return "", true
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i], _ = h.attr(a)
	}
	return &handler{h.r, h.next.WithAttrs(out)}
}

func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.r, h.next.WithGroup(h.r.RedactString(name))}
}

// attr redacts an attribute and reports whether that changed it.
func (h *handler) attr(a slog.Attr) (slog.Attr, bool) {
	a.Value = a.Value.Resolve()
	key := h.r.RedactString(a.Key)
	changed := key != a.Key
	switch a.Value.Kind() {
	case slog.KindGroup:
		members := a.Value.Group()
		out := make([]slog.Attr, len(members))
		for i, m := range members {
			var c bool
			out[i], c = h.attr(m)
			changed = changed || c
		}
		if changed {
			return slog.Attr{Key: key, Value: slog.GroupValue(out...)}, true
		}
	case slog.KindAny:
		if v, c := h.r.any(a.Key, a.Value.Any()); c {
			return slog.String(key, v), true
		}
	case slog.KindTime, slog.KindDuration, slog.KindBool:
	default:
		if v, c := h.r.value(a.Key, a.Value.String()); c {
			return slog.String(key, v), true
		}
	}
	a.Key = key
	return a, changed
}

// any redacts a value of any type as the text that loggers make of it, and
// reports whether that changed it.
func (r *Redactor) any(key string, v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case error:
		return r.value(key, text(v.Error))
	case fmt.Stringer:
		return r.value(key, text(v.String))
	case []byte:
		return r.value(key, string(v))
	}
	text, err := json.Marshal(v)
	if err != nil {
		text = fmt.Appendf(nil, "%+v", v)
	}
	return r.value(key, string(text))
}

// text calls a method that may panic on a nil receiver, as loggers do.
func text(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = "<nil>"
		}
	}()
	return f()
}
