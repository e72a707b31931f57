package otlp

import (
	"hash/maphash"

	"github.com/stanch/stanch/redact"
)

// known remembers texts that come again and again: names of attributes, spans and
// metrics, versions, units. It has a fixed size and allocates nothing.
type known struct {
	seed      maphash.Seed
	rewritten func(Position, bool, string) string
	short     [1024]struct {
		n    uint8
		told verdict
		text [62]byte
	}
	long [256]struct {
		n    uint8
		told verdict
		text [254]byte
	}
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
	i := maphash.String(k.seed, s)
	switch {
	case len(s) <= len(k.short[0].text):
		p := &k.short[i%uint64(len(k.short))]
		if int(p.n) != len(s) || string(p.text[:p.n]) != s || p.told == 0 && p.n == 0 {
			p.told = k.judge(s, r)
			p.n = uint8(copy(p.text[:], s))
		}
		return p.told
	case len(s) <= len(k.long[0].text):
		p := &k.long[i%uint64(len(k.long))]
		if int(p.n) != len(s) || string(p.text[:p.n]) != s {
			p.told = k.judge(s, r)
			p.n = uint8(copy(p.text[:], s))
		}
		return p.told
	}
	return k.judge(s, r)
}

func (k *known) judge(s string, r *redact.Redactor) (v verdict) {
	b := view(s)
	if r.Clean(b) && k.rewritten(StatusMessage, false, s) == s {
		v |= clean
	}
	if r.Sensitive(b) {
		v |= sensitive
	}
	if isCommand(s) {
		v |= command
	}
	return v
}

// isCommand knows the names under which arguments of commands are listed:
// process.command_args of the semantic conventions, and what programs call theirs.
func isCommand(name string) bool {
	for _, end := range [...]string{"command_args", "args", "argv", "cmdline", "command_line", "command", "cmd", "entrypoint"} {
		if n := len(name) - len(end); n == 0 && name == end ||
			n > 0 && name[n:] == end && (name[n-1] == '.' || name[n-1] == '_') {
			return true
		}
	}
	return false
}
