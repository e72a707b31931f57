package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/names"
)

// sqlIdentified decides at "identified by" and "identified with": the string
// or word that follows is a password or its hash (MySQL, MariaDB, Oracle;
// PostgreSQL's PASSWORD comes by its name).
func (s *Scanner) sqlIdentified(di int32, hs, he int) {
	t := s.text
	i := he
	if hasFold(t[he-4:], "with") { // a plugin, then BY or AS
		k := max(indexFold(t[he:min(len(t), he+maxPlugin)], " by "), indexFold(t[he:min(len(t), he+maxPlugin)], " as "))
		if k < 0 {
			return
		}
		i += k + len(" by ")
	}
	for i < len(t) && t[i] == ' ' {
		i++
	}
	for _, w := range [...]string{"password ", "values "} {
		if hasFold(t[i:], w) {
			i += len(w)
		}
	}
	if i == len(t) {
		s.open(i)
		return
	}
	q, d, n := quoteAt(t, i, len(t))
	if q == '"' && endsString(t, i+n-1) && s.inStringAt(hs, d) {
		return // nothing stands before the end of the string
	}
	if n == 0 { // Oracle's IDENTIFIED BY word
		e := i
		for e < len(t) && lex[t[e]]&isStop == 0 && t[e] != ';' && t[e] != ')' && t[e] != '\\' {
			e++
		}
		s.toll(hs, vainToll)
		if i > he && s.statement(hs) {
			s.sqlValue(di, i, e)
		}
		return
	}
	p := pair{quote: q, depth: d, start: i + n}
	end, closed := s.quotedEnd(&p)
	if !closed {
		s.open(p.start)
	}
	s.charge(hs, end-i)
	s.sqlValue(di, p.start, end)
}

const maxPlugin = 64 // bytes between WITH and BY

func (s *Scanner) sqlValue(di int32, from, end int) {
	v := s.text[from:end]
	if len(v) == 0 || s.e.ours(v) || !s.spent(from) && filler(v) {
		s.emptied(di, from, end)
		return
	}
	s.found(di, from, end, finding.Certain, ByConstruct)
}

// maxStatement is how far before IDENTIFIED BY a statement says what it is.
const maxStatement = 160

// statement reports whether a statement about a user or a link begins before hs:
// in prose, too, things are identified by their names.
func (s *Scanner) statement(hs int) bool {
	lo, _ := s.line(hs)
	before := s.text[max(lo, hs-maxStatement):hs]
	for {
		i := bytes.LastIndexByte(before, ' ')
		if i < 0 {
			return false
		}
		before = before[:i]
		for _, w := range [...]string{"user", "role", "grant", "connect to", "link"} {
			if endsFold(before, w) {
				return true
			}
		}
	}
}

// passwordClause handles PASSWORD of SQL with more between it and the value than a
// blank: SET PASSWORD FOR bob = '…', PASSWORD $tag$…$tag$, PASSWORD word.
func (s *Scanner) passwordClause(p *pair) {
	t := s.text
	if !bytes.EqualFold(t[p.keyStart:p.keyEnd], []byte("password")) || s.e.class[names.Password] < 0 {
		return
	}
	v := names.Verdict{Strength: names.Strong, Class: names.Password}
	before := t[max(0, p.keyStart-maxKey):p.keyStart]
	i := skipBlanks(t, p.keyEnd)
	if i >= len(t) {
		s.open(i)
		return
	}
	if len(before) >= 4 && hasFold(before[len(before)-4:], "set ") {
		if !hasFold(t[i:], "for ") {
			return
		}
		for lim := min(len(t), i+maxKey); i < lim && t[i] != '=' && lex[t[i]]&isEOL == 0; i++ {
		}
		if i == len(t) {
			s.open(i)
		}
		if i >= len(t) || t[i] != '=' {
			return
		}
		i = s.wrapper(skipBlanks(t, i+1))
		q, d, n := quoteAt(t, i, len(t))
		if n == 0 {
			return
		}
		p.sep, p.quote, p.depth, p.quoteLen, p.start = '=', q, d, n, i+n
		s.value(p, v)
		return
	}
	if (t[i]|0x20)-'a' < 26 && t[p.keyStart] != 'P' {
		return // a word without quotes: SQL has that in capitals, if at all
	}
	if indexFold(before, "role ") < 0 && indexFold(before, "user ") < 0 && indexFold(before, "login ") < 0 {
		return
	}
	from, end := i, i
	if t[i] == '$' { // dollar quotes of PostgreSQL
		k := i + 1
		for lim := min(len(t), k+maxPlugin); k < lim && lex[t[k]]&isWord != 0; k++ {
		}
		if k >= len(t) || t[k] != '$' {
			return
		}
		tag := t[i : k+1]
		from = k + 1
		_, hi := s.line(from)
		n := bytes.Index(t[from:hi], tag)
		if n < 0 {
			s.open(from)
			n = hi - from
		}
		end = from + n
	} else {
		digit := false
		for end < len(t) && lex[t[end]]&isStop == 0 && t[end] != ';' && t[end] != ')' && t[end] != ',' && t[end] != '\\' {
			digit = digit || lex[t[end]]&isDigit != 0
			end++
		}
		if end == len(t) {
			s.open(from)
		}
		if !digit {
			return // a clause: PASSWORD EXPIRE
		}
	}
	s.charge(from, end-from)
	p.sep = '='
	s.take(p, v, from, end)
}
