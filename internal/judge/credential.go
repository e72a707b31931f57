package judge

// Credential reports whether v looks like a credential: at least 8 bytes of at
// least two classes (lower, upper, digit, other) that are no mask, placeholder,
// reference or benign value, and either look random or mix letters and digits
// with punctuation as passwords do. It is the test for names of medium
// strength. A bare 40-digit hex value passes: under such a name it is more
// often an API key than a commit.
func Credential(v []byte) bool {
	s, ok := credible(v)
	if !ok {
		return false
	}
	t := trim(v)
	if nothing(t) || isPlaceholder(t) {
		return false
	}
	if full, partial := mask(t); full || partial {
		return false
	}
	return !vetoed(v, t, s)
}

// credible makes the cheap tests of Credential: few values get beyond them. It
// returns what occurs in v.
func credible(v []byte) (set, bool) {
	if len(v) < 8 || len(v) > 16<<10 {
		return 0, false
	}
	s := setOf(v)
	n := s.classes()
	return s, n >= 2 && (n >= 3 && s.any(digit) && s.any(^(alnum|joiner)) || keyLike(v))
}

// vetoed reports whether t, which is v without blanks around it, is benign.
func vetoed(v, t []byte, s set) bool {
	if len(t) != len(v) {
		s = setOf(t)
	}
	r := benign(t, s)
	return r != None && r != Commit
}
