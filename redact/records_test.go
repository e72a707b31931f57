package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestKeyRecords: of a key whose lines are records of their own, one marker is
// left, and nothing else is touched, however the stream is cut.
func TestKeyRecords(t *testing.T) {
	e := builtin(t, Options{})
	key, _, _, err := detectors.Expand("{pem:RSA PRIVATE KEY}", 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{
		"2026-01-01T00:00:%02[2]dZ stdout F %[1]s\n",
		"web_1  | %[1]s\r\n",
		"{\"log\":\"%[1]s\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:%02[2]dZ\"}\n",
	} {
		var in, want strings.Builder
		for i, l := range strings.Split(key, "\n") {
			fmt.Fprintf(&in, c, l, i)
			if i > 0 {
				l = ""
			} else {
				l = "REDACTED-private-key"
			}
			fmt.Fprintf(&want, c, l, i)
		}
		in.WriteString("the next line\n")
		want.WriteString("the next line\n")
		text := []byte(in.String())
		r := e.NewRedactor()
		once := r.Append(nil, text)
		if string(once) != want.String() {
			t.Errorf("%q:\n got %s\nwant %s", c, once, want.String())
		}
		if twice := r.Append(nil, once); !bytes.Equal(once, twice) {
			t.Errorf("%q: redacted twice:\n%s", c, twice)
		}
		spans, err := r.Spans(nil, text, false)
		if last := strings.LastIndex(in.String(), "KEY-----") + len("KEY-----"); err != nil || len(spans) != 1 || spans[0].End != last {
			t.Errorf("%q: %d spans, %v", c, len(spans), err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for range 20 {
			var got bytes.Buffer
			w := e.NewWriter(&got, WriterOptions{})
			for rest := text; len(rest) > 0; {
				n := min(rng.IntN(200)+1, len(rest))
				w.Write(rest[:n])
				rest = rest[n:]
			}
			if err := w.Close(); err != nil || got.String() != want.String() {
				t.Fatalf("%q: %v: %s", c, err, got.String())
			}
		}
	}
}
