package redact

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/scan"
)

// candidate is a span and what the policy says of it.
type candidate struct {
	scan.Span
	action  Action
	own     bool // a marker or hash of ours, or nothing at all
	allowed bool // by the allow list
	goesOn  bool // another candidate goes on with this secret
	echo    bool // of a value that was redacted on an earlier line
	kept    kept // by a partial mask; nothing where that keeps the public prefix
}

// unscanned is the action over a line that is over budget. It is stricter than
// every other.
const unscanned = Drop + 1

// edit replaces text[start:end]. Edits are ordered and do not overlap.
type edit struct {
	start, end int
	owner      int    // candidate whose envelope is written
	action     Action // Keep writes nothing but quote
	quote      []byte // written as it is
}

// plan is the scratch space of one text.
type plan struct {
	candidates []candidate
	edits      []edit
	matches    []Match
	quote      openQuote
	carried    []carry // by detector
	drop       dropped
	sealed     []stretch // envelopes in the text, as far as candidates have not passed them
	run        uint64    // texts that belong together; counted, so that carried need not be cleared
	text       uint64    // texts
}

// carry is what the pieces of a secret take over from its beginning.
type carry struct {
	run    uint64 // action is from this run
	action Action
	text   uint64 // last is from this text
	last   int    // candidate
}

// restart forgets what earlier texts left open.
func (p *plan) restart() {
	p.run++
	p.drop.goesOn, p.drop.torn, p.drop.mid = false, false, false
}

// Match is a resolved candidate, or the union of those that overlap. Where
// other text stands between the pieces of a secret, such as log prefixes, it
// reaches from the first piece to the last.
type Match struct {
	Start, End   int // bytes of the text
	Line, Column int64
	Action       Action
	Confidence   finding.Confidence
	Detector     string // its id, or unscanned
	Encoded      bool   // in anything but plain text
	owner        candidate
}

// resolve fills the plan: one action for every candidate, then unions of those
// that redact, then edits.
func (r *Redactor) resolve(text, key []byte, spans []scan.Span) {
	p := &r.plan
	p.candidates, p.edits, p.matches = p.candidates[:0], p.edits[:0], p.matches[:0]
	p.quote = openQuote{}
	p.drop.ranges = p.drop.ranges[:0]
	if p.carried == nil {
		p.carried = make([]carry, len(r.e.detectors))
	}
	for i := range spans {
		r.check(&spans[i], len(text))
		p.candidates = append(p.candidates, candidate{Span: spans[i]})
	}
	p.order()
	if len(p.candidates) > r.e.limits.MaxCandidates && !r.shadow() {
		p.flood(text, r.e.limits.MaxCandidates)
	}
	p.link()
	p.findSealed(r.e, text)
	for i := range p.candidates {
		r.decide(i, text, key)
	}
	if r.echo != nil {
		r.listen(text)
	}
	r.unite(text)
	p.leaveOut(text)
}

// link marks the pieces that another one follows.
func (p *plan) link() {
	p.text++
	for i := range p.candidates {
		c := &p.candidates[i]
		if c.action == unscanned {
			continue
		}
		k := &p.carried[c.Detector]
		if c.Continued && k.text == p.text {
			p.candidates[k.last].goesOn = true
		}
		k.text, k.last = p.text, i
	}
}

// check panics on a span that no scan may return.
func (r *Redactor) check(s *scan.Span, n int) {
	if s.Start < 0 || s.End < s.Start || s.End > n ||
		s.KeyStart < 0 || s.KeyEnd < s.KeyStart || s.KeyEnd > n ||
		s.Detector < 0 || int(s.Detector) >= len(r.e.detectors) || s.Confidence > finding.Certain ||
		s.Entry < 0 || s.Entry > 0 && (r.e.scan.Inventory() == nil || int(s.Entry) > r.e.scan.Inventory().Len()) {
		panic("redact: impossible span")
	}
}

func (p *plan) order() {
	before := func(a, b candidate) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	}
	if !slices.IsSortedFunc(p.candidates, before) {
		slices.SortStableFunc(p.candidates, before)
	}
}

// decide sets the action of a candidate.
func (r *Redactor) decide(i int, text, key []byte) {
	c := &r.plan.candidates[i]
	if c.action == unscanned {
		return
	}
	value := text[c.Start:c.End]
	if len(value) == 0 || r.plan.inSealed(c) || r.e.IsEnvelope(value) {
		c.own = true
		return
	}
	carried := &r.plan.carried[c.Detector]
	if c.Continued && carried.run == r.plan.run {
		c.action = carried.action
		return
	}
	if c.KeyStart < c.KeyEnd {
		key = text[c.KeyStart:c.KeyEnd]
	}
	if r.e.needKey {
		r.fold = foldKey(r.fold[:0], key)
	}
	c.action, c.kept = r.e.action(c, r.fold, &r.Source, r.Default)
	switch c.action {
	case Partial:
		if c.kept != (kept{}) {
			if c.kept = c.kept.of(value); c.kept == (kept{}) || !c.whole() {
				c.action = Mask
			}
		} else if r.prefix(c, value) == "" {
			c.action = Mask
		}
	case Format:
		if c.Encoding != 0 || !r.hashable(c, text) || !formattable(value) {
			c.action = Mask
		}
	case Hash, Token:
		if !r.hashable(c, text) {
			c.action = Mask
		}
	case Seal:
		if !c.whole() || len(value) > seal.MaxValue {
			c.action = Mask
		}
	}
	if c.action.Redacts() && r.allowed(c, text) {
		c.action, c.allowed = Keep, true
	}
	if r.shadow() && c.action.Redacts() {
		c.action = Shadow
	}
	carried.run, carried.action = r.plan.run, c.action
}

// prefix returns the public literal that value begins with.
func (r *Redactor) prefix(c *candidate, value []byte) string {
	best := ""
	for _, l := range r.e.detectors[c.Detector].prefixes {
		if len(l) > len(best) && len(l) < len(value) && string(value[:len(l)]) == l {
			best = l
		}
	}
	return best
}

// whole reports whether c is all of a value.
func (c *candidate) whole() bool {
	return !c.Continued && !c.goesOn && c.Evidence&scan.Unclosed == 0
}

// allowed reports whether the allow list names a value. What is only a part of
// a value is never allowed: the rest would follow it.
func (r *Redactor) allowed(c *candidate, text []byte) bool {
	a := &r.e.allow
	if a.values == nil && a.prints == nil && a.others == nil {
		return false
	}
	if !c.whole() {
		return false
	}
	value := text[c.Start:c.End]
	if on, ok := a.values[string(value)]; allows(on, ok, c.Detector) {
		return true
	}
	for i := range a.prints {
		sum, ok := r.allowedSum(i, c, text)
		if !ok {
			break
		}
		if on, ok := a.prints[i].sums[sum]; allows(on, ok, c.Detector) {
			return true
		}
	}
	return r.lets(c, text)
}

// flood puts a candidate of its own over each line that holds more than most.
func (p *plan) flood(text []byte, most int) {
	cs := p.candidates
	for i := 0; i < len(cs); {
		start := bytes.LastIndexByte(text[:cs[i].Start], '\n') + 1
		end := len(text)
		if n := bytes.IndexByte(text[cs[i].Start:], '\n'); n >= 0 {
			end = cs[i].Start + n
		}
		j := i
		for j < len(cs) && cs[j].Start <= end {
			j++
		}
		if j-i > most && start < end {
			p.candidates = append(p.candidates, candidate{Span: scan.Span{Start: start, End: end, Detector: -1}, action: unscanned})
		}
		i = j
	}
	p.order()
}

// union is a run of overlapping candidates that redact.
type union struct {
	start, end int
	owner      int // whose action rules
	last       int // who reaches furthest
	first      int
	fresh      int // owner among those that do not go on with a secret; -1 for none
	bare       int // unquoted JSON scalar that begins at or before start; -1 for none
}

// unite turns the candidates into edits and matches.
func (r *Redactor) unite(text []byte) {
	p := &r.plan
	bare := -1
	open := false
	var u union
	for i := range p.candidates {
		c := &p.candidates[i]
		if c.own {
			continue
		}
		if c.Bare {
			bare = i
			if open && c.Start == u.start {
				u.bare = i
			}
		}
		switch {
		case !c.action.Redacts():
			if !c.Continued {
				p.matches = append(p.matches, Match{Start: c.Start, End: c.End, Action: c.action, Confidence: c.Confidence, owner: *c})
			}
		case open && c.Start < u.end:
			if r.rules(i, u.owner) {
				u.owner = i
			}
			if c.End > u.end {
				u.end, u.last = c.End, i
			}
			if !c.Continued && (u.fresh < 0 || r.rules(i, u.fresh)) {
				u.fresh = i
			}
		default:
			if open {
				r.close(&u, text)
			}
			open = true
			u = union{start: c.Start, end: c.End, owner: i, last: i, first: i, fresh: i, bare: bare}
			if c.Continued {
				u.fresh = -1
			}
		}
	}
	if open {
		r.close(&u, text)
	}
	p.endQuote(len(text) + 1)
}

// rules reports whether candidate i decides a union rather than j: the
// stricter action, then whoever knows more of the value.
func (r *Redactor) rules(i, j int) bool {
	a, b := &r.plan.candidates[i], &r.plan.candidates[j]
	switch {
	case a.action != b.action:
		return a.action > b.action
	case a.action == unscanned:
		return false
	case a.Continued != b.Continued:
		return b.Continued
	case a.Confidence != b.Confidence:
		return a.Confidence > b.Confidence
	case (a.Entry != 0) != (b.Entry != 0):
		return a.Entry != 0
	case a.Evidence&scan.ByShape != b.Evidence&scan.ByShape:
		return a.Evidence&scan.ByShape != 0
	}
	return r.e.detectors[a.Detector].severity > r.e.detectors[b.Detector].severity
}

// close writes the edits of a union. Hash, Token, Format and Partial speak for their owner's
// value only; what else the union holds is masked. Seal takes all of the union, so
// that it can be put back. A union that only goes on
// with a secret writes nothing and is no match: the secret has its marker.
func (r *Redactor) close(u *union, text []byte) {
	p := &r.plan
	p.endQuote(u.start)
	p.beginQuote(u, text)
	o, action := u.owner, p.candidates[u.owner].action
	if action == Drop {
		p.drop.ranges = append(p.drop.ranges, stretch{u.start, u.end})
	}
	if p.candidates[o].Continued {
		if u.fresh < 0 {
			p.edits = append(p.edits, edit{start: u.start, end: u.end, owner: o, action: Keep})
			p.prolong(u)
			return
		}
		o, action = u.fresh, max(action, Mask)
	}
	if action == Seal && u.end-u.start > seal.MaxValue {
		action = Mask
	}
	c := &p.candidates[o]
	if action == Hash || action == Token || action == Format || action == Partial {
		if u.start < c.Start {
			p.mask(u.start, c.Start, u.first)
		}
		p.edits = append(p.edits, edit{start: c.Start, end: c.End, owner: o, action: action})
		if c.End < u.end {
			p.mask(c.End, u.end, u.last)
		}
	} else {
		p.edits = append(p.edits, edit{start: u.start, end: u.end, owner: o, action: action})
	}
	m := Match{Start: u.start, End: u.end, Action: action, Confidence: c.Confidence, owner: *c}
	if action == unscanned {
		m.Action, m.Confidence = Mask, finding.Certain
	}
	// What was kept inside the union or behind it came first: each such match is passed
	// by one union.
	i := len(p.matches)
	for i > 0 && p.matches[i-1].Start > m.Start {
		i--
	}
	p.matches = slices.Insert(p.matches, i, m)
}

// prolong lets the match of a secret reach to the end of a later piece of it.
func (p *plan) prolong(u *union) {
	for i := len(p.matches) - 1; i >= 0 && i >= len(p.matches)-8; i-- {
		if m := &p.matches[i]; m.owner.Detector == p.candidates[u.owner].Detector {
			m.End = max(m.End, u.end)
			m.owner.Entry = cmp.Or(m.owner.Entry, p.candidates[u.owner].Entry)
			return
		}
	}
}

// mask masks what a union holds beside its owner's value.
func (p *plan) mask(start, end, owner int) {
	a := Mask
	if p.candidates[owner].Continued {
		a = Keep
	}
	p.edits = append(p.edits, edit{start: start, end: end, owner: owner, action: a})
}

// openQuote is a quote that was opened before an unquoted JSON scalar of which
// some part is redacted, and has to be closed behind it.
type openQuote struct {
	text []byte // nil when there is none
	end  int
}

// beginQuote quotes the scalar a union begins in. A scalar that begins inside
// the union is part of something larger, which has its own syntax.
func (p *plan) beginQuote(u *union, text []byte) {
	if p.quote.text != nil { // still in the same scalar
		p.quote.end = max(p.quote.end, u.end)
		return
	}
	if u.bare < 0 {
		return
	}
	b := &p.candidates[u.bare]
	if b.End <= u.start {
		return
	}
	if n := len(p.edits); n > 0 && p.edits[n-1].end > b.Start {
		return
	}
	p.quote = openQuote{quoteOf(&b.Span, text), max(b.End, u.end)}
	p.edits = append(p.edits, edit{start: b.Start, end: b.Start, quote: p.quote.text})
}

// endQuote closes the open quote if it ends at or before next.
func (p *plan) endQuote(next int) {
	if p.quote.text == nil || p.quote.end > next {
		return
	}
	p.edits = append(p.edits, edit{start: p.quote.end, end: p.quote.end, quote: p.quote.text})
	p.quote = openQuote{}
}

var doubleQuote = []byte{'"'}

// quoteOf returns the quote that fits a scalar: the one its key ends with,
// which has the backslashes of the JSON strings around it.
func quoteOf(s *scan.Span, text []byte) []byte {
	if s.KeyStart == s.KeyEnd {
		return doubleQuote
	}
	i := s.KeyEnd
	for i < s.Start && text[i] == '\\' {
		i++
	}
	if i < s.Start && (text[i] == '"' || text[i] == '\'') {
		return text[s.KeyEnd : i+1]
	}
	if s.Encoding != 0 {
		for _, q := range quotes {
			if n := len(q); n <= s.Start-s.KeyEnd && bytes.EqualFold(text[s.KeyEnd:s.KeyEnd+n], q) {
				return text[s.KeyEnd : s.KeyEnd+n]
			}
		}
	}
	return doubleQuote
}

// quotes are the ways to write a double quote where text is escaped.
var quotes = [][]byte{[]byte("%22"), []byte("%2522"), []byte(`\x22`), []byte(`\\x22`), []byte(`\u0022`), []byte(`\\u0022`), []byte(`\042`),
	[]byte("&quot;"), []byte("&#34;"), []byte("&#x22;"), []byte("&amp;quot;"), []byte("&amp;#34;")}
