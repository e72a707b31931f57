package judge

import "bytes"

// isNumber: digits with sign, separators, exponent, a unit of size or time, or
// 0x and up to 16 hex digits.
func isNumber(v []byte) bool {
	if len(v) == 0 || !(digit | plus | dash | dollar | hash | dot | comma | underline | space).has(v[0]) {
		return false
	}
	if rest, ok := cutFold(v, "0x"); ok {
		return len(rest) <= 16 && allHex(rest)
	}
	i, digits, dots := 0, 0, 0
	for i < len(v) && (v[i] == '+' || v[i] == '-' || v[i] == '$' || v[i] == '#') {
		i++
	}
	for ; i < len(v); i++ {
		if isDigit(v[i]) {
			digits++
		} else if v[i] == '.' {
			dots++
		} else if v[i] != ',' && v[i] != '_' && v[i] != ' ' {
			break
		}
	}
	if digits == 0 || dots > 1 {
		return false
	}
	return i == len(v) || unit(v[i:])
}

// unit: what may follow a number, also durations such as 1h30m after the 1.
func unit(v []byte) bool {
	for len(v) > 0 {
		n := 0
		for n < len(v) && (isLetter(v[n]) || v[n] == '%' || v[n] >= 0x80 || v[n] == '/') {
			n++
		}
		switch string(v[:n]) {
		case "ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "y", "sec", "secs", "min", "mins", "hours", "days", "seconds", "minutes",
			"B", "b", "kB", "KB", "MB", "GB", "TB", "K", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "KiB", "MiB", "GiB", "TiB", "bytes",
			"kb", "mb", "gb", "bit", "bits", "%", "px", "pt", "em", "Hz", "kHz", "MHz", "GHz", "V", "W", "A", "C", "MB/s", "GB/s", "B/s", "x", "e", "E",
			"th", "st", "nd", "rd", "USD", "EUR":
		default:
			return false
		}
		v = v[n:]
		for len(v) > 0 && (isDigit(v[0]) || v[0] == '.' || v[0] == '-' || v[0] == '+') {
			v = v[1:]
		}
	}
	return true
}

// isTime: an ISO 8601 or RFC 3339 date or time, a time of day, or the dates of
// HTTP, mail and syslog.
func isTime(v []byte) bool {
	if len(v) < 5 || len(v) > 40 {
		return false
	}
	digits, seps := 0, 0
	for i := 0; i < len(v); {
		switch c := v[i]; {
		case isDigit(c):
			digits++
			i++
		case timeSeparators.has(c):
			seps++
			i++
		case isLetter(c):
			j := i
			for j < len(v) && isLetter(v[j]) {
				j++
			}
			if !timeWord(v[i:j]) {
				return false
			}
			i = j
		default:
			return false
		}
	}
	return digits >= 3 && seps >= 1 && isDate(v)
}

const timeSeparators = dash | colon | slash | dot | plus | comma | space

func timeWord(w []byte) bool {
	switch string(w) {
	case "T", "Z", "GMT", "UTC", "CET", "CEST", "EST", "EDT", "PST", "PDT", "MST", "CST", "AM", "PM", "am", "pm",
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

// isDate: somewhere dd:dd, dddd-dd, dddd/dd, dd/dd/dddd or a month's name.
func isDate(v []byte) bool {
	for i := range v {
		if i > 0 && i+2 < len(v) && (v[i] == ':' || v[i] == '-' || v[i] == '/') && isDigit(v[i-1]) && isDigit(v[i+1]) && isDigit(v[i+2]) {
			return true
		}
		if i+3 <= len(v) && isUpper(v[i]) && timeWord(v[i:i+3]) {
			return true
		}
	}
	return false
}

// isVersion: v1.2, 1.2.3-rc.1+build, 1.0-SNAPSHOT, a Maven coordinate's tail.
// What follows the numbers must be short or made of words.
func isVersion(v []byte) bool {
	if len(v) > 64 {
		return false
	}
	i := 0
	if len(v) > 0 && (v[0] == 'v' || v[0] == 'V') {
		i++
	}
	dots, digits := 0, 0
	for ; i < len(v); i++ {
		if isDigit(v[i]) {
			digits++
		} else if v[i] == '.' && i+1 < len(v) && isDigit(v[i+1]) && digits > 0 {
			dots++
		} else {
			break
		}
	}
	if dots == 0 || digits < 2 {
		return false
	}
	tail := v[i:]
	if len(tail) == 0 {
		return true
	}
	if tail[0] != '-' && tail[0] != '+' && tail[0] != '.' && !(isLetter(tail[0]) && len(tail) <= 6) {
		return false
	}
	if !all(tail, address) {
		return false
	}
	for len(tail) > 0 {
		var p []byte
		if p, tail = cut(tail, dash|plus|dot|underline); len(p) > 12 && !allDigits(p) && !words().reads(p) && !isCommit(p) {
			return false
		}
	}
	return true
}

// isSequence: characters that step by one or stay, rows of the keyboard, and
// repeats, in runs of at least three that cover all of the value but an eighth.
func isSequence(v []byte) bool {
	if len(v) < 4 || len(v) > 128 { // repeat is quadratic
		return false
	}
	spare := len(v) / 8
	if strangers(v, spare) > spare {
		return false
	}
	for end := len(v); end > 0; {
		n := run(v[:end])
		if n < 3 {
			n = repeat(v[:end])
		}
		if n < 3 {
			if spare--; spare < 0 {
				return false
			}
			n = 1
		}
		end -= n
	}
	return true
}

// strangers counts up to one more than most bytes that can neither be copies,
// as nothing before looks like them, nor in a run, as no step leads to or from
// them.
func strangers(v []byte, most int) int {
	n := 0
	var before uint64
	in := uint8(0)
	for i, c := range v {
		out := uint8(0)
		if i+1 < len(v) {
			out = step(c, v[i+1])
		}
		if in|out == 0 && before>>(c&63)&1 == 0 {
			if n++; n > most {
				break
			}
		}
		before |= 1 << (c & 63)
		in = out
	}
	return n
}

// isPath: begins as paths do, or has two separators or more, and no segment
// looks like a key, except that behind two ordinary segments hashes are common
// (/var/lib/docker/overlay2/<hash>). Base64 may begin with a slash too, so that
// at least one segment must be a word.
func isPath(v []byte) bool {
	rooted := hasPrefix(v, "/") || hasPrefix(v, "~") || hasPrefix(v, "./") || hasPrefix(v, "../") || hasPrefix(v, `\\`) ||
		len(v) > 2 && isLetter(v[0]) && v[1] == ':' && (v[2] == '\\' || v[2] == '/')
	// Without a root, one separator joins two words, and of more at least half
	// of what they join are words.
	seps := bytes.Count(v, []byte("/")) + bytes.Count(v, []byte(`\`))
	most := len(v) // segments that are no words
	if !rooted {
		most = (seps + 1) / 2
		if seps < 2 {
			most = 0
		}
	}
	segments, words := 0, 0
	for rest := v; len(rest) > 0; {
		var p []byte
		if p, rest = cut(rest, slash|backslash); len(p) == 0 {
			continue
		}
		segments++
		switch {
		case isWords(p) || fileName(p):
			words++
		case segments-words > most:
			return false
		case words >= 2 && rooted && (isUUID(p) || oneCaseHex(p)):
		case suspect(p):
			return false
		case len(p) >= 12 && !isNumber(p) && !rooted:
			return false
		}
	}
	return words > 0 && (rooted || seps >= 2 && words*2 >= segments || seps == 1 && words == 2)
}

// fileName: a name made of words and a short extension.
func fileName(v []byte) bool {
	i := bytes.LastIndexByte(v, '.')
	return i >= 0 && len(v)-i <= 8 && all(v[i+1:], alnum) && (i == 0 || isWords(v[:i]))
}

// isObject: dotted lower-case words and a capitalised one (Java, .NET), Foo::Bar
// (C++, Ruby, Rust), with an identity hash, an inner class or a call behind it.
func isObject(v []byte) bool {
	if i := bytes.IndexByte(v, '@'); i > 0 && len(v)-i >= 4 && len(v)-i <= 17 && allHex(v[i+1:]) {
		v = v[:i]
	}
	v = bytes.TrimSuffix(v, []byte("()"))
	v = bytes.TrimPrefix(v, []byte("[L"))
	v = bytes.TrimSuffix(v, []byte(";"))
	dots := bytes.Count(v, []byte(".")) + bytes.Count(v, []byte("::")) + bytes.Count(v, []byte("$"))
	if dots == 0 || !isLetter(v[0]) {
		return false
	}
	for len(v) > 0 {
		var p []byte
		p, v = cut(v, dot|colon|dollar)
		if len(p) > 0 && !isWords(p) && !(len(p) <= 3 && all(p, letter)) && !(len(p) <= 2 && allDigits(p)) {
			return false
		}
	}
	return true
}

// isWords: words and identifiers of any style (camelCase, snake_case, kebab-case,
// sentences). Every run of letters is a word of the list or reads like one;
// between and behind them stand single separators and at most four digits.
// Letters alone are not enough: a random string of letters is no word.
func isWords(v []byte) bool {
	if len(v) > 256 {
		return false
	}
	x := words()
	long, letters, digitRuns := 0, 0, 0
	for i := 0; i < len(v); {
		c := v[i]
		switch {
		case isLetter(c):
			j := wordEnd(v, i)
			w := v[i:j]
			switch {
			case x.reads(w):
				long += len(w)
			case len(w) > 3:
				return false
			}
			letters += len(w)
			if i = j; 3*(letters-long) > letters+len(v)-i {
				return false // too few letters are left
			}
		case isDigit(c):
			j := i
			for j < len(v) && isDigit(v[j]) {
				j++
			}
			if digitRuns++; j-i > 4 {
				return false
			}
			i = j
		case wordJoiners.has(c):
			i++
		default:
			return false
		}
	}
	return long > 0 && long*3 >= letters*2 && digitRuns <= 1+letters/6
}

const wordJoiners = underline | dash | dot | space | comma | quoteOne | colon | slash

// wordEnd returns the end of the word that begins at v[i]: a change from lower
// to upper case ends it, and so does the last of several capitals before a
// lower-case letter.
func wordEnd(v []byte, i int) int {
	j := i + 1
	for j < len(v) && isLetter(v[j]) {
		if isUpper(v[j]) && (isLower(v[j-1]) || j+1 < len(v) && isLower(v[j+1])) {
			break
		}
		j++
	}
	return j
}

// isLabel: numbered things, such as task_1445144423722_0020_m_000008 and
// R00-M0-C:J10. Between separators stand digits alone, words, at most
// three letters, or one letter and up to three digits. Keys mix letters and digits
// more freely.
func isLabel(v []byte) bool {
	if len(v) > 128 {
		return false
	}
	pieces := 0
	for len(v) > 0 {
		var p []byte
		if p, v = cut(v, labelJoiners); len(p) == 0 {
			continue
		}
		pieces++
		letters := index(p, ^letter)
		switch numbers := len(p) - letters; {
		case numbers > 0 && !allDigits(p[letters:]), letters == 1 && numbers > 3, letters > 1 && numbers > 0:
			return false
		case letters > 3 && !isWords(p):
			return false
		}
	}
	return pieces > 1
}

const labelJoiners = underline | dash | colon | dot | slash | pipe | hash | tilde
