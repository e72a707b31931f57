package scan

const maxWrapper = 48 // bytes of a type or constructor around a value

// wrapper skips what may stand between a separator at t[:i] and a value: the
// prefix of a string literal, the constructor of what holds the value.
func (s *Scanner) wrapper(i int) int {
	t := s.text
	for range 3 { // Some(Secret("…"))
		k := s.construct(i)
		if k == i {
			break
		}
		i = k
	}
	if i+2 < len(t) && t[i] == '<' && t[i+1] == '<' && (t[i+2] == '"' || t[i+2] == '\\') { // <<"…">> of Erlang
		return i + 2
	}
	return i + s.stringPrefix(i, min(len(t), i+maxGlue))
}

// construct skips the opening of what wraps a value where it is printed:
// Some("…"), Secret('…'), Optional[…], Secret { inner: "…" }.
func (s *Scanner) construct(i int) int {
	t, k := s.text, i
	last := i
	for lim := min(len(t), i+maxWrapper); k < lim && (lex[t[k]]&isWord != 0 || t[k] == ':' || t[k] == '.'); k++ {
		if t[k] == ':' || t[k] == '.' {
			last = k + 1
		}
	}
	if k+1 >= len(t) || t[k] != '(' && t[k] != '[' && t[k] != ' ' && t[k] != '{' {
		return i
	}
	word := t[last:k]
	bare := false
	switch string(word) {
	case "Some", "Just", "Optional":
		bare = true
	case "Ok", "Right", "Secret", "SecretStr", "SecretString", "SecretBytes", "SecretBox", "SecretValue", "Sensitive", "Protected",
		"Password", "PASSWORD", "Token", "ApiKey", "String", "StringValue", "NullString", "Zeroizing", "Owned", "Borrowed", "Value",
		"str", "bytes", "string", "password", "quote":
	case "":
		if t[k] != '{' { // { value: "…" }
			return i
		}
	default:
		return i
	}
	switch t[k] {
	case '(', '[':
		k++
		if bare && t[k] != '(' && t[k] != '[' || k < len(t) && (lex[t[k]]&isQuote != 0 || t[k] == '\\' || s.stringPrefix(k, min(len(t), k+3)) > 0 || s.construct(k) > k) {
			return k
		}
	case ' ', '{':
		for k < len(t) && t[k] == ' ' && k < i+maxWrapper {
			k++
		}
		if k == len(t) || t[k] != '{' {
			return i
		}
		for k++; k < len(t) && t[k] == ' ' && k < i+maxWrapper; k++ {
		}
		from := k
		for k < len(t) && k < i+maxWrapper && lex[t[k]]&isWord != 0 {
			k++
		}
		if len(word) == 0 && string(t[from:k]) != "value" {
			return i
		}
		if k == from || k+2 >= len(t) || t[k] != ':' || t[k+1] != ' ' {
			return i
		}
		k += 2
		if lex[t[k]]&isQuote != 0 || t[k] == '\\' || s.construct(k) > k {
			return k
		}
	}
	return i
}
