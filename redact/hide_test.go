package redact

import (
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

func hideEngine(t *testing.T, policy, mask string) *Engine {
	t.Helper()
	doc, err := ParseDocument("test.yaml", []byte("version: 1\n"+policy))
	if err != nil {
		t.Fatal(err)
	}
	all, err := detectors.Default()
	if err != nil {
		t.Fatal(err)
	}
	own := detectors.Detector{ID: "listed", Title: "Listed value", Severity: finding.High, Kind: detectors.Known, File: "test"}
	e, err := New(doc, Options{Key: testKey("hide"), Mask: mask, Detectors: append(all[:len(all):len(all)], own)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestHide(t *testing.T) {
	long := "Quohb7ohvai4eghaiSh9oPheph8aiZah"
	for _, c := range []struct{ name, policy, mask, value, want string }{
		{"the detector's marker", "", "", long, "REDACTED-listed"},
		{"the mask given", "", "****", long, "****"},
		{"a policy that keeps", "policy: [{key: name, action: keep}]\n", "****", long, "****"},
		{"a policy that keeps a part", "policy: [{action: partial}]\n", "", long, "REDACTED-listed"},
		{"a hash", "policy: [{action: hash}]\n", "****", long, "HASHED-listed-"},
		{"what could be guessed", "policy: [{action: hash}]\n", "****", "10.0.0.1", "****"},
		{"remove", "policy: [{action: remove}]\n", "****", long, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := hideEngine(t, c.policy, c.mask)
			r := e.NewRedactor()
			var got []finding.Finding
			r.OnFinding = func(f finding.Finding) { got = append(got, f) }
			out := string(r.Hide([]byte("x="), "listed", []byte("name"), []byte(c.value)))
			if !strings.HasPrefix(out, "x="+c.want) || c.want == "" && out != "x=" {
				t.Errorf("got %q, want %q", out, c.want)
			}
			if len(got) != 1 || got[0].Detector != "listed" || got[0].Key != "name" || r.Stats().Detector["listed"] != 1 {
				t.Errorf("findings %v, stats %v", got, r.Stats())
			}
			if out := out[2:]; out != "" {
				if again, changed := r.RedactValue(nil, []byte("password"), []byte(out)); changed {
					t.Errorf("what was put out is redacted again: %q", again)
				}
			}
		})
	}
	r := hideEngine(t, "", "").NewRedactor()
	if out := string(r.Hide(nil, "no-such", nil, []byte(long))); strings.Contains(out, long) || out == "" {
		t.Errorf("an unknown detector gives %q", out)
	}
}

func TestMaskOption(t *testing.T) {
	r := hideEngine(t, "", "****").NewRedactor()
	text := "login password=Quohb7ohvai4egh user=bob"
	out := string(r.Append(nil, []byte(text)))
	if want := "login password=**** user=bob"; out != want {
		t.Fatalf("got %q, want %q", out, want)
	}
	if again := string(r.Append(nil, []byte(out))); again != out {
		t.Errorf("redacting twice gives %q", again)
	}
	if out := string(r.Append(nil, []byte(`{"password":12345678901}`))); out != `{"password":"****"}` {
		t.Errorf("JSON becomes %s", out)
	}
}
