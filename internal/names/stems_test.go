package names

import (
	"strings"
	"testing"
)

// spellings of a name given in snake case.
func spellings(snake string) []string {
	words := strings.Split(snake, "_")
	var camel, pascal strings.Builder
	for i, w := range words {
		title := w
		if w != "" {
			title = strings.ToUpper(w[:1]) + w[1:]
		}
		pascal.WriteString(title)
		if i == 0 {
			title = w
		}
		camel.WriteString(title)
	}
	return []string{
		snake, strings.ToUpper(snake), strings.Join(words, "-"), strings.Join(words, "."),
		strings.Join(words, ""), camel.String(), pascal.String(),
		"db_" + snake, "my" + pascal.String(), "my" + strings.Join(words, ""), snake + "_2", snake + "2",
	}
}

// seen reports whether a matcher for stems has a hit in key that a separator follows.
func seen(stems []Stem, key string) bool {
	key = strings.ToLower(key) + "="
	for _, s := range stems {
		for at := 0; ; {
			i := strings.Index(key[at:], strings.ToLower(s.Text))
			if i < 0 {
				break
			}
			at += i + len(s.Text)
			if next := key[at]; !s.Last || next < 'a' || next > 'z' {
				return true
			}
		}
	}
	return false
}

type row struct {
	name, kind, class, match, strength string
}

func rowsOf(t *testing.T, tsv string) (rows []row) {
	t.Helper()
	for line := range strings.Lines(tsv) {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		rows = append(rows, row{f[0], f[1], f[2], f[3], f[4]})
	}
	return rows
}

func TestStemsSeeEveryName(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	stems := c.Stems()
	if len(stems) > 156 {
		t.Errorf("%d stems, want at most 156", len(stems))
	}
	for _, r := range rowsOf(t, namesTSV) {
		switch {
		case r.match == "literal":
			continue
		case r.name == "poetry_pypi_token_pypi", r.name == "vault_dev_root_token_id":
			continue // environment variables, never spelled in camel case
		}
		for _, key := range spellings(r.name) {
			if v := c.Classify([]byte(key), Attr); v.Strength >= Medium && !seen(stems, key) {
				t.Errorf("%s is %v but contains no stem", key, v.Strength)
			}
		}
	}
}
