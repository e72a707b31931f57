package kafka

import (
	"strings"
	"testing"

	"github.com/stanch/stanch/redact"
)

// TestEmptied: a value or key of which nothing is left is empty, and not null, which
// would delete what the key stands for.
func TestEmptied(t *testing.T) {
	doc, err := redact.ParseDocument("p", []byte("version: 1\npolicy: [{action: remove}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	token := "ghp_" + strings.Repeat("aB3dE5gH7k", 3) + "zZ9yX8"
	for _, values := range [][]string{{token}, {"clean", token, "clean"}} {
		list := make([][]byte, len(values))
		for i, v := range values {
			list[i] = []byte(v)
		}
		got, _ := outputs(t, transform(t, e, telemetryOptions(), Route{}, list...))
		for i, v := range got {
			want := values[i]
			if want == token {
				want = ""
			}
			if v == nil || string(v) != want {
				t.Errorf("%d: %#v, want %q", i, v, want)
			}
		}
	}
}
