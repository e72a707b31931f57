package otlp

import (
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// TestHooks: a component with rules of its own spares values, rewrites names, and is
// told what was redacted.
func TestHooks(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 61)
	ld, r := oneLog()
	m := r.Attributes()
	m.PutStr("spared", canary)
	m.PutEmptyMap("inner").PutStr("spared", canary)
	m.PutEmptyMap("outer").PutEmptySlice("list").AppendEmpty().SetStr(canary)
	m.PutStr("customer 17", "x")
	r.Body().SetEmptyMap().PutEmptyMap("a").PutStr("b", canary)
	r.SetSeverityText("customer 18")
	r.SetEventName("customer 19")
	var told []string
	hooks := Hooks{
		Spare: func(key string) bool { return key == "spared" },
		Rewrite: func(p Position, key bool, text string) string {
			if p == EventName {
				return text
			}
			return strings.Replace(text, "customer", "somebody", 1)
		},
		Changed: func(p Position, attributes pcommon.Map, name string) {
			if attributes != m {
				t.Errorf("%s of another map", name)
			}
			told = append(told, p.String()+" "+name)
		},
	}
	if _, err := New(handle(t, ""), Options{Hooks: hooks}).Logs(ld); err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	if want := []string{"attributes outer", "attributes somebody 17", "body a.b"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if v, _ := m.Get("spared"); v.Str() != canary {
		t.Errorf("the spared value is %q", v.Str())
	}
	if v, _ := m.Get("inner"); v.AsString() != `{"spared":"`+canary+`"}` {
		t.Errorf("what holds a spared value is %s", v.AsString())
	}
	if _, ok := m.Get("somebody 17"); !ok || r.SeverityText() != "somebody 18" || r.EventName() != "customer 19" {
		t.Errorf("%v, %q, %q", m.AsRaw(), r.SeverityText(), r.EventName())
	}
}
