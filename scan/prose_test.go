package scan

import (
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestVendorNumbers: a number is a trifle under a name of little weight, unless
// it has the shape that a vendor's detector asks for.
func TestVendorNumbers(t *testing.T) {
	own, err := detectors.Load("own.yaml", []byte(`vendor: Acme
detectors:
  - id: acme-key
    title: Acme key
    severity: high
    references: [https://acme.example]
    kind: keyed
    literals: [acme_key]
    fold: true
    after: '[0-9]{12}'
    examples: ['acme_key=<<{digit:12}>>']
`))
	if err != nil {
		t.Fatal(err)
	}
	all, err := detectors.Default()
	if err != nil {
		t.Fatal(err)
	}
	if all, err = detectors.Merge(all, own); err != nil {
		t.Fatal(err)
	}
	e, err := Compile(all, Options{})
	if err != nil {
		t.Fatal(err)
	}
	number, _, _, err := detectors.Expand("{digit:12}", 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"acme_key": 1, "other_key": 0} {
		if spans := e.NewScanner().Text(nil, []byte("x "+name+"="+number+" y")); len(spans) != want {
			t.Errorf("%s: %d spans, want %d", name, len(spans), want)
		}
	}
}
