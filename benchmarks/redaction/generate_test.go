package redaction

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/detectors"
)

// generator makes a configuration and batches for it.
type generator struct {
	*rand.Rand
	seed uint64
	// exact leaves out what the two processors are known to differ in: what contrib's
	// does not look at, and allowed values that are a part of a value.
	exact    bool
	allTypes bool
	planted  []string // each of them once, in clear
	secrets  []string // of those, what the engine knows
	spare    map[string]bool
}

var blockedValues = []string{
	`4[0-9]{12}(?:[0-9]{3})?`, `(5[1-5][0-9]{14})`, `[A-Za-z0-9._%+-]+@corp\.example`, `(?:[0-9]{1,3}\.){3}[0-9]{1,3}`,
	`\b\d{3}-\d{2}-\d{4}\b`, `ORD-[0-9]{6}`, `(?i)customer\s+[a-z]+`, `\bacct_[a-z0-9]{8}\b`, `^start.*`, `end$`, `(?s)begin.*finish`,
	`[a-f0-9]{32}`, `(?m)^line [0-9]+$`, `é+`, `ref=\S+`, `\*{4}`, `[0-9]{4}-[0-9]{4}`, `(?i)kiosk`, `[^ -~]+`, `(a|ab)(c|bcd)`,
	`\s+$`, `true`, `[0-9]{2}`, `ORD|acct`, `.+-[0-9]{4}`, `z*`, `\x{fffd}`,
}

var blockedKeys = []string{`^ref\..*`, `(?i)LABEL`, `amount$`, `.*zone.*`, `^$`}

var ignoredKeys = []string{"note", "peer.address", "items", "count", "inner"}

var ignoredKeyPatterns = []string{`^safe_`, `_trusted$`, `^route$`}

var allowedValues = []string{`public-[a-z]+`, `.+@mycompany\.com`, `[0-9]`}

var keyPool = []string{
	"note", "route", "ref.id", "ref.count", "peer.address", "label", "zone", "amount", "items", "count", "inner", "safe_mark", "host_trusted",
	"url", "http.url", "http.method", "db.statement", "db.query.text", "db.system", "db.system.name", "redis.command", "message", "order", "",
}

// some returns up to n of a list.
func (g *generator) some(list []string, n int) (out []any) {
	for _, i := range g.Perm(len(list))[:g.IntN(min(n, len(list))+1)] {
		out = append(out, list[i])
	}
	return out
}

func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// config makes a configuration as it would be read from YAML.
func (g *generator) config() map[string]any {
	c := map[string]any{"allow_all_keys": !g.chance(3)}
	g.allTypes = g.chance(3)
	c["redact_all_types"] = g.allTypes
	put := func(key string, list []any) {
		if len(list) > 0 {
			c[key] = list
		}
	}
	put("allowed_keys", g.some(keyPool, 16))
	put("blocked_values", g.some(blockedValues, 8))
	if g.chance(2) {
		put("blocked_key_patterns", g.some(blockedKeys, 3))
	}
	if g.chance(3) {
		put("ignored_keys", g.some(ignoredKeys, 3))
	}
	if g.chance(3) {
		put("ignored_key_patterns", g.some(ignoredKeyPatterns, 2))
	}
	if g.chance(3) {
		n := len(allowedValues)
		if g.exact {
			n = 2
		}
		put("allowed_values", g.some(allowedValues[:n], n))
	}
	switch g.IntN(4) {
	case 0:
		c["summary"] = "debug"
	case 1:
		c["summary"] = "info"
	case 2:
		c["summary"] = "silent"
	}
	if g.chance(4) {
		c["hash_function"] = []string{"md5", "SHA1", "sha3", "hmac-sha256", "hmac-sha512"}[g.IntN(5)]
		key, _, _, _ := detectors.Expand("{hex:128}", g.Uint64())
		c["hmac_key"] = key
		if g.exact {
			// What comes later would look at hashes that differ.
			if list, ok := c["blocked_values"].([]any); ok {
				c["blocked_values"] = list[:1]
			}
			return c
		}
	}
	if g.chance(3) {
		u := map[string]any{"enabled": true}
		if g.chance(2) {
			u["attributes"] = []any{"url", "http.url", "label"}
		}
		if g.chance(2) {
			u["sanitize_span_name"] = g.chance(2)
		}
		c["url_sanitizer"] = u
	}
	if g.chance(3) {
		d := map[string]any{}
		for _, db := range []string{"sql", "redis", "valkey", "memcached", "mongo", "opensearch", "es"} {
			if g.chance(2) {
				q := map[string]any{"enabled": !g.chance(4)}
				if g.chance(2) {
					q["attributes"] = []any{"db.statement", "db.query.text", "redis.command"}
				}
				d[db] = q
			}
		}
		if g.chance(3) {
			d["sanitize_span_name"] = g.chance(2)
		}
		c["db_sanitizer"] = d
	}
	return c
}

// plant notes a text that stands nowhere else.
func (g *generator) plant(text string) string {
	g.planted = append(g.planted, text)
	return text
}

func (g *generator) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + g.IntN(10))
	}
	return string(b)
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

// item is something that an expression may be about.
func (g *generator) item() string {
	switch g.IntN(17) {
	case 0:
		return g.plant("4" + g.digits(12))
	case 1:
		return g.plant("4" + g.digits(15))
	case 2:
		return g.plant("53" + g.digits(14))
	case 3:
		return g.plant("joe"+g.digits(9)) + "@corp.example"
	case 4:
		return fmt.Sprintf("10.%d.%d.%d", g.IntN(256), g.IntN(256), g.IntN(256))
	case 5:
		return fmt.Sprintf("%03d-%02d-%04d", g.IntN(1000), g.IntN(100), g.IntN(10000))
	case 6:
		return "ORD-" + g.digits(6)
	case 7:
		return "Customer " + g.pick("smith", "miller", "jones")
	case 8:
		return "acct_" + g.digits(8)
	case 9:
		return "begin\nmiddle" + g.pick(" finish", "")
	case 10:
		s, _, _, _ := detectors.Expand("{hex:32}", g.Uint64())
		return g.plant(s)
	case 11:
		return "\nline " + g.digits(2) + "\nmore"
	case 12:
		return g.pick("éé", "\u212aio\u017f\u212a", "KIOSK", "abcd", "abbcd", "zz")
	case 13:
		return "ref=" + g.plant("r"+g.digits(9))
	case 14:
		return g.pick("****", "start", "end", "end ", "true", "12", "1234-5678-9012")
	case 15:
		return "\xff\xfe"
	default:
		return g.pick("the", "order", "was", "shipped", "to", "zone", "north", "after", "minutes", "of", "work")
	}
}

// text is a sentence with such items.
func (g *generator) text() string {
	switch g.IntN(12) {
	case 0:
		return ""
	case 1:
		return "public-" + g.pick("north", "south")
	case 2:
		return "joe@mycompany.com"
	case 3:
		return "/api/v1/users/" + g.plant("8"+g.digits(9)) + "/orders?x=1"
	case 4:
		return g.query()
	}
	var b strings.Builder
	for i := range 1 + g.IntN(8) {
		if i > 0 {
			b.WriteString(g.pick(" ", " ", " ", ", ", "-", ""))
		}
		b.WriteString(g.item())
	}
	if !g.exact {
		switch g.IntN(8) {
		case 0:
			b.WriteString(" token=" + g.secret())
		case 1:
			b.WriteString(" public-zone of joe@mycompany.com")
		}
	}
	return b.String()
}

// secret is something that the engine knows.
func (g *generator) secret() string {
	s, _, _, err := detectors.Expand(g.pick("ghp_{alnum:36}", "glpat-{alnum:20}", "AKIA{upnum:16}"), g.Uint64())
	if err != nil {
		panic(err)
	}
	g.secrets = append(g.secrets, s)
	return g.plant(s)
}

func (g *generator) query() string {
	n := g.plant("7" + g.digits(9))
	switch g.IntN(9) {
	case 0:
		return "SELECT name FROM orders WHERE id = " + n + " AND zone = 'north'"
	case 1:
		return "INSERT INTO orders (id, open) VALUES (" + n + ", true)"
	case 2:
		return "SET order:5 " + n
	case 3:
		return "HMSET order:5 a " + n + " b \"x y\"\nGET order:6\n\nZADD z NX 1 " + n
	case 4:
		return "set k 0 60 9\r\n" + n
	case 5:
		return `{"find": "orders", "filter": {"id": ` + n + `, "in": [1, {"a b": "x\"y"}, null], "e": {}}}` + g.pick("", " ", "\n")
	case 6:
		return `{"query": {"match": "` + n + `"}`
	case 7:
		return "AUTH " + n + "x y"
	default:
		return "[" + n + `, "a", []]`
	}
}

func (g *generator) value(v pcommon.Value, depth int) {
	switch k := g.IntN(14); {
	case k == 0:
		v.SetInt(g.Int64N(1e16))
	case k == 1:
		v.SetDouble(float64(g.IntN(1e6)) / 64)
	case k == 2:
		v.SetBool(g.chance(2))
	case k == 3 && !g.exact:
		v.SetEmptyBytes().FromRaw([]byte(g.text()))
	case k == 4 && depth > 0 && !g.exact:
		g.fill(v.SetEmptyMap(), depth-1)
	case k == 5 && depth > 0 && !g.exact:
		for range g.IntN(4) {
			g.value(v.SetEmptySlice().AppendEmpty(), depth-1)
		}
	default:
		v.SetStr(g.text())
	}
}

// body makes what both processors look into.
func (g *generator) body(v pcommon.Value, depth int) {
	switch k := g.IntN(8); {
	case k == 0 && depth > 0:
		m := v.SetEmptyMap()
		for range g.IntN(5) {
			key := g.key()
			if _, ok := m.Get(key); !ok {
				g.body(m.PutEmpty(key), depth-1)
			}
		}
	case k == 1 && depth > 0:
		s := v.SetEmptySlice()
		for range g.IntN(4) {
			g.body(s.AppendEmpty(), depth-1)
		}
	case k == 2 && depth == 3:
	default:
		g.value(v, 0)
	}
}

func (g *generator) key() string { return keyPool[g.IntN(len(keyPool))] }

func (g *generator) fill(m pcommon.Map, depth int) {
	for range g.IntN(8) {
		key := g.key()
		if _, ok := m.Get(key); ok {
			continue
		}
		v := m.PutEmpty(key)
		switch key {
		case "db.system", "db.system.name":
			v.SetStr(g.pick("postgresql", "MySQL", "redis", "valkey", "memcached", "mongodb", "opensearch", "elasticsearch", "oracle.db"))
		case "db.statement", "db.query.text", "redis.command":
			v.SetStr(g.query())
		case "url", "http.url":
			v.SetStr("https://shop.example/items/" + g.plant("6"+g.digits(9)) + "/detail")
		default:
			g.value(v, depth)
		}
	}
	if depth == 2 && g.chance(6) {
		m.PutInt("redaction.masked.count", int64(g.IntN(5)))
		m.PutStr("redaction.masked.keys", "earlier,label")
	}
	if depth == 2 && g.chance(6) {
		m.PutInt("redaction.allowed.count", int64(g.IntN(5)))
		m.PutStr("redaction.allowed.keys", "earlier")
		m.PutInt("redaction.body.ignored.count", 2)
	}
	if depth == 2 && g.chance(8) {
		m.PutInt("redaction.ignored.count", 9)
	}
}

func (g *generator) logs() plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	g.fill(rl.Resource().Attributes(), 2)
	sl := rl.ScopeLogs().AppendEmpty()
	g.fill(sl.Scope().Attributes(), 2)
	for range 1 + g.IntN(6) {
		r := sl.LogRecords().AppendEmpty()
		g.fill(r.Attributes(), 2)
		g.body(r.Body(), 3)
	}
	return ld
}

func (g *generator) traces() ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	g.fill(rs.Resource().Attributes(), 2)
	ss := rs.ScopeSpans().AppendEmpty()
	g.fill(ss.Scope().Attributes(), 2)
	for range 1 + g.IntN(6) {
		s := ss.Spans().AppendEmpty()
		s.SetKind(ptrace.SpanKind(g.IntN(6)))
		s.SetName(g.pick("GET /api/v1/users/8472618", "/a/b", "HTTP GET", g.query(), "public-north", "/", "work"))
		g.fill(s.Attributes(), 2)
		g.fill(s.Events().AppendEmpty().Attributes(), 2)
		if !g.exact {
			g.fill(s.Links().AppendEmpty().Attributes(), 2)
			s.Status().SetMessage(g.text())
		}
	}
	return td
}

func (g *generator) metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	g.fill(rm.Resource().Attributes(), 2)
	sm := rm.ScopeMetrics().AppendEmpty()
	g.fill(sm.Scope().Attributes(), 2)
	for range 1 + g.IntN(6) {
		m := sm.Metrics().AppendEmpty()
		m.SetName("work.done")
		switch g.IntN(6) {
		case 0:
			g.fill(m.SetEmptyGauge().DataPoints().AppendEmpty().Attributes(), 2)
		case 1:
			g.fill(m.SetEmptySum().DataPoints().AppendEmpty().Attributes(), 2)
		case 2:
			g.fill(m.SetEmptyHistogram().DataPoints().AppendEmpty().Attributes(), 2)
		case 3:
			g.fill(m.SetEmptyExponentialHistogram().DataPoints().AppendEmpty().Attributes(), 2)
		case 4:
			g.fill(m.SetEmptySummary().DataPoints().AppendEmpty().Attributes(), 2)
		}
	}
	return md
}
