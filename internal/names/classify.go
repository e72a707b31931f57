package names

import (
	"bytes"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/cloudflare/ahocorasick"
)

// Classifier judges names. It is safe for concurrent use. Verdicts are kept in
// a cache of bounded size, which holds copies of recent keys.
type Classifier struct {
	tables    *tables
	removed   map[string]bool // compact spelling
	contained *ahocorasick.Matcher
	rules     []rule // of contained, by index
	own       []string

	longest int // bytes of what is known of endings

	seed  maphash.Seed
	cache [cacheSlots]atomic.Pointer[entry]
}

const (
	cacheSlots = 4096 // a power of two
	cacheKey   = 96   // longer keys are not cached
)

type entry struct {
	key     string
	kind    Kind
	verdict Verdict
}

// New returns a Classifier over the built-in tables, changed by extra: later
// entries win.
func New(extra ...Name) (*Classifier, error) {
	c := &Classifier{tables: builtin(), seed: maphash.MakeSeed()}
	if len(extra) > 0 {
		c.tables = c.tables.clone()
		c.removed = make(map[string]bool)
	}
	for _, n := range extra {
		words, compact, err := parseName(n)
		if err != nil {
			return nil, err
		}
		c.tables.forget(compact)
		delete(c.removed, compact)
		if n.Remove {
			c.removed[compact] = true
			continue
		}
		r := rule{strength: n.Strength, class: n.Class}
		c.tables.exact[Attr][compact] = r
		c.tables.suffix[Attr][compact] = r
		c.own = append(c.own, words)
	}
	for _, m := range c.tables.suffix {
		for text := range m {
			c.longest = max(c.longest, len(text))
		}
	}
	for text := range c.tables.benign {
		c.longest = max(c.longest, len(text))
	}
	c.contained, c.rules = c.tables.matcher()
	return c, nil
}

// Classify judges key as read in a place of the given kind. The key is not
// kept beyond a bounded copy in the cache.
func (c *Classifier) Classify(key []byte, kind Kind) Verdict {
	if len(key) > cacheKey {
		return c.classify(key, kind)
	}
	slot := &c.cache[(maphash.Bytes(c.seed, key)+uint64(kind)*0x9e3779b97f4a7c15)%cacheSlots]
	if e := slot.Load(); e != nil && e.kind == kind && e.key == string(key) {
		return e.verdict
	}
	v := c.classify(key, kind)
	slot.Store(&entry{key: string(key), kind: kind, verdict: v})
	return v
}

var splitters = sync.Pool{New: func() any { return new(splitter) }}

func (c *Classifier) classify(key []byte, kind Kind) Verdict {
	if kind == Flag {
		if r, ok := c.tables.literal[string(key)]; ok {
			return r.verdict()
		}
	}
	s := splitters.Get().(*splitter)
	defer splitters.Put(s)
	s.split(key)
	if len(s.starts) == 0 {
		return Verdict{}
	}
	if c.removed[string(s.compact)] {
		return Verdict{Benign: true}
	}
	if r, ok := c.whole(s, kind); ok {
		return r.verdict()
	}
	// The tails that say nothing about the value (password2, API_KEY_PROD,
	// token_value) are taken off one by one.
	for {
		if r, ok := c.ending(s, kind); ok {
			return r.verdict()
		}
		last := s.last()
		if len(s.starts) == 1 || !transparent()[string(last)] && !isNumber(last) {
			return c.inside(s)
		}
		s.drop()
		if len(s.compact) >= 3 {
			if r, ok := c.whole(s, kind); ok {
				return r.verdict()
			}
		}
	}
}

// whole looks for the entire name: what it is in this kind of place or in any,
// then whether it is benign.
func (c *Classifier) whole(s *splitter, kind Kind) (rule, bool) {
	if kind != Attr {
		if r, ok := c.tables.exact[kind][string(s.compact)]; ok {
			return r, true
		}
	}
	if r, ok := c.tables.exact[Attr][string(s.compact)]; ok {
		return r, true
	}
	return rule{benign: true}, c.tables.benign[string(s.compact)]
}

// ending looks for the longest last words that are a known ending, in the
// singular or the plural, then for known endings glued into the last word.
func (c *Classifier) ending(s *splitter, kind Kind) (rule, bool) {
	for _, at := range s.starts {
		text := s.compact[at:]
		if len(text) > c.longest+len("s") {
			continue
		}
		if r, ok := c.suffix(text, kind); ok {
			return r, true
		}
		if c.tables.benign[string(text)] {
			return rule{benign: true}, true
		}
		if one, ok := bytes.CutSuffix(text, []byte("s")); ok && len(one) >= 3 {
			if r, ok := c.suffix(one, kind); ok {
				// A list or a count as often as a value.
				r.strength = min(r.strength, Medium)
				return r, true
			}
		}
	}
	return c.glued(s.last(), kind)
}

func (c *Classifier) suffix(text []byte, kind Kind) (rule, bool) {
	if r, ok := c.tables.suffix[kind][string(text)]; ok {
		return r, true
	}
	r, ok := c.tables.suffix[Attr][string(text)]
	return r, ok
}

// glued handles words written without any separator. A strong ending of six
// letters or more counts behind anything (dbpassword, myclientsecret), and one of
// medium strength from eight (algoliaadminkey), a shorter one only behind a word
// that commonly stands there (dbpass, userpwd): compass, monkey and hairpin end
// in sensitive letters too.
func (c *Classifier) glued(word []byte, kind Kind) (rule, bool) {
	for i := max(1, len(word)-c.longest); i+3 <= len(word); i++ {
		r, ok := c.suffix(word[i:], kind)
		if !ok {
			continue
		}
		n := len(word) - i
		if r.strength == Strong && n >= 6 || r.strength == Medium && n >= 8 || prefixes()[string(word[:i])] {
			return r, true
		}
	}
	// pw is too short to be looked for in general.
	if p, ok := bytes.CutSuffix(word, []byte("pw")); ok && prefixes()[string(p)] {
		return rule{strength: Strong, class: Password}, true
	}
	return c.gluedTail(word, kind)
}

// gluedTail handles a strong name with a tail that says nothing, all in one
// word: passwordnew, APISECRETKEYEU.
func (c *Classifier) gluedTail(word []byte, kind Kind) (rule, bool) {
	for n := 2; n <= longestTail && len(word)-n >= 6; n++ {
		name := word[:len(word)-n]
		if !transparent()[string(word[len(name):])] {
			continue
		}
		for i := max(0, len(name)-c.longest); len(name)-i >= 6; i++ {
			if r, ok := c.suffix(name[i:], kind); ok && r.strength == Strong {
				return r, true
			}
		}
	}
	return rule{}, false
}

const longestTail = len("confirmation")

// inside judges by the words anywhere in a name whose end is not known.
func (c *Classifier) inside(s *splitter) Verdict {
	if metadata()[string(s.last())] && len(s.starts) > 1 {
		return Verdict{Benign: true}
	}
	var best rule
	for _, i := range c.contained.MatchThreadSafe(s.joined) {
		if r := c.rules[i]; r.strength > best.strength {
			best = r
		}
	}
	return best.verdict()
}

func isNumber(w []byte) bool {
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
