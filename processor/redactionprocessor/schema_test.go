package redactionprocessor

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// TestSchema: the schema names the fields that the configuration has.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := yaml.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	compare(t, "", schema, reflect.TypeFor[Config]())

	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for config, good := range map[string]bool{
		"{allow_all_keys: true, blocked_values: [a], hash_function: SHA1, db_sanitizer: {sql: {enabled: true, attributes: [b]}}}": true,
		"{hash_function: hmac-sha512, url_sanitizer: {enabled: true, sanitize_span_name: false}}":                                 true,
		"{hash_function: sha256}":             false,
		"{blocked_values: a}":                 false,
		"{db_sanitizer: {oracle: {}}}":        false,
		"{url_sanitizer: {attributes: [[]]}}": false,
		"{block_values: [a]}":                 false,
	} {
		var v any
		if err := yaml.Unmarshal([]byte(config), &v); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(v); (err == nil) != good {
			t.Errorf("%s: %v", config, err)
		}
	}
}

func compare(t *testing.T, at string, schema map[string]any, of reflect.Type) {
	properties, _ := schema["properties"].(map[string]any)
	var fields []string
	for i := range of.NumField() {
		f := of.Field(i)
		name := f.Tag.Get("mapstructure")
		fields = append(fields, name)
		if f.Type.Kind() == reflect.Struct {
			sub, _ := properties[name].(map[string]any)
			compare(t, at+name+".", sub, f.Type)
		}
	}
	var named []string
	for p := range properties {
		named = append(named, p)
	}
	slices.Sort(fields)
	slices.Sort(named)
	if !slices.Equal(fields, named) {
		t.Errorf("%s: the schema has %v, the configuration %v", at, named, fields)
	}
}
