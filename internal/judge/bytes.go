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

func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return isLower(c) || isUpper(c) }
func isHex(c byte) bool    { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
func isBase64(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}

// all reports whether v is not empty and every byte passes.
func all(v []byte, pass func(byte) bool) bool {
	for _, c := range v {
		if !pass(c) {
			return false
		}
	}
	return len(v) > 0
}

func allHex(v []byte) bool    { return all(v, isHex) }
func allDigits(v []byte) bool { return all(v, isDigit) }

// oneCaseHex reports hex without a mix of cases.
func oneCaseHex(v []byte) bool {
	var lower, upper bool
	for _, c := range v {
		lower = lower || isLower(c)
		upper = upper || isUpper(c)
	}
	return allHex(v) && !(lower && upper)
}
