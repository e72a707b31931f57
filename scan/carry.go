package scan

import (
	"bytes"
	"math/bits"

	"github.com/stanch/stanch/internal/names"
)

// carry is what a line leaves for the lines behind it: a name whose value is to
// come, a scalar that goes on, the columns of a table. A scanner carries one
// thing at a time, and the newest. All of it is bounded in lines, but for a
// table, which ends with the first line that has not its columns.
type carry struct {
	kind     carryKind
	name     carriedName
	pos      int      // offset in the current text of the next line to look at
	column   int      // where the name, or its key, stood in its line
	prefix   bool     // something other than blanks stood before it
	left     int      // lines to come
	lines    int      // lines taken
	quote    byte     // round the name or its key
	part     int      // what is counted: values to skip, the place in a list
	inside   bool     // of the object that holds the value
	detector int32    // that reports the value, where no name does
	end      int      // of the string in which the lines are escaped, 0 for lines of the text
	slashes  int      // see row
	tag      [16]byte // that ends a here-document
	nTag     int
	encoding Encoding
	table    table
}

type carryKind uint8

const (
	nothing carryKind = iota
	valueBelow
	scalarBelow
	documentBelow
	memberBelow
	markupBelow
	textBelow
	formBelow
	loginBelow
	netrcBelow
	respBelow
	bindsBelow
	argumentsBelow
	listBelow
	elementBelow
	tableBelow
	rowsBelow
)

// Bounds of what is carried.
const (
	maxBelow       = 12  // lines between a name and the line of its value
	maxScalarLines = 512 // of a block scalar
)

// carriedName is a name whose text may be gone when its value comes.
type carriedName struct {
	text [maxCarriedName]byte
	n    uint8
	kind names.Kind
}

const maxCarriedName = 48

func (c *carriedName) set(name []byte, kind names.Kind) {
	if len(name) > len(c.text) { // its last words tell what it is
		name = name[len(name)-len(c.text):]
	}
	c.n, c.kind = uint8(copy(c.text[:], name)), kind
}

func (c *carriedName) bytes() []byte { return c.text[:c.n] }

// carries starts a carry at the row that holds pos. It returns nil where no row
// follows: lines may be records of their own.
func (s *Scanner) carries(kind carryKind, pos, lines int) *carry {
	t := s.text
	r := s.row(pos)
	if r.end == 0 && (s.single || r.hi == len(t)) {
		s.leaves = true
		return nil
	}
	i := r.lo
	for i < pos && (lex[t[i]]&(isBlank|isQuote) != 0 || bytes.IndexByte([]byte(`-{[+<\`), t[i]) >= 0) {
		i++
	}
	s.carry = carry{kind: kind, pos: r.next, column: pos - r.lo, prefix: i < pos, left: lines, end: r.end, slashes: r.slashes}
	return &s.carry
}

// expect starts a carry for the name of a pair or mention.
func (s *Scanner) expect(kind carryKind, p *pair, pos, lines int) {
	if v, keyed := s.known(p); v.Strength < names.Medium && len(keyed) == 0 || s.e.class[v.Class] < 0 {
		return
	}
	var name carriedName
	name.set(s.nameOf(p), p.kind)
	if c := s.carries(kind, pos, lines); c != nil {
		c.name, c.quote = name, p.keyQuote
	}
}

// expectMember waits for the value of a member whose name is x.
func (s *Scanner) expectMember(x *mention, k *member) {
	kind := memberBelow
	t := s.text
	lo, _ := s.line(k.from)
	if k.quote == 0 && k.to-k.from == 4 && indexFold(t[max(lo, k.from-2*maxGlue):k.from], "form-data") >= 0 {
		kind = formBelow
	}
	if s.expect(kind, &x.pair, k.from, maxBelow); s.carry.kind == kind {
		s.carry.quote = k.quote
	}
}

func (s *Scanner) expectMarkup(x *mention) {
	r := s.row(x.keyStart)
	s.expect(markupBelow, &x.pair, r.lo+max(0, bytes.IndexByte(s.text[r.lo:r.hi], '<')), maxBelow)
}

// nameOf returns the name of a pair.
func (s *Scanner) nameOf(p *pair) []byte {
	if p.far != nil {
		return p.far.bytes()
	}
	return s.text[p.keyStart:p.keyEnd]
}

// below handles a pair whose separator ends its line: the value is in the lines
// that follow, or there is none.
func (s *Scanner) below(p *pair) bool {
	t := s.text
	if p.quote != 0 {
		return false
	}
	s.toll(p.keyStart, hitToll)
	r := s.row(p.keyStart)
	lo, hi := r.lo, r.hi
	i := p.start
	switch {
	case i > hi:
		return false
	case i == hi:
		if p.sep == '>' {
			s.expect(textBelow, p, p.keyStart, 2)
		} else if _, first := s.startsLine(p); p.keyQuote != 0 || first && p.sep == ':' && p.keyStart-lo < maxKey {
			s.expect(valueBelow, p, p.keyStart, 2)
		}
		return true
	case p.sep == ':' && (t[i] == '|' || t[i] == '>'):
		for i++; i < hi && (t[i] == '+' || t[i] == '-' || lex[t[i]]&isDigit != 0); i++ {
		}
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
		if (i == hi || t[i] == '#') && p.keyStart-lo < maxKey {
			s.expect(scalarBelow, p, p.keyStart, maxScalarLines)
			return true
		}
	}
	if tag := documentTag(t[i:hi]); len(tag) > 0 && len(tag) <= len(s.carry.tag) && p.sep == '=' {
		s.expect(documentBelow, p, p.keyStart, maxScalarLines)
		s.carry.nTag = copy(s.carry.tag[:], tag)
		return true
	}
	return false
}

// followCarry looks at the lines that begin before upTo for what is carried.
func (s *Scanner) followCarry(upTo int) {
	t := s.text
	for s.carry.kind != nothing && s.carry.pos < upTo {
		c := &s.carry
		lo := c.pos
		var hi int
		if c.end > 0 {
			if lo >= c.end {
				c.kind = nothing
				return
			}
			hi, c.pos = c.escapedRow(t, lo)
		} else {
			hi = lo + lineEnd(t[lo:])
			c.pos = afterEOL(t, hi)
		}
		if c.kind != tableBelow {
			if c.left--; c.left < 0 {
				c.kind = nothing
				return
			}
		}
		if bytes.Contains(t[lo:hi], blockStart) && c.kind != netrcBelow {
			c.kind = nothing // a key block has a state of its own
			return
		}
		more := false
		switch c.kind {
		case valueBelow:
			more = s.valueLine(c, lo, hi)
		case scalarBelow:
			more = s.scalarLine(c, lo, hi)
		case documentBelow:
			more = s.documentLine(c, lo, hi)
		case memberBelow:
			more = s.memberLine(c, lo, hi)
		case markupBelow:
			more = s.markupLine(c, lo, hi)
		case textBelow:
			more = s.textLine(c, lo, hi)
		case formBelow:
			more = s.formLine(c, lo, hi)
		case loginBelow:
			more = s.loginLine(c, lo, hi)
		case netrcBelow:
			more = s.netrcLine(c, lo, hi)
		case respBelow:
			more = s.respLine(c, lo, hi)
		case bindsBelow, argumentsBelow:
			more = s.argumentsLine(c, lo, hi)
		case listBelow:
			more = s.listLine(c, lo, hi)
		case elementBelow:
			more = s.elementLine(c, lo, hi)
		case tableBelow:
			more = s.tableLine(&c.table, lo, hi)
		case rowsBelow:
			more = s.rowLine(c, lo, hi)
		}
		if !more && s.carry.pos == c.pos {
			c.kind = nothing
		}
	}
}

var blockStart = []byte("-----BEGIN ")

// body returns where the text of a line begins: behind its indentation or,
// where the name's line had a log prefix, at about the column of the name.
func (c *carry) body(t []byte, lo, hi int) int {
	i := lo
	if c.prefix {
		i = min(hi, lo+c.column)
		for i > lo && lex[t[i-1]]&isBlank == 0 && lo+c.column-i < 8 {
			i--
		}
	}
	for i < hi && lex[t[i]]&isBlank != 0 {
		i++
	}
	return i
}

// takeBelow takes the value at q.start for the name that is carried.
func (s *Scanner) takeBelow(c *carry, q *pair) {
	from := len(s.spans)
	name := c.name
	q.far, q.kind = &name, name.kind
	q.deep = bits.Len(uint(c.slashes)) - 1
	v, keyed := s.known(q)
	s.meet(q, v, keyed)
	for i := from; i < len(s.spans); i++ {
		s.spans[i].KeyStart, s.spans[i].KeyEnd = 0, 0
	}
}

// wholeBelow takes text[from:to] for the name that is carried.
func (s *Scanner) wholeBelow(c *carry, from, to int) {
	open := to == len(s.text)
	for to > from && lex[s.text[to-1]]&isBlank != 0 {
		to--
	}
	name := c.name
	q := pair{far: &name, kind: name.kind, sep: ':', keyQuote: '\'', quote: '\'', start: from}
	v, _ := s.known(&q)
	if s.e.class[v.Class] < 0 || from >= to {
		return
	}
	if open {
		s.noteEnd(&q, v, to, false)
	}
	n := len(s.spans)
	s.take(&q, v, from, to)
	for i := n; i < len(s.spans); i++ {
		s.spans[i].KeyStart, s.spans[i].KeyEnd = 0, 0
		s.spans[i].Continued = c.lines > 0
	}
	if len(s.spans) > n {
		c.lines++
	}
}

// valueLine looks for a value on a line of its own.
func (s *Scanner) valueLine(c *carry, lo, hi int) bool {
	t := s.text
	i := c.body(t, lo, hi)
	if i == hi {
		return !c.prefix && hi < len(t) && hi == lo
	}
	q := pair{sep: ':', keyQuote: c.quote, blankAfter: true, line: true}
	if hasFold(t[i:hi], "string(") { // var_dump of PHP
		for i < hi && t[i] != ')' {
			i++
		}
		for i++; i < hi && t[i] == ' '; i++ {
		}
		if i >= hi {
			return false
		}
	}
	quote, d, n := quoteAt(t, i, hi)
	switch {
	case n > 0:
		q.quote, q.depth, i = quote, d, i+n
	case c.quote != 0 && t[i] != '[':
		return false
	case c.quote == 0 && i-lo <= c.column || t[i] == '-' || t[i] == '#' || t[i] == '<':
		return false
	case c.quote == 0 && mapping(t[i:hi]):
		return false
	}
	q.start = i
	s.takeBelow(c, &q)
	return false
}

// mapping tells a line that has a name of its own.
func mapping(line []byte) bool {
	i := 0
	for i < len(line) && lex[line[i]]&isKey != 0 {
		i++
	}
	return i > 0 && i < len(line) && line[i] == ':' && (i+1 == len(line) || lex[line[i+1]]&isBlank != 0)
}

// scalarLine takes a line of a block scalar (YAML 1.2, section 8.1).
func (s *Scanner) scalarLine(c *carry, lo, hi int) bool {
	t := s.text
	i := lo
	if c.prefix {
		i = min(hi, lo+c.column)
		if i == hi {
			return false
		}
	}
	for i < hi && lex[t[i]]&isBlank != 0 {
		i++
	}
	if i == hi {
		return true
	}
	if i-lo <= c.column {
		return false
	}
	s.wholeBelow(c, i, hi)
	return true
}

// documentLine takes a line of a here-document: password = <<EOT.
func (s *Scanner) documentLine(c *carry, lo, hi int) bool {
	line := bytes.TrimSpace(s.text[lo:hi])
	if bytes.Equal(line, c.tag[:c.nTag]) {
		return false
	}
	i := lo
	for i < hi && lex[s.text[i]]&isBlank != 0 {
		i++
	}
	s.wholeBelow(c, i, hi)
	return true
}

// documentTag returns the tag in <<TAG, <<-TAG or <<~'TAG' that ends a line.
func documentTag(b []byte) []byte {
	b, ok := bytes.CutPrefix(b, []byte("<<"))
	if !ok || len(b) == 0 {
		return nil
	}
	if b[0] == '-' || b[0] == '~' {
		b = b[1:]
	}
	b = bytes.Trim(b, " \"'")
	for _, c := range b {
		if lex[c]&isWord == 0 {
			return nil
		}
	}
	return b
}

// memberLine looks for the member that holds the value of a name. Members of
// an object stand in one column.
func (s *Scanner) memberLine(c *carry, lo, hi int) bool {
	t := s.text
	i := lo
	if c.prefix {
		i = min(hi, lo+c.column)
		for i > lo && lex[t[i-1]]&isBlank != 0 {
			i--
		}
	}
	for i < hi && lex[t[i]]&isBlank != 0 {
		i++
	}
	column := i - lo
	if _, _, n := quoteAt(t, i, hi); n > 0 && c.quote != 0 {
		column += n
	}
	switch {
	case i == hi, column < c.column:
		return false
	case column > c.column && !c.inside:
		return true // inside of another member
	case t[i] == '}' || t[i] == ']' || t[i] == '-' || t[i] == ')':
		return c.inside && column > c.column
	}
	m := member{from: lo + column, quote: c.quote}
	for m.to = m.from; m.to < hi && lex[t[m.to]]&isKey != 0; m.to++ {
	}
	key := t[m.from:m.to]
	if !valuesIt(key) {
		return string(key) != "name" && string(key) != "key" && string(key) != "Name"
	}
	q := pair{keyStart: m.from, keyEnd: m.to}
	if !s.separator(&q, false) {
		return false
	}
	if q.start >= hi {
		return false
	}
	if q.quote == 0 && (t[q.start] == '{' || t[q.start] == '[') {
		k := q.start + 1
		for k < hi && lex[t[k]]&isBlank != 0 {
			k++
		}
		if k == hi {
			c.inside = true
			return true
		}
		x := mention{pair: q, known: true}
		name := c.name
		x.far, x.kind = &name, name.kind
		x.class, x.keyed = s.known(&x.pair)
		q.far = &name
		n := len(s.spans)
		s.nested(&x, &q)
		for ; n < len(s.spans); n++ {
			s.spans[n].KeyStart, s.spans[n].KeyEnd = 0, 0
		}
		return false
	}
	if q.quote == 0 && (t[q.start] == '|' || t[q.start] == '>') && c.quote == 0 {
		c.kind, c.left = scalarBelow, maxScalarLines
		return true
	}
	q.at, q.line = m.from, true
	s.takeBelow(c, &q)
	return false
}

// markupLine looks for the element that holds the value of a name.
func (s *Scanner) markupLine(c *carry, lo, hi int) bool {
	t := s.text
	i := c.body(t, lo, hi)
	if i == hi || t[i] != '<' || i+1 < hi && t[i+1] == '/' {
		return false
	}
	name := c.name
	x := mention{pair: pair{far: &name, kind: name.kind}, known: true}
	x.class, x.keyed = s.known(&x.pair)
	n := len(s.spans)
	was := *c
	s.sisterElement(&x, i, hi)
	for k := n; k < len(s.spans); k++ {
		s.spans[k].KeyStart, s.spans[k].KeyEnd = 0, 0
	}
	if len(s.spans) > n {
		return false
	}
	*c = was
	return true
}

// textLine takes the text of an element that stands on a line of its own.
func (s *Scanner) textLine(c *carry, lo, hi int) bool {
	t := s.text
	i := c.body(t, lo, hi)
	if i == hi || t[i] == '<' && !hasFold(t[i:hi], "<![cdata[") {
		return false
	}
	if t[i] == '<' {
		i += len(cdata)
	}
	end := i
	for end < hi && t[end] != '<' && !bytes.HasPrefix(t[end:hi], []byte("]]>")) {
		end++
	}
	s.wholeBelow(c, i, end)
	return false
}

// formLine follows a part of a form (RFC 7578): headers, a blank line, the
// value up to the line that begins with two dashes.
func (s *Scanner) formLine(c *carry, lo, hi int) bool {
	t := s.text
	if !c.inside {
		c.inside = hi == lo
		return c.inside || mapping(t[lo:hi])
	}
	if hi-lo > 2 && t[lo] == '-' && t[lo+1] == '-' {
		return false
	}
	s.wholeBelow(c, lo, hi)
	return true
}
