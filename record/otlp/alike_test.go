package otlp

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/detectors"
)

// TestAlike: what becomes of a value does not depend on what is scanned with it. The
// examples of all detectors, and what they must not find, stand beside each other.
func TestAlike(t *testing.T) {
	ds, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for i := range ds {
		for k, e := range append(ds[i].Examples, ds[i].Negatives...) {
			text, _, _, err := detectors.Expand(e.Template, uint64(i*100+k))
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, text, "GET", "some words "+text)
		}
	}
	h := handle(t, "")
	alone := h.Load().NewRedactor()
	r := New(h, Options{})
	changed := 0
	for _, name := range []string{"note", "user.password", ""} {
		ld := plog.NewLogs()
		records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for i, v := range values {
			if i%10 == 0 {
				records.AppendEmpty()
			}
			lr := records.At(records.Len() - 1)
			switch {
			case name != "":
				lr.Attributes().PutEmptyMap(fmt.Sprint("m", i)).PutStr(name, v)
			default:
				lr.Attributes().PutEmptySlice(fmt.Sprint("l", i)).AppendEmpty().SetStr(v)
			}
		}
		if _, err := r.Logs(ld); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			want := string(alone.Value(nil, []byte(name), []byte(v)))
			m, ok := records.At(i / 10).Attributes().Get(fmt.Sprint(map[bool]string{true: "m", false: "l"}[name != ""], i))
			if !ok {
				t.Fatalf("value %d is gone", i)
			}
			var got string
			if name != "" {
				x, _ := m.Map().Get(name)
				got = x.Str()
			} else {
				got = m.Slice().At(0).Str()
			}
			if got != want {
				t.Errorf("under %q %.200q becomes %.200q, alone %.200q", name, v, got, want)
			}
			if got != v {
				changed++
			}
		}
	}
	if changed < len(values) {
		t.Errorf("only %d of %d values changed", changed, len(values))
	}
}
