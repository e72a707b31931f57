package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/names"
)

// argv decides at the name of a program that is an element of a list of
// arguments: ["curl","-u","bob:v"]. i is where the quote stands that closes it.
func (s *Scanner) argv(di int32, program []byte, i int) {
	t := s.text
	q, d, n := quoteAt(t, i, min(len(t), i+maxGlue))
	if n == 0 {
		return
	}
	first := i
	i += n
	from, to := i, i
	next := func() bool {
		v, ok := nextElement(t, i, q, d)
		if !ok {
			return false
		}
		e := pair{quote: q, depth: d, start: v}
		end, closed := s.quotedEnd(&e)
		if !closed {
			s.open(v)
		}
		from, to, i = v, end, end+n
		return closed && sameQuote(t, first, end, n) && end-v < maxCommand
	}
	for range maxElements {
		if !next() {
			break
		}
		opt := t[from:to]
		if len(opt) < 2 || opt[0] != '-' {
			continue
		}
		switch place := argument(program, opt); place {
		case glued:
			s.argument(di, from+2, to)
		case following:
			if next() && t[from] != '-' {
				s.argument(di, from, to)
			}
		case userPassword, userPercent:
			if len(opt) == 2 || opt[1] == '-' {
				next()
			} else {
				from += 2
			}
			if k := bytes.IndexByte(t[from:to], place.joint()); k >= 0 {
				s.argument(di, from+k+1, to)
			}
		}
	}
	s.charge(first, i-first)
}

// entry handles NAME=v that fills a string, as an element of a list of
// variables or arguments does: the value goes up to the end of the string.
func (s *Scanner) entry(p *pair) {
	t := s.text
	i := p.keyStart
	for i > 0 && t[i-1] == '-' {
		i--
	}
	if p.kind != names.Flag && !capitals(t[p.keyStart:p.keyEnd]) || i == 0 || lex[t[i-1]]&isQuote == 0 || p.start != p.keyEnd+1 {
		return
	}
	n, depth := 1, 0
	for i-n > 0 && t[i-n-1] == '\\' {
		n++
	}
	for b := n; b > 1; b >>= 1 {
		depth++
	}
	o := i - n
	if o > 0 && t[o-1] != '[' && t[o-1] != ',' && lex[t[o-1]]&isBlank == 0 && !(t[o-1] == '=' && o >= 12 && hasFold(t[o-12:], "environment=")) {
		return
	}
	e := pair{quote: t[i-1], depth: depth, start: p.start}
	end, closed := s.quotedEnd(&e)
	if !closed || !sameQuote(t, o, end, n) {
		return
	}
	if k := end + n; k == len(t) || t[k] == ',' || t[k] == ']' || lex[t[k]]&(isBlank|isEOL) != 0 {
		p.quote, p.depth = e.quote, e.depth
	}
}

// capitals tells the names of environment variables.
func capitals(name []byte) bool {
	for _, c := range name {
		if c-'A' >= 26 && lex[c]&isDigit == 0 && c != '_' {
			return false
		}
	}
	return true
}

// listed is argv where the words of the list stand without quotes, as Java
// shows lists: [mysql, -u, root, -ppassword].
func (s *Scanner) listed(di int32, program []byte, i int) {
	t := s.text
	next := func() (from, to int) {
		if !hasFold(t[i:], ", ") {
			return 0, 0
		}
		i += len(", ")
		from = i
		for i < len(t) && t[i] != ',' && t[i] != ']' && lex[t[i]]&(isEOL|isBlank|isQuote) == 0 {
			i++
		}
		return from, i
	}
	for range maxElements {
		from, to := next()
		if from == to {
			break
		}
		if to-from < 2 || t[from] != '-' {
			continue
		}
		opt := t[from:to]
		switch argument(program, opt) {
		case glued:
			s.argument(di, from+2, to)
		case following:
			if from, to = next(); from < to && t[from] != '-' {
				s.argument(di, from, to)
			}
		case userPassword:
			if len(opt) == 2 || opt[1] == '-' {
				from, to = next()
			} else {
				from += 2
			}
			if k := bytes.IndexByte(t[from:to], ':'); k >= 0 {
				s.argument(di, from+k+1, to)
			}
		}
	}
}
