package automaton

import (
	"encoding/binary"
	"regexp/syntax"
	"sync"
	"sync/atomic"
)

type machineKey struct {
	tree string // as appendTree writes it
	shape
}

// appendTree writes a tree without captures so that trees written alike
// compile alike. (Regexp.String would do, but folds every rune of a class.)
func appendTree(b []byte, re *syntax.Regexp) []byte {
	flags := re.Flags & (syntax.FoldCase | syntax.NonGreedy)
	b = append(b, byte(re.Op), byte(flags))
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		b = binary.AppendUvarint(b, uint64(len(re.Rune)))
		for _, r := range re.Rune {
			b = binary.AppendUvarint(b, uint64(r))
		}
	case syntax.OpRepeat:
		b = binary.AppendVarint(b, int64(re.Min))
		b = binary.AppendVarint(b, int64(re.Max))
	}
	b = binary.AppendUvarint(b, uint64(len(re.Sub)))
	for _, s := range re.Sub {
		b = appendTree(b, s)
	}
	return b
}

// machine is a part of a rule, compiled on first use.
type machine struct {
	cache cache
	ready atomic.Bool
	once  sync.Once
	re    *syntax.Regexp
	shape shape
	space *space
}

func (m *machine) get() *cache {
	if m.ready.Load() {
		return &m.cache
	}
	return m.compiled()
}

func (m *machine) compiled() *cache {
	m.once.Do(func() {
		p, err := compile(m.re, m.shape)
		if err != nil {
			panic("automaton: part of an accepted rule: " + err.Error())
		}
		m.cache.init(m.space, p)
		m.ready.Store(true)
	})
	return &m.cache
}

// shared returns the machine of a part that other rules may have as well.
func (s *Set) shared(re *syntax.Regexp, sh shape) *machine {
	k := machineKey{string(appendTree(nil, re)), sh}
	m := s.machines[k]
	if m == nil {
		m = s.machine(re, sh)
		s.machines[k] = m
	}
	return m
}

func (s *Set) machine(re *syntax.Regexp, sh shape) *machine {
	return &machine{re: re, shape: sh, space: s.space}
}
