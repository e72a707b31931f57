package redact

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/stanch/stanch/finding"
)

// canaries are the ways in which a secret could show in a dump.
func canaries(secret string) []string {
	b := []byte(secret)
	return []string{secret, hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)),
		strings.Trim(fmt.Sprint(b), "[]"), strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", b), "[]byte{"), "}")}
}

func mustNotHold(t *testing.T, what, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		for _, c := range canaries(s) {
			if strings.Contains(text, c) {
				t.Errorf("%s holds a secret: %.200q", what, text)
				return
			}
		}
	}
}

// TestNothingPrints: no type of this package shows what it holds, whatever the
// verb, by itself or inside of something else.
func TestNothingPrints(t *testing.T) {
	key := testKey("canary")
	secret := token(4711)
	allowed := "allowed-canary-value"
	doc := mustParse(t, "allow: [{value: "+allowed+", reason: r}]")
	opts := Options{Key: key, Detectors: demoEngine(t, "", Options{}).scan.Detectors()}
	e, err := New(doc, opts)
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRedactor()
	var matches []Match
	var findings []finding.Finding
	r.OnMatch = func(m Match, f finding.Finding) { matches, findings = append(matches, m), append(findings, f) }
	r.Append(nil, []byte("a "+secret))
	r.Batch([][]byte{[]byte(secret), []byte("b")}, func(int, []byte) {})
	w := e.NewWriter(io.Discard, WriterOptions{})
	io.WriteString(w, "x "+secret)
	if len(findings) != 2 {
		t.Fatalf("%d findings", len(findings))
	}
	secrets := []string{secret, allowed, string(key), string(e.ring.hash), string(e.ring.fingerprint)}
	for _, v := range []any{doc, *doc, doc.Allow, doc.Allow[0], doc.Allow[0].Value, opts, &opts, e, NewHandle(e), r, w, e.ring,
		matches, findings, r.Stats(), struct{ R *Redactor }{r}, struct{ D *Document }{doc}, []any{e, r, w, doc, opts}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			mustNotHold(t, fmt.Sprintf("%T with %s", v, verb), fmt.Sprintf(verb, v), secrets...)
		}
		if b, err := json.Marshal(v); err == nil {
			mustNotHold(t, fmt.Sprintf("%T as JSON", v), string(b), secrets...)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		mustNotHold(t, fmt.Sprintf("%T in slog", v), log.String(), secrets...)
	}
}

// TestFindingsHoldNothing: a secret in every string around a finding comes out
// in none of them.
func TestFindingsHoldNothing(t *testing.T) {
	secret := token(4711)
	r := demoEngine(t, "", Options{}).NewRedactor()
	var out bytes.Buffer
	schema, err := jsonschema.NewCompiler().Compile("../configs/finding.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	r.OnFinding = func(f finding.Finding) {
		b, _ := f.AppendJSON(nil)
		if v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b)); err != nil || schema.Validate(v) != nil {
			t.Errorf("%s: %v", b, schema.Validate(v))
		}
		if err := f.WriteJSON(&out); err != nil {
			t.Error(err)
		}
	}
	for _, src := range []finding.Source{
		{Kind: finding.File, Path: "/srv/" + secret + "/app.log"},
		{Kind: finding.Kafka, Topic: secret, Path: "header " + secret},
		{Kind: finding.OTLP, Signal: "logs", Resource: "host=" + secret, Path: secret},
		{},
	} {
		r.Source = src
		r.Append(nil, []byte(secret+"="+secret+" "+secret+"\n"+secret))
		r.Value(nil, []byte("x."+secret), []byte(secret))
	}
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != 20 {
		t.Errorf("%d findings", n)
	}
	mustNotHold(t, "a finding", out.String(), secret, secret[4:])
	if strings.ContainsAny(out.String(), "\x1b\x00\r") {
		t.Error("control bytes in findings")
	}
}
