package detectors

import (
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write compiled.txt")

func TestCompiledIsCurrent(t *testing.T) {
	ds, err := vendor()
	if err != nil && *update {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("the vendor files do not load: see TestVendorExamples")
	}
	want, err := encode(ds)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("compiled.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if compiledText != want {
		t.Error("compiled.txt is older than the vendor files: run go generate ./detectors")
	}
}

// What is encoded comes back the same, but for the examples.
func TestDecode(t *testing.T) {
	ds, _ := vendor()
	every, err := Load("t.yaml", []byte(documents[1].doc))
	if err != nil {
		t.Fatal(err)
	}
	every[0].Identifier = true
	ds = append(ds, every...)
	text, err := encode(ds)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(ds) {
		t.Fatalf("%d detectors came back of %d", len(got), len(ds))
	}
	for i := range ds {
		a, b := got[i], ds[i]
		b.Examples, b.Negatives = nil, nil
		if (a.Check == nil) != (b.Check == nil) || a.Check != nil && (a.Check.Name != b.Check.Name || a.Check.Required != b.Check.Required || a.Check.Func == nil) {
			t.Errorf("%s: check %+v, want %+v", b.ID, a.Check, b.Check)
		}
		a.Check, b.Check = nil, nil
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v, want %+v", b.ID, a, b)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	good, err := Load("t.yaml", []byte(documents[1].doc))
	if err != nil {
		t.Fatal(err)
	}
	text, err := encode(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"x\n",
		strings.Replace(text, "[0-9]{2}", "[0-9]{2", 1),
		strings.Replace(text, "[a-z]{20}", "[a-z", 1),
		strings.Replace(text, "crc32-base62", "crc99", 1),
		strings.Replace(text, "3.5", "x", 1),
	} {
		if _, err := decode(bad); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
	good[0].Title = "a\tb"
	if _, err := encode(good); err == nil {
		t.Error("a tab was encoded")
	}
}

func TestDefault(t *testing.T) {
	ds, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	full, err := DefaultWithExamples()
	if err != nil {
		t.Skip("the vendor files do not load: see TestVendorExamples")
	}
	if len(ds) == 0 || len(full) == 0 || len(full[0].Examples) == 0 {
		t.Errorf("%d detectors, %d with examples", len(ds), len(full))
	}
}

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		if _, err := decode(compiledText); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDefaultWithExamples(b *testing.B) {
	for b.Loop() {
		if _, err := DefaultWithExamples(); err != nil {
			b.Fatal(err)
		}
	}
}
