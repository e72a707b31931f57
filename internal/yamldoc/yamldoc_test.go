package yamldoc

import (
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func read(text string) error {
	n, err := Parse("f", []byte(text), 1000)
	if err != nil {
		return err
	}
	p := Parser{"f"}
	return p.Fields(n, "document", []string{"n", "b", "d", "l", "w"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "n":
			_, err = p.Int(v, name, 1, 3)
		case "b":
			_, err = p.Bool(v, name)
		case "d":
			_, err = p.Duration(v, name, time.Second, time.Minute)
		case "l":
			_, err = p.Strings(v, name)
		case "w":
			_, err = p.Word(v, name, []string{"x", "y"})
		}
		return err
	})
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"n: 1\nb: true\nd: 30s\nl: [a, b]\nw: x": "",
		"l: a":                                   "",
		"":                                       "f:1:1: empty document",
		"n: 1\n---\nn: 2":                        "f:2:1: more than one document",
		"n: 1\nn: 2":                             "f:2:1: field n is given twice",
		"n: 1\nz: secret-9":                      "f:2:1: unknown field in document: want n, b, d, l or w",
		"n: 9":                                   "f:1:4: n: want a whole number from 1 to 3",
		"n: !!str 1":                             "f:1:4: tags are not supported",
		"l: &a [b]":                              "f:1:4: aliases are not supported",
		"b: yes-9":                               "f:1:4: b: want true or false",
		"d: 3":                                   "f:1:4: d: want a time from 1s to 1m0s, such as 500ms, 30s or 5m",
		"d: 3h":                                  "f:1:4: d: want a time from 1s to 1m0s, such as 500ms, 30s or 5m",
		"w: z":                                   "f:1:4: w: want x or y",
		"l: []":                                  "f:1:4: l: want a list that is not empty",
		"- 1":                                    "f:1:1: document: want a mapping",
		"n: [1":                                  "f:1:1: not valid YAML: did not find expected ',' or ']'",
		strings.Repeat("# long\n", 1000):         "f:1:1: longer than 1000 bytes",
	} {
		got := ""
		if err := read(text); err != nil {
			got = err.Error()
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%.40q: %s\nwant %s", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("n: 1\nl: [a, b]\n")
	f.Add("l: &x [*x]\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		if err := read(text); err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%v has no place", err)
		}
	})
}
