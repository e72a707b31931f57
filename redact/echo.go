package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/inventory/dictionary"
	"github.com/stanch/stanch/scan"
)

// An echo is a value that was redacted where a name or its place told what it is,
// and comes back where nothing does. A stream that listens for echoes remembers
// keyed digests of such values, for so long and so many of them, and redacts the
// values on the lines that follow.

// Echo turns that on. The zero value is off.
type Echo struct {
	TTL time.Duration // how long a value is remembered
	Max int           // values remembered at once; beyond it the oldest goes
}

const (
	defaultEchoTTL = 10 * time.Minute
	defaultEchoMax = 1000

	// leastEcho is the length of the shortest value that is remembered, and
	// mostEcho that of the longest.
	leastEcho = 16
	mostEcho  = 1 << 10
)

// echoes is the memory of one stream. It holds no value: of each it knows a
// keyed hash of the first leastEcho bytes, the length and 128 bits of
// HMAC-SHA-256, all with keys that were drawn for this stream.
type echoes struct {
	Echo
	detectors []detector // that values are numbered by

	k1, k2 uint64
	mac    hash.Hash
	sum    []byte

	filter [1024]uint64 // by heads; has bits of values that are gone until it is made again
	stale  int          // values gone since then
	byHead map[uint64]int32
	ring   []echoed // in the order of their coming, from next on
	next   int
	known  int // values in ring
	swept  time.Time

	scratch dictionary.Scratch
}

// echoed is a value.
type echoed struct {
	head     uint64
	sum      [16]byte
	length   int32
	chain    int32 // the number plus one of another value with the same head
	detector int32
	action   Action
	until    time.Time // zero for a place that is free
}

func newEchoes(o Echo) *echoes {
	var key [sha256.Size + 16]byte
	rand.Read(key[:])
	return &echoes{
		Echo:   o,
		k1:     binary.LittleEndian.Uint64(key[:]),
		k2:     binary.LittleEndian.Uint64(key[8:]),
		mac:    hmac.New(sha256.New, key[16:]),
		byHead: make(map[uint64]int32),
	}
}

// echoClass is what values are made of that are listened for: what has other bytes
// is hardly ever written without quotes.
var echoClass = func() (t [256]bool) {
	for b := range 0x80 {
		t[b] = isAlnum(byte(b))
	}
	for _, b := range []byte("-_.~+/=:@!#$%^&*") {
		t[b] = true
	}
	return t
}()

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// head hashes the first leastEcho bytes of b.
func (m *echoes) head(b []byte) uint64 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^m.k1, binary.LittleEndian.Uint64(b[8:])^m.k2)
	return hi ^ lo
}

func (m *echoes) digest(value []byte) [16]byte {
	m.mac.Reset()
	m.mac.Write(value)
	m.sum = m.mac.Sum(m.sum[:0])
	return [16]byte(m.sum)
}

// learns reports whether a candidate is remembered: it is surely a secret, all of
// it, as it is, more than somebody's guess, and can be found.
func learns(c *candidate, value []byte) bool {
	if !c.action.Redacts() || c.own || c.Entry != 0 || c.Confidence < finding.Certain || !c.whole() || c.Encoding != 0 ||
		len(value) < leastEcho || len(value) > mostEcho {
		return false
	}
	for _, b := range value {
		if !echoClass[b] {
			return false
		}
	}
	return dictionary.HasChange(value) && !judge.Guessable(value, guessable)
}

// remember makes the memory of a stream if its engine asks for one. One that there
// is stays while an engine has the same detectors.
func (r *Redactor) remember() {
	switch ds := r.e.detectors; {
	case !r.e.Echo():
		r.echo = nil
	case r.echo == nil || r.echo.Echo != r.e.echo || &r.echo.detectors[0] != &ds[0]:
		r.echo = newEchoes(r.e.echo)
		r.echo.detectors = ds
	}
}

// listens reports whether there is anything to listen for.
func (r *Redactor) listens() bool { return r.echo != nil && r.echo.known > 0 }

// learn remembers a value, or that it was seen again.
func (m *echoes) learn(c *candidate, value []byte, t time.Time) {
	head, sum := m.head(value), m.digest(value)
	action := c.action
	if action == Partial {
		action = Mask
	}
	for i := m.byHead[head]; i > 0; i = m.ring[i-1].chain {
		if e := &m.ring[i-1]; e.sum == sum {
			e.until, e.detector, e.action = t.Add(m.TTL), c.Detector, action
			return
		}
	}
	if len(m.ring) < m.Max {
		m.ring = append(m.ring, echoed{})
		m.next = len(m.ring) - 1
	}
	m.forget(m.next)
	m.ring[m.next] = echoed{head, sum, int32(len(value)), m.byHead[head], c.Detector, action, t.Add(m.TTL)}
	m.byHead[head] = int32(m.next + 1)
	m.filter[head>>54] |= 1 << (head >> 48 & 63)
	m.known++
	m.next = (m.next + 1) % m.Max
}

// forget frees a place.
func (m *echoes) forget(i int) {
	e := &m.ring[i]
	if e.until.IsZero() {
		return
	}
	at := m.byHead[e.head]
	if at == int32(i+1) {
		if e.chain == 0 {
			delete(m.byHead, e.head)
		} else {
			m.byHead[e.head] = e.chain
		}
	} else {
		for ; m.ring[at-1].chain != int32(i+1); at = m.ring[at-1].chain {
		}
		m.ring[at-1].chain = e.chain
	}
	*e = echoed{}
	m.known--
	if m.stale++; m.stale > m.Max/2 {
		m.stale = 0
		clear(m.filter[:])
		for head := range m.byHead {
			m.filter[head>>54] |= 1 << (head >> 48 & 63)
		}
	}
}

// expire forgets what is too old, from time to time.
func (m *echoes) expire(t time.Time) {
	if t.Sub(m.swept) < m.TTL/8 {
		return
	}
	m.swept = t
	for i := range m.ring {
		if e := &m.ring[i]; !e.until.IsZero() && !t.Before(e.until) {
			m.forget(i)
		}
	}
}

// find calls hear for every value that begins where a word may in text[from:to].
// Only runs of echoClass are looked at in which a rare change of kinds begins.
func (m *echoes) find(text []byte, from, to int, t time.Time, hear func(start, end int, e *echoed)) {
	if m.known == 0 {
		return
	}
	done := from
	for at := range dictionary.Changes(text[from:to], &m.scratch) {
		at += from
		if at < done {
			continue
		}
		start, end := at, at
		for start > done && echoClass[text[start-1]] {
			start--
		}
		for end < to && echoClass[text[end]] {
			end++
		}
		if done = max(end, at+1); end-start >= leastEcho {
			m.inRun(text, start, end, t, hear)
		}
	}
}

// inRun is find for one run of echoClass.
func (m *echoes) inRun(text []byte, start, end int, t time.Time, hear func(start, end int, e *echoed)) {
	inWord := false
	for i := start; i+leastEcho <= end; i++ {
		before := inWord
		if inWord = isAlnum(text[i]); before {
			continue
		}
		head := m.head(text[i:])
		if m.filter[head>>54]>>(head>>48&63)&1 == 0 {
			continue
		}
		for k := m.byHead[head]; k > 0; k = m.ring[k-1].chain {
			e := &m.ring[k-1]
			if to := i + int(e.length); to <= end && t.Before(e.until) && m.digest(text[i:to]) == e.sum {
				hear(i, to, e)
			}
		}
	}
}

// listen adds the echoes in a piece of a stream to the candidates, and remembers
// what the piece teaches: from the end of a value's line on.
func (r *Redactor) listen(text []byte) {
	m, p := r.echo, &r.plan
	t := now()
	m.expire(t)
	n := len(p.candidates)
	hear := func(start, end int, e *echoed) {
		s := scan.Span{Start: start, End: end, Detector: e.detector, Confidence: finding.Certain}
		p.candidates = append(p.candidates, candidate{Span: s, action: e.action, echo: true})
	}
	pos := 0
	for i := range n {
		c := p.candidates[i]
		value := text[c.Start:c.End]
		if !learns(&c, value) {
			continue
		}
		if end := lineAfter(text, c.End-1); end > pos {
			m.find(text, pos, end, t, hear)
			pos = end
		}
		m.learn(&c, value, t)
	}
	m.find(text, pos, len(text), t, hear)
	if len(p.candidates) > n {
		p.order()
	}
}

// Echo reports whether streams redact what earlier lines have taught them. What a
// line becomes then depends on when it came and on what came before: where records
// may have to be worked on again, with the same result, that cannot be.
func (e *Engine) Echo() bool { return e.echo.Max > 0 }
