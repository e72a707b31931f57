package detectors

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write compiled.json")

// encodeCompiled writes one detector per line, so that a change of one is a
// change of one line.
func encodeCompiled(ds []Detector) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	out.WriteString("[\n")
	for i := range ds {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := enc.Encode(compile(&ds[i])); err != nil {
			return nil, err
		}
	}
	out.WriteString("]\n")
	return out.Bytes(), nil
}

func TestCompiledIsCurrent(t *testing.T) {
	ds, err := vendor()
	if err != nil && *update {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("the vendor files do not load: see TestVendorExamples")
	}
	want, err := encodeCompiled(ds)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("compiled.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(compiledJSON, want) {
		t.Error("compiled.json is older than the vendor files: run go generate ./detectors")
	}
}

func TestDefaultIsWithExamplesLessThem(t *testing.T) {
	if *update {
		t.Skip("compiled.json is being written")
	}
	got, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	full, err := DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	if want, err := encodeCompiled(full); err != nil || !bytes.Equal(compiledJSON, want) {
		t.Skip("compiled.json is old: see TestCompiledIsCurrent")
	}
	for i := range full {
		a, b := got[i], full[i]
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

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		var list []compiled
		if err := json.Unmarshal(compiledJSON, &list); err != nil {
			b.Fatal(err)
		}
		for i := range list {
			var d Detector
			if err := list[i].restore(&d); err != nil {
				b.Fatal(err)
			}
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
