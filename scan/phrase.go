package scan

import "github.com/stanch/stanch/internal/names"

// Names of several words with blanks between them, as people and messages
// write them. A value has to look like a credential there: the words may as
// well be those of a sentence.

// longestWord is the longest word that is joined to a name.
const longestWord = 16

// phrase judges the name of p together with the word before it: API key, Secret
// Key, page token. It returns the verdict to go by.
func (s *Scanner) phrase(p *pair, v names.Verdict) names.Verdict {
	t := s.text
	if v.Strength > names.Medium || p.keyQuote != 0 || p.kind != names.Attr || p.sep != ':' && p.sep != '=' && !p.told ||
		p.keyStart < 2 || t[p.keyStart-1] != ' ' {
		return v
	}
	i := wordBefore(t, p.keyStart)
	if i == p.keyStart || i > 0 && lex[t[i-1]]&isQuote != 0 && t[i-1] != '"' && (i < 2 || t[i-2] != '=') {
		return v
	}
	whole := *p
	whole.keyStart = i
	w, _ := s.known(&whole)
	switch {
	case w.Benign:
		return names.Verdict{}
	case w.Strength > v.Strength:
		whole.worded = w.Strength == names.Strong
		w.Strength = min(w.Strength, names.Medium)
		*p = whole
		return w
	case v.Class == names.Key && p.told && s.enciphers(i, p.keyStart):
		v.Strength, p.worded = names.Medium, true
	}
	return v
}

// enciphers reports whether the words before a key say that it is one of a
// cipher: "decrypting with key".
func (s *Scanner) enciphers(from, to int) bool {
	t := s.text
	if w := t[from : to-1]; string(w) != "with" && string(w) != "using" {
		return false
	}
	k := wordBefore(t, from)
	for _, verb := range [...]string{"decrypt", "encrypt", "sign", "unseal", "unwrap"} {
		if hasFold(t[k:from], verb) {
			return true
		}
	}
	return false
}

// purpose handles a name that is followed by what it is for: "password for
// bob: …".
func (s *Scanner) purpose(p *pair) {
	t := s.text
	i := p.keyEnd
	if i+1 >= len(t) || t[i] != ' ' || t[i+1]|0x20 != 'f' && t[i+1]|0x20 != 'o' {
		return
	}
	switch {
	case hasFold(t[i:], " for "):
		i += len(" for ")
	case hasFold(t[i:], " of "):
		i += len(" of ")
	default:
		return
	}
	from := i
	lim := min(len(t), i+maxKey)
	for ; i < lim && (lex[t[i]]&(isKey|isQuote) != 0 || t[i] == '@' || t[i] == '%' || t[i] == '\\'); i++ {
	}
	if i > from && i < lim && t[i] == ' ' { // for user bob
		k := i + 1
		for k < lim && (lex[t[k]]&isKey != 0 || t[k] == '@') {
			k++
		}
		if k < lim && t[k] == ':' {
			i = k
		}
	}
	verb := 0
	if i > from && i+1 < len(t) && t[i] == ' ' && t[i+1] == '=' {
		i++
	} else if i > from && hasFold(t[i:], " is ") {
		i, verb = i+len(" is"), 1
	}
	if i == from || i >= len(t) || verb == 0 && t[i] != ':' && t[i] != '=' {
		return
	}
	p.sep = t[i]
	p.told = verb > 0
	i++
	for lim := min(len(t), i+maxGlue); i < lim && t[i] == ' '; i++ {
	}
	if i == len(t) {
		s.open(i)
		return
	}
	if q, d, n := quoteAt(t, i, min(len(t), i+maxGlue)); n > 0 {
		if q == '"' && endsString(t, i+n-1) && s.inString(p.keyStart) {
			return // "Password for bob:" and nothing more
		}
		p.quote, p.depth = q, d
		i += n
	}
	p.start = i
	v, _ := s.known(p)
	if v.Strength == names.Strong && s.e.class[v.Class] >= 0 && v.Class != names.Cookie && v.Class != names.Auth {
		if !p.told && (p.sep != '=' || p.quote == 0) {
			v.Strength = names.Medium
		}
		s.value(p, v)
	}
}
