package dictionary

import "iter"

// Changes yields the places in text where a trigger begins: a change of kinds of bytes
// that tokens have and prose hardly has (see the package comment). Each depends on
// the eight bytes from there on.
func Changes(text []byte, s *Scratch) iter.Seq[int] {
	return func(yield func(int) bool) {
		d := Dictionary{rung: best}
		t := tier{shape: shapes[atMixed]}
		for off := 0; off+8 <= len(text); off += chunk {
			n := t.candidates(s, d.kinds(text[off:], s), d.rung)
			for _, p := range s.at[:n] {
				if at := off + int(p); at+8 <= len(text) && !yield(at) {
					return
				}
			}
		}
	}
}

// HasChange reports whether a trigger begins in value that depends on nothing that may
// stand around it.
func HasChange(value []byte) bool {
	for off := 0; off+8 <= len(value); off += 64 - 7 {
		k := kindsOf(value[off:min(off+64, len(value))])
		if shapes[atMixed].places(&k, len(value)-off) != 0 {
			return true
		}
	}
	return false
}
