package redactionprocessor

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/detectors"
)

func configure(t testing.TB, text string) *Config {
	t.Helper()
	var raw map[string]any
	if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatal(err)
	}
	c := createDefaultConfig().(*Config)
	if err := confmap.NewFromStringMap(raw).Unmarshal(c); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

const hmacKey = "hmac_key: 'Quohb7ohvai4eghaiSh9oPheph8aiZahng4UphaiNgoo'\n"

// logs sends one log record through a processor.
func logs(t testing.TB, config string, fill func(plog.LogRecord)) plog.LogRecord {
	t.Helper()
	f, ctx := NewFactory(), context.Background()
	p, err := f.CreateLogs(ctx, processortest.NewNopSettings(f.Type()), configure(t, config), consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(ctx, componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	fill(r)
	if err := p.ConsumeLogs(ctx, ld); err != nil {
		t.Fatal(err)
	}
	if err := p.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	return r
}

func token(seed uint64) string {
	s, _, _, err := detectors.Expand("ghp_{alnum:36}", seed)
	if err != nil {
		panic(err)
	}
	return s
}

func TestAttributes(t *testing.T) {
	secret := token(1)
	for _, c := range []struct {
		name, config string
		in, want     map[string]any
	}{
		{"nothing is allowed by default", "summary: info", map[string]any{"a": "b", "c": 1},
			map[string]any{"redaction.redacted.count": int64(2)}},
		{"keys that are allowed", "{allowed_keys: [a], summary: debug}", map[string]any{"a": "b", "c": 1, "d": "e"},
			map[string]any{"a": "b", "redaction.redacted.keys": "c,d", "redaction.redacted.count": int64(2)}},
		{"values", "{allow_all_keys: true, blocked_values: ['4[0-9]{12}(?:[0-9]{3})?', '@.*'], summary: debug}",
			map[string]any{"a": "card 4111111111111111 and 4222222222222", "b": "me@here", "c": "none"},
			map[string]any{"a": "card **** and ****", "b": "me****", "c": "none", "redaction.masked.keys": "a,b", "redaction.masked.count": int64(2)}},
		{"numbers are left", "{allow_all_keys: true, blocked_values: ['4[0-9]{12}']}", map[string]any{"a": int64(4111111111111)}, map[string]any{"a": int64(4111111111111)}},
		{"unless all types count", "{allow_all_keys: true, blocked_values: ['4[0-9]{12}'], redact_all_types: true}", map[string]any{"a": int64(4111111111111)}, map[string]any{"a": "****"}},
		{"in maps and lists", "{allow_all_keys: true, blocked_values: ['@\\w+'], summary: debug}",
			map[string]any{"a": map[string]any{"b": []any{"me@here", 1}}}, map[string]any{"a": map[string]any{"b": []any{"me****", int64(1)}}, "redaction.masked.keys": "a", "redaction.masked.count": int64(1)}},
		{"keys that are blocked", "{allow_all_keys: true, blocked_key_patterns: ['.*mail.*'], summary: info}",
			map[string]any{"email": "two\nlines", "mailbox": 5, "other": ""}, map[string]any{"email": "****\n****", "mailbox": "****", "other": "", "redaction.masked.count": int64(2)}},
		{"keys that are ignored", "{ignored_keys: [a], ignored_key_patterns: ['^safe'], blocked_values: ['b'], summary: debug}",
			map[string]any{"a": "b", "safe_c": map[string]any{"d": "b " + secret}}, map[string]any{"a": "b", "safe_c": map[string]any{"d": "b " + secret}, "redaction.ignored.count": int64(2)}},
		{"values that are allowed", "{allow_all_keys: true, blocked_values: ['mycompany'], allowed_values: ['.+@mycompany\\.com'], summary: debug}",
			map[string]any{"a": "me@mycompany.com", "b": "is me@mycompany.com here"},
			map[string]any{"a": "me@mycompany.com", "b": "is me@****.com here", "redaction.allowed.keys": "a", "redaction.allowed.count": int64(1), "redaction.masked.keys": "b", "redaction.masked.count": int64(1)}},
		{"a secret in a value that is allowed", "{allow_all_keys: true, allowed_values: ['.*me.*']}",
			map[string]any{"a": "me, token=" + secret}, map[string]any{"a": "me, token=****"}},
		{"a secret that is allowed", "{allow_all_keys: true, allowed_values: ['ghp_[a-zA-Z0-9]{36}']}",
			map[string]any{"a": "token=" + secret}, map[string]any{"a": "token=" + secret}},
		{"a chain", "{allow_all_keys: true, blocked_values: ['x+'], summary: debug}",
			map[string]any{"a": "xx", "redaction.masked.keys": "z", "redaction.masked.count": 2, "redaction.allowed.keys": "z", "redaction.allowed.count": 4, "redaction.ignored.count": 1},
			map[string]any{"a": "****", "redaction.masked.keys": "a,z", "redaction.masked.count": int64(3)}},
		{"a silent one knows of no chain", "{}", map[string]any{"redaction.masked.keys": "z", "redaction.masked.count": 2}, map[string]any{}},
		{"secrets that nobody asked for", "{allow_all_keys: true, summary: debug}",
			map[string]any{"a": "token=" + secret, "b": map[string]any{"password": "Quohb7ohvai4egh"}},
			map[string]any{"a": "token=****", "b": map[string]any{"password": "****"}, "redaction.masked.keys": "a,b", "redaction.masked.count": int64(2)}},
		{"a secret is counted once", "{allow_all_keys: true, blocked_values: ['zone'], summary: debug}",
			map[string]any{"a": "zone token=" + secret}, map[string]any{"a": "**** token=****", "redaction.masked.keys": "a", "redaction.masked.count": int64(1)}},
		{"a secret as a key", "{allow_all_keys: true, summary: debug}", map[string]any{secret: "x"},
			map[string]any{"****": "x", "redaction.masked.keys": "****", "redaction.masked.count": int64(1)}},
		{"a secret as a key that goes", "{summary: debug}", map[string]any{secret: "x"},
			map[string]any{"redaction.redacted.keys": "****", "redaction.redacted.count": int64(1)}},
		{"what is blocked as a key", "{allow_all_keys: true, blocked_values: ['[0-9]{2}', '4[0-9]{12}']}", map[string]any{"4111111111111": "x", "p99": "y"}, map[string]any{"****": "x", "p99": "y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := logs(t, c.config, func(r plog.LogRecord) {
				if err := r.Attributes().FromRaw(c.in); err != nil {
					t.Fatal(err)
				}
			})
			if d := cmp.Diff(c.want, r.Attributes().AsRaw()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBody(t *testing.T) {
	secret := token(2)
	for _, c := range []struct {
		name, config string
		in, want     any
		attributes   map[string]any
	}{
		{"text", "{allow_all_keys: true, blocked_values: ['x+'], summary: debug}", "axxb", "a****b", map[string]any{"redaction.body.masked.keys": "body", "redaction.body.masked.count": int64(1)}},
		{"number", "{allow_all_keys: true, blocked_values: ['^4\\d+$']}", int64(4111), "****", map[string]any{}},
		{"bytes", "{allow_all_keys: true, blocked_values: ['joe@here']}", []byte("is joe@here"), []byte("is ****"), map[string]any{}},
		{"map", "{allowed_keys: [a, b, e], blocked_values: ['x+'], ignored_keys: [d], summary: debug}",
			map[string]any{"a": "axxb", "b": []any{"x", map[string]any{"e": "x", "f": 1}}, "c": "gone", "d": "x"},
			map[string]any{"a": "a****b", "b": []any{"****", map[string]any{"e": "****"}}, "d": "x"},
			map[string]any{
				"redaction.body.masked.keys": "a,b.[0],b.[1].e", "redaction.body.masked.count": int64(3),
				"redaction.body.redacted.keys": "b.[1].f,c", "redaction.body.redacted.count": int64(2), "redaction.body.ignored.count": int64(1),
			}},
		{"allowed as a whole", "{allow_all_keys: true, blocked_values: ['x+'], allowed_values: ['axb'], summary: debug}", "axb", "axb", map[string]any{}},
		{"secrets", "{allow_all_keys: true, summary: debug}", map[string]any{"a": map[string]any{"b": "token=" + secret}}, map[string]any{"a": map[string]any{"b": "token=****"}},
			map[string]any{"redaction.body.masked.keys": "a.b", "redaction.body.masked.count": int64(1)}},
		{"secrets in text", "{allow_all_keys: true, summary: info}", "token=" + secret, "token=****", map[string]any{"redaction.body.masked.count": int64(1)}},
		{"queries", "{allow_all_keys: true, db_sanitizer: {sql: {enabled: true}}}", "SELECT a FROM b WHERE c = 5", "SELECT a FROM b WHERE c = ?", map[string]any{}},
		{"addresses", "{allow_all_keys: true, url_sanitizer: {enabled: true}}", "/users/123/orders", "/users/*/orders", map[string]any{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := logs(t, c.config, func(r plog.LogRecord) {
				if err := r.Body().FromRaw(c.in); err != nil {
					t.Fatal(err)
				}
			})
			if d := cmp.Diff(c.want, r.Body().AsRaw()); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.attributes, r.Attributes().AsRaw()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHash(t *testing.T) {
	t.Setenv("STANCH_KEY", "")
	value := "Quohb7ohvai4eghaiSh9oPheph8aiZah"
	run := func(config string) map[string]any {
		return logs(t, config, func(r plog.LogRecord) {
			r.Attributes().PutStr("ref", value)
			r.Attributes().PutStr("ip", "10.0.0.1")
			r.Attributes().PutStr("note", "password="+value)
		}).Attributes().AsRaw()
	}
	config := "allow_all_keys: true\nblocked_key_patterns: [ref, ip]\n"
	for _, name := range []string{"md5", "SHA1", "sha3", "hmac-sha256"} {
		got := run(config + "hash_function: " + name + "\n" + hmacKey)
		hash, ok := strings.CutPrefix(got["ref"].(string), "HASHED-blocked-key-")
		note, ok2 := strings.CutPrefix(got["note"].(string), "password=HASHED-password-")
		if !ok || !ok2 || hash != note {
			t.Errorf("%s: %v", name, got)
		}
		if got["ip"] != mask {
			t.Errorf("what could be guessed becomes %v", got["ip"])
		}
	}
	f := NewFactory()
	_, err := f.CreateLogs(context.Background(), processortest.NewNopSettings(f.Type()), configure(t, config+"hash_function: md5"), consumertest.NewNop())
	if err == nil || !strings.Contains(err.Error(), "hash_function") {
		t.Errorf("a hash without a key: %v", err)
	}
	t.Setenv("STANCH_KEY", "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0")
	if got := run(config + "hash_function: md5"); !strings.HasPrefix(got["ref"].(string), "HASHED-") {
		t.Errorf("with a key in the environment: %v", got)
	}
}

func TestSpanNames(t *testing.T) {
	for _, c := range []struct {
		name, config string
		kind         ptrace.SpanKind
		attributes   map[string]any
		want         string
	}{
		{"/users/123", "url_sanitizer: {enabled: true}", ptrace.SpanKindServer, nil, "/users/*"},
		{"/users/123", "url_sanitizer: {enabled: true}", ptrace.SpanKindInternal, nil, "/users/123"},
		{"/users/123", "url_sanitizer: {enabled: true, sanitize_span_name: false}", ptrace.SpanKindServer, nil, "/users/123"},
		{"/123", "url_sanitizer: {enabled: true}", ptrace.SpanKindServer, nil, "/123"},
		{"SELECT 5", "db_sanitizer: {sql: {enabled: true}}", ptrace.SpanKindClient, map[string]any{"db.system": "MySQL"}, "SELECT ?"},
		{"SELECT 5", "db_sanitizer: {sql: {enabled: true}}", ptrace.SpanKindClient, nil, "SELECT 5"},
		{"SELECT 5", "db_sanitizer: {sql: {enabled: true}, sanitize_span_name: false}", ptrace.SpanKindClient, map[string]any{"db.system": "mysql"}, "SELECT 5"},
		{"pay 4111111111111111", "blocked_values: ['4[0-9]{15}']", ptrace.SpanKindClient, nil, "pay ****"},
		{"pay token=" + token(3), "{}", ptrace.SpanKindClient, nil, "pay token=****"},
	} {
		f, ctx := NewFactory(), context.Background()
		p, err := f.CreateTraces(ctx, processortest.NewNopSettings(f.Type()), configure(t, "allow_all_keys: true\n"+strings.TrimPrefix(c.config, "{}")), consumertest.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		td := ptrace.NewTraces()
		s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetName(c.name)
		s.SetKind(c.kind)
		_ = s.Attributes().FromRaw(c.attributes)
		if err := p.ConsumeTraces(ctx, td); err != nil {
			t.Fatal(err)
		}
		if s.Name() != c.want {
			t.Errorf("%q with %s becomes %q, want %q", c.name, c.config, s.Name(), c.want)
		}
	}
}

// TestEverywhere: what is blocked and what is secret goes wherever it stands, and so
// does what is not allowed.
func TestEverywhere(t *testing.T) {
	n := uint64(100)
	var planted []string
	plant := func() string {
		n++
		card := fmt.Sprintf("4%015d", 123456789000+n)
		planted = append(planted, token(n), card)
		return "x token=" + token(n) + " card " + card
	}
	fill := func(m pcommon.Map) {
		m.PutStr("a", plant())
		m.PutEmptyBytes("b").FromRaw([]byte(plant()))
		m.PutEmptyMap("c").PutEmptySlice("d").AppendEmpty().SetStr(plant())
		m.PutEmptyMap("e").PutStr(token(n+1000), "v")
		planted = append(planted, token(n+1000))
	}
	ctx, f := context.Background(), NewFactory()
	c := configure(t, "{allow_all_keys: true, blocked_values: ['4[0-9]{15}'], summary: debug}")
	set := processortest.NewNopSettings(f.Type())

	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	fill(rl.Resource().Attributes())
	sl := rl.ScopeLogs().AppendEmpty()
	fill(sl.Scope().Attributes())
	sl.Scope().SetName(plant())
	for range 3 {
		r := sl.LogRecords().AppendEmpty()
		fill(r.Attributes())
		r.SetSeverityText(plant())
		r.SetEventName(plant())
		r.Body().SetStr(plant())
	}
	fill(sl.LogRecords().AppendEmpty().Body().SetEmptyMap())
	sl.LogRecords().AppendEmpty().Body().SetEmptyBytes().FromRaw([]byte(plant()))
	l, err := f.CreateLogs(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}

	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	s := ss.Spans().AppendEmpty()
	s.SetName(plant())
	s.Status().SetMessage(plant())
	fill(s.Attributes())
	e := s.Events().AppendEmpty()
	e.SetName(plant())
	fill(e.Attributes())
	fill(s.Links().AppendEmpty().Attributes())
	tr, err := f.CreateTraces(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}

	md := pmetric.NewMetrics()
	sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	for i := range 5 {
		m := sm.Metrics().AppendEmpty()
		m.SetName(plant())
		m.SetDescription(plant())
		m.SetUnit(plant())
		fill(m.Metadata())
		switch i {
		case 0:
			d := m.SetEmptyGauge().DataPoints().AppendEmpty()
			fill(d.Attributes())
			fill(d.Exemplars().AppendEmpty().FilteredAttributes())
		case 1:
			fill(m.SetEmptySum().DataPoints().AppendEmpty().Attributes())
		case 2:
			d := m.SetEmptyHistogram().DataPoints().AppendEmpty()
			fill(d.Attributes())
			fill(d.Exemplars().AppendEmpty().FilteredAttributes())
		case 3:
			d := m.SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
			fill(d.Attributes())
			fill(d.Exemplars().AppendEmpty().FilteredAttributes())
		case 4:
			fill(m.SetEmptySummary().DataPoints().AppendEmpty().Attributes())
		}
	}
	me, err := f.CreateMetrics(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}

	for _, err := range []error{l.ConsumeLogs(ctx, ld), tr.ConsumeTraces(ctx, td), me.ConsumeMetrics(ctx, md)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var out []byte
	add := func(b []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	add(new(plog.ProtoMarshaler).MarshalLogs(ld))
	add(new(ptrace.ProtoMarshaler).MarshalTraces(td))
	add(new(pmetric.ProtoMarshaler).MarshalMetrics(md))
	add(new(plog.JSONMarshaler).MarshalLogs(ld))
	for _, p := range planted {
		if strings.Contains(string(out), p) {
			t.Errorf("%q is left", p)
		}
	}
	left, err := json.Marshal(sl.LogRecords().At(0).Attributes().AsRaw())
	if err != nil || !strings.Contains(string(left), `"redaction.masked.keys":"a,b,c,e"`) {
		t.Errorf("the summary is %s, %v", left, err)
	}
	if _, ok := s.Links().At(0).Attributes().Get("redaction.masked.count"); ok {
		t.Error("links have a summary")
	}
}

func TestValidate(t *testing.T) {
	for text, want := range map[string]string{
		"ignored_key_patterns: ['a', '(']":                               "ignored_key_patterns[1]: ",
		"blocked_key_patterns: ['(']":                                    "blocked_key_patterns[0]: ",
		"blocked_values: ['(']":                                          "blocked_values[0]: ",
		"allowed_values: ['(']":                                          "allowed_values[0]: ",
		"hash_function: hmac-sha256":                                     "hmac_key: must be set",
		"{hash_function: hmac-sha256, hmac_key: short}":                  "hmac_key: 5 bytes, want at least 32",
		"{hash_function: hmac-sha512, hmac_key: " + hmacKey[11:57] + "}": "hmac_key: ",
		"hmac_key: '" + strings.Repeat("ab", 20) + "'":                   "hmac_key: does not look random",
	} {
		var raw map[string]any
		if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
			t.Fatal(text, err)
		}
		c := createDefaultConfig().(*Config)
		err := confmap.NewFromStringMap(raw).Unmarshal(c)
		if err == nil {
			err = c.Validate()
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"unknown: 1", "hash_function: sha256"} {
		var raw map[string]any
		if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
			t.Fatal(err)
		}
		if err := confmap.NewFromStringMap(raw).Unmarshal(createDefaultConfig()); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

// TestShared: the signals of one configuration share an engine, and it is let go.
func TestShared(t *testing.T) {
	f := &factory{made: make(map[*Config]*rules)}
	c := configure(t, "allow_all_keys: true")
	set := processortest.NewNopSettings(NewFactory().Type())
	ctx := context.Background()
	l, err := f.logs(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.metrics(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.made) != 1 || f.made[c].users != 2 {
		t.Errorf("made %v", maps.Collect(maps.All(f.made)))
	}
	if err := l.Shutdown(ctx); err != nil || len(f.made) != 1 {
		t.Error(err, len(f.made))
	}
	if err := m.Shutdown(ctx); err != nil || len(f.made) != 0 {
		t.Error(err, len(f.made))
	}
}

func TestCleanBatchesAllocateNothing(t *testing.T) {
	c := configure(t, "{allow_all_keys: true, blocked_values: ['4[0-9]{12}(?:[0-9]{3})?', '(?i)kiosk', '[a-z]+@[a-z]+'], blocked_key_patterns: [zone], summary: debug}")
	r, err := newRules(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &redactor{rules: r}
	ld := plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	for i := range 50 {
		r := sl.LogRecords().AppendEmpty()
		r.Body().SetStr(fmt.Sprintf("the order %d was shipped north after 12 minutes of work", i))
		r.Attributes().PutStr("http.route", "/api/v1/orders")
		r.Attributes().PutInt("http.status", 200)
	}
	ctx := context.Background()
	run := func() {
		if _, err := p.logs(ctx, ld); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n > 0 {
		t.Errorf("%v allocations for a clean batch", n)
	}
}

// TestExamples: the configurations that documents show are valid.
func TestExamples(t *testing.T) {
	shown := 0
	for _, name := range []string{"../../configs/otelcol-redaction.yaml", "../../docs/migrating-from-redactionprocessor.md", "README.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := []string{string(text)}
		if strings.HasSuffix(name, ".md") {
			blocks = blocks[:0]
			for _, b := range strings.Split(string(text), "```yaml\n")[1:] {
				block, _, _ := strings.Cut(b, "```")
				blocks = append(blocks, block)
			}
		}
		for _, b := range blocks {
			var doc struct {
				Processors struct{ Redaction map[string]any }
			}
			if err := yaml.Unmarshal([]byte(b), &doc); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			c := createDefaultConfig().(*Config)
			if err := confmap.NewFromStringMap(doc.Processors.Redaction).Unmarshal(c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := c.Validate(); err != nil || doc.Processors.Redaction == nil {
				t.Errorf("%s: %v in\n%s", name, err, b)
			}
			shown++
		}
	}
	if shown < 4 {
		t.Errorf("%d examples", shown)
	}
}

// TestPanic: a batch on which something panics is refused, and the next one is not.
func TestPanic(t *testing.T) {
	r, err := newRules(configure(t, "{allow_all_keys: true, blocked_values: [x]}"))
	if err != nil {
		t.Fatal(err)
	}
	p := &redactor{rules: r}
	ld := plog.NewLogs()
	body := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body()
	if err := p.run("logs", func(*worker) { panic("x") }, nil); err == nil {
		t.Error("a batch that was left half way is handed on")
	}
	body.SetStr("axb")
	if _, err := p.logs(context.Background(), ld); err != nil || body.Str() != "a****b" {
		t.Errorf("%q, %v", body.Str(), err)
	}
	if got := (&urls{}).text("/users/123"); got != mask { // without a classifier
		t.Errorf("what fails becomes %q", got)
	}
}

// TestConcurrent: batches of all signals at once, for the race detector.
func TestConcurrent(t *testing.T) {
	f, ctx := NewFactory(), context.Background()
	c := configure(t, "{allow_all_keys: true, blocked_values: ['x+', '[0-9]{4}'], blocked_key_patterns: [zone], ignored_keys: [note], summary: debug, url_sanitizer: {enabled: true, attributes: [url]}, db_sanitizer: {sql: {enabled: true, attributes: [q]}}}")
	set := processortest.NewNopSettings(f.Type())
	l, err := f.CreateLogs(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	tr, err := f.CreateTraces(ctx, set, c, consumertest.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	fill := func(m pcommon.Map) {
		_ = m.FromRaw(map[string]any{"zone": "z", "note": "xxx", "url": "/users/123", "q": "SELECT 5", "a": "12345 " + token(9)})
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				ld := plog.NewLogs()
				r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
				fill(r.Attributes())
				r.Body().SetStr("/users/123/xx")
				td := ptrace.NewTraces()
				s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
				fill(s.Attributes())
				if err := l.ConsumeLogs(ctx, ld); err != nil {
					t.Error(err)
				}
				if err := tr.ConsumeTraces(ctx, td); err != nil {
					t.Error(err)
				}
				for _, m := range []pcommon.Map{r.Attributes(), s.Attributes()} {
					got := m.AsRaw()
					if got["zone"] != "****" || got["note"] != "xxx" || got["url"] != "/users/*" || got["a"] != "****5 ****" || got["redaction.masked.count"] == nil {
						t.Errorf("%v", got)
					}
				}
			}
		})
	}
	wg.Wait()
}
