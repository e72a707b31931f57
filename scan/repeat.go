package scan

import (
	"bytes"
	"sort"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

// What is looked for once more on a line: so many of its values, each at so
// many places, and only values long enough not to occur by chance.
const (
	maxRepeated    = 8
	maxRepeats     = 16
	shortestRepeat = 8
)

// repeats adds the other places of a line at which a value stands that was
// found by its shape, or by its name if it looks random: it is as secret where
// nothing announces it ("token=T: retry with T"). The spans since from are in
// order, and are so again afterwards.
func (s *Scanner) repeats(from int) {
	n := len(s.spans)
	lo, hi, values := 0, -1, 0
	var last Span // that was looked for
	for i := from; i < n; i++ {
		x := s.spans[i]
		if x.End-x.Start < shortestRepeat || x.End-x.Start > maxJudged || x.Confidence < finding.Likely || x.Continued || x.Evidence&(Identifier|Unclosed|ByInventory) != 0 {
			continue
		}
		if x.Start > hi {
			lo, hi = s.line(x.Start)
			values, last = 0, Span{}
		}
		if values++; values > maxRepeated || x.End > hi {
			continue
		}
		v := s.text[x.Start:x.End]
		if last.Detector == x.Detector && bytes.Equal(s.text[last.Start:last.End], v) {
			continue
		}
		if x.Evidence&ByShape == 0 && (last.End == 0 && !s.recurs(&x, lo, hi) || !judge.Credential(v) && !tokenOnly(v)) {
			continue
		}
		last = x
		s.repeat(&x, from, n, lo, hi)
	}
	if len(s.spans) > n {
		s.order.sort(s.spans[from:])
	}
}

// recurs reports whether the value of x may stand between lo and hi once more. Few
// values do, and to see that costs less than to judge them.
func (s *Scanner) recurs(x *Span, lo, hi int) bool {
	if hi == len(s.text) && s.partial {
		return true
	}
	v := s.text[x.Start:x.End]
	return bytes.Contains(s.text[x.Start+1:hi], v) || bytes.Contains(s.text[lo:x.End-1], v)
}

// repeat adds the other places between lo and hi of the value of x.
func (s *Scanner) repeat(x *Span, from, n, lo, hi int) {
	t := s.text
	value := t[x.Start:x.End]
	for at, left := lo, maxRepeats; left > 0; left-- {
		i := bytes.Index(t[at:hi], value)
		if i < 0 {
			break
		}
		p := at + i
		at = p + len(value)
		if !atBoundary(t, p) || at < len(t) && lex[t[at]]&isWord != 0 || s.already(from, n, p, at) {
			continue
		}
		y := *x
		y.Start, y.End, y.Bare = p, at, false
		s.spans = append(s.spans, y)
	}
	if hi < len(t) || !s.partial {
		return
	}
	// What has come of the text may end in the middle of another one.
	for k := min(len(value)-1, hi-x.End); k > 0; k-- {
		if bytes.HasSuffix(t, value[:k]) && atBoundary(t, hi-k) {
			s.current = x.Detector
			s.open(hi - k)
			return
		}
	}
}

// already reports whether one of the last spans of s.spans[from:n], which are in
// order, that begin at start or before covers text[start:end].
func (s *Scanner) already(from, n, start, end int) bool {
	spans := s.spans[from:n]
	i := sort.Search(len(spans), func(k int) bool { return spans[k].Start > start })
	for k := i - 1; k >= max(0, i-8); k-- {
		if spans[k].End >= end {
			return true
		}
	}
	return false
}
