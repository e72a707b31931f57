package automaton

import (
	"regexp/syntax"
	"strings"
	"testing"
)

// estimates sees to it that what is estimated from above is no less than what it is.
func estimates(t *testing.T, expr string) {
	t.Helper()
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	bare := strip(trim(re))
	p, err := compile(bare, shape{unanchored: true})
	if err != nil {
		return
	}
	if n := size(bare) + around; len(p.insts) > n {
		t.Errorf("%q: %d instructions, estimated %d", expr, len(p.insts), n)
	}
	if n := mostClasses(bare); p.esc > n {
		t.Errorf("%q: %d classes, estimated %d", expr, p.esc, n)
	}
}

func TestEstimates(t *testing.T) {
	ascii := 0
	for _, expr := range append(testRules(), `[\x00-\x7f]`, `[\x80-\x{10ffff}]`, `[\x7f-\x80]`, `(?i)[ks]{3}kiosk`, `(?i)[\x{212a}é-ü]ß`, `(?m)^\b[\p{L}--9]$`,
		`x{0}`, `(?:){3}`, `(?:a|){2,5}`, `(?:a*){3,}?`, `[[:^ascii:]]\PN`, strings.Repeat(`é`, 70), `[^\x00-\x{10ffff}]`) {
		estimates(t, expr)
		if re, err := syntax.Parse(expr, syntax.Perl); err == nil && mostClasses(re) <= maxClasses {
			ascii++
		}
	}
	if ascii < 100 {
		t.Errorf("only %d rules are known not to have too many classes", ascii)
	}
}
