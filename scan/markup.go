package scan

const maxSisters = 16 // elements between a name and its value

// tagOf returns where the tag begins in which the attribute at i stands, or -1.
func tagOf(t []byte, lo, i int) int {
	for lo = max(lo, i-maxTag); i > lo; i-- {
		switch t[i-1] {
		case '<':
			if lex[t[i]]&isWord != 0 && lex[t[i]]&isDigit == 0 {
				return i - 1
			}
			return -1
		case '>':
			return -1
		}
	}
	return -1
}

// attribute takes the value of an XML element one of whose attributes names it:
// <add key="password" value="v"/>, <Data Name="Password">v</Data>.
func (s *Scanner) attribute(x *mention, k *member, tag, hi int) {
	t := s.text
	w := walk{lim: min(hi, x.close+maxTag)}
	n := 0
	from := tag + 1
	for from < k.from && lex[t[from]]&isBlank == 0 {
		from++
	}
	for i := from; ; {
		w.level = 0
		m, ok := s.nextMember(&w, i)
		if !ok {
			break
		}
		i = m.next
		if lastIsValue(t[m.from:m.to]) {
			i = max(i, s.valueOf(x, &m))
			n++
		}
	}
	i := w.at
	if n > 0 || i >= len(t) || t[i] != '>' || t[i-1] == '/' {
		return
	}
	s.content(x, i+1, hi)
}

// lastIsValue tells the attributes that hold a value.
func lastIsValue(key []byte) bool {
	var buf [16]byte
	w := lastWord(&buf, key)
	return string(w) == "value" || string(w) == "content" || string(w) == "val"
}

// content takes the text of an element, behind its opening tag and those of
// elements that only wrap it: <item name="k"><value><string>v</string></value>.
func (s *Scanner) content(x *mention, i, hi int) {
	t := s.text
	for range 4 {
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i >= hi {
			s.expectMarkup(x)
			return
		}
		if t[i] != '<' || hasFold(t[i:], "<![cdata[") {
			break
		}
		e := i + 1
		if e >= hi || t[e] == '/' || t[e] == '!' {
			return
		}
		for e < hi && e-i < maxTag && t[e] != '>' {
			e++
		}
		if e >= hi || t[e] != '>' || t[e-1] == '/' {
			return
		}
		i = e + 1
	}
	if hasFold(t[i:], "<![cdata[") {
		i += len(cdata)
	}
	q := x.pair
	q.sep, q.quote, q.keyQuote, q.start = '>', 0, 0, i
	s.meet(&q, x.class, x.keyed)
}

// elementText decides at a name that is all of an element's text:
// <name>password</name><value>v</value>, <key>password</key><string>v</string>.
func (s *Scanner) elementText(x *mention) {
	t := s.text
	e := x.keyStart - 1 // the '>'
	b := e
	for b > 0 && e-b < maxMention && t[b-1] != '<' && t[b-1] != '>' && lex[t[b-1]]&isEOL == 0 {
		b--
	}
	if b == 0 || t[b-1] != '<' || e == b {
		return
	}
	tag := t[b:e]
	for i, c := range tag {
		if lex[c]&isBlank != 0 {
			tag = tag[:i]
			break
		}
	}
	if !namesIt(tag) || !s.judged(x) {
		return
	}
	hi := s.row(x.keyStart).hi
	i := x.keyEnd
	for i < hi && t[i] != '>' {
		i++
	}
	s.sisterElement(x, min(i+1, hi), hi)
}

// sisterElement looks for the element that holds the value, from i on.
func (s *Scanner) sisterElement(x *mention, i, hi int) {
	t := s.text
	for n := 0; n < maxSisters; n++ {
		for i < hi && lex[t[i]]&isBlank != 0 {
			i++
		}
		if i >= hi {
			s.expectMarkup(x)
			return
		}
		if t[i] != '<' || i+1 < hi && t[i+1] == '/' {
			return
		}
		b := i + 1
		for i < hi && i-b < maxTag && t[i] != '>' {
			i++
		}
		if i >= hi || t[i] != '>' {
			return
		}
		e := b
		for e < i && lex[t[e]]&isBlank == 0 && t[e] != '/' {
			e++
		}
		tag := t[b:e]
		i++
		if holdsValue(tag) {
			s.content(x, i, hi)
			return
		}
		if t[i-2] == '/' || t[b] == '!' || t[b] == '?' {
			continue
		}
		// Another element is stepped over: up to its closing tag.
		for i < hi && t[i] != '<' {
			i++
		}
		if i+1 >= hi || t[i+1] != '/' {
			return
		}
		for i < hi && t[i] != '>' {
			i++
		}
		i++
	}
}

// holdsValue tells the elements that hold the value of a name beside them.
func holdsValue(tag []byte) bool {
	var buf [16]byte
	switch string(lastWord(&buf, tag)) {
	case "value", "val", "string", "data", "v":
		return true
	}
	return false
}
