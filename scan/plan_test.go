package scan

import (
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
)

// TestPlan: rules without a bound or a literal are found, and said to be such.
func TestPlan(t *testing.T) {
	rule := func(id, expr string) detectors.Detector {
		return detectors.Detector{ID: id, Kind: detectors.Regex, Regex: expr, Anywhere: true}
	}
	ds := []detectors.Detector{
		rule("bounded", `acme_[a-z0-9]{12}`),
		rule("endless", `widget=[a-z0-9]{8,}!`),
		rule("literal-less", `\b[0-9]{3}~[0-9]{5}~[0-9]{2}\b`),
	}
	e, err := Compile(ds, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ literals, bounded, everyLine bool }{{true, true, false}, {true, false, false}, {false, true, true}} {
		p := e.Plan(i)
		if len(p.Literals) > 0 != want.literals || p.Bounded != want.bounded || p.EveryLine != want.everyLine || p.After == 0 {
			t.Errorf("%s: %+v", ds[i].ID, p)
		}
	}
	text := "a acme_abcdefgh1234 b widget=qwertzui90! c\nd 123~45678~90 e"
	var found []string
	for _, x := range e.NewScanner().Text(nil, []byte(text)) {
		found = append(found, text[x.Start:x.End])
	}
	if len(found) != 3 || found[0] != "acme_abcdefgh1234" || found[1] != "widget=qwertzui90!" || found[2] != "123~45678~90" {
		t.Errorf("found %q", found)
	}
	if _, err := match.Compile(e.Literals()); err != nil {
		t.Error(err)
	}
}
