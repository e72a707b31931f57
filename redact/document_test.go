package redact

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// documents is held against parser and schema. err is what the parser's error
// must begin with behind the name; empty for documents that are accepted.
var documents = []struct {
	name, text string
	err        string
	beyond     bool // refused for something a schema cannot say
}{
	{name: "least", text: "version: 1\n"},
	{name: "json", text: `{"version": 1, "policy": [{"action": "mask"}]}`},
	{name: "everything", text: `
version: 1
detectors: {only: ["*"], skip: pin}
names: {secret: door_code, harmless: [token count, x.y]}
policy:
  - {detector: jwt, severity: high, confidence: low, identifier: false, key: [a, "b*"], action: keep}
  - {key: "*", action: shadow}
  - {severity: low, confidence: medium, action: partial}
  - {action: hash}
allow:
  - {value: x, reason: y}
  - {fingerprint: 00112233-00112233445566778899aabbccddeeff, detector: a-*, reason: y}
key: {file: a, previous: [b, c]}
limits: {max_line: 65536, max_candidates: 1}
`},
	{name: "keep with a key", text: "version: 1\npolicy: [{key: a, action: keep}]\n"},
	{name: "keep with a severity", text: "version: 1\npolicy: [{severity: medium, action: keep}]\n"},
	{name: "keep an identifier", text: "version: 1\npolicy: [{identifier: true, action: keep}]\n"},
	{name: "rule after a key rule", text: "version: 1\npolicy: [{key: '*', action: mask}, {action: mask}]\n"},

	{name: "empty", text: "", err: "1:1: empty document"},
	{name: "only a comment", text: "# nothing\n", err: "1:1: empty document"},
	{name: "null", text: "~\n", err: "1:1: document: want a mapping"},
	{name: "a list", text: "- version: 1\n", err: "1:1: document: want a mapping"},
	{name: "no version", text: "policy: [{action: mask}]\n", err: "1:1: version is missing"},
	{name: "other version", text: "version: 2\n", err: "1:10: version"},
	{name: "version as a string", text: "version: '1'\n", err: "1:10: version"},
	{name: "version as a float", text: "version: 1.5\n", err: "1:10: version"},
	{name: "unknown field", text: "version: 1\npolicies: []\n", err: "2:1: unknown field in document"},
	{name: "field of a number", text: "version: 1\n7: x\n", err: "2:1: unknown field in document"},
	{name: "unknown field in a rule", text: "version: 1\npolicy:\n  - action: mask\n    sevrity: high\n", err: "4:5: unknown field in rule"},
	{name: "unknown field in detectors", text: "version: 1\ndetectors: {without: a}\n", err: "2:13: unknown field in detectors"},
	{name: "unknown field in names", text: "version: 1\nnames: {benign: a}\n", err: "2:9: unknown field in names"},
	{name: "unknown field in allow", text: "version: 1\nallow: [{value: a, reason: b, why: c}]\n", err: "2:31: unknown field in allowance"},
	{name: "unknown field in key", text: "version: 1\nkey: {path: a}\n", err: "2:7: unknown field in key"},
	{name: "unknown field in limits", text: "version: 1\nlimits: {lines: 1}\n", err: "2:10: unknown field in limits"},
	{name: "field twice", text: "version: 1\nversion: 1\n", err: "2:1: field version is given twice", beyond: true},
	{name: "alias", text: "version: 1\ndetectors: &a {skip: b}\nnames: *a\n", err: "2:12: aliases are not supported", beyond: true},
	{name: "tag", text: "version: !!int '1'\n", err: "1:10: tags are not supported", beyond: true},
	{name: "merge", text: "version: 1\nkey:\n  <<: {file: a}\n", err: "3:3: unknown field in key", beyond: true},
	{name: "two documents", text: "version: 1\n---\nversion: 1\n", err: "2:1: more than one document", beyond: true},
	{name: "no YAML", text: "version: 1\n\tpolicy: x\n", err: "2:1: not valid YAML", beyond: true},
	{name: "unfinished", text: "version: 1\npolicy: [\n", err: "2:1: not valid YAML", beyond: true},

	{name: "policy empty", text: "version: 1\npolicy: []\n", err: "2:9: policy: want a list that is not empty"},
	{name: "policy null", text: "version: 1\npolicy:\n", err: "2:8: policy: want a list"},
	{name: "rule as a string", text: "version: 1\npolicy: [mask]\n", err: "2:10: rule: want a mapping"},
	{name: "rule without an action", text: "version: 1\npolicy: [{key: a}]\n", err: "2:10: rule without an action"},
	{name: "unknown action", text: "version: 1\npolicy: [{action: burn}]\n", err: "2:19: action: want keep, shadow"},
	{name: "unknown severity", text: "version: 1\npolicy: [{severity: High, action: mask}]\n", err: "2:21: severity"},
	{name: "unknown confidence", text: "version: 1\npolicy: [{confidence: sure, action: mask}]\n", err: "2:23: confidence"},
	{name: "identifier as a string", text: "version: 1\npolicy: [{identifier: 'true', action: mask}]\n", err: "2:23: identifier"},
	{name: "identifier as yes", text: "version: 1\npolicy: [{identifier: yes, action: mask}]\n", err: "2:23: identifier"},
	{name: "keep everything", text: "version: 1\npolicy: [{action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "keep every detector", text: "version: 1\npolicy: [{detector: '*', action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "keep one or every detector", text: "version: 1\npolicy: [{detector: [a, '**'], action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "keep every key", text: "version: 1\npolicy: [{key: '*', action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "keep every severity", text: "version: 1\npolicy: [{severity: low, confidence: low, action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "unreachable", text: "version: 1\npolicy:\n  - action: shadow\n  - key: a\n    action: mask\n", err: "4:5: this rule is never reached", beyond: true},
	{name: "detector with capitals", text: "version: 1\npolicy: [{detector: JWT, action: mask}]\n", err: "2:21: detector: want a detector id"},
	{name: "detector empty", text: "version: 1\npolicy: [{detector: '', action: mask}]\n", err: "2:21: detector: empty"},
	{name: "detectors empty", text: "version: 1\ndetectors: {only: []}\n", err: "2:19: only: want a list that is not empty"},
	{name: "detectors as numbers", text: "version: 1\ndetectors: {only: [1]}\n", err: "2:20: only: want a string"},
	{name: "key of separators", text: "version: 1\npolicy: [{key: '_-', action: mask}]\n", err: "2:16: key: want a name"},
	{name: "key with a control character", text: "version: 1\npolicy: [{key: \"a\\x01\", action: mask}]\n", err: "2:16: key: want a name"},
	{name: "name too long", text: "version: 1\nnames: {secret: " + strings.Repeat("a", 65) + "}\n", err: "2:17: secret: want a field name"},
	{name: "name without letters", text: "version: 1\nnames: {secret: ___}\n", err: "2:17: secret: want a field name"},
	{name: "names with a class and a strength", text: "version: 1\nnames: {secret: [a, {name: b, class: pin}, {name: c d, strength: medium}, {name: e, class: private-key, strength: weak}]}\n"},
	{name: "one name with a class", text: "version: 1\nnames: {secret: {name: b, class: otp}}\n"},
	{name: "class without a name", text: "version: 1\nnames: {secret: [{class: pin}]}\n", err: "2:18: secret: name is missing"},
	{name: "unknown class", text: "version: 1\nnames: {secret: [{name: a, class: pins}]}\n", err: "2:35: class: want password, passphrase, token"},
	{name: "unknown strength", text: "version: 1\nnames: {secret: [{name: a, strength: none}]}\n", err: "2:38: strength: want strong, medium or weak"},
	{name: "unknown field in a name", text: "version: 1\nnames: {secret: [{name: a, kind: pin}]}\n", err: "2:28: unknown field in secret"},
	{name: "a name as a number", text: "version: 1\nnames: {secret: [{name: 1}]}\n", err: "2:25: secret: want a string"},
	{name: "name with a star", text: "version: 1\nnames: {harmless: 'a*'}\n", err: "2:19: harmless: want a field name"},

	{name: "allow nothing", text: "version: 1\nallow: [{reason: a}]\n", err: "2:9: allowance: want a value, fingerprint, pattern or stopword, or"},
	{name: "allow both", text: "version: 1\nallow: [{value: a, fingerprint: 00112233-00112233445566778899aabbccddeeff, reason: b}]\n", err: "2:9: allowance: want one of value"},
	{name: "allow without a reason", text: "version: 1\nallow: [{value: a}]\n", err: "2:9: allowance without a reason"},
	{name: "allow a number", text: "version: 1\nallow: [{value: 1234, reason: a}]\n", err: "2:17: value: want a string"},
	{name: "allow a short fingerprint", text: "version: 1\nallow: [{fingerprint: 00112233, reason: a}]\n", err: "2:23: fingerprint"},
	{name: "allow a pattern, in places", text: "version: 1\nallow: [{pattern: 'test-[a-z]+', key: '*_id', path: test/*, detector: jwt, reason: a}, {stopword: EXAMPLE, reason: b}, {path: test/*, reason: c}]\n"},
	{name: "allow a value and a stopword", text: "version: 1\nallow: [{value: a, stopword: example, reason: a}]\n", err: "2:9: allowance: want one of value"},
	{name: "allow any key", text: "version: 1\nallow: [{key: '*', reason: a}]\n", err: "2:9: allowance: want a value"},
	{name: "allow any value", text: "version: 1\nallow: [{pattern: '.*', reason: a}]\n", err: "2:19: pattern: it fits every value", beyond: true},
	{name: "allow a broken pattern", text: "version: 1\nallow: [{pattern: 'a(', reason: a}]\n", err: "2:19: pattern: not a regular expression", beyond: true},
	{name: "allow a short stopword", text: "version: 1\nallow: [{stopword: abc, reason: a}]\n", err: "2:20: stopword: shorter than 4 bytes", beyond: true},
	{name: "partial of either end", text: "version: 1\npolicy: [{action: partial, first: 2, last: 4}]\n"},
	{name: "too much of it", text: "version: 1\npolicy: [{action: partial, first: 5}]\n", err: "2:35: first: want a whole number from 1 to 4"},
	{name: "first of a mask", text: "version: 1\npolicy: [{action: mask, first: 2}]\n", err: "2:10: first and last are for the action partial"},
	{name: "modes", text: "version: 1\nmode: shadow\npolicy: [{path: [a/*, b], source: file, action: keep}, {source: [kafka, otlp], action: mask}]\n"},
	{name: "unknown mode", text: "version: 1\nmode: off\n", err: "2:7: mode: want"},
	{name: "unknown source", text: "version: 1\npolicy: [{source: disk, action: mask}]\n", err: "2:19: source: want stream, file, kafka or otlp"},
	{name: "keep every path", text: "version: 1\npolicy: [{path: '*', action: keep}]\n", err: "2:10: a rule that keeps needs a condition"},
	{name: "an inventory", text: "version: 1\ninventory: {file: a.yaml, blind: true}\n"},
	{name: "an inventory without a file", text: "version: 1\ninventory: {blind: true}\n", err: "2:12: inventory: want a file"},
	{name: "echo", text: "version: 1\necho: {ttl: 90s, max: 20}\n"},
	{name: "echo as it comes", text: "version: 1\necho: {}\n"},
	{name: "echo for ever", text: "version: 1\necho: {ttl: 0s}\n", err: "2:13: ttl: want a duration"},
	{name: "echo of nothing", text: "version: 1\necho: {max: 0}\n", err: "2:13: max: want a whole number"},
	{name: "echo as a word", text: "version: 1\necho: on\n", err: "2:7: echo: want a mapping"},
	{name: "recipients", text: "version: 1\nseal: {recipients: [age1x, age1y], recipients_file: a, previous: [0a1b2c3d]}\npolicy: [{action: sealed}]\n"},
	{name: "one recipient", text: "version: 1\nseal: {recipients: age1x}\n"},
	{name: "seal for nobody", text: "version: 1\nseal: {previous: [0a1b2c3d]}\n", err: "2:7: seal: want recipients or recipients_file"},
	{name: "previous recipients by their keys", text: "version: 1\nseal: {recipients: a, previous: [age1x]}\n", err: "2:34: previous: want the 8 hexadecimal digits"},
	{name: "unknown field in seal", text: "version: 1\nseal: {recipient: a}\n", err: "2:8: unknown field in seal"},
	{name: "line too short", text: "version: 1\nlimits: {max_line: 100}\n", err: "2:20: max_line: want a whole number from 65536"},
	{name: "line as a string", text: "version: 1\nlimits: {max_line: 64k}\n", err: "2:20: max_line: want a whole number"},
	{name: "no candidates", text: "version: 1\nlimits: {max_candidates: 0}\n", err: "2:26: max_candidates: want a whole number from 1"},
	{name: "huge number", text: "version: 1\nlimits: {max_candidates: 99999999999999999999999}\n", err: "2:26: max_candidates"},
	{name: "key file empty", text: "version: 1\nkey: {file: ''}\n", err: "2:13: file: empty"},
	{name: "previous as a string", text: "version: 1\nkey: {previous: a}\n", err: "2:17: previous: want a list"},
}

func TestParseDocument(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseDocument("dir/p.yaml", []byte(c.text))
			switch {
			case c.err == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.err != "" && err == nil:
				t.Error("accepted")
			case c.err != "" && !strings.HasPrefix(err.Error(), "dir/p.yaml:"+c.err):
				t.Errorf("got  %v\nwant dir/p.yaml:%s…", err, c.err)
			}
		})
	}
}

// TestSchema: what the parser accepts, the schema accepts, and the other way
// round but for what a schema cannot say.
func TestSchema(t *testing.T) {
	schema := policySchema(t)
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			if c.beyond {
				t.Skip("beyond a schema")
			}
			err := validate(t, schema, []byte(c.text))
			if c.err == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if c.err != "" && err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestParseDocumentValues(t *testing.T) {
	d, err := ParseDocument("p.yaml", []byte(documents[2].text))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Policy) != 4 || d.Policy[0].Action != Keep || *d.Policy[0].Identifier || len(d.Policy[0].Keys) != 2 ||
		d.Policy[1].Keys[0].Text != "*" || d.Policy[3].Action != Hash {
		t.Error("policy was not read")
	}
	if len(d.Allow) != 2 || d.Allow[0].Value.text != "x" || d.Allow[1].Detector.Text != "a-*" {
		t.Error("allow was not read")
	}
	if d.Key.File != "a" || len(d.Key.Previous) != 2 || d.Limits != (Limits{65536, 1}) || d.Detectors.Skip[0].Text != "pin" {
		t.Error("key, limits or detectors were not read")
	}
	if d.Names.Secret[0].Text != "door_code" || len(d.Names.Harmless) != 2 {
		t.Error("names were not read")
	}
	if want := (Position{"p.yaml", 6, 5}); d.Policy[0].Pos != want {
		t.Errorf("first rule at %v, want %v", d.Policy[0].Pos, want)
	}
}

func TestDocumentTooLong(t *testing.T) {
	_, err := ParseDocument("p.yaml", []byte("version: 1\n#"+strings.Repeat("x", maxDocument)))
	if err == nil || !strings.HasPrefix(err.Error(), "p.yaml:1:1: longer than") {
		t.Error(err)
	}
}

// TestNewRefuses: what only New can know is refused with a position too.
func TestNewRefuses(t *testing.T) {
	for _, c := range []struct{ doc, err string }{
		{"detectors: {only: githup-*}", `p.yaml:2:19: no detector is called "githup-*"`},
		{"detectors: {skip: githup}", `p.yaml:2:19: no detector is called "githup"`},
		{"detectors: {skip: '*'}", "p.yaml:2:19: no detector is left"},
		{"policy: [{detector: nosuch, action: mask}]", `p.yaml:2:21: no detector is called "nosuch"`},
		{"allow: [{value: a, detector: nosuch, reason: b}]", `p.yaml:2:30: no detector is called "nosuch"`},
		{"policy: [{key: a, action: hash}]", "p.yaml:2:10: this action needs a key that lasts"},
		{"allow: [{fingerprint: 00112233-00112233445566778899aabbccddeeff, reason: b}]", "p.yaml:2:9: fingerprint was made with a key that is neither"},
		{"key: {file: /nonexistent/key}", "key: open /nonexistent/key"},
	} {
		d, err := ParseDocument("p.yaml", []byte("version: 1\n"+c.doc+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(keyEnv, "")
		for _, random := range []bool{false, true} {
			_, err = New(d, Options{RandomKey: random})
			if err == nil || !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%s: got %v, want %s", c.doc, err, c.err)
			}
		}
	}
	if _, err := New(&Document{Version: 2}, Options{}); err == nil {
		t.Error("version 2 accepted")
	}
}

// TestConfigs: every example of a policy parses, fits the schema and compiles.
func TestConfigs(t *testing.T) {
	schema := policySchema(t)
	for _, name := range []string{"stanch", "strict", "hash", "shadow"} {
		file := "../configs/" + name + ".yaml"
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, schema, b); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		d, err := ParseDocument(file, b)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := New(d, Options{Key: testKey(file)}); err != nil {
			t.Error(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if len(line) > 90 || strings.TrimRight(line, " \t") != line {
				t.Errorf("%s:%d: long line or trailing blank", file, i+1)
			}
		}
	}
}

// TestDocumentErrorsQuoteNothing: a secret that ended up in a wrong place of
// the document does not end up in the error.
func TestDocumentErrorsQuoteNothing(t *testing.T) {
	const canary = "hunter2canary"
	for _, doc := range []string{
		"version: %s", "%s: 1", "version: 1\n%s: x", "version: 1\npolicy: %s", "version: 1\npolicy: [{action: %s}]",
		"version: 1\npolicy: [{%s: a, action: mask}]", "version: 1\nallow: [{value: %s}]", "version: 1\nallow: [{fingerprint: %s, reason: a}]",
		"version: 1\nallow: [{value: %s, fingerprint: %[1]s, reason: a}]", "version: 1\nallow: [{value: %s, value: a}]",
		"version: 1\npolicy: [{severity: %s, action: mask}]", "version: 1\nlimits: {max_line: %s}", "version: 1\nkey: {file: [%s]}",
		"version: 1\nkey: {%s: a}", "version: 1\n&%s a: b", "version: 1\nkey: *%s", "version: 1\nkey: !%s a", "version: 1\n\t%s", "%s: [", "'%s", "version: 1\nkey: \"%s\\q\"",
		"%%%s\n---\na", "version: 1\n%s", "version: !!int %s", "version: !!binary %s", "%%TAG ! %s\n---\n!a b", "version: 1\nnames: {secret: '%s*'}",
	} {
		text := fmt.Sprintf(doc, canary)
		_, err := ParseDocument("p.yaml", []byte(text))
		if err == nil {
			t.Errorf("accepted:\n%s", text)
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), canary) {
				t.Errorf("%q: error quotes it: %v", text, e)
			}
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, c := range documents {
		f.Add([]byte(c.text))
	}
	schema := policySchema(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDocument("p.yaml", b)
		if err != nil {
			var line, column int
			if n, _ := fmt.Sscanf(err.Error(), "p.yaml:%d:%d: ", &line, &column); n != 2 || line < 1 || column < 1 {
				t.Fatalf("error without a position: %v", err)
			}
			return
		}
		if d.Version != 1 || d.Limits.MaxLine < 1 || d.Limits.MaxCandidates < 1 {
			t.Fatal("accepted with bad values")
		}
		if err := validate(t, schema, b); err != nil {
			t.Fatalf("parser accepts, schema refuses: %v", err)
		}
	})
}

func policySchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../configs/stanch.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds a YAML document against the schema. YAML's errors count too.
func validate(t testing.TB, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(b, &v); err != nil {
		return err
	}
	return s.Validate(plainJSON(v))
}

// plainJSON gives maps with other keys than strings a field no schema allows.
func plainJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plainJSON(e)
		}
	case map[any]any:
		return map[string]any{"not a string": nil}
	case []any:
		for i, e := range v {
			v[i] = plainJSON(e)
		}
	case uint64:
		return float64(v)
	}
	return v
}
