package redactionprocessor

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestQueries(t *testing.T) {
	for _, c := range []struct {
		hide     func(string, string) string
		in, want string
	}{
		{hideSQL, "SELECT a1 FROM t WHERE id = 42 AND open = true", "SELECT a? FROM t WHERE id = ? AND open = ?"},
		{hideRedis, "SET key value EX 5", "SET key ? EX 5"},
		{hideRedis, "AUTH user pass", "AUTH ?"},
		{hideRedis, "  get   k\t\nHSET h f v g \"a b\\\" c\"\n\nPING", "get k\t\nHSET h f ? g ?\nPING"},
		{hideRedis, "CONFIG SET requirepass x", "CONFIG SET requirepass ?"},
		{hideRedis, "BITFIELD k SET u8 0 255", "BITFIELD k SET u8 0 ?"},
		{hideRedis, "ZADD k NX CH 1 a 2 b", "ZADD k NX CH 1 ? 2 ?"},
		{hideRedis, "GEOADD k 1 2 here 3 4 there", "GEOADD k 1 2 ? 3 4 ?"},
		{hideRedis, "MSET a 1 b 2", "MSET a ? b ?"},
		{hideRedis, "LPUSH l a b c", "LPUSH l ?"},
		{hideRedis, "LINSERT l BEFORE p v", "LINSERT l BEFORE p ?"},
		{hideRedis, "", ""},
		{hideMemcached, "set k 0 60 5\r\nvalue\r\n", "set k 0 60 5"},
		{hideJSON, ` {"a b": [1, "x\"]", null, {"c": {}}], "d" : -1.5e3} `, `{"a b":["?","?","?",{"c":{}}],"d":"?"} `},
		{hideJSON, `"top"`, `"?"`},
		{hideJSON, `{"a": 1`, `{"a": 1`},
		{hideJSON, " ", " "},
	} {
		if got := c.hide(c.in, ""); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
	}
}

func TestBrokenParserHides(t *testing.T) {
	b := database{hide: func(string, string) string { panic("x") }}
	if got := b.query("secret", ""); got != mask {
		t.Errorf("got %q", got)
	}
}

func FuzzHideJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c"}]}`, `[]`, ` "x" `, `{"\"":null}`, "1e5\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := hideJSON(text, "")
		if !json.Valid([]byte(text)) {
			if out != text {
				t.Errorf("%q becomes %q", text, out)
			}
			return
		}
		if !json.Valid([]byte(out)) {
			t.Errorf("%q becomes %q, which is no JSON", text, out)
		}
		if again := hideJSON(out, ""); again != out {
			t.Errorf("%q becomes %q", out, again)
		}
	})
}

func FuzzHideRedis(f *testing.F) {
	for _, s := range []string{"SET a b", "a\n\nb", `HSET a "b c\" d" e`, " \t\n", "SET a \\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := hideRedis(text, "")
		if strings.HasPrefix(text, "AUTH ") && len(strings.TrimSpace(text)) > 5 && !strings.HasPrefix(out, "AUTH ?") {
			t.Errorf("%q becomes %q", text, out)
		}
	})
}
