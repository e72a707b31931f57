package otlp

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The tests in this file put a secret into every string and byte string that a
// batch can have. The places are found by reflection over the messages behind
// pdata, so that a new field counts without anybody's doing.

// message returns the message behind a value of pdata, of which it is the first field.
func message(pdata any) reflect.Value {
	v := reflect.New(reflect.TypeOf(pdata)).Elem()
	v.Set(reflect.ValueOf(pdata))
	f := v.Field(0)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Elem()
}

// choices are the types that may stand in the fields that hold one of several, by
// the message that has such a field.
func choices() map[reflect.Type][]reflect.Type {
	c := map[reflect.Type][]reflect.Type{}
	add := func(pdata any, field string) {
		m := message(pdata)
		c[m.Type()] = append(c[m.Type()], reflect.TypeOf(m.FieldByName(field).Interface()))
	}
	for _, v := range []pcommon.Value{pcommon.NewValueStr("x"), pcommon.NewValueBool(true), pcommon.NewValueInt(1),
		pcommon.NewValueDouble(1), pcommon.NewValueMap(), pcommon.NewValueSlice(), pcommon.NewValueBytes()} {
		add(v, "Value")
	}
	for _, set := range []func(pmetric.Metric){
		func(m pmetric.Metric) { m.SetEmptyGauge() }, func(m pmetric.Metric) { m.SetEmptySum() },
		func(m pmetric.Metric) { m.SetEmptyHistogram() }, func(m pmetric.Metric) { m.SetEmptyExponentialHistogram() },
		func(m pmetric.Metric) { m.SetEmptySummary() },
	} {
		m := pmetric.NewMetric()
		set(m)
		add(m, "Data")
	}
	n, x := pmetric.NewNumberDataPoint(), pmetric.NewExemplar()
	n.SetIntValue(1)
	add(n, "Value")
	x.SetIntValue(1)
	add(x, "Value")
	return c
}

// filler puts texts into messages.
type filler struct {
	t       testing.TB
	choices map[reflect.Type][]reflect.Type
	round   int // which of several choices is taken
	text    func(path string) string
	// visit is called for every string and byte string; nil only fills.
	visit func(path string, v reflect.Value)
}

// deepestFilled is how many values the filler nests.
const deepestFilled = 3

func (f *filler) fill(v reflect.Value, path string, depth int) {
	switch v.Kind() {
	case reflect.String:
		f.at(path, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f.at(path, v)
			return
		}
		if f.visit == nil {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			f.fill(v.Index(i), path, depth)
		}
	case reflect.Pointer:
		if v.IsNil() {
			if f.visit != nil {
				return
			}
			v.Set(reflect.New(v.Type().Elem()))
		}
		f.fill(v.Elem(), path, depth)
	case reflect.Struct:
		f.message(v, path, depth)
	case reflect.Bool, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Float64, reflect.Array:
		// Arrays are ids of fixed length.
	default:
		f.t.Fatalf("%s is a %s", path, v.Type())
	}
}

func (f *filler) at(path string, v reflect.Value) {
	switch {
	case f.visit != nil:
		f.visit(path, v)
	case v.Kind() == reflect.String:
		v.SetString(f.text(path))
	default:
		v.SetBytes([]byte(f.text(path)))
	}
}

func (f *filler) message(v reflect.Value, path string, depth int) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		at := path + "." + field.Name
		if field.Type.Kind() != reflect.Interface {
			f.fill(v.Field(i), at, depth)
			continue
		}
		known := f.choices[v.Type()]
		if known == nil {
			f.t.Fatalf("%s: nothing is known of what stands in %s", path, v.Type())
		}
		f.complete(v.Type(), known)
		if f.visit == nil {
			c := known[(f.round+depth)%len(known)]
			if depth >= deepestFilled {
				c = known[0]
			}
			v.Field(i).Set(reflect.New(c.Elem()))
		}
		if x := v.Field(i); !x.IsNil() {
			f.fill(x.Elem(), at, depth+1)
		}
	}
}

// complete holds that no choice is missing that has text: every choice has a
// method that gets it.
func (f *filler) complete(message reflect.Type, known []reflect.Type) {
	p := reflect.PointerTo(message)
	for i := range p.NumMethod() {
		m := p.Method(i)
		name, ok := strings.CutPrefix(m.Name, "Get")
		if !ok || m.Type.NumOut() != 1 {
			continue
		}
		switch m.Type.Out(0).Kind() {
		case reflect.String, reflect.Slice, reflect.Pointer, reflect.Struct:
		default:
			continue
		}
		if !slices.ContainsFunc(known, func(c reflect.Type) bool { return c.Elem().Name() == message.Name()+"_"+name }) {
			f.t.Fatalf("%s can hold %s, which is not tested", message, name)
		}
	}
}

// batch is a batch of one signal.
type batch struct {
	signal  string
	root    reflect.Value
	redact  func(*Redactor) (Result, error)
	marshal func() (proto, json []byte)
}

func batches(t testing.TB) []batch {
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ld, td, md, pd := plog.NewLogs(), ptrace.NewTraces(), pmetric.NewMetrics(), pprofile.NewProfiles()
	return []batch{
		{logs, message(ld), func(r *Redactor) (Result, error) { return r.Logs(ld) }, func() ([]byte, []byte) {
			return must(new(plog.ProtoMarshaler).MarshalLogs(ld)), must(new(plog.JSONMarshaler).MarshalLogs(ld))
		}},
		{traces, message(td), func(r *Redactor) (Result, error) { return r.Traces(td) }, func() ([]byte, []byte) {
			return must(new(ptrace.ProtoMarshaler).MarshalTraces(td)), must(new(ptrace.JSONMarshaler).MarshalTraces(td))
		}},
		{metrics, message(md), func(r *Redactor) (Result, error) { return r.Metrics(md) }, func() ([]byte, []byte) {
			return must(new(pmetric.ProtoMarshaler).MarshalMetrics(md)), must(new(pmetric.JSONMarshaler).MarshalMetrics(md))
		}},
		{profiles, message(pd), func(r *Redactor) (Result, error) { return r.Profiles(pd) }, func() ([]byte, []byte) {
			return must(new(pprofile.ProtoMarshaler).MarshalProfiles(pd)), must(new(pprofile.JSONMarshaler).MarshalProfiles(pd))
		}},
	}
}

// rounds is enough for every choice to have been taken.
const rounds = 7

// left returns the paths at which a canary is.
func left(t testing.TB, root reflect.Value, canary string) (paths []string) {
	f := filler{t: t, choices: choices(), visit: func(path string, v reflect.Value) {
		s := v.Interface()
		if b, ok := s.([]byte); ok {
			s = string(b)
		}
		if strings.Contains(fmt.Sprint(s), canary) {
			paths = append(paths, path)
		}
	}}
	f.fill(root, "", 0)
	return paths
}

// holds reports whether an encoded batch holds a canary, in any form that pdata
// writes.
func holds(encoded []byte, canary string) bool {
	text := string(encoded)
	if strings.Contains(text, canary) || strings.Contains(text, hex.EncodeToString([]byte(canary))) {
		return true
	}
	for i := range 3 {
		b := base64.StdEncoding.EncodeToString([]byte(canary)[i:])
		if strings.Contains(text, b[:len(b)/4*4-4]) {
			return true
		}
	}
	return false
}

// TestComplete: nothing is left of a secret that stands in every place where text
// can stand.
func TestComplete(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 99)
	want := map[string]int{logs: 20, traces: 30, metrics: 40, profiles: 15}
	plain := "password=" + expand(t, "{alnum:30}", 99) + "; user=bob"
	in64 := base64.StdEncoding.EncodeToString([]byte(plain))
	inHex := hex.EncodeToString([]byte(plain))
	for _, c := range []struct{ text, canary string }{
		{canary, canary},
		{"some text " + canary + " and more", canary},
		{"a=" + canary + ",b=2", canary},
		{"data " + in64, in64[16:48]},
		{"data " + inHex, inHex[24:60]},
		{"x?q=" + strings.ReplaceAll(plain, "=", "%3D"), plain[12:30]},
		{"{\"m\":\"{\\\"password\\\":\\\"" + plain[9:39] + "\\\"}\"}", plain[12:30]},
	} {
		text := func(string) string { return c.text }
		canary := c.canary
		seen := map[string]map[string]bool{}
		for round := range rounds {
			for _, b := range batches(t) {
				f := filler{t: t, choices: choices(), round: round, text: text}
				f.fill(b.root, "", 0)
				if seen[b.signal] == nil {
					seen[b.signal] = map[string]bool{}
				}
				for _, p := range left(t, b.root, canary) {
					seen[b.signal][p] = true
				}
				if _, err := b.redact(New(handle(t, ""), Options{})); err != nil {
					t.Fatal(err)
				}
				if paths := left(t, b.root, canary); len(paths) > 0 {
					t.Errorf("%s: left in clear at %q", b.signal, paths)
				}
				proto, json := b.marshal()
				if holds(proto, canary) || holds(json, canary) {
					t.Errorf("%s: left in clear when encoded", b.signal)
				}
			}
		}
		for signal, n := range want {
			if len(seen[signal]) < n {
				t.Errorf("%s: %d places were filled, want %d", signal, len(seen[signal]), n)
			}
		}
	}
}

// TestMissedPlace: the test above sees it when a single place is passed over.
func TestMissedPlace(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 98)
	for i, b := range batches(t) {
		fill := func(b batch) {
			f := filler{t: t, choices: choices(), text: func(string) string { return canary }}
			f.fill(b.root, "", 0)
		}
		fill(b)
		places := left(t, b.root, canary)
		slices.Sort(places)
		for _, missed := range slices.Compact(places) {
			if strings.Contains(missed, ".Deprecated") {
				continue // moved elsewhere, see TestLegacy
			}
			b := batches(t)[i]
			fill(b)
			set := func(s string) {
				f := filler{t: t, choices: choices(), visit: func(path string, v reflect.Value) {
					switch {
					case path != missed:
					case v.Kind() == reflect.String:
						v.SetString(s)
					default:
						v.SetBytes([]byte(s))
					}
				}}
				f.fill(b.root, "", 0)
			}
			set("") // nothing to be seen there
			if _, err := b.redact(New(handle(t, ""), Options{})); err != nil {
				t.Fatal(err)
			}
			set(canary)
			proto, json := b.marshal()
			if got := left(t, b.root, canary); !slices.Contains(got, missed) && !(holds(proto, canary) && holds(json, canary)) {
				t.Errorf("%s: it would not be noticed if %s were missed", b.signal, missed)
			}
		}
	}
}

// TestNewField: text in a field that nobody knows of is filled and found.
func TestNewField(t *testing.T) {
	type inner struct {
		Name string
		New  []byte
	}
	type outer struct {
		Old   string
		Inner []*inner
		Count uint64
	}
	var o outer
	f := filler{t: t, text: func(string) string { return "canary" }}
	f.fill(reflect.ValueOf(&o).Elem(), "", 0)
	got := left(t, reflect.ValueOf(&o).Elem(), "canary")
	if want := []string{".Old", ".Inner.Name", ".Inner.New"}; !slices.Equal(got, want) {
		t.Errorf("found at %q, want %q", got, want)
	}
}

// TestLegacy: what stands in fields of an earlier OTLP is moved and redacted, as
// pdata leaves it there when it decodes a batch that is no request.
func TestLegacy(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 97)
	r := New(handle(t, ""), Options{})
	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("legacy " + canary)
	for _, both := range []bool{false, true} {
		m := message(ld).FieldByName("ResourceLogs").Index(0).Elem()
		scopes := m.FieldByName("ScopeLogs")
		old := m.FieldByName("DeprecatedScopeLogs")
		if !both {
			old.Set(scopes)
			scopes.SetZero()
		} else {
			scopes.Set(old)
		}
		encoded, _ := new(plog.ProtoMarshaler).MarshalLogs(ld)
		decoded, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Logs(decoded); err != nil {
			t.Fatal(err)
		}
		again, _ := new(plog.ProtoMarshaler).MarshalLogs(decoded)
		if strings.Contains(string(again), canary) || decoded.LogRecordCount() != 1 {
			t.Errorf("both fields %t: %d records, left in clear %t", both, decoded.LogRecordCount(), strings.Contains(string(again), canary))
		}
	}
	if legacyLogs.from == 0 || legacySpans.from == 0 || legacyMetrics.from == 0 {
		t.Error("a field is not known")
	}
}
