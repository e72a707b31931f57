package scan

import "github.com/stanch/stanch/internal/names"

// described reports whether what stands under a name describes it, as lists of
// packages and of options, definitions and usage texts do.
func (s *Scanner) described(value []byte, p *pair) bool {
	t := s.text
	if p.quote != 0 {
		return false
	}
	switch {
	case p.sep == ':' && p.start == p.keyEnd+1:
		return architecture(value) // libsecret-1-0:amd64
	case p.sep == ':' && p.keyQuote == 0:
		return s.indefinite(p) && plain(value) // a secret: where …
	case p.kind == names.Flag && p.sep == ' ':
		// --password is required; --password    force a prompt
		return function(value) || p.start > p.keyEnd+1 && t[p.keyEnd] == ' ' && plain(value)
	case p.sep == '>' && value[0] == ' ': // --user <user:password>  Server user and password
		e := p.start + len(value)
		return e >= len(t) || t[e] != '<'
	}
	return false
}

// architecture tells the architectures behind the names of Debian packages.
func architecture(v []byte) bool {
	switch string(v) {
	case "amd64", "arm64", "armhf", "armel", "i386", "all", "any", "ppc64el", "riscv64", "s390x", "mips64el", "loong64":
		return true
	}
	return false
}

// function tells the words that go on in a sentence and are no values.
func function(v []byte) bool {
	switch string(v) {
	case "is", "are", "was", "were", "and", "or", "but", "if", "for", "to", "in", "of", "on", "with", "from", "the", "a", "an", "not", "no",
		"also", "must", "should", "can", "cannot", "will", "may", "has", "have", "option", "options", "flag", "flags", "argument", "parameter",
		"instead", "only", "when", "which", "that", "requires", "required", "because", "as", "at", "by":
		return true
	}
	return false
}

// plain tells a single word of lower-case letters.
func plain(v []byte) bool {
	for _, c := range v {
		if c-'a' >= 26 {
			return false
		}
	}
	return len(v) <= longestWord
}

// indefinite reports whether an article stands before a name that speaks of any
// such thing.
func (s *Scanner) indefinite(p *pair) bool {
	t, i := s.text, p.keyStart
	if i < 2 || t[i-1] != ' ' {
		return false
	}
	i--
	e := i
	for i > 0 && e-i < 6 && t[i-1]-'a' < 26 {
		i--
	}
	if i > 0 && lex[t[i-1]]&isKey != 0 {
		return false
	}
	switch string(t[i:e]) {
	case "a", "an", "any", "every", "each", "no", "of", "as":
		return true
	}
	return false
}
