package judge

// Nothing reports whether v, as a whole, is an empty value, a boolean or a
// single bit in one of the spellings of common languages and formats.
func Nothing(v []byte) bool { return nothing(trim(v)) }

func nothing(v []byte) bool {
	if len(v) > len("undefined") && (len(v) > len("(known after apply)") || v[0] != '(' && v[0] != '<') {
		return false
	}
	var buf [24]byte
	switch string(fold(buf[:0], v)) {
	case "", `""`, "''", "``", "-", "--", "[]", "{}", "()", "<>",
		"null", "nil", "none", "undefined", "nan", "n/a", "na",
		"(null)", "(nil)", "(none)", "(empty)", "(unset)", "(not set)", "(undefined)",
		"<null>", "<nil>", "<none>", "<empty>", "<unset>", "<not set>", "<undefined>",
		"[null]", "[none]", "[empty]",
		"(known after apply)", "?",
		"true", "false", "yes", "no", "on", "off", "0", "1":
		return true
	}
	return false
}

// fold appends v to dst with ASCII capitals lowered, up to dst's capacity.
func fold(dst, v []byte) []byte {
	dst = dst[:min(len(v), cap(dst))]
	for i := range dst {
		dst[i] = lowered(v[i])
	}
	return dst
}
