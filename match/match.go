package match

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
