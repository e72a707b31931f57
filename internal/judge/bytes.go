package judge

// These read bytes against strings without a conversion.

func hasPrefix(v []byte, p string) bool { return len(v) >= len(p) && string(v[:len(p)]) == p }

func hasSuffix(v []byte, s string) bool { return len(v) >= len(s) && string(v[len(v)-len(s):]) == s }

// cutFold cuts prefix, which is lower-case, from v without regard to case.
func cutFold(v []byte, prefix string) ([]byte, bool) {
	if len(v) < len(prefix) {
		return v, false
	}
	for i := range len(prefix) {
		if lowered(v[i]) != prefix[i] {
			return v, false
		}
	}
	return v[len(prefix):], true
}

func lowered(c byte) byte {
	if isUpper(c) {
		c += 'a' - 'A'
	}
	return c
}

func isUpper(c byte) bool  { return c-'A' < 26 }
func isLower(c byte) bool  { return c-'a' < 26 }
func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }
func isHex(c byte) bool    { return isDigit(c) || (c|0x20)-'a' < 6 }

func allHex(v []byte) bool     { return all(v, hexDigit) }
func allDigits(v []byte) bool  { return all(v, digit) }
func oneCaseHex(v []byte) bool { return setOf(v).hex() }
