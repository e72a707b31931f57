package record

import "unsafe"

// IsCommand knows the names under which arguments of commands are listed:
// process.command_args of the semantic conventions, and what programs call theirs.
func IsCommand(name string) bool {
	for _, end := range [...]string{"command_args", "args", "argv", "cmdline", "command_line", "command", "cmd", "entrypoint"} {
		if n := len(name) - len(end); n == 0 && name == end ||
			n > 0 && name[n:] == end && (name[n-1] == '.' || name[n-1] == '_') {
			return true
		}
	}
	return false
}

// word is an argument of a command, which stands at value[start:end].
type word struct {
	start, end int
	from, to   int // of arena: what it becomes among the others
	changed    bool
}

// Collect begins a list of texts under a name, if that of a command says that they are its
// arguments, of which one may announce the next. The list is walked then, and once more
// behind Collected.
func (t *Texts) Collect(key []byte) bool {
	if t.walk == collecting || len(key) == 0 || !IsCommand(unsafe.String(&key[0], len(key))) {
		return false
	}
	t.words, t.word, t.before, t.walk = t.words[:0], 0, t.walk, collecting
	return true
}

// Collected ends what Collect began.
func (t *Texts) Collected() {
	t.walk = t.before
	if len(t.words) < 2 {
		t.words = t.words[:0]
		return
	}
	if t.walk == looking {
		t.buf = t.buf[:0]
		for _, w := range t.words {
			t.buf = append(append(t.buf, t.value[w.start:w.end]...), ' ')
		}
		t.suspect = t.suspect || !t.r.Clean(t.buf)
		t.words = t.words[:0]
		return
	}
	var list [][]byte
	for _, w := range t.words {
		list = append(list, t.value[w.start:w.end])
	}
	t.r.Source.Path = string(t.path)
	t.r.Words(list, func(i int, redacted []byte) {
		w := &t.words[i]
		w.from = len(t.arena)
		t.arena = append(t.arena, redacted...)
		w.to = len(t.arena)
		w.changed = len(redacted) != len(list[i]) || len(redacted) > 0 && &redacted[0] != &list[i][0]
	})
}

// argument takes a text that has become something else as an argument of a command.
func (t *Texts) argument(at, start, end int) bool {
	for t.word < len(t.words) && t.words[t.word].start < start {
		t.word++
	}
	if t.word == len(t.words) || t.words[t.word].start != start || !t.words[t.word].changed {
		return false
	}
	t.change(edit{start: at, end: end, from: t.words[t.word].from, to: t.words[t.word].to, measured: true})
	return true
}
