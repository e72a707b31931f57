package scan

import (
	"slices"
	"strings"
	"testing"
)

// TestExplain asks for the test that lets a value go. In want stand the reason,
// and behind a blank the detector or - for none.
func TestExplain(t *testing.T) {
	e := engine(t)
	id := func(d int32) string {
		if d < 0 {
			return "-"
		}
		return e.Detectors()[d].ID
	}
	pat := "ghp" + "_"
	for _, c := range []struct {
		text, at string // what the decision is on
		reason   Reason
		detector string
	}{
		{"password expired for bob", "password", NoValue, "-"},
		{"token_type=abcdefgh", "token_type", HarmlessName, "-"},
		{"monkey: banana", "monkey", OtherName, "-"},
		{`{"secret":{"a":1}}`, "", NestedValue, "secret"},
		{`{"secret":null}`, "null", NotAValue, "secret"},
		{"password=******** x", "********", Masked, "password"},
		{"api_key=${API_KEY}", "${API_KEY}", Placeholder, "api-key"},
		{"password=REDACTED-password", "REDACTED-password", Ours, "password"},
		{`{"token":"12345"}`, "12345", TooShort, "token"},
		{`{"token":"2026-01-01T10:20:30Z"}`, "2026-01-01T10:20:30Z", Harmless, "token"},
		{`{"token":"in the middle of"}`, "in the middle of", Harmless, "token"},
		{`{"token":"qzxkvjwpq"}`, "qzxkvjwpq", Plain, "token"},
		{"PWD=/var/lib/app", "/var/lib/app", Directory, "password"},
		{"?sig=abcdefgh", "abcdefgh", Counter, "signature"},
		{"auth: failed for bob", "failed", NotAHeader, "authorization"},
		{"see " + pat + "abc here", pat, ShapeFails, "github-pat"},
		{"see " + strings.Repeat("a", 40) + pat + strings.Repeat("b", 36), pat, WordGoesOn, "github-pat"},
		{"see AK" + "IA" + strings.Repeat("B", 17), "AK" + "IA" + strings.Repeat("B", 16), ShapeGoesOn, "aws-access-key-id"},
		{"see " + pat + strings.Repeat("x", 36), pat + strings.Repeat("x", 36), Masked, "github-pat"},
		{"postgres://app:****@db/x", "****", Masked, "url-password"},
		{"mysql://host/db", "://", NoConstruct, "url-password"},
		{"CREATE USER x IDENTIFIED BY '***'", "***", Masked, "sql-password"},
	} {
		_, list := e.Explain([]byte(c.text))
		ok := slices.ContainsFunc(list, func(d Decision) bool {
			return d.Reason == c.reason && c.text[d.Start:d.End] == c.at && id(d.Detector) == c.detector
		})
		if !ok {
			t.Errorf("%q: no decision %d of %s on %q", c.text, c.reason, c.detector, c.at)
			for _, d := range list {
				t.Logf("\t%d %s %q", d.Reason, id(d.Detector), c.text[d.Start:d.End])
			}
		}
	}
}

// TestExplainFindsTheSame holds the spans of explaining against those of
// scanning, and the decisions against how the text is cut.
func TestExplainFindsTheSame(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	var all []byte
	for i, template := range slices.Concat(shapes, quiet) {
		text := template
		if strings.Contains(text, "<<>>") {
			continue
		}
		if i < len(shapes) {
			text, _, _ = expand(t, template, uint64(i))
		}
		all = append(append(all, text...), '\n')
	}
	want := s.Text(nil, all)
	spans, list := e.Explain(all)
	keyless(want)
	keyless(spans)
	if !slices.Equal(spans, want) {
		t.Fatalf("%d spans, want %d", len(spans), len(want))
	}
	if len(list) < len(quiet) {
		t.Errorf("%d decisions on %d quiet lines", len(list), len(quiet))
	}
	for _, size := range []int{1, 7, 100, 4096} {
		var spans []Span
		var got []Decision
		st := e.NewStream(func(p Piece) error {
			from, at := len(spans), len(got)
			spans = append(spans, p.Spans...)
			shift(spans[from:], int(p.Offset))
			keyless(spans)
			got = append(got, p.Decisions...)
			for i := range got[at:] {
				got[at+i].shift(int(p.Offset))
			}
			return nil
		})
		st.Explain()
		for rest := all; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			st.Write(rest[:min(size, len(rest))])
		}
		st.Close()
		if !slices.Equal(spans, want) {
			t.Errorf("chunks of %d: other spans", size)
		}
		if !slices.Equal(got, list) {
			t.Errorf("chunks of %d: %d decisions, want %d", size, len(got), len(list))
		}
	}
}

// keyless gives spans without a name one and the same place for it.
func keyless(spans []Span) {
	for i := range spans {
		if x := &spans[i]; x.KeyStart == x.KeyEnd {
			x.KeyStart, x.KeyEnd = 0, 0
		}
	}
}

// TestExplainWindows: a line over several windows is explained once.
func TestExplainWindows(t *testing.T) {
	text := []byte(strings.Repeat("x token_type=bearer1 ", 60<<10))
	_, list := engine(t).Explain(text)
	n := 0
	last := -1
	for _, d := range list {
		if d.Reason == HarmlessName {
			if d.Start <= last {
				t.Fatalf("name at %d comes after the one at %d", d.Start, last)
			}
			last = d.Start
			n++
		}
	}
	if n != 60<<10 {
		t.Errorf("%d names, want %d", n, 60<<10)
	}
}

func TestNotExplainingKeepsNothing(t *testing.T) {
	s := engine(t).NewScanner()
	text := []byte("token_type=bearer password=**** max_tokens=12 sig=abcdefgh\n")
	var spans []Span
	if n := testing.AllocsPerRun(100, func() { spans = s.Text(spans[:0], text) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
