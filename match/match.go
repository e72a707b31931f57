// Package match finds every occurrence of many literals in one pass over bytes.
// It knows nothing of secrets.
package match

// Class is a set of byte values, bit b of word b/64 standing for byte b.
type Class [4]uint64

// Has reports whether b is in the class.
func (c *Class) Has(b byte) bool { return c[b>>6]>>(b&63)&1 != 0 }

// Literal is a string to look for. Text must not be empty.
type Literal struct {
	Text string
	// Fold matches ASCII letters in either case; bytes >= 0x80 match exactly.
	Fold bool
	// Gate, when Min > 0, drops occurrences not followed directly by at least
	// Min bytes of Class (Min <= 64).
	Gate Gate
}

// Gate is a class run that must follow a literal.
type Gate struct {
	Class Class
	Min   int
}

// Hit is one occurrence: bytes [Start, End) of the scanned buffer equal the
// literal with index ID in the slice given to Compile. The gate's bytes lie
// after End.
type Hit struct {
	Start, End uint32
	ID         uint32
}
