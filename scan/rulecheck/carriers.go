package rulecheck

import (
	"encoding/json"
	"strings"
)

// carrier embeds an example and says where its secret comes to stand. ok is
// false where the example cannot be written in the carrier without encoding.
type carrier struct {
	name  string
	embed func(text string, from, to int) (in string, a, b int, ok bool)
}

var carriers = []carrier{
	{"bare text", func(t string, a, b int) (string, int, int, bool) { return t, a, b, true }},
	{"a log line", around("2026-03-01T10:20:30.123Z INFO [main] ", " ok\n", line)},
	{"a JSON string", func(t string, a, b int) (string, int, int, bool) {
		return quoted(`{"level":"info","msg":"`, t, a, b, `","n":1}`)
	}},
	{"JSON in a JSON string", func(t string, a, b int) (string, int, int, bool) {
		in, a, b, ok := quoted(`{"msg":"`, t, a, b, `","n":1}`)
		if !ok {
			return "", 0, 0, false
		}
		return quoted(`{"log":"`, in, a, b, `","stream":"stdout"}`)
	}},
	{"logfmt", func(t string, a, b int) (string, int, int, bool) { return quoted(`level=info msg="`, t, a, b, `" n=1`) }},
	{"a URL query", around("GET /cb?state=1&x=", "&y=2 HTTP/1.1", unreserved)},
	{"prose", around("Using ", " for the request.", line)},
}

// byLines tells the constructs that begin a line of their own and go on with
// the next ones. They are looked for as files and dialogues have them.
func byLines(structure string) bool { return structure == "netrc" || structure == "smtp-login" }

func around(before, after string, fits func(string) bool) func(string, int, int) (string, int, int, bool) {
	return func(t string, a, b int) (string, int, int, bool) {
		return before + t + after, a + len(before), b + len(before), fits(t)
	}
}

// quoted writes t as the inside of a JSON string, which is that of logfmt as well.
func quoted(before, t string, a, b int, after string) (string, int, int, bool) {
	head, in, tail := escape(t[:a]), escape(t[a:b]), escape(t[b:])
	from := len(before) + len(head)
	return before + head + in + tail + after, from, from + len(in), true
}

func escape(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return s
	}
	return strings.TrimSuffix(b.String(), "\"\n")[1:]
}

// line accepts what fits into one line.
func line(t string) bool { return !strings.ContainsAny(t, "\r\n") }

// unreserved accepts what a query holds unencoded (RFC 3986, 2.3).
func unreserved(t string) bool {
	for i := range len(t) {
		c := t[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-._~", rune(c)) {
			return false
		}
	}
	return true
}
