package redact

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/scan"
)

// keyPair is a private key of age and the public one that goes with it.
type keyPair struct{ private, public string }

func newKeyPair(t testing.TB) keyPair {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return keyPair{id.String(), id.Recipient().String()}
}

// unseal returns a text with its envelopes opened, all of which must open.
func (k keyPair) unseal(t testing.TB, text string) string {
	t.Helper()
	o, err := seal.NewOpener(strings.NewReader(k.private))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := o.Unseal(&out, strings.NewReader(text), func(f seal.Found) {
		if f.Err != nil {
			t.Errorf("%d:%d: %v", f.Line, f.Column, f.Err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// policy returns a document that seals for k.
func (k keyPair) policy(rules string) string {
	return "seal: {recipients: " + k.public + "}\npolicy: [" + rules + "]"
}

// TestSealed: what is sealed comes back byte by byte with the private key, in every
// place of a log, and is left alone when it is redacted again, as a whole and as a
// stream, also by who seals for others now.
func TestSealed(t *testing.T) {
	keys, later := newKeyPair(t), newKeyPair(t)
	ds := defaultDetectors(t)
	e, err := New(mustParse(t, keys.policy("{confidence: medium, action: sealed}")), Options{Detectors: ds})
	if err != nil {
		t.Fatal(err)
	}
	next, err := New(mustParse(t, later.policy("{confidence: medium, action: sealed}")+"\n"), Options{Detectors: ds})
	if err != nil {
		t.Fatal(err)
	}
	doc := mustParse(t, later.policy("{confidence: medium, action: sealed}"))
	doc.Seal.Previous = []string{e.Sealer().ID()}
	after, err := New(doc, Options{Detectors: ds})
	if err != nil {
		t.Fatal(err)
	}
	r, foreign, again := e.NewRedactor(), next.NewRedactor(), after.NewRedactor()
	var findings bytes.Buffer
	r.OnFinding = func(f finding.Finding) { f.WriteJSON(&findings) }
	for seed := range uint64(20) {
		lines, secrets := secretLines(rand.New(rand.NewPCG(seed, 1)))
		for i, line := range lines {
			got := string(r.Append(nil, []byte(line)))
			before, behind, _ := strings.Cut(line, secrets[i])
			if !strings.HasPrefix(got, before+"SEALED-") || !strings.HasSuffix(got, behind) || strings.Contains(got, secrets[i]) {
				t.Errorf("%q became %q", line, got)
			}
			if back := keys.unseal(t, got); back != line {
				t.Errorf("%q came back as %q", line, back)
			}
			for _, x := range []*Redactor{r, again} {
				if twice := string(x.Append(nil, []byte(got))); twice != got {
					t.Errorf("%q became %q", got, twice)
				}
			}
			if twice := string(foreign.Append(nil, []byte(got))); twice == got {
				t.Errorf("an envelope of nobody is left: %q", got)
			}
			var out bytes.Buffer
			w := e.NewWriter(&out, WriterOptions{})
			for j := range got {
				w.Write([]byte{got[j]})
			}
			w.Close()
			if out.String() != got {
				t.Errorf("as a stream %q became %q", got, out.String())
			}
		}
		mustNotHold(t, "findings", findings.String(), secrets...)
		findings.Reset()
	}
}

// TestSealedUnion: all of a union is sealed, under the detector that rules; what is
// not whole, or long, is masked.
func TestSealedUnion(t *testing.T) {
	keys := newKeyPair(t)
	const mask, secret, block = "REDACTED-demo-token", "REDACTED-demo-secret", "REDACTED-demo-block"
	long := strings.Repeat("x", seal.MaxValue)
	for _, c := range []struct {
		name, rules, text string
		spans             []scan.Span
		want              string // with ‹id:value› for an envelope
	}{
		{"one", "{action: sealed}", "a=«" + random + "»;", []scan.Span{of(demoToken)}, "a=‹demo-token:" + random + "›;"},
		{"guessable", "{action: sealed}", "pin=«1234»", []scan.Span{of(demoToken)}, "pin=‹demo-token:1234›"},
		{"any bytes", "{action: sealed}", "k=«\xff\x00\"é\\n»\r\n", []scan.Span{of(demoToken)}, "k=‹demo-token:\xff\x00\"é\\n›\r\n"},
		{"longest", "{action: sealed}", "k=«" + long + "»", []scan.Span{of(demoToken)}, "k=‹demo-token:" + long + "›"},
		{"too long", "{action: sealed}", "k=«x" + long + "»", []scan.Span{of(demoToken)}, "k=" + mask},
		{"too long together", "{action: sealed}", "«a«" + long + "»»", []scan.Span{of(demoToken), of(demoSecret)}, mask},
		{"cut", "{action: sealed}", "k=«" + random + "»", []scan.Span{unclosed.on(of(demoToken))}, "k=" + mask},
		{"goes on", "{action: sealed}", "«a\n»«b\n»«c»\nd", []scan.Span{unclosed.on(of(demoBlock)), continued.on(of(demoBlock)), continued.on(of(demoBlock))}, block + "\nd"},
		{"overlapping", "{action: sealed}", "«a«b»c»", []scan.Span{of(demoSecret), of(demoToken)}, "‹demo-token:abc›"},
		{"over hashed", "{detector: demo-token, action: hash}, {detector: demo-secret, action: sealed}", "«" + random + "«x»y»",
			[]scan.Span{of(demoToken), of(demoSecret)}, "‹demo-secret:" + random + "xy›"},
		{"under masked", "{detector: demo-token, action: sealed}, {detector: demo-secret, action: mask}", "«a«b»c»",
			[]scan.Span{of(demoToken), of(demoSecret)}, secret},
		{"kept inside", "{detector: demo-token, action: keep}, {detector: demo-secret, action: sealed}", "«a«b»c»",
			[]scan.Span{of(demoSecret), of(demoToken)}, "‹demo-secret:abc›"},
		{"sealed inside kept", "{detector: demo-token, action: keep}, {detector: demo-secret, action: sealed}", "«a«b»c»",
			[]scan.Span{of(demoToken), of(demoSecret)}, "a‹demo-secret:b›c"},
		{"touching", "{action: sealed}", "«a»«b»", []scan.Span{of(demoToken), of(demoSecret)}, "‹demo-token:a›.‹demo-secret:b›"},
		{"bare", "{action: sealed}", `{"k":«1234»}`, []scan.Span{bare.on(of(demoToken))}, `{"k":"‹demo-token:1234›"}`},
	} {
		text, spans := mark(c.text, c.spans...)
		e := demoEngine(t, keys.policy(c.rules), Options{})
		got := redactSpans(e.NewRedactor(), text, spans...)
		if shown := show(t, e, keys, got); shown != c.want {
			t.Errorf("%s: got %.200q\nwant %.200q", c.name, shown, c.want)
		}
		// What a detector sees in an envelope is nothing, what goes beyond it is.
		if i := strings.Index(got, "SEALED-"); i >= 0 && c.name == "one" {
			inside, beyond := of(demoSecret), of(demoSecret)
			inside.Start, inside.End = i+30, i+60
			beyond.Start, beyond.End = len(got)-30, len(got)
			if again := redactSpans(e.NewRedactor(), got, inside); again != got {
				t.Errorf("a span inside: %q", again)
			}
			if again := redactSpans(e.NewRedactor(), got, inside, beyond); again == got {
				t.Error("a span that goes beyond an envelope is taken for a part of it")
			}
		}
	}
}

// show writes the envelopes of a text as ‹detector:value›.
func show(t *testing.T, e *Engine, keys keyPair, text string) string {
	t.Helper()
	var out strings.Builder
	pos := 0
	e.vocab.Sealed([]byte(text), func(start, end int) {
		s, _, _, _ := envelope.CutSealed([]byte(text[start:end]))
		out.WriteString(text[pos:start] + "‹" + string(s.Detector) + ":" + keys.unseal(t, text[start:end]) + "›")
		pos = end
	})
	return out.String() + text[pos:]
}

// TestSealedSource: an envelope says where its value was, and that is no secret either.
func TestSealedSource(t *testing.T) {
	keys := newKeyPair(t)
	r := demoEngine(t, keys.policy("{action: sealed}"), Options{}).NewRedactor()
	secret := token(4711)
	o, err := seal.NewOpener(strings.NewReader(keys.private))
	if err != nil {
		t.Fatal(err)
	}
	for want, src := range map[string]finding.Source{
		"stream":                            {},
		"file logs/app.log":                 {Kind: finding.File, Path: "logs/app.log"},
		"kafka orders":                      {Kind: finding.Kafka, Topic: "orders"},
		"file /srv/REDACTED-demo-token/app": {Kind: finding.File, Path: "/srv/" + secret + "/app"},
	} {
		r.Source = src
		s, _, _, _ := envelope.CutSealed(r.Append(nil, []byte(secret)))
		if v, err := o.Value(&s); err != nil || v.Source != want || string(v.Text) != secret {
			t.Errorf("%q from %q, %v", v.Text, v.Source, err)
		}
	}
}

// TestSealedPolicy: who is sealed for is read with care, and a private key is refused
// without a byte of it.
func TestSealedPolicy(t *testing.T) {
	keys := newKeyPair(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad, private := write("good", "# us\n"+keys.public+"\n"), write("bad", "\n"+keys.public+"x\n"), write("private", keys.private+"\n")
	const rule = "\npolicy: [{action: sealed}]"
	for _, c := range []struct{ doc, want string }{
		{"seal: {recipients_file: " + good + "}" + rule, ""},
		{"seal: {recipients: [" + keys.public + "], recipients_file: " + good + "}" + rule, ""},
		{"policy: [{action: sealed}]", "p.yaml:2:10: this action needs recipients"},
		{"seal: {recipients: age1x}" + rule, "p.yaml:2:20: recipients: not a public key"},
		{"seal: {recipients: " + keys.private + "}" + rule, "p.yaml:2:20: recipients: this is a private key"},
		{"seal: {recipients_file: " + bad + "}" + rule, "p.yaml:2:25: recipients_file: " + bad + ": line 2: not a public key"},
		{"seal: {recipients_file: " + private + "}" + rule, "p.yaml:2:25: recipients_file: " + private + ": line 1: this is a private key"},
		{"seal: {recipients_file: " + dir + "/none}" + rule, "p.yaml:2:25: recipients_file: "},
	} {
		_, err := New(mustParse(t, c.doc), Options{Detectors: demoEngine(t, "", Options{}).scan.Detectors(), RandomKey: true})
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%s: %v", c.doc, err)
		case err != nil && strings.Contains(err.Error(), keys.private[20:40]):
			t.Errorf("a private key in %v", err)
		}
	}
	e := demoEngine(t, "", Options{})
	if _, err := New(mustParse(t, "policy: [{action: sealed}]"), Options{Detectors: e.scan.Detectors()}); !errors.Is(err, errNoRecipients) || e.Sealer() != nil {
		t.Error(err)
	}
}

// FuzzSealed: what is sealed comes back, whatever stands around it.
func FuzzSealed(f *testing.F) {
	keys := newKeyPair(f)
	e, err := New(mustParse(f, keys.policy("{confidence: low, action: sealed}")), Options{Detectors: defaultDetectors(f)})
	if err != nil {
		f.Fatal(err)
	}
	r := e.NewRedactor()
	lines, _ := secretLines(rand.New(rand.NewPCG(1, 2)))
	for _, l := range lines {
		f.Add(l)
	}
	f.Add(fmt.Sprint(`{"a":{"password":123456789}}`, "\n", lines[3]))
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "SEALED-") {
			return
		}
		masked := false
		r.OnMatch = func(m Match, _ finding.Finding) { masked = masked || m.Action != Seal }
		quoted := false
		out := string(r.Append(nil, []byte(text)))
		for _, ed := range r.plan.edits {
			quoted = quoted || ed.quote != nil || ed.action != Seal
		}
		if back := keys.unseal(t, out); !masked && !quoted && back != text && out != text {
			t.Fatalf("%q came back as %q from %q", text, back, out)
		}
	})
}
