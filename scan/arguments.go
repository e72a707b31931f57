package scan

// The arguments of a message or a statement are logged apart from it: in a member
// that is called args, params or alike, on the same line before or behind it, or
// on a line below. Go writes such lists without commas, Java without quotes.

// maxArgumentLines is how many lines below a message its arguments are looked for.
const maxArgumentLines = 12

// argumentsIn finds a list of arguments in text[lo:hi] and returns where its
// bracket is, or -1.
func argumentsIn(t []byte, lo, hi int) int {
	for i := lo + 1; i < hi; i++ {
		if t[i] != '[' && t[i] != '(' {
			continue
		}
		k := i - colourBefore(t, i) // params=ESC[0m[…
		for k > lo && lex[t[k-1]]&isBlank != 0 {
			k--
		}
		if k == i && lex[t[k-1]]&isQuote != 0 { // "args":"[…]"
			k = beforeQuote(t, lo, k)
		}
		if k > lo && (t[k-1] == ':' || t[k-1] == '=' || t[k-1] == '>') && argumentsIt(listKey(t, lo, k)) {
			return i
		}
	}
	return -1
}

// listKey returns the key whose separator ends at i, without quotes and colours.
func listKey(t []byte, lo, i int) []byte {
	for i--; i > lo && (t[i-1] == '=' || t[i-1] == ':'); i-- {
	}
	i -= colourBefore(t, i)
	for i > lo && lex[t[i-1]]&isBlank != 0 {
		i--
	}
	if i > lo && lex[t[i-1]]&isQuote != 0 {
		i = beforeQuote(t, lo, i)
	}
	from := i
	for lim := max(lo, i-maxMention); from > lim && lex[t[from-1]]&isKey != 0; from-- {
	}
	for k := from; k < i && from > lo && t[from-1] == '['; k++ {
		if n := colourBefore(t, k); n > 0 { // ESC[36m is no part of it
			return t[k:i]
		}
	}
	return t[from:i]
}

// beforeQuote returns where the quote that ends at i begins, with its escapes.
func beforeQuote(t []byte, lo, i int) int {
	for i--; i > lo && t[i-1] == '\\'; i-- {
	}
	return i
}

// argumentsIt tells the keys of lists of arguments, alone or as a last word.
func argumentsIt(key []byte) bool {
	var buf [16]byte
	switch string(lastWord(&buf, key)) {
	case "args", "arguments", "params", "parameters", "argv", "bind", "binds", "bindings", "values", "vars":
		return true
	}
	return false
}

// argumentAt finds the item with a number in the list that t[i] opens. end is
// where the list ends, -1 for nowhere.
func (s *Scanner) argumentAt(i, number, hi int) (from, to, end int) {
	t := s.text
	k := i + 1
	for k < hi && lex[t[k]]&isStop == 0 && !escapes(t, k) && !closesItem(t, k, hi) {
		k++
	}
	if k >= hi || k == i+1 || t[k] != ' ' || t[i] != '[' {
		return s.listItem(i, number, hi)
	}
	comma := t[k-1] == ',' // Java has commas, Go has not
	for k, from = i+1, i+1; k < hi && lex[t[k]]&isEOL == 0; k++ {
		last := closesItem(t, k, hi)
		if !last && (t[k] != ' ' || comma && t[k-1] != ',') {
			continue
		}
		to = k
		if comma && !last {
			to--
		}
		if number == 0 {
			return from, to, k
		}
		if last {
			return -1, 0, k
		}
		number--
		from = k + 1
	}
	return -1, 0, -1
}

// escapes reports whether the backslash at i begins an escaped quote or line end.
func escapes(t []byte, i int) bool {
	return t[i] == '\\' && i+1 < len(t) && (lex[t[i+1]]&isQuote != 0 || t[i+1] == '\\' || t[i+1] == 'n' || t[i+1] == 'r' || t[i+1] == 'u')
}

// takeArgument takes text[from:to], an item of a list, for the name x.
func (s *Scanner) takeArgument(x *mention, from, to int) {
	t := s.text
	if from >= to || t[from] == '[' || t[from] == '{' || t[from] == '(' || string(t[from:to]) == "null" {
		return
	}
	if _, _, n := quoteAt(t, from, to); n > 0 || (t[from]|0x20 == 'b' || t[from]|0x20 == 'u') && from+1 < to && lex[t[from+1]]&isQuote != 0 {
		s.item(x, from, to)
		return
	}
	q := pair{keyStart: x.keyStart, keyEnd: x.keyEnd, far: x.far, kind: x.kind, sep: ',', keyQuote: '\''}
	s.take(&q, x.class, from, to)
}

// argumentsNear takes the argument number n of the message or statement in
// text[from:to] from a list on the same line: behind it, or else before it. It
// reports whether there is such a list.
func (s *Scanner) argumentsNear(x *mention, n, from, to int) bool {
	t := s.text
	lo, hi := s.line(from)
	lim := min(hi, to+maxBehind)
	k := argumentsIn(t, to, lim)
	s.charge(to, lim-to)
	if k < 0 {
		lim = from
		lo = max(lo, from-maxBehind)
		s.charge(lo, from-lo)
		if k = argumentsIn(t, lo, from); k < 0 {
			return false
		}
	} else if s.partial && hi == len(s.text) {
		s.current = s.e.class[x.class.Class]
		s.open(k)
	}
	if i := skipBlanks(t, k+1); i < len(t) && t[i] == '\\' {
		for i < len(t) && t[i] == '\\' {
			i++
		}
		if i < len(t) && (t[i] == 'n' || t[i] == 'r') {
			return false // the list is in rows of its own, of a message of many lines
		}
	}
	a, z, end := s.argumentAt(k, n, lim)
	if a < 0 {
		return end >= 0
	}
	s.charge(k, max(end, z)-k)
	s.takeArgument(x, a, z)
	return true
}

// argumentsLine looks for arguments on a later line, in a list on that line or
// with a line for each.
func (s *Scanner) argumentsLine(c *carry, lo, hi int) (more bool) {
	t := s.text
	i := skipBlanks(t, lo)
	if c.inside {
		if i >= hi || t[i] == ']' || t[i] == ')' {
			return false
		}
		if c.part--; c.part >= 0 {
			return true
		}
		if t[hi-1] == ',' {
			hi--
		}
		s.forCarried(c, func(x *mention) { s.takeArgument(x, i, hi) })
		return false
	}
	k := argumentsIn(t, lo, hi)
	if k >= 0 && i == lo && k-lo > maxGlue/2 && c.kind == argumentsBelow {
		return false // a record of its own
	}
	switch {
	case k >= 0 && skipBlanks(t, k+1) >= hi:
		c.inside, c.left = true, max(c.left, c.part+1)
		return true
	case k >= 0:
		s.forCarried(c, func(x *mention) {
			if a, z, _ := s.argumentAt(k, c.part, hi); a >= 0 {
				s.takeArgument(x, a, z)
			}
		})
		return false
	case c.kind == bindsBelow:
		return s.bindsLine(c, lo, hi)
	case c.lines == 0: // the tuple may have no name
		if c.lines++; !s.bindsLine(c, lo, hi) {
			return false
		}
	}
	return i < hi && (i > lo || t[i] == '{') // a record of its own
}

// forCarried calls take with the name that is carried. What it takes has its
// name in no text at hand.
func (s *Scanner) forCarried(c *carry, take func(*mention)) {
	name := c.name
	x := mention{pair: pair{far: &name, kind: name.kind}, known: true}
	x.class, x.keyed = s.known(&x.pair)
	if s.e.class[x.class.Class] < 0 {
		return
	}
	n := len(s.spans)
	take(&x)
	for ; n < len(s.spans); n++ {
		s.spans[n].KeyStart, s.spans[n].KeyEnd = 0, 0
	}
}
