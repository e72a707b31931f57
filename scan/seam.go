package scan

import (
	"bytes"
	"slices"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// A seam is a place where something stands inside a secret that is no part of
// it: a colour, or what lies between the parts into which a container runtime
// cuts a long line. There the text is put together without it, scanned again,
// and what that finds is put back to where its parts stand.

// joined is text put together from parts of another.
type joined struct {
	text  []byte
	parts []stretch
}

// stretch says that text[at:], up to the next part, is source[from:].
type stretch struct{ at, from int }

func (j *joined) reset() { j.text, j.parts = j.text[:0], j.parts[:0] }

func (j *joined) add(source []byte, from, to int) {
	if from < to {
		j.parts = append(j.parts, stretch{len(j.text), from})
		j.text = append(j.text, source[from:to]...)
	}
}

// split calls f with every part of the source that text[start:end] was put
// together from.
func (j *joined) split(start, end int, f func(from, to int)) {
	for i, p := range j.parts {
		next := len(j.text)
		if i+1 < len(j.parts) {
			next = j.parts[i+1].at
		}
		if a, b := max(start, p.at), min(end, next); a < b {
			f(p.from+a-p.at, p.from+b-p.at)
		}
	}
}

// seams is what a scanner needs to look at a text a second time.
type seams struct {
	again *Scanner // of joined text, nil until needed
	inner bool     // this is such a scanner: it joins nothing itself
	done  int      // end of the last line looked at for colours
	j     joined
	spans []Span
	group [2]joined // by stream, see record
	marks []int     // lines that are parts of records
	held  int       // where records stand that go on behind the text; noOpen for none
}

// seamLiterals are what shows a seam.
func (b *builder) seams() error {
	digits := match.Class{}
	digits.AddRange('0', '9')
	digits.AddRange(';', ';')
	digits.AddRange('m', 'm')
	digits.AddRange('K', 'K')
	for _, intro := range []string{"\x1b[", `\u001b[`, `\x1b[`, `\033[`, `\e[`, "^[["} {
		l := match.Literal{Text: intro, Fold: intro[0] == '\\' && intro != `\e[`, Gate: match.Gate{Class: digits, Min: 1}}
		if err := b.add(l, use{kind: useSeam, detector: -1, parse: (*Scanner).colourSeam}); err != nil {
			return err
		}
	}
	for _, text := range []string{" stdout P ", " stderr P "} {
		if err := b.add(match.Literal{Text: text}, use{kind: useSeam, detector: -1, parse: (*Scanner).criPart}); err != nil {
			return err
		}
	}
	return nil
}

// colourSeam looks at a colour that stands inside a word: the line without its
// colours is scanned again.
func (s *Scanner) colourSeam(_ int32, hs, _ int) {
	t := s.text
	for hs > 0 && t[hs-1] == '\\' {
		hs-- // in a string inside a string
	}
	if s.seams.inner || hs < s.seams.done || hs == 0 || !inToken(t[hs-1]) || colourBefore(t, hs) > 0 {
		return
	}
	if n := colours(t[hs:]); n == 0 || hs+n == len(t) || !inToken(t[hs+n]) {
		return
	}
	lo, hi := s.line(hs)
	s.seams.done = hi
	j := &s.seams.j
	j.reset()
	from := lo
	for i := lo; i < hi; {
		if n := colour(t[i:hi]); n > 0 {
			j.add(t, from, i)
			from = i + n
			i = from
			continue
		}
		i++
	}
	j.add(t, from, hi)
	s.scanJoined(j, hi == len(t))
}

// inToken reports whether c may stand in the middle of a token.
func inToken(c byte) bool { return lex[c]&isBase64 != 0 && c != '=' }

// scanJoined scans joined text. open says that more may come to its end.
func (s *Scanner) scanJoined(j *joined, open bool) {
	a := s.seams.again
	if a == nil {
		a = s.e.NewScanner()
		a.seams.inner, a.single = true, true
		s.seams.again = a
	}
	m := wholeLines
	if open && s.partial {
		m = unfinished
	}
	a.forget() // texts that have nothing to do with one another
	s.seams.spans = a.scan(s.seams.spans[:0], j.text, m)
	for _, x := range s.seams.spans {
		first := true
		keyStart, keyEnd := 0, 0
		j.split(x.KeyStart, x.KeyEnd, func(from, to int) {
			if keyStart == keyEnd {
				keyStart, keyEnd = from, to
			}
		})
		j.split(x.Start, x.End, func(from, to int) {
			n := x
			n.Start, n.End, n.KeyStart, n.KeyEnd = from, to, keyStart, keyEnd
			s.spans = append(s.spans, n)
			if first {
				first, keyStart, keyEnd, x.Bare, x.Continued = false, 0, 0, false, true
			}
		})
	}
	if m == unfinished && a.openAt < len(j.text) {
		first := true
		j.split(a.openAt, len(j.text), func(from, to int) {
			s.found(a.openBy, from, to, finding.Likely, Unclosed).Continued = !first
			first = false
		})
	}
}

// record is a line as a container runtime writes it: a part of what the program
// wrote, or the end of it.
type record struct {
	stream   int // 0 for standard output, 1 for standard error
	partial  bool
	from, to int // what the program wrote, in the line
}

// parseRecord reads a line of a CRI log (time stream P|F text) or of Docker's
// json-file log ({"log":"text","stream":…}, where text ends with \n unless it
// goes on in the next record).
func parseRecord(line []byte) (r record, ok bool) {
	if bytes.HasPrefix(line, dockerHead) {
		i := bytes.LastIndex(line, dockerTail)
		if i < len(dockerHead) {
			return r, false
		}
		r.from, r.to = len(dockerHead), i
		r.partial = !(bytes.HasSuffix(line[:i], []byte(`\n`)) && (i < 3 || line[i-3] != '\\'))
		return r, r.named(line[i+len(dockerTail):])
	}
	if len(line) == 0 || lex[line[0]]&isDigit == 0 {
		return r, false
	}
	i := bytes.IndexByte(line[:min(len(line), 40)], ' ')
	if i < 10 || len(line) < i+len(" stdout P ") || line[i+9] != ' ' || line[i+7] != ' ' {
		return r, false
	}
	r.from, r.to = i+10, len(line)
	r.partial = line[i+8] == 'P'
	return r, (r.partial || line[i+8] == 'F') && r.named(line[i+4:])
}

var dockerHead, dockerTail = []byte(`{"log":"`), []byte(`","stream":"std`)

// named sets the stream by what follows "std".
func (r *record) named(rest []byte) bool {
	switch {
	case bytes.HasPrefix(rest, []byte("out")):
		r.stream = 0
	case bytes.HasPrefix(rest, []byte("err")):
		r.stream = 1
	default:
		return false
	}
	return true
}

// criPart notes a record of CRI that is a part.
func (s *Scanner) criPart(_ int32, hs, _ int) {
	lo, hi := s.line(hs)
	if r, ok := parseRecord(s.text[lo:hi]); ok && r.partial && lo+r.from == hs+len(" stdout P ") {
		s.mark(lo)
	}
}

// cutShort looks at what ends a candidate: it may be the end of a record of
// Docker's that goes on in the next.
func (s *Scanner) cutShort(end int) {
	t := s.text
	if end >= len(t) || t[end] != '"' || !bytes.HasPrefix(t[end:], dockerTail) {
		return
	}
	lo, hi := s.line(end)
	if r, ok := parseRecord(t[lo:hi]); ok && r.partial && lo+r.to == end {
		s.mark(lo)
	}
}

func (s *Scanner) mark(lo int) {
	switch {
	case s.seams.inner:
	case s.single:
		s.leaves = true
	default:
		s.seams.marks = append(s.seams.marks, lo)
	}
}

// longRecord is the length from which a record of Docker's is taken for a part
// whatever it holds: Docker cuts at 16 KiB.
const longRecord = 16 << 10

// longParts notes the long records that are parts. It looks for a line end
// behind every so many bytes, not at every byte.
func (s *Scanner) longParts(text []byte) {
	const step = longRecord / 2
	for k := step; k+step <= len(text); k += step {
		if bytes.IndexByte(text[k:k+step], '\n') >= 0 {
			continue
		}
		lo := bytes.LastIndexByte(text[:k], '\n') + 1
		hi := k + step
		if i := bytes.IndexByte(text[hi:], '\n'); i >= 0 {
			hi += i
		} else {
			hi = len(text)
		}
		if hi-lo >= longRecord {
			if r, ok := parseRecord(text[lo:hi]); ok && r.partial {
				s.mark(lo)
			}
		}
		k = max(k, hi-hi%step)
	}
}

// joinRecords scans records that a runtime has cut once more, put together.
func (s *Scanner) joinRecords() {
	t, marks := s.text, s.seams.marks
	slices.Sort(marks)
	open := [2]bool{}
	start := noOpen // where records that overlap begin
	for pos := marks[0]; pos < len(t); {
		hi := pos + lineEnd(t[pos:])
		if r, ok := parseRecord(t[pos:hi]); ok {
			g := &s.seams.group[r.stream]
			switch _, marked := slices.BinarySearch(marks, pos); {
			case open[r.stream] && r.partial:
				g.add(t, pos+r.from, pos+r.to)
			case open[r.stream]:
				g.add(t, pos+r.from, hi)
				s.scanJoined(g, false)
				open[r.stream] = false
			case r.partial && marked:
				g.reset()
				g.add(t, pos, pos+r.to)
				open[r.stream] = true
				start = min(start, pos)
			}
		}
		pos = afterEOL(t, hi)
		if !open[0] && !open[1] {
			start = noOpen
			k, _ := slices.BinarySearch(marks, pos)
			if k == len(marks) {
				return
			}
			pos = marks[k]
		}
	}
	for i := range open {
		if open[i] {
			s.scanJoined(&s.seams.group[i], true)
		}
	}
	s.seams.held = start
}
