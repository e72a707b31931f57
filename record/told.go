package record

import "github.com/stanch/stanch/redact"

// told remembers what names say of their values: those of fields come again with every
// value. It has a fixed size.
type told struct {
	engine *redact.Engine // whose names these are
	names  [64]struct {
		n       uint8
		telling bool
		text    [30]byte
	}
}

// follow forgets everything if e is another engine.
func (k *told) follow(e *redact.Engine) {
	if k.engine != e {
		*k = told{engine: e}
	}
}

// Telling reports whether a name says that its value may be a secret.
func (t *Texts) Telling(key []byte) bool {
	n := len(key)
	if n == 0 {
		return false
	}
	k := &t.told.names[(uint(key[0])+uint(key[n/2])*5+uint(key[n-1])*11+uint(n)*17)%uint(len(t.told.names))]
	if int(k.n) == n && string(k.text[:n]) == string(key) {
		return k.telling
	}
	telling := t.r.Sensitive(key)
	if n <= len(k.text) {
		k.n, k.telling = uint8(copy(k.text[:], key)), telling
	}
	return telling
}
