package redact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/scan"
)

// token is a value that the demo-token detector finds.
func token(i int) string {
	return fmt.Sprintf("dmo_%s%06d", random[:14], i)
}

const failed = "REDACTED-unscanned"

// TestFaults: whatever fails, a marker comes out, and the next call works.
func TestFaults(t *testing.T) {
	text := []byte("a " + token(1) + " b\r\n")
	e := demoEngine(t, "", Options{OnFinding: func(finding.Finding) {}})
	for _, s := range []stage{stageScan, stagePlan, stageSplice, stageReport} {
		r := e.NewRedactor()
		spoil := func() {
			r.fault = func(at stage) {
				if at == s {
					panic("canary " + token(1))
				}
			}
		}
		check := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s, failing %s: got %q, want %q", what, s, got, want)
			}
			r.fault = nil
		}

		spoil()
		check("Append", string(r.Append([]byte("<"), text)), "<"+failed+"\r\n")
		check("Append again", string(r.Append(nil, text)), "a REDACTED-demo-token b\r\n")
		spoil()
		check("Value", string(r.Value([]byte("<"), []byte("key"), []byte(token(1)))), "<"+failed)
		check("Value again", string(r.Value(nil, []byte("key"), []byte(token(1)))), "REDACTED-demo-token")
		spoil()
		var got []string
		r.Batch([][]byte{[]byte(token(1)), []byte(token(2))}, func(_ int, b []byte) { got = append(got, string(b)) })
		check("Batch", strings.Join(got, " "), failed+" "+failed)
		spoil()
		if _, err := r.Spans(nil, text, false); (err != nil) != (s == stageScan || s == stagePlan) {
			t.Errorf("Spans, failing %s: %v", s, err)
		} else if err != nil && strings.Contains(err.Error(), "dmo_") {
			t.Errorf("the error quotes the text: %v", err)
		}
		if n := r.Stats().Failed; n != 4 {
			t.Errorf("failing %s: %d failures counted, want 4", s, n)
		}

		var out bytes.Buffer
		w := e.NewWriter(&out, WriterOptions{})
		r = w.r
		spoil()
		for _, chunk := range []string{"a " + token(1) + " b\n", "c\n"} {
			if _, err := w.Write([]byte(chunk)); err != nil {
				t.Errorf("Writer, failing %s: %v", s, err)
			}
			r.fault = nil
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		check("Writer", out.String(), failed+"\nc\n")
	}
}

// TestImpossibleSpans: a span no scan may return costs the text, not the process.
func TestImpossibleSpans(t *testing.T) {
	e := demoEngine(t, "", Options{})
	for _, s := range []scan.Span{
		{Start: -1, End: 1}, {Start: 2, End: 1}, {Start: 0, End: 5}, {Start: 5, End: 6},
		{End: 1, Detector: -1}, {End: 1, Detector: 99}, {End: 1, Confidence: 9},
		{End: 1, KeyStart: -1, KeyEnd: 1}, {End: 1, KeyStart: 3, KeyEnd: 2}, {End: 1, KeyStart: 1, KeyEnd: 9},
	} {
		r := e.NewRedactor()
		r.spans = []scan.Span{s}
		got := string(r.shifted([]byte("text"), r.spans, 0))
		if got != failed {
			t.Errorf("%+v: got %q", s, got)
		}
	}
}

// TestPanicInOut: a panic of the caller's own function is the caller's.
func TestPanicInOut(t *testing.T) {
	defer func() {
		if recover() != "mine" {
			t.Error("the panic did not come through")
		}
	}()
	demoEngine(t, "", Options{}).NewRedactor().Batch([][]byte{[]byte("a"), []byte("b")}, func(int, []byte) { panic("mine") })
}

func TestBudget(t *testing.T) {
	e := demoEngine(t, "limits: {max_candidates: 3}", Options{})
	r := e.NewRedactor()
	three := strings.TrimSpace(strings.Repeat(token(1)+" ", 3))
	masked := strings.TrimSpace(strings.Repeat("REDACTED-demo-token ", 3))
	four := "x " + three + " " + token(2) + " y"

	for _, c := range []struct{ text, want string }{
		{three, masked},
		{three + "\n" + three, masked + "\n" + masked}, // a budget is a line's
		{four, failed},
		{"a\n" + four + "\r\nb " + token(3) + "\n", "a\n" + failed + "\nb REDACTED-demo-token\n"},
		{four + "\n" + four, failed + "\n" + failed},
	} {
		if got := string(r.Append(nil, []byte(c.text))); got != c.want {
			t.Errorf("Append(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got := string(r.Value(nil, []byte("k"), []byte("a\n"+four+"\nb"))); got != failed {
		t.Errorf("Value = %q", got)
	}
	if got := string(r.Value(nil, []byte("k"), []byte(three))); got != masked {
		t.Errorf("Value = %q", got)
	}

	// Nothing that keeps can bring the line back.
	e = demoEngine(t, "policy: [{detector: demo-token, action: shadow}]\nlimits: {max_candidates: 3}", Options{})
	if got := string(e.NewRedactor().Append(nil, []byte(four))); got != failed {
		t.Errorf("with shadow: %q", got)
	}
	ms, err := r.Spans(nil, []byte("a\n"+four), false)
	if err != nil || len(ms) != 1 || ms[0].Start != 2 || ms[0].Line != 2 {
		t.Errorf("Spans: %+v, %v", ms, err)
	}
	if f, err := r.Finding(ms[0], []byte("a\n"+four)); err != nil || f.Detector != "unscanned" || f.Action != "mask" {
		t.Errorf("Finding: %+v, %v", f, err)
	}
}

func TestBatch(t *testing.T) {
	e := demoEngine(t, "", Options{})
	r := e.NewRedactor()
	long := strings.Repeat("long ", longRecord/5+1)
	var records [][]byte
	for i := range 3000 {
		switch {
		case i%7 == 0:
			records = append(records, []byte(fmt.Sprintf("%d token %s end", i, token(i))))
		case i%11 == 0:
			records = append(records, nil)
		case i%13 == 0:
			records = append(records, []byte("two\nlines "+token(i)+"\n"))
		case i%501 == 0:
			records = append(records, []byte(long+token(i)))
		case i%17 == 0:
			records = append(records, []byte("carriage "+token(i)+"\rreturn"))
		default:
			records = append(records, fmt.Appendf(nil, "nothing to see in record %d", i))
		}
	}
	before := make([]string, len(records))
	for i := range records {
		before[i] = string(records[i])
	}
	alone := e.NewRedactor()
	next := 0
	r.Batch(records, func(i int, got []byte) {
		if i != next {
			t.Fatalf("record %d, want %d", i, next)
		}
		next++
		want := string(alone.Append(nil, records[i]))
		if string(got) != want {
			t.Errorf("record %d: got %q, want %q", i, got, want)
		}
		if want == before[i] && len(got) > 0 && &got[0] != &records[i][0] {
			t.Errorf("record %d was copied", i)
		}
	})
	if next != len(records) {
		t.Errorf("%d records came out of %d", next, len(records))
	}
	for i := range records {
		if string(records[i]) != before[i] {
			t.Errorf("record %d was changed in place", i)
		}
	}
	if a, b := r.Stats(), alone.Stats(); a.Redacted != b.Redacted || a.Redacted == 0 {
		t.Errorf("counted %d, alone %d", a.Redacted, b.Redacted)
	}
}

// TestBatchNeighbours: what a record becomes does not depend on those around
// it, even where a scan of all of them would see more.
func TestBatchNeighbours(t *testing.T) {
	e, err := New(DefaultDocument(), Options{Key: testKey("batch")})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("MIIEvQIBADANBgkqhkiG9w0B", 2)
	for _, records := range [][]string{
		{"-----BEGIN " + "PRIVATE KEY-----", body, "-----END " + "PRIVATE KEY-----", "plain"},
		{`"password":`, `"hunter2canary"`},
		{`{"password":"cut`, `off","user":"bob"}`},
		{"key: |", "  " + body, "x"},
	} {
		var in [][]byte
		for _, s := range records {
			in = append(in, []byte(s))
		}
		alone := e.NewRedactor()
		e.NewRedactor().Batch(in, func(i int, got []byte) {
			if want := alone.Append(nil, in[i]); !bytes.Equal(got, want) {
				t.Errorf("%q: got %q, alone %q", in[i], got, want)
			}
		})
	}
}

func TestFindingsOrder(t *testing.T) {
	e := demoEngine(t, "", Options{})
	r := e.NewRedactor()
	var log []string
	r.Source = finding.Source{Kind: finding.Kafka, Topic: "t", Offset: 7}
	r.OnFinding = func(f finding.Finding) {
		log = append(log, fmt.Sprintf("%s %d:%d:%d", f.Detector, f.Source.Offset, f.Source.Line, f.Source.Column))
	}
	records := [][]byte{[]byte("a"), []byte("x " + token(1)), []byte(token(2) + "\n " + token(3)), []byte("b")}
	r.Batch(records, func(i int, _ []byte) { log = append(log, fmt.Sprint(i)) })
	want := "0, demo-token 7:1:3, 1, demo-token 7:1:1, demo-token 7:2:2, 2, 3"
	if got := strings.Join(log, ", "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestFinding(t *testing.T) {
	e := demoEngine(t, "", Options{})
	text := "user=bob\npass=" + token(1) + "\n"
	r := e.NewRedactor()
	r.Source = finding.Source{Kind: finding.File, Path: "a/" + token(2) + "\x1b[31m/b\xff", Offset: 100, Line: 5, Column: 1}
	var got []finding.Finding
	r.OnFinding = func(f finding.Finding) { got = append(got, f) }
	r.Append(nil, []byte(text))
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	f := got[0]
	if f.Detector != "demo-token" || f.Title != "Demo token" || f.Severity != finding.Critical || f.Confidence != finding.Certain ||
		f.Action != "mask" || f.Count != 1 || f.Schema != 1 || len(f.ID) != 32 || len(f.Version) != 8 {
		t.Errorf("%+v", f)
	}
	if s := f.Source; s.Offset != 114 || s.Line != 6 || s.Column != 6 || s.Path != `a/REDACTED-demo-token\x1b[31m/b\xff` {
		t.Errorf("%+v", s)
	}
	if f.Fingerprint != fingerprintOf(e, token(1)) {
		t.Errorf("fingerprint %s", f.Fingerprint)
	}

	// The same value has the same fingerprint wherever it stands and whoever
	// finds it, another key gives another.
	other := demoEngine(t, "", Options{Key: testKey("other")})
	if fingerprintOf(other, token(1)) == f.Fingerprint {
		t.Error("two keys, one fingerprint")
	}
	id, random := e.KeyID()
	if !strings.HasPrefix(f.Fingerprint, id+"-") || random {
		t.Error("fingerprint does not carry the key's id")
	}
}

func TestKeyNamesInFindings(t *testing.T) {
	e := demoEngine(t, "", Options{})
	for _, c := range []struct {
		text  string
		spans []scan.Span
		want  string
	}{
		{"name=«ab»", []scan.Span{key(0, 4).on(of(demoToken))}, "name"},
		{"«ab»", []scan.Span{of(demoToken)}, ""},
		{token(1) + "=«ab»", []scan.Span{key(0, len(token(1))).on(of(demoToken))}, "REDACTED-demo-token"},
		{"«name»=«ab»", []scan.Span{of(demoSecret), key(0, 4).on(of(demoToken))}, "REDACTED-demo-token"},
		{"na\x1bme\u202e=«ab»", []scan.Span{key(0, 8).on(of(demoToken))}, `na\x1bme\u202e`},
	} {
		text, spans := mark(c.text, c.spans...)
		r := e.NewRedactor()
		var last string
		r.OnFinding = func(f finding.Finding) { last = f.Key }
		redactSpans(r, text, spans...)
		if last != c.want {
			t.Errorf("%q: key %q, want %q", c.text, last, c.want)
		}
	}
	r := e.NewRedactor()
	var got string
	r.OnFinding = func(f finding.Finding) { got = f.Key }
	r.Value(nil, []byte("auth\n"+token(1)), []byte(token(2)))
	if want := `auth\x0aREDACTED-demo-token`; got != want {
		t.Errorf("Value: key %q, want %q", got, want)
	}
}

// TestValueRules: the key of a value decides like one found in text.
func TestValueRules(t *testing.T) {
	e := demoEngine(t, "policy: [{key: allowedToken, action: keep}]", Options{})
	r := e.NewRedactor()
	if got := string(r.Value(nil, []byte("allowed.token"), []byte(token(1)))); got != token(1) {
		t.Errorf("kept: %q", got)
	}
	if got := string(r.Value(nil, []byte("token"), []byte(token(1)))); got != "REDACTED-demo-token" {
		t.Errorf("masked: %q", got)
	}
	if s := r.Stats(); s.Kept != 1 || s.Redacted != 1 || s.Detector["demo-token"] != 1 {
		t.Errorf("%+v", s)
	}
}

func TestShadowIsReported(t *testing.T) {
	e := demoEngine(t, "policy: [{action: shadow}]", Options{})
	r := e.NewRedactor()
	var got []string
	r.OnFinding = func(f finding.Finding) { got = append(got, f.Action) }
	if out := string(r.Append(nil, []byte(token(1)))); out != token(1) {
		t.Errorf("changed: %q", out)
	}
	if len(got) != 1 || got[0] != "shadow" || r.Stats().Shadow != 1 {
		t.Errorf("%v %+v", got, r.Stats())
	}
	if ms, _ := r.Spans(nil, []byte(token(1)), false); len(ms) != 0 {
		t.Errorf("Spans gives what redact does not redact: %+v", ms)
	}
	if ms, _ := r.Spans(nil, []byte(token(1)), true); len(ms) != 1 {
		t.Errorf("Spans with all: %+v", ms)
	}
}

func TestHandle(t *testing.T) {
	a := demoEngine(t, "", Options{})
	b := demoEngine(t, "policy: [{detector: demo-token, action: remove}]", Options{})
	h := NewHandle(a)
	r, fixed := h.NewRedactor(), a.NewRedactor()
	text := []byte("<" + token(1) + ">")
	r.Append(nil, text)
	h.Store(b)
	if got := string(r.Append(nil, text)); got != "<>" {
		t.Errorf("after Store: %q", got)
	}
	if got := string(fixed.Append(nil, text)); got != "<REDACTED-demo-token>" {
		t.Errorf("fixed: %q", got)
	}
	if s := r.Stats(); s.Redacted != 2 || s.Detector["demo-token"] != 2 {
		t.Errorf("stats over two engines: %+v", s)
	}
}

func TestNothingAllocated(t *testing.T) {
	e := demoEngine(t, "", Options{})
	r := e.NewRedactor()
	clean := []byte(strings.Repeat("nothing to see here\n", 50))
	dst := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { r.Append(dst, clean) }); n != 0 {
		t.Errorf("clean text: %v allocations", n)
	}
	dirty := []byte(strings.Repeat("a "+token(1)+" b\n", 20))
	if n := testing.AllocsPerRun(100, func() { r.Append(dst, dirty) }); n != 0 {
		t.Errorf("text with secrets, no findings wanted: %v allocations", n)
	}
	records := [][]byte{[]byte("a"), []byte("b"), []byte(token(1))}
	out := func(int, []byte) {}
	if n := testing.AllocsPerRun(100, func() { r.Batch(records, out) }); n != 0 {
		t.Errorf("batch: %v allocations", n)
	}
}

func TestReservedID(t *testing.T) {
	if !demoEngine(t, "", Options{}).IsEnvelope([]byte(failed)) {
		t.Error("the failure marker is not ours")
	}
	v := new(envelope.Vocabulary)
	if !v.Is([]byte(failed)) {
		t.Error("not in every vocabulary")
	}
}

// PWD is a directory in an environment and a password in a connection string.
func TestValueDirectory(t *testing.T) {
	e, err := New(DefaultDocument(), Options{RandomKey: true})
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRedactor()
	for _, c := range []struct{ key, value, want string }{
		{"PWD", "/home/user/src", "/home/user/src"},
		{"process.env.PWD", `C:\Users\me`, `C:\Users\me`},
		{"db.pwd", "tr0ub4dor&3", "REDACTED-password"},
		{"password", "/tr0ub4dor&3", "REDACTED-password"},
	} {
		if got := string(r.Value(nil, []byte(c.key), []byte(c.value))); got != c.want {
			t.Errorf("%s: %q became %q, not %q", c.key, c.value, got, c.want)
		}
	}
}
