package detectors

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/finding"
)

const head = "vendor: Acme\ndetectors:\n"

// good is a detector that can be added to; its fields are lines of two spaces.
const good = "- id: acme-key\n  title: Acme key\n  severity: high\n  kind: prefix\n  literals: [acme_]\n  after: '[a-z]{20}'\n"

const keyed = "- id: acme-key\n  title: Acme key\n  severity: high\n  kind: keyed\n  literals: [acme]\n  fold: true\n  after: '[a-z]{20}'\n"

const regex = "- id: acme-key\n  title: Acme key\n  severity: high\n  kind: regex\n  literals: [acme]\n  regex: 'acme([a-z]+)'\n"

const structure = "- id: acme-url\n  title: Acme URL\n  severity: high\n  kind: structure\n  structure: url-userinfo\n"

func without(doc, line string) string {
	if !strings.Contains(doc, line) {
		panic("no line " + line)
	}
	return strings.Replace(doc, line, "", 1)
}

var documents = []struct {
	name string
	doc  string
	// err is what Load must say; empty for a good document.
	err string
	// schemaBlind marks what only Load can see.
	schemaBlind bool
}{
	{"smallest", head + good, "", false},
	{"every field", head + good + `  references: [https://example.com/a]
  fold: false
  before: '[0-9]{2}'
  keywords: [acme, Widget]
  loose: true
  anywhere: true
  entropy: 3.5
  check: {name: crc32-base62, required: true}
  examples: ['12acme_{lower:20}']
  negatives: ['acme_{lower:3}']
`, "", false},
	{"check by name", head + good + "  check: jwt\n", "", false},
	{"keyed", head + keyed + "  entropy: 3\n  check: jwt\n", "", false},
	{"field", head + "- {id: a, title: A, severity: low, kind: field, literals: [acme_pin], after: '[0-9]{4}'}\n", "", false},
	{"structure", head + structure, "", false},
	{"regex", head + regex + "  group: 1\n  anywhere: true\n  keywords: [x]\n", "", false},
	{"identifier", head + strings.Replace(good, "high", "low", 1) + "  identifier: true\n", "", false},
	{"identifier false", head + good + "  identifier: false\n", "", false},
	{"two", head + good + strings.Replace(good, "acme-key", "acme-2", 1), "", false},

	{"a list", "- a\n", "t.yaml:1: the file must be a mapping", false},
	{"no vendor", "detectors:\n" + good, "t.yaml:1: vendor is missing", false},
	{"no detectors", "vendor: Acme\n", "t.yaml:1: detectors is missing", false},
	{"empty detectors", "vendor: Acme\ndetectors: []\n", "t.yaml:2: detectors is an empty list", false},
	{"detectors not a list", "vendor: Acme\ndetectors: 1\n", "t.yaml:2: detectors must be a list", false},
	{"detector not a mapping", "vendor: Acme\ndetectors: [x]\n", "t.yaml:2: the detector must be a mapping", false},
	{"vendor not a string", "vendor: 7\ndetectors:\n" + good, "t.yaml:1: vendor: 7 is not a string", false},
	{"empty vendor", "vendor: ''\ndetectors:\n" + good, "t.yaml:1: vendor is empty", false},
	{"unknown field", head + good + "  colour: red\n", `t.yaml:9: unknown field "colour"`, false},
	{"unknown top field", "color: x\n" + head + good, `t.yaml:1: unknown field "color"`, false},
	{"no id", head + "- title: A\n  severity: low\n  kind: prefix\n  literals: [a]\n  after: a\n", "t.yaml:3: id is missing", false},
	{"no title", head + without(good, "  title: Acme key\n"), "title is missing", false},
	{"no severity", head + without(good, "  severity: high\n"), "severity is missing", false},
	{"no kind", head + without(good, "  kind: prefix\n"), "kind is missing", false},
	{"no literals", head + without(good, "  literals: [acme_]\n"), "needs literals", false},
	{"no shape", head + without(good, "  after: '[a-z]{20}'\n"), "needs after or before", false},
	{"id in upper case", head + strings.Replace(good, "acme-key", "Acme", 1), "t.yaml:3: id", false},
	{"id begins with a dash", head + strings.Replace(good, "acme-key", "-a", 1), "t.yaml:3: id", false},
	{"id of 65", head + strings.Replace(good, "acme-key", strings.Repeat("a", 65), 1), "t.yaml:3: id", false},
	{"id with a newline", head + strings.Replace(good, "acme-key", `"a\n"`, 1), "t.yaml:3: id", false},
	{"id a number", head + strings.Replace(good, "acme-key", "12", 1), "12 is not a string", false},
	{"severity", head + strings.Replace(good, "high", "urgent", 1), `t.yaml:5: unknown severity "urgent"`, false},
	{"kind", head + strings.Replace(good, "prefix", "suffix", 1), `t.yaml:6: unknown kind "suffix"`, false},
	{"fold a string", head + good + "  fold: 'true'\n", "fold must be true or false", false},
	{"fold null", head + good + "  fold:\n", "fold must be true or false", false},
	{"literals a string", head + strings.Replace(good, "[acme_]", "acme_", 1), "literals must be a list", false},
	{"literal empty", head + strings.Replace(good, "[acme_]", "['']", 1), "literals is empty", false},
	{"literal a number", head + strings.Replace(good, "[acme_]", "[1e5]", 1), "1e5 is not a string for YAML", false},
	{"literal twice", head + strings.Replace(good, "[acme_]", "[a, a]", 1), `literals: "a" is listed twice`, false},
	{"entropy zero", head + good + "  entropy: 0\n", "entropy must be", false},
	{"entropy nine", head + good + "  entropy: 9\n", "entropy must be", false},
	{"entropy a string", head + good + "  entropy: '3'\n", "entropy must be", false},
	{"check without a name", head + good + "  check: {required: true}\n", "check: name is missing", false},
	{"check with more", head + good + "  check: {name: jwt, strict: true}\n", `unknown field "strict"`, false},
	{"check a list", head + good + "  check: [jwt]\n", "check must be a string", false},
	{"group without regex", head + good + "  group: 1\n", "group means nothing", false},
	{"group below zero", head + regex + "  group: -1\n", "group must be", false},
	{"group a fraction", head + regex + "  group: 1.5\n", "group must be", false},
	{"structure in prefix", head + good + "  structure: x\n", "structure means nothing", false},
	{"regex in keyed", head + keyed + "  regex: x\n", "regex means nothing", false},
	{"before in keyed", head + keyed + "  before: x\n", "before means nothing", false},
	{"loose in keyed", head + keyed + "  loose: true\n", "loose means nothing", false},
	{"anywhere in keyed", head + keyed + "  anywhere: true\n", "anywhere means nothing", false},
	{"after in regex", head + regex + "  after: x\n", "after means nothing", false},
	{"after in structure", head + structure + "  after: x\n", "after means nothing", false},
	{"check in structure", head + structure + "  check: jwt\n", "check means nothing", false},
	{"keywords in structure", head + structure + "  keywords: [a]\n", "keywords means nothing", false},
	{"entropy in structure", head + structure + "  entropy: 3\n", "entropy means nothing", false},
	{"structure without its parser", head + without(structure, "  structure: url-userinfo\n"), "needs structure", false},
	{"regex without an expression", head + without(regex, "  regex: 'acme([a-z]+)'\n"), "needs regex", false},
	{"keyed without a shape", head + without(keyed, "  after: '[a-z]{20}'\n"), "needs after", false},
	{"loose without after", head + strings.Replace(good, "after", "before", 1) + "  loose: true\n", "loose needs after", false},
	{"identifier of high severity", head + good + "  identifier: true\n", "an identifier has severity low", false},
	{"examples empty", head + good + "  examples: []\n", "examples is an empty list", false},
	{"example empty", head + good + "  examples: ['']\n", "examples is empty", false},

	{"empty", "", "t.yaml:1: no detectors", true},
	{"not YAML", "vendor: [\n", "t.yaml:", true},
	{"two documents", head + good + "---\nvendor: B\n", "more than one YAML document", true},
	{"an alias", "vendor: &v Acme\ndetectors:\n" + strings.Replace(good, "Acme key", "*v", 1), "title must be a string", true},
	{"field twice", head + good + "  kind: keyed\n", "t.yaml:9: field kind is given twice", true},
	{"id twice", head + good + good, "t.yaml:9: detector acme-key: the id is taken by t.yaml:3", true},
	{"unknown check", head + good + "  check: crc99\n", `t.yaml:9: unknown check "crc99"`, true},
	{"bad shape", head + strings.Replace(good, "{20}", "{20,}", 1), "t.yaml:8: after: shape", true},
	{"before not readable backwards", head + good + "  before: 'a[a-z]{1,3}'\n", "read from its end", true},
	{"two secrets", head + strings.Replace(good, "[a-z]{20}", "([a-z]{20})", 1) + "  before: '([0-9])'\n", "both mark the secret", true},
	{"bad expression", head + strings.Replace(regex, "'acme([a-z]+)'", "'acme('", 1), "t.yaml:8: regex: error parsing", true},
	{"group too high", head + regex + "  group: 2\n", "regex has 1 groups", true},
	{"bad template", head + good + "  examples: ['acme_', 'a>>b']\n", "t.yaml:9: examples: template", true},
}

func TestLoad(t *testing.T) {
	for _, tt := range documents {
		ds, err := Load("t.yaml", []byte(tt.doc))
		switch {
		case tt.err == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.err == "" && len(ds) == 0:
			t.Errorf("%s: no detectors", tt.name)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		case err != nil && !strings.HasPrefix(err.Error(), "t.yaml:"):
			t.Errorf("%s: error without a file: %v", tt.name, err)
		}
	}
}

func TestSchemaAgreesWithLoad(t *testing.T) {
	file, err := os.Open("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range documents {
		if tt.schemaBlind {
			continue
		}
		var v any
		if err := yaml.Unmarshal([]byte(tt.doc), &v); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if err := schema.Validate(v); (err == nil) != (tt.err == "") {
			t.Errorf("%s: the schema says %v, Load %q", tt.name, err, tt.err)
		}
	}
	for _, d := range vendorDocuments(t) {
		var v any
		if err := yaml.Unmarshal(d, &v); err != nil {
			continue // TestVendorExamples names the line
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", bytes.SplitN(d, []byte("\n"), 2)[0], err)
		}
	}
}

func TestLoadKeepsEverything(t *testing.T) {
	ds, err := Load("t.yaml", []byte(documents[1].doc))
	if err != nil {
		t.Fatal(err)
	}
	d := ds[0]
	if d.ID != "acme-key" || d.Title != "Acme key" || d.Vendor != "Acme" || d.Severity != finding.High || d.Kind != Prefix ||
		len(d.References) != 1 || len(d.Literals) != 1 || d.Fold || d.Before.Source != "[0-9]{2}" || d.After.Source != "[a-z]{20}" ||
		len(d.Keywords) != 2 || !d.Loose || !d.Anywhere || d.Entropy != 3.5 || d.Check == nil || d.Check.Name != "crc32-base62" ||
		!d.Check.Required || d.Check.Func == nil || len(d.Examples) != 1 || d.Examples[0].Line != 17 || len(d.Negatives) != 1 ||
		d.File != "t.yaml" || d.Line != 3 {
		t.Errorf("loaded %+v", d)
	}
}

func TestLoadReportsAll(t *testing.T) {
	_, err := Load("t.yaml", []byte(head+good+"  colour: red\n  entropy: 9\n"))
	for _, want := range []string{"t.yaml:9: ", "t.yaml:10: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}

func TestMerge(t *testing.T) {
	a, err := Load("a.yaml", []byte(head+good))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load("b.yaml", []byte(head+good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Merge(a, b); err == nil || err.Error() != "b.yaml:3: detector acme-key: the id is taken by a.yaml:3" {
		t.Errorf("error %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d.doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ds, err := Load("f.yaml", data)
		if err != nil && !strings.HasPrefix(err.Error(), "f.yaml") {
			t.Errorf("error without a file: %v", err)
		}
		for i := range ds {
			if err == nil && !validID(ds[i].ID) {
				t.Errorf("id %q", ds[i].ID)
			}
		}
	})
}
