package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func TestParseDocument(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"version: 1\nsources:\n- file: a.env\n  owner: team\n  last-rotated: 2026-01-31\n- env: ['*_TOKEN']\n- saved: x\n", ""},
		{"", "inv.yaml:1:1: empty document: want version: 1"},
		{"version: 2\n", "inv.yaml:1:10: version: want 1"},
		{"sources:\n- env: [A]\n", "inv.yaml:1:1: version is missing: want version: 1"},
		{"version: 1\n", "inv.yaml:1:1: no sources"},
		{"version: 1\nsource: []\n", "inv.yaml:2:1: document: unknown field source"},
		{"version: 1\nweak: maybe\n", "inv.yaml:2:7: weak: want refuse or under-key"},
		{"version: 1\nsources:\n- fil: x\n", "inv.yaml:3:3: source: unknown field fil"},
		{"version: 1\nsources:\n- file: x\n  env: [A]\n", "inv.yaml:3:3: source: want one of file, env and saved"},
		{"version: 1\nsources:\n- env: [A]\n  format: lines\n", "inv.yaml:3:3: source: format and names are for files"},
		{"version: 1\nsources:\n- file: x\n  format: toml\n", "inv.yaml:4:11: format: want lines, dotenv, json, yaml or kubernetes"},
		{"version: 1\nsources:\n- file: x\n  last-rotated: yesterday\n", "inv.yaml:4:17: last-rotated: want a date like 2026-01-31"},
		{"version: 1\nsources:\n- env: ['[']\n", "inv.yaml:3:9: env: not a pattern"},
		{"version: 1\nversion: 1\n", "inv.yaml:2:1: document: version is given twice"},
		{"- a\n", "inv.yaml:1:1: document: want a mapping"},
		{"version: 1\n---\nversion: 1\n", "inv.yaml: more than one document"},
	} {
		_, err := ParseDocument("inv.yaml", []byte(c.text))
		if valid := fits(t, []byte(c.text)); valid != (c.err == "") && !schemaless[c.err] {
			t.Errorf("%q: the schema says %v, the parser %v", c.text, valid, err)
		}
		if got := ""; err != nil && err.Error() != c.err || err == nil && c.err != got {
			t.Errorf("%q: %v, want %s", c.text, err, c.err)
		}
	}
}

// schemaless are errors that no schema can tell.
var schemaless = map[string]bool{
	"inv.yaml:3:9: env: not a pattern":               true,
	"inv.yaml: more than one document":               true,
	"inv.yaml:2:1: document: version is given twice": true,
}

// fits holds a document against the schema.
func fits(t *testing.T, text []byte) bool {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../configs/inventory.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if yaml.Unmarshal(text, &v) != nil {
		return false
	}
	b, err := json.Marshal(v)
	if err != nil {
		return false
	}
	if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(bytes.ReplaceAll(b, []byte("T00:00:00Z"), nil))); err != nil {
		return false
	}
	return schema.Validate(v) == nil
}

// TestExample: the example parses and fits the schema.
func TestExample(t *testing.T) {
	const file = "../configs/inventory.yaml"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDocument(file, b)
	if err != nil || len(d.Sources) != 4 || len(d.Saved) != 1 || !d.UnderKey {
		t.Fatal(d, err)
	}
	if !fits(t, b) {
		t.Error("the schema refuses it")
	}
}

// TestOpen builds an inventory of files beside the document, and one with a
// saved one in it.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	l := secrets(11, 3, 20)
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var saved bytes.Buffer
	if err := Save(context.Background(), &saved, *blindKey(), l[:1]); err != nil {
		t.Fatal(err)
	}
	write("saved", saved.Bytes())
	write("list", l[1])
	write("app.env", []byte("A='"+strings.ReplaceAll(string(l[2]), "'", "")+"'\n"))
	d, err := ParseDocument(filepath.Join(dir, "inv.yaml"), []byte("version: 1\nsources: [{saved: saved}, {file: list, owner: us}, {file: app.env}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(context.Background(), nil, false); err == nil {
		t.Error("a saved inventory was loaded without a key")
	}
	for _, blind := range []bool{false, true} {
		inv, err := d.Open(context.Background(), []Key{*blindKey()}, blind)
		if err != nil {
			t.Fatal(err)
		}
		text := bytes.Join(l, []byte(" "))
		var ids []string
		for _, h := range inv.Scan(nil, text, new(Scratch)) {
			if m := inv.Entry(h.Entry); h.Form == Plain {
				ids = append(ids, m.ID+" "+m.Owner)
			}
		}
		if got := strings.Join(ids, ", "); got != "v0 , list/1 us, app.env/A " {
			t.Errorf("blind %v: %s", blind, got)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte("version: 1\nsources:\n- file: a.env\n  names: [A]\n- env: ['*_TOKEN']\n- saved: x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := ParseDocument("x", b); err == nil && len(d.Sources)+len(d.Saved) == 0 {
			t.Error("no sources and no error")
		}
	})
}
