package redactionprocessor

import "hash/maphash"

// plainTexts remembers short texts of which the lists say nothing: routes, methods,
// hosts, and what else attributes hold again and again. It has a fixed size.
type plainTexts struct {
	seed  maphash.Seed
	texts [1024]struct {
		n    uint8 // 0 for none
		text [63]byte
	}
}

// isPlain reports whether a text is neither blocked nor allowed.
func (w *worker) isPlain(text string) bool {
	if len(w.p.blocked.list)+len(w.p.allowed.list) == 0 {
		return true
	}
	c := &w.plain
	if len(text) == 0 || len(text) > len(c.texts[0].text) {
		return w.looksPlain(text)
	}
	x := &c.texts[maphash.String(c.seed, text)%uint64(len(c.texts))]
	if int(x.n) == len(text) && string(x.text[:x.n]) == text {
		return true
	}
	if !w.looksPlain(text) {
		return false
	}
	x.n = uint8(copy(x.text[:], text))
	return true
}

func (w *worker) looksPlain(text string) bool {
	return !w.p.blocked.find(&w.blocked, view(text)) && !w.p.allowed.find(&w.allowed, view(text))
}
