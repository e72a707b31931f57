package gitleaks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// write puts files into a directory of the test's own and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func TestLoad(t *testing.T) {
	path := write(t, "rules.toml", `title = "ours"
[extend]
path = "base.toml"
disabledRules = ["gone"]

[[rules]]
id = "Acme_Token.v2"
description = "Acme token"
regex = '''acme_([a-z0-9]{20})'''
entropy = 3.0
keywords = ["ACME_"]
[[rules.allowlists]]
regexTarget = "match"
regexes = ['''^acme_0+$''', '''test''']
[[rules.allowlists]]
condition = "AND"
paths = ['''_test\.go$''']
stopwords = ["Example"]

[[rules]]
id = "base-rule"
entropy = 2.5

[[rules]]
id = "paths-only"
path = '''\.pem$'''

[[allowlists]]
targetRules = ["base-rule"]
stopwords = ["fake"]
`, "base.toml", `
[allowlist]
regexes = ['''^(?:x+)$''']
[[rules]]
id = "base-rule"
description = "from the base"
regex = '''base-[0-9]{8}'''
keywords = ["base"]
[[rules]]
id = "gone"
regex = '''gone'''
[[rules]]
id = "taken"
regex = '''taken-(?s:.+)end'''
path = '''\.env$'''
`)
	got, notes, err := Load(path, Options{Taken: map[string]bool{"taken": true}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	by := map[string]detectors.Detector{}
	for _, d := range got {
		ids = append(ids, d.ID)
		by[d.ID] = d
	}
	if s := strings.Join(ids, " "); s != "imported-taken acme-token-v2 base-rule" {
		t.Errorf("ids: %s", s)
	}
	if d := by["acme-token-v2"]; d.Group != detectors.FirstGroup || d.Title != "Acme token" || d.Entropy <= 3 || d.Entropy > 3.0001 || d.Line != 6 ||
		len(d.Filter.Allow) != 3 || d.Filter.Keywords[0] != "acme_" || !d.Filter.Allow[1].All {
		t.Errorf("%+v", d)
	}
	if d := by["base-rule"]; d.Title != "from the base" || d.Entropy < 2.5 || len(d.Filter.Allow) != 2 {
		t.Errorf("%+v", d)
	}
	var text []string
	for _, n := range notes {
		text = append(text, strings.TrimPrefix(n.String(), filepath.Dir(path)+"/"))
	}
	want := []string{
		`base.toml:12: rule taken: path counts for files only; a stream has none and is looked at whatever it is`,
		`base.toml:12: rule taken: the regex can match over several lines; it is tried on one line at a time`,
		`rules.toml:6: rule Acme_Token.v2: allowlist: "test" is not anchored: it exempts whatever holds a match`,
		`rules.toml:24: rule paths-only: left out: it looks at paths only`,
	}
	if s := strings.Join(text, "\n"); s != strings.Join(want, "\n") {
		t.Errorf("notes:\n%s", s)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[[rules]]\nid = 3\n", "r.toml:2:6: "},
		{"[[rules]]\nid = \"a\"\n", "r.toml:1: rule a: neither regex nor path"},
		{"\n[[rules]]\nregex = 'x'\n", "r.toml:2: a rule without id"},
		{"[[rules]]\nid = \"a\"\nregex = '('\n", "r.toml:1: rule a: regex: "},
		{"[[rules]]\nid = \"a\"\nregex = '(x)'\nsecretGroup = 2\n", "r.toml:1: rule a: secretGroup 2: the regex has 1 groups"},
		{"[[rules]]\nid = \"a\"\nregex = 'x'\n[[rules.allowlists]]\ncondition = \"XOR\"\n", "r.toml:1: rule a: allowlist: condition \"XOR\": want AND or OR"},
		{"[[rules]]\nid = \"a\"\nregex = 'x'\n[[rules.required]]\nid = \"b\"\n", "r.toml:1: rule a: required: no rule b with a regex"},
		{"[extend]\nuseDefault = true\n", "r.toml: extend.useDefault needs the file of default rules"},
		{"[extend]\nurl = \"https://h\"\n", "r.toml: extend.url is not followed"},
		{"[extend]\npath = \"none.toml\"\n", "r.toml: extend: open "},
		{"[[rules]]\nid = \"a\"\nregex = 'x'\n[[allowlists]]\ntargetRules = [\"b\"]\nstopwords = [\"x\"]\n", "r.toml: allowlist: targetRules: no rule b"},
		{"[[allowlists]]\n", "r.toml: allowlist: no commits"},
	} {
		path := write(t, "r.toml", c.text)
		_, _, err := Load(path, Options{})
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", ""), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	path := write(t, "r.toml", `
[[rules]]
id = "a"
regex = '''key-([a-z]{4})'''
keywords = ["vendor"]
path = '''\.env$'''
[[rules.allowlists]]
regexes = ['''^abcd$''']
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''harmless''']
stopwords = ["zz"]
[[rules.allowlists]]
paths = ['''^vendor/''']
[[rules.required]]
id = "b"
withinLines = 0
withinColumns = 16
[[rules]]
id = "b"
regex = '''id-([0-9]+)'''
skipReport = true
[[rules.allowlists]]
regexes = ['''^0$''']
`)
	all, _, err := Load(path, Options{})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	f := all[0].Filter
	for _, c := range []struct {
		path, line, secret string
		want               bool
	}{
		{"", "VENDOR id-1 key-efgh", "efgh", false},
		{"x.env", "vendor id-1 key-efgh", "efgh", false},
		{"x.txt", "vendor id-1 key-efgh", "efgh", true},      // path
		{"", "id-1 key-efgh", "efgh", true},                  // keyword
		{"", "vendor key-efgh", "efgh", true},                // required
		{"", "vendor id-1 key-abcd", "abcd", true},           // regex
		{"", "vendor id-1 harmless key-efgh", "efgh", false}, // one of two tests
		{"", "vendor id-1 harmless key-ezzh", "ezzh", true},
		{"vendor/x.env", "vendor id-1 key-efgh", "efgh", true},
		{"", "vendor key-efgh id-2", "efgh", false},
		{"", "vendor key-efgh              id-2", "efgh", true}, // too far
		{"", "vendor id-1                  key-efgh id-3", "efgh", false},
		{"", "vendor id-0 key-efgh", "efgh", true}, // allowed where it is required
	} {
		at := strings.Index(c.line, "key-")
		got := f.On(c.path, []byte(c.line)).Refuses(detectors.Range{Start: at, End: at + 8}, detectors.Range{Start: at + 4, End: at + 8})
		if got != c.want || c.line[at+4:at+8] != c.secret {
			t.Errorf("%q %q: %v", c.path, c.line, got)
		}
	}
}

// TestExtend holds that what is extended becomes what gitleaks makes of it.
func TestExtend(t *testing.T) {
	path := write(t, "rules.toml", `[extend]
path = "base.toml"
disabledRules = ["gone", "never-there"]
[[rules]]
id = "both"
keywords = ["own"]
[[rules.required]]
id = "twice"
[[rules]]
id = "twice"
regex = 'first'
[[rules]]
id = "twice"
regex = 'last'
`, "base.toml", `[extend]
path = "third.toml"
[[rules]]
id = "both"
regex = 'both-[a-z]{4}'
keywords = ["base"]
[[rules]]
id = "gone"
regex = 'gone'
[[allowlists]]
targetRules = ["both"]
stopwords = ["abcd"]
[[allowlists]]
stopwords = ["efgh"]
`, "third.toml", `[extend]
path = "rules.toml"
[[rules]]
id = "third"
regex = 'third-[a-z]{4}'
`)
	got, notes, err := Load(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range got {
		ids = append(ids, d.ID)
		if d.ID == "both" && (strings.Join(d.Filter.Keywords, " ") != "base own" || len(d.Filter.Allow) != 1 || len(d.Filter.Required) != 0) {
			t.Errorf("%+v", d.Filter)
		}
		if d.ID == "twice" && d.Regex != "last" {
			t.Error(d.Regex)
		}
	}
	if s := strings.Join(ids, " "); s != "third both twice" {
		t.Error(s)
	}
	var text []string
	for _, n := range notes {
		text = append(text, strings.ReplaceAll(n.String(), filepath.Dir(path)+"/", ""))
	}
	want := `third.toml: extend is not followed any further: gitleaks follows 2
rules.toml:9: rule twice: left out: line 12 has another rule with this id, and the last one counts
rules.toml: extend: the rule never-there that is disabled is not in base.toml
rules.toml: rule both: required rules do not count where a rule is extended: those of base.toml do
rules.toml: extend: an allowlist of base.toml for single rules does not count: targetRules are for the file that extends`
	if s := strings.Join(text, "\n"); s != want {
		t.Errorf("notes:\n%s", s)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("[[rules]]\nid = \"a\"\nregex = '''key-([a-z]{4})'''\n[[rules.allowlists]]\nstopwords = [\"x\"]\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "r.toml")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		all, _, err := Load(path, Options{})
		if s, err := NewScanner(path, Options{}); err == nil {
			for _, f := range s.Scan(b, "x.env") {
				if f.Start > f.End || f.End > int64(len(b)) || f.Line < 1 || f.Column < 1 {
					t.Errorf("%+v", f)
				}
			}
		}
		if err == nil {
			for _, d := range all {
				if d.Regex == "" || d.ID == "" {
					t.Errorf("%+v", d)
				}
			}
		}
	})
}
