package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/decode"
)

// Plain returns the secret of a span of text as it is where nothing encodes it, and
// whether nothing but the secret is in the span. A carrier is decoded and looked
// into again, as it was when the span was found; where that gives nothing, the
// bytes of the span stand for the secret. Escapes are taken off in any case. The scanner must not be the one whose
// scan is going on. The result is valid until its next use.
func (s *Scanner) Plain(x *Span, text []byte) (value []byte, alone bool) {
	value = text[x.Start:x.End]
	for e := x.Encoding; e != 0; e >>= 4 {
		switch f := decode.Form(e & 15); f {
		case decode.Base64, decode.Hex, decode.Decimal:
			return s.carried(x, value, f)
		default:
			var t decode.Text
			t.Unescape(value, f)
			value = t.Bytes
		}
	}
	return unescaped(value), true
}

// unescaped takes escapes off a value that stands where escapes may be no layer of
// their own: in a string of JSON, or the query of a URL. A value that has such
// signs itself loses them too, wherever it stands, so that it comes to the same.
func unescaped(v []byte) []byte {
	for range maxDepth {
		f := decode.None
		switch i := bytes.IndexAny(v, `\%`); {
		case i < 0:
		case v[i] == '\\':
			f = decode.Backslash
		case decode.Escape(v[i:]) == decode.Percent:
			f = decode.Percent
		}
		if f == decode.None {
			break
		}
		var t decode.Text
		if t.Unescape(v, f); bytes.Equal(t.Bytes, v) {
			break
		}
		v = t.Bytes
	}
	return v
}

// carried returns the secret in a carrier. What is in front of the first mark may be
// no part of it, so that it is decoded from each place that may begin a group.
func (s *Scanner) carried(x *Span, run []byte, f decode.Form) (value []byte, alone bool) {
	var whole []byte
	for from := range 4 {
		var b []byte
		switch {
		case f == decode.Base64:
			b, _ = decode.AppendBase64(nil, run, 0, from)
		case f == decode.Hex && from < min(2, len(run)):
			b = decode.AppendHex(nil, run[from:])
		case f == decode.Decimal && from == 0:
			b, _ = decode.AppendDecimal(nil, run)
		}
		if p := decode.Packed(b); p != decode.None {
			var in decode.Inflater
			if out, _ := in.Append(nil, b, p, growth*len(run)); len(out) > 0 {
				b = out
			}
		}
		b, _ = decode.Narrow(b)
		if from == 0 {
			whole = b
		}
		spans := s.Text(nil, b)
		if best := heaviest(spans); best != nil && best.Detector == x.Detector {
			value, alone = s.Plain(best, b)
			return value, alone && len(bytes.TrimSpace(b)) == best.End-best.Start
		}
	}
	if x.KeyStart < x.KeyEnd && len(whole) > 0 { // its name says that all of it is the secret
		return unescaped(whole), true
	}
	return run, true
}
