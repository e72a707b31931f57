package scan

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
)

// Scanner scans one text or value at a time, for one goroutine.
type Scanner struct {
	// Path is where the text comes from, for rules that ask; empty if unknown.
	Path string

	e       *Engine
	cache   *nameCache
	looks   [8]looked // at values of the text, by their length
	lengthy longName
	trace   *trace  // nil unless it explains
	lookup  *lookup // nil without an inventory
	single  bool    // every line is a record of its own
	leaves  bool    // and one of them would leave something for the next, were it none
	close   bool    // for tests: nothing is told at first sight
	hits    []match.Hit

	// What the verifiers work on, and the result so far. partial says that the
	// end of text is not the end of its last line.
	text    []byte
	spans   []Span
	partial bool

	// openAt is where the earliest candidate begins that ran into the end of a
	// partial text undecided, or noOpen; openBy is its detector, openQuote the
	// quote that would end it.
	openAt    int
	openBy    int32
	openQuote byte

	current        int32                  // detector being decided
	lineLo, lineHi int                    // bounds of the line last asked for
	noLogin        struct{ from, to int } // where prose was found to hold no login
	address        addressRun             // that userinfo ran over last
	keyDone        int                    // no field name before this offset needs a look
	taken          int                    // end of the last value that goes as a whole
	inner          int                    // names looked at inside it
	jarEnd         int                    // end of the last jar of cookies
	commandEnd     int                    // end of the last command line looked at
	program        []byte
	budget         int // work that the text up to earned may still ask for, see toll
	earned         int
	work           int // all that was counted against budgets
	judgements     int // values that may still be judged, see spent
	allowed        int // end of the line whose budgets these are
	vendorEnd      int // end of the vendor word whose assignment is vendor
	vendor         pair
	vendorOK       bool
	vendors        []int32
	walked         map[int32]int // end of the line an unbounded rule was walked over, by detector
	filtered       map[int32]filtered
	runs           runs
	order          spanOrder
	json           jsonLine
	blocks         blocks
	carry          carry
	rowBefore      int // the last row of a table
	manifest       manifest
	heads          armourHeads
	before         lineState // before the text in hand, should it be scanned again
	seams          seams
	scratch        match.Scratch
	groups         []int

	depth int      // layers of encoding that the text was taken out of
	top   *Scanner // of the text that was read, nil in itself
	layer *layer   // made at the first encoded text
	room  int      // bytes that may still be decoded for the line, see decodes
}

const noOpen = math.MaxInt

// What text may cost. Ordinary text comes nowhere near; a line made to be slow is
// redacted without a closer look.
const (
	// lookEach is how many looks each byte of text earns. One is what takes some 3 ns.
	lookEach = 4
	// What a line did not need of that is put by up to fullPurse; it begins with
	// linePurse.
	fullPurse = 64 << 10
	linePurse = 5 << 9
	// So many bytes are run over in the time of a look, and few are not counted.
	bytesEach = 2
	freeWork  = 32
	// A line has so many judgements of values, and one for every so many bytes.
	judgements    = 12
	judgementEach = 24
	// So many names are looked at inside a value that goes as a whole.
	innerNames = 8
)

// mode says what the text handed to scan is.
type mode uint8

const (
	wholeLines mode = iota
	longLine        // part of a line longer than a window
	unfinished      // the start of a line whose rest did not come in time
)

// NewScanner returns a scanner with empty scratch space.
func (e *Engine) NewScanner() *Scanner {
	s := &Scanner{e: e, runs: runs{of: make([]classRun, e.classes)}}
	if e.inventory != nil {
		s.lookup = new(lookup)
	}
	return s
}

// Text appends the spans of a whole text: one record or many lines. They are
// ordered by start; spans of different detectors may overlap. Nothing is
// allocated where nothing is found. text is not kept.
func (s *Scanner) Text(dst []Span, text []byte) []Span {
	s.forget()
	if n := len(text); n > 0 && n <= segmentSize {
		from := len(dst)
		return join(s.scan(dst, text, wholeLines), from)
	}
	for off := 0; off < len(text); {
		n := len(text) - off
		if n > segmentSize {
			if n = segment(text[off:]); n == 0 {
				return s.long(dst, text, off)
			}
		}
		from := len(dst)
		s.save(&s.before)
		dst = s.scan(dst, text[off:off+n], wholeLines)
		held := s.seams.held
		if held >= n || off+n == len(text) {
			held = n
		} else { // records go on behind the segment
			s.resume(&s.before)
			dst = s.scan(dst[:from], text[off:off+held], wholeLines)
		}
		shift(dst[from:], off)
		dst = join(dst, from)
		if off += held; held < n {
			return s.long(dst, text, off)
		}
	}
	return dst
}

// lineState is what outlives a line. Mostly that is nothing, and the rest need
// not be copied.
type lineState struct {
	quiet    bool
	blocks   blocks
	carry    carry
	manifest manifest
}

// quiet reports whether no line before has a say in what comes.
func (s *Scanner) quiet() bool {
	return s.blocks.n == 0 && s.carry.kind == nothing && !s.manifest.open
}

func (s *Scanner) forget() {
	s.blocks.n, s.carry.kind, s.manifest.open = 0, nothing, false
}

func (s *Scanner) save(l *lineState) {
	if l.quiet = s.quiet(); !l.quiet {
		l.blocks, l.carry, l.manifest = s.blocks, s.carry, s.manifest
	}
}

func (s *Scanner) resume(l *lineState) {
	if l.quiet {
		s.forget()
		return
	}
	s.blocks, s.carry, s.manifest = l.blocks, l.carry, l.manifest
}

// join makes one span of a secret that goes on where an earlier segment ended.
func join(spans []Span, from int) []Span {
	if from == 0 || from == len(spans) || !spans[from].Continued {
		return spans
	}
	last := &spans[from-1]
	if last.Detector != spans[from].Detector || last.End != spans[from].Start {
		return spans
	}
	last.End = spans[from].End
	return append(spans[:from], spans[from+1:]...)
}

// Lines is Text for lines that are records of their own: a key block does not
// go on from one to the next.
func (s *Scanner) Lines(dst []Span, text []byte) []Span {
	s.single, s.leaves = true, false
	dst = s.Text(dst, text)
	s.single = false
	return dst
}

// Leaves reports whether one of the lines last handed to Lines would have a say in
// the next, did they belong to one text. If not, they come to the same in any text
// in which nothing is open before them.
func (s *Scanner) Leaves() bool { return s.leaves }

// long appends the spans of text[off:], which begins with a line that may
// not fit a window.
func (s *Scanner) long(dst []Span, text []byte, off int) []Span {
	st := Stream{s: s, off: int64(off), emit: func(p Piece) error {
		from := len(dst)
		dst = append(dst, p.Spans...)
		shift(dst[from:], int(p.Offset))
		dst = join(dst, from)
		return nil
	}}
	st.Write(text[off:])
	st.Close()
	return dst
}

func shift(spans []Span, by int) {
	for i := range spans {
		x := &spans[i]
		x.Start, x.End, x.KeyStart, x.KeyEnd = x.Start+by, x.End+by, x.KeyStart+by, x.KeyEnd+by
	}
}

// Value appends the spans of a value whose key is known, such as an attribute
// or a header. Offsets are into value; key only gives context.
func (s *Scanner) Value(dst []Span, key, value []byte) []Span {
	from := len(dst)
	dst = s.Text(dst, value)
	s.begin(dst, value, wholeLines)
	s.named(key, value)
	dst = s.resolve(from)
	s.text, s.spans, s.program = nil, nil, nil
	return dst
}

// begin points the verifiers at a text.
func (s *Scanner) begin(dst []Span, text []byte, m mode) {
	s.text, s.spans, s.partial = text, dst, m != wholeLines
	s.openAt, s.openQuote, s.keyDone, s.vendorEnd = noOpen, 0, 0, -1
	s.taken, s.jarEnd, s.commandEnd = 0, 0, 0
	s.lineLo, s.lineHi = 0, -1
	s.noLogin.from, s.noLogin.to = 0, 0
	s.address = addressRun{at: -1}
	s.json.pos = -1
	s.lengthy.from = nowhere
	s.heads = armourHeads{}
	s.runs.texts++
	clear(s.walked)
	clear(s.filtered)
	s.allowed, s.budget, s.earned = -1, 0, 0
	s.blocks.done, s.blocks.from, s.blocks.to = 0, 0, 0
	if s.layer != nil {
		s.layer.forget()
	}
	s.seams.done, s.seams.held = 0, noOpen
}

// scan appends the spans of text, which begins at the start of a line.
func (s *Scanner) scan(dst []Span, text []byte, m mode) []Span {
	if s.trace != nil && !s.trace.within {
		return s.explained(dst, text, m)
	}
	matcher := s.e.matcher
	if m == unfinished {
		matcher = s.e.ungated()
	}
	most := manyHits
	if s.trace != nil {
		most = math.MaxInt
	}
	var matched int
	s.hits, matched = matcher.ScanSome(s.hits[:0], text, most, &s.scratch)
	s.seams.marks = s.seams.marks[:0]
	if len(text) >= longRecord {
		s.longParts(text)
	}
	strange := s.lookup == nil || !s.lookup.look(s.e.inventory, text, m)
	if len(s.hits) == 0 && strange && s.quiet() && s.e.gated == nil && len(s.seams.marks) == 0 {
		s.openAt, s.seams.held = noOpen, noOpen
		return dst
	}
	from := len(dst)
	s.begin(dst, text, m)
	s.carry.pos, s.rowBefore, s.manifest.pos = 0, -1, 0
	skip := s.decide(0, 0)
	for matched < len(text) { // there are so many that it may not want them all
		base := max(matched, skip)
		var n int
		s.hits, n = matcher.ScanSome(s.hits[:0], text[base:], most, &s.scratch)
		skip = s.decide(base, skip)
		matched = base + n
	}
	s.followLines(len(text))
	if len(s.seams.marks) > 0 {
		s.joinRecords()
	}
	if s.e.gated != nil {
		s.gatedRules()
	}
	if !strange {
		s.knownSecrets(m)
	}
	s.spans = s.resolve(from)
	s.repeats(from)
	dst = s.spans
	s.text, s.spans, s.program = nil, nil, nil
	return dst
}

// followLines takes the lines up to and with the one that holds to for whatever is open.
// A value that a name on a line above announces may be a line of a key as well: the key
// comes first, on every line, or it would depend on where the text was cut which of them
// has the value.
func (s *Scanner) followLines(to int) {
	for s.blocks.n > 0 && s.carry.kind != nothing && s.carry.pos <= to && s.carry.pos < len(s.text) {
		pos := s.carry.pos
		s.follow(pos)
		s.followCarry(pos + 1)
	}
	s.follow(to)
	s.followManifest(to)
	if s.carry.kind != nothing && s.carry.pos <= to {
		s.followCarry(min(to+1, len(s.text)))
	}
}

// manyHits are as many as are matched before any is looked at.
const manyHits = 2048

// decide looks at the hits, which count from base, that start at skip or behind. It
// returns where to go on if what is left of a line is hidden.
func (s *Scanner) decide(base, skip int) int {
	for _, h := range s.hits {
		hs, he := base+int(h.Start), base+int(h.End)
		if !s.quiet() {
			s.followLines(hs)
		}
		if hs < skip || hs < s.blocks.to && hs >= s.blocks.from {
			continue
		}
		if s.budget < 0 && hs <= s.allowed {
			skip = s.cover(&s.e.leads[h.ID], hs)
			continue
		}
		if u := s.e.stems[h.ID]; u.alone && s.trace == nil {
			s.current = 0
			s.field(hs+int(u.lead), he-int(u.trail))
			continue
		}
		s.verify(&s.e.leads[h.ID], hs, he)
	}
	return skip
}

// charge counts work on the line that holds pos: n bytes run over in search of an
// end, which pay for it themselves. Little is not counted.
func (s *Scanner) charge(pos, n int) {
	if n > freeWork {
		s.spend(pos, n, n/bytesEach)
	}
}

// spend counts work on n bytes behind pos, which earn what they earn before they are
// paid for.
func (s *Scanner) spend(pos, n, cost int) {
	s.toll(pos, cost)
	if end := min(pos+n, s.allowed); end > s.earned {
		s.earn(end)
	}
}

// toll counts work on the line that holds pos, in looks that take as long. Every byte
// of a line earns lookEach of them. Where a stretch asks for more than was put by, the
// line is one that has cost too much. No line pays for another: what becomes of it does
// not depend on those that came in the same text.
func (s *Scanner) toll(pos, n int) {
	if pos > s.allowed {
		s.allow(pos)
	}
	if pos > s.earned {
		s.earn(pos)
	}
	s.budget -= n
	s.work += n
}

// earn adds what the text up to pos earns.
func (s *Scanner) earn(pos int) {
	s.budget = min(fullPurse, s.budget+lookEach*(pos-s.earned))
	s.earned = pos
}

const (
	hitToll      = 32  // a hit that asks for more than a glance
	sameToll     = 16  // another detector at the same hit
	glanceToll   = 24  // names close together that a glance is enough for
	spanToll     = 64  // a candidate
	vainToll     = 64  // a value that is judged and let go
	aloneToll    = 24  // a name that has none
	nestedToll   = 192 // a value within one that goes
	vendorToll   = 32  // vendors in front of a name
	longToll     = 112 // a name too long to be remembered
	sentenceToll = 24  // what a sentence says of a name
)

// spent counts a judgement and reports whether the line that holds pos has had
// its share. Then what is under a sensitive name or has the shape of a token
// goes unjudged.
func (s *Scanner) spent(pos int) bool {
	s.allow(pos)
	s.judgements--
	return s.judgements < 0
}

func (s *Scanner) allow(pos int) {
	if pos <= s.allowed {
		return
	}
	lo, hi := s.line(pos)
	s.budget, s.earned = linePurse, lo
	s.allowed, s.judgements = hi, judgements+(hi-lo)/judgementEach
	s.room = growth * (hi - lo)
}

// cover hides what is left of a line that has cost too much, from a hit on. It
// returns where that ends.
func (s *Scanner) cover(l *lead, hs int) int {
	_, hi := s.line(hs)
	d := int32(0)
	switch {
	case len(l.uses) > 0 && l.uses[0].kind == useEncoded:
		d = s.e.opaque
	case len(l.uses) > 0 && l.uses[0].kind != useField && l.uses[0].kind != useSeam:
		d = l.uses[0].detector
	case len(l.rules) > 0:
		d = l.rules[0].detector
	default:
		for _, c := range s.e.class {
			if c >= 0 {
				d = c
				break
			}
		}
	}
	s.spans = append(s.spans, Span{Start: hs, End: hi, Detector: d, Confidence: finding.Likely, Evidence: ByConstruct | Unclosed})
	s.drop(nil, d, hs, hi, Budget)
	s.keyDone = hi
	return hi
}

// verify decides at one hit.
func (s *Scanner) verify(l *lead, hs, he int) {
	cost := hitToll
	for i := range l.uses {
		u := &l.uses[i]
		s.current = u.detector
		if u.kind != useField && u.kind != useEncoded {
			s.toll(hs, cost)
			cost = sameToll
		}
		switch u.kind {
		case useField:
			s.field(hs+int(u.lead), he-int(u.trail))
		case usePrefix:
			s.prefix(u.detector, hs, he)
		case useKeyed:
			s.keyed(u.detector, hs, he)
		case useStructure, useSeam:
			u.parse(s, u.detector, hs, he)
		case useEncoded:
			s.encoded(u, hs, he)
			continue // of no detector
		}
		if s.trace != nil {
			s.unsaid(u, hs, he)
		}
	}
	if len(l.rules) > 0 {
		s.toll(hs, hitToll)
		s.regex(l, hs, he)
		if s.trace != nil {
			s.unsaid(&l.rules[0], hs, he)
		}
	}
}

// found records a span.
func (s *Scanner) found(d int32, start, end int, c finding.Confidence, ev Evidence) *Span {
	s.toll(start, spanToll)
	s.spans = append(s.spans, Span{Start: start, End: end, Detector: d, Confidence: c, Evidence: ev})
	return &s.spans[len(s.spans)-1]
}

// open notes a candidate that begins at start and that more text could decide.
func (s *Scanner) open(start int) {
	if s.partial && start < s.openAt {
		if s.openAt, s.openBy = start, s.current; s.openBy < 0 { // at a mark of encoded text
			s.openBy = s.e.opaque
		}
	}
}

// line returns the bounds of the line that holds pos, without its end mark.
func (s *Scanner) line(pos int) (lo, hi int) {
	if pos >= s.lineLo && pos <= s.lineHi {
		return s.lineLo, s.lineHi
	}
	// Mostly it is one of the next few lines.
	lo, hi = s.lineLo, s.lineHi
	for hi >= 0 && hi < pos && pos-hi < nearLine {
		lo = hi + 1
		hi = lo + lineEnd(s.text[lo:])
	}
	if pos < lo || pos > hi {
		lo = lineStart(s.text, pos)
		hi = pos + lineEnd(s.text[pos:])
	}
	s.lineLo, s.lineHi = lo, hi
	return lo, hi
}

const nearLine = 1 << 10 // bytes in which line looks forward for line ends

// lineStart returns where the line begins that holds pos. Eight bytes are looked
// at in one go: taking one from each borrows from the top bit of a zero only.
func lineStart(t []byte, pos int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; pos >= 8; pos -= 8 {
		w := binary.LittleEndian.Uint64(t[pos-8:])
		lf, cr := w^'\n'*ones, w^'\r'*ones
		if ((lf-ones)&^lf|(cr-ones)&^cr)&tops != 0 {
			break
		}
	}
	for pos > 0 && t[pos-1] != '\n' && t[pos-1] != '\r' {
		pos--
	}
	return pos
}

// shortLine is how many bytes are looked at one by one before a search is begun, which
// costs as much as that.
const shortLine = 12

// lineEnd returns the offset of the first LF or CR in b, or len(b).
func lineEnd(b []byte) int {
	for i, c := range b[:min(len(b), shortLine)] {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	for from, n := shortLine, 256; from < len(b); n *= 2 {
		to := min(len(b), from+n)
		if i := firstEOL(b[from:to]); i >= 0 {
			return from + i
		}
		from = to
	}
	return len(b)
}

// firstEOL returns the offset of the first LF or CR in b, or -1.
func firstEOL(b []byte) int {
	i := bytes.IndexByte(b, '\n')
	if i >= 0 {
		b = b[:i]
	}
	if j := bytes.IndexByte(b, '\r'); j >= 0 {
		return j
	}
	return i
}

// atBoundary reports whether a token may begin at pos: the byte before is no
// word byte, or it ends an escape (\n, \u0022, \x1b, %20, an ANSI colour).
func atBoundary(t []byte, pos int) bool {
	if pos == 0 || lex[t[pos-1]]&isWord == 0 {
		return true
	}
	return escapeBefore(t, pos) > 0
}

// escapeBefore returns the length of the escape sequence that ends at pos, or 0.
func escapeBefore(t []byte, pos int) int {
	at := func(k int) byte {
		if pos-k < 0 {
			return 0
		}
		return t[pos-k]
	}
	switch c := at(1); {
	case at(2) == '\\' && (c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f'):
		return 2
	case at(3) == '%' && lex[at(2)]&lex[c]&isHex != 0:
		return 3
	case at(4) == '\\' && at(3) == 'x' && lex[at(2)]&lex[c]&isHex != 0:
		return 4
	case at(6) == '\\' && at(5) == 'u' && lex[at(4)]&lex[at(3)]&lex[at(2)]&lex[c]&isHex != 0:
		return 6
	case c == 'm' || c == 'K':
		return colourBefore(t, pos)
	}
	return 0
}
