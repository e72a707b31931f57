package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// Bounds of an object whose members are looked at.
const (
	maxObject  = 4 << 10 // bytes behind the member that holds the name
	maxBehind  = 2 << 10 // bytes before it
	maxOpening = 4       // brackets tried as the start of the object
	maxMembers = 12      // members between a name and its value
)

// member is the key of a member of an object: "name": in JSON, name= in XML
// and dumps, :name=> in Ruby.
type member struct {
	from, to int  // of the key, without quotes
	quote    byte // around the key, 0 for none
	depth    int  // escape depth of the quote
	next     int  // behind the separator
}

// apart decides at a sensitive name that no value follows: the name may be a
// value or an element itself, and its own value be in its neighbourhood.
// A name is always tried as few things as its neighbouring bytes allow.
func (s *Scanner) apart(p *pair) {
	t := s.text
	if p.keyStart >= p.keyEnd {
		return
	}
	x := mention{pair: *p, open: p.keyStart, close: p.keyEnd}
	if !x.quotes(t) {
		s.bareMention(&x)
		return
	}
	i := x.open
	if i > 0 && (t[i-1]|0x20 == 'b' || t[i-1]|0x20 == 'u') && (i < 2 || lex[t[i-2]]&isWord == 0) {
		i-- // b'…', u"…"
	}
	for lim := max(0, i-maxGlue); i > lim && lex[t[i-1]]&isBlank != 0; i-- {
	}
	if i == 0 {
		s.heading(&x)
		return
	}
	switch c := t[i-1]; c {
	case ':', '=', '>':
		if k, ok := memberBefore(t, i); ok {
			s.siblings(&x, &k)
		}
	case '[', '(', ',':
		if c != '[' && s.insertColumn(&x) || s.heading(&x) {
			return
		}
		s.element(&x, i)
	default:
		if !s.heading(&x) {
			s.expectElement(&x)
		}
	}
}

// mention is a sensitive name that stands for itself: a value, an element, a
// cell. open and close are its bounds with quotes.
type mention struct {
	pair
	open, close int
	quoteLen    int
	class       names.Verdict
	keyed       []int32
	known       bool
}

// quotes finds the quotes round the name, or round a few words that end with it.
func (x *mention) quotes(t []byte) bool {
	e := x.keyEnd
	for e < len(t) && e < x.keyEnd+2 && t[e] == ']' { // user[password]
		e++
	}
	q, d, n := quoteAt(t, e, min(len(t), e+maxGlue))
	if n == 0 {
		return false
	}
	o := x.keyStart
	for lim := max(0, o-maxMention); o > lim && (lex[t[o-1]]&(isKey|isBlank) != 0 || t[o-1] == '[' || t[o-1] == ':' || t[o-1] == '$'); o-- {
	}
	if o > 0 && t[o-1] == '/' { // a JSON pointer of one step
		o--
	}
	if o < n || !sameQuote(t, e, o-n, n) || o > n && q != 'u' && q != '&' && q != '%' && t[o-n-1] == '\\' {
		return false
	}
	x.keyQuote, x.depth, x.quoteLen = q, d, n
	x.open, x.close = o-n, e+n
	return true
}

const maxMention = 48 // bytes of a quoted text before the name that ends it

// judged classifies the name once.
func (s *Scanner) judged(x *mention) bool {
	if !x.known {
		x.known = true
		x.class, x.keyed = s.known(&x.pair)
	}
	return x.class.Strength != names.None && s.e.class[x.class.Class] >= 0 || len(x.keyed) > 0
}

// memberBefore parses backwards the key whose separator ends at i.
func memberBefore(t []byte, i int) (k member, ok bool) {
	k.next = i
	switch i--; t[i] {
	case '>':
		if i == 0 || t[i-1] != '=' && t[i-1] != '-' {
			return k, false
		}
		i--
	case '=':
		if i > 0 && t[i-1] == ':' {
			i--
		}
	}
	for lim := max(0, i-maxGlue); i > lim && lex[t[i-1]]&isBlank != 0; i-- {
	}
	n := 0
	if i > 0 && (lex[t[i-1]]&isQuote != 0 || t[i-1] == ';' || t[i-1] == '2') {
		for _, l := range [...]int{1, 2, 4, 8, 6, 3} {
			if i < l {
				continue
			}
			if q, d, m := quoteAt(t, i-l, i); m == l && (i == l || t[i-l-1] != '\\' || l == 6 || l == 3) {
				k.quote, k.depth, n = q, d, l
				break
			}
		}
		if n == 0 {
			return k, false
		}
	}
	i -= n
	k.to = i
	for lim := max(0, i-maxMention); i > lim && (lex[t[i-1]]&isKey != 0 && t[i-1] < 0x80 || t[i-1] == '@'); i-- {
	}
	k.from = i
	if k.quote == 0 {
		for k.from < k.to && t[k.from] == '-' {
			k.from++
		}
	}
	return k, k.from < k.to && (n == 0 || i >= n && sameQuote(t, k.to, i-n, n))
}

// lastWord returns the last word of a key in lower case.
func lastWord(buf *[16]byte, key []byte) []byte {
	i := len(key)
	for i > 0 && len(key)-i < len(buf) {
		c := key[i-1]
		if c == '_' || c == '-' || c == '.' || c == '@' || c == ':' {
			break
		}
		i--
		if c-'A' < 26 && i > 0 && key[i-1]-'a' < 26 {
			break
		}
	}
	w := buf[:copy(buf[:], key[i:])]
	for i, c := range w {
		if c-'A' < 26 {
			w[i] = c | 0x20
		}
	}
	return w
}

// namesIt tells the keys whose value is the name of something: {"name": …},
// {"ParameterKey": …}. secretName is none: it names the secret, not its value.
func namesIt(key []byte) bool {
	var buf [16]byte
	w := lastWord(&buf, key)
	rest := key[:len(key)-len(w)]
	for len(rest) > 0 && (rest[0] == '@' || rest[0] == ':' || rest[0] == '_') {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		switch string(w) {
		case "name", "key", "k", "n", "label", "title", "id", "path", "argument", "arg", "column", "entry", "keyname", "headername", "fieldname", "paramname", "varname":
			return true
		}
		return named(w)
	}
	if string(w) != "name" && string(w) != "key" {
		return false
	}
	for n := len(rest); n > 0 && (rest[n-1] == '_' || rest[n-1] == '-' || rest[n-1] == '.'); n-- {
		rest = rest[:n-1]
	}
	return named(lastWord(&buf, rest))
}

// named tells the words for what has a name and a value.
func named(w []byte) bool {
	switch string(w) {
	case "header", "field", "variable", "var", "param", "parameter", "attribute", "attr", "property", "prop", "option", "setting", "env", "environment",
		"config", "meta", "metadata", "tag", "input", "cookie", "data":
		return true
	}
	return false
}

// valuesIt tells the keys whose value belongs to the name beside them.
func valuesIt(key []byte) bool {
	var buf [16]byte
	switch string(lastWord(&buf, key)) {
	case "value", "values", "val", "v", "content", "contents", "old", "new", "before", "after", "oldvalue", "newvalue", "stringvalue", "rawvalue", "default",
		"fromstring", "tostring":
		return true
	}
	return false
}

// siblings takes the values beside the member k, whose value is the name x.
func (s *Scanner) siblings(x *mention, k *member) {
	t := s.text
	key := t[k.from:k.to]
	if !namesIt(key) {
		s.labelled(x, k)
		return
	}
	if !s.judged(x) {
		return
	}
	lo, hi := s.line(x.keyStart)
	if k.quote == 0 {
		r := s.row(x.keyStart)
		lo, hi = r.lo, r.hi
	}
	if tag := tagOf(t, lo, k.from); tag >= 0 && k.quote == 0 {
		s.attribute(x, k, tag, hi)
		return
	}
	w := walk{quoted: k.quote != 0, quote: k.quote, depth: k.depth, lim: min(hi, x.close+maxObject)}
	n := 0
	i := x.close
	for range maxMembers {
		m, ok := s.nextMember(&w, i)
		if !ok {
			break
		}
		i = m.next
		if valuesIt(t[m.from:m.to]) {
			i = max(i, s.valueOf(x, &m))
			n++
		} else if namesIt(t[m.from:m.to]) && string(t[m.from:m.to]) == string(key) {
			w.closed = true
			break
		}
	}
	s.charge(x.close, w.at-x.close)
	if n > 0 {
		return
	}
	if w.at == hi && !w.closed && w.level == 0 { // the object goes on in the next line
		s.expectMember(x, k)
	}
	s.backwards(x, k, lo)
}

// valueOf takes the value of the member m for the name x and returns where it ends.
func (s *Scanner) valueOf(x *mention, m *member) int {
	q := pair{keyStart: m.from, keyEnd: m.to, kind: x.kind}
	if !s.separator(&q, false) {
		return m.next
	}
	q.at = q.keyStart
	q.keyStart, q.keyEnd = x.keyStart, x.keyEnd
	return s.takeFor(x, &q)
}

// takeFor takes the value at q.start, or the values inside of the object or list there.
func (s *Scanner) takeFor(x *mention, q *pair) int {
	t := s.text
	if q.quote == 0 && q.start < len(t) && (t[q.start] == '{' || t[q.start] == '[') && q.keyQuote != 0 {
		return s.nested(x, q)
	}
	s.meet(q, x.class, x.keyed)
	if q.quote != 0 {
		end, _ := s.quotedEnd(q)
		return end + 1
	}
	return q.start
}

// nested takes the strings of an object such as {"stringValue":"v"} (OTLP) or a list.
func (s *Scanner) nested(x *mention, q *pair) int {
	t := s.text
	_, hi := s.line(q.start)
	lim := min(hi, q.start+maxObject)
	level := 0
	key := t[q.start] == '['
	i := q.start
	defer func() { s.spend(q.start, i-q.start, i-q.start) }()
	for i < lim {
		switch c := t[i]; {
		case c == '{' || c == '[':
			level++
			i++
		case c == '}' || c == ']':
			if level--; level == 0 {
				return i + 1
			}
			i++
		case lex[c]&isQuote != 0 || c == '\\':
			sq, d, n := quoteAt(t, i, lim)
			if n == 0 {
				i++
				continue
			}
			if d < q.depth {
				return i
			}
			e := *q
			e.quote, e.depth, e.start = sq, d, i+n
			end, closed := s.quotedEnd(&e)
			if !closed || !sameQuote(t, i, end, n) {
				if key {
					s.meet(&e, x.class, x.keyed)
				}
				return end
			}
			i = end + n
			k := i
			for k < lim && lex[t[k]]&isBlank != 0 {
				k++
			}
			if k < lim && t[k] == ':' {
				key = valuesIt(t[e.start:end])
			} else if key {
				s.meet(&e, x.class, x.keyed)
			}
		default:
			i++
		}
	}
	return i
}

// walk is where a walk over the members of an object is.
type walk struct {
	quoted bool // keys are in quotes
	quote  byte
	depth  int
	lim    int
	level  int  // of brackets, relative to the start
	at     int  // how far it went
	closed bool // the object ended
}

// nextMember finds the next member at the level where the walk began.
func (s *Scanner) nextMember(w *walk, i int) (m member, ok bool) {
	t := s.text
	for i < w.lim {
		c := t[i]
		switch {
		case c == '{' || c == '[' || c == '(':
			w.level++
			i++
			continue
		case c == '}' || c == ']' || c == ')':
			if w.level--; w.level < 0 {
				w.at, w.closed = i, true
				return m, false
			}
			i++
			continue
		case lex[c]&isQuote != 0 || c == '\\' || c == '&' || c == '%':
			q, d, n := quoteAt(t, i, w.lim)
			if n == 0 {
				i++
				continue
			}
			if w.quoted && d < w.depth && q != 'u' || !w.quoted && d > 0 && i > 0 && lex[t[i-1]]&isWord != 0 {
				w.at, w.closed = i, true // the string that holds the object ends
				return m, false
			}
			if !w.quoted && i > 0 && lex[t[i-1]]&isWord != 0 {
				i += n // an apostrophe, or the end of a string around
				continue
			}
			e := pair{quote: q, depth: d, start: i + n}
			end, closed := s.quotedEnd(&e)
			if end > w.lim || !closed || !sameQuote(t, i, end, n) {
				w.at = max(i, min(end, w.lim))
				w.closed = true
				return m, false
			}
			from := i + n
			i = end + n
			if !w.quoted || w.level != 0 || q != w.quote || d != w.depth {
				continue
			}
			if k := separatorAt(t, i, w.lim); k > 0 {
				w.at = k
				return member{from: from, to: end, quote: q, depth: d, next: k}, true
			}
			continue
		case !w.quoted && lex[c]&isKey != 0:
			from := i
			for i < w.lim && lex[t[i]]&isKey != 0 {
				i++
			}
			if w.level != 0 {
				continue
			}
			if k := separatorAt(t, i, w.lim); k > 0 && !(t[k-1] == ':' && k < w.lim && t[k] == '/') {
				w.at = k
				return member{from: from, to: i, next: k}, true
			}
			continue
		case !w.quoted && (c == '<' || c == '>' && i > 0 && t[i-1] != '=' && t[i-1] != '-'):
			w.at, w.closed = i, true
			return m, false
		}
		i++
	}
	w.at = i
	return m, false
}

// separatorAt returns the offset behind a separator at i, or 0.
func separatorAt(t []byte, i, lim int) int {
	for k := 0; k < maxGlue && i < lim && lex[t[i]]&isBlank != 0; k++ {
		i++
	}
	switch {
	case i >= lim:
		return 0
	case t[i] == '=' && i+1 < lim && t[i+1] == '>':
		return i + 2
	case t[i] == ':' || t[i] == '=':
		return i + 1
	}
	return 0
}

// backwards looks for the value in front of its name: {"value":"v","name":"password"}.
// An object is tried from each bracket before it, nearest first: where its
// members lead to the member k, it is the one.
func (s *Scanner) backwards(x *mention, k *member, lo int) {
	t := s.text
	lo = max(lo, k.from-maxBehind)
	i := k.from
	w := walk{quoted: k.quote != 0, quote: k.quote, depth: k.depth, lim: min(len(t), k.to+maxGlue)}
	for range maxOpening {
		from := i
		for i > lo && t[i-1] != '{' && (w.quoted || t[i-1] != '(' && t[i-1] != '[') {
			i--
		}
		s.charge(k.from, from-i)
		if i == lo {
			break
		}
		var vals [4]member
		n := 0
		w.at, w.level = i, 0
		at := i
		for range maxMembers {
			m, ok := s.nextMember(&w, at)
			if !ok || m.from > k.from {
				break
			}
			if m.from == k.from {
				s.charge(i, k.from-i)
				for j := range vals[:n] {
					s.valueOf(x, &vals[j])
				}
				return
			}
			at = m.next
			if valuesIt(t[m.from:m.to]) && n < len(vals) {
				vals[n] = m
				n++
			}
		}
		s.charge(i, w.at-i)
		i--
	}
}

// bareMention decides at a name without quotes: a value (name: DB_PASSWORD), the
// text of an element, a cell of a header, a column of an SQL statement.
func (s *Scanner) bareMention(x *mention) {
	t := s.text
	if s.bareItem(x) {
		return
	}
	i := x.keyStart
	before, next := byte('\n'), byte('\n')
	if i > 0 {
		before = t[i-1]
	}
	if x.keyEnd < len(t) {
		next = t[x.keyEnd]
	}
	switch before {
	case '>':
		if next == '<' {
			s.elementText(x)
			return
		}
	case ':', '=':
		s.bareMember(x, i)
		return
	case ' ':
		if i > 1 && (t[i-2] == ':' || t[i-2] == '=') {
			s.bareMember(x, i)
			return
		}
	}
	if lex[next]&(isEOL|isBlank) == 0 && next != ',' && next != ';' && next != '|' && next != ')' && next != '`' && next != ']' && next != '\\' {
		return
	}
	if before == '`' || next == ')' || next == ',' || before == '(' || before == '[' && next == ']' {
		if s.insertColumn(x) {
			return
		}
	}
	if next == ' ' && x.keyEnd+1 < len(t) && (t[x.keyEnd+1] == '{' || t[x.keyEnd+1] == '%') {
		s.template(&x.pair, x.keyEnd+1)
		return
	}
	if lex[before]&(isEOL|isBlank) != 0 || before == ',' || before == ';' || before == '|' || before == 'n' || lex[before]&isQuote != 0 {
		s.heading(x)
	}
}

// bareMember decides at a name without quotes behind a separator that ends before i.
func (s *Scanner) bareMember(x *mention, i int) {
	t := s.text
	if e := x.keyEnd; e < len(t) && lex[t[e]]&(isEOL|isBlank) == 0 && t[e] != ',' && t[e] != ';' && t[e] != ')' && t[e] != '}' && t[e] != ']' && t[e] != '\\' {
		return
	}
	for i > 0 && lex[t[i-1]]&isBlank != 0 {
		i--
	}
	if i == 0 {
		return
	}
	if k, ok := memberBefore(t, i); ok && k.quote == 0 {
		s.siblings(x, &k)
	}
}

// labelled decides at the label of a custom field of CEF: cs1Label=ApiKey
// beside cs1=v, in any order.
func (s *Scanner) labelled(x *mention, k *member) {
	t := s.text
	key := t[k.from:k.to]
	base, ok := bytes.CutSuffix(key, []byte("Label"))
	if !ok || len(base) == 0 || k.quote != 0 || t[k.next-1] != '=' || !s.judged(x) {
		return
	}
	lo, hi := s.line(x.keyStart)
	lo = max(lo, k.from-maxObject)
	for _, part := range [2][2]int{{lo, k.from}, {x.close, min(hi, x.close+maxObject)}} {
		for i := part[0]; ; {
			j := bytes.Index(t[i:part[1]], base)
			if j < 0 {
				break
			}
			i += j + len(base)
			if i >= part[1] || t[i] != '=' || i-len(base) > lo && lex[t[i-len(base)-1]]&isBlank == 0 && t[i-len(base)-1] != '|' {
				continue
			}
			q := x.pair
			q.sep, q.quote, q.start = '=', 0, i+1
			s.extension(x, &q, part[1])
			s.charge(lo, part[1]-lo)
			return
		}
	}
	s.charge(lo, hi-lo)
}

// extension takes a value of a CEF extension: it goes up to the next name= or
// the end of the line, blanks included.
func (s *Scanner) extension(x *mention, q *pair, lim int) {
	t := s.text
	end := q.start
	for end < lim {
		if t[end] == ' ' {
			k := end + 1
			for k < lim && lex[t[k]]&isWord != 0 {
				k++
			}
			if k > end+1 && (k < lim && t[k] == '=' || k == lim && lim < len(t) && t[lim] == '=') || end+1 == lim {
				break
			}
		}
		if t[end] == '"' {
			break
		}
		end++
	}
	q.keyQuote = '\''
	s.take(q, x.class, q.start, end)
}
