package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stanch/stanch/redact"
)

// safely returns text as it may be shown to anybody: in one line, without
// secrets, which names of files and arguments may hold as well.
func safely(r *redact.Redactor, text string) string {
	return oneLine(string(r.Append(nil, []byte(text))))
}

// escaped returns s with everything written as \x1b or \u202e that a terminal
// would act on or not show: control bytes, bytes that are no UTF-8, characters
// that turn the direction of writing.
func escaped(s string) string {
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, r < 0x80 && hidden(r):
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case hidden(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func hidden(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }

// oneLine returns an error's text fit for a line of its own.
func oneLine(s string) string {
	return escaped(strings.ReplaceAll(strings.TrimSpace(s), "\n", "; "))
}
