package scan

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/decode"
	"github.com/stanch/stanch/internal/judge"
)

// Bounds of a manifest.
const (
	maxManifestLines = 2048
	maxManifestStray = 32       // lines of something else
	maxManifest      = 64 << 10 // bytes, where it stands on one line
)

// manifest is the state of a Kubernetes Secret that is written over several
// lines, in YAML or in JSON, perhaps behind a log prefix. Every member of data
// and stringData is a secret, whatever its name.
// (https://kubernetes.io/docs/concepts/configuration/secret/)
type manifest struct {
	open     bool
	secret   bool // its kind is known; before that only what looks encoded is taken
	quoted   bool // the lines stand in strings of JSON
	members  bool // within data or stringData
	encoded  bool // within data
	took     bool // the last member was taken: deeper lines go on with it
	detector int32
	base     int  // bytes of the prefix of a line
	last     byte // of them
	column   int  // of the object's keys, behind the prefix
	indent   int  // of the members; 0 before the first
	lines    int
	stray    int
	pos      int // offset in the current text of the next line to look at
}

// kubernetes decides at what tells a Secret (kind: Secret) or stands in front
// of one whose kind comes last (apiVersion: v1).
func (s *Scanner) kubernetes(di int32, hs, he int) {
	t := s.text
	lo, hi := s.line(hs)
	key := hs
	kind := t[he-1] == 't'
	if q := t[hs]; kind && lex[q]&isQuote != 0 { // the value, in quotes
		i := hs
		for i > lo && t[i-1] == '\\' {
			i--
		}
		for i > lo && lex[t[i-1]]&isBlank != 0 {
			i--
		}
		if i == lo || t[i-1] != ':' {
			return
		}
		for i--; i > lo && (t[i-1] == '\\' || lex[t[i-1]]&isQuote != 0); i-- {
		}
		if i-lo < 4 || string(t[i-4:i]) != "kind" || he == len(t) || lex[t[he]]&isQuote == 0 && t[he] != '\\' {
			return
		}
		key = i - 4
	} else if he < len(t) && (lex[t[he]]&isKey != 0 || t[he] == '/') {
		return
	}
	name := key
	for name < he && lex[t[name]]&isWord != 0 {
		name++
	}
	if name > key && t[name] != ':' && key > lo {
		key-- // a quote in front of the name, as there is one behind it
	}
	for lex[t[key]]&isQuote != 0 && key > lo && t[key-1] == '\\' {
		for key > lo && t[key-1] == '\\' {
			key--
		}
	}
	i := key
	for i > lo && lex[t[i-1]]&isBlank != 0 {
		i--
	}
	if i > lo && (t[i-1] == '{' || t[i-1] == ',') {
		if kind {
			s.manifestObject(di, hs, he, lo, hi)
		}
		return
	}
	m := manifest{open: true, secret: kind, detector: di}
	end := he
	for end < hi && (lex[t[end]]&(isQuote|isBlank) != 0 || t[end] == ',' || t[end] == '\\' && end+1 < hi && lex[t[end+1]]&isQuote != 0) {
		end++
	}
	if n := escapedEOL(t, end); n > end && !s.stringEnds(n, hi) {
		s.manifestString(m, key, lo, end, hi)
		return
	}
	if s.single {
		s.leaves = true
		return
	}
	if s.manifest.open && s.manifest.pos > hs && s.manifest.members {
		return
	}
	for i > lo && t[i-1] == '-' && i < key {
		i-- // of a list
		for i > lo && lex[t[i-1]]&isBlank != 0 {
			i--
		}
	}
	if m.base, m.column = i-lo, key-i; i > lo {
		m.last = t[i-1]
	}
	m.quoted = i > lo && lex[t[i-1]]&isQuote != 0
	if o := &s.manifest; o.open && o.pos > hs && o.base == m.base && o.column == m.column {
		o.secret = o.secret || kind
		return
	}
	m.pos = afterEOL(t, hi)
	s.manifest = m
}

// stringEnds reports whether nothing but the end of a string stands at i.
func (s *Scanner) stringEnds(i, hi int) bool {
	return i >= hi || lex[s.text[i]]&isQuote != 0
}

// followManifest takes the lines of an open manifest up to the one that holds to.
func (s *Scanner) followManifest(to int) {
	t, m := s.text, &s.manifest
	for m.open && m.pos < len(t) && m.pos <= to {
		lo := m.pos
		hi := lo + lineEnd(t[lo:])
		m.pos = afterEOL(t, hi)
		if m.lines++; m.lines > maxManifestLines {
			m.open = false
			return
		}
		end := hi
		from := lo + m.base
		if from <= hi && m.quoted {
			end = recordStringEnd(t, from, hi)
		}
		if from > hi || m.base > 0 && t[from-1] != m.last {
			m.strays()
			continue
		}
		s.manifestLine(m, from, end)
	}
}

func (m *manifest) strays() {
	if m.stray++; m.stray > maxManifestStray {
		m.open = false
	}
}

// recordStringEnd returns where the string of JSON ends that holds i, and before
// that the escaped line end at its end.
func recordStringEnd(t []byte, i, hi int) int {
	for from := i; i < hi; i++ {
		switch t[i] {
		case '\\':
			if i++; i < hi && (t[i] == 'n' || t[i] == 'r') && (i+1 == hi || t[i+1] == '"' || t[i+1] == '\\' && i > from+1) {
				return i - 1
			}
		case '"':
			return i
		}
	}
	return hi
}

// manifestString follows a manifest whose line ends are escaped, in a string
// in which its key stands at key and the value behind it ends at i.
func (s *Scanner) manifestString(m manifest, key, lo, i, hi int) {
	t := s.text
	slashes := 0
	for i+slashes < len(t) && t[i+slashes] == '\\' {
		slashes++
	}
	from := key
	for from > lo && (lex[t[from-1]]&isBlank != 0 || t[from-1] == '-') {
		from--
	}
	m.column = key - from
	hi = min(hi, i+maxManifest)
	start := i
	for m.open && i < hi {
		i = escapedEOL(t, i)
		lineLo := i
		run := 0 // of backslashes
		closed := false
		for ; i < hi; i++ {
			if t[i] == '\\' {
				run++
				continue
			}
			if run == slashes && (t[i] == 'n' || t[i] == 'r') {
				break
			}
			if closed = t[i] == '"' && run < slashes; closed {
				break
			}
			run = 0
		}
		s.manifestLine(&m, lineLo, i-run)
		if closed || i == hi {
			break
		}
		i -= run
	}
	s.charge(key, i-start)
}

// manifestLine looks at a line of a manifest, text[lo:hi].
func (s *Scanner) manifestLine(m *manifest, lo, hi int) {
	t := s.text
	i := lo
	for i < hi && lex[t[i]]&isBlank != 0 {
		i++
	}
	if i == hi || t[i] == '#' {
		return
	}
	if hi-i >= 3 && (string(t[i:i+3]) == "---" || string(t[i:i+3]) == "...") {
		m.open = false
		return
	}
	if m.members && m.indent > 0 && i-lo > m.indent {
		if m.took {
			s.manifestValue(m, i, hi, 0, 0, true)
		}
		return
	}
	item := false
	for i+1 < hi && t[i] == '-' && lex[t[i+1]]&isBlank != 0 {
		for i++; i < hi && lex[t[i]]&isBlank != 0; i++ {
		}
		item = true
	}
	column := i - lo
	q, _, n := quoteAt(t, i, hi)
	if q != '"' && q != '\'' {
		n = 0
	}
	nameLo := i + n
	nameHi := nameLo
	for nameHi < hi && (lex[t[nameHi]]&isKey != 0 || t[nameHi] == '/') {
		nameHi++
	}
	v := min(hi, nameHi+n)
	if nameHi == nameLo || v == hi || t[v] != ':' || v+1 < hi && lex[t[v+1]]&isBlank == 0 && n == 0 {
		if column < m.column || column == m.column && t[i] != '}' && t[i] != '{' && t[i] != ']' && t[i] != '[' {
			m.strays()
		}
		m.members = m.members && column > m.column
		return
	}
	for v++; v < hi && lex[t[v]]&isBlank != 0; v++ {
	}
	for hi > v && (lex[t[hi-1]]&isBlank != 0 || t[hi-1] == ',') {
		hi--
	}
	name, value := t[nameLo:nameHi], t[v:hi]
	switch {
	case column < m.column:
		m.open = false
	case column == m.column:
		m.secret = m.secret && !item // of a list: another object
		m.members, m.took, m.indent = false, false, 0
		switch string(name) {
		case "kind":
			value = bytes.Trim(value, `"'\`)
			m.secret = string(value) == "Secret"
			m.open = m.secret
		case "data", "stringData":
			m.members, m.encoded = len(value) == 0 || string(value) == "{", name[0] == 'd'
			if len(value) > 2 && value[0] == '{' {
				s.manifestMembers(m, v+1, hi)
			}
		case "apiVersion", "metadata", "type", "immutable", "status", "spec", "items":
		default:
			m.open = false
		}
	case m.members && (m.indent == 0 || column == m.indent):
		m.indent = column
		m.took = s.manifestValue(m, v, hi, nameLo, nameHi, false)
	}
}

// manifestValue takes the value text[from:to] of a member and reports whether
// deeper lines go on with it.
func (s *Scanner) manifestValue(m *manifest, from, to, nameLo, nameHi int, deeper bool) bool {
	t := s.text
	if q, d, n := quoteAt(t, from, to); n > 0 && (q == '"' || q == '\'') && !deeper {
		p := pair{quote: q, depth: d, start: from + n}
		end, _ := s.quotedEnd(&p)
		from, to = from+n, min(to, end)
	} else if !deeper {
		if i := bytes.Index(t[from:to], []byte(" #")); i >= 0 {
			to = from + i
		}
	}
	value := t[from:to]
	if len(value) == 0 || !deeper && (value[0] == '|' || value[0] == '>') {
		return m.secret
	}
	if s.partial && to == len(t) {
		s.current = m.detector
		s.open(from)
	}
	full, _ := judge.Mask(value)
	if full || absent(value) || judge.Placeholder(value) || s.e.ours(value) || bytes.HasPrefix(value, []byte("ENC[")) {
		return false
	}
	c := finding.Certain
	if !m.secret {
		if !m.encoded || !decodes(value) {
			return false
		}
		c = finding.Likely
	}
	x := s.found(m.detector, from, to, c, ByConstruct|ByKey)
	x.KeyStart, x.KeyEnd = nameLo, nameHi
	if m.encoded && decodes(value) {
		x.Encoding = Encoding(decode.Base64)
	}
	return true
}

// absent reports whether nothing stands for a value.
func absent(v []byte) bool {
	switch string(v) {
	case "", "null", "~", "{", "{}", "[]":
		return true
	}
	return false
}

// decodes reports whether v is base64 of text, or long and random.
func decodes(v []byte) bool {
	var buf [192]byte
	if len(v) < 4 || len(v)%4 != 0 {
		return false
	}
	head := v[:min(len(v), 4*len(buf)/3)]
	n, err := base64.StdEncoding.Decode(buf[:], head)
	if err != nil {
		return false
	}
	text := buf[:n]
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && (len(head) == len(v) || len(text) >= utf8.UTFMax) || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return len(v) >= minArmour && random(v)
		}
		text = text[size:]
	}
	return true
}

// manifestObject takes the members of data and stringData of an object of JSON
// that stands on one line, and whose kind was found at hs.
func (s *Scanner) manifestObject(di int32, hs, he, lo, hi int) {
	t := s.text
	lo, hi = max(lo, hs-maxManifest), min(hi, he+maxManifest)
	depth, i := 0, hs
	for ; i > lo; i-- { // the brace that opens it
		switch t[i-1] {
		case '}':
			depth++
		case '{':
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth >= 0 {
		i = lo // it began before what is there
	}
	start := i
	m := manifest{secret: true, detector: di}
	depth = 0
	for ; i < hi && depth >= 0; i++ {
		switch t[i] {
		case '{':
			depth++
		case '}':
			depth--
		case 'd', 's':
			if depth != 0 || i == lo || lex[t[i-1]]&isQuote == 0 {
				continue
			}
			n := 0
			switch {
			case bytes.HasPrefix(t[i:hi], []byte("data")):
				n, m.encoded = len("data"), true
			case bytes.HasPrefix(t[i:hi], []byte("stringData")):
				n, m.encoded = len("stringData"), false
			default:
				continue
			}
			k := i + n
			_, _, q := quoteAt(t, k, hi)
			for k += q; k < hi && (t[k] == ':' || lex[t[k]]&isBlank != 0); k++ {
			}
			if q > 0 && k < hi && t[k] == '{' {
				if i = s.manifestMembers(&m, k+1, hi); i < hi && t[i] != '}' {
					i--
				}
			}
		}
	}
	s.charge(hs, i-start)
}

// manifestMembers takes the members "name": "value" that stand at i, and
// returns where they end.
func (s *Scanner) manifestMembers(m *manifest, i, hi int) int {
	t := s.text
	for i < hi {
		for i < hi && (lex[t[i]]&isBlank != 0 || t[i] == ',') {
			i++
		}
		q, d, n := quoteAt(t, i, hi)
		if n == 0 || q != '"' && q != '\'' {
			return i
		}
		name := pair{quote: q, depth: d, start: i + n}
		end, closed := s.quotedEnd(&name)
		if !closed || end+n >= hi {
			return min(hi, end)
		}
		k := end + n
		for k < hi && (t[k] == ':' || lex[t[k]]&isBlank != 0) {
			k++
		}
		v, d, n := quoteAt(t, k, hi)
		if n == 0 || v != q {
			return k
		}
		value := pair{quote: v, depth: d, start: k + n}
		to, closed := s.quotedEnd(&value)
		s.manifestValue(m, k, min(hi, to+n), name.start, end, false)
		if !closed {
			return hi
		}
		i = min(hi, to+n)
	}
	return i
}
