package detectors

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stanch/stanch/match"
)

// maxShape is the most bytes a shape may describe: what an engine has to hold
// back while a match is open stays bounded by it.
const maxShape = 4096

// ParseShape reads a shape: a sequence of items, each a class ([A-Za-z0-9_-])
// or one byte, with an optional quantifier {n}, {n,m} or ?. One pair of
// parentheses around whole items marks the secret part. A backslash makes the
// byte after it an ordinary one.
//
// A shape never needs to try again: after a run of variable length the bytes
// that may follow are disjoint from it. ParseShape refuses a shape without
// that property, and one longer than 4096 bytes.
func ParseShape(source string) (*Shape, error) {
	s := &Shape{Source: source}
	opened, closed := false, false
	for i := 0; i < len(source); {
		switch source[i] {
		case '(':
			if opened {
				return nil, shapeError(source, i, "a second (: only one part can be the secret")
			}
			opened = true
			s.SecretFrom = len(s.Items)
			i++
			continue
		case ')':
			if !opened || closed {
				return nil, shapeError(source, i, "a ) without its (")
			}
			if len(s.Items) == s.SecretFrom {
				return nil, shapeError(source, i, "nothing between the parentheses")
			}
			closed = true
			s.SecretTo = len(s.Items)
			i++
			if i < len(source) && (source[i] == '{' || source[i] == '?') {
				return nil, shapeError(source, i, "a quantifier follows an item, not a group")
			}
			continue
		}
		var it Item
		var err error
		at := i
		if it.Class, i, err = parseItemClass(source, i); err != nil {
			return nil, err
		}
		if it.Min, it.Max, i, err = parseQuantifier(source, i); err != nil {
			return nil, err
		}
		s.Items = append(s.Items, it)
		s.Min += it.Min
		s.Max += it.Max
		if s.Max > maxShape {
			return nil, shapeError(source, at, fmt.Sprintf("the shape grows over %d bytes", maxShape))
		}
	}
	if opened && !closed {
		return nil, shapeError(source, len(source), "a ( without its )")
	}
	if s.Min == 0 {
		return nil, shapeError(source, 0, "a shape needs at least one byte")
	}
	if err := s.deterministic(); err != nil {
		return nil, err
	}
	return s, nil
}

// ParseClass reads a class such as [A-Za-z0-9_-]. Inside the brackets a
// backslash makes ], \, - and ^ ordinary bytes; a - at either end is ordinary too.
func ParseClass(source string) (match.Class, error) {
	if source == "" || source[0] != '[' {
		return match.Class{}, shapeError(source, 0, "a class begins with [")
	}
	c, end, err := parseClass(source, 0)
	if err == nil && end != len(source) {
		err = shapeError(source, end, "bytes after the class")
	}
	return c, err
}

func shapeError(source string, at int, why string) error {
	return fmt.Errorf("shape %q, byte %d: %s", source, at+1, why)
}

// parseItemClass reads the class or the single byte that begins at i.
func parseItemClass(source string, i int) (c match.Class, end int, err error) {
	switch b := source[i]; {
	case b == '[':
		return parseClass(source, i)
	case b == '\\':
		if b, i, err = parseEscape(source, i); err != nil {
			return c, i, err
		}
		add(&c, b, b)
		return c, i, nil
	case strings.IndexByte("]{}*+?|", b) >= 0:
		return c, i, shapeError(source, i, fmt.Sprintf("%q cannot stand here; write \\%c for the byte itself (runs are bounded: {n}, {n,m} or ?)", b, b))
	case b < 0x20 || b >= 0x7f:
		return c, i, shapeError(source, i, "only printable ASCII")
	default:
		add(&c, b, b)
		return c, i + 1, nil
	}
}

// parseEscape reads the backslash at i and the byte it makes ordinary. Letters
// and digits are refused: \d and \n mean something else in regular expressions.
func parseEscape(source string, i int) (b byte, end int, err error) {
	if i+1 == len(source) {
		return 0, i, shapeError(source, i, "nothing after the backslash")
	}
	b = source[i+1]
	if b <= 0x20 || b >= 0x7f || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' {
		return 0, i, shapeError(source, i, "a backslash stands before a punctuation byte only")
	}
	return b, i + 2, nil
}

func parseClass(source string, start int) (c match.Class, end int, err error) {
	i := start + 1
	if i < len(source) && source[i] == '^' {
		return c, i, shapeError(source, i, "no negated classes; write \\^ for the byte itself")
	}
	one := func() (byte, error) {
		b := source[i]
		switch {
		case b == '\\':
			b, next, err := parseEscape(source, i)
			i = next
			return b, err
		case b < 0x20 || b >= 0x7f:
			return 0, shapeError(source, i, "only printable ASCII")
		}
		i++
		return b, nil
	}
	for i < len(source) && source[i] != ']' {
		from := i
		lo, err := one()
		if err != nil {
			return c, i, err
		}
		hi := lo
		if i+1 < len(source) && source[i] == '-' && source[i+1] != ']' {
			i++
			if hi, err = one(); err != nil {
				return c, i, err
			}
			if hi < lo {
				return c, i, shapeError(source, from, "the range is upside down")
			}
		}
		add(&c, lo, hi)
	}
	if i == len(source) {
		return c, i, shapeError(source, start, "a [ without its ]")
	}
	if c == (match.Class{}) {
		return c, i, shapeError(source, start, "an empty class")
	}
	return c, i + 1, nil
}

func add(c *match.Class, lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		c[b>>6] |= 1 << (b & 63)
	}
}

// parseQuantifier reads {n}, {n,m}, ? or nothing at i.
func parseQuantifier(source string, i int) (lo, hi, end int, err error) {
	if i == len(source) {
		return 1, 1, i, nil
	}
	switch source[i] {
	case '?':
		return 0, 1, i + 1, nil
	case '{':
	default:
		return 1, 1, i, nil
	}
	closing := strings.IndexByte(source[i:], '}')
	if closing < 0 {
		return 0, 0, i, shapeError(source, i, "a { without its }")
	}
	least, most, ranged := strings.Cut(source[i+1:i+closing], ",")
	if !ranged {
		most = least
	}
	if lo, err = parseCount(least); err == nil {
		hi, err = parseCount(most)
	}
	switch {
	case err != nil:
		return 0, 0, i, shapeError(source, i, err.Error())
	case hi < lo || hi == 0:
		return 0, 0, i, shapeError(source, i, "the quantifier allows no length")
	}
	return lo, hi, i + closing + 1, nil
}

func parseCount(s string) (int, error) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > maxShape {
			return 0, errors.New("a quantifier is {n} or {n,m}, with numbers up to 4096")
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" || n > maxShape {
		return 0, errors.New("a quantifier is {n} or {n,m}, with numbers up to 4096")
	}
	return n, nil
}

// deterministic holds when no run of variable length shares a byte with
// anything that may come right after it.
func (s *Shape) deterministic() error {
	for i := range s.Items {
		if s.Items[i].Min == s.Items[i].Max {
			continue
		}
		for j := i + 1; j < len(s.Items); j++ {
			if overlap(&s.Items[i].Class, &s.Items[j].Class) {
				return fmt.Errorf("shape %q: item %d has a variable length and shares bytes with item %d after it; use kind regex", s.Source, i+1, j+1)
			}
			if s.Items[j].Min > 0 {
				break
			}
		}
	}
	return nil
}

// deterministicBackward is deterministic for reading from the end.
func (s *Shape) deterministicBackward() error {
	for i := len(s.Items) - 1; i >= 0; i-- {
		if s.Items[i].Min == s.Items[i].Max {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if overlap(&s.Items[i].Class, &s.Items[j].Class) {
				return fmt.Errorf("shape %q is read from its end: item %d has a variable length and shares bytes with item %d before it; use kind regex", s.Source, i+1, j+1)
			}
			if s.Items[j].Min > 0 {
				break
			}
		}
	}
	return nil
}

func overlap(a, b *match.Class) bool {
	return a[0]&b[0]|a[1]&b[1]|a[2]&b[2]|a[3]&b[3] != 0
}

// Tail is the class of the last item that takes at least one byte: the class
// that must not go on behind a match.
func (s *Shape) Tail() *match.Class {
	for i := len(s.Items) - 1; i > 0; i-- {
		if s.Items[i].Min > 0 {
			return &s.Items[i].Class
		}
	}
	return &s.Items[0].Class
}

// Match reports whether the shape begins at b[from], looking at no byte from
// limit on. b[from:end] is the longest match; b[secretStart:secretEnd] its part
// in parentheses, or all of it. open says that the bytes ran out before the
// question was settled: with more of them the match could begin to hold or
// could grow. What follows a match of full length is for the caller to judge.
func (s *Shape) Match(b []byte, from, limit int) (end, secretStart, secretEnd int, ok, open bool) {
	it := &s.Items[0]
	p := from
	for n := min(p+it.Max, limit); p < n && it.Class.Has(b[p]); {
		p++
	}
	return s.MatchRest(b, from, p-from, limit)
}

// MatchRest is Match where it is known that b[from:from+first] and no more is
// what the first item takes.
func (s *Shape) MatchRest(b []byte, from, first, limit int) (end, secretStart, secretEnd int, ok, open bool) {
	b = b[:limit]
	p := from + first
	for i := range s.Items {
		it := &s.Items[i]
		start := p
		if i == 0 {
			start = from
		} else {
			for n := min(p+it.Max, len(b)); p < n && it.Class.Has(b[p]); {
				p++
			}
		}
		if i == s.SecretFrom {
			secretStart = start
		}
		if p-start < it.Min {
			return p, 0, 0, false, p == limit
		}
		open = open || p == limit && p-start < it.Max
		if i+1 == s.SecretTo {
			secretEnd = p
		}
	}
	if s.SecretFrom == s.SecretTo {
		secretStart, secretEnd = from, p
	}
	return p, secretStart, secretEnd, true, open
}

// MatchBackward is Match for a shape that must end at b[to-1], looking at no
// byte before limit: b[start:to] is the longest match. The shape must be one
// that Load accepted for before.
func (s *Shape) MatchBackward(b []byte, to, limit int) (start, secretStart, secretEnd int, ok bool) {
	it := &s.Items[len(s.Items)-1]
	p := to
	for n := max(p-it.Max, limit); p > n && it.Class.Has(b[p-1]); {
		p--
	}
	return s.MatchRestBackward(b, to, to-p, limit)
}

// MatchRestBackward is MatchBackward where it is known that b[to-last:to] and
// no more is what the last item takes.
func (s *Shape) MatchRestBackward(b []byte, to, last, limit int) (start, secretStart, secretEnd int, ok bool) {
	p := to - last
	for i := len(s.Items) - 1; i >= 0; i-- {
		it := &s.Items[i]
		stop := p
		if i == len(s.Items)-1 {
			stop = to
		} else {
			for n := max(p-it.Max, limit); p > n && it.Class.Has(b[p-1]); {
				p--
			}
		}
		if i+1 == s.SecretTo {
			secretEnd = stop
		}
		if stop-p < it.Min {
			return p, 0, 0, false
		}
		if i == s.SecretFrom {
			secretStart = p
		}
	}
	if s.SecretFrom == s.SecretTo {
		secretStart, secretEnd = p, to
	}
	return p, secretStart, secretEnd, true
}
