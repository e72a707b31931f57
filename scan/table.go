package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// table is what is remembered of a line that names columns: comma-separated
// values (RFC 4180) and their kin, tables drawn with bars, columns by width.
type table struct {
	delim   byte // between cells; ' ' for columns by width
	drawn   bool // cells are padded, a rule follows the header
	edges   bool // a bar begins and ends each line
	ruled   bool // the rule was seen
	pairs   bool // the columns are names and values
	columns int
	n       int
	secret  [maxSecretColumns]column
}

type column struct {
	index    int
	from, to int // in the header, by width
	name     carriedName
}

const (
	maxSecretColumns = 4
	maxColumns       = 128
	maxHeader        = 2 << 10 // bytes of a header line
)

// heading decides whether the line is the header of a table in which x is a
// column, and remembers the columns. It reports whether it is one.
func (s *Scanner) heading(x *mention) bool {
	t := s.text
	end := x.keyStart + maxHeader
	a, b := x.open, x.close
	for a > 0 && t[a-1] == ' ' {
		a--
	}
	for b < len(t) && t[b] == ' ' {
		b++
	}
	// What stands beside the cell: a delimiter, or the bounds of the line.
	const ends = '\n'
	before, behind := byte(ends), byte(ends)
	if a > 0 && lex[t[a-1]]&isEOL == 0 {
		before = t[a-1]
	}
	if b < len(t) && lex[t[b]]&isEOL == 0 {
		behind = t[b]
	}
	if !cellEdge(before) || !cellEdge(behind) || behind == ends && b >= len(t) {
		return false
	}
	if !delimits(before) && !delimits(behind) && x.open-a < 2 && b-x.close < 2 {
		return false // columns by width are further apart
	}
	if behind != ends && behind != '\\' && b == x.close && before != behind && before != ends && !beginsRow(before) && s.carry.kind != tableBelow {
		return false // a word of a sentence
	}
	r := s.row(x.keyStart)
	lo, hi := r.lo, r.hi
	if r.end == 0 && hi == len(t) || hi > end || x.close > hi || a < lo {
		return false
	}
	if alone := s.single && r.end == 0; s.carry.kind == tableBelow && !alone {
		if s.carry.pos == r.next {
			return true // by another of its columns
		}
		if s.rowBefore == lo {
			return false // a row of the table that goes on
		}
	}
	if a == lo {
		before = ends
	}
	if b == hi {
		behind = ends
	}
	d := behind
	if d == ends {
		d = before
	}
	var h table
	switch {
	case (d == ',' || d == '\t' || d == ';' || d == '|') && (before == ends || before == d) && (behind == ends || behind == d):
		h = table{delim: d, edges: d == '|' && t[lo] == '|', drawn: d == '|' && (b > x.close || a < x.open)}
	case x.quoteLen == 0 && (a == lo || x.open > a) && (b == hi || b > x.close):
		h = table{delim: ' '}
	default:
		return false
	}
	ok := false
	if h.delim == ' ' {
		ok = s.widths(&h, lo, hi)
	} else {
		ok = s.columns(&h, lo, hi)
	}
	if !ok {
		return false
	}
	if h.drawn && h.delim == '|' && h.secret[0].index+1 < h.columns && (digit(t[x.close:hi]) || h.columns == 2 && h.edges) {
		return false // | password | v |
	}
	c := s.carries(tableBelow, lo, 0)
	if c == nil {
		return false
	}
	c.table = h
	return h.delim != '|' || !h.drawn || h.columns > 2
}

// beginsRow tells what can stand before the first cell of a row in a string: the
// quote, or an escaped line end.
func beginsRow(c byte) bool { return c == 'n' || c == 'r' || c == '"' }

func digit(b []byte) bool {
	return bytes.ContainsAny(b, "0123456789")
}

// delimits tells the bytes between the cells of tables that do not go by width,
// and what may hold such a table or end its line.
func delimits(c byte) bool {
	return c == ',' || c == '\t' || c == ';' || c == '|' || c == '\n' || c == '\\' || c == '"'
}

// cellEdge tells the bytes that can stand beside a cell: delimiters, line ends,
// their escapes, and what stands beside a word where blanks are delimiters.
func cellEdge(c byte) bool {
	return lex[c]&isWord != 0 || c == ',' || c == '\t' || c == ';' || c == '|' || c == '\n' || c == '\\' || c == '"' || c == '(' || c == ')'
}

// columns reads a header with a delimiter and reports whether every cell is a
// name and one of them is sensitive.
func (s *Scanner) columns(h *table, lo, hi int) bool {
	t := s.text
	lo, hi = h.trim(t, lo, hi)
	words, spaced := true, false
	start := lo
	for i := lo; ; {
		from, to, next, ok := cell(t, i, hi, h.delim)
		if !ok {
			return false
		}
		s.charge(i, next-i)
		word, is := nameLike(t[from:to])
		if !is || h.columns == maxColumns {
			return false
		}
		words = words && word
		spaced = spaced || !h.drawn && i > lo && t[i] == ' '
		if v := s.e.names.Classify(t[from:to], names.Attr); v.Strength >= names.Medium && s.e.class[v.Class] >= 0 && h.n < maxSecretColumns {
			c := &h.secret[h.n]
			c.index, c.from, c.to = h.columns, i-start, next-1-start
			c.name.set(t[from:to], names.Attr)
			h.n++
		}
		h.columns++
		if next > hi {
			break
		}
		i = next
	}
	return h.n > 0 && h.columns > 1 && (!spaced || words && h.columns > 2 && h.delim == ',')
}

// trim takes off the bars at both ends of a drawn line.
func (h *table) trim(t []byte, lo, hi int) (int, int) {
	for hi > lo && lex[t[hi-1]]&isBlank != 0 && h.delim != '\t' {
		hi--
	}
	if h.edges && hi > lo && t[lo] == '|' {
		lo++
	}
	if h.edges && hi > lo && t[hi-1] == '|' {
		hi--
	}
	return lo, hi
}

// cell finds the cell that begins at i: its text, without quotes and the
// blanks around it, and where the next one begins, hi+1 for none.
func cell(t []byte, i, hi int, delim byte) (from, to, next int, ok bool) {
	for i < hi && t[i] == ' ' {
		i++
	}
	from = i
	if _, _, n := quoteAt(t, i, hi); n > 0 {
		q := t[i : i+n]
		k := i + n
		for k < hi && (t[k] != q[0] || !bytes.HasPrefix(t[k:hi], q) || bytes.HasPrefix(t[k+n:hi], q)) {
			if bytes.HasPrefix(t[k:hi], q) { // a doubled quote
				k += 2*n - 1
			}
			k++
		}
		e := k + n
		for e < hi && t[e] == ' ' {
			e++
		}
		if k < hi && (e == hi || t[e] == delim) {
			return i + n, k, e + 1, true
		}
	}
	for i < hi && t[i] != delim {
		i++
	}
	to = i
	for to > from && t[to-1] == ' ' {
		to--
	}
	return from, to, i + 1, true
}

// nameLike tells the text of a header's cell: a few words that begin with a
// letter. word: it is one word.
func nameLike(v []byte) (word, ok bool) {
	if len(v) == 0 || len(v) > 64 || lex[v[0]]&isDigit != 0 || lex[v[0]]&isKey == 0 {
		return false, false
	}
	blanks, letters := 0, 0
	for _, c := range v {
		switch {
		case c == ' ':
			blanks++
		case c|0x20-'a' < 26 || c >= 0x80:
			letters++
		case lex[c]&isKey == 0 && c != '(' && c != ')' && c != '#' && c != '/' && c != '?':
			return false, false
		}
	}
	return blanks == 0, letters > 0 && blanks < 4
}

// widths reads a header whose columns are told by their places: capitals with
// wide gaps, or any words if a rule follows.
func (s *Scanner) widths(h *table, lo, hi int) bool {
	t := s.text
	h.delim, h.drawn = ' ', true
	capitals, gaps := true, true
	first := 0
	for i := lo; i < hi; {
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i == hi {
			break
		}
		from := i
		for i < hi && lex[t[i]]&isBlank == 0 {
			if lex[t[i]]&isKey == 0 && t[i] != '(' && t[i] != ')' {
				return false
			}
			capitals = capitals && t[i]-'a' >= 26
			i++
		}
		// A single blank may be inside of a name.
		for i+1 < hi && t[i] == ' ' && lex[t[i+1]]&isKey != 0 {
			gaps = false
			i++
			break
		}
		s.charge(from, freeWork+i-from)
		if lex[t[from]]&isDigit != 0 || h.columns == maxColumns {
			return false
		}
		word := t[from:i]
		if h.columns == 0 {
			first = len(word)
			h.pairs = first < maxMention && namesIt(bytes.TrimSpace(word))
		} else {
			h.pairs = h.pairs && h.columns == 1 && hasFold(word, "value") && i == hi
		}
		if v := s.e.names.Classify(bytes.TrimSpace(word), names.Attr); v.Strength >= names.Medium && s.e.class[v.Class] >= 0 && h.n < maxSecretColumns {
			c := &h.secret[h.n]
			c.index, c.from, c.to = h.columns, from-lo, -1
			c.name.set(bytes.TrimSpace(word), names.Attr)
			h.n++
		}
		for k := range h.n {
			if c := &h.secret[k]; c.to < 0 && c.index < h.columns {
				c.to = from - lo
			}
		}
		h.columns++
	}
	if h.pairs && h.columns == 2 {
		h.n = 0
		return true
	}
	h.pairs = false
	if h.n == 0 || h.columns < 2 {
		return false
	}
	h.ruled = capitals && gaps // then no rule has to follow
	return true
}

// rule reports whether a line is drawn of dashes.
func rule(line []byte) bool {
	n := 0
	for _, c := range line {
		switch c {
		case '-', '=':
			n++
		case '+', '|', ' ', ':', '\t':
		default:
			return false
		}
	}
	return n > 1
}

// tableLine takes the secrets of a row. It reports whether the table goes on.
func (s *Scanner) tableLine(h *table, lo, hi int) bool {
	t := s.text
	s.rowBefore = lo
	if lo == hi {
		return false
	}
	if h.drawn && rule(t[lo:hi]) {
		if !h.ruled && h.delim == ' ' && !h.pairs {
			h.underlined(t[lo:hi])
		}
		h.ruled = true
		return true
	}
	if h.drawn && !h.ruled {
		return s.partial && hi == len(t)
	}
	if h.delim == ' ' {
		return s.widthRow(h, lo, hi)
	}
	a, b := h.trim(t, lo, hi)
	n := 0
	var from, to [maxSecretColumns]int
	k := 0
	for i := a; ; n++ {
		f, e, next, _ := cell(t, i, b, h.delim)
		if k < h.n && h.secret[k].index == n {
			from[k], to[k] = f, e
			k++
		}
		if i = next; next > b {
			n++
			break
		}
	}
	partial := s.partial && hi == len(t)
	switch {
	case n == h.columns:
	case partial && n < h.columns:
	case h.drawn && n > h.columns: // a bar in a value: the places of the bars tell
		for k := range h.n {
			c := &h.secret[k]
			f, e := a+c.from, min(b, a+c.to)
			if f > b || c.from > 0 && t[f-1] != '|' || e < b && t[e] != '|' {
				return false
			}
			for f < e && t[f] == ' ' {
				f++
			}
			for e > f && t[e-1] == ' ' {
				e--
			}
			from[k], to[k] = f, e
		}
	default:
		return false
	}
	for k := range h.n {
		if from[k] < to[k] {
			s.cell(h, &h.secret[k], from[k], to[k], partial && to[k] == len(t))
		}
	}
	return true
}

// cell takes the value text[from:to] of a column.
func (s *Scanner) cell(h *table, c *column, from, to int, open bool) {
	if h.columns == 2 && plainWord(s.text[from:to]) && !open {
		return
	}
	q := pair{far: &c.name, sep: ':', keyQuote: '\'', start: from}
	v, keyed := s.known(&q)
	if open {
		s.noteEnd(&q, v, to, false)
	}
	n := len(s.spans)
	for _, d := range keyed {
		s.keyedValue(d, &q)
	}
	if v.Class == names.Auth {
		s.credentials(&q, v, from, to)
	} else {
		s.take(&q, v, from, to)
	}
	for ; n < len(s.spans); n++ {
		s.spans[n].KeyStart, s.spans[n].KeyEnd = 0, 0
	}
}

// plainWord tells letters alone.
func plainWord(v []byte) bool {
	for _, c := range v {
		if c|0x20-'a' >= 26 && c != '_' {
			return false
		}
	}
	return true
}

// underlined takes the widths of the columns from the rule below the header.
func (h *table) underlined(line []byte) {
	for k := range h.n {
		c := &h.secret[k]
		if c.from >= len(line) || line[c.from] != '-' && line[c.from] != '=' {
			c.to = c.from // no column of the rule: nothing to take
			continue
		}
		a, b := c.from, c.from
		for a > 0 && line[a-1] == line[c.from] {
			a--
		}
		for b < len(line) && line[b] == line[c.from] {
			b++
		}
		if c.from, c.to = a, b; len(bytes.TrimRight(line[b:], " ")) == 0 {
			c.to = -1
		}
	}
}

// widthRow takes the secrets of a row whose columns are told by their places.
func (s *Scanner) widthRow(h *table, lo, hi int) bool {
	t := s.text
	if h.pairs {
		i := lo
		for i < hi && lex[t[i]]&isKey != 0 {
			i++
		}
		if i == lo || i == hi {
			return false
		}
		k := i
		for k < hi && lex[t[k]]&isBlank != 0 {
			k++
		}
		if k == i {
			return false
		}
		q := pair{keyStart: lo, keyEnd: i, sep: ':', keyQuote: '\'', start: k}
		v, _ := s.known(&q)
		if v.Strength != names.None && s.e.class[v.Class] >= 0 && k < hi {
			if hi == len(t) {
				s.noteEnd(&q, v, hi, false)
			}
			for e := hi; ; e-- {
				if lex[t[e-1]]&isBlank == 0 {
					s.take(&q, v, k, e)
					break
				}
			}
		}
		return true
	}
	for k := range h.n {
		c := &h.secret[k]
		f, e := lo+c.from, hi
		if f >= hi || c.from == c.to {
			continue
		}
		if c.to >= 0 {
			e = min(hi, lo+c.to)
		}
		if f > lo && lex[t[f-1]]&isBlank == 0 {
			return false
		}
		for e < hi && e > f && lex[t[e-1]]&isBlank == 0 && lex[t[e]]&isBlank == 0 {
			e++ // wider than its column
		}
		for f < e && lex[t[f]]&isBlank != 0 {
			f++
		}
		for e > f && lex[t[e-1]]&isBlank != 0 {
			e--
		}
		if f < e {
			s.cell(h, c, f, e, s.partial && hi == len(t) && e == hi)
		}
	}
	return true
}
