package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

const maxCommand = 1 << 10 // bytes of a command line looked at

// command decides at the name of a program whose short options carry a
// password: curl -u user:password, mysql -ppassword, sshpass -p password.
func (s *Scanner) command(di int32, hs, he int) {
	t := s.text
	if !atBoundary(t, hs) {
		return
	}
	program := t[hs:he]
	if hs < s.commandEnd && bytes.Equal(program, s.program) || he == len(t) {
		return // a word of a command line that was looked at
	}
	if t[he] == ',' {
		s.listed(di, program, he)
		return
	}
	if t[he] != ' ' {
		s.argv(di, program, he)
		return
	}
	he++
	i := he
	inString := s.inString(hs)
	defer func() {
		s.charge(hs, i-he)
		s.commandEnd, s.program = i, program
	}()
	for lim := min(len(t), he+maxCommand); i < lim; {
		if i > he && t[i] != ' ' {
			return // the string that holds the command ends
		}
		for i < lim && t[i] == ' ' {
			i++
		}
		if i >= lim || lex[t[i]]&isEOL != 0 || t[i] == '|' || t[i] == ';' || t[i] == '&' {
			return
		}
		w := i
		i = s.shellWord(i, lim, inString)
		if i == w {
			return
		}
		opt := t[w:i]
		if len(opt) < 2 || opt[0] != '-' {
			continue
		}
		from, to := -1, -1
		switch place := argument(program, opt); place {
		case glued:
			from, to = w+2, i
		case following:
			a := i
			for a < lim && t[a] == ' ' {
				a++
			}
			if a < lim && t[a] != '-' && lex[t[a]]&isEOL == 0 {
				from, to = a, s.shellWord(a, lim, inString)
				i = to
			}
		case userPassword, userPercent:
			a := w + 2
			if len(opt) == 2 || opt[1] == '-' {
				for a = i; a < lim && t[a] == ' '; a++ {
				}
			}
			u, e := a, s.shellWord(a, lim, inString)
			i = max(i, e)
			for a < e && t[a] != place.joint() {
				a++
			}
			if e == len(t) {
				s.open(u) // what has come may be a key with its colon to follow
			}
			if a < e {
				from, to = a+1, e
			}
			// An API key for a user, and no password: curl -u KEY:
			if k, l := unquote(t, u, e); from == l && k < a && judge.Credential(t[k:a]) {
				from, to = k, a
			}
		}
		if to == len(t) {
			s.open(max(from, he))
		}
		if from >= 0 {
			from, to = unquote(t, from, to)
			s.argument(di, from, to)
		}
	}
}

func (s *Scanner) argument(di int32, from, to int) {
	if from >= to {
		return
	}
	v := s.text[from:to]
	if s.e.ours(v) || !s.spent(from) && filler(v) {
		s.emptied(di, from, to)
		return
	}
	s.found(di, from, to, finding.Likely, ByConstruct)
}

type placement uint8

const (
	elsewhere    placement = iota
	glued                  // -pPASSWORD
	following              // -p PASSWORD
	userPassword           // -u user:password
	userPercent            // -U user%password
)

// joint is what stands between user and password.
func (p placement) joint() byte {
	if p == userPercent {
		return '%'
	}
	return ':'
}

// argument tells where an option of a program has its password, after the
// manual page of each.
func argument(program, opt []byte) placement {
	p := string(program)
	if hasFold(program, "docker") {
		p = "docker login" // or words of a list
	}
	switch p {
	case "mysql", "mysqldump", "mysqladmin", "mariadb":
		if opt[1] == 'p' && len(opt) > 2 {
			return glued
		}
	case "curl":
		if opt[1] == 'u' || opt[1] == 'U' || string(opt) == "--user" || string(opt) == "--proxy-user" {
			return userPassword
		}
	case "sshpass", "docker login", "podman login", "helm registry login", "az login", "oc login", "sqlcmd", "mongo", "mongosh", "ldapsearch", "redis-cli":
		short := byte('p')
		switch p {
		case "sqlcmd":
			short = 'P'
		case "ldapsearch":
			short = 'w'
		case "redis-cli":
			short = 'a'
		}
		if opt[1] == short {
			if len(opt) == 2 {
				return following
			}
			return glued
		}
	}
	if hasFold(program, "psexec") && string(opt) == "-p" {
		return following
	}
	return programArgument(p, string(opt))
}

// shellWord returns the end of the word at i, quotes included. A quote in the
// middle of a word opens only behind an option, = or :, and only where it is
// closed; any other is the end of a string that holds the command line.
func (s *Scanner) shellWord(i, lim int, inString bool) int {
	t, w := s.text, i
	for ; i < lim; i++ {
		switch c := t[i]; {
		case lex[c]&(isBlank|isEOL) != 0:
			return i
		case c == '"' && inString:
			return i
		case c == '\\' && inString:
			q, _, n := quoteAt(t, i, lim)
			if n == 0 || q != '"' {
				continue
			}
			if i > w && endsString(t, i+n-1) {
				return i
			}
			if i > w && t[i-1] != '=' && t[i-1] != ':' && !(i == w+2 && t[w] == '-') {
				continue
			}
			if k := bytes.Index(t[i+n:lim], t[i:i+n]); k >= 0 {
				i += 2*n + k - 1
			}
		case c == '\'' || c == '"':
			from := i // of the quote with its escapes
			for from > w && t[from-1] == '\\' {
				from--
			}
			if from > w && t[from-1] != '=' && t[from-1] != ':' && !(from == w+2 && t[w] == '-') {
				return from
			}
			k := i + 1
			for k < lim && t[k] != c && lex[t[k]]&isEOL == 0 {
				k++
			}
			if k < lim && t[k] == c {
				i = k
			} // one that nobody closes is part of the word
		}
	}
	return i
}

// unquote strips the quotes around a word.
func unquote(t []byte, from, to int) (int, int) {
	k := from
	for k < to && t[k] == '\\' {
		k++
	}
	if k > from && k < to && (t[k] == '\'' || t[k] == '"') {
		from = k + 1 // a quote escaped in the string around the command
	}
	if to-from >= 1 && (t[from] == '\'' || t[from] == '"') {
		q := t[from]
		from++
		if to > from && t[to-1] == q {
			to--
		}
		return from, to
	}
	if q, _, n := quoteAt(t, from, to); n > 1 && q == '"' && to-from >= 2*n && sameQuote(t, from, to-n, n) {
		return from + n, to - n
	}
	for to > from && (t[to-1] == '"' || t[to-1] == '\'' || t[to-1] == '`') {
		to--
	}
	for to > from && t[to-1] == '\\' { // the escape of the quote
		to--
	}
	return from, to
}
