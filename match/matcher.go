package match

import (
	"math"
	"sync"
)

// The placements of a matcher's literals: for VBMI, AVX2 and NEON.
const (
	openSeven = iota
	nibbleTokens
	openNibbles
	placements
)

// Matcher finds the literals given to Compile. It does not change and may be
// used by any number of goroutines.
type Matcher struct {
	pats      []pattern
	classes   []Class // what may stand behind literals; the first is anything
	kernel    Kernel
	places    [placements]func() placement
	filter    *filter           // nil on the plain rung
	automaton func() *automaton // built on first use: SIMD rungs need it for dense blocks only
	maxLen    int
	maxText   int
}

type options struct {
	kernel Kernel
	layout []byte
}

// Option changes what Compile does.
type Option func(*options)

// WithKernel asks for one rung; Compile fails if it is not available.
func WithKernel(k Kernel) Option { return func(o *options) { o.kernel = k } }

// WithLayout gives a placement made by Layout for the same literals, which
// makes Compile many times faster. Layouts of other literals or other versions
// are ignored. The bytes are not kept.
func WithLayout(layout []byte) Option { return func(o *options) { o.layout = layout } }

// Compile readies literals for scanning. The index of a literal in lits is its
// ID in hits; equal literals are all reported. It refuses empty texts, texts
// beyond 255 bytes, more than 65,536 literals or 512 KiB of text, and gates
// beyond 64 bytes or with an empty class.
func Compile(lits []Literal, opts ...Option) (*Matcher, error) {
	var o options
	for _, f := range opts {
		f(&o)
	}
	k, err := resolve(o.kernel)
	if err != nil {
		return nil, err
	}
	pats, classes, err := newPatterns(lits)
	if err != nil {
		return nil, err
	}
	m := &Matcher{pats: pats, classes: classes, kernel: k}
	for i := range pats {
		m.maxText = max(m.maxText, len(pats[i].text))
		m.maxLen = max(m.maxLen, len(pats[i].text)+pats[i].min)
	}
	m.automaton = sync.OnceValue(func() *automaton { return newAutomaton(pats) })
	for i, a := range alphabets {
		if pl, ok := decodeLayout(o.layout, pats, i); ok {
			m.places[i] = func() placement { return pl }
			continue
		}
		m.places[i] = sync.OnceValue(func() placement { return bestPlace(pats, a(), i == nibbleTokens) })
	}
	switch {
	case k == Plain:
		m.automaton()
	case k == VBMI:
		m.filter, err = newFilter(pats, k, m.places[openSeven]())
	case k == AVX2:
		m.filter, err = newFilter(pats, k, m.places[nibbleTokens]())
	default:
		m.filter, err = newFilter(pats, k, m.places[openNibbles]())
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// alphabets are what the placements are made for. A kept layout needs one of
// them at most.
var alphabets = [placements]func() *alphabet{openSeven: sevenBits, nibbleTokens: nibbles, openNibbles: nibbles}

// bestPlace places literals in as many buckets as the kernels have, or in fewer
// when that lets little more pass. It keeps some for tokens, if it may and that
// lets less pass.
func bestPlace(pats []pattern, a *alphabet, tokens bool) placement {
	all := place(pats, a, a.all, false)
	if tokens {
		if some := place(pats, a, a.all, true); some.pass < all.pass-tokenCost {
			all = some
		}
	}
	if all.pass < a.few {
		if few := place(pats, a, fewBuckets, false); few.pass-all.pass < a.few {
			return few
		}
	}
	return all
}

// Kernel returns the rung that scans.
func (m *Matcher) Kernel() Kernel { return m.kernel }

// Layout returns the placement of the literals' windows, for WithLayout. It
// is the same for the same literals on every machine, and takes about six
// bytes for each literal. Some seconds go into a better placement than Compile
// makes without it.
func (m *Matcher) Layout() []byte {
	var all [placements]placement
	for i, a := range alphabets {
		if all[i] = m.places[i](); !all[i].refined {
			all[i] = refine(m.pats, a(), all[i])
		}
	}
	return encodeLayout(m.pats, all[:]...)
}

// MaxLen returns the most bytes that one hit depends on: the greatest sum of a
// literal's length and its gate's.
func (m *Matcher) MaxLen() int { return m.maxLen }

// Scratch is the memory that scanning needs. The zero value is ready; it grows
// to a fixed size. One goroutine may use it at a time, with any matcher.
type Scratch struct {
	cands   []uint16
	many    bool     // candidates in the last step
	masks   []uint64 // of kernels that do not number positions themselves
	endings [lanes][]ending
	runs    []run
	scan    uint32
	tail    [2 * block]byte // a text too short for kernels
	found   [verifyChunk]uint64
	likely  likelies
}

// begin readies s for a scan by m.
func (s *Scratch) begin(m *Matcher) {
	if s.cands == nil && m.kernel != Plain {
		s.cands = make([]uint16, stepMost+candSlack)
		s.masks = newMasks()
	}
	if len(s.runs) < len(m.classes) {
		s.runs = make([]run, len(m.classes))
	}
	if s.scan++; s.scan == 0 {
		clear(s.runs)
		s.scan = 1
	}
}

// Scan appends to dst every occurrence of every literal in buf whose gate holds
// within buf, overlapping ones too, in the order (Start, End, ID), and returns
// the extended slice. It does not keep buf and does not allocate once dst and s
// have grown. A nil s is allowed. It panics if buf has 4 GiB or more.
func (m *Matcher) Scan(dst []Hit, buf []byte, s *Scratch) []Hit {
	dst, _ = m.ScanSome(dst, buf, math.MaxInt, s)
	return dst
}

// ScanSome is Scan for who may not want all hits: with more than most of them it
// stops before the end of buf. It returns how far it went. The hits are those
// that start before that place, and to go on from there is to scan the rest.
func (m *Matcher) ScanSome(dst []Hit, buf []byte, most int, s *Scratch) (hits []Hit, n int) {
	if uint64(len(buf)) > math.MaxUint32 {
		panic("match: Scan of 4 GiB or more")
	}
	if len(m.pats) == 0 || len(buf) == 0 {
		return dst, len(buf)
	}
	if s == nil {
		s = new(Scratch)
	}
	have := len(dst)
	if f := m.filter; f != nil && f.records && len(buf) <= recordMost && len(buf) >= block+over {
		n := record(m.kernel, f, buf, &s.found)
		if n == 0 {
			return dst, len(buf)
		}
		s.begin(m)
		dst = m.closer(dst, buf, s.found[:n], s)
		if len(dst)-have > 1 {
			sortHits(dst[have:])
		}
		return dst, len(buf)
	}
	s.begin(m)
	if m.filter == nil {
		dst, n = m.plain(dst, buf, most, s)
	} else {
		dst, n = m.filtered(dst, buf, most, s)
	}
	if len(dst)-have > 1 {
		sortHits(dst[have:])
	}
	if n < len(buf) {
		for len(dst) > have && int(dst[len(dst)-1].Start) >= n {
			dst = dst[:len(dst)-1]
		}
	}
	return dst, n
}

// enough reports whether what was found up to the place off, with have hits
// before, is more than most. All hits that start before n are then known.
func (m *Matcher) enough(dst []Hit, have, most, off int) (n int, ok bool) {
	n = off - m.maxText
	return n, n > 0 && len(dst)-have > most
}
