package scan

import (
	"slices"

	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/match"
)

// Reason is the test that decided against a piece of text, or that made it
// doubtful.
type Reason uint8

const (
	_            Reason = iota
	NoValue             // a sensitive name, or a vendor's word, and nothing that assigns a value to it
	HarmlessName        // the name is known to say something about a secret
	OtherName           // the name announces no secret
	DetectorOff         // the name announces one, but the detector that reports it is off
	NestedValue         // the value is an object, whose members have names of their own
	EmptyValue          // the string around the name ends where a value would begin
	NotAValue           // no value: null, true, an empty string
	Masked              // what a redactor leaves behind
	PartlyMasked        // the same with some bytes left
	Placeholder         // an interpolation, a reference or a text to be replaced
	Ours                // a marker or hash of an earlier redaction
	TooShort            // too short for a secret under this name
	NotAHeader          // words behind a name that is no header for certain
	NotFlagged          // behind a blank a value counts only for flags and strong names
	Harmless            // known to be data; Detail says which sort
	Plain               // too few classes of characters, or not random
	Directory           // PWD as the working directory
	Counter             // doubtful: a number or a word under a name that also counts things or names states
	Weak                // doubtful: the name is weak and the value is not random
	ShortWord           // doubtful: a short word behind a blank
	NotACode            // doubtful: not the form of a one-time code or PIN
	ShapeFails          // the bytes around the literal, or the value, do not have the detector's shape
	ShapeGoesOn         // they have it and go on beyond it
	WordGoesOn          // the literal stands in the middle of a word
	NoKeyword           // none of the detector's keywords stands before it
	LowEntropy          // less random than the detector asks
	CheckFails          // the checksum that the detector requires does not match
	NoConstruct         // the construct of a protocol or file format is not there, or holds no secret
	NoExpression        // the expression does not match around its literal
	Covered             // lies in what another detector found
	BetterKnown         // another detector found the same bytes and knows more of them
	Budget              // the line has cost too much for a closer look
	reasons
)

// Doubtful reports whether the reason lowers confidence only.
func (r Reason) Doubtful() bool { return r >= Counter && r <= NotACode }

// Decision is why text[Start:End] at a hit was not taken, or taken with doubt.
// Where no value was reached they delimit the name or the literal.
type Decision struct {
	Start, End       int
	KeyStart, KeyEnd int   // as in Span
	Detector         int32 // what would have reported it; -1 where it did not come to that
	Reason           Reason
	Detail           string // about the value or the detector, never bytes of the text
	By               int32  // the detector that stands: Covered, BetterKnown
	Name             names.Verdict
}

// trace collects decisions. A scanner has one only while it explains: all that
// scanning pays for it is a comparison with nil where a candidate is let go.
type trace struct {
	list   []Decision
	within bool // inside explained
	closer bool // verifying hits that scanning would not have had
	said   int  // spans and decisions so far
}

// Explain returns the spans of a whole text, as Text does, and the decisions
// against what else was looked at, both in order of their starts. It is much
// slower than Text.
func (e *Engine) Explain(text []byte) (spans []Span, list []Decision) {
	st := e.NewStream(func(p Piece) error {
		from, at := len(spans), len(list)
		spans = append(spans, p.Spans...)
		shift(spans[from:], int(p.Offset))
		spans = join(spans, from)
		list = append(list, p.Decisions...)
		for i := range list[at:] {
			list[at+i].shift(int(p.Offset))
		}
		return nil
	})
	st.Explain()
	st.Write(text)
	st.Close()
	return spans, list
}

// Name classifies a name as one that stands in text of no particular format.
func (e *Engine) Name(name []byte) names.Verdict {
	if e.names == nil {
		return names.Verdict{}
	}
	return e.names.Classify(name, names.Attr)
}

// Explain makes the stream hand on decisions with its pieces.
func (st *Stream) Explain() { st.s.trace = new(trace) }

func (d *Decision) shift(by int) {
	d.Start, d.End = d.Start+by, d.End+by
	if d.KeyStart < d.KeyEnd {
		d.KeyStart, d.KeyEnd = d.KeyStart+by, d.KeyEnd+by
	}
}

// drop notes why text[start:end], under the name of p if there is one, is not
// taken, or taken with doubt.
func (s *Scanner) drop(p *pair, d int32, start, end int, r Reason) {
	if s.trace != nil {
		s.note(p, d, start, end, r, "")
	}
}

func (s *Scanner) note(p *pair, d int32, start, end int, r Reason, detail string) {
	t := s.trace
	if t.closer && r == WordGoesOn {
		return
	}
	x := Decision{Start: start, End: min(end, len(s.text)), Detector: d, Reason: r, Detail: detail, By: -1}
	if p != nil {
		x.KeyStart, x.KeyEnd = p.keyStart, p.keyEnd
	}
	t.list = append(t.list, x)
}

// dropName notes that a name leads to no value or is none that counts.
func (s *Scanner) dropName(p *pair, r Reason) {
	if s.trace == nil || p.keyStart >= p.keyEnd {
		return
	}
	v := s.e.names.Classify(s.text[p.keyStart:p.keyEnd], p.kind)
	switch {
	case r == NoValue && v.Strength == names.None:
		return
	case r == OtherName && v.Benign:
		r = HarmlessName
	}
	s.note(p, -1, p.keyStart, p.keyEnd, r, "")
	s.trace.list[len(s.trace.list)-1].Name = v
}

// refused notes why judging a value under a name has let it go, by making the
// tests one by one.
func (s *Scanner) refused(p *pair, v names.Verdict, start, end int, value []byte) {
	if s.trace == nil {
		return
	}
	r, detail := s.whyNot(p, v, value)
	s.note(p, s.e.class[v.Class], start, end, r, detail)
	s.trace.list[len(s.trace.list)-1].Name = v
}

func (s *Scanner) whyNot(p *pair, v names.Verdict, value []byte) (Reason, string) {
	full, partial := judge.Mask(value)
	harmless := judge.Benign(value)
	switch {
	case s.e.ours(value):
		return Ours, ""
	case full:
		return Masked, ""
	case judge.Nothing(value):
		return NotAValue, ""
	case judge.Placeholder(value):
		return Placeholder, ""
	case v.Strength == names.Strong && p.gap:
		return EmptyValue, ""
	case v.Strength == names.Strong && v.Class == names.Password && directory(value):
		return Directory, ""
	case partial:
		return PartlyMasked, ""
	case harmless != judge.None:
		return Harmless, harmless.String()
	case v.Strength != names.Strong && len(value) < shortestMedium:
		return TooShort, ""
	}
	return Plain, ""
}

// size tells an empty value from one that is too short under its name, and both
// from one that does not stand where such a name has one.
func (p *pair) size(start, end int) Reason {
	switch {
	case start >= end:
		return NotAValue
	case p.sep == ' ' && p.kind != names.Flag:
		return NotFlagged
	}
	return TooShort
}

// misshapen notes that the value of a vendor's name has not the vendor's shape.
func (s *Scanner) misshapen(p *pair, d int32) {
	if s.trace == nil {
		return
	}
	end := p.start
	for lim := min(len(s.text), end+maxJudged); end < lim && lex[s.text[end]]&isStop == 0; end++ {
	}
	s.note(p, d, p.start, end, ShapeFails, "")
}

// emptied tells why what stands in place of a value is none.
func (s *Scanner) emptied(d int32, start, end int) {
	if s.trace == nil {
		return
	}
	r, value := NoConstruct, s.text[start:end]
	switch full, partial := judge.Mask(value); {
	case s.e.ours(value):
		r = Ours
	case full || partial:
		r = Masked
	case judge.Nothing(value):
		r = NotAValue
	case judge.Placeholder(value):
		r = Placeholder
	}
	s.note(nil, d, start, end, r, "")
}

// doubt notes what made a value under a name doubtful.
func (s *Scanner) doubt(p *pair, v names.Verdict, start, end int, value []byte) {
	if s.trace == nil {
		return
	}
	r := Weak
	switch {
	case v.Class == names.PIN || v.Class == names.OTP:
		r = NotACode
	case v.Strength == names.Strong && countable(v.Class) && !credible(value):
		r = Counter
	case v.Strength == names.Strong:
		r = ShortWord
	}
	s.note(p, s.e.class[v.Class], start, end, r, "")
	s.trace.list[len(s.trace.list)-1].Name = v
}

// lost notes that one of two spans says nothing new.
func (s *Scanner) lost(a, stands *Span, r Reason) {
	if a.Detector == stands.Detector {
		return
	}
	s.trace.list = append(s.trace.list, Decision{Start: a.Start, End: a.End, KeyStart: a.KeyStart, KeyEnd: a.KeyEnd,
		Detector: a.Detector, Reason: r, By: stands.Detector})
}

// unsaid notes that a use at a hit found nothing, where that has not been said
// in more detail.
func (s *Scanner) unsaid(u *use, hs, he int) {
	t := s.trace
	said := len(s.spans) + len(t.list)
	if said != t.said || u.kind == useField || u.kind == useSeam {
		t.said = said
		return
	}
	for i := len(s.spans) - 1; i >= 0 && i >= len(s.spans)-8; i-- {
		if x := &s.spans[i]; x.Start <= hs && he <= x.End && x.Detector == u.detector {
			return // a literal inside its own token
		}
	}
	r, detail := NoConstruct, ""
	switch d := &s.e.detectors[u.detector]; u.kind {
	case usePrefix:
		if r = ShapeFails; d.Before == nil && !d.Anywhere && lex[s.text[hs]]&isWord != 0 && !atBoundary(s.text, hs) {
			r = WordGoesOn
		}
	case useKeyed:
		if r = NoValue; s.vendorOK && s.vendorEnd == he {
			r = ShapeFails
		}
	case useRegex:
		r = NoExpression
	}
	s.note(nil, u.detector, hs, he, r, detail)
	t.said = len(s.spans) + len(t.list)
}

// explained is scan with a second look: at the hits of literals whose gates let
// nothing through, which scanning never sees. What that finds is no span.
func (s *Scanner) explained(dst []Span, text []byte, m mode) []Span {
	t := s.trace
	t.within, t.closer, t.list, t.said = true, false, t.list[:0], len(dst)
	defer func() { t.within, t.closer = false, false }()
	dst = s.scan(dst, text, m)
	at, by, quote := s.openAt, s.openBy, s.openQuote
	var after lineState
	s.save(&after)
	seen := make(map[[2]int32]bool, len(s.hits))
	key := func(h match.Hit) [2]int32 { return [2]int32{int32(h.ID), int32(h.Start)} }
	for _, h := range s.hits {
		seen[key(h)] = true
	}
	var scratch match.Scratch
	hits := s.e.ungated().Scan(nil, text, &scratch)
	s.begin(nil, text, m)
	t.closer, t.said = true, len(t.list)
	for _, h := range hits {
		if !seen[key(h)] && !inBlock(dst, int(h.Start)) && s.budget >= 0 {
			s.forget()
			s.verify(&s.e.leads[h.ID], int(h.Start), int(h.End))
		}
	}
	s.text, s.spans = nil, nil
	s.resume(&after)
	s.openAt, s.openBy, s.openQuote = at, by, quote
	t.tidy()
	return dst
}

// inBlock reports whether pos lies in a span. Those of earlier texts cannot.
func inBlock(spans []Span, pos int) bool {
	for i := len(spans) - 1; i >= 0; i-- {
		if spans[i].Start <= pos && pos < spans[i].End {
			return true
		}
	}
	return false
}

// tidy orders the decisions and leaves out what is said twice.
func (t *trace) tidy() {
	slices.SortStableFunc(t.list, func(a, b Decision) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var said map[Decision]bool
	t.list = slices.DeleteFunc(t.list, func(d Decision) bool {
		if said == nil {
			said = make(map[Decision]bool)
		}
		twice := said[d]
		said[d] = true
		return twice
	})
}

// within returns the decisions on text[lo:hi], relative to lo.
func (t *trace) part(lo, hi int) []Decision {
	if t == nil {
		return nil
	}
	var list []Decision
	for _, d := range t.list {
		if d.Start >= lo && d.Start < hi {
			d.shift(-lo)
			d.KeyStart, d.KeyEnd = max(d.KeyStart, 0), max(d.KeyEnd, 0)
			list = append(list, d)
		}
	}
	return list
}
