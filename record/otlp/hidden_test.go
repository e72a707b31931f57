package otlp

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// withNumbers gives every number in a message a value, so that it is encoded.
func withNumbers(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				withNumbers(v.Field(i))
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			withNumbers(v.Elem())
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k != reflect.Uint8 && k != reflect.String && v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			withNumbers(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(1)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
}

// clearIndexes takes out what logs, spans and metrics do not have: the indexes of
// profiles, and the fields of an earlier OTLP.
func clearIndexes(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if strings.HasSuffix(name, "Strindex") || strings.HasPrefix(name, "Deprecated") {
				v.Field(i).SetZero()
			} else if v.Type().Field(i).IsExported() {
				clearIndexes(v.Field(i))
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clearIndexes(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			clearIndexes(v.Index(i))
		}
	}
}

// TestHidden: all fields of today are known, and whatever else stands anywhere is
// seen.
func TestHidden(t *testing.T) {
	for round := range rounds {
		for _, b := range batches(t) {
			if b.signal == profiles {
				continue
			}
			f := filler{t: t, choices: choices(), round: round, text: func(string) string { return "text" }}
			f.fill(b.root, "", 0)
			withNumbers(b.root)
			clearIndexes(b.root)
			encoded, _ := b.marshal()
			if Hidden(b.signal, encoded) {
				t.Fatalf("%s, round %d: a field is not known", b.signal, round)
			}
			if !Hidden(profiles, encoded) {
				t.Error("profiles are not known")
			}
			for _, extra := range [][]byte{
				{31 << 3 & 0x7f, 1},                      // a number, in two bytes or one
				append([]byte{0xfa, 0x01, 4}, "more"...), // field 31
				{0x0b, 0x0c},                             // a group
				{0x80},                                   // cut
			} {
				if !Hidden(b.signal, append(bytes.Clone(encoded), extra...)) {
					t.Errorf("%s: % x at the end is not seen", b.signal, extra)
				}
			}
		}
	}
	// A body that is written twice: decoding shows the last.
	record := append([]byte{5<<3 | 2, 4, 1<<3 | 2, 2}, "ab"...)
	wrap := func(tag byte, b []byte) []byte { return append([]byte{tag, byte(len(b))}, b...) }
	request := func(record []byte) []byte { return wrap(10, wrap(18, wrap(18, record))) }
	if Hidden(logs, request(record)) || !Hidden(logs, request(append(record, record...))) {
		t.Error("a field that is written twice is not seen")
	}
	both := wrap(5<<3|2, append(append([]byte{1<<3 | 2, 2}, "ab"...), append([]byte{7<<3 | 2, 2}, "cd"...)...))
	if !Hidden(logs, request(both)) {
		t.Error("a value of two types is not seen")
	}
	if !Hidden(logs, request(wrap(9<<3|2, []byte("text as id")))) {
		t.Error("an id that is text is not seen")
	}
}

const marker = "CANARYCANARY"

// FuzzHidden: where nothing is hidden, decoding shows all text.
func FuzzHidden(f *testing.F) {
	for round := range 3 {
		for _, b := range batches(f) {
			fill := filler{t: f, choices: choices(), round: round, text: func(string) string { return marker }}
			fill.fill(b.root, "", 0)
			clearIndexes(b.root)
			encoded, _ := b.marshal()
			for i, s := range []string{logs, traces, metrics} {
				if s == b.signal {
					f.Add(uint8(i), encoded)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, signal uint8, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		name := []string{logs, traces, metrics}[signal%3]
		if Hidden(name, b) || !bytes.Contains(b, []byte(marker)) {
			return
		}
		var root reflect.Value
		switch name {
		case logs:
			d, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(b)
			if err != nil {
				return
			}
			root = message(d)
		case traces:
			d, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
			if err != nil {
				return
			}
			root = message(d)
		default:
			d, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(b)
			if err != nil {
				return
			}
			root = message(d)
		}
		shown := 0
		each := filler{t: t, choices: choices(), visit: func(_ string, v reflect.Value) {
			if v.Kind() == reflect.String {
				shown += strings.Count(v.String(), marker)
			} else {
				shown += bytes.Count(v.Bytes(), []byte(marker))
			}
		}}
		each.fill(root, "", 0)
		if n := bytes.Count(b, []byte(marker)); shown < n {
			t.Errorf("%d of %d are shown", shown, n)
		}
	})
}

// FuzzRedact: whatever decodes is redacted without a panic, and encodes again.
func FuzzRedact(f *testing.F) {
	for _, b := range batches(f) {
		fill := filler{t: f, choices: choices(), text: func(string) string { return "password=" + marker }}
		fill.fill(b.root, "", 0)
		encoded, json := b.marshal()
		f.Add(encoded)
		f.Add(json)
	}
	r := New(handle(f, ""), Options{Summary: NameSummary})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		if d, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(b); err == nil {
			res, err := r.Logs(d)
			if err != nil {
				t.Error(err)
			}
			if _, err := new(plog.ProtoMarshaler).MarshalLogs(d); err != nil {
				t.Error(err)
			}
			again, err := r.Logs(d)
			// A key that was changed may say more of its value than before.
			if err != nil || res.Keys == 0 && (again.Changed > 0 || again.Keys > 0) {
				t.Errorf("redacting again: %+v %v", again, err)
			}
		}
		if d, err := new(plog.JSONUnmarshaler).UnmarshalLogs(b); err == nil {
			if _, err := r.Logs(d); err != nil {
				t.Error(err)
			}
		}
		if d, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b); err == nil {
			if _, err := r.Traces(d); err != nil {
				t.Error(err)
			}
		}
		if d, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(b); err == nil {
			if _, err := r.Metrics(d); err != nil {
				t.Error(err)
			}
		}
	})
}
