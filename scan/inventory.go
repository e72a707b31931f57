package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/decode"
	"github.com/stanch/stanch/inventory"
)

// Known secrets are looked for in a pass of their own over the text. No name and
// no shape has to announce them, so there is nothing to verify: a hit is a span.

// lookup is what a scanner needs for an inventory.
type lookup struct {
	scratch inventory.Scratch
	hits    []inventory.Hit
	// tail is where a secret may begin that the end of an unfinished text cuts.
	// hold is the same of one too short to be worth a marker: the last letter of
	// many a word is the first of some secret. It is held back until more comes,
	// or the text ends.
	tail, hold int
}

// leastTail is how much of the start of a known secret is redacted at a pause;
// what is shorter is held.
const leastTail = 4

// look passes over text and reports whether there is anything known in it.
func (l *lookup) look(inv *inventory.Inventory, text []byte, m mode) bool {
	l.hits = inv.Scan(l.hits[:0], text, &l.scratch)
	l.tail, l.hold = noOpen, noOpen
	if m == unfinished {
		switch i := inv.Tail(text); {
		case len(text)-i >= leastTail:
			l.tail = i
		case i < len(text):
			l.hold = i
		}
	}
	return len(l.hits) > 0 || l.tail != noOpen
}

// knownSecrets records what look has found. Escapes are spliced; base64 and hex
// go as a whole, as every carrier does.
func (s *Scanner) knownSecrets(m mode) {
	t, l := s.text, s.lookup
	if l.tail != noOpen {
		s.current = s.e.inventoried
		s.open(l.tail)
	}
	var base64, hex run
	for i := range l.hits {
		h := &l.hits[i]
		start, end, form := h.Start, h.End, decode.None
		switch h.Form {
		case inventory.Base64, inventory.Base64URL:
			if form = decode.Base64; end <= base64.end {
				continue
			}
			base64.start = min(start, decode.Base64Start(t, start, base64.from(start)))
			base64.end = max(end, decode.Base64End(t, base64.start, min(len(t), end+maxRun)))
			start, end = base64.start, base64.end
		case inventory.Hex:
			if form = decode.Hex; end <= hex.end {
				continue
			}
			a, b := decode.HexRun(t, start, hex.from(start), min(len(t), end+maxRun), false)
			hex.start, hex.end = min(start, a), max(end, b)
			start, end = hex.start, hex.end
		case inventory.Percent:
			form = decode.Percent
		case inventory.JSON:
			form = decode.Backslash
		}
		if m == unfinished && end == len(t) && (form == decode.Base64 || form == decode.Hex) {
			s.current = s.e.inventoried
			s.open(start) // the carrier may go on
		}
		x := s.found(s.e.inventoried, start, end, finding.Certain, ByInventory)
		x.Entry, x.Encoding = int32(h.Entry)+1, Encoding(form)
		if form == decode.None && digits(t[start:end]) {
			x.Bare = s.member(x)
		}
	}
}

func digits(v []byte) bool {
	for _, c := range v {
		if lex[c]&isDigit == 0 {
			return false
		}
	}
	return true
}

// member reports whether a number is the value of a member of a JSON object, and
// notes its name.
func (s *Scanner) member(x *Span) bool {
	t := s.text
	from, to := keyBefore(t, x.Start)
	if from == to || to >= x.Start || t[to] != '"' && t[to] != '\\' || x.End < len(t) && lex[t[x.End]]&isWord != 0 {
		return false
	}
	x.KeyStart, x.KeyEnd = from, to
	return true
}

// weakly takes the value of a pair if it is one that is known but too weak to be
// looked for where no name announces it.
func (s *Scanner) weakly(p *pair, start, end int) bool {
	entry, ok := s.e.inventory.Value(s.text[start:end])
	if !ok {
		return false
	}
	s.goes(end)
	x := s.found(s.e.inventoried, start, end, finding.Certain, ByInventory|ByKey)
	x.Entry, x.Bare = int32(entry)+1, p.bare()
	x.KeyStart, x.KeyEnd = p.keyStart, p.keyEnd
	return true
}
