package redact

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/scan"
)

func of(detector int32) scan.Span { return scan.Span{Detector: detector, Confidence: finding.Certain} }

func (c spanOption) on(s scan.Span) scan.Span { c(&s); return s }

type spanOption func(*scan.Span)

var (
	likely    = spanOption(func(s *scan.Span) { s.Confidence = finding.Likely })
	doubtful  = spanOption(func(s *scan.Span) { s.Confidence = finding.Doubtful })
	bare      = spanOption(func(s *scan.Span) { s.Bare = true })
	continued = spanOption(func(s *scan.Span) { s.Continued = true })
	unclosed  = spanOption(func(s *scan.Span) { s.Evidence |= scan.Unclosed })
	byShape   = spanOption(func(s *scan.Span) { s.Evidence |= scan.ByShape })
	naming    = spanOption(func(s *scan.Span) { s.Evidence |= scan.Identifier })
)

// key sets the name a value stands under.
func key(start, end int) spanOption {
	return func(s *scan.Span) { s.KeyStart, s.KeyEnd = start, end }
}

// random is a value that is hard to guess.
const random = "q7VbX2mKp9RtLw4ZsYh3"

// TestUnion holds what becomes of candidates, alone and overlapping. Spans are
// written in the order of their opening marks.
func TestUnion(t *testing.T) {
	e := demoEngine(t, "", Options{})
	hash := func(id, value string) string {
		r := e.NewRedactor()
		sum := r.hashSum([]byte(value))
		return "HASHED-" + id + "-" + e.ring.id + "-" + hexText(sum[:16])
	}
	token := func(value string) string {
		return string(envelope.AppendToken(nil, e.ring.id, e.NewRedactor().tokenSum([]byte(value))))
	}
	const mask, secret, block = "REDACTED-demo-token", "REDACTED-demo-secret", "REDACTED-demo-block"
	const all = `policy: [{detector: demo-token, action: %s}, {detector: demo-secret, action: %s}]`
	policy := func(token, secret string) string {
		return strings.Replace(strings.Replace(all, "%s", token, 1), "%s", secret, 1)
	}
	engines := map[string]*Engine{}
	byShapeOnly := e.scan.Detectors()[:demoPassword] // quicker to compile
	for _, c := range []struct {
		name, policy, text string
		spans              []scan.Span
		want               string
	}{
		{"nothing", "", "a b", nil, "a b"},
		{"mask", "", "a «b» c", []scan.Span{of(demoToken)}, "a " + mask + " c"},
		{"whole text", "", "«b»", []scan.Span{of(demoToken)}, mask},
		{"several", "", "«a» «b»\n«c»", []scan.Span{of(demoToken), of(demoSecret), of(demoToken)}, mask + " " + secret + "\n" + mask},
		{"medium confidence", "", "«a»", []scan.Span{likely.on(of(demoToken))}, mask},
		{"low confidence", "", "«a»", []scan.Span{doubtful.on(of(demoToken))}, "a"},
		{"identifier", "", "«a»", []scan.Span{of(demoID)}, "a"},
		{"identifier by its place", "", "«a»", []scan.Span{naming.on(of(demoToken))}, "a"},
		{"empty span", "", "a=«»", []scan.Span{of(demoToken)}, "a="},
		{"invalid UTF-8 and NUL stay", "", "\xff\x00«a»\xfe\r\n", []scan.Span{of(demoToken)}, "\xff\x00" + mask + "\xfe\r\n"},

		{"keep", policy("keep", "mask"), "«a» «b»", []scan.Span{of(demoToken), of(demoSecret)}, "a " + secret},
		{"shadow", policy("shadow", "mask"), "«a» «b»", []scan.Span{of(demoToken), of(demoSecret)}, "a " + secret},
		{"remove", policy("remove", "mask"), "x=«a»;y=«b»", []scan.Span{of(demoToken), of(demoSecret)}, "x=;y=" + secret},
		{"partial", policy("partial", "mask"), "x=«dmo_abc»", []scan.Span{of(demoToken)}, "x=dmo_" + mask},
		{"partial of both ends", "policy: [{action: partial, first: 2, last: 3}]", "x=«" + random + "»", []scan.Span{of(demoToken)}, "x=" + random[:2] + mask + "." + random[len(random)-3:]},
		{"partial of the end", "policy: [{action: partial, last: 4}]", "x=«" + random + "»", []scan.Span{of(demoToken)}, "x=" + mask + "." + random[len(random)-4:]},
		{"partial of a short one", "policy: [{action: partial, first: 2}]", "x=«" + random[:15] + "»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"partial of too much", "policy: [{action: partial, first: 4, last: 4}]", "x=«" + random[:20] + "»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"partial up to a sign", "policy: [{action: partial, first: 4}]", "x=«a\\\"" + random + "»", []scan.Span{of(demoToken)}, "x=a" + mask},
		{"partial of what was cut", "policy: [{action: partial, first: 4}]", "x=«" + random + "»", []scan.Span{unclosed.on(of(demoToken))}, "x=" + mask},
		{"partial without the prefix", policy("partial", "mask"), "x=dmo_«abc»", []scan.Span{of(demoToken)}, "x=dmo_" + mask},
		{"partial of the prefix alone", policy("partial", "mask"), "x=«dmo_»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"partial of a prefix that is no word", policy("mask", "partial"), "x=«dms:abc»", []scan.Span{of(demoSecret)}, "x=" + secret},
		{"hash", policy("hash", "mask"), "x=«" + random + "»", []scan.Span{of(demoToken)}, "x=" + hash("demo-token", random)},
		{"format of what is short", "policy: [{action: format}]", "x=«" + random[:15] + "»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"format of escapes", "policy: [{action: format}]", `x=«` + random + `\n` + random + `»`, []scan.Span{of(demoToken)}, "x=" + mask},
		{"format of what can be guessed", "policy: [{action: format}]", "x=«aaaaaaaaaaaaaaaaaaaa»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"format of what was cut", "policy: [{action: format}]", "x=«" + random + "»", []scan.Span{unclosed.on(of(demoToken))}, "x=" + mask},
		{"token", policy("token", "token"), "x=«" + random + "» «" + random + "»", []scan.Span{of(demoToken), of(demoSecret)}, "x=" + token(random) + " " + token(random)},
		{"token of what can be guessed", policy("token", "mask"), "x=«1234»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"own token", "", "x=«" + token(random) + "»", []scan.Span{of(demoSecret)}, "x=" + token(random)},
		{"hashed over a token", policy("token", "hash"), "«" + random + "«" + random + "»»", []scan.Span{of(demoToken), of(demoSecret)}, mask + "." + hash("demo-secret", random)},
		{"hash of what can be guessed", policy("hash", "mask"), "x=«1234»", []scan.Span{of(demoToken)}, "x=" + mask},
		{"hash of what was cut", policy("hash", "mask"), "x=«" + random + "»", []scan.Span{unclosed.on(of(demoToken))}, "x=" + mask},

		{"same span twice", "", "«ab»", []scan.Span{of(demoToken)}, mask},
		{"inner of two", "", "«a«b»c»", []scan.Span{of(demoToken), of(demoSecret)}, mask},
		{"more severe rules", "", "«a«b»c»", []scan.Span{of(demoSecret), of(demoToken)}, mask},
		{"surer rules", "", "«a«b»c»", []scan.Span{likely.on(of(demoToken)), of(demoSecret)}, secret},
		{"shape rules", "", "«a«b»c»", []scan.Span{of(demoToken), byShape.on(of(demoSecret))}, secret},
		{"chain of three", "", "«a«b»", nil, ""}, // filled in below
		{"touching", "", "«a»«b»", []scan.Span{of(demoToken), of(demoSecret)}, mask + "." + secret},

		{"kept inside masked", policy("keep", "mask"), "«a«b»c»", []scan.Span{of(demoSecret), of(demoToken)}, secret},
		{"masked inside kept", policy("keep", "mask"), "«a«b»c»", []scan.Span{of(demoToken), of(demoSecret)}, "a" + secret + "c"},
		{"masked inside shadow", policy("shadow", "mask"), "«a«b»c»", []scan.Span{of(demoToken), of(demoSecret)}, "a" + secret + "c"},
		{"removed over masked", policy("remove", "mask"), "x«a«b»c»y", []scan.Span{of(demoSecret), of(demoToken)}, "xy"},
		{"masked over hashed", policy("hash", "mask"), "«" + random + "«b»»", []scan.Span{of(demoToken), of(demoSecret)}, secret},
		{"hashed over partial", "policy: [{detector: demo-token, action: hash}, {detector: demo-block, action: partial}]", "«dmb_«" + random + "»x»",
			[]scan.Span{of(demoBlock), of(demoToken)}, block + "." + hash("demo-token", random) + "." + block},
		{"partial over partial", policy("partial", "mask"), "«dmo_ab«dmo_cd»»", []scan.Span{of(demoToken), of(demoToken)}, "dmo_" + mask},
		{"hash at the beginning", policy("hash", "partial"), "«" + random + "«»x»", nil, ""}, // filled in below

		{"goes on", "", "«a\n»«b\n»«c»\nd", []scan.Span{unclosed.on(of(demoBlock)), continued.on(of(demoBlock)), continued.on(of(demoBlock))}, block + "\nd"},
		{"goes on behind prefixes", "", "1 «a»\n2 «b»\n", []scan.Span{unclosed.on(of(demoBlock)), continued.on(of(demoBlock))}, "1 " + block + "\n2 \n"},
		{"goes on, kept", "policy: [{detector: demo-block, key: pem, action: keep}]", "pem: «a»\n«b»\n",
			[]scan.Span{key(0, 3).on(unclosed.on(of(demoBlock))), continued.on(of(demoBlock))}, "pem: a\nb\n"},
		{"goes on, hashed", "policy: [{detector: demo-block, action: hash}]", "«" + random + "»\n«" + random + "»",
			[]scan.Span{of(demoBlock), continued.on(of(demoBlock))}, block + "\n"},
		{"goes on, another inside", "", "«a»\n«b«c»d»\n", []scan.Span{of(demoBlock), continued.on(of(demoBlock)), of(demoToken)}, block + "\n" + mask + "\n"},
		{"goes on, partial inside", policy("partial", "mask"), "«a»\n«b«dmo_c»d»\n", []scan.Span{of(demoBlock), continued.on(of(demoBlock)), of(demoToken)}, block + "\n" + mask + "\n"},

		{"bare", "", `{"k":«1234»}`, []scan.Span{bare.on(of(demoToken))}, `{"k":"` + mask + `"}`},
		{"bare, removed", policy("remove", "mask"), `{"k":«1234»}`, []scan.Span{bare.on(of(demoToken))}, `{"k":""}`},
		{"bare in a string", "", `"{\"k\":«1234»}"`, []scan.Span{key(4, 5).on(bare.on(of(demoToken)))}, `"{\"k\":\"` + mask + `\"}"`},
		{"bare behind a key", "", `{"k":«1234»}`, []scan.Span{key(2, 3).on(bare.on(of(demoToken)))}, `{"k":"` + mask + `"}`},
		{"bare behind single quotes", "", `{'k': «1234»}`, []scan.Span{key(2, 3).on(bare.on(of(demoToken)))}, `{'k': '` + mask + `'}`},
		{"bare and another over it", "", `{"k":««1234»»}`, []scan.Span{of(demoToken), bare.on(of(demoSecret))}, `{"k":"` + mask + `"}`},
		{"bare and kept, another over it", policy("mask", "keep"), `{"k":««1234»»}`, []scan.Span{of(demoToken), bare.on(of(demoSecret))}, `{"k":"` + mask + `"}`},
		{"bare and kept, some of it masked", policy("mask", "keep"), `{"k":«12«34»56«78»90»,"l":1}`,
			[]scan.Span{bare.on(of(demoSecret)), of(demoToken), of(demoToken)}, `{"k":"12` + mask + "56" + mask + `90","l":1}`},
		{"bare inside something larger", "", `x=«{"k":«1234»}»`, []scan.Span{of(demoToken), bare.on(of(demoSecret))}, "x=" + mask},
		{"two bare", "", `[«1»,«2»]`, []scan.Span{bare.on(of(demoToken)), bare.on(of(demoToken))}, `["` + mask + `","` + mask + `"]`},

		{"own marker", "", "x=«" + mask + "»", []scan.Span{of(demoSecret)}, "x=" + mask},
		{"own markers", "", "x=«" + mask + "." + secret + "»", []scan.Span{of(demoSecret)}, "x=" + mask + "." + secret},
		{"foreign marker", "", "x=«REDACTED-hunter2»", []scan.Span{of(demoSecret)}, "x=" + secret},
		{"own hash", "", "x=«" + hash("demo-token", random) + "»", []scan.Span{of(demoSecret)}, "x=" + hash("demo-token", random)},
		{"own partial", "", "x=«dmo_" + mask + "»", []scan.Span{of(demoSecret)}, "x=dmo_" + mask},

		{"allowed", "allow: [{value: ab, reason: r}]", "«ab» «abc»", []scan.Span{of(demoToken), of(demoToken)}, "ab " + mask},
		{"allowed for another", "allow: [{value: ab, detector: demo-secret, reason: r}]", "«ab» «ab»", []scan.Span{of(demoToken), of(demoSecret)}, mask + " ab"},
		{"allowed twice", "allow: [{value: ab, detector: demo-secret, reason: r}, {value: ab, detector: demo-token, reason: r}]",
			"«ab» «ab» «ab»", []scan.Span{of(demoToken), of(demoSecret), of(demoBlock)}, "ab ab " + block},
		{"allowed beginning of a value", "allow: [{value: ab, reason: r}]", "«ab»\n«cd»", []scan.Span{of(demoBlock), continued.on(of(demoBlock))}, block + "\n"},
		{"allowed inside masked", "allow: [{value: ab, reason: r}]", "«x«ab»y»", []scan.Span{of(demoSecret), of(demoToken)}, secret},
		{"allowed by fingerprint", "allow: [{fingerprint: " + fingerprintOf(e, random) + ", reason: r}]", "«" + random + "» «x" + random + "»",
			[]scan.Span{of(demoToken), of(demoToken)}, random + " " + mask},

		{"rule by key", "policy: [{key: session_id, action: keep}]", "sessionId=«ab» session=«ab»",
			[]scan.Span{key(0, 9).on(of(demoToken)), key(13, 20).on(of(demoToken))}, "sessionId=ab session=" + mask},
		{"rule by key pattern", "policy: [{key: '*id', action: keep}]", "Session-ID=«ab» idx=«ab» «ab»",
			[]scan.Span{key(0, 10).on(of(demoToken)), key(14, 17).on(of(demoToken)), of(demoToken)}, "Session-ID=ab idx=" + mask + " " + mask},
		{"rule by severity", "policy: [{severity: critical, action: remove}]", "«a» «b»", []scan.Span{of(demoToken), of(demoSecret)}, " " + secret},
		{"rule by confidence", "policy: [{confidence: low, action: mask}]", "«a» «b»", []scan.Span{doubtful.on(of(demoToken)), of(demoID)}, mask + " REDACTED-demo-id"},
		{"rule by identifier", "policy: [{identifier: true, action: mask}]", "«a»", []scan.Span{of(demoID)}, "REDACTED-demo-id"},
		{"first rule wins", "policy: [{detector: demo-*, severity: critical, action: keep}, {detector: demo-token, action: remove}]", "«a»", []scan.Span{of(demoToken)}, "a"},
	} {
		text, spans := c.text, c.spans
		switch c.name {
		case "same span twice":
			text, spans = "ab", []scan.Span{{End: 2, Confidence: finding.Certain}, {End: 2, Detector: demoSecret, Confidence: finding.Certain}}
		case "chain of three":
			text = "xabcdefy"
			spans = []scan.Span{of(demoSecret), of(demoSecret), of(demoToken)}
			spans[0].Start, spans[0].End = 1, 4
			spans[1].Start, spans[1].End = 3, 6
			spans[2].Start, spans[2].End = 5, 7
			c.want = "x" + mask + "y"
		case "hash at the beginning":
			text = random + "dms"
			spans = []scan.Span{of(demoToken), of(demoSecret)}
			spans[0].End = len(random)
			spans[1].Start, spans[1].End = 5, len(text)
			c.policy = policy("hash", "hash")
			spans[1].Evidence = scan.Unclosed // masked, and so the stricter one
			c.want = secret
		default:
			text, spans = mark(text, append([]scan.Span(nil), spans...)...)
		}
		t.Run(c.name, func(t *testing.T) {
			e := engines[c.policy]
			if e == nil {
				e = demoEngine(t, c.policy, Options{Detectors: byShapeOnly})
				engines[c.policy] = e
			}
			if got := redactSpans(e.NewRedactor(), text, spans...); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			for i, j := 0, len(spans)-1; i < j && noneContinued(spans); i, j = i+1, j-1 {
				spans[i], spans[j] = spans[j], spans[i]
			}
			if got := redactSpans(e.NewRedactor(), text, spans...); got != c.want {
				t.Errorf("spans in another order: got %q\nwant %q", got, c.want)
			}
		})
	}
}

func noneContinued(spans []scan.Span) bool {
	for _, s := range spans {
		if s.Continued {
			return false
		}
	}
	return true
}

func hexText(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

func fingerprintOf(e *Engine, value string) string {
	return e.ring.id + "-" + hexText(e.NewRedactor().fingerprintSum([]byte(value))[:16])
}

// TestStrictness holds the order that decides unions.
func TestStrictness(t *testing.T) {
	order := []Action{Keep, Shadow, Partial, Hash, Mask, Remove, unscanned}
	for i := 1; i < len(order); i++ {
		if order[i-1] >= order[i] {
			t.Errorf("%d is not stricter than %d", order[i], order[i-1])
		}
	}
	if Keep.Redacts() || Shadow.Redacts() || !Partial.Redacts() || !Remove.Redacts() {
		t.Error("Redacts is wrong")
	}
	for a := Keep; a <= Remove; a++ {
		if got, err := ParseAction(a.String()); err != nil || got != a {
			t.Errorf("%v: %v, %v", a, got, err)
		}
	}
}

// TestMatches: one match per marker; with all, what passes in clear as well.
func TestMatches(t *testing.T) {
	e := demoEngine(t, "policy: [{detector: demo-block, action: shadow}]", Options{})
	r := e.NewRedactor()
	text, spans := mark("«a«b»» «c»\n«d» «e»«f»", of(demoToken), of(demoSecret), of(demoBlock), of(demoID), of(demoToken), of(demoSecret))
	r.resolve([]byte(text), nil, spans)
	r.place([]byte(text))
	var got []string
	for _, m := range r.plan.matches {
		got = append(got, text[m.Start:m.End]+" "+m.Action.String()+" "+strings.Repeat("|", int(m.Line))+strings.Repeat(".", int(m.Column)))
	}
	want := []string{"ab mask |.", "c shadow |....", "d keep ||.", "e mask ||...", "f mask ||...."}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// FuzzSplice: whatever the spans, what lies outside of those that redact stays
// as it is, in order, and nothing inside is left.
func FuzzSplice(f *testing.F) {
	f.Add([]byte("abcdefgh"), []byte{0, 3, 0, 0, 2, 5, 1, 1, 6, 7, 2, 2})
	f.Add([]byte("a\nb\nc"), []byte{0, 2, 2, 8, 2, 4, 2, 16})
	f.Add([]byte(`{"k":12345}`), []byte{5, 10, 3, 4, 6, 8, 0, 0})
	e := demoEngine(f, `
policy:
  - {detector: demo-secret, key: "*", action: remove}
  - {detector: demo-secret, action: hash}
  - {detector: demo-block, action: shadow}
  - {detector: demo-token, action: partial}
limits: {max_candidates: 64}
`, Options{})
	r := e.NewRedactor()
	f.Fuzz(func(t *testing.T, text, raw []byte) {
		// Bytes that no envelope holds, so that what is kept can be told from it.
		for i, c := range text {
			if c != '\n' {
				text[i] = c | 0x80
			}
		}
		var spans []scan.Span
		for ; len(raw) >= 4 && len(spans) < 100; raw = raw[4:] {
			v := binary.LittleEndian.Uint32(raw)
			start := int(v&0xff) % (len(text) + 1)
			s := scan.Span{
				Start: start, End: start + int(v>>8&0xff)%(len(text)-start+1),
				Detector: int32(v >> 16 & 3), Confidence: finding.Confidence(v >> 18 & 3 % 3),
				Bare: v>>20&1 != 0, Continued: v>>21&1 != 0,
			}
			if v>>22&1 != 0 {
				s.Evidence = scan.Unclosed
			}
			if v>>23&1 != 0 {
				s.KeyEnd = s.Start
			}
			spans = append(spans, s)
		}
		r.begin()
		r.resolve(text, nil, spans)
		out := r.splice(nil, text)

		var kept []byte
		pos := 0
		for _, ed := range r.plan.edits {
			if ed.start < pos || ed.end < ed.start || ed.end > len(text) {
				t.Fatalf("edits out of order: %+v", r.plan.edits)
			}
			kept = append(kept, text[pos:ed.start]...)
			pos = ed.end
		}
		kept = append(kept, text[pos:]...)
		for _, c := range r.plan.candidates {
			if !c.action.Redacts() || c.own {
				continue
			}
			covered := 0
			for _, ed := range r.plan.edits {
				if lo, hi := max(ed.start, c.Start), min(ed.end, c.End); lo < hi {
					covered += hi - lo
				}
			}
			if covered != c.End-c.Start {
				t.Fatalf("%d of %d bytes of %+v are edited", covered, c.End-c.Start, c)
			}
		}
		var left []byte
		for _, c := range out {
			if c >= 0x80 || c == '\n' {
				left = append(left, c)
			}
		}
		if !bytes.Equal(left, kept) {
			t.Fatalf("kept %q, want %q", left, kept)
		}
	})
}
