package redactionprocessor

import (
	"encoding/json"
	"slices"
	"strings"

	sqllexer "github.com/DataDog/go-sqllexer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// databases replaces the literals of queries. Nil does nothing.
type databases struct {
	list      []database
	fallback  bool // attributes need not say which database they are of
	spanNames bool
}

// database is one sort of query.
type database struct {
	systems    []string // values of db.system.name
	attributes []string
	hide       func(query, system string) string
}

// newDatabases returns what c asks for. logs says that it is for log records.
func newDatabases(c *DBSanitizer, logs bool) *databases {
	d := &databases{fallback: logs, spanNames: c.SanitizeSpanName == nil || *c.SanitizeSpanName}
	add := func(q Queries, hide func(string, string) string, systems ...string) {
		if q.Enabled {
			d.list = append(d.list, database{systems, q.Attributes, hide})
		}
	}
	// The names are those of the semantic conventions; valkey has none there.
	add(c.SQL, hideSQL, "other_sql", "mysql", "postgresql", "mariadb", "sqlite")
	add(c.Redis, hideRedis, "redis")
	add(c.Valkey, hideRedis, "valkey")
	add(c.Memcached, hideMemcached, "memcached")
	add(c.Mongo, hideJSON, "mongodb")
	add(Queries{Enabled: c.OpenSearch.Enabled}, hideJSON, "opensearch")
	add(Queries{Enabled: c.ES.Enabled}, hideJSON, "elasticsearch")
	if len(d.list) == 0 {
		return nil
	}
	return d
}

func (d *databases) any() bool { return d != nil }

// attribute returns what becomes of the value of an attribute beside which others say
// that it is of a database system, if they do.
func (d *databases) attribute(system, key, value string) string {
	if d == nil {
		return value
	}
	for i := range d.list {
		b := &d.list[i]
		switch {
		case system == "" && !d.fallback, !slices.Contains(b.attributes, key):
		case system == "":
			value = b.query(value, "")
		case slices.Contains(b.systems, system):
			return b.query(value, "")
		}
	}
	return value
}

// text returns what becomes of a body.
func (d *databases) text(s string) string {
	if d == nil {
		return s
	}
	for i := range d.list {
		s = d.list[i].query(s, "")
	}
	return s
}

// spanName returns what becomes of the name of a span, if that is something else.
func (d *databases) spanName(span ptrace.Span) (string, bool) {
	if d == nil || !d.spanNames {
		return "", false
	}
	switch span.Kind() {
	case ptrace.SpanKindClient, ptrace.SpanKindServer, ptrace.SpanKindInternal:
	default:
		return "", false
	}
	system := systemOf(span.Attributes())
	if system == "" {
		return "", false
	}
	for i := range d.list {
		if b := &d.list[i]; slices.Contains(b.systems, system) {
			out := b.query(span.Name(), system)
			return out, out != span.Name()
		}
	}
	return "", false
}

// query hides the literals of a query. What its parser fails on becomes a mask.
func (b *database) query(text, system string) (out string) {
	defer func() {
		if recover() != nil {
			out = mask
		}
	}()
	return b.hide(text, system)
}

// systemOf returns the database system that attributes name.
func systemOf(m pcommon.Map) string {
	for _, key := range [...]string{"db.system.name", "db.system"} {
		if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr && v.Str() != "" {
			return strings.ToLower(v.Str())
		}
	}
	return ""
}

func hideSQL(query, system string) string {
	return sqllexer.NewObfuscator(
		sqllexer.WithReplaceDigits(true),
		sqllexer.WithDollarQuotedFunc(true),
		sqllexer.WithReplacePositionalParameter(true),
		sqllexer.WithReplaceBoolean(true),
		sqllexer.WithReplaceNull(true),
	).Obfuscate(query, sqllexer.WithDBMS(sqllexer.DBMSType(system)))
}

// hideMemcached keeps the command: data stands on the lines behind it
// (memcached, doc/protocol.txt).
func hideMemcached(query, _ string) string {
	command, _, _ := strings.Cut(query, "\r\n")
	return strings.TrimSpace(command)
}

// hideJSON replaces every value of a JSON document by "?" and leaves out blanks, except
// behind its end. What is no JSON stays.
func hideJSON(query, _ string) string {
	text := strings.TrimSpace(query)
	if text == "" || !json.Valid(view(query)) {
		return query
	}
	out := make([]byte, 0, len(text))
	var objects []bool // open objects and lists
	key := false       // a string would be a key
	for i := 0; i < len(text); {
		c := text[i]
		switch c {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '{', '[':
			objects = append(objects, c == '{')
			key = c == '{'
		case '}', ']':
			objects = objects[:len(objects)-1]
		case ',':
			key = objects[len(objects)-1]
		case ':':
			key = false
		default:
			end := scalarEnd(text, i)
			if key {
				out = append(out, text[i:end]...)
			} else {
				out = append(out, `"?"`...)
			}
			i = end
			continue
		}
		out = append(out, c)
		i++
	}
	return string(out) + query[len(strings.TrimRight(query, " \t\r\n")):]
}

// scalarEnd returns where the string, number or word that begins at i ends, in valid
// JSON.
func scalarEnd(text string, i int) int {
	if text[i] != '"' {
		if n := strings.IndexAny(text[i:], ",]} \t\r\n"); n >= 0 {
			return i + n
		}
		return len(text)
	}
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}
