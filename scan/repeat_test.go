package scan

import (
	"strings"
	"testing"
)

// TestRepeats: every ‹› of a line stands for the same drawn value, and all of
// them go.
func TestRepeats(t *testing.T) {
	e := engine(t)
	for _, c := range []struct{ line, value string }{
		{`token=‹› | retry with ‹›`, "{alnum:32}"},
		{`retry with '‹›': {"api_key":"‹›"}`, "{hex:32}"},
		{`got ghp_‹›; export GH=ghp_‹›`, "{alnum:36}"},
		{`GET /v1/‹›/x?token=‹› HTTP/1.1`, "{alnum:24}"},
		{`{"token":"‹›","msg":"bad token\\n‹›\\n"}`, "{alnum:24}"},
		{`dial db://app:‹›@h/x: app/‹› refused`, "{alnum:20}"},
	} {
		for seed := range uint64(3) {
			value, _, _ := expand(t, c.value, seed)
			text := strings.ReplaceAll(c.line, "‹›", value)
			in := []byte("before\n" + text + "\nafter\n")
			want := redacted(t, e, in)
			if strings.Contains(want, value) || !strings.HasPrefix(want, "before\n") || !strings.HasSuffix(want, "\nafter\n") {
				t.Errorf("%s: %s", c.line, want)
				break
			}
			for cut := range in {
				if got := redacted(t, e, in, cut); got != want {
					t.Fatalf("%s: cut at %d: %s, want %s", c.line, cut, got, want)
				}
			}
		}
	}
}

// TestNoRepeats: what is no random value, stands inside a word, or on another
// line, is not taken for the same one.
func TestNoRepeats(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	value, _, _ := expand(t, "{alnum:24}", 1)
	for _, text := range []string{
		`password=administration host=administration`,
		`postgres://production:production-team@production-team/x`,
		"token=" + value + "\n" + value,
		"token=" + value + " x" + value + " " + value + "y",
	} {
		if spans := s.Text(nil, []byte(text)); len(spans) != 1 {
			t.Errorf("%s", show(e, text, spans))
		}
	}
}

// TestRepeatPauses: a pause in the middle of a value's second place leaks none of it.
func TestRepeatPauses(t *testing.T) {
	e := engine(t)
	value, _, _ := expand(t, "ghp_{alnum:36}", 4)
	text := value + " or " + value
	second := len(text) - len(value)
	for c := range len(text) {
		for i, is := range leaked(t, e, []byte(text+"\n"), c) {
			if is && i >= second && i < len(text) {
				t.Fatalf("pause at %d leaks byte %d of %s", c, i, text)
			}
		}
	}
}

// TestIdentifierUnderName: a name that says secret outweighs a shape that only
// names somebody; one that says nothing does not.
func TestIdentifierUnderName(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, c := range []struct {
		text string
		kept bool
	}{
		{"lob_token=test_pub_{hex:31}", false},
		{"mailgun_secret: pubkey-{hex:32}", false},
		{"loaded pubkey-{hex:32}", true},
		{"key=pk_live_{alnum:24}", true},
		{"api_key=phc_{alnum:43}", true},
		{"publishable_key=pk_live_{alnum:24}", true},
	} {
		text, _, _ := expand(t, c.text, 2)
		spans := s.Text(nil, []byte(text))
		if len(spans) != 1 || (spans[0].Evidence&Identifier != 0) != c.kept {
			t.Errorf("%s", show(e, text, spans))
		}
	}
}
