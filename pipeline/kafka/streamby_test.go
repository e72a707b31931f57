package kafka

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stanch/stanch/pipeline/kafka/batch"
)

func TestStreamBy(t *testing.T) {
	headers := batch.AppendHeaders(nil, []batch.Header{{Key: []byte("a"), Value: nil}, {Key: []byte("host"), Value: []byte("h1")}, {Key: []byte("host"), Value: []byte("h2")}})
	bit := `{"n":[1,{"pod_name":"no"}],"kubernetes":{"labels":{"app":"}"},"pod_name":"web-1"},"log":"x"}`
	for _, c := range []struct{ by, value, want string }{
		{"key", "", "k"},
		{"header:host", "", "h1"},
		{"header:a", "", ""},
		{"header:b", "", ""},
		{"field:log", bit, "x"},
		{"field:kubernetes.pod_name", bit, "web-1"},
		{"field:kubernetes.labels.app", bit, "}"},
		{"field:kubernetes.labels", bit, ""},
		{"field:pod_name", bit, ""},
		{"field:n", bit, ""},
		{"field:kubernetes.pod_name", `{"kubernetes.pod_name":"flat"}`, "flat"},
		{"field:kubernetes.pod_name", `{"kubernetes":{"pod":1},"kubernetes.pod_name":"flat"}`, "flat"},
		{"field:a.b.c", ` { "a" : { "b.c" : "x" } } `, "x"},
		{"field:a.b.c", `{"a.b":{"c":12.5e3}}`, "12.5e3"},
		{"field:a", `{"a":null}`, ""},
		{"field:a", `{"a":true}`, ""},
		{"field:a", `{"a":""}`, ""},
		{"field:a", `{"a":-7}`, "-7"},
		{"field:b", `{"a":"\\","b":"q\"q"}`, `q\"q`},
		{"field:b", `{"a":"\\\"","b":"y"`, "y"},
		{"field:b", `{"b":,"a":1}`, ""},
		{"field:b", `{"a":"`, ""},
		{"field:b", `{"a":{"b`, ""},
		{"field:b", `["b"]`, ""},
		{"field:b", `b=1`, ""},
		{"field:b", ``, ""},
	} {
		by, err := ParseStreamBy(c.by)
		if err != nil {
			t.Fatal(err)
		}
		if by.String() != c.by {
			t.Errorf("%s is written %s", c.by, by)
		}
		rec := batch.Record{Key: []byte("k"), Headers: headers}
		if got := string(by.of(&rec, []byte(c.value))); got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.by, c.value, got, c.want)
		}
	}
	for _, s := range []string{"", "keys", "header:", "field:", "field:a..b", "field:.a", "field:a.", `field:a"b`, "field:" + strings.Repeat("a.", 20) + "b", "value"} {
		if _, err := ParseStreamBy(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// FuzzStreamBy holds what is found in a value against what encoding/json reads.
func FuzzStreamBy(f *testing.F) {
	for _, s := range []string{`{"a":{"b":"x"}}`, `{"a.b":"x","a":1}`, `{"a":[{"b":"y"}],"a.b":2}`, `{"a":"\"","a.b":"\\"}`, `{`, `{"a":{"b":{}}}`, `{"a":{"b":1,}}`} {
		f.Add([]byte(s))
	}
	by, err := ParseStreamBy("field:a.b")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		got := by.of(&batch.Record{}, v)
		if !json.Valid(v) {
			return
		}
		var x, y map[string]json.RawMessage
		if json.Unmarshal(v, &x) != nil {
			if len(got) > 0 {
				t.Errorf("%q of %q", got, v)
			}
			return
		}
		// Of members of one name encoding/json takes the last, so only one each is held against it.
		n := strings.Count(string(v), `"a"`) + strings.Count(string(v), `"a.b"`) + strings.Count(string(v), `"b"`)
		if n > 2 || strings.Contains(string(v), `\`) {
			return
		}
		want := x["a.b"]
		if json.Unmarshal(x["a"], &y) == nil && len(want) == 0 {
			want = y["b"]
		}
		if len(want) > 0 && want[0] == '"' {
			want = want[1 : len(want)-1]
		} else if len(want) > 0 && want[0] != '-' && (want[0] < '0' || want[0] > '9') {
			want = nil
		}
		if string(got) != string(want) {
			t.Errorf("%q of %q, want %q", got, v, want)
		}
	})
}
