package redact

import (
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
)

// TestAllowances: an allowance lets the whole value pass, where all that it says
// holds, and nothing else.
func TestAllowances(t *testing.T) {
	const a, b = "Zk3-f9Q_m2xW-77p", "example-Zk3f9Qm2xW"
	for _, c := range []struct{ name, allow, in, want string }{
		{"pattern", "{pattern: 'Zk3-[A-Za-z0-9_-]+', reason: r}", "password=" + a + " token=" + b, "password=" + a + " token=REDACTED-token"},
		{"pattern is anchored", "{pattern: 'f9Q_m2xW', reason: r}", "password=" + a, "password=REDACTED-password"},
		{"pattern over a part", "{pattern: 'Zk3-f9Q_m2xW-77p', reason: r}", "https://u:x" + a + "@h/", "https://u:REDACTED-url-password@h/"},
		{"stopword", "{stopword: Example, reason: r}", "password=" + a + " token=" + b, "password=REDACTED-password token=" + b},
		{"detector", "{detector: token, reason: r}", "password=" + a + " token=" + b, "password=REDACTED-password token=" + b},
		{"key", "{key: 'test*', reason: r}", "test_token=" + b + " token=" + b, "test_token=" + b + " token=REDACTED-token"},
		{"key and value", "{key: 'test*', value: " + b + ", reason: r}", "test_token=" + b + " test_token=" + a + "x", "test_token=" + b + " test_token=REDACTED-token"},
		{"path", "{path: 'testdata/*', reason: r}", "password=" + a, "password=" + a},
		{"another path", "{path: 'src/*', reason: r}", "password=" + a, "password=REDACTED-password"},
		{"value in a path", "{path: 'testdata/*', value: " + a + ", reason: r}", "password=" + a + " token=" + b, "password=" + a + " token=REDACTED-token"},
		{"stopword of a detector", "{stopword: example, detector: password, reason: r}", "password=" + b + " token=" + b, "password=" + b + " token=REDACTED-token"},
	} {
		e := builtin(t, Options{})
		e, err := New(mustParse(t, "allow: ["+c.allow+"]"), Options{Detectors: e.scan.Detectors(), Key: testKey("k")})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		r := e.NewRedactor()
		r.Source = finding.Source{Kind: finding.File, Path: "testdata/a.log"}
		if got := string(r.Append(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if n := r.Stats().Allowed; n != int64(strings.Count(c.in, "=")-strings.Count(c.want, "=REDACTED")) && !strings.Contains(c.in, "://") {
			t.Errorf("%s: %d allowed", c.name, n)
		}
	}
}

// TestAllowedPrint: a fingerprint may be bound to a place.
func TestAllowedPrint(t *testing.T) {
	e := demoEngine(t, "", Options{})
	var print string
	r := e.NewRedactor()
	r.OnFinding = func(f finding.Finding) { print = f.Fingerprint }
	r.Append(nil, []byte("x "+token(1)))
	e = demoEngine(t, "allow: [{fingerprint: "+print+", path: a.log, reason: r}]", Options{})
	for path, want := range map[string]string{"a.log": "x " + token(1), "b.log": "x REDACTED-demo-token"} {
		r := e.NewRedactor()
		r.Source = finding.Source{Kind: finding.File, Path: path}
		if got := string(r.Append(nil, []byte("x "+token(1)))); got != want {
			t.Errorf("%s: %q", path, got)
		}
		if got := string(r.Append(nil, []byte("x "+token(2)))); got != "x REDACTED-demo-token" {
			t.Errorf("%s: another value: %q", path, got)
		}
	}
}

// TestPlaces: rules choose by path and by the kind of source.
func TestPlaces(t *testing.T) {
	e := demoEngine(t, "policy: [{path: [test/*, '*.md'], action: keep}, {source: kafka, action: remove}, {path: '*.csv', source: [file, otlp], action: hash}]", Options{})
	for _, c := range []struct {
		source finding.Source
		want   string
	}{
		{finding.Source{}, "x REDACTED-demo-token"},
		{finding.Source{Kind: finding.File, Path: "test/a/b"}, "x " + token(1)},
		{finding.Source{Kind: finding.File, Path: "a/test/b"}, "x REDACTED-demo-token"},
		{finding.Source{Kind: finding.File, Path: "a/README.md"}, "x " + token(1)},
		{finding.Source{Kind: finding.Kafka}, "x "},
		{finding.Source{Kind: finding.File, Path: "a.csv"}, "x HASHED-demo-token-"},
		{finding.Source{Kind: finding.Stream, Path: "a.csv"}, "x REDACTED-demo-token"},
	} {
		r := e.NewRedactor()
		r.Source = c.source
		if got := string(r.Append(nil, []byte("x "+token(1)))); got != c.want && !(strings.HasSuffix(c.want, "-") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%+v: got %q, want %q", c.source, got, c.want)
		}
	}
}

// TestShadow: a policy in shadow counts and reports, and changes nothing.
func TestShadow(t *testing.T) {
	e := demoEngine(t, "mode: shadow\npolicy: [{detector: demo-secret, action: remove}]\nlimits: {max_candidates: 3}", Options{})
	r := e.NewRedactor()
	var found []finding.Finding
	r.OnFinding = func(f finding.Finding) { found = append(found, f) }
	text := "x " + token(1) + " " + token(2) + "\n" + strings.Repeat(token(3)+" ", 9) + "\n"
	if got := string(r.Append(nil, []byte(text))); got != text {
		t.Errorf("%q", got)
	}
	if s := r.Stats(); s.Shadow != 11 || s.Redacted+s.Failed+s.Kept != 0 || len(found) != 11 || found[0].Action != "shadow" {
		t.Errorf("%+v, %d findings", s, len(found))
	}
	r.fault = func(stage) { panic("x") }
	if got := string(r.Append(nil, []byte(text))); got != text || r.Stats().Failed != 1 {
		t.Errorf("after a failure: %q", got)
	}
	var out strings.Builder
	w := e.NewWriter(&out, WriterOptions{})
	for i := range text {
		w.Write([]byte{text[i]})
		w.Flush()
	}
	w.Close()
	if out.String() != text {
		t.Errorf("a stream: %q", out.String())
	}
}
