package match

import (
	"encoding/binary"
	"fmt"
)

// Limits that Compile enforces.
const (
	maxLiterals = 1 << 16
	maxText     = 255     // bytes of one literal
	maxAllText  = 1 << 19 // bytes of all literals together
	maxGate     = 64
	// gateReach is how many of a gate's positions a window may use: beyond
	// them another class position says little new.
	gateReach = 8
)

// pattern is a literal made ready: value and mask of each byte, and the number
// of its gate's class among the matcher's distinct classes.
type pattern struct {
	text  string
	value []byte // text with the bits of mask only
	mask  []byte // 0xdf where a letter is folded, 0xff elsewhere
	fold  bool
	class int // index into Matcher.classes
	min   int
	gate  Class
	// The bits that all of the gate's bytes share, in one byte.
	gateBits masked
}

func newPatterns(lits []Literal) ([]pattern, []Class, error) {
	if len(lits) > maxLiterals {
		return nil, nil, fmt.Errorf("match: %d literals, at most %d", len(lits), maxLiterals)
	}
	pats := make([]pattern, len(lits))
	classes := []Class{anything}
	index := map[Class]int{anything: 0}
	total := 0
	for i, l := range lits {
		n := len(l.Text)
		total += n
		switch {
		case n == 0:
			return nil, nil, fmt.Errorf("match: literal %d is empty", i)
		case n > maxText:
			return nil, nil, fmt.Errorf("match: literal %d has %d bytes, at most %d", i, n, maxText)
		case l.Gate.Min < 0 || l.Gate.Min > maxGate:
			return nil, nil, fmt.Errorf("match: literal %d (%q): gate of %d bytes, want 0 to %d", i, l.Text, l.Gate.Min, maxGate)
		case l.Gate.Min > 0 && l.Gate.Class.Empty():
			return nil, nil, fmt.Errorf("match: literal %d (%q): the gate's class is empty", i, l.Text)
		case total > maxAllText:
			return nil, nil, fmt.Errorf("match: the literals together exceed %d bytes", maxAllText)
		}
		p := pattern{text: l.Text, fold: l.Fold, value: make([]byte, 2*n)}
		p.value, p.mask = p.value[:n:n], p.value[n:]
		folds := false
		for j := range n {
			c, m := l.Text[j], byte(0xff)
			if l.Fold && isLetter(c) {
				m, folds = 0xdf, true
			}
			p.value[j], p.mask[j] = c&m, m
		}
		p.fold = folds
		if l.Gate.Min > 0 {
			k, ok := index[l.Gate.Class]
			if !ok {
				k = len(classes)
				index[l.Gate.Class] = k
				classes = append(classes, l.Gate.Class)
			}
			p.class, p.min, p.gate = k, l.Gate.Min, l.Gate.Class
			p.gateBits = l.Gate.Class.shared()
		}
		pats[i] = p
	}
	return pats, classes, nil
}

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// positions is the number of positions a window may cover: the literal's bytes
// and the first of its gate's.
func (p *pattern) positions() int { return len(p.text) + min(p.min, gateReach) }

// at returns the bytes that may stand at position i; any byte beyond the last.
func (p *pattern) at(i int) Class {
	n := len(p.text)
	switch {
	case i < n:
		var c Class
		c.Add(p.text[i])
		if p.mask[i] == 0xdf {
			c.Add(p.text[i] ^ 0x20)
		}
		return c
	case i < n+p.min:
		return p.gate
	}
	return anything
}

// shared returns which bits are the same in all bytes of the class.
func (c *Class) shared() masked {
	set, clear := uint64(0xff), uint64(0xff)
	for b := range uint64(256) {
		if c.Has(byte(b)) {
			set &= b
			clear &^= b
		}
	}
	return masked{set, set | clear}
}

var anything = Class{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// equal reports whether b begins with the literal.
func (p *pattern) equal(b []byte) bool {
	n := len(p.text)
	if len(b) < n {
		return false
	}
	b = b[:n]
	if !p.fold {
		return string(b) == p.text
	}
	v, m := p.value, p.mask
	if n >= 8 {
		i := 0
		for ; i+8 < n; i += 8 {
			if binary.LittleEndian.Uint64(b[i:])&binary.LittleEndian.Uint64(m[i:]) != binary.LittleEndian.Uint64(v[i:]) {
				return false
			}
		}
		i = n - 8
		return binary.LittleEndian.Uint64(b[i:])&binary.LittleEndian.Uint64(m[i:]) == binary.LittleEndian.Uint64(v[i:])
	}
	for i := range n {
		if b[i]&m[i] != v[i] {
			return false
		}
	}
	return true
}
