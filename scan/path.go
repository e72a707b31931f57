package scan

import (
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
)

// A token in a path has at least so many bytes; shorter ones are ids and names.
const (
	shortestSegment = 20
	longestSegment  = 1 << 10
)

// pathToken decides at a segment of a path that a token follows: the address of
// a password reset, an invitation, a magic link or a hook of one's own. Whoever
// has the address is let in.
func (s *Scanner) pathToken(di int32, hs, he int) {
	t := s.text
	end := he
	for lim := min(len(t), he+longestSegment); end < lim && (lex[t[end]]&isKey != 0 || t[end] == '~' || t[end] == '='); end++ {
	}
	if end == len(t) {
		s.open(he)
	}
	for end > he && t[end-1] == '.' { // of the sentence
		end--
	}
	s.charge(he, end-he)
	v := t[he:end]
	if len(v) < shortestSegment || s.e.marked(t, he, end) {
		return
	}
	if !s.spent(he) && !judge.Credential(v) {
		return
	}
	s.found(di, he, end, finding.Likely, ByConstruct|ByEntropy)
}
