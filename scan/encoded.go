package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/decode"
	"github.com/stanch/stanch/internal/names"
)

// Bounds of what is decoded.
const (
	// maxDepth is how many layers are taken off, not counting compression.
	maxDepth = 3
	// growth is how many bytes may be decoded for each byte of a line, over all
	// runs, layers and compression.
	growth = 32
	// maxRun is the longest run of base64 or numbers decoded as one, in bytes.
	maxRun = 256 << 10
	// An escaped text is decoded from so many bytes before the hit, and up to
	// so many behind it.
	unitBefore = 1 << 10
	unitAfter  = 32 << 10
	// decodeToll is what a layer costs, however short, in bytes looked at.
	decodeToll = 128
	leastBytes = 4 // of a byte array that is a secret for its name
)

// layer is what a scanner needs in order to look into encoded text.
type layer struct {
	scanner  *Scanner
	text     decode.Text
	bytes    []byte
	inflater decode.Inflater
	inflated []byte
	spans    []Span

	// By form: the run last decoded, with a bit for each phase, and the escaped
	// text last decoded.
	last [decode.Decimal + 1]run
}

type run struct{ start, end, tried int }

func (s *Scanner) deeper() *layer {
	if s.layer == nil {
		top := s.top
		if top == nil {
			top = s
		}
		s.layer = &layer{scanner: s.e.NewScanner()}
		s.layer.scanner.depth, s.layer.scanner.top = s.depth+1, top
		s.layer.forget()
	}
	return s.layer
}

// forget makes the layer ready for another text.
func (l *layer) forget() {
	clear(l.last[:])
}

// from returns where a run that holds pos may begin: not in the one before.
func (r *run) from(pos int) int {
	if r.end <= pos {
		return max(0, pos-maxRun, r.end)
	}
	return max(0, pos-maxRun)
}

// leadToll counts work at a lead to encoded text at pos, which n bytes pay for. Whether
// one stands near the end of a line may depend on the next, which need not have come
// yet, so that there nothing is counted.
func (s *Scanner) leadToll(pos, n, cost int) {
	if _, hi := s.line(pos); pos+farLead <= hi {
		s.spend(pos, n, cost)
	}
}

const farLead = 64 // bytes of the longest lead and the run behind it

// within scans what was taken out of an encoding at pos. The work is the line's.
func (s *Scanner) within(pos int, text []byte) []Span {
	l := s.layer
	before := l.scanner.work
	l.spans = l.scanner.Text(l.spans[:0], text)
	s.leadToll(pos, len(text), l.scanner.work-before)
	return l.spans
}

// decodes counts n bytes that are about to be decoded at pos and reports
// whether the line may still ask for them.
func (s *Scanner) decodes(pos, n int) bool {
	s.allow(pos)
	s.leadToll(pos, n, decodeToll+n/2)
	top := s.top
	if top == nil {
		top = s
	}
	top.room -= n
	return top.room >= 0
}

// encoded decides at a lead to encoded text.
func (s *Scanner) encoded(u *use, hs, he int) {
	if s.depth == maxDepth || hs < s.taken || s.covered(hs) {
		return
	}
	s.current = s.e.opaque
	s.leadToll(hs, 0, hitToll)
	switch u.form {
	case decode.Base64:
		s.base64(hs, int(u.phase))
	case decode.Hex:
		s.hex(hs, he, u.phase == opening)
	case decode.Decimal:
		s.decimal(hs, he, u.phase == opening)
	default:
		s.escaped(u.form, hs)
	}
}

// covered reports whether pos lies in a secret found just now.
func (s *Scanner) covered(pos int) bool {
	for i := len(s.spans) - 1; i >= 0 && i >= len(s.spans)-4; i-- {
		if x := &s.spans[i]; pos >= x.Start && pos < x.End && x.Confidence > finding.Doubtful && x.Evidence&Identifier == 0 {
			return true
		}
	}
	return false
}

// base64 decodes the run of base64 around a mark at hs whose first character
// has the number phase in its group.
func (s *Scanner) base64(hs, phase int) {
	t, l := s.text, s.deeper()
	r := &l.last[decode.Base64]
	if hs < r.start || hs >= r.end {
		r.start = decode.Base64Start(t, hs, r.from(hs))
		r.end = decode.Base64End(t, hs, min(len(t), hs+maxRun))
		r.tried = 0
	}
	bit := 1 << ((hs - r.start - phase) & 3)
	if r.tried&bit != 0 {
		return
	}
	r.tried |= bit
	start, end := r.start, r.end
	if end == len(t) {
		s.open(start)
	}
	if !s.decodes(hs, end-start) {
		s.undecoded(start, end, decode.Base64)
		return
	}
	var escape decode.Form
	l.bytes, escape = decode.AppendBase64(l.bytes[:0], t[start:end], hs-start, phase)
	row := s.fullRow(end)
	n := len(l.bytes)
	x := s.carrier(l.bytes, decode.Base64, start, end)
	if x == nil && row > 0 { // the value may be in the next row
		l.bytes = append(l.bytes[:n], nextRow...)
		x = s.carrier(l.bytes, decode.Base64, start, end)
	}
	if x == nil {
		return
	}
	x.Encoding = x.Encoding.inside(escape)
	if row > 0 && x.Confidence > finding.Doubtful {
		d, e := x.Detector, x.Encoding
		if c := s.carries(rowsBelow, end-row, maxRows); c != nil {
			c.detector, c.part, c.encoding = d, row, e
		}
	}
}

// hex decodes the run of hexadecimal digits that holds text[hs:he], or begins
// at he.
func (s *Scanner) hex(hs, he int, opens bool) {
	t, l := s.text, s.deeper()
	at := hs
	if opens {
		at = he
	}
	separated := at+2 < len(t) && (t[at+2] == ' ' || t[at+2] == ':')
	r := &l.last[decode.Hex]
	if at >= r.start && at < r.end {
		return
	}
	start, end := decode.HexRun(t, at, r.from(at), min(len(t), at+maxRun), separated)
	r.start, r.end, r.tried = start, end, -1
	if end == len(t) {
		s.open(start)
	}
	if !s.decodes(at, end-start) {
		s.undecoded(start, end, decode.Hex)
		return
	}
	from := start
	if !separated {
		from += (at - start) & 1
	}
	l.bytes = decode.AppendHex(l.bytes[:0], t[from:end])
	if opens { // arguments end with NUL
		for i, c := range l.bytes {
			if c == 0 {
				l.bytes[i] = ' '
			}
		}
	}
	s.carrier(l.bytes, decode.Hex, start, end)
}

// decimal decodes a list of numbers that holds text[hs:he], or begins at he.
func (s *Scanner) decimal(hs, he int, opens bool) {
	t, l := s.text, s.deeper()
	r := &l.last[decode.Decimal]
	if hs >= r.start && hs < r.end {
		return
	}
	start := hs
	if opens {
		start = he
	} else {
		for lim := r.from(hs); start > lim && numberByte(t[start-1]); start-- {
		}
		for start < hs && (t[start] == ' ' || t[start] == ',') {
			start++
		}
	}
	lim := min(len(t), start+maxRun)
	if !s.decodes(hs, 0) {
		return
	}
	var n int
	l.bytes, n = decode.AppendDecimal(l.bytes[:0], t[start:lim])
	end := start + n
	r.start, r.end, r.tried = start, max(end, he), -1
	for end > start && (t[end-1] == ' ' || t[end-1] == ',') {
		end--
	}
	if end == len(t) {
		s.open(start)
	}
	if !s.decodes(hs, n) {
		s.undecoded(start, end, decode.Decimal)
		return
	}
	x := s.carrier(l.bytes, decode.Decimal, start, end)
	if x == nil && opens && len(l.bytes) >= leastBytes {
		x = s.namedBytes(hs, start, end)
	}
	if x == nil {
		return
	}
	// A JSON array of numbers becomes one of a string.
	if start > 0 && t[start-1] == '[' && bytes.IndexByte(t[start:end], ',') >= 0 {
		x.Bare = true
		x.KeyStart, x.KeyEnd = keyBefore(t, start-1)
	}
}

// namedBytes takes the numbers text[start:end] where what opens them at hs is
// the value of a sensitive name: Password:[]byte{…}, "token":{"type":"Buffer",….
func (s *Scanner) namedBytes(hs, start, end int) *Span {
	t := s.text
	if t[hs] != '[' {
		for lim := max(0, hs-maxGlue); hs > lim && t[hs] != '{'; hs-- {
		}
	}
	p := pair{sep: ':', start: start}
	p.keyStart, p.keyEnd = keyBefore(t, hs)
	if v, _ := s.known(&p); p.keyStart < p.keyEnd && v.Strength >= names.Medium && s.e.class[v.Class] >= 0 {
		x := s.found(s.e.class[v.Class], start, end, finding.Likely, ByKey)
		x.KeyStart, x.KeyEnd, x.Encoding = p.keyStart, p.keyEnd, Encoding(decode.Decimal)
		return x
	}
	return nil
}

func numberByte(c byte) bool {
	return lex[c]&isHex != 0 || c == 'x' || c == 'X' || c == ',' || c == ' '
}

// keyBefore returns the bounds of the name with a colon whose value begins at
// i, or twice nothing.
func keyBefore(t []byte, i int) (start, end int) {
	skip := func(what func(c byte) bool) {
		for i > 0 && what(t[i-1]) {
			i--
		}
	}
	skip(func(c byte) bool { return c == ' ' })
	if i == 0 || t[i-1] != ':' {
		return 0, 0
	}
	i--
	skip(func(c byte) bool { return c == ' ' })
	if i > 0 && lex[t[i-1]]&isQuote != 0 {
		i--
		skip(func(c byte) bool { return c == '\\' })
	}
	end = i
	skip(func(c byte) bool { return lex[c]&isKey != 0 })
	return i, end
}

// carrier looks into b, which is what text[start:end] decodes to. A carrier of
// a secret goes as a whole. It returns the span, or nil.
func (s *Scanner) carrier(b []byte, f decode.Form, start, end int) *Span {
	l := s.deeper()
	packed := decode.Packed(b)
	if packed != decode.None {
		top := s.top
		if top == nil {
			top = s
		}
		var more bool
		l.inflated, more = l.inflater.Append(l.inflated[:0], b, packed, max(0, top.room))
		top.room -= len(l.inflated)
		switch {
		case more:
			return s.undecoded(start, end, f)
		case len(l.inflated) > 0:
			b = l.inflated
		default:
			packed = decode.None
		}
	}
	narrow, wide := decode.Narrow(b)
	best := heaviest(s.within(start, narrow))
	if best == nil {
		return nil
	}
	x := s.found(best.Detector, start, end, best.Confidence, best.Evidence&^Unclosed)
	x.Encoding, x.Entry = best.Encoding, best.Entry
	if wide {
		x.Encoding = x.Encoding.inside(decode.UTF16)
	}
	x.Encoding = x.Encoding.inside(packed).inside(f)
	if x.Confidence > finding.Doubtful {
		s.goes(end)
	}
	return x
}

// heaviest returns the span that says what a carrier is; nil if none does.
func heaviest(spans []Span) (best *Span) {
	for i := range spans {
		x := &spans[i]
		if x.Evidence&Identifier == 0 && (best == nil || x.Confidence > best.Confidence || x.Confidence == best.Confidence && rank(x.Evidence) > rank(best.Evidence)) {
			best = x
		}
	}
	return best
}

// undecoded hides a run that a mark stands in and that there is no room to decode.
func (s *Scanner) undecoded(start, end int, f decode.Form) *Span {
	x := s.found(s.e.opaque, start, end, finding.Likely, ByConstruct)
	x.Encoding = Encoding(f)
	s.goes(end)
	return x
}

// escaped decodes the text around pos that is written with escapes of the form
// f, and records the secrets in it where they stand. It reports whether the
// text was looked into; then what stands there undecoded says nothing.
func (s *Scanner) escaped(f decode.Form, pos int) bool {
	if s.depth == maxDepth {
		return false
	}
	t, l := s.text, s.deeper()
	u := &l.last[f]
	if pos >= u.start && pos < u.end {
		return true
	}
	start, end, more := unit(t, f, pos)
	u.start, u.end = start, end
	if end == len(t) {
		s.open(pos)
	}
	if !s.decodes(pos, end-start) {
		s.undecoded(pos, end, f)
		return true
	}
	l.text.Unescape(t[start:end], f)
	s.within(pos, l.text.Bytes)
	for i := range l.spans {
		x := l.spans[i]
		open := more && x.End == len(l.text.Bytes)
		x.Start, x.End = l.text.Source(x.Start, x.End)
		x.Start, x.End = start+x.Start, start+x.End
		if x.KeyStart < x.KeyEnd {
			x.KeyStart, x.KeyEnd = l.text.Source(x.KeyStart, x.KeyEnd)
			x.KeyStart, x.KeyEnd = start+x.KeyStart, start+x.KeyEnd
		} else {
			x.KeyStart, x.KeyEnd = 0, 0
		}
		if open { // goes on behind what was decoded
			_, x.End = s.line(pos)
		}
		x.Encoding = x.Encoding.inside(f)
		s.spans = append(s.spans, x)
	}
	return true
}

// unit returns the bounds of the text around pos in which escapes of a form
// may stand; more says that it ends for its length only.
func unit(t []byte, f decode.Form, pos int) (start, end int, more bool) {
	start, end = pos, pos
	lo, hi := max(0, pos-unitBefore), min(len(t), pos+unitAfter)
	for start > lo && !unitEnds(t, f, start-1) {
		start--
	}
	for end < hi && !unitEnds(t, f, end) {
		end++
	}
	more = end == hi && hi < len(t)
	for end > pos && t[end-1] == '\\' { // of what ends it
		end--
	}
	return start, end, more
}

func unitEnds(t []byte, f decode.Form, i int) bool {
	c := t[i]
	if lex[c]&isEOL != 0 {
		return true
	}
	switch f {
	case decode.Percent:
		return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c == 0x7f
	case decode.Entity:
		return c == '"' || c == '<' || c == '>'
	case decode.Backslash:
		if c != '"' {
			return false
		}
		k := i
		for k > 0 && i-k < 16 && t[k-1] == '\\' {
			k--
		}
		return (i-k)%2 == 0
	}
	return false
}

// escapedName decides at a name with an escape right behind it.
func (s *Scanner) escapedName(p *pair) bool {
	f := decode.Escape(s.text[p.keyEnd:])
	switch f {
	case decode.None:
		return false
	case decode.QuotedPrintable:
		if !quotedPrintable(s.text, p.keyEnd) {
			return false
		}
	}
	return s.escaped(f, p.keyStart)
}

// quotedPrintable reports whether the =3D at i is more than a value that
// begins with 3D: another escape follows on the line, or the line is broken.
func quotedPrintable(t []byte, i int) bool {
	if i+3 > len(t) || t[i+1] != '3' || t[i+2] != 'D' {
		return false
	}
	for k := i + 3; k < len(t) && k < i+unitBefore; k++ {
		switch {
		case lex[t[k]]&isEOL != 0:
			return t[k-1] == '='
		case t[k] == '=':
			if decode.Escape(t[k:]) == decode.QuotedPrintable {
				return true
			}
		}
	}
	return false
}
