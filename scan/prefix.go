package scan

import (
	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

const (
	maxLoose    = 4 << 10 // bytes a loose detector's token may be longer than its shape
	keywordNear = 128     // bytes before a match in which a required keyword may stand
	maxSample   = 512     // bytes of a token by which it is judged
	maxVendor   = 40      // bytes of a name between a vendor word and its separator
)

// prefix decides a detector whose shape stands directly around its literal.
func (s *Scanner) prefix(di int32, hs, he int) {
	if n := len(s.spans); n > 0 && s.spans[n-1].Detector == di && he <= s.spans[n-1].End && hs >= s.spans[n-1].Start {
		return // inside a token of its own kind
	}
	t, d := s.text, &s.e.detectors[di]
	start, end := hs, he
	from, to := -1, -1 // the secret part
	if d.Before != nil {
		it := &d.Before.Items[len(d.Before.Items)-1]
		n := s.back(s.e.shapes[di].before, &it.Class, hs, it.Max)
		b, f, e, ok := d.Before.MatchRestBackward(t, hs, n, 0)
		if !ok {
			return
		}
		start = b
		if d.Before.SecretFrom != d.Before.SecretTo {
			from, to = f, e
		}
	}
	if !d.Anywhere && lex[t[start]]&isWord != 0 && !atBoundary(t, start) {
		s.drop(nil, di, start, he, WordGoesOn)
		return
	}
	if d.After != nil {
		it := &d.After.Items[0]
		n := s.ahead(s.e.shapes[di].after, &it.Class, he, it.Max)
		e, f, g, ok, open := d.After.MatchRest(t, he, n, len(t))
		if open {
			s.open(start)
		}
		if !ok {
			s.cutShort(he + n)
			return
		}
		s.charge(hs, e-he-n)
		end = e
		if d.After.SecretFrom != d.After.SecretTo {
			from, to = f, g
		}
		if tail := d.After.Tail(); end < len(t) && tail.Has(t[end]) && !frameBehind(t[end:]) {
			if !d.Loose {
				s.drop(nil, di, start, end, ShapeGoesOn)
				return
			}
			grown := end
			if lim := end + maxLoose; tail == &it.Class {
				grown = he + s.ahead(s.e.shapes[di].after, tail, he, lim-he)
			} else {
				for lim = min(len(t), lim); grown < lim && tail.Has(t[grown]); grown++ {
				}
				s.charge(hs, grown-end)
			}
			if to == end {
				to = grown
			}
			end = grown
		}
		if end == len(t) {
			s.open(start)
		}
		s.cutShort(end)
	}
	for end > he && t[end-1] == '\\' { // the escape of what follows
		end--
	}
	to = min(to, end)
	if from < 0 {
		from, to = start, end
	}
	s.confirm(di, d, start, end, from, to, he, ByShape)
}

// confirm applies what a detector asks beyond its shape to the match
// text[start:end] with the secret text[from:to] and records it. body is where
// the part begins that a mask would fill.
func (s *Scanner) confirm(di int32, d *detectors.Detector, start, end, from, to, body int, ev Evidence) {
	t := s.text
	if s.spent(start) {
		if !s.e.ours(t[from:to]) && !s.e.marked(t, from, to) {
			s.found(di, from, to, finding.Likely, ev)
		}
		return
	}
	if len(d.Keywords) > 0 && !s.keywordBefore(di, start) {
		s.drop(nil, di, from, to, NoKeyword)
		return
	}
	part := t[from:min(to, from+maxSample)]
	if d.Entropy > 0 && judge.Entropy(part) < d.Entropy {
		s.drop(nil, di, from, to, LowEntropy)
		return
	}
	if full, _ := judge.Mask(t[min(body, to):to]); full {
		s.drop(nil, di, from, to, Masked)
		return
	}
	if judge.Placeholder(part) || s.e.ours(t[from:to]) || s.e.marked(t, from, to) {
		s.emptied(di, from, to)
		return
	}
	c := finding.Certain
	if d.Check != nil {
		switch {
		case d.Check.Func(t[start:end]):
			ev |= ByChecksum
		case d.Check.Required:
			s.drop(nil, di, from, to, CheckFails)
			return
		default:
			c, ev = finding.Likely, ev|BadChecksum
		}
	}
	if d.Identifier {
		ev |= Identifier
	}
	s.found(di, from, to, c, ev)
}

// keywordBefore looks for one of a detector's keywords on the same line.
func (s *Scanner) keywordBefore(di int32, start int) bool {
	lo, _ := s.line(start)
	w := s.text[max(lo, start-keywordNear):start]
	for _, k := range s.e.keywords[di] {
		if indexFold(w, k) >= 0 {
			return true
		}
	}
	return false
}

// indexFold finds the lower-case ASCII string p in t, in either case.
func indexFold(t []byte, p string) int {
	for i := 0; i+len(p) <= len(t); i++ {
		if t[i]|0x20 == p[0]|0x20 && hasFold(t[i:], p) {
			return i
		}
	}
	return -1
}

// keyed decides a detector at its vendor word: an assignment must follow.
func (s *Scanner) keyed(di int32, hs, he int) {
	for c := s.text[he-1]; he > hs+1 && (c == ':' || c == '=' || c == ' '); c = s.text[he-1] {
		he-- // the literal asks for what joins the name alone to a value
	}
	first := s.vendorEnd != he
	if first { // detectors of one vendor share the parse
		s.vendorEnd = he
		s.vendor, s.vendorOK = s.assignment(hs, he)
	}
	if s.vendorOK && s.keyedValue(di, &s.vendor) {
		return
	}
	if first {
		s.toll(hs, vainToll)
	}
	if he < len(s.text) && s.text[he] == ' ' { // "vendor login value"
		s.keyedValue(di, &pair{keyStart: hs, keyEnd: he, sep: ' ', start: he + 1})
	}
}

// keyedValue takes the value of an assignment if all of it has the detector's
// shape, and reports whether it did.
func (s *Scanner) keyedValue(di int32, p *pair) bool {
	t, d := s.text, &s.e.detectors[di]
	e, from, to, ok, open := d.After.Match(t, p.start, len(t))
	if open {
		s.open(p.start)
	}
	if !ok || e < len(t) && (d.After.Tail().Has(t[e]) || lex[t[e]]&isWord != 0) {
		s.misshapen(p, di)
		return false
	}
	if p.quote != 0 && e < len(t) && t[e] != p.quote && t[e] != '\\' && t[e] != '%' && t[e] != '&' {
		s.drop(p, di, p.start, e, ShapeGoesOn)
		return false
	}
	if s.inMarker(p.keyStart) {
		return false
	}
	n := len(s.spans)
	s.confirm(di, d, p.start, e, from, to, p.start, ByShape|ByKey)
	for i := n; i < len(s.spans); i++ {
		s.spans[i].KeyStart, s.spans[i].KeyEnd = p.keyStart, p.keyEnd
	}
	return len(s.spans) > n
}

// inMarker reports whether a vendor's word is a part of what an earlier redaction wrote.
func (s *Scanner) inMarker(at int) bool {
	t, lo := s.text, at
	for lim := max(0, at-len(markerStart)-maxMarker); lo > lim && (lex[t[lo-1]]&isWord != 0 || t[lo-1] == '-'); lo-- {
	}
	i := s.marker(lo, at+1)
	return i >= 0 && s.e.marked(t, lo+i, at)
}

// assignment parses what follows a vendor word up to the value of an assignment.
func (s *Scanner) assignment(hs, he int) (p pair, ok bool) {
	t := s.text
	i := he
	for lim := min(len(t), he+maxVendor); i < lim && (lex[t[i]]&isKey != 0 || t[i] == ' '); i++ {
	}
	if i == len(t) {
		s.open(he)
		return p, false
	}
	// The name ends at the last key byte; the separator parser takes blanks.
	for i > he && t[i-1] == ' ' {
		i--
	}
	p = pair{keyStart: hs, keyEnd: i}
	return p, s.separator(&p, false)
}
