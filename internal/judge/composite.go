package judge

// Composite reports whether v is put together, with slashes, colons, dots, bars
// or dashes, from words, numbers, digests and UUIDs, as keys of caches and
// objects are: builds/shop/3f2a….tar.gz, user:42:profile. Under a weak name that
// is data however random the digest in it looks.
func Composite(v []byte) bool {
	const separators = slash | colon | dot | dash | pipe | at | hash | equals
	words, parts := 0, 0
	for i := 0; i < len(v); {
		j := i
		for j < len(v) && !separators.has(v[j]) {
			j++
		}
		part := v[i:j]
		i = j + 1
		if len(part) == 0 {
			continue
		}
		parts++
		s := setOf(part)
		switch {
		case !s.within(alnum | underline):
			return false
		case s.within(digit) || len(part) >= 7 && s.hex() || len(part) <= 4:
		case keyLike(part):
			return false
		}
		if len(part) >= 3 && s.within(letter) && !s.hex() && !keyLike(part) {
			words++
		}
	}
	return parts > 1 && words > 0
}
