package match

import (
	"strings"
	"testing"
)

func TestParseClass(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"[abc]", "abc"},
		{"[a-e]", "abcde"},
		{"[A-C0-2_-]", "ABC012_-"},
		{"[-a]", "-a"},
		{`[\]\\\-x]`, `]\-x`},
		{`[+--]`, "+,-"},
		{"[a-a]", "a"},
	} {
		c, err := ParseClass(tc.in)
		if err != nil {
			t.Errorf("%s: %v", tc.in, err)
			continue
		}
		for b := range 256 {
			if got, want := c.Has(byte(b)), strings.IndexByte(tc.want, byte(b)) >= 0; got != want {
				t.Errorf("%s: Has(%q) is %v", tc.in, byte(b), got)
			}
		}
	}
	for _, bad := range []string{"", "[", "a", "[]", "[^a]", "[b-a]", `[a\]`, "[a[b]", "[a]b]", "[a", "a]"} {
		if c, err := ParseClass(bad); err == nil {
			t.Errorf("%q accepted as %v", bad, c)
		}
	}
}

func TestUnion(t *testing.T) {
	c, d := must("[a-c]"), must("[c-e\xff]")
	c.Union(d)
	if want := must("[a-e\xff]"); c != want {
		t.Errorf("got %v, want %v", c, want)
	}
	c.AddRange(0, 255)
	for b := range 256 {
		if !c.Has(byte(b)) {
			t.Fatalf("%d is missing", b)
		}
	}
}

func FuzzParseClass(f *testing.F) {
	for _, s := range []string{"[a-z]", `[\]-\\]`, "[--/]", "[^]", "[]]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseClass(s)
		if err == nil && c.Empty() {
			t.Errorf("%q: an empty class", s)
		}
	})
}
