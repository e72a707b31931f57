package scan

// Colours are SGR and EL sequences of ECMA-48, as they are or as a program
// prints them that escapes control bytes: \u001b[33m, \x1b[1;31m, \033[0m,
// \e[m, ^[[0m.
const (
	maxColour = 24 // bytes of parameters
	maxIntro  = 12 // bytes of the escaped ESC, backslashes of deep strings among them
)

// colour returns the length of the colour sequence at t[0], or 0.
func colour(t []byte) int {
	i := colourIntro(t)
	if i == 0 {
		return 0
	}
	for lim := min(len(t), i+maxColour); i < lim; i++ {
		switch c := t[i]; {
		case c == 'm' || c == 'K':
			return i + 1
		case lex[c]&isDigit == 0 && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}

// colourIntro returns the length of ESC and [ at t[0], or 0.
func colourIntro(t []byte) int {
	if len(t) < 3 {
		return 0
	}
	i := 1
	switch t[0] {
	case 0x1b:
	case '^':
		if t[1] != '[' {
			return 0
		}
		i = 2
	case '\\':
		for i < len(t) && i < maxIntro && t[i] == '\\' {
			i++
		}
		n := 0
		for _, form := range [...]string{"u001b", "x1b", "033", "e"} {
			if hasFold(t[i:], form) {
				n = len(form)
				break
			}
		}
		if n == 0 {
			return 0
		}
		i += n
	default:
		return 0
	}
	if i < len(t) && t[i] == '[' {
		return i + 1
	}
	return 0
}

// colours returns the length of all colour sequences at t[0].
func colours(t []byte) (n int) {
	for {
		k := colour(t[n:])
		if k == 0 {
			return n
		}
		n += k
	}
}

// colourBefore returns the length of the colour sequence that ends at pos, or 0.
func colourBefore(t []byte, pos int) int {
	if pos < 3 || t[pos-1] != 'm' && t[pos-1] != 'K' {
		return 0
	}
	i := pos - 1
	for lim := max(0, pos-maxColour); i > lim && (lex[t[i-1]]&isDigit != 0 || t[i-1] == ';' || t[i-1] == ':'); i-- {
	}
	if i == 0 || t[i-1] != '[' {
		return 0
	}
	if i--; i == 0 {
		return 0
	}
	switch {
	case t[i-1] == 0x1b:
		return pos - i + 1
	case t[i-1] == '[' && i > 1 && t[i-2] == '^':
		return pos - i + 2
	}
	for _, form := range [...]string{"u001b", "x1b", "033", "e"} {
		if k := i - len(form); k > 0 && t[k-1] == '\\' && hasFold(t[k:], form) {
			for k > 0 && i-k < maxIntro && t[k-1] == '\\' {
				k--
			}
			return pos - k
		}
	}
	return 0
}
