package scan

import (
	"bytes"
)

// Bounds of a statement whose values stand apart from its names.
const (
	maxColumnList = 2 << 10 // bytes of a list of columns
	maxTuples     = 64
	maxBindLines  = 10 // lines between a statement and its values
)

// insertColumn decides at a name in the list of columns of INSERT INTO t (…)
// VALUES (…) or COPY t (…) FROM stdin. It reports whether it is one.
func (s *Scanner) insertColumn(x *mention) bool {
	t := s.text
	lo, hi := s.line(x.keyStart)
	i, index := x.open, 0
	for lim := max(lo, i-maxColumnList); i > lim && t[i-1] != '('; i-- {
		switch c := t[i-1]; {
		case c == ',':
			index++
		case !listByte(c):
			s.charge(i, x.open-i)
			return false
		}
	}
	s.charge(i, x.open-i)
	if i <= lo || t[i-1] != '(' {
		return false
	}
	// table and verb, backwards
	j := i - 1
	for j > lo && t[j-1] == ' ' {
		j--
	}
	for lim := max(lo, j-maxKey); j > lim && (listByte(t[j-1]) && t[j-1] != ' '); j-- {
	}
	verb := t[max(lo, j-5):j]
	insert, dump := hasFold(verb, "into "), hasFold(verb, "copy ")
	if !insert && !dump || !s.judged(x) {
		return false
	}
	n := index + 1
	i = x.close
	for lim := min(hi, i+maxColumnList); i < lim && t[i] != ')'; i++ {
		switch c := t[i]; {
		case c == ',':
			n++
		case !listByte(c):
			return true
		}
	}
	if i >= hi || t[i] != ')' {
		return true
	}
	i++
	s.charge(lo, i-j)
	w := t[i:min(hi, i+maxGlue)]
	if dump {
		if indexFold(w, "from stdin") >= 0 {
			if c := s.carries(tableBelow, x.keyStart, 0); c != nil {
				c.table = table{delim: '\t', columns: n, n: 1}
				c.table.secret[0].index = index
				c.table.secret[0].name.set(s.nameOf(&x.pair), x.kind)
			}
		}
		return true
	}
	v := indexFold(w, "value")
	if v < 0 {
		return true
	}
	i += v + len("value")
	if i < hi && t[i]|0x20 == 's' {
		i++
	}
	for range maxTuples {
		for i < hi && (lex[t[i]]&isBlank != 0 || t[i] == ',') {
			i++
		}
		if i >= hi || t[i] != '(' {
			break
		}
		from, to, end := s.listItem(i, index, hi)
		s.charge(i, max(end, to)-i)
		if from < 0 {
			break
		}
		if ordinal := s.bindAt(i, from, to); ordinal >= 0 {
			s.bound(x, ordinal, max(end, to), hi)
			break
		}
		s.item(x, from, to)
		if end < 0 {
			break
		}
		i = end
	}
	return true
}

func listByte(c byte) bool {
	return lex[c]&(isKey|isBlank|isQuote) != 0 || c == ',' || c == '[' || c == ']' || c == '\\'
}

// listItem finds the item with a number in the list that t[i] opens: its text,
// and where the list ends, -1 for nowhere. from is -1 where there is no such item.
func (s *Scanner) listItem(i, number, hi int) (from, to, end int) {
	t := s.text
	shut := byte(')')
	if t[i] == '[' {
		shut = ']'
	}
	from, n, start, level := -1, 0, i+1, 0
	put := func(at int) {
		if n == number {
			for start < at && lex[t[start]]&isBlank != 0 {
				start++
			}
			for at > start && lex[t[at-1]]&isBlank != 0 {
				at--
			}
			if from, to = start, at; from == to {
				from = -1
			}
		}
	}
	for i++; i < hi; i++ {
		switch c := t[i]; {
		case lex[c]&isQuote != 0 || c == '\\':
			q, d, l := quoteAt(t, i, hi)
			if l == 0 {
				continue
			}
			e := pair{quote: q, depth: d, start: i + l}
			k, closed := s.quotedEnd(&e)
			if !closed || !sameQuote(t, i, k, l) {
				put(min(k, hi))
				return from, to, -1
			}
			i = k + l - 1
		case c == '(' || c == '[' || c == '{':
			level++
		case level > 0 && (c == ')' || c == ']' || c == '}'):
			level--
		case c == shut:
			put(i)
			return from, to, i + 1
		case c == ',' && level == 0:
			put(i)
			n++
			start = i + 1
		}
	}
	put(hi)
	return from, to, -1
}

// bindAt returns the number, from 0, of the bind parameter that text[from:to]
// is, in a list or statement that begins at lo; -1 if it is none.
func (s *Scanner) bindAt(lo, from, to int) int {
	t := s.text
	switch v := t[from:to]; {
	case len(v) >= 2 && len(v) <= 4 && v[0] == '$':
		n := 0
		for _, c := range v[1:] {
			if lex[c]&isDigit == 0 {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n - 1
	case string(v) == "?", string(v) == "%s":
		return bytes.Count(t[lo:from], v)
	}
	return -1
}

// item takes an item of a list: a string, one inside of a call, or a word.
func (s *Scanner) item(x *mention, from, to int) {
	t := s.text
	i := from
	for i < to && i < from+maxGlue && lex[t[i]]&isQuote == 0 && t[i] != '\\' {
		i++
	}
	q := pair{keyStart: x.keyStart, keyEnd: x.keyEnd, far: x.far, kind: x.kind, sep: ',', keyQuote: '\''}
	if quote, d, n := quoteAt(t, i, to); n > 0 && i < to {
		q.quote, q.depth, q.start = quote, d, i+n
		s.meet(&q, x.class, x.keyed)
		return
	}
	if from < to && lex[t[from]]&isWord != 0 {
		s.take(&q, x.class, from, to)
	}
}

// placeholder handles a pair whose value is one of a bind parameter, or the
// place of an argument in a template of a message.
func (s *Scanner) placeholder(p *pair) bool {
	t := s.text
	i := p.start
	if p.sep == '>' || p.sep == '|' {
		return false
	}
	switch t[i] {
	case '?', '$':
		e := i + 1
		for e < len(t) && lex[t[e]]&isDigit != 0 {
			e++
		}
		if e < len(t) && lex[t[e]]&isStop == 0 && t[e] != ',' && t[e] != ')' && t[e] != ';' && t[e] != '\\' {
			return false
		}
		lo, hi := s.line(i)
		lo = max(lo, i-maxColumnList)
		if n := s.bindAt(lo, i, e); n >= 0 {
			x := mention{pair: *p, open: p.keyStart, close: e}
			if s.judged(&x) {
				s.bound(&x, n, e, hi)
			}
			return true
		}
	case '{', '%':
		s.template(p, i)
	}
	return false
}

// bound takes the value of a bind parameter from what follows the statement,
// or waits for the lines below.
func (s *Scanner) bound(x *mention, n, from, hi int) {
	if s.argumentsNear(x, n, x.open, from) || s.bindsIn(x, n, from, hi) {
		return
	}
	s.expect(bindsBelow, &x.pair, x.keyStart, maxBindLines)
	if s.carry.kind == bindsBelow {
		s.carry.part = n
	}
}

// bindsIn looks for a list of values in text[from:hi] and takes the one with the
// number n. It reports whether there was one.
func (s *Scanner) bindsIn(x *mention, n, from, hi int) bool {
	t := s.text
	hi = min(hi, from+maxObject)
	s.charge(from, hi-from)
	line := t[from:hi]
	// $1 = 'v', $2 = 'w' (PostgreSQL)
	if n < 99 {
		mark := [8]byte{'$'}
		k := 1
		if n+1 >= 10 {
			mark[k] = byte('0' + (n+1)/10)
			k++
		}
		mark[k] = byte('0' + (n+1)%10)
		if i := bytes.Index(line, append(mark[:k+1], " = "...)); i >= 0 {
			s.item(x, from+i+k+4, hi)
			return true
		}
		// binding parameter [1] as [VARCHAR] - [v], (1:VARCHAR) <- [v] (Hibernate)
		if i := indexFold(line, "parameter "); i >= 0 && i+len("parameter ")+k+1 < len(line) {
			w := line[i+len("parameter "):]
			if (w[0] == '[' || w[0] == '(') && string(w[1:k+1]) == string(mark[1:k+1]) && (w[k+1] == ']' || w[k+1] == ':') {
				if j := bytes.Index(w, []byte("- [")); j >= 0 {
					a, b := from+i+len("parameter ")+j+3, hi
					for b > a && lex[t[b-1]]&isBlank != 0 {
						b--
					}
					if b > a && t[b-1] == ']' {
						b--
					}
					q := pair{keyStart: x.keyStart, keyEnd: x.keyEnd, far: x.far, sep: ',', keyQuote: '\''}
					s.take(&q, x.class, a, b)
					return true
				}
			}
		}
		// Parameters: v(String), w(Integer) (MyBatis)
		if i := indexFold(line, "parameters: "); i >= 0 {
			if s.partial && hi == len(t) {
				s.current = s.e.class[x.class.Class]
				s.open(from + i + len("parameters: "))
			} else if s.typedItem(x, n, from+i+len("parameters: "), hi) {
				return true
			}
		}
	}
	for i, tried := from, 0; i < hi && tried < maxOpening; i++ {
		if t[i] != '(' && t[i] != '[' {
			continue
		}
		tried++
		a, b, end := s.listItem(i, n, hi)
		if end < 0 && a >= 0 && s.partial && hi == len(t) {
			s.current = s.e.class[x.class.Class]
			s.open(a)
		}
		if end < 0 || a < 0 || !s.listEnds(end, hi) || lex[t[i+1]]&isStop == 0 && lex[t[i+1]]&isDigit == 0 && t[i+1] != '-' && t[i+1] != '[' && t[i+1] != '(' {
			continue
		}
		if t[a] == '[' || t[a] == '(' {
			return true // pairs, each with its name
		}
		if lex[t[a]]&isQuote == 0 && t[a] != '\\' && !(t[a]|0x20 == 'b' || t[a]|0x20 == 'u') {
			return true // a number or null
		}
		s.item(x, a, b)
		return true
	}
	return false
}

// listEnds reports whether what follows a list of values is the end of the
// line or of what holds it.
func (s *Scanner) listEnds(i, hi int) bool {
	t := s.text
	for i < hi && (lex[t[i]]&(isBlank|isQuote) != 0 || t[i] == ')' || t[i] == ']' || t[i] == '\\' || t[i] == '}' || t[i] == '.') {
		i++
	}
	return i >= hi || t[i] == ',' || t[i] == ';'
}

// typedItem takes the item n of v(Type), w(Type).
func (s *Scanner) typedItem(x *mention, n, i, hi int) bool {
	t := s.text
	for ; n >= 0; n-- {
		from := i
		for {
			j := bytes.IndexByte(t[i:hi], ')')
			if j < 0 {
				return false
			}
			i += j + 1
			if i >= hi || t[i] == ',' || lex[t[i]]&isBlank != 0 {
				break
			}
		}
		if n == 0 {
			o := i - 1
			for o > from && t[o] != '(' {
				o--
			}
			if o == from {
				return false
			}
			q := pair{keyStart: x.keyStart, keyEnd: x.keyEnd, far: x.far, sep: ',', keyQuote: '\''}
			s.take(&q, x.class, from, o)
			return true
		}
		for i < hi && (t[i] == ',' || t[i] == ' ') {
			i++
		}
	}
	return false
}

// bindsLine looks for the values of a statement on a later line.
func (s *Scanner) bindsLine(c *carry, lo, hi int) bool {
	found := true
	s.forCarried(c, func(x *mention) { found = s.bindsIn(x, c.part, lo, hi) })
	return !found || s.partial && hi == len(s.text)
}

// template decides at a place for an argument, {p}, {} or %s, that stands where
// the value of p would: the argument is in a list behind the message, or in a
// member that the place names.
func (s *Scanner) template(p *pair, i int) {
	t := s.text
	lo, hi := s.line(i)
	e := i + 1
	var name []byte
	if t[i] == '{' {
		for e < hi && e-i < maxCarriedName && (lex[t[e]]&isKey != 0 || t[e] == '@' || t[e] == ':') {
			e++
		}
		if e >= hi || t[e] != '}' {
			return
		}
		name = t[i+1 : e]
		e++
	} else {
		if e >= hi || t[e] != 's' && t[e] != 'v' && t[e] != 'r' && t[e] != 'q' && t[e] != 'd' {
			return
		}
		e++
	}
	x := mention{pair: *p, open: p.keyStart, close: e}
	if !s.judged(&x) {
		return
	}
	// The message begins behind a quote that opens, or with the line.
	b := p.keyStart
	for lim := max(lo, b-maxColumnList); b > lim && !(lex[t[b-1]]&isQuote != 0 && (b-1 == lo || lex[t[b-2]]&isWord == 0)); b-- {
	}
	n := 0
	for k := b; k < i; k++ {
		if t[k] == t[i] {
			if t[k] == '%' && t[k+1] == '%' {
				k++
				continue
			}
			n++
		}
	}
	s.charge(b, i-b)
	lim := min(hi, e+maxBehind)
	if len(name) > 0 {
		if lex[name[0]]&isDigit == 0 {
			if s.charge(e, lim-e); s.memberNamed(&x, name, e, lim) {
				return
			}
		} else if len(name) == 1 {
			n = int(name[0] - '0')
		}
	}
	if s.argumentsNear(&x, n, b, e) {
		return
	}
	// Where the message ends a tuple may follow.
	for e < lim && lex[t[e]]&isQuote == 0 {
		e++
	}
	for e < lim && (lex[t[e]]&(isQuote|isBlank) != 0 || t[e] == ',' || t[e] == '%' || t[e] == '\\') {
		e++
	}
	if e < lim && t[e] == '(' {
		if a, z, end := s.listItem(e, n, lim); a >= 0 {
			s.charge(e, max(end, z)-e)
			s.item(&x, a, z)
		}
		return
	}
	if s.expect(argumentsBelow, &x.pair, x.keyStart, maxArgumentLines); s.carry.kind == argumentsBelow {
		s.carry.part = n
	}
}

// memberNamed takes the value of the member that a place in a template names.
func (s *Scanner) memberNamed(x *mention, name []byte, from, lim int) bool {
	t := s.text
	if name[0] == '@' || name[0] == '$' {
		name = name[1:]
	}
	for i := from; len(name) > 0; {
		j := bytes.Index(t[i:lim], name)
		if j < 0 {
			return false
		}
		k := i + j
		i = k + len(name)
		if lex[t[k-1]]&isQuote == 0 || i >= lim {
			continue
		}
		q := pair{keyStart: k, keyEnd: i, kind: x.kind}
		if !s.separator(&q, false) || q.sep != ':' && q.sep != '=' {
			continue
		}
		q.at = k
		q.keyStart, q.keyEnd = x.keyStart, x.keyEnd
		s.takeFor(x, &q)
		return true
	}
	return false
}
