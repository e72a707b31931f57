package otlp

import (
	"encoding/binary"

	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

// known remembers texts that come again and again: names of attributes, spans and
// metrics, versions, units. It has a fixed size and allocates nothing.
type known struct {
	seed      uint64
	rewritten func(Position, bool, string) string
	short     [256]struct {
		ways
		texts [4]struct {
			n    uint8
			told verdict
			text [62]byte
		}
	}
	long [64]struct {
		ways
		texts [4]struct {
			n    uint8
			told verdict
			text [254]byte
		}
	}
}

// ways are four places for texts of one sort of hash.
type ways struct {
	tags [4]uint16 // 0 where nothing is
	next uint8     // that is overwritten
}

// take returns the place for another text.
func (w *ways) take(tag uint16) int {
	i := w.next & 3
	w.next++
	w.tags[i] = tag
	return int(i)
}

// verdict is what is known of a text.
type verdict uint8

const (
	// clean: as a text it holds no candidate.
	clean verdict = 1 << iota
	// sensitive: as a name it says that its value may be a secret.
	sensitive
	// command: as a name it says that its value is the arguments of a command.
	command
)

// of returns what is known of s.
func (k *known) of(s string, r *redact.Redactor) verdict {
	h := k.hash(s)
	tag := uint16(h>>40) | 1
	if len(s) <= len(k.short[0].texts[0].text) {
		set := &k.short[h>>56]
		for i := range set.tags {
			if p := &set.texts[i]; set.tags[i] == tag && int(p.n) == len(s) && string(p.text[:len(s)]) == s {
				return p.told
			}
		}
		told := k.judge(s, r)
		p := &set.texts[set.take(tag)]
		p.told, p.n = told, uint8(copy(p.text[:], s))
		return told
	}
	if len(s) > len(k.long[0].texts[0].text) {
		return k.judge(s, r)
	}
	set := &k.long[h>>58]
	for i := range set.tags {
		if p := &set.texts[i]; set.tags[i] == tag && int(p.n) == len(s) && string(p.text[:len(s)]) == s {
			return p.told
		}
	}
	told := k.judge(s, r)
	p := &set.texts[set.take(tag)]
	p.told, p.n = told, uint8(copy(p.text[:], s))
	return told
}

// hash is made of the length and the ends of a text. Texts that come to the same
// place only cost time, as those do that come once.
func (k *known) hash(s string) uint64 {
	const odd = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	n := len(s)
	h := k.seed ^ uint64(n)
	b := view(s)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(b)*odd ^ binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(b))<<32 | uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		h ^= uint64(b[0])<<32 | uint64(b[n/2])<<24 | uint64(b[n-1])<<16
	}
	h *= odd
	return (h ^ h>>32) * odd
}

func (k *known) judge(s string, r *redact.Redactor) (v verdict) {
	b := view(s)
	if r.Clean(b) && k.rewritten(StatusMessage, false, s) == s {
		v |= clean
	}
	if r.Sensitive(b) {
		v |= sensitive
	}
	if record.IsCommand(s) {
		v |= command
	}
	return v
}
