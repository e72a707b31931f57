package redact

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/scan"
)

// carrier is a format with a place for a secret. text holds SECRET there.
type carrier struct {
	kind, text string
	read       func(text string) (string, error) // what a parser of Go makes of the place
}

var carriers = []carrier{
	{"json0", `{"a":"x","k":"SECRET","b":[1,2]}`, readJSON},
	{"json1", nest(`{"a":"x","k":"SECRET","b":[1,2]}`, 1), readJSON},
	{"json2", nest(`{"a":"x","k":"SECRET","b":[1,2]}`, 2), readJSON},
	{"json3", nest(`{"a":"x","k":"SECRET","b":[1,2]}`, 3), readJSON},
	{"bare0", `{"a":"x","k":SECRET,"b":[1,2]}`, readJSON},
	{"bare1", nest(`{"a":"x","k": 0}`, 1), readJSON},
	{"bare2", nest(`{"a":"x","k": 0}`, 2), readJSON},
	{"bare3", nest(`{"a":"x","k": 0}`, 3), readJSON},
	{"userinfo", "postgres://app:SECRET@db.example:5432/x?sslmode=off", func(s string) (string, error) {
		u, err := url.Parse(s)
		if err != nil {
			return "", err
		}
		p, _ := u.User.Password()
		if u.Host != "db.example:5432" {
			return "", fmt.Errorf("host is %q", u.Host)
		}
		return p, nil
	}},
	{"query", "https://h.example/p?a=1&k=SECRET&b=2#f", func(s string) (string, error) {
		u, err := url.Parse(s)
		if err != nil {
			return "", err
		}
		if u.Query().Get("b") != "2" || u.Fragment != "f" {
			return "", fmt.Errorf("query is %v", u.Query())
		}
		return u.Query().Get("k"), nil
	}},
	{"header", "Bearer SECRET", func(s string) (string, error) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: " + s + "\r\nX-After: 1\r\n\r\n")))
		if err != nil {
			return "", err
		}
		if r.Header.Get("X-After") != "1" {
			return "", fmt.Errorf("headers are %v", r.Header)
		}
		return strings.TrimPrefix(r.Header.Get("Authorization")+" ", "Bearer "), nil
	}},
	{"cookie", "a=1; k=SECRET; b=2", func(s string) (string, error) {
		cs, err := http.ParseCookie(s)
		if err != nil || len(cs) != 3 {
			return "", fmt.Errorf("%d cookies, %v", len(cs), err)
		}
		return cs[1].Value, nil
	}},
	{"yaml", "a: 1\nk: SECRET\nb: {c: d}\n", readYAML},
	{"yaml", "a: 1\nk: \"SECRET\" # x\nb: 2\n", readYAML},
	{"yaml", "a: 1\nk: 'SECRET'\nb: 2\n", readYAML},
	{"yaml", "{a: 1, k: SECRET, b: 2}\n", readYAML},
	{"logfmt", "level=info k=SECRET user=bob", func(s string) (string, error) {
		f := strings.Split(s, " ")
		if len(f) != 3 || f[2] != "user=bob" {
			return "", fmt.Errorf("%d fields", len(f))
		}
		return strings.TrimPrefix(f[1], "k="), nil
	}},
	{"xml", `<r><a>1</a><k>SECRET</k><b c="d"/></r>`, readXML},
	{"xml", `<r k="SECRET"><a>1</a></r>`, readXML},
	{"xml", `<r><k><![CDATA[SECRET]]></k></r>`, readXML},
	{"tracestate", "a=1,k=SECRET,b=2", func(s string) (string, error) {
		// W3C Trace Context, 3.3.1.3
		member := regexp.MustCompile(`^[a-z][a-z0-9_*/-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$`)
		ms := strings.Split(s, ",")
		for _, m := range ms {
			if !member.MatchString(m) {
				return "", fmt.Errorf("member %q", m)
			}
		}
		return strings.TrimPrefix(ms[1], "k="), nil
	}},
}

// nest wraps a JSON text into n JSON strings. A 0 becomes SECRET: an unquoted
// scalar.
func nest(s string, n int) string {
	for range n {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		s = string(b)
	}
	return strings.Replace(s, " 0", " SECRET", 1)
}

func readJSON(s string) (string, error) {
	var v any = s
	for {
		s, ok := v.(string)
		if !ok {
			break
		}
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			return "", err
		}
	}
	m := v.(map[string]any)
	if m["a"] != "x" {
		return "", fmt.Errorf("a is %v", m["a"])
	}
	k, ok := m["k"].(string)
	if !ok {
		return "", fmt.Errorf("k is a %T", m["k"])
	}
	return k, nil
}

func readYAML(s string) (string, error) {
	var m struct {
		A int
		K *string
		B any
	}
	if err := yaml.Unmarshal([]byte(s), &m); err != nil {
		return "", err
	}
	if m.A != 1 || m.B == nil {
		return "", fmt.Errorf("%+v", m)
	}
	if m.K == nil { // an empty scalar is null
		return "", nil
	}
	return *m.K, nil
}

func readXML(s string) (string, error) {
	var r struct {
		Element string `xml:"k"`
		Attr    string `xml:"k,attr"`
	}
	err := xml.Unmarshal([]byte(s), &r)
	return r.Element + r.Attr, err
}

// job is a redacted carrier and what a parser must read from it.
type job struct {
	kind, text, want string
}

// carried redacts every carrier with every action.
func carried(t *testing.T) []job {
	t.Helper()
	var jobs []job
	keys := newKeyPair(t)
	for _, action := range []Action{Mask, Partial, Format, Token, Hash, Seal, Remove} {
		e := demoEngine(t, keys.policy(fmt.Sprintf("{detector: demo-token, action: %s}", action)), Options{})
		r := e.NewRedactor()
		for _, c := range carriers {
			value := "dmo_" + random
			if strings.HasPrefix(c.kind, "bare") {
				value = "8301749265039184726153"
			}
			if action == Remove && c.kind == "tracestate" {
				continue // there is no empty value in tracestate
			}
			text := strings.Replace(c.text, "SECRET", value, 1)
			span := of(demoToken)
			span.Start = strings.Index(text, value)
			span.End = span.Start + len(value)
			if strings.HasPrefix(c.kind, "bare") {
				span.Bare = true
				span.KeyStart = strings.LastIndex(text[:span.Start], "k")
				span.KeyEnd = span.KeyStart + 1
			}
			want := redactSpans(r, value, scan.Span{End: len(value), Detector: demoToken, Confidence: span.Confidence})
			out := redactSpans(r, text, span)
			if action == Seal { // no two are alike
				e.vocab.Sealed([]byte(out), func(start, end int) { want = out[start:end] })
				if got := keys.unseal(t, want); got != value {
					t.Errorf("%s: unsealed %q", c.kind, got)
				}
			}
			jobs = append(jobs, job{c.kind, out, want})
			if strings.Contains(jobs[len(jobs)-1].text, value) {
				t.Fatalf("%s: not redacted", c.kind)
			}
			got, err := c.read(jobs[len(jobs)-1].text)
			if err != nil || strings.TrimSpace(got) != want {
				t.Errorf("Go, %s %s: %v: read %q, want %q from %s", action, c.kind, err, got, want, jobs[len(jobs)-1].text)
			}
		}
	}
	return jobs
}

// TestCarriers: wherever a secret stood, real parsers read what stands there
// now, and everything around it. Each program reads lines of kind, text and
// what must be read, the last two in base64, and prints what went wrong, or
// "ok" and the number of lines it understood.
func TestCarriers(t *testing.T) {
	jobs := carried(t)
	for _, p := range []struct {
		name  string
		kinds []string
		cmd   []string
	}{
		{"Python", []string{"json0", "json1", "json2", "json3", "bare0", "bare1", "bare2", "bare3", "userinfo", "query", "header", "cookie", "logfmt", "xml", "tracestate"},
			[]string{"python3", "testdata/carriers.py"}},
		{"JavaScript", []string{"json0", "json1", "json2", "json3", "bare0", "bare1", "bare2", "bare3", "userinfo", "query", "header"},
			[]string{"node", "testdata/carriers.mjs"}},
		{"Java", []string{"userinfo", "query", "header", "cookie", "xml"},
			[]string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "testdata/Carriers.java"}},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(p.cmd[0]); err != nil {
				t.Skipf("%s is not installed", p.cmd[0])
			}
			var in bytes.Buffer
			n := 0
			for _, j := range jobs {
				if slices.Contains(p.kinds, j.kind) {
					enc := base64.StdEncoding.EncodeToString
					fmt.Fprintf(&in, "%s\t%s\t%s\n", j.kind, enc([]byte(j.text)), enc([]byte(j.want)))
					n++
				}
			}
			cmd := exec.Command(p.cmd[0], p.cmd[1:]...)
			cmd.Stdin = &in
			out, err := cmd.CombinedOutput()
			if want := fmt.Sprintf("ok %d\n", n); err != nil || strings.ReplaceAll(string(out), "\r", "") != want {
				t.Errorf("%v: got %swant %s", err, out, want)
			}
		})
	}
}
