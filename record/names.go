package record

import (
	"strconv"

	"github.com/stanch/stanch/redact"
)

// keyMark stands at the end of the path of a finding in a key. The rest of the path
// is that of the map.
const keyMark = "#key"

// Names are the keys of one map, which stay different from each other. The zero value
// is none.
type Names struct{ taken map[string]name }

type name struct {
	changed bool
	next    int // number for the next one that would be the same
}

// Key takes a key of a map, which stands as in Text. Equal keys of different maps
// become the same, if they change.
func (t *Texts) Key(names *Names, at, start, end int) {
	key := t.value[start:end]
	if t.walk == looking {
		t.look(nil, key)
	}
	if t.walk != editing {
		return
	}
	from, changed := len(t.arena), false
	if len(key) > 0 && !t.r.CleanValue(nil, key) {
		m := t.Here()
		t.path = append(t.path, keyMark...)
		usual := t.r.Default
		t.r.Default = redact.Token
		changed = t.redact(nil, key)
		t.r.Default = usual
		t.Up(m)
	}
	if !changed {
		t.arena = append(t.arena, key...)
	} else if len(t.arena) == from {
		t.arena = append(t.arena, "REDACTED"...)
	}
	if names.add(t.arena[from:], changed) {
		t.arena, changed = names.number(t.arena, from), true
	}
	if !changed {
		t.arena = t.arena[:from]
		return
	}
	t.change(edit{start: at, end: end, from: from, to: len(t.arena), measured: true})
}

// add notes a key. It reports whether the key needs a number: there is one like it,
// and one of the two was something else.
func (n *Names) add(key []byte, changed bool) (again bool) {
	if n.taken == nil {
		n.taken = make(map[string]name)
	}
	x, ok := n.taken[string(key)]
	if !ok {
		n.taken[string(key)] = name{changed, 2}
		return false
	}
	return changed || x.changed
}

// number appends to the key that buf[from:] is a number that makes it another one.
func (n *Names) number(buf []byte, from int) []byte {
	first := string(buf[from:])
	x := n.taken[first]
	end := len(buf)
	for {
		buf = strconv.AppendInt(append(buf[:end], '_'), int64(x.next), 10)
		x.next++
		if _, ok := n.taken[string(buf[from:])]; !ok {
			break
		}
	}
	n.taken[first] = x
	n.taken[string(buf[from:])] = name{true, 2}
	return buf
}
