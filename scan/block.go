package scan

import "bytes"

// Bounds of a key block. An OpenSSH or PGP key of 16,384 bits stays below them.
const (
	maxBlocks     = 4 // open at once, of several programs that write to one log
	maxBlockLines = 1024
	maxBlockBytes = 128 << 10
	maxStrayLines = 64 // lines of something else between two lines of a block
)

// block is the state of a key that is written over several lines, each perhaps
// behind a log prefix or in a record of its own.
type block struct {
	detector int32
	column   int      // of the BEGIN in its line
	lead     [16]byte // what stood in front of it, as far as it says the same on each line
	nLead    int
	width    int  // of the first line of armour; 0 before that
	last     bool // a shorter line has come
	begun    bool // part of the key has been seen
	lines    int  // since it was opened
	bytes    int
	stray    int
	left     int // lines still to come, where their number is known (PuTTY)
}

// blocks are the keys that are open. With the manifests they are all that
// outlives a line.
type blocks struct {
	n        int
	done     int // offset in the current text up to which lines were followed
	from, to int // the last piece found
	open     [maxBlocks]block
}

// minLead is how many bytes in front of a key are enough to know its lines by.
const minLead = 3

// openBlock opens a block at the line [lo, hi) in which the key begins at
// from. One that began behind the same prefix has lost its end.
func (s *Scanner) openBlock(b block, lo, from, hi int) {
	b.column = from - lo
	b.nLead = copy(b.lead[:], leadOf(s.text[lo:from]))
	bs := &s.blocks
	if bs.n == 0 || bs.done <= hi {
		bs.done = afterEOL(s.text, hi)
	}
	for i := range bs.n {
		if bs.open[i].sameLead(&b) {
			bs.open[i] = b
			return
		}
	}
	if bs.n == maxBlocks {
		bs.close(0)
	}
	bs.open[bs.n] = b
	bs.n++
}

// leadOf returns the end of what stands in front of a key, without times and numbers.
func leadOf(prefix []byte) []byte {
	lead := prefix[max(0, len(prefix)-len(block{}.lead)):]
	for i := len(lead) - 1; i >= 0; i-- {
		if lex[lead[i]]&isDigit != 0 {
			return lead[i+1:]
		}
	}
	return lead
}

func (b *block) sameLead(o *block) bool {
	return b.nLead == o.nLead && b.lead == o.lead && (b.nLead >= minLead || b.column == o.column)
}

func (bs *blocks) close(i int) {
	copy(bs.open[i:], bs.open[i+1:bs.n])
	bs.n--
}

// follow takes the lines of open blocks up to and with the one that holds to.
func (s *Scanner) follow(to int) {
	bs := &s.blocks
	for bs.n > 0 && bs.done < len(s.text) && bs.done <= to {
		pos := bs.done
		hi := pos + lineEnd(s.text[pos:])
		bs.done = afterEOL(s.text, hi)
		s.followLine(pos, hi)
	}
}

// followLine gives a line to the block it belongs to.
func (s *Scanner) followLine(pos, hi int) {
	t, bs := s.text, &s.blocks
	line := t[pos:hi]
	if s.partial && hi == len(t) {
		s.openTail(pos, hi)
	}
	owner, from, to := -1, 0, 0
	e := endMark(line)
	begins := -1
	if e < 0 {
		begins = bytes.Index(line, []byte("-----BEGIN"))
	}
	for _, strict := range [...]bool{true, false} {
		for i := bs.n - 1; i >= 0; i-- {
			b := &bs.open[i]
			if owner >= 0 && (!strict || b.nLead <= bs.open[owner].nLead) {
				continue
			}
			if e >= 0 {
				if b.left == 0 && (!strict || bs.place(b, line) == e) {
					owner = i
				}
			} else if f, g, ok := bs.body(b, line, strict); ok {
				owner, from, to = i, f, g
			}
		}
		if owner >= 0 {
			break
		}
	}
	for i := bs.n - 1; i >= 0; i-- {
		b := &bs.open[i]
		b.lines++
		b.bytes += len(line)
		switch {
		case i == owner && e >= 0:
			from, to = e, armourEnd(t, pos+e, hi)-pos
			if p := bs.place(b, line); p >= 0 && p < e && armourIn(line[p:e]) > 0 && prefixOnly(line[p:e]) {
				from = p // a body without a line end behind it
			}
			s.more(b, pos+from, pos+to)
			bs.close(i)
			continue
		case i == owner:
			b.stray = 0
			if b.width == 0 {
				b.settle(line, from)
			}
			b.fit(to - from)
			end := pos + to
			if from == 0 && end == hi && b.left != 1 {
				end = afterEOL(t, hi)
			}
			s.more(b, pos+from, end)
			if b.left > 0 {
				if b.left--; b.left == 0 {
					bs.close(i)
					continue
				}
			}
		case begins >= 0 && (b.nLead < minLead || bytes.Equal(leadOf(line[:begins]), b.lead[:b.nLead])),
			b.left > 0 && (bytes.Contains(line, []byte("Private-")) || !b.begun && bytes.Contains(line, markerStart)):
			bs.close(i)
			continue
		case !bs.header(b, line):
			b.stray++
		}
		if b.lines > maxBlockLines || b.bytes > maxBlockBytes || b.stray > maxStrayLines {
			bs.close(i)
		}
	}
}

// openTail notes what may be armour at the end of a line whose rest is to come.
func (s *Scanner) openTail(pos, hi int) {
	from := hi
	for from > pos && isArmour(s.text[from-1]) {
		from--
	}
	if from < hi {
		s.current = s.blocks.open[s.blocks.n-1].detector
		s.open(from)
	}
}

// more adds a piece to the key of a block.
func (s *Scanner) more(b *block, from, end int) {
	if from >= end {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Detector == b.detector && s.spans[n-1].End == from && b.begun {
		s.spans[n-1].End = end
		s.blocks.to = end
		return
	}
	s.piece(b.detector, from, end, b.begun)
	b.begun = true
}

// place returns where a block's key stands in a line: behind its lead or, if
// there is no other, at its column; -1 for nowhere.
func (bs *blocks) place(b *block, line []byte) int {
	p := -1
	if b.nLead >= minLead {
		lead := b.lead[:b.nLead]
		if i := bytes.Index(line, lead); i >= 0 && bytes.Equal(leadOf(line[:i+b.nLead]), lead) {
			p = i + b.nLead
		} else if bs.n > 1 {
			return -1
		}
	}
	if p < 0 {
		if p = b.column; p > len(line) || p > 0 && isArmour(line[p-1]) && (p > 1 && isArmour(line[p-2]) || lex[line[p-1]]&isWord != 0) {
			return -1
		}
	}
	for p < len(line) && lex[line[p]]&isBlank != 0 {
		p++
	}
	return p
}

// body finds a line of a block's armour: where the key stands, or unless
// strict a run of it anywhere.
func (bs *blocks) body(b *block, line []byte, strict bool) (from, to int, ok bool) {
	if strict {
		if from = bs.place(b, line); from < 0 {
			return 0, 0, false
		}
		to = from
		for to < len(line) && isArmour(line[to]) {
			to++
		}
		return from, to, endsRecord(line[to:]) && b.fits(line[from:to])
	}
	for i := 0; i < len(line); i++ {
		from = i
		for i < len(line) && isArmour(line[i]) {
			i++
		}
		n := i - from
		switch {
		case n < 4:
		case n == b.width && n >= minArmour, b.width == 0 && n >= minArmour:
			if random(line[from:i]) {
				return from, i, true
			}
		case from == 0 || lex[line[from-1]]&isBlank == 0 || i < len(line) && lex[line[i]]&isQuote != 0 || !endsRecord(line[i:]):
		case n < b.width && !b.last && n%4 == 0 && mixed(line[from:i]) && (n < 20 || random(line[from:i])), b.last && checksum(line[from:i]):
			return from, i, true
		}
	}
	return 0, 0, false
}

// settle notes where the first line of the armour stands: where the log prefix
// is in front of a record's first line only, that is not where the key began.
func (b *block) settle(line []byte, from int) {
	if from != b.column && len(bytes.TrimLeft(line[:from], " \t")) == 0 {
		b.column, b.nLead = from, 0
	}
}

// fullLine is the least width of full lines of armour: RFC 7468 has 64 bytes,
// OpenSSH 70. So long a run is taken as it is; a shorter one has to look random,
// or the digest in a log line would pass for a key.
const fullLine = 60

// fits reports whether a run may be the next line of the armour.
func (b *block) fits(run []byte) bool {
	n := len(run)
	switch {
	case n == 0:
		return false
	case b.width == 0:
		return b.left > 0 || n >= minWord && mixed(run) && (n < minArmour || n >= fullLine || random(run))
	case n == b.width:
		return true
	case n > b.width:
		return n >= minArmour && random(run)
	}
	return checksum(run) || !b.last && (n%4 == 0 || b.width%4 != 0)
}

// checksum reports whether run is the last line of an OpenPGP armour (RFC 9580, 6.1).
func checksum(run []byte) bool { return len(run) == 5 && run[0] == '=' }

// fit remembers the width of a line.
func (b *block) fit(n int) {
	if b.width == 0 {
		b.width = n
	}
	b.last = n < b.width
}

// random reports whether a long run looks like base64 rather than a word, a
// path or a digest in hexadecimal.
func random(run []byte) bool {
	var upper, lower, other bool
	for _, c := range run {
		switch {
		case c-'A' < 26:
			upper = true
		case c-'a' < 26:
			lower = true
		default:
			other = true
		}
	}
	return upper && lower && other
}

// endsRecord reports whether nothing but the end of a string or a record
// stands behind a line of armour.
func endsRecord(rest []byte) bool {
	i := escapedEOL(rest, 0)
	if i > 0 {
		return true
	}
	for i < len(rest) {
		switch c := rest[i]; {
		case lex[c]&isQuote != 0, c == '<', c == 0x1b:
			return true
		case c == '\\' && i+1 < len(rest) && (lex[rest[i+1]]&isQuote != 0 || rest[i+1] == 'u' || rest[i+1] == 'x' || rest[i+1] == '\\'):
			return true
		case lex[c]&(isBlank|isStop) != 0, c == ',', c == '\\', c == '+', c == ';', c == '|', c == ')', c == ']', c == '}':
			i++
		default:
			return false
		}
	}
	return true
}

// header reports whether a line may stand in a block without being part of
// the key: blank, or "Name: value" (RFC 1421, RFC 9580).
func (bs *blocks) header(b *block, line []byte) bool {
	p := bs.place(b, line)
	if p < 0 {
		return false
	}
	line = bytes.TrimSpace(line[p:])
	if len(line) == 0 {
		return true
	}
	i := 0
	for i < len(line) && lex[line[i]]&isKey != 0 {
		i++
	}
	return i > 0 && i+1 < len(line) && line[i] == ':' && line[i+1] == ' '
}

// prefixOnly reports whether b is base64 throughout, line ends aside.
func prefixOnly(b []byte) bool {
	for _, c := range b {
		if !isArmour(c) && c != '\\' && lex[c]&isBlank == 0 {
			return false
		}
	}
	return true
}
