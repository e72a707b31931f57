package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// value parses the value of a pair, judges it, and records what must go.
func (s *Scanner) value(p *pair, v names.Verdict) {
	if s.exhausted(p, v) {
		return
	}
	t := s.text
	if p.quote == 0 && p.start < len(t) && (t[p.start] == '{' && p.keyQuote != 0 || s.opensObject(p.start) && (p.keyStart == 0 || t[p.keyStart-1] != ';')) {
		s.drop(p, s.e.class[v.Class], p.start, p.start, NestedValue)
		return // an object: its members have names of their own
	}
	if p.quote == 0 {
		if end := s.interpolation(p.start); end > 0 {
			s.take(p, v, p.start, end)
			return
		}
	}
	if p.sep == ':' && arn(t, p.keyStart) {
		s.drop(p, s.e.class[v.Class], p.start, p.start, NestedValue)
		return
	}
	if p.told && v.Class == names.Auth {
		return // [credential "https://example.com"]
	}
	jar := v.Class == names.Cookie || cookieName(s.nameOf(p))
	if jar && p.far == nil && p.keyStart < s.jarEnd {
		return // a cookie of a jar that was taken apart
	}
	if jar || v.Class == names.Auth {
		had := len(s.spans)
		end, closed := s.container(p)
		s.charge(p.start, end-p.start)
		s.noteEnd(p, v, end, closed)
		if jar {
			set := setCookie(s.nameOf(p))
			s.cookies(p, end, set)
			if !set {
				s.jarEnd = end
			}
		} else {
			s.credentials(p, v, p.start, end)
		}
		if len(s.spans) > had {
			s.goes(end)
		}
		return
	}
	if p.quote == 0 && p.sep == '=' && p.keyQuote == 0 {
		s.entry(p)
	}
	if p.quote == 0 && p.start < len(t) && p.sep != '>' && (t[p.start] == '[' || t[p.start] == '(') && s.list(p, v) {
		return
	}
	end, closed := s.valueEnd(p, v)
	if e := s.phraseEnd(p, v, end); e > end {
		end, closed = e, true
	}
	for n := colourBefore(t, end); n > 0 && end-n >= p.start; n = colourBefore(t, end) {
		end -= n
	}
	s.noteEnd(p, v, end, closed)
	if p.told && p.quote == 0 {
		end = trimProse(t, p.start, end)
	}
	if v.Class == names.Connection && s.connection(p.start, end) {
		return
	}
	if p.quote != 0 && p.keyQuote == 0 && !syntax(t[p.start:end]) && end < len(t) && lex[t[end]]&isEOL == 0 && !sameQuote(t, p.start-p.quoteLen, end, p.quoteLen) {
		p.start -= p.quoteLen // nobody closes the quote: it is the first byte of the value
	}
	s.take(p, v, p.start, end)
	s.change(p, v, end)
}

// opensObject reports whether an object begins at i whose members have names:
// {Name:…, Type(name=…, map[name:….
func (s *Scanner) opensObject(i int) bool {
	t := s.text
	from := i
	for lim := min(len(t), i+maxKey); i < lim && lex[t[i]]&isKey != 0; i++ {
	}
	if i >= len(t)-1 || t[i] != '{' && (i == from || t[i] != '(' && t[i] != '[') {
		return false
	}
	i++
	if t[i] == ' ' {
		i++
	}
	return s.nextPair(i, len(t))
}

// connection reports whether a connection string has its credentials where they
// are found without it: in the userinfo of an address, under names of its own.
func (s *Scanner) connection(from, end int) bool {
	value := s.text[from:min(end, from+maxUserinfo)]
	if i := bytes.Index(value, []byte("://")); i >= 0 && s.e.userinfo >= 0 {
		had := len(s.spans)
		s.userinfo(s.e.userinfo, from+i, from+i+len("://"))
		return len(s.spans) > had
	}
	if bytes.HasSuffix(value, []byte("LoginModule")) { // JAAS: options with names follow
		return true
	}
	for _, name := range [...]string{"password=", "pwd=", "accountkey=", "accesskey="} {
		if i := indexFold(value, name); i >= 0 && i+len(name) < len(value) && value[i+len(name)] != ';' {
			return s.e.class[names.Password] >= 0 && s.e.class[names.Key] >= 0
		}
	}
	return false
}

// change takes the new value where a difference is told: "old" -> "new".
func (s *Scanner) change(p *pair, v names.Verdict, end int) {
	t := s.text
	i := end + p.quoteLen
	if p.quote == 0 || i+4 > len(t) || t[i] != ' ' || t[i+1] != '-' && t[i+1] != '=' {
		return
	}
	k := greater(t[i+2:])
	if i += 2 + k; k == 0 || i+2 > len(t) || t[i] != ' ' {
		return
	}
	q, d, n := quoteAt(t, i+1, min(len(t), i+1+maxGlue))
	if n == 0 || q != p.quote || d != p.depth {
		return
	}
	e := *p
	e.start = i + 1 + n
	end, closed := s.quotedEnd(&e)
	s.noteEnd(&e, v, end, closed)
	s.take(&e, v, e.start, end)
}

// wholeValue reports whether the span found last is all of the value of p, so
// that there is nothing to add under its name.
func (s *Scanner) wholeValue(p *pair) bool {
	x := &s.spans[len(s.spans)-1]
	if x.Start != p.start || x.End >= len(s.text) || x.Evidence&Identifier != 0 {
		return false
	}
	c := s.text[x.End]
	if p.quote == 0 && lex[c]&(isBlank|isEOL) == 0 || p.quote != 0 && (c != p.quote || p.depth > 0) {
		return false
	}
	x.Bare = p.bare()
	s.goes(x.End)
	return true
}

// bare reports whether the value is a scalar of JSON without quotes.
func (p *pair) bare() bool { return p.keyQuote == '"' && p.quote == 0 && p.sep == ':' }

// maxBracketed is how long a mask in brackets may be: [hidden], (sensitive value).
const maxBracketed = 64

// goes notes that everything up to end is redacted as one value.
func (s *Scanner) goes(end int) {
	if end > s.taken {
		s.taken, s.inner = end, 0
	}
}

// noteEnd remembers a value that more text could prolong.
func (s *Scanner) noteEnd(p *pair, v names.Verdict, end int, closed bool) {
	s.cutShort(end)
	if !closed && s.partial && (v.Strength >= names.Medium || s.lookup != nil && s.e.inventory.Weak() > 0) {
		s.current, s.openQuote = s.e.class[v.Class], p.quote
		s.open(p.start)
	}
}

// list takes each quoted element of a list under a name, or else everything up
// to the closing bracket: ["v"], [v], [115 51]. It reports whether there is one.
func (s *Scanner) list(p *pair, v names.Verdict) bool {
	t := s.text
	close := byte(']')
	if t[p.start] == '(' {
		close = ')'
	}
	i := p.start + 1
	lim := len(t)
	if goBytes := t[p.start:]; bytes.HasPrefix(goBytes, []byte("[]byte{")) || bytes.HasPrefix(goBytes, []byte("[]uint8{")) { // %#v of Go
		from := p.start + bytes.IndexByte(goBytes, '{') + 1
		end := from
		for end < lim && (lex[t[end]]&(isWord|isBlank) != 0 || t[end] == ',') {
			end++
		}
		s.charge(from, end-from)
		s.take(p, v, from, end)
		return true
	}
	if s.opensObject(i) || i < lim && t[i] == '<' {
		return true // the members have names of their own
	}
	p.worded = p.worded || listOf(v)
	if e := bytes.IndexByte(t[i:min(lim, i+maxBracketed)], close); e >= 0 && filler(t[p.start:i+e+1]) {
		s.emptied(s.e.class[v.Class], p.start, i+e+1)
		return true
	}
	for range 64 {
		for i < lim && (t[i] == ' ' || t[i] == ',') {
			i++
		}
		i += s.stringPrefix(i, lim)
		q, d, n := quoteAt(t, i, lim)
		if n == 0 || d < p.depth {
			break
		}
		e := *p
		e.quote, e.depth, e.start = q, d, i+n
		end, closed := s.quotedEnd(&e)
		s.noteEnd(&e, v, end, closed)
		s.take(&e, ofPasswords(s.nameOf(p), t[e.start:end], v), e.start, end)
		if !closed || !sameQuote(t, i, end, n) {
			return true
		}
		i = end + n
	}
	from := i
	dumped := p.keyQuote == 0 // map[k:[v]], where v may hold brackets
	for i < lim && lex[t[i]]&(isEOL|isQuote) == 0 && (t[i] != close || dumped && s.inside(from, i)) && (dumped || t[i] != '{' && t[i] != '[') {
		i++
	}
	s.charge(from, i-from)
	s.noteEnd(p, v, i, i < len(t))
	if i < len(t) && t[i] == close {
		if full, _ := judge.Mask(t[p.start : i+1]); full || i == from {
			return true
		}
		if v.Strength == names.Strong {
			s.take(p, v, from, i)
			return true
		}
		for from < i { // [v v], [v, v]
			end := from
			for end < i && t[end] != ' ' && t[end] != ',' {
				end++
			}
			s.take(p, ofPasswords(s.nameOf(p), t[from:end], v), from, end)
			for from = end; from < i && (t[from] == ' ' || t[from] == ','); from++ {
			}
		}
		return true
	}
	return !dumped
}

// exhausted reports whether looking for the ends of values has cost more than
// a text can ask for. Then what follows a sensitive name goes up to the end of
// its line, and nothing else on that line is looked at by name.
func (s *Scanner) exhausted(p *pair, v names.Verdict) bool {
	if s.budget >= 0 || p.start > s.allowed {
		return false
	}
	at := p.keyEnd
	if p.far != nil {
		at = p.start
	}
	_, hi := s.line(at)
	if p.start < hi {
		d := s.e.class[v.Class]
		s.spans = append(s.spans, Span{Start: p.start, End: hi, Detector: d, Confidence: finding.Likely, Evidence: ByKey | Unclosed, KeyStart: p.keyStart, KeyEnd: p.keyEnd})
		s.drop(p, d, p.start, hi, Budget)
	}
	s.keyDone = hi
	return true
}

// take judges text[start:end], the value of p, and records it as a span of the
// class's detector.
func (s *Scanner) take(p *pair, v names.Verdict, start, end int) {
	if s.lookup != nil && start < end && s.weakly(p, start, end) {
		return
	}
	if start >= end || p.tooShort(end-start, v) {
		s.drop(p, s.e.class[v.Class], start, end, p.size(start, end))
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Start == start && s.spans[n-1].End == end && s.spans[n-1].Evidence&(ByShape|Identifier) == ByShape {
		s.spans[n-1].Bare = p.bare() // a vendor's detector knows the value better
		s.goes(end)
		return
	}
	s.charge(start, end-start)
	value := s.text[start:min(end, start+maxJudged)]
	if p.keyQuote == 0 && p.quote == '"' && syntax(value) {
		s.drop(p, s.e.class[v.Class], start, start, EmptyValue)
		return // the quote was the end of a string: {"msg":"password=","n":1}
	}
	c, ev := finding.Likely, ByKey
	if start < s.taken {
		s.toll(start, nestedToll)
	}
	if spent := s.spent(start); spent || start < s.taken && end-start > longNested {
		if s.e.ours(value) {
			return
		}
		if spent {
			s.drop(p, s.e.class[v.Class], start, end, Budget)
		}
	} else {
		var ok bool
		if c, ev, ok = s.judge(value, start, v, p); !ok {
			if !filled(value) {
				s.toll(start, vainToll)
			}
			s.refused(p, v, start, end, value)
			return
		}
	}
	if c > finding.Doubtful {
		s.goes(end)
		if v.Strength >= names.Medium && v.Class != names.Key { // vendors have public keys too
			ev |= Announced
		}
	} else {
		s.doubt(p, v, start, end, value)
	}
	x := s.found(s.e.class[v.Class], start, end, c, ev)
	x.KeyStart, x.KeyEnd = p.keyStart, p.keyEnd
	x.Bare = p.bare()
}

// longNested is from how many bytes on a value within one that goes is not judged: it
// goes as well.
const longNested = 128

// filled tells most of what stands in place of a value by its first byte.
func filled(v []byte) bool { return v[0] == '*' || v[0] == '[' || v[0] == '<' || v[0] == 'n' }

// syntax reports whether v is nothing but what stands between the strings of JSON.
func syntax(v []byte) bool {
	for _, c := range v {
		if c != ',' && c != ':' && c != '[' && c != ']' && c != '{' && c != '}' && c != ' ' {
			return false
		}
	}
	return true
}
