package redact

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

func TestSieve(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	token, _, _, err := detectors.Expand("dop_v1_{hex:64}", 4)
	if err != nil {
		t.Fatal(err)
	}
	var s Sieve
	if got := r.Sift(&s); len(got) != 0 {
		t.Errorf("of nothing %v are suspects", got)
	}
	texts := []string{"a", "", token, "GET", "two\nlines", "b " + token + " c", token[:9], "", "\r", "end"}
	want := []int32{2, 4, 5, 8}
	for _, x := range texts {
		if !s.Add(x) {
			t.Fatal("no room")
		}
	}
	if got := r.Sift(&s); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i, x := range texts {
		if string(s.Text(i)) != x {
			t.Errorf("text %d is %q", i, s.Text(i))
		}
	}
	s.Reset()
	n := 0
	for s.Add(fmt.Sprintf("text %d", n)) {
		n++
	}
	if s.Len() != n || n < 1000 {
		t.Errorf("%d texts, %d were added", s.Len(), n)
	}
	if got := r.Sift(&s); len(got) != 0 {
		t.Errorf("%d of %d clean texts are suspects", len(got), n)
	}
	if n := testing.AllocsPerRun(10, func() { r.Sift(&s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	r.fault = func(stage) { panic("no reason") }
	if got := r.Sift(&s); len(got) != n {
		t.Errorf("after a panic %d of %d texts are suspects", len(got), n)
	}
}

func TestShadowRedactor(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	token, _, _, err := detectors.Expand("dop_v1_{hex:64}", 4)
	if err != nil {
		t.Fatal(err)
	}
	r.Shadow = true
	if out, changed := r.Redact(nil, []byte(token)); changed || len(out) > 0 {
		t.Error("a text was changed")
	}
	if s := r.Stats(); s.Shadow != 1 {
		t.Errorf("%d values passed in shadow", s.Shadow)
	}
}

func TestDefaultAction(t *testing.T) {
	r := demoEngine(t, "policy: [{detector: demo-secret, action: remove}]", Options{}).NewRedactor()
	r.Default = Token
	value := token(1)[len("dmo_"):]
	for _, c := range []struct{ literal, want string }{
		{"dmo_", "TOKEN-"},       // nothing is said of it
		{"dms:", ""},             // the policy decides
		{"dmi_", "dmi_" + value}, // identifiers are kept as ever
	} {
		got := string(r.Append(nil, []byte(c.literal+value)))
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s becomes %q, want %q", c.literal, got, c.want)
		}
	}
}
