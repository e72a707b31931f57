package match

import (
	"errors"
	"fmt"
)

// Class is a set of byte values, bit b of word b/64 standing for byte b.
type Class [4]uint64

// Has reports whether b is in the class.
func (c *Class) Has(b byte) bool { return c[b>>6]>>(b&63)&1 != 0 }

// Add puts b into the class.
func (c *Class) Add(b byte) { c[b>>6] |= 1 << (b & 63) }

// AddRange puts lo, hi and every byte between them into the class.
func (c *Class) AddRange(lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		c.Add(byte(b))
	}
}

// Union puts every byte of d into the class.
func (c *Class) Union(d Class) {
	for i := range c {
		c[i] |= d[i]
	}
}

// Empty reports whether no byte is in the class.
func (c *Class) Empty() bool { return *c == Class{} }

// ParseClass reads a class written as in a regular expression, such as
// [A-Za-z0-9_-]: single bytes and ranges between brackets, with \ before a
// byte that would otherwise be read as syntax. A - that begins or ends the
// class stands for itself. There is no negation.
func ParseClass(s string) (Class, error) {
	var c Class
	if len(s) < 2 || s[0] != '[' || s[len(s)-1] != ']' {
		return c, fmt.Errorf("class %q is not written [...]", s)
	}
	in := s[1 : len(s)-1]
	if in == "" {
		return c, errors.New("class [] holds no byte")
	}
	if in[0] == '^' {
		return c, fmt.Errorf("class %q: negation is not supported", s)
	}
	// one reads the byte at i, which may be escaped.
	one := func(i int) (byte, int, error) {
		switch {
		case in[i] == '\\' && i+1 < len(in):
			return in[i+1], i + 2, nil
		case in[i] == '\\':
			return 0, 0, fmt.Errorf("class %q ends in an open escape", s)
		case in[i] == '[' || in[i] == ']':
			return 0, 0, fmt.Errorf("class %q: %q needs a backslash", s, in[i])
		}
		return in[i], i + 1, nil
	}
	for i := 0; i < len(in); {
		lo, next, err := one(i)
		if err != nil {
			return Class{}, err
		}
		if next+1 < len(in) && in[next] == '-' {
			hi, end, err := one(next + 1)
			if err != nil {
				return Class{}, err
			}
			if hi < lo {
				return Class{}, fmt.Errorf("class %q: range %q-%q is the wrong way round", s, lo, hi)
			}
			c.AddRange(lo, hi)
			i = end
			continue
		}
		c.Add(lo)
		i = next
	}
	return c, nil
}
