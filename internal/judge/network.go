package judge

import "bytes"

// isURL: scheme://host with neither userinfo nor a part that looks like a key:
// every segment of the path and every value of the query must look like text,
// a number or an id.
func isURL(v []byte) bool {
	at := bytes.Index(v, []byte("://"))
	if at < 2 || at > 24 || !all(v[:at], lower|digit|plus|colon|dash) {
		return false
	}
	rest := v[at+3:]
	for _, c := range rest {
		if c <= ' ' || c == '"' || c == '<' || c == '>' {
			return false
		}
	}
	authority, tail := rest, []byte(nil)
	if i := index(rest, slash|question|hash); i < len(rest) {
		authority, tail = rest[:i], rest[i:]
	}
	if bytes.IndexByte(authority, '@') >= 0 {
		return false
	}
	return segmentsLikeNames(tail)
}

// segmentsLikeNames cuts v at the separators of paths and queries and reports
// whether no piece looks like a key.
func segmentsLikeNames(v []byte) bool {
	for len(v) > 0 {
		var piece []byte
		if piece, v = cut(v, slash|question|ampersand|equals|hash|semicolon|comma|colon); suspect(piece) {
			return false
		}
	}
	return true
}

// suspect reports whether a piece of a path or URL could be a key.
func suspect(v []byte) bool {
	return len(v) >= 12 && keyLike(v) && !isNumber(v) && !isUUID(v) && !isVersion(v) && !isTime(v) && !isDigest(v) && !isWords(v) && !isLabel(v)
}

// isEmail: one @ between a local part and a domain name with a TLD of letters.
func isEmail(v []byte) bool {
	local, domain, ok := bytes.Cut(v, []byte("@"))
	if !ok || len(local) == 0 || len(local) > 64 || !all(local, alnum|dot|underline|dash|plus) {
		return false
	}
	return domainName(domain) && !suspect(local)
}

// domainName: at least two labels of RFC 1123, the last of two letters or more,
// none that looks like a key.
func domainName(v []byte) bool {
	if len(v) < 4 || len(v) > 253 {
		return false
	}
	labels := 0
	for {
		i := bytes.IndexByte(v, '.')
		label := v
		if i >= 0 {
			label = v[:i]
		}
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			!all(label, lower|digit|dash|underline) || suspect(label) {
			return false
		}
		labels++
		if i < 0 {
			return labels >= 2 && len(label) >= 2 && all(label, lower)
		}
		v = v[i+1:]
	}
}

// isHost: a domain name, or a single name, with an optional port; several may
// be joined by commas.
func isHost(v []byte) bool {
	v = bytes.TrimRight(v, ":") // of a list of options that are all empty
	if len(v) == 0 {
		return false
	}
	for len(v) > 0 {
		one, rest, more := bytes.Cut(v, []byte(","))
		if more && len(rest) == 0 {
			return false
		}
		name, port, hasPort := bytes.Cut(one, []byte(":"))
		if hasPort && (len(port) > 5 || !allDigits(port)) {
			return false
		}
		if !domainName(name) && !isIP(name) && !(hasPort && isWords(name)) {
			return false
		}
		v = rest
	}
	return true
}

// isIP: an IPv4 or IPv6 address with an optional prefix length or port.
func isIP(v []byte) bool {
	if len(v) < 2 || len(v) > 64 {
		return false
	}
	if v[0] == '[' {
		in, port, ok := bytes.Cut(v[1:], []byte("]"))
		return ok && ipv6(in) && (len(port) == 0 || port[0] == ':' && allDigits(port[1:]) && len(port) <= 6)
	}
	if i := bytes.IndexByte(v, '/'); i > 0 {
		if n := v[i+1:]; len(n) > 3 || !allDigits(n) {
			return ipv4(n) && ipv4(v[:i])
		}
		v = v[:i]
	}
	if ipv6(v) {
		return true
	}
	if i := bytes.IndexByte(v, ':'); i > 0 && allDigits(v[i+1:]) && len(v)-i <= 6 {
		v = v[:i]
	}
	return ipv4(v)
}

func ipv4(v []byte) bool {
	dots, n, digits := 0, 0, 0
	for _, c := range v {
		switch {
		case isDigit(c):
			n = n*10 + int(c-'0')
			if digits++; digits > 3 || n > 255 {
				return false
			}
		case c == '.' && digits > 0:
			dots++
			n, digits = 0, 0
		default:
			return false
		}
	}
	return dots == 3 && digits > 0
}

func ipv6(v []byte) bool {
	if i := bytes.IndexByte(v, '%'); i > 0 {
		v = v[:i]
	}
	if len(v) < 2 || len(v) > 45 {
		return false
	}
	groups, double := 0, false
	for i := 0; i < len(v); {
		if v[i] == ':' {
			if i+1 < len(v) && v[i+1] == ':' {
				if double {
					return false
				}
				double = true
				i += 2
				continue
			}
			if i == 0 || i == len(v)-1 {
				return false
			}
			i++
			continue
		}
		j := i
		for j < len(v) && isHex(v[j]) {
			j++
		}
		if j < len(v) && v[j] == '.' {
			return ipv4(v[i:]) && (double && groups <= 6 || groups == 6)
		}
		if j == i || j-i > 4 || j < len(v) && v[j] != ':' {
			return false
		}
		groups++
		i = j
	}
	return groups == 8 && !double || double && groups <= 7
}

// isMAC: six or eight pairs of hex digits joined by colons or dashes, or three
// groups of four joined by dots.
func isMAC(v []byte) bool {
	switch len(v) {
	case 17, 23:
		return hexGroups(v, 2, ':') || hexGroups(v, 2, '-')
	case 14:
		return hexGroups(v, 4, '.')
	}
	return false
}
