package stanch

import (
	"maps"
	"sync/atomic"

	"github.com/stanch/stanch/redact"
)

// Clean reports whether there is nothing to redact in a message and its fields,
// given as key, value, key, value. It costs one look at all of them together,
// and so less than asking for each; where it says no, some of them may still be
// clean.
func (r *Redactor) Clean(message string, fields ...string) bool {
	x := r.pool.Get().(*worker)
	defer r.pool.Put(x)
	e := r.handle.Load()
	keys := r.keys.Load()
	if keys == nil || keys.of != e {
		keys = &keyCache{of: e}
		r.keys.Store(keys)
	}
	b := append(x.buf[:0], message...)
	for i := 0; i+1 < len(fields); i += 2 {
		if !keys.plain(fields[i], x) {
			return false
		}
		b = append(append(b, '\n'), fields[i+1]...)
	}
	x.buf = b
	return x.Clean(b)
}

// worker is what one call works with.
type worker struct {
	*redact.Redactor
	buf []byte
}

// keyCache remembers keys that say nothing of their values and hold no secret
// themselves. Programs have few, and use them again and again.
type keyCache struct {
	of   *redact.Engine
	keys atomic.Pointer[map[string]bool]
}

const maxKeys = 1 << 10

func (c *keyCache) plain(key string, x *worker) bool {
	seen := c.keys.Load()
	if seen != nil {
		if plain, ok := (*seen)[key]; ok {
			return plain
		}
	}
	plain := !x.Sensitive(bytesOf(key)) && x.Clean(bytesOf(key))
	if seen != nil && len(*seen) >= maxKeys {
		return plain
	}
	more := map[string]bool{}
	if seen != nil {
		more = maps.Clone(*seen)
	}
	more[key] = plain
	c.keys.CompareAndSwap(seen, &more) // lost if another one was faster
	return plain
}
