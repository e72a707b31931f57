package scan

import (
	"github.com/stanch/stanch/finding"
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
	if n > 0 && endsString(t, i+n-1) && s.inString(hs) {
		return // nothing stands before the end of the string
	}
	if n == 0 { // Oracle's IDENTIFIED BY word
		e := i
		for e < len(t) && lex[t[e]]&isStop == 0 && t[e] != ';' && t[e] != ')' && t[e] != '\\' {
			e++
		}
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
	for _, w := range [...]string{"user ", "role ", "grant ", "connect to ", "link "} {
		if indexFold(before, w) >= 0 {
			return true
		}
	}
	return false
}
