package otlp

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// expand fills a template of a secret.
func expand(t testing.TB, template string, seed uint64) string {
	t.Helper()
	s, _, _, err := detectors.Expand(template, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// builtin loads the built-in detectors once: what is learnt of them is the same
// for every engine.
var builtin = sync.OnceValues(func() (*redact.Engine, error) {
	return redact.New(redact.DefaultDocument(), redact.Options{Key: testKey("otlp")})
})

func testKey(seed string) []byte {
	k := sha256.Sum256([]byte(seed))
	return k[:]
}

// handle returns a handle of an engine with a policy; the default one without.
func handle(t testing.TB, doc string) *redact.Handle {
	t.Helper()
	if doc == "" {
		e, err := builtin()
		if err != nil {
			t.Fatal(err)
		}
		return redact.NewHandle(e)
	}
	d, err := redact.ParseDocument("policy.yaml", []byte("version: 1\n"+doc))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(d, redact.Options{Key: testKey("otlp")})
	if err != nil {
		t.Fatal(err)
	}
	return redact.NewHandle(e)
}

func oneLog() (plog.Logs, plog.LogRecord) {
	ld := plog.NewLogs()
	return ld, ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
}

// TestAttributes: names give the context to their values.
func TestAttributes(t *testing.T) {
	token := expand(t, "dop_v1_{hex:64}", 1)
	password := expand(t, "{alnum:14}!9", 2)
	cases := []struct {
		key   string
		value any
		want  any // strings that end in ~ are beginnings
	}{
		{"http.request.method", "GET", "GET"},
		{"user.password", password, "REDACTED-~"},
		{"note", "with " + token + " inside", "with REDACTED-~"},
		{"payload", []byte("with " + token), []byte("with REDACTED-~")},
		{"password", int64(48151623), "REDACTED-~"},
		{"count", int64(48151623), int64(48151623)},
		{"password", true, true},
		{"http.request.header.authorization", []any{"Bearer " + expand(t, "{alnum:40}", 3)}, []any{"Bearer REDACTED-~"}},
		{"http.request.header.x-api-key", []any{expand(t, "{hex:32}", 3)}, []any{"REDACTED-~"}},
		{"http.request.header.accept", []any{"*/*"}, []any{"*/*"}},
		{"process.command_args", []any{"mysql", "--user", "bob", "--password", password}, []any{"mysql", "--user", "bob", "--password", "REDACTED-~"}},
		{"process.command_line", "mysql --user bob --password " + password, "mysql --user bob --password REDACTED-~"},
		{"db.query.text", "ALTER USER bob IDENTIFIED BY '" + password + "'", "ALTER USER bob IDENTIFIED BY 'REDACTED-~"},
		{"db.query.text", "SELECT name FROM users WHERE id = 7", "SELECT name FROM users WHERE id = 7"},
		{"exception.stacktrace", "java.sql.SQLException: jdbc:postgresql://db/x?user=a&password=" + password + "\n\tat com.example.Main.main(Main.java:7)", "java.sql.SQLException: jdbc:postgresql://db/x?user=a&password=REDACTED-~"},
		{"url.full", "https://bob:" + password + "@shop.example/cart?x=1", "https://REDACTED:REDACTED@shop.example/cart?x=1"},
		{"url.full", "https://shop.example/cart?x=1&sig=" + expand(t, "{alnum:40}", 5) + "%3D&y=2", "https://shop.example/cart?x=1&sig=REDACTED-~"},
		{"url.query", "Expires=1700000000&Signature=" + expand(t, "{alnum:27}", 6) + "%3D", "Expires=1700000000&Signature=REDACTED-~"},
		{"url.query", "X-Goog-Signature=" + expand(t, "{hex:256}", 6), "X-Goog-Signature=REDACTED-~"},
		{"url.query", "AWSAccessKeyId=" + expand(t, "AKIA{check-aws-key-id}", 6) + "&Signature=" + expand(t, "{alnum:27}", 6) + "%3D", "AWSAccessKeyId=REDACTED-~"},
		{"credentials", map[string]any{"password": password, "user": "bob"}, map[string]any{"password": "REDACTED-~", "user": "bob"}},
		{"header", map[string]any{"name": "password", "value": password}, map[string]any{"name": "password", "value": "REDACTED-~"}},
		{"deep", []any{map[string]any{"a": []any{token, int64(1)}}}, []any{map[string]any{"a": []any{"REDACTED-~", int64(1)}}}},
		{"message", `{"level":"info","password":"` + password + `","n":1}`, `{"level":"info","password":"REDACTED-~`},
	}
	r := New(handle(t, ""), Options{})
	for _, c := range cases {
		ld, lr := oneLog()
		if err := lr.Attributes().FromRaw(map[string]any{c.key: c.value}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Logs(ld); err != nil {
			t.Fatal(err)
		}
		if got := lr.Attributes().AsRaw()[c.key]; !fits(got, c.want) {
			t.Errorf("%s: %.200v becomes %.300v, want %v", c.key, c.value, got, c.want)
		}
		if again, _ := r.Logs(ld); again.Changed > 0 {
			t.Errorf("%s: %v is redacted again", c.key, lr.Attributes().AsRaw()[c.key])
		}
	}
}

func fits(got, want any) bool {
	switch want := want.(type) {
	case string:
		s, ok := got.(string)
		if head, cut := strings.CutSuffix(want, "~"); cut {
			return ok && strings.HasPrefix(s, head)
		}
		return ok && s == want
	case []byte:
		b, ok := got.([]byte)
		return ok && fits(string(b), string(want))
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range list {
			if !fits(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		m, ok := got.(map[string]any)
		if !ok || len(m) != len(want) {
			return false
		}
		for k := range want {
			if !fits(m[k], want[k]) {
				return false
			}
		}
		return true
	}
	return got == want
}

func pem(seed uint64, t testing.TB) []string {
	lines := []string{"-----BEGIN " + "RSA PRIVATE KEY-----"}
	for i := range uint64(10) {
		lines = append(lines, expand(t, "{base64:64}", seed*100+i))
	}
	return append(lines, "-----END "+"RSA PRIVATE KEY-----")
}

// TestKeyOverRecords: a private key that was cut into log records is found.
func TestKeyOverRecords(t *testing.T) {
	key := pem(1, t)
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	bodies := append(append([]string{"reading the key", ""}, key...), "done")
	for _, b := range bodies {
		records.AppendEmpty().Body().SetStr(b)
	}
	records.AppendEmpty().Body().SetInt(7)
	res, err := New(handle(t, ""), Options{}).Logs(ld)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for i := range records.Len() {
		all.WriteString(records.At(i).Body().AsString() + "\n")
	}
	for _, l := range key[1 : len(key)-1] {
		if strings.Contains(all.String(), l) {
			t.Errorf("a line of the key is left")
		}
	}
	if records.Len() != len(bodies)+1 || !strings.HasPrefix(all.String(), "reading the key\n\n") || !strings.HasSuffix(all.String(), "done\n7\n") || res.Findings != 1 {
		t.Errorf("%d findings in %q", res.Findings, all.String())
	}
}

func TestKeys(t *testing.T) {
	r := New(handle(t, ""), Options{})
	for _, n := range []int{1, 3, fewKeys + 5, 10_000} {
		ld, lr := oneLog()
		m := lr.Attributes()
		raw := map[string]any{"plain": "x", "password": expand(t, "{alnum:14}!9", 2), "REDACTED-digitalocean-pat": "taken"}
		for i := range n {
			raw[expand(t, "k dop_v1_{hex:64}", uint64(i))] = int64(i)
			raw[fmt.Sprintf("benign.%d", i)] = "value"
		}
		if err := m.FromRaw(raw); err != nil {
			t.Fatal(err)
		}
		res, err := r.Logs(ld)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != len(raw) || res.Keys != int64(n) {
			t.Errorf("%d of %d entries are left, %d keys changed", m.Len(), len(raw), res.Keys)
		}
		seen := map[string]bool{}
		sum := int64(0)
		m.Range(func(k string, v pcommon.Value) bool {
			if seen[k] || strings.Contains(k, "dop_v1_") {
				t.Errorf("key %q", k)
			}
			seen[k] = true
			sum += v.Int()
			return true
		})
		if sum != int64(n)*int64(n-1)/2 {
			t.Errorf("values add up to %d", sum)
		}
		if v, _ := m.Get("password"); !strings.HasPrefix(v.Str(), "REDACTED-") {
			t.Errorf("password is %q", v.Str())
		}
	}
}

// TestPaths: findings say where their values stand.
func TestPaths(t *testing.T) {
	secret := func(i int) string { return "s " + expand(t, "dop_v1_{hex:64}", uint64(i)) }
	var got []string
	r := New(handle(t, ""), Options{OnFinding: func(f finding.Finding) {
		got = append(got, f.Source.Signal+" "+f.Source.Resource+" "+f.Source.Path)
	}})
	for _, fill := range []int{0, 500, 3000} { // bytes of clean text between, so that the sieve fills up at several places
		got = nil
		ld, lr := oneLog()
		ld.ResourceLogs().At(0).Resource().Attributes().PutStr("service.name", "shop")
		m := lr.Attributes()
		clean := func(m pcommon.Map) {
			for i := range fill {
				m.PutStr(fmt.Sprintf("k%d", i), "clean")
			}
		}
		clean(m)
		m.PutStr("first", secret(1))
		in := m.PutEmptyMap("in")
		clean(in)
		in.PutStr("a", secret(2))
		in.PutEmptyMap("deeper").PutEmptySlice("list").AppendEmpty().SetEmptyMap().PutStr("b", secret(3))
		in.PutStr("c", secret(4))
		m.PutEmptySlice("args").AppendEmpty().SetStr(secret(5))
		m.PutStr("last", secret(6))
		m.PutStr("password", "Tr0ub"+"4dor&3x9")
		m.PutStr(secret(7), "")
		lr.Body().SetStr(secret(8))
		if _, err := r.Logs(ld); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		want := []string{"logs shop attributes#key", "logs shop attributes.args", "logs shop attributes.first", "logs shop attributes.in.a",
			"logs shop attributes.in.c", "logs shop attributes.in.deeper.list[0].b", "logs shop attributes.last", "logs shop attributes.password", "logs shop body"}
		if !slices.Equal(got, want) {
			t.Errorf("with %d: %q", fill, got)
		}
	}
}

// TestCleanAllocates: nothing is allocated for clean data.
func TestCleanAllocates(t *testing.T) {
	ld := cleanLogs(200, 10)
	r := New(handle(t, ""), Options{})
	if res, err := r.Logs(ld); err != nil || res.Changed > 0 || res.Findings > 0 {
		t.Fatalf("%+v %v", res, err)
	}
	if n := testing.AllocsPerRun(20, func() { r.Logs(ld) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// cleanLogs makes records whose bodies have 296 bytes.
func cleanLogs(n, attributes int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "checkout")
	rl.Resource().Attributes().PutStr("k8s.pod.name", "checkout-7d9c5b-x2x4z")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("github.com/example/checkout")
	for i := range n {
		lr := sl.LogRecords().AppendEmpty()
		lr.SetSeverityText("INFO")
		body := fmt.Sprintf("2026-11-22T10:%02d:%02d.123Z INFO [http-nio-8080-exec-%d] c.e.checkout.OrderController : order %d accepted for customer, %d items in cart, total 129.90 EUR, shipping to warehouse", i/60%60, i%60, i%12, 100000+i, i%7)
		body += strings.Repeat(" and some more words of the log", 10)
		lr.Body().SetStr(body[:296])
		for _, a := range attributesOf(i)[:attributes] {
			lr.Attributes().PutStr(a[0], a[1])
		}
	}
	return ld
}

func attributesOf(i int) [][2]string {
	return [][2]string{
		{"http.request.method", "GET"}, {"url.path", fmt.Sprintf("/orders/%d/items", i)},
		{"http.route", "/orders/{id}/items"}, {"server.address", "checkout.shop.example"},
		{"user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"},
		{"network.peer.address", fmt.Sprintf("10.1.%d.%d", i/256%256, i%256)},
		{"code.function.name", "com.example.checkout.OrderController.items"},
		{"thread.name", fmt.Sprintf("http-nio-8080-exec-%d", i%12)},
		{"log.file.name", "checkout.log"}, {"deployment.environment.name", "production"},
	}
}

func BenchmarkLogs(b *testing.B) {
	for _, n := range []int{0, 10} {
		b.Run(fmt.Sprintf("attributes=%d", n), func(b *testing.B) {
			ld := cleanLogs(1000, n)
			r := New(handle(b, ""), Options{})
			res, err := r.Logs(ld)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(res.Bytes)
			b.ReportAllocs()
			for b.Loop() {
				r.Logs(ld)
			}
		})
	}
}
