package otlp

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

func encoded(t testing.TB, ld plog.Logs) string {
	t.Helper()
	b, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// nested puts a string under so many maps and lists.
func nested(m pcommon.Map, depth int, s string) {
	for i := range depth {
		switch {
		case i == depth-1:
			m.PutStr("leaf", s)
		case i%3 == 2:
			m = m.PutEmptySlice("l").AppendEmpty().SetEmptyMap()
		default:
			m = m.PutEmptyMap("m")
		}
	}
}

func TestDepth(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 11)
	for _, depth := range []int{1, 50, 90, 150, 5000} {
		ld, lr := oneLog()
		nested(lr.Attributes(), depth, "x "+canary)
		nested(lr.Body().SetEmptyMap(), depth, canary)
		res, err := New(handle(t, ""), Options{}).Logs(ld)
		if err != nil {
			t.Fatal(err)
		}
		out := encoded(t, ld)
		if strings.Contains(out, canary) {
			t.Errorf("%d deep: left in clear", depth)
		}
		if deep := depth > 100; deep != strings.Contains(out, unscanned) || deep != (res.Failed > 0) {
			t.Errorf("%d deep: %+v", depth, res)
		}
	}
}

func TestOnError(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 12)
	for _, c := range []struct {
		on      OnError
		records int
		left    bool
		err     error
	}{{RedactValue, 2, false, nil}, {DropRecord, 1, false, nil}, {Refuse, 2, false, ErrRefused}, {Pass, 2, true, nil}} {
		ld, lr := oneLog()
		nested(lr.Attributes(), 5, canary)
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty().Body().SetStr("other")
		res, err := New(handle(t, ""), Options{OnError: c.on, MaxDepth: 3}).Logs(ld)
		if err != c.err || ld.LogRecordCount() != c.records || strings.Contains(encoded(t, ld), canary) != c.left || res.Failed != 1 {
			t.Errorf("%d: %+v %v, %d records", c.on, res, err, ld.LogRecordCount())
		}
		if (res.Passed == 1) != c.left || (res.Dropped == 1) != (c.records == 1) {
			t.Errorf("%d: %+v", c.on, res)
		}
	}
}

// TestTooMany: what is over budget is counted as what could not be redacted.
func TestTooMany(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 12)
	many := strings.Repeat(canary+" ", 20)
	for _, on := range []OnError{RedactValue, DropRecord, Refuse, Pass} {
		h := handle(t, "limits: {max_candidates: 10}")
		ld, lr := oneLog()
		lr.Body().SetStr(many)
		lr.Attributes().PutStr("x", many)
		other := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()
		other.Body().SetStr(many)
		res, err := New(h, Options{OnError: on}).Logs(ld)
		left := strings.Contains(encoded(t, ld), canary)
		if left != (on == Pass) || (err != nil) != (on == Refuse) || (ld.LogRecordCount() == 0) != (on == DropRecord) || res.Failed != 3 {
			t.Errorf("%d: %+v %v, left in clear %t, %d records", on, res, err, left, ld.LogRecordCount())
		}
	}
}

func TestDropAction(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 13)
	r := New(handle(t, "policy: [{confidence: medium, action: drop}]"), Options{})
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("x", "y "+canary)
	for i := range 3 {
		records := rl.ScopeLogs().AppendEmpty().LogRecords()
		for k := range 4 {
			lr := records.AppendEmpty()
			lr.Body().SetStr(fmt.Sprintf("record %d %d", i, k))
			switch k - i {
			case 0:
				lr.Body().SetStr("secret " + canary)
			case 1:
				lr.Attributes().PutStr("a", canary)
			}
		}
	}
	res, err := r.Logs(ld)
	if err != nil || res.Dropped != 6 || ld.LogRecordCount() != 6 || strings.Contains(encoded(t, ld), canary) {
		t.Errorf("%+v %v, %d records", res, err, ld.LogRecordCount())
	}

	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, name := range []string{"a", canary, "b"} {
		spans.AppendEmpty().SetName(name)
	}
	spans.AppendEmpty().Events().AppendEmpty().SetName(canary)
	if res, _ := r.Traces(td); res.Dropped != 2 || td.SpanCount() != 2 {
		t.Errorf("%+v, %d spans", res, td.SpanCount())
	}

	md := pmetric.NewMetrics()
	ms := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	for _, points := range []pmetric.NumberDataPointSlice{ms.AppendEmpty().SetEmptyGauge().DataPoints(), ms.AppendEmpty().SetEmptySum().DataPoints()} {
		points.AppendEmpty().Attributes().PutStr("x", canary)
		points.AppendEmpty().Attributes().PutStr("x", "y")
	}
	ms.AppendEmpty().SetEmptyHistogram().DataPoints().AppendEmpty().Attributes().PutStr("x", canary)
	if res, _ := r.Metrics(md); res.Dropped != 3 || md.DataPointCount() != 2 {
		t.Errorf("%+v, %d data points", res, md.DataPointCount())
	}

	pd := pprofile.NewProfiles()
	ps := pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles()
	ps.AppendEmpty().OriginalPayload().FromRaw([]byte(canary))
	ps.AppendEmpty().OriginalPayload().FromRaw([]byte("plain"))
	if res, _ := r.Profiles(pd); res.Dropped != 1 || ps.Len() != 1 {
		t.Errorf("%+v, %d profiles", res, ps.Len())
	}
}

func TestOversize(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 14)
	text := strings.Repeat("words and ", 10)
	for _, c := range []struct {
		value string
		o     Oversize
		want  string
	}{
		{text[:100], Cut, text[:100]},
		{text + "more", Cut, text},
		{text + "more", DropOversize, unscanned},
		{"a " + canary + text, Cut, "a REDACTED-digitalocean-pat" + text[:100-len(canary)-2]},
	} {
		for _, body := range []bool{false, true} {
			ld, lr := oneLog()
			v := lr.Body()
			if !body {
				v = lr.Attributes().PutEmpty("x")
			}
			v.SetStr(c.value)
			res, err := New(handle(t, ""), Options{MaxValue: 100, Oversize: c.o}).Logs(ld)
			if err != nil || v.Str() != c.want || (res.Oversize == 1) != (len(c.value) > 100) {
				t.Errorf("%q becomes %q, %+v", c.value, v.Str(), res)
			}
		}
	}
	// Of a secret that is cut nothing is left.
	for n := 60; n < 100; n++ {
		ld, lr := oneLog()
		lr.Body().SetStr(text[:n-1] + " " + canary)
		if _, err := New(handle(t, ""), Options{MaxValue: 100}).Logs(ld); err != nil {
			t.Fatal(err)
		}
		if got := lr.Body().Str(); strings.Contains(got, canary[:8]) {
			t.Errorf("cut %d bytes behind its beginning: %q", 100-n, got)
		}
	}
}

func TestMapsAndNumbers(t *testing.T) {
	secret := expand(t, "{alnum:14}!9", 2)
	for _, c := range []struct {
		o    Options
		want map[string]any
	}{
		{Options{}, map[string]any{"x": secret, "password": "REDACTED-~", "n": int64(90124411), "l": []any{secret}}},
		{Options{Maps: InheritName}, map[string]any{"x": "REDACTED-~", "password": "REDACTED-~", "n": "REDACTED-~", "l": []any{"REDACTED-~"}}},
		{Options{Maps: InheritName, Numbers: KeepNumbers}, map[string]any{"x": "REDACTED-~", "password": "REDACTED-~", "n": int64(90124411), "l": []any{"REDACTED-~"}}},
	} {
		ld, lr := oneLog()
		m := lr.Attributes().PutEmptyMap("password")
		if err := m.FromRaw(map[string]any{"x": secret, "password": secret, "n": 90124411, "l": []any{secret}}); err != nil {
			t.Fatal(err)
		}
		if _, err := New(handle(t, ""), c.o).Logs(ld); err != nil {
			t.Fatal(err)
		}
		if got := m.AsRaw(); !fits(got, c.want) {
			t.Errorf("%+v: %v", c.o, got)
		}
	}
	ld, lr := oneLog()
	lr.Attributes().PutEmptyMap("password").PutStr("x", secret)
	if _, err := New(handle(t, ""), Options{Maps: RedactMaps}).Logs(ld); err != nil {
		t.Fatal(err)
	}
	if v, _ := lr.Attributes().Get("password"); v.Str() != unscanned {
		t.Errorf("map is %v", v.AsRaw())
	}
}

// TestOversizeName: what is cut is still under its name.
func TestOversizeName(t *testing.T) {
	secret := expand(t, "{alnum:300}", 5)
	ld, lr := oneLog()
	lr.Attributes().PutStr("password", secret)
	if _, err := New(handle(t, ""), Options{MaxValue: 100}).Logs(ld); err != nil {
		t.Fatal(err)
	}
	if v, _ := lr.Attributes().Get("password"); !strings.HasPrefix(v.Str(), "REDACTED-") {
		t.Errorf("becomes %q", v.Str())
	}
}

// tracestate is the grammar of W3C Trace Context, 3.3.1, with blanks left out.
var tracestate = regexp.MustCompile(`^([a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~](,|$))*$`)

func TestTraceState(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 15)
	for in, want := range map[string]string{
		"":                         "",
		"rojo=00f067aa0ba902b7":    "rojo=00f067aa0ba902b7",
		"rojo=1,congo=t61rcWkgMzE": "rojo=1,congo=t61rcWkgMzE",
		"a=1,b=" + canary + ",c=3": "a=1,b=REDACTED-digitalocean-pat,c=3",
		canary + "=1,b=2":          "b=2",
		canary:                     "",
		"a=1," + canary:            "a=1",
		"a=1,session=" + expand(t, "{alnum:40}", 1): "a=1,session=REDACTED-~",
	} {
		td := ptrace.NewTraces()
		s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.TraceState().FromRaw(in)
		s.Links().AppendEmpty().TraceState().FromRaw(in)
		if _, err := New(handle(t, ""), Options{}).Traces(td); err != nil {
			t.Fatal(err)
		}
		got := s.TraceState().AsRaw()
		if !fits(got, want) || !tracestate.MatchString(got) || s.Links().At(0).TraceState().AsRaw() != got {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// TestBroken: data that was not made by its package never gets through by a panic.
func TestBroken(t *testing.T) {
	ld, _ := oneLog()
	message(ld).FieldByName("ResourceLogs").Index(0).Elem().FieldByName("ScopeLogs").Index(0).SetZero()
	r := New(handle(t, ""), Options{})
	if _, err := r.Logs(ld); err == nil {
		t.Error("no error")
	}
	if _, err := r.Logs(cleanLogs(3, 3)); err != nil {
		t.Error(err)
	}
	if res, err := New(handle(t, ""), Options{OnError: Pass}).Logs(ld); err != nil || res.Passed != 1 {
		t.Errorf("%+v %v", res, err)
	}
}

// TestSeries: series that differ in a secret stay two, and equal ones stay one.
func TestSeries(t *testing.T) {
	md := pmetric.NewMetrics()
	points := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptySum().DataPoints()
	for _, seed := range []uint64{1, 2, 1} {
		points.AppendEmpty().Attributes().PutStr("token", expand(t, "dop_v1_{hex:64}", seed))
	}
	if _, err := New(handle(t, ""), Options{}).Metrics(md); err != nil {
		t.Fatal(err)
	}
	at := func(i int) string {
		v, _ := points.At(i).Attributes().Get("token")
		return v.Str()
	}
	if at(0) != at(2) || at(0) == at(1) || !strings.HasPrefix(at(0), "TOKEN-") {
		t.Errorf("%q %q %q", at(0), at(1), at(2))
	}
	// A rule of the policy has its way.
	h := handle(t, "policy: [{source: otlp, path: 'datapoints.attributes.*', action: remove}]")
	points.At(1).Attributes().PutStr("token", expand(t, "dop_v1_{hex:64}", 3))
	if _, err := New(h, Options{}).Metrics(md); err != nil {
		t.Fatal(err)
	}
	if at(1) != "" {
		t.Errorf("the policy says remove, and %q is left", at(1))
	}
}

// TestProfileStrings: what an attribute lost is lost in the table of strings too.
func TestProfileStrings(t *testing.T) {
	secret := expand(t, "{alnum:14}!9", 2)
	pd := pprofile.NewProfiles()
	rp := pd.ResourceProfiles().AppendEmpty()
	rp.Resource().Attributes().PutStr("password", secret)
	rp.Resource().Attributes().PutStr("service.name", "shop")
	p := rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	p.OriginalPayload().FromRaw([]byte("\x1f\x8b\x08 packed"))
	p.SetOriginalPayloadFormat("pprof")
	pd.Dictionary().StringTable().Append("", "main.main", "api_key")
	a := pd.Dictionary().AttributeTable().AppendEmpty()
	a.SetKeyStrindex(2)
	a.Value().SetStr(secret + "x")
	// A value that is a reference to the table of strings, as pdata decodes it.
	other := expand(t, "{alnum:14}!8", 3)
	pd.Dictionary().StringTable().Append(other)
	x := pd.Dictionary().AttributeTable().AppendEmpty()
	x.SetKeyStrindex(2)
	if _, err := new(pprofile.ProtoMarshaler).MarshalProfiles(pd); err != nil {
		t.Fatal(err)
	}
	rp.Resource().Attributes().Range(func(_ string, v pcommon.Value) bool {
		// Encoding has made references of the strings in the resource.
		ref := reflect.New(reflect.TypeOf(message(v).FieldByName("Value").Interface()).Elem())
		ref.Elem().FieldByName("StringValueStrindex").SetInt(3)
		message(x.Value()).FieldByName("Value").Set(ref)
		return false
	})
	b, err := new(pprofile.ProtoMarshaler).MarshalProfiles(pd)
	if err != nil {
		t.Fatal(err)
	}
	if pd, err = new(pprofile.ProtoUnmarshaler).UnmarshalProfiles(b); err != nil {
		t.Fatal(err)
	}
	if _, err := New(handle(t, ""), Options{}).Profiles(pd); err != nil {
		t.Fatal(err)
	}
	if b, err = new(pprofile.ProtoMarshaler).MarshalProfiles(pd); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"main.main", "service.name", "shop", "api_key"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is gone", want)
		}
	}
	if strings.Contains(string(b), other) {
		t.Errorf("a value that is referred to is left: %q", pd.Dictionary().StringTable().AsRaw())
	}
	if strings.Contains(string(b), secret) || strings.Contains(string(b), "packed") || pd.Dictionary().StringTable().At(0) != "" {
		t.Errorf("left in clear: %q", b)
	}
}

func TestSummary(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 16)
	for _, s := range []Summary{NoSummary, CountSummary, NameSummary} {
		ld, lr := oneLog()
		m := lr.Attributes()
		m.PutStr("b", canary)
		m.PutStr("a", "x "+canary)
		m.PutStr("clean", "x")
		m.PutEmptyMap("m").PutStr("inner", canary)
		m.PutStr("k "+canary, canary)
		if _, err := New(handle(t, ""), Options{Summary: s}).Logs(ld); err != nil {
			t.Fatal(err)
		}
		n, counted := m.Get(maskedCount)
		names, named := m.Get(maskedKeys)
		if counted != (s != NoSummary) || named != (s == NameSummary) {
			t.Fatalf("%d: %v", s, m.AsRaw())
		}
		if counted && n.Int() != 4 || named && names.Str() != "a,b,k REDACTED-digitalocean-pat,m" {
			t.Errorf("%d: %v", s, m.AsRaw())
		}
		if strings.Contains(encoded(t, ld), canary) {
			t.Errorf("%d: left in clear", s)
		}
	}
}

// TestBenign: nothing of clean data changes.
func TestBenign(t *testing.T) {
	ld := cleanLogs(50, 10)
	for i := range 50 {
		lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(i)
		switch i % 5 {
		case 0:
			lr.Body().SetEmptyBytes().FromRaw([]byte{0, 1, 2, 0xff, '\n'})
		case 1:
			lr.Body().SetStr("two\nlines\r\nand \x00 \xff more")
		case 2:
			nested(lr.Body().SetEmptyMap(), 40, "leaf")
		case 3:
			lr.Attributes().PutStr("", "empty key")
			lr.Attributes().PutInt("user.id", 7)
		}
	}
	want := encoded(t, ld)
	res, err := New(handle(t, ""), Options{Summary: NameSummary}).Logs(ld)
	if err != nil || res.Changed > 0 || res.Keys > 0 || encoded(t, ld) != want {
		t.Errorf("%+v %v", res, err)
	}
}

// TestConcurrent: batches are redacted at the same time, while the engine changes.
func TestConcurrent(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 17)
	h := handle(t, "")
	other := handle(t, "policy: [{action: remove}]").Load()
	var mu sync.Mutex
	findings := 0
	r := New(h, Options{OnFinding: func(finding.Finding) { mu.Lock(); findings++; mu.Unlock() }, Observe: func(Position, redact.Match) {}})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 30 {
				ld := cleanLogs(20, 3)
				lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(i % 20)
				lr.Attributes().PutStr("x", canary)
				lr.Body().SetStr("y " + canary)
				if _, err := r.Logs(ld); err != nil || strings.Contains(encoded(t, ld), canary) {
					t.Errorf("goroutine %d: left in clear, %v", g, err)
				}
				if g == 0 && i%10 == 5 {
					h.Store(other)
				}
			}
		})
	}
	wg.Wait()
	if findings != 4*30*2 {
		t.Errorf("%d findings", findings)
	}
}

// TestShared: what is shared with others is not touched in detect mode.
func TestShared(t *testing.T) {
	canary := expand(t, "dop_v1_{hex:64}", 18)
	ld, lr := oneLog()
	lr.Body().SetStr(canary)
	lr.SetSeverityText(canary)
	lr.Attributes().PutStr(canary, canary)
	lr.Attributes().PutEmptySlice("process.command_args").FromRaw([]any{"x", "--password", expand(t, "{alnum:14}!9", 2)})
	lr.Attributes().PutEmptyBytes("b").FromRaw([]byte(canary))
	nested(lr.Attributes().PutEmptyMap("deep"), 10, canary)
	ld.MarkReadOnly()
	want := encoded(t, ld)
	n := map[Position]int{}
	res, err := New(handle(t, ""), Options{Detect: true, MaxDepth: 5, MaxValue: 20, Summary: NameSummary, Observe: func(p Position, m redact.Match) {
		if m.Action != redact.Shadow {
			t.Errorf("action %s", m.Action)
		}
		n[p]++
	}}).Logs(ld)
	if err != nil || res.Changed > 0 || encoded(t, ld) != want {
		t.Errorf("%+v %v", res, err)
	}
	if n[Body] != 1 || n[SeverityText] != 1 || n[Attributes] != 4 {
		t.Errorf("found %v", n)
	}
}
