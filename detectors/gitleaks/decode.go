package gitleaks

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// Gitleaks applies its rules to a text, then to the text with what looks encoded
// decoded in its place, and so on; of each further pass only matches count that
// touch what was decoded in it (gitleaks 8.30, detect/codec). This is that.

// encodings are the ways to write that gitleaks knows, those first that win over a
// neighbour. An empty result is none.
var encodings = [...]struct {
	pattern string
	decode  func(string) string
}{
	{`%[0-9A-Fa-f]{2}(?:.*%[0-9A-Fa-f]{2})?`, decodePercent},
	{`(?:(?:U\+[0-9A-Fa-f]{4}(?:\s|$))+|(?:\\{1,2}[uU][0-9A-Fa-f]{4})+)`, decodeUnicode},
	{`[0-9A-Fa-f]{32,}`, decodeHex},
	{`[0-9A-Za-z_/+-]{16,}={0,2}`, decodeBase64},
}

var encoded = func() *regexp.Regexp {
	var all []string
	for _, e := range encodings {
		all = append(all, "("+e.pattern+")")
	}
	return regexp.MustCompile(strings.Join(all, "|"))
}()

// span is text[start:end].
type span struct{ start, end int }

// touches counts spans that only meet.
func (a span) touches(b span) bool { return b.start <= a.end && a.start <= b.end }

func (a span) holds(b span) bool { return a.start <= b.start && b.end <= a.end }

// segment is a piece of a text that was decoded.
type segment struct {
	original span // in the text as it was read
	encoded  span // in the text of the pass before
	decoded  span // in that of this pass
}

// pass is a text and what was decoded in it; before is nil for the text as it was read.
type pass struct {
	text     string
	segments []segment
	before   *pass
}

// decode makes the next pass, which is nil when there is nothing to decode.
func (p *pass) decode() *pass {
	next := &pass{before: p}
	var out strings.Builder
	at := 0
	for _, m := range findEncoded(p.text) {
		value := encodings[m.encoding].decode(p.text[m.start:m.end])
		if value == "" {
			continue
		}
		out.WriteString(p.text[at:m.start])
		from := out.Len()
		out.WriteString(value)
		at = m.end
		next.segments = append(next.segments, segment{p.original(m.span), m.span, span{from, out.Len()}})
	}
	if len(next.segments) == 0 {
		return nil
	}
	out.WriteString(p.text[at:])
	next.text = out.String()
	return next
}

// original returns where a span of the pass's text stood in the text as it was read:
// what lies in a decoded piece, at all that was encoded.
func (p *pass) original(s span) span {
	for ; p.before != nil; p = p.before {
		var up span
		for _, x := range p.segments {
			if !x.decoded.touches(s) {
				continue
			}
			if x.decoded.holds(s) {
				return x.original
			}
			// What goes beyond the piece is as long before decoding as behind.
			out := span{x.encoded.start + min(0, s.start-x.decoded.start), x.encoded.end + max(0, s.end-x.decoded.end)}
			if up.end != 0 {
				out = span{min(up.start, out.start), max(up.end, out.end)}
			}
			up = out
		}
		if up.end == 0 {
			return s
		}
		s = up
	}
	return s
}

// touching returns the pieces decoded in this pass that a match touches.
func (p *pass) touching(s span) (list []segment) {
	for _, x := range p.segments {
		if x.decoded.touches(s) {
			list = append(list, x)
		}
	}
	return list
}

// line returns the lines that decoded pieces stand on, from the line feed before.
func (p *pass) line(list []segment) string {
	all := list[0].decoded
	for _, x := range list[1:] {
		all = span{min(all.start, x.decoded.start), max(all.end, x.decoded.end)}
	}
	start, end := 0, len(p.text)
	if i := strings.LastIndexByte(p.text[:min(all.start+1, len(p.text))], '\n'); i >= 0 {
		start = i
	}
	if i := strings.IndexByte(p.text[all.end:], '\n'); i >= 0 {
		end = all.end + i
	}
	return p.text[start:end]
}

type encodedSpan struct {
	span
	encoding int
}

// findEncoded returns what looks encoded. Of two that meet the one whose encoding comes
// first is decoded, and the other one perhaps in the next pass.
func findEncoded(text string) (out []encodedSpan) {
	var all []encodedSpan
	for _, m := range encoded.FindAllStringSubmatchIndex(text, -1) {
		for i := range encodings {
			if m[2+2*i] >= 0 {
				all = append(all, encodedSpan{span{m[2+2*i], m[3+2*i]}, i})
			}
		}
	}
	for i, m := range all {
		if i > 0 && m.touches(all[i-1].span) && all[i-1].encoding < m.encoding ||
			i+1 < len(all) && m.touches(all[i+1].span) && all[i+1].encoding < m.encoding {
			continue
		}
		out = append(out, m)
	}
	return out
}

// printable is what gitleaks takes for text: ASCII and some controls.
func printable(b byte) bool { return b > 8 && b < 0x7f }

func allPrintable(b []byte) bool {
	for _, c := range b {
		if !printable(c) {
			return false
		}
	}
	return true
}

func decodePercent(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				if !printable(byte(v)) {
					return ""
				}
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

func decodeUnicode(s string) string {
	var runes []rune
	add := func(digits string) {
		if v, err := strconv.ParseUint(digits, 16, 32); err == nil {
			runes = append(runes, rune(v))
		}
	}
	if s[0] == 'U' {
		for _, f := range strings.Fields(s) {
			add(f[2:])
		}
		return string(runes)
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == '\\' || r == 'u' || r == 'U' }) {
		add(f)
	}
	return string(runes)
}

func decodeHex(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	out, err := hex.DecodeString(s)
	if err != nil || !allPrintable(out) {
		return ""
	}
	return string(out)
}

func decodeBase64(s string) string {
	if !strings.ContainsAny(s, "0123456789+/-_") {
		return ""
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
		if out, err := e.DecodeString(s); err == nil && allPrintable(out) {
			return string(out)
		}
	}
	return ""
}
