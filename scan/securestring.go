package scan

// secureString decides at PowerShell's ConvertTo-SecureString: its argument that
// is no switch is the text to protect.
func (s *Scanner) secureString(di int32, hs, he int) {
	t := s.text
	i := he
	defer func() { s.charge(hs, i-he) }()
	for lim := min(len(t), he+maxCommand); i < lim; {
		if t[i] != ' ' {
			return
		}
		for i < lim && t[i] == ' ' {
			i++
		}
		if q, d, n := quoteAt(t, i, lim); n > 0 {
			if q == '"' && endsString(t, i+n-1) && s.inString(hs) {
				return
			}
			p := pair{quote: q, depth: d, start: i + n}
			end, closed := s.quotedEnd(&p)
			if !closed {
				s.open(p.start)
			}
			s.argument(di, p.start, end)
			i = end
			return
		}
		w := i
		for i < lim && lex[t[i]]&isStop == 0 && t[i] != '|' && t[i] != ';' && t[i] != ')' && !(t[i] == '\\' && escapedEnd(t, i)) {
			i++
		}
		switch {
		case i == w:
			return
		case t[w] == '-': // -String, -AsPlainText, -Force
			continue
		case t[w] == '$' || t[w] == '(':
			return
		}
		if i == len(t) {
			s.open(w)
		}
		s.argument(di, w, i)
		return
	}
}
