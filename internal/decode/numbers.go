package decode

// HexRun returns the bounds of the run of hexadecimal digits around t[at:],
// within [lo, hi). separated says that the pairs of digits have one blank or
// colon between them.
func HexRun(t []byte, at, lo, hi int, separated bool) (start, end int) {
	start, end = at, at
	if separated {
		for start-3 >= lo && between(t[start-1]) && hex2(t[start-3:]) >= 0 && (start-3 == lo || unhex(t[start-4]) < 0) {
			start -= 3
		}
		for end+2 <= hi && hex2(t[end:]) >= 0 && (end+2 >= len(t) || unhex(t[end+2]) < 0) {
			end += 2
			if end+3 > hi || !between(t[end]) || hex2(t[end+1:]) < 0 {
				break
			}
			end++
		}
		return start, end
	}
	for start > lo && unhex(t[start-1]) >= 0 {
		start--
	}
	for end < hi && unhex(t[end]) >= 0 {
		end++
	}
	return start, end
}

func between(c byte) bool { return c == ' ' || c == ':' }

// AppendHex appends the bytes that the pairs of digits in run stand for. What
// is between pairs is left out, and so is a lone digit.
func AppendHex(dst, run []byte) []byte {
	for i := 0; i+1 < len(run); {
		if v := hex2(run[i:]); v >= 0 {
			dst = append(dst, byte(v))
			i += 2
			continue
		}
		i++
	}
	return dst
}

// AppendDecimal appends the bytes that a list of numbers stands for, decimal
// or with 0x, with blanks or commas between them, and returns where the list
// ends: at the first byte that is neither.
func AppendDecimal(dst, list []byte) (out []byte, end int) {
	i := 0
	for i < len(list) {
		for i < len(list) && (list[i] == ' ' || list[i] == ',') {
			i++
		}
		from, v := i, 0
		if i+2 < len(list) && list[i] == '0' && list[i+1]|0x20 == 'x' {
			i += 2
			for i < len(list) && i-from < 4 && unhex(list[i]) >= 0 {
				v = v<<4 | unhex(list[i])
				i++
			}
			if i == from+2 {
				return dst, from
			}
		} else {
			for i < len(list) && i-from < 4 && list[i]-'0' < 10 {
				v = v*10 + int(list[i]-'0')
				i++
			}
		}
		if i == from || v > 255 || i < len(list) && list[i]-'0' < 10 {
			return dst, from
		}
		dst = append(dst, byte(v))
		if i < len(list) && list[i] != ' ' && list[i] != ',' {
			return dst, i
		}
	}
	return dst, i
}
