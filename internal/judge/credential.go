package judge

// Credential reports whether v looks like a credential: at least 8 bytes of at
// least two classes (lower, upper, digit, other) that are no mask, placeholder,
// reference or benign value, and either look random or mix letters and digits
// with punctuation as passwords do. It is the test for names of medium
// strength. A bare 40-digit hex value passes: under such a name it is more
// often an API key than a commit.
func Credential(v []byte) bool {
	if len(v) < 8 || len(v) > 16<<10 {
		return false
	}
	// The cheap tests come first: few values get beyond them.
	n, symbol := classes(v)
	if n < 2 || Random(v) < 0.5 && !(n >= 3 && symbol && hasDigit(v)) {
		return false
	}
	if Nothing(v) || Placeholder(v) {
		return false
	}
	if full, partial := Mask(v); full || partial {
		return false
	}
	r := Benign(v)
	return r == None || r == Commit
}

// classes counts the character classes in v and reports whether there is
// punctuation other than what joins words and paths.
func classes(v []byte) (n int, symbol bool) {
	var lower, upper, digit, other int
	for _, c := range v {
		switch {
		case isLower(c):
			lower = 1
		case isUpper(c):
			upper = 1
		case isDigit(c):
			digit = 1
		default:
			other = 1
			switch c {
			case '-', '_', '.', '/', ':', ',', ' ', '(', ')', '[', ']', '{', '}', '"', '\'', '<', '>', '=', ';', '\\', '\t', '\n', '\r':
			default:
				symbol = true
			}
		}
	}
	return lower + upper + digit + other, symbol
}

func hasDigit(v []byte) bool {
	for _, c := range v {
		if isDigit(c) {
			return true
		}
	}
	return false
}
