package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

// sqlIdentified decides at "identified by" and "identified with … by|as": the
// quoted string that follows is a password or its hash (MySQL, MariaDB,
// Oracle, PostgreSQL's ENCRYPTED PASSWORD comes by the name password).
func (s *Scanner) sqlIdentified(di int32, hs, he int) {
	t := s.text
	lim := min(len(t), he+96)
	i := he
	for i < lim && t[i] != '\'' && t[i] != '"' && t[i] != ';' && t[i] != '(' && lex[t[i]]&isEOL == 0 {
		i++
	}
	if i == len(t) {
		s.open(i)
		return
	}
	q, d, n := quoteAt(t, i, lim)
	if i > he && t[i-1] == '\\' {
		for i > he && t[i-1] == '\\' {
			i--
		}
		q, d, n = quoteAt(t, i, lim)
	}
	if n == 0 {
		s.sqlBare(di, he)
		return
	}
	p := pair{quote: q, depth: d, start: i + n}
	end, closed := s.quotedEnd(&p)
	if !closed {
		s.open(p.start)
	}
	s.sqlValue(di, p.start, end)
}

// sqlBare takes the word of Oracle's IDENTIFIED BY word.
func (s *Scanner) sqlBare(di int32, he int) {
	t := s.text
	i := he
	for i < len(t) && t[i] == ' ' {
		i++
	}
	e := i
	for e < len(t) && lex[t[e]]&isStop == 0 && t[e] != ';' && t[e] != ')' {
		e++
	}
	if i > he {
		s.sqlValue(di, i, e)
	}
}

func (s *Scanner) sqlValue(di int32, from, end int) {
	v := s.text[from:end]
	if len(v) == 0 || judge.Placeholder(v) || s.e.ours(v) {
		return
	}
	if full, _ := judge.Mask(v); full {
		return
	}
	s.found(di, from, end, finding.Certain, ByConstruct)
}
