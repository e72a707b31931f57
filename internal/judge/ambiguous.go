package judge

// Ambiguous reports whether v is written as much data is and as many keys are:
// hex digits of one case, as many as a usual hash has, or a KSUID. Under a name
// that says little it is data.
func Ambiguous(v []byte) bool {
	v = trim(v)
	switch len(v) {
	case 27:
		return isKSUID(v)
	case 32, 40, 56, 64, 96, 128:
		return oneCaseHex(v)
	}
	return false
}

// isKSUID: 27 characters of base 62, of which the first grows with time, 0 to 4
// between 2014 and 2033 (https://github.com/segmentio/ksuid).
func isKSUID(v []byte) bool { return v[0]-'0' < 5 && all(v, alnum) }
